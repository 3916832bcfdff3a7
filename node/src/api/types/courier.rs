//! What travels by file.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Body of `POST /v1/courier/pack`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CourierOrder {
    /// For whom: an organisation by id, first digits or name.
    pub to: String,
    /// Of which cases; of all that are shared with it if none is named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cases: Vec<String>,
    /// Also what the recipient is known to hold.
    #[serde(default)]
    pub everything: bool,
    /// Nothing but how much of its logs is held here.
    #[serde(default)]
    pub receipt: bool,
    /// Most bytes of a volume, at least 4 MiB; one volume if it is not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub volume_bytes: Option<u64>,
    /// Of routine logs only what comes with or after the first report that was written at this time (RFC 3339) or later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// Files of the reports, too, up to so many bytes as sealed; none if it is not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attachment_bytes: Option<u64>,
}

/// What was packed: the last part of the answer to `POST /v1/courier/pack`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
pub struct CourierPacked {
    /// For whom.
    pub to: String,
    /// Its name.
    pub org_name: String,
    /// Volumes.
    pub volumes: u32,
    /// Cases.
    pub cases: u64,
    /// Entries that the recipient is not known to hold.
    pub entries: u64,
    /// Parcels.
    pub parcels: u64,
    /// Bytes of all volumes.
    pub bytes: u64,
    /// Pieces of files.
    #[serde(default)]
    pub pieces: u64,
    /// Their bytes.
    #[serde(default)]
    pub piece_bytes: u64,
    /// Files of which not all pieces found room: they go on with the next courier, once a receipt is back.
    #[serde(default)]
    pub files_left: u64,
}

/// What was read from one volume. All of it is stored.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
pub struct CourierLoaded {
    /// The organisation whose node packed it.
    pub from: String,
    /// Its name.
    pub org_name: String,
    /// When, by that node's clock.
    pub created: String,
    /// Which volume, from 1.
    pub volume: u32,
    /// Whether another one follows it.
    pub more: bool,
    /// Entries that are new here.
    pub entries: u64,
    /// Entries that were here already.
    pub known: u64,
    /// Entries and pieces that could not be taken, because what comes before them is in a volume that was not loaded yet.
    pub ahead: u64,
    /// Pieces of files that are new here.
    #[serde(default)]
    pub pieces: u64,
    /// Pieces of files that were here already.
    #[serde(default)]
    pub pieces_known: u64,
    /// Documents of the directory that are new here.
    pub documents: u64,
    /// Parcels.
    pub parcels: u64,
    /// Logs and files of which the sender holds more than was known here.
    pub heights: u64,
    /// What was not taken, by reason.
    pub refused: BTreeMap<String, u64>,
}
