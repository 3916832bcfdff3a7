//! What an examination finds.

use crate::net::Trouble;
use focal_protocol::wording::Wording;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// `POST /v1/doctor`
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Diagnosis {
    /// Whether nobody has to do anything.
    pub well: bool,
    /// This node's name in addresses, as `12D3Koo…`.
    pub node: String,
    /// The proxy through which everything leaves.
    pub proxy: Option<String>,
    /// Partners to whom so much is sent and no more, by the kind of their links or by number.
    #[serde(default)]
    pub limits: Vec<SendLimit>,
    /// What each officer away from the node sends and is sent at most, kbit/s, where the operator has said so.
    #[serde(default)]
    pub officer_kbit: Option<u32>,
    /// One for each address, conversation and clock: this node's first, then those of partners.
    pub findings: Vec<Finding>,
}

/// What is sent to one partner at most.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SendLimit {
    /// The organisation's name.
    pub org_name: String,
    /// Bits per second, headers included.
    pub bits_per_second: u64,
}

/// One thing that was tried.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Finding {
    /// The node whose it is.
    pub node: String,
    /// Its organisation's name.
    pub org_name: String,
    /// An address, `clock`, or nothing: the conversation with the node.
    pub subject: String,
    /// Whether it works.
    pub works: bool,
    /// Whether the conversation goes by way of a relay.
    pub by_relay: bool,
    /// Whether somebody has to do something.
    pub needs_action: bool,
    /// What is wrong.
    pub trouble: Option<Trouble>,
    /// Why, in words.
    pub why: Option<String>,
    /// The same by name; none of what a library or the system says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub said: Option<Wording>,
    /// What to do.
    pub next: Option<String>,
    /// The same by name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub next_said: Option<Wording>,
}
