//! One item of a trail: the bytes that are hashed, and what they say.

use super::{Act, Actor};
use crate::{codec, id::Hash, limits, time::Time};
use serde::{Deserialize, Serialize};

/// What an item says. Its named CBOR is what is kept and hashed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// From 0, without gaps.
    pub seq: u64,
    /// Hash of the item before; of the first, zeros.
    pub previous: Hash,
    /// When, by the node's clock.
    pub at: Time,
    /// Who asked.
    pub actor: Actor,
    /// What.
    pub act: Act,
}

/// An item as it is kept: bytes that nobody encodes again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    bytes: Vec<u8>,
    /// What they say.
    pub item: Item,
}

impl Link {
    /// Of a new item.
    #[must_use]
    pub fn new(item: Item) -> Self {
        Self {
            bytes: codec::encode(&item),
            item,
        }
    }

    /// From its bytes.
    ///
    /// # Errors
    /// They are longer than an item, or none.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, codec::Error> {
        let item = codec::decode(&bytes, limits::AUDIT_ITEM)?;
        Ok(Self { bytes, item })
    }

    /// Its bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Its hash, which the next item names.
    #[must_use]
    pub fn hash(&self) -> Hash {
        Hash::of(&[b"focal/audit/1\0", &self.bytes])
    }
}
