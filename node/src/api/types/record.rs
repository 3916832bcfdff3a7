//! Records, and who holds them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Answer to `POST /v1/cases/{case}/records`: given after the flush.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Stored {
    /// The record.
    pub record: String,
    /// The case.
    pub case: String,
    /// The log that holds it.
    pub log: String,
    /// Its sequence there.
    pub seq: u64,
    /// True if it had been stored before: submitting twice stores once.
    pub already: bool,
}

/// A record in a list. `summary` is the protocol's record summary.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RecordRow {
    /// The record.
    pub record: String,
    /// The case.
    pub case: String,
    /// Name of the author's organisation.
    pub org_name: String,
    /// Name of the author.
    pub author_name: String,
    /// The protocol's `record::Summary` as JSON.
    #[schema(value_type = Object)]
    pub summary: serde_json::Value,
    /// Whether the record's time cannot be right: it is more than 24 h later than its arrival here, or earlier than the
    /// opening of the case. The timeline also holds it against other records.
    pub doubtful_clock: bool,
    /// Why, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock_doubt: Option<String>,
    /// Since when it can be read here, by this node's clock; none if that was not noted.
    #[serde(default)]
    pub known_since: Option<String>,
    /// In an answer about an earlier time: when it left the reading index, if it has since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<String>,
}

/// `GET /v1/records/{record}`
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RecordDetail {
    /// As in the list.
    #[serde(flatten)]
    pub row: RecordRow,
    /// The protocol's `record::Record` as JSON.
    #[schema(value_type = Object)]
    pub content: serde_json::Value,
    /// The signed record, base64 of CBOR: what proves it.
    pub signed: String,
    /// The node whose log carries it.
    pub node: String,
    /// The log.
    pub log: String,
    /// Its sequence there.
    pub seq: u64,
}

/// Who holds a record, in `GET /v1/records/{record}/status`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Holder {
    /// The node.
    pub node: String,
    /// Its organisation.
    pub org: String,
    /// The organisation's name.
    pub org_name: String,
    /// Since when it is known to hold it; none if it is not.
    pub since: Option<String>,
    /// People of the organisation who acknowledged it, with the time.
    pub acknowledged: Vec<Acknowledged>,
}

/// A person's acknowledgement.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Acknowledged {
    /// Their name.
    pub author_name: String,
    /// When.
    pub at: String,
}
