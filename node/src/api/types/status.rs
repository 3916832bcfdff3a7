//! What a node says of itself and its partners.

use super::AttachmentSpace;
use focal_protocol::wording::Wording;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// `GET /v1/status`
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Status {
    /// Version of the software.
    pub version: String,
    /// This node.
    pub node: String,
    /// Its fingerprint as words.
    pub node_fingerprint: String,
    /// Its organisation, once a federation knows it.
    pub org: Option<String>,
    /// Its organisation's name.
    pub org_name: Option<String>,
    /// The federation, once there is one.
    pub federation: Option<String>,
    /// The federation's name.
    pub federation_name: Option<String>,
    /// Version of the roster held.
    pub roster_version: u64,
    /// Version of its own organisation's manifest.
    pub manifest_version: u64,
    /// Addresses on which it listens.
    pub listening: Vec<String>,
    /// Partners' nodes with a session now.
    pub peers_connected: usize,
    /// Partners' nodes in current manifests.
    pub peers_known: usize,
    /// Cases it is a member of.
    pub cases: usize,
    /// Entries it holds, sealed.
    pub entries: u64,
    /// Records it can read.
    pub records: u64,
    /// Entries of its own that no other node is known to hold: lost if this one is.
    #[serde(default)]
    pub held_by_nobody_else: u64,
    /// Entries that wait for an epoch or a manifest.
    pub pending: u64,
    /// Things refused since the start, by name of the error.
    pub refused: BTreeMap<String, u64>,
    /// What an operator should look at; empty if all is well.
    pub alarms: Vec<String>,
    /// The same by name, one for each; none of an alarm of an earlier version.
    #[serde(default)]
    #[schema(value_type = Vec<Option<Object>>)]
    pub alarms_said: Vec<Option<Wording>>,
    /// What attachments take.
    #[serde(default)]
    pub attachments: AttachmentSpace,
    /// When it was started.
    pub started: String,
}

/// A partner's node, in `GET /v1/peers`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Peer {
    /// The node.
    pub node: String,
    /// Its organisation.
    pub org: String,
    /// The organisation's name.
    pub org_name: String,
    /// Whether there is a session now.
    pub connected: bool,
    /// Whether the connection goes by way of a partner's relay.
    pub relayed: bool,
    /// Since when it is connected or not, if known.
    pub since: Option<String>,
    /// Addresses in its manifest.
    pub addresses: Vec<String>,
    /// The most that is sent to it, bits per second; none is as much as passes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bits_per_second: Option<u64>,
    /// Why the last attempt to reach it failed.
    pub last_error: Option<String>,
    /// The same by name; none of what a library says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub last_error_said: Option<Wording>,
}
