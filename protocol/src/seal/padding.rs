//! Compression, then padding, so that a length tells little.
//!
//! Layout: length of the body (4 bytes, big-endian), form (0 as is, 1 DEFLATE, RFC 1951), body, zeros up to the Padmé
//! length (Nikitin and others, "Reducing Metadata Leakage from Encrypted Files", 2019), at least [`SMALLEST`].

use super::Error;
use crate::limits;
use flate2::{Compression, read::DeflateDecoder, write::DeflateEncoder};
use std::io::{Read, Write};
use zeroize::Zeroizing;

/// Shortest padded length, bytes: acknowledgements and short notes look alike.
const SMALLEST: usize = 64;
const PREFIX: usize = 5;

/// The next length with a mantissa of at most as many bits as its exponent has digits: at most 12 % more.
#[must_use]
pub fn padme(length: usize) -> usize {
    let length = length.max(SMALLEST);
    let exponent = usize::BITS - 1 - length.leading_zeros();
    let mantissa = u32::BITS - exponent.leading_zeros();
    let mask = (1usize << (exponent - mantissa)) - 1;
    (length + mask) & !mask
}

/// Compresses if that helps, and pads.
pub(super) fn pack(plain: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::new(4));
    let squeezed = encoder
        .write_all(plain)
        .and_then(|()| encoder.finish())
        .map(Zeroizing::new)
        .ok()
        .filter(|s| s.len() < plain.len());
    let (form, body): (u8, &[u8]) = match &squeezed {
        Some(s) => (1, s),
        None => (0, plain),
    };
    let mut out = Zeroizing::new(Vec::with_capacity(padme(PREFIX + body.len())));
    out.extend_from_slice(&u32::try_from(body.len()).unwrap_or(u32::MAX).to_be_bytes());
    out.push(form);
    out.extend_from_slice(body);
    let padded = padme(out.len());
    out.resize(padded, 0);
    out
}

/// The inverse of [`pack`], within [`limits::PAYLOAD`].
pub(super) fn unpack(packed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
    let (length, rest) = packed.split_first_chunk::<4>().ok_or(Error::Malformed)?;
    let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| Error::Malformed)?;
    let (form, rest) = rest.split_first().ok_or(Error::Malformed)?;
    let body = rest.get(..length).ok_or(Error::Malformed)?;
    match form {
        0 if length <= limits::PAYLOAD => Ok(Zeroizing::new(body.to_vec())),
        1 => {
            let mut plain = Zeroizing::new(Vec::with_capacity(length.saturating_mul(2)));
            DeflateDecoder::new(body)
                .take(limits::PAYLOAD as u64 + 1)
                .read_to_end(&mut plain)
                .map_err(|_| Error::Malformed)?;
            if plain.len() > limits::PAYLOAD {
                return Err(Error::TooLarge(limits::PAYLOAD));
            }
            Ok(plain)
        }
        _ => Err(Error::Malformed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padding_costs_at_most_an_eighth() {
        for length in SMALLEST..200_000 {
            let padded = padme(length);
            assert!(padded >= length && (padded - length) * 100 <= length * 12 + 100);
        }
    }

    #[test]
    fn a_decompression_bomb_is_refused() {
        let packed = pack(&vec![0; limits::PAYLOAD + 1]);
        assert!(packed.len() < 10_000);
        assert_eq!(unpack(&packed), Err(Error::TooLarge(limits::PAYLOAD)));
    }

    proptest::proptest! {
        #[test]
        fn what_is_packed_unpacks(plain in proptest::collection::vec(proptest::num::u8::ANY, 0..3000)) {
            proptest::prop_assert_eq!(&*unpack(&pack(&plain)).expect("own packing"), &plain);
        }

        #[test]
        fn no_bytes_make_unpacking_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..300)) {
            let _ = unpack(&bytes);
        }
    }
}
