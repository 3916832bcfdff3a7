//! CBOR (RFC 8949) under limits: the only place that names `serde_cbor`.
//!
//! Two encodings, one decoder. [`encode`] writes field names, for what people sign and keep; [`encode_packed`] numbers
//! the fields in order of declaration from 0, for what travels often. [`decode`] reads both, after `scan` has walked
//! the item without allocating: depth, lengths and trailing bytes are checked before anything is built.

use crate::limits;
use serde::{Serialize, de::DeserializeOwned};

mod scan;

/// Why bytes are not an item that we read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// More bytes than the caller's limit.
    #[error("{got} bytes where at most {limit} are allowed")]
    TooLong {
        /// Length offered.
        got: usize,
        /// Length allowed.
        limit: usize,
    },
    /// Nested deeper than [`limits::CBOR_DEPTH`].
    #[error("nested deeper than {} levels", limits::CBOR_DEPTH)]
    TooDeep,
    /// Not well-formed CBOR, or of a kind that we never write (indefinite lengths, tags).
    #[error("malformed CBOR at byte {at}")]
    Malformed {
        /// Offset of the first byte that does not fit.
        at: usize,
    },
    /// Well-formed, but not of the expected shape.
    #[error("not the expected structure: {0}")]
    Shape(String),
}

crate::worded! {
    Error {
        Self::TooLong { got, limit } => "codec-too-long" { got: *got, limit: *limit },
        Self::TooDeep => "codec-too-deep" { levels: limits::CBOR_DEPTH },
        Self::Malformed { at } => "codec-malformed" { at: *at },
        Self::Shape(why) => "codec-shape" { why: why.as_str() },
    }
}

/// Encodes with field names.
#[must_use]
pub fn encode<T: Serialize>(value: &T) -> Vec<u8> {
    // Our types hold no maps with unserialisable keys and write to memory: encoding cannot fail.
    serde_cbor::to_vec(value).expect("protocol types always encode")
}

/// Encodes with numbered fields.
#[must_use]
pub fn encode_packed<T: Serialize>(value: &T) -> Vec<u8> {
    serde_cbor::ser::to_vec_packed(value).expect("protocol types always encode")
}

/// Encodes with numbered fields into about as many bytes as given: a run grown by doubling would be copied twice.
#[must_use]
pub fn encode_packed_sized<T: Serialize>(value: &T, about: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(about);
    let mut serializer = serde_cbor::Serializer::new(&mut bytes).packed_format();
    value
        .serialize(&mut serializer)
        .expect("protocol types always encode");
    bytes
}

/// Decodes one item of at most `limit` bytes.
///
/// # Errors
/// [`Error`] says which limit or rule the bytes break.
pub fn decode<T: DeserializeOwned>(bytes: &[u8], limit: usize) -> Result<T, Error> {
    if bytes.len() > limit {
        return Err(Error::TooLong {
            got: bytes.len(),
            limit,
        });
    }
    scan::check(bytes)?;
    serde_cbor::from_slice(bytes).map_err(|e| Error::Shape(shape(&e)))
}

/// serde's own words, cut short: a hostile field name must not fill a log.
fn shape(error: &serde_cbor::Error) -> String {
    let text = error.to_string();
    text.chars().take(120).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encoded_decodes_in_both_forms() {
        let value = (1u8, "report".to_string(), vec![3u64, u64::MAX]);
        for bytes in [encode(&value), encode_packed(&value)] {
            assert_eq!(
                decode::<(u8, String, Vec<u64>)>(&bytes, 100).as_ref(),
                Ok(&value)
            );
        }
    }

    #[test]
    fn over_the_limit_is_refused_before_decoding() {
        assert_eq!(
            decode::<Vec<u8>>(&[0xff; 11], 10),
            Err(Error::TooLong { got: 11, limit: 10 })
        );
    }

    #[test]
    fn a_deep_item_is_refused_without_recursion() {
        let deep = vec![0x81; 100_000];
        assert_eq!(decode::<u8>(&deep, 200_000), Err(Error::TooDeep));
    }

    #[test]
    fn a_length_that_lies_is_refused_without_allocation() {
        // A byte string, a text, an array and a map that each claim 2^62 items.
        for major in [0x5b, 0x7b, 0x9b, 0xbb] {
            let mut bytes = vec![major];
            bytes.extend_from_slice(&(1u64 << 62).to_be_bytes());
            assert!(matches!(
                decode::<Vec<u64>>(&bytes, 100),
                Err(Error::Malformed { .. })
            ));
        }
    }

    #[test]
    fn trailing_bytes_are_refused() {
        assert_eq!(
            decode::<u8>(&[0x01, 0x02], 10),
            Err(Error::Malformed { at: 1 })
        );
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_the_decoder_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..300)) {
            let _ = decode::<crate::signed::Signed<crate::directory::Roster>>(&bytes, 1000);
            let _ = decode::<Vec<(String, u64)>>(&bytes, 1000);
        }
    }
}
