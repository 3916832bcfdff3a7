//! What a person must look at.

use focal_protocol::wording::Wording;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Something that a person must look at, in `GET /v1/alarms`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct AlarmRow {
    /// Its id.
    pub id: String,
    /// Stable name of its sort.
    pub code: String,
    /// What happened.
    pub message: String,
    /// The same by name; none of an alarm of an earlier version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub said: Option<Wording>,
    /// What to do.
    pub advice: String,
    /// The same by name; none of an alarm that this version does not know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub advice_said: Option<Wording>,
    /// Since when.
    pub since: String,
    /// What was decided; none as long as it is open.
    pub decision: Option<String>,
    /// When.
    pub resolved: Option<String>,
}

/// Body of `POST /v1/alarms/{alarm}/resolve`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Resolve {
    /// What was decided and why: kept with the alarm.
    pub decision: String,
}
