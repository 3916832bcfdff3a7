//! The file with which a founder or a newcomer begins.

use super::{Charter, Manifest, Roster};
use crate::{codec, limits, signed::Signed};
use serde::{Deserialize, Serialize};

/// A charter, the rosters since, and manifests: everything public that a node needs for its first contact. The
/// signatures may still be incomplete while the file goes round among founders or stewards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bundle {
    /// The founding document.
    pub charter: Signed<Charter>,
    /// Rosters from version 1 on.
    pub rosters: Vec<Signed<Roster>>,
    /// Manifests, each organisation's in order of version.
    pub manifests: Vec<Signed<Manifest>>,
}

/// First bytes of the file, so that a wrong file is named as such.
const MAGIC: &[u8] = b"focal-federation/1\n";

impl Bundle {
    /// The file's bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        [MAGIC, &codec::encode(self)].concat()
    }

    /// Reads a file. Nothing in it is verified yet.
    ///
    /// # Errors
    /// Not a federation file, or over the limits.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, codec::Error> {
        let body = bytes
            .strip_prefix(MAGIC)
            .ok_or(codec::Error::Malformed { at: 0 })?;
        codec::decode(body, limits::BUNDLE)
    }
}
