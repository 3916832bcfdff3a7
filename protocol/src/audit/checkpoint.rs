//! The node's signature on how far its trail has come.

use crate::{
    id::{Hash, NodeId},
    key::Context,
    signed::Signable,
    time::Time,
};
use serde::{Deserialize, Serialize};

/// The trail of a node up to an item. Signed by the node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// Whose trail.
    pub node: NodeId,
    /// Sequence of the last item that it covers.
    pub seq: u64,
    /// That item's hash, and so all before it.
    pub hash: Hash,
    /// When it was signed.
    pub at: Time,
}

impl Signable for Checkpoint {
    const CONTEXT: Context = Context::AuditCheckpoint;
    const LIMIT: usize = 512;
}
