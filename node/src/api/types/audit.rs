//! The audit trail.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A page of `GET /v1/audit`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct AuditPage {
    /// The node whose trail it is.
    pub node: String,
    /// Where the trail begins: before it, items were given up at the end of their time.
    pub anchor: Option<AuditCheckpoint>,
    /// Items, oldest first.
    pub items: Vec<AuditItem>,
    /// Signatures of the node on these items.
    pub checkpoints: Vec<AuditCheckpoint>,
    /// Where the next page goes on; none at the end.
    pub next: Option<u64>,
}

/// One item of the trail.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct AuditItem {
    /// Its sequence.
    pub seq: u64,
    /// The protocol's `audit::Item` as JSON.
    #[schema(value_type = Object)]
    pub item: serde_json::Value,
    /// Its bytes, hex: what is hashed.
    pub bytes: String,
    /// Its hash, which the next item names.
    pub hash: String,
}

/// A signature of the node on its trail.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct AuditCheckpoint {
    /// The last item that it covers.
    pub seq: u64,
    /// The signed checkpoint, base64 of CBOR.
    pub signed: String,
}
