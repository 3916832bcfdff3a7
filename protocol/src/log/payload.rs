//! What is sealed inside an entry.

use crate::{codec, limits};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// The content of an entry, after opening.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Payload {
    /// A signed record, as its author signed it.
    Record(crate::signed::Signed<crate::record::Record>),
    /// An MLS commit by the case's custodian (RFC 9420, section 12.4), which makes the next epoch.
    Commit(#[serde(with = "serde_bytes")] Vec<u8>),
    /// Secrets of earlier epochs, for members who joined later.
    Grant(Vec<EpochGrant>),
}

/// The secret of one epoch, passed on to a member who may have it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EpochGrant {
    /// Generation of the case group.
    pub generation: u32,
    /// Epoch in it.
    pub epoch: u64,
    /// The secret.
    pub secret: crate::seal::EpochSecret,
}

impl std::fmt::Debug for EpochGrant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "EpochGrant({}, {})", self.generation, self.epoch)
    }
}

impl Payload {
    /// The bytes to seal.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(codec::encode_packed(self))
    }

    /// Reads opened bytes.
    ///
    /// # Errors
    /// Not a payload, or over the limits.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, codec::Error> {
        codec::decode(bytes, limits::PAYLOAD)
    }
}
