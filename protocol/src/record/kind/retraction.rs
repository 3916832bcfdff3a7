//! Withdraws one's own record: it stays, is shown as withdrawn, and counts nowhere.

use super::KindSpec;
use crate::{
    id::RecordId,
    record::{error::Check, fields::Fields, limits, summary::Summary},
};
use serde::{Deserialize, Serialize};

/// Withdraws an earlier record of the same organisation. A retraction itself cannot be withdrawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retraction {
    /// The record.
    pub record: RecordId,
    /// Why.
    pub reason: String,
}

impl KindSpec for Retraction {
    const BODY_FIELD: &'static str = "reason";
    const TEMPLATE: &'static str = "\
---
kind: retraction
# The record that is withdrawn, all 64 digits. `focal report retract RECORD --reason WHY` is shorter.
record:
marking: TLP:AMBER
---
Say why it is withdrawn.
";

    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let record = fields.need("record");
        let reason = fields.need("reason");
        Some(Self {
            record: record?,
            reason: reason?,
        })
    }

    fn check(&self, check: &mut Check) {
        check.prose("reason", &self.reason, limits::REASON);
    }

    fn title(&self) -> String {
        let reason = self.reason.lines().next().unwrap_or_default();
        format!("withdraws {}: {reason}", self.record.short())
    }

    fn summarise(&self, summary: &mut Summary) {
        summary.target = Some(self.record);
    }
}
