//! What leaves the node in the clear, and what comes from files.

use super::RecordDetail;
use focal_protocol::wording::Wording;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Body of `POST /v1/cases/{case}/export`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExportRequest {
    /// For whom: `own-use`, `print`, `organisations`, `served`, `court`, `public`.
    pub purpose: String,
    /// With `organisations`: which, by id, first digits or name. All of them must be allowed to have a record.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recipients: Vec<String>,
    /// Only these records, by id or first digits, at most 500; all of the case if there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub records: Vec<String>,
    /// Only records of these kinds; of all if there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<String>,
    /// Only records that were written since then, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// Besides those that are chosen, what amends them: corrections and retractions. Who has a record without these may
    /// take it for the last word.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub amendments: bool,
    /// Besides, what answers them: positions, pledges, acks; with `amendments`, also what amends these.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub answers: bool,
    /// Go on after this record: what the answer before called `next`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// Records that are looked at for one answer, at most 500.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
}

/// Body of `POST /v1/cases/{case}/report.html`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportRequest {
    /// For whom, as in [`ExportRequest`].
    pub purpose: String,
    /// With `organisations`: which.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recipients: Vec<String>,
    /// What the page is for: printed on it, at most 300 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Rows of each table, the newest: 200 unless it is said, at most 1,000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<usize>,
}

/// One page of an export: noted in the audit trail before it is answered.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Export {
    /// The case.
    pub case: String,
    /// What it is called; its first digits for those outside it whom it does not serve.
    pub title: String,
    /// For whom.
    pub purpose: String,
    /// The narrowest TLP label of what is in it: what is written on its outside.
    pub marking: Option<String>,
    /// What may leave, in case order.
    pub records: Vec<RecordDetail>,
    /// What may not, and why.
    pub refused: Vec<RefusedRecord>,
    /// Where the next page goes on; none at the end.
    pub next: Option<String>,
}

/// One page of an export with what proves its records.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Evidence {
    /// The records.
    #[serde(flatten)]
    pub export: Export,
    /// For each of them, in their order, the entry that carried it and that entry's key: base64 of an item of an
    /// evidence bundle (SPEC, section 16).
    pub carriers: Vec<String>,
}

/// A record that may not leave. Nothing of what it says is here.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RefusedRecord {
    /// The record.
    pub record: String,
    /// Stable name of the reason.
    pub code: String,
    /// The reason.
    pub reason: String,
    /// The same by name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub said: Option<Wording>,
    /// The organisation that can agree to it, if one can: ask it with `focal report ask-release`.
    pub ask: Option<String>,
}

/// Body of `POST /v1/cases/{case}/imports`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Imported {
    /// Format of the file: `cap`, `hxl`, `geojson`, `ndjson`.
    pub format: String,
    /// Reports that are made of it.
    pub reports: u64,
}
