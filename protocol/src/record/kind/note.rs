//! A message in the case.

use super::KindSpec;
use crate::record::{
    ReleaseRequest,
    error::Check,
    fields::Fields,
    limits,
    summary::{Facts, Summary},
};
use serde::{Deserialize, Serialize};

/// A message in the case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// What it says.
    pub text: String,
}

impl KindSpec for Note {
    const BODY_FIELD: &'static str = "text";
    const TEMPLATE: &'static str = "\
---
kind: note
# Who may see it: TLP:RED, TLP:AMBER+STRICT, TLP:AMBER, TLP:GREEN or TLP:CLEAR.
marking: TLP:AMBER
# language: en
---
Write the message here.
";

    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self {
            text: fields.need("text")?,
        })
    }

    fn check(&self, check: &mut Check) {
        check.prose("text", &self.text, limits::TEXT);
    }

    fn title(&self) -> String {
        self.first_line().to_string()
    }

    fn summarise(&self, summary: &mut Summary) {
        if let Some(asked) = self.asks_release() {
            summary.target = Some(asked.record);
            summary.facts = Some(Box::new(Facts::Release { to: asked.to }));
        }
    }
}

impl Note {
    fn first_line(&self) -> &str {
        self.text.lines().next().unwrap_or_default()
    }

    /// What its first line asks an originator for, if it asks for a release.
    #[must_use]
    pub fn asks_release(&self) -> Option<ReleaseRequest> {
        self.first_line().parse().ok()
    }
}
