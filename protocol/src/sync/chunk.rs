//! Asking a partner for a piece of an attachment (`/focal/chunk/1`): the answer is a length and as many bytes.

use crate::{
    codec,
    id::{CaseId, Hash},
    limits,
};
use serde::{Deserialize, Serialize};

/// A piece that is asked for. The case says on what ground: only its members are answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChunkRequest {
    /// A case of which both are members, with a record that names the attachment.
    pub case: CaseId,
    /// The attachment: the name of its sealed list.
    pub attachment: Hash,
    /// Which chunk; the list itself if there is none.
    pub chunk: Option<u32>,
    /// From which byte of the sealed chunk on.
    pub from: u32,
    /// How many bytes, at least 1.
    pub length: u32,
}

impl ChunkRequest {
    /// As it travels.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        codec::encode_packed(self)
    }

    /// Reads one.
    ///
    /// # Errors
    /// It is over the limit or none.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, codec::Error> {
        let request: Self = codec::decode(bytes, limits::CHUNK_REQUEST)?;
        let end = u64::from(request.from) + u64::from(request.length);
        if request.length == 0 || end > limits::CHUNK_SEALED as u64 {
            return Err(codec::Error::Shape("a range outside any chunk".into()));
        }
        Ok(request)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> ChunkRequest {
        ChunkRequest {
            case: CaseId([1; 32]),
            attachment: Hash([2; 32]),
            chunk: Some(u32::MAX),
            from: 0,
            length: u32::try_from(limits::CHUNK_SEALED).expect("fits"),
        }
    }

    #[test]
    fn a_request_travels() {
        for request in [
            request(),
            ChunkRequest {
                chunk: None,
                ..request()
            },
        ] {
            let bytes = request.to_bytes();
            assert!(bytes.len() <= 85, "{} bytes", bytes.len());
            assert_eq!(ChunkRequest::from_bytes(&bytes), Ok(request));
        }
    }

    #[test]
    fn a_range_that_no_chunk_has_is_refused() {
        for (from, length) in [(0, 0), (1, request().length), (u32::MAX, u32::MAX)] {
            let odd = ChunkRequest {
                from,
                length,
                ..request()
            };
            assert!(ChunkRequest::from_bytes(&odd.to_bytes()).is_err());
        }
        assert!(ChunkRequest::from_bytes(&[0; limits::CHUNK_REQUEST + 1]).is_err());
    }
}
