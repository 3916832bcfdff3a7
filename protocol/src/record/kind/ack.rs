//! A person has read a record.

use super::KindSpec;
use crate::{
    id::RecordId,
    record::{error::Check, fields::Fields, summary::Summary},
};
use serde::{Deserialize, Serialize};

/// A person has read a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ack {
    /// The record.
    pub record: RecordId,
}

impl KindSpec for Ack {
    const BODY_FIELD: &'static str = "record";
    const TEMPLATE: &'static str = "\
---
kind: ack
# The record that you have read, all 64 digits. `focal report ack RECORD` is shorter.
record:
---
";

    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self {
            record: fields.need("record")?,
        })
    }

    fn check(&self, _check: &mut Check) {}

    fn title(&self) -> String {
        format!("has read {}", self.record.short())
    }

    fn summarise(&self, summary: &mut Summary) {
        summary.target = Some(self.record);
    }
}
