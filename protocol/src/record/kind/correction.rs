//! Amends one's own record: the old one stays and is shown as superseded.

use super::{Body, KindSpec};
use crate::{
    id::RecordId,
    record::{Grading, Kind, Verification, error::Check, fields::Fields, limits, summary::Summary},
};
use serde::{Deserialize, Serialize};

/// New content for an earlier record of the same organisation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Correction {
    /// The record that is amended.
    pub record: RecordId,
    /// Why.
    pub reason: String,
    /// The whole content as it should be, of the same kind.
    pub amended: Box<Body>,
    /// Its new grading, if that changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amended_grading: Option<Grading>,
    /// Its new verification, if that changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amended_verification: Option<Verification>,
}

impl KindSpec for Correction {
    const BODY_FIELD: &'static str = "reason";
    const TEMPLATE: &'static str = "\
---
kind: correction
# The record that is amended, all 64 digits. `focal report correct RECORD` fills in the rest for you.
record:
# The whole content as it should be, of the same kind.
amended:
  kind: note
  text:
# amended_grading: B2
# amended_verification: corroborated
---
Say why it is amended.
";

    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let record = fields.need("record");
        let reason = fields.need("reason");
        let amended = fields.need::<Body>("amended");
        let amended_grading = fields.get("amended_grading");
        let amended_verification = fields.get("amended_verification");
        Some(Self {
            record: record?,
            reason: reason?,
            amended: Box::new(amended?),
            amended_grading,
            amended_verification,
        })
    }

    fn check(&self, check: &mut Check) {
        check.prose("reason", &self.reason, limits::REASON);
        // A correction of a correction amends the record itself again: chains need no nesting.
        if !self.amended.kind().can_be_amended() {
            let allowed: Vec<_> = Kind::ALL
                .iter()
                .filter(|k| k.can_be_amended())
                .map(|k| k.as_str())
                .collect();
            check.refuse(
                "amended.kind",
                self.amended.kind().as_str(),
                allowed.join(", "),
            );
        } else {
            check.within("amended", |check| self.amended.check(check));
        }
    }

    fn title(&self) -> String {
        format!("corrects {}: {}", self.record.short(), self.amended.title())
    }

    fn summarise(&self, summary: &mut Summary) {
        summary.target = Some(self.record);
        let mut amended = summary.blank(self.amended.kind(), self.amended.title());
        amended.grading = self.amended_grading;
        amended.verification = self.amended_verification;
        self.amended.summarise(&mut amended);
        summary.amended = Some(Box::new(amended));
    }
}
