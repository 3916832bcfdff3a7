//! Files that records name.

use focal_protocol::wording::Wording;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What attachments take on a node's disk, in `GET /v1/status`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
pub struct AttachmentSpace {
    /// Bytes that they take.
    pub bytes: u64,
    /// Bytes that they may take.
    pub space: u64,
    /// Files that are to be fetched.
    pub waiting: usize,
    /// Files that are fetched when somebody asks for them.
    pub on_demand: usize,
    /// Removed since the start, because no record named them any more.
    pub removed: u64,
    /// Bytes of those.
    pub removed_bytes: u64,
    /// Bytes that partners were sent since the start.
    pub sent: u64,
}

/// How far a file is here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AttachmentHere {
    /// All of it.
    Complete,
    /// It is being fetched.
    Coming,
    /// It is fetched as soon as a partner in reach has it, and there is room.
    Waiting,
    /// It is fetched when somebody asks for it.
    OnDemand,
}

/// A file that a record names, in `GET /v1/attachments`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct AttachmentRow {
    /// The attachment.
    pub attachment: String,
    /// The case.
    pub case: String,
    /// The record.
    pub record: String,
    /// The file's name, by its author.
    pub name: String,
    /// What it is, by its author.
    pub media_type: String,
    /// Its length, bytes.
    pub size: u64,
    /// SHA-256 of it.
    pub hash: String,
    /// SHA-256 of the file from which metadata was taken out, if it was.
    pub original: Option<String>,
    /// How far it is here.
    pub state: AttachmentHere,
    /// Sealed pieces that are here, the list of them included.
    pub held: u32,
    /// Of so many.
    pub of: u32,
    /// Why it has not come.
    pub why: Option<String>,
    /// The same by name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub said: Option<Wording>,
}

/// Answer to `POST /v1/attachments/{attachment}/lacking?begun=true`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Lacking {
    /// Places of the chunks that are not here, among those that were asked for.
    pub lacking: Vec<u32>,
    /// Pieces of the file that the caller has begun to hand over.
    pub begun: Vec<Begun>,
}

/// A piece that was begun.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Begun {
    /// Its name.
    pub chunk: String,
    /// Bytes of it that are here.
    pub here: usize,
}

/// Answer to a slice of a chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Here {
    /// Bytes of the chunk that are here now, from its first: the next slice begins with the one behind them.
    pub here: usize,
}

/// Answer to `POST /v1/attachments/{attachment}/verify`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct AttachmentVerified {
    /// Sealed pieces that are here and what they should be.
    pub sound: u32,
    /// Pieces that were not, and were removed.
    pub damaged: u32,
    /// Pieces that there should be.
    pub of: u32,
}

/// Answer to `POST /v1/attachments/prune`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Pruned {
    /// Attachments that were removed.
    pub attachments: u64,
    /// Bytes that they took.
    pub bytes: u64,
}
