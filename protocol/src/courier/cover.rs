//! The first thing inside a volume.

use crate::{
    id::{FederationId, Hash, NodeId, OrgId},
    key::Context,
    signed::Signable,
    time::Time,
};
use serde::{Deserialize, Serialize};

/// Who packed a volume, and for whom: signed by the node that packed it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cover {
    /// Of which federation.
    pub federation: FederationId,
    /// The node that packed it.
    pub from: NodeId,
    /// The organisation whose nodes can open it.
    pub to: OrgId,
    /// The same in all volumes that were packed together.
    #[serde(with = "serde_bytes")]
    pub courier: Vec<u8>,
    /// Which of them, from 1.
    pub volume: u32,
    /// SHA-256 of the volume's slots: the cover belongs to this volume alone.
    pub slots: Hash,
    /// When it was packed, by the clock of the node that packed it.
    pub created: Time,
}

impl Signable for Cover {
    const CONTEXT: Context = Context::Cover;
    const LIMIT: usize = 1024;
}
