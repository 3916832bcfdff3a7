//! A walk over one CBOR item that allocates nothing and does not recurse.

use super::Error;
use crate::limits::CBOR_DEPTH;

/// Checks that `bytes` is exactly one well-formed item of definite lengths, no tags, at most [`CBOR_DEPTH`] deep.
pub(super) fn check(bytes: &[u8]) -> Result<(), Error> {
    // Items still to come at each open level; level 0 expects the one item itself.
    let mut open = [0u64; CBOR_DEPTH + 1];
    let mut depth = 0;
    open[0] = 1;
    let mut at = 0;
    loop {
        while open[depth] == 0 {
            if depth == 0 {
                return if at == bytes.len() {
                    Ok(())
                } else {
                    Err(Error::Malformed { at })
                };
            }
            depth -= 1;
        }
        open[depth] -= 1;
        let start = at;
        let malformed = Error::Malformed { at: start };
        let first = *bytes.get(at).ok_or(malformed.clone())?;
        at += 1;
        let (major, minor) = (first >> 5, first & 0x1f);
        let argument = match minor {
            0..=23 => u64::from(minor),
            24..=27 => {
                let width = 1usize << (minor - 24);
                let raw = bytes.get(at..at + width).ok_or(malformed.clone())?;
                at += width;
                raw.iter().fold(0u64, |n, b| (n << 8) | u64::from(*b))
            }
            _ => return Err(malformed),
        };
        let left = (bytes.len() - at) as u64;
        let children = match major {
            0 | 1 | 7 => 0,
            2 | 3 => {
                if argument > left {
                    return Err(malformed);
                }
                at += usize::try_from(argument).map_err(|_| malformed)?;
                0
            }
            // Every item takes at least a byte, so a larger count is a lie.
            4 if argument <= left => argument,
            5 if argument <= left / 2 => argument * 2,
            _ => return Err(malformed),
        };
        if children > 0 {
            depth += 1;
            if depth > CBOR_DEPTH {
                return Err(Error::TooDeep);
            }
            open[depth] = children;
        }
    }
}
