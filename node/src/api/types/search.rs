//! What is found.

use super::RecordRow;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// `GET /v1/search`
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Found {
    /// How many records there are, on all pages.
    pub total: u64,
    /// The newest first.
    pub records: Vec<FoundRecord>,
    /// If there are more: the record after which they begin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// Whether there are records that are not in the index yet, so that a search may miss them.
    pub behind: bool,
}

/// A record that was found.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct FoundRecord {
    /// The record as it was written.
    #[serde(flatten)]
    pub row: RecordRow,
    /// The title of its case.
    pub case_title: String,
    /// What it says now, in short, if it was corrected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub now: Option<serde_json::Value>,
    /// The correction in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrected_by: Option<String>,
    /// The retraction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawn_by: Option<String>,
    /// Why it counts nowhere, if its author may not say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invalid: Option<String>,
    /// The part of it in which the words stand, or its beginning.
    pub snippet: String,
    /// From which to which character of that part they stand.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub marked: Vec<[usize; 2]>,
}
