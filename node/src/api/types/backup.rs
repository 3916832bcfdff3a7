//! What is said of backups.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A backup that was made.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct BackupMade {
    /// When, by the node's clock.
    pub created: String,
    /// Entries of all logs in it.
    pub entries: u64,
    /// Reports that could be read.
    pub records: u64,
    /// Pieces that it needs.
    pub pieces: usize,
    /// Of these, pieces that were not there.
    pub new: usize,
    /// Chunks of attachments among the pieces.
    pub chunks: usize,
    /// Chunks that could not be read, or are damaged: they are not in it.
    #[serde(default)]
    pub left_out: u64,
    /// When a case was last purged here: a backup that is older opens what was purged.
    pub last_purge: Option<String>,
}
