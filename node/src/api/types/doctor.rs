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
    /// One for each address, conversation and clock: this node's first, then those of partners.
    pub findings: Vec<Finding>,
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
