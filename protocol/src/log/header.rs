//! What an entry says of itself in the clear.

use crate::id::{CaseId, Hash, LogId, NodeId};
use serde::{Deserialize, Serialize};

/// Two lanes, so that an alert never waits behind a backlog.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lane {
    /// Alerts and membership.
    Flash,
    /// Everything else.
    Routine,
}

/// The header of an entry. Packed CBOR: fields are numbered in this order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Which log.
    pub log: LogId,
    /// Of which case.
    pub case: CaseId,
    /// Whose.
    pub node: NodeId,
    /// Which lane.
    pub lane: Lane,
    /// Counts from 0.
    pub seq: u64,
    /// Hash of the entry before; zeros at sequence 0.
    pub previous: Hash,
    /// Lamport time: above that of every entry of the case that the writer held.
    pub lamport: u64,
    /// Generation of the case group: counts successions.
    pub generation: u32,
    /// MLS epoch under which the payload is sealed.
    pub epoch: u64,
    /// Version of its organisation's manifest that the writer held.
    pub manifest: u64,
    /// Makes the entry's key its own.
    pub salt: Salt,
}

/// 16 random bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Salt(pub [u8; 16]);

impl Serialize for Salt {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        crate::id::serialize(&self.0, s)
    }
}

impl<'de> Deserialize<'de> for Salt {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        crate::id::deserialize(d).map(Self)
    }
}
