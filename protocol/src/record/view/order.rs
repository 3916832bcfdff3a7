//! Where a record stands among the others of its case.

use crate::id::LogId;
use serde::{Deserialize, Serialize};

/// Case order: by Lamport time of the entry, then log, then sequence. The same on every node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CaseOrder {
    /// Lamport time of the entry.
    pub lamport: u64,
    /// The log.
    pub log: LogId,
    /// Sequence in the log.
    pub seq: u64,
}
