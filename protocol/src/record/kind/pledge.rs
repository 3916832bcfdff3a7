//! Help offered.

use super::KindSpec;
use crate::{
    id::RecordId,
    record::{
        Edtf,
        error::Check,
        fields::Fields,
        limits,
        summary::{Facts, Summary},
    },
};
use serde::{Deserialize, Serialize};

/// Help offered in answer to a request, in the request's unit. Several of one organisation add up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pledge {
    /// The request.
    pub request: RecordId,
    /// How much, in the request's unit.
    pub quantity: u32,
    /// From when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub available: Option<Edtf>,
    /// Whom to speak with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
    /// On what conditions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

impl KindSpec for Pledge {
    const BODY_FIELD: &'static str = "comment";
    const TEMPLATE: &'static str = "\
---
kind: pledge
# The request that it answers, all 64 digits. `focal report pledge REQUEST QUANTITY` is shorter.
request:
# How much, in the request's unit.
quantity:
# From when: 2026-11-06.
# available:
# Whom to speak with.
# contact:
# Below the last line: a comment, such as conditions.
marking: TLP:AMBER
---
";

    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let request = fields.need("request");
        let quantity = fields.need("quantity");
        let available = fields.get("available");
        let contact = fields.get("contact");
        let comment = fields.get("comment");
        Some(Self {
            request: request?,
            quantity: quantity?,
            available,
            contact,
            comment,
        })
    }

    fn check(&self, check: &mut Check) {
        if self.quantity == 0 {
            check.refuse(
                "quantity",
                "0",
                "at least 1; a pledge is withdrawn by a retraction",
            );
        }
        check.no_interval("available", self.available.as_ref());
        check.optional_line("contact", self.contact.as_deref(), limits::NAME);
        check.optional_prose("comment", self.comment.as_deref(), limits::REASON);
    }

    fn title(&self) -> String {
        format!("pledges {} for {}", self.quantity, self.request.short())
    }

    fn summarise(&self, summary: &mut Summary) {
        summary.target = Some(self.request);
        summary.facts = Some(Box::new(Facts::Pledge {
            quantity: self.quantity,
            available: self.available.clone(),
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::refused;
    use serde_json::json;

    #[test]
    fn a_pledge_names_its_request_and_offers_something() {
        assert_eq!(
            refused(&json!({"kind": "pledge", "quantity": 8})),
            ["request"]
        );
        assert_eq!(
            refused(&json!({"kind": "pledge", "request": "00".repeat(32), "quantity": 0})),
            ["quantity"]
        );
    }
}
