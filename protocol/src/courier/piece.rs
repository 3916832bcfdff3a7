//! Files of records in a volume: sealed pieces as they travel on the wire, and which of them the sender holds.

use super::Error;
use crate::{
    id::{CaseId, Hash},
    limits,
};
use serde::{Deserialize, Serialize};

/// Holdings in one item: with the largest bitmap each, they stay below a frame.
pub const HOLDINGS: usize = 512;
/// Bytes of the largest bitmap: a bit for the list, and one for each chunk of the largest file.
const BITMAP: usize = 1_025;
const _: () = assert!(BITMAP as u64 == (1 + limits::ATTACHMENT / limits::CHUNK as u64).div_ceil(8));
const _: () = assert!(HOLDINGS * (BITMAP + 64) <= limits::FRAME);

/// A sealed piece of a file that a record of the case names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    /// A case of which both are members.
    pub case: CaseId,
    /// The attachment's id.
    pub attachment: Hash,
    /// Which chunk; none for the list.
    pub chunk: Option<u32>,
    /// As it is kept: it proves itself by its name.
    #[serde(with = "serde_bytes")]
    pub bytes: Vec<u8>,
}

/// What the sender has of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holding {
    /// The attachment's id.
    pub attachment: Hash,
    /// Which pieces.
    pub pieces: Pieces,
}

/// Which pieces of a file somebody has: bit 0 (the highest of the first byte) is the list, bit *i* + 1 chunk *i*; nothing at all means
/// all of them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Pieces(#[serde(with = "serde_bytes")] Vec<u8>);

impl Pieces {
    /// All.
    #[must_use]
    pub fn all() -> Self {
        Self(Vec::new())
    }

    /// Those of which `has` says so, of a file with so many chunks.
    #[must_use]
    pub fn of(chunks: u32, has: impl Fn(Option<u32>) -> bool) -> Self {
        let mut bits = vec![0; (chunks as usize + 1).div_ceil(8)];
        for bit in 0..=chunks {
            if has(bit.checked_sub(1)) {
                bits[bit as usize / 8] |= 0x80 >> (bit % 8);
            }
        }
        Self(bits)
    }

    /// Whether this piece is among them.
    #[must_use]
    pub fn has(&self, chunk: Option<u32>) -> bool {
        let bit = chunk.map_or(0, |i| u64::from(i) + 1);
        let byte = usize::try_from(bit / 8).ok().and_then(|at| self.0.get(at));
        self.0.is_empty() || byte.is_some_and(|byte| byte & (0x80 >> (bit % 8)) != 0)
    }

    /// Whether none is among them.
    #[must_use]
    pub fn is_none(&self) -> bool {
        !self.0.is_empty() && self.0.iter().all(|byte| *byte == 0)
    }
}

impl Piece {
    pub(super) fn check(&self) -> Result<(), Error> {
        if self.bytes.len() > limits::CHUNK_SEALED {
            return Err(Error::Malformed);
        }
        Ok(())
    }
}

pub(super) fn check(holdings: &[Holding]) -> Result<(), Error> {
    let fits = |h: &Holding| h.pieces.0.len() <= BITMAP;
    if holdings.len() > HOLDINGS || !holdings.iter().all(fits) {
        return Err(Error::Malformed);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_piece_has_its_bit() {
        let some = Pieces::of(9, |chunk| matches!(chunk, None | Some(0 | 7 | 8)));
        assert_eq!(some.0, [0b1100_0000, 0b1100_0000]);
        let held: Vec<u32> = (0..20).filter(|i| some.has(Some(*i))).collect();
        assert_eq!(held, [0, 7, 8]);
        assert!(some.has(None) && !some.is_none());
        assert!(Pieces::of(3, |_| false).is_none());
        assert!(Pieces::all().has(Some(8_191)) && !Pieces::all().is_none());
    }

    #[test]
    fn more_than_a_file_has_or_an_item_holds_is_refused() {
        let holding = |bytes| Holding {
            attachment: Hash([1; 32]),
            pieces: Pieces(vec![1; bytes]),
        };
        assert_eq!(check(&vec![holding(BITMAP); HOLDINGS]), Ok(()));
        assert!(check(&vec![holding(1); HOLDINGS + 1]).is_err());
        assert!(check(&[holding(BITMAP + 1)]).is_err());
        let piece = |bytes| Piece {
            case: CaseId([1; 32]),
            attachment: Hash([1; 32]),
            chunk: None,
            bytes: vec![0; bytes],
        };
        assert_eq!(piece(limits::CHUNK_SEALED).check(), Ok(()));
        assert!(piece(limits::CHUNK_SEALED + 1).check().is_err());
    }
}
