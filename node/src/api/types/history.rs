//! What was known when, and what became of a record.

use super::RecordRow;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// `GET /v1/cases/{case}/known`: how much of a case this node knew at a time.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct CaseKnown {
    /// The case.
    pub case: String,
    /// Its title now.
    pub title: String,
    /// The time.
    pub at: String,
    /// Records that could be read here then.
    pub records: u64,
    /// Of them: those of which it was not noted since when they can be read; they may have come later.
    pub undated: u64,
    /// Of them: those that have left the reading index since.
    pub left: u64,
    /// Records that have come since, and are not shown.
    pub later: u64,
    /// Hash of the case view as it was.
    pub view_hash: String,
}

/// `GET /v1/records/{record}/history`
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RecordHistory {
    /// The original, also if a correction of it was asked for.
    pub record: String,
    /// The case.
    pub case: String,
    /// How many steps there are in all.
    pub steps: u64,
    /// The step that says what holds now: the original or a correction; none if it is withdrawn.
    pub in_force: Option<String>,
    /// The retraction, if the record is withdrawn.
    pub withdrawn_by: Option<String>,
    /// Steps in case order, from the original on.
    pub versions: Vec<Version>,
    /// What to ask for with `after`, if there is more.
    pub next: Option<String>,
}

/// One step: the original, a correction, a retraction.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Version {
    /// The record that makes the step: by whom, for which organisation, when, known here since.
    #[serde(flatten)]
    pub row: RecordRow,
    /// `original`, `correction`, `retraction`.
    pub step: String,
    /// Of a correction: the version that it changes. Of a retraction: what it withdraws.
    pub of: Option<String>,
    /// Why, as its author says.
    pub reason: Option<String>,
    /// Why it has no effect, if it has none.
    pub invalid: Option<String>,
    /// What withdrew it, if anything did.
    pub withdrawn_by: Option<String>,
    /// Whether this is what holds now.
    pub in_force: bool,
    /// What the record says as of this step, field by field; empty for a retraction.
    #[schema(value_type = Object)]
    pub content: serde_json::Value,
    /// Of a correction: what it changes.
    pub changes: Vec<FieldChange>,
}

/// A field that a correction changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FieldChange {
    /// The field, with those in which it stands: `counts.killed.best`.
    pub field: String,
    /// What it said before; none if it was left out.
    #[schema(value_type = Option<Object>)]
    pub before: Option<serde_json::Value>,
    /// What it says after; none if it is left out.
    #[schema(value_type = Option<Object>)]
    pub after: Option<serde_json::Value>,
}
