//! Help wanted.

use super::KindSpec;
use crate::record::{
    Edtf, Place,
    choices::choices,
    error::Check,
    fields::Fields,
    limits,
    summary::{Facts, Summary},
};
use serde::{Deserialize, Serialize};

choices! {
    /// What kind of help.
    Capability as "capability" {
        /// Monitors, of a ceasefire or of human rights.
        Monitors = "monitors",
        /// Mediation.
        Mediation = "mediation",
        /// Forensic experts.
        Forensic = "forensic",
        /// Medical teams or supplies.
        Medical = "medical",
        /// Transport by air, land or sea.
        Lift = "lift",
        /// Staff officers.
        StaffOfficers = "staff-officers",
        /// Money.
        Funds = "funds",
        /// Shelter.
        Shelter = "shelter",
        /// Legal help.
        Legal = "legal",
        /// Something else, which the unit names.
        Other = "other",
    }
}

/// Help wanted. Pledges answer it; what is still open is derived.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// What kind of help.
    pub capability: Capability,
    /// How much.
    pub quantity: u32,
    /// Of what, such as `ceasefire monitors`, `EUR`, `flight hours`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// By when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub needed_by: Option<Edtf>,
    /// Whom to speak with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
    /// What for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

impl KindSpec for Request {
    const BODY_FIELD: &'static str = "description";
    const TEMPLATE: &'static str = "\
---
kind: request
# monitors, mediation, forensic, medical, lift, staff-officers, funds, shelter, legal, other
capability:
# How much, and of what: 12, ceasefire monitors.
quantity:
# unit:
# Where: a name, or name, country, code (P-code), lat, lon, precision (exact, near, adm2, adm1, country).
place:
  name:
# By when: 2026-11-08.
# needed_by:
# Whom to speak with.
# contact:
# Below the last line: a description of what it is for.
marking: TLP:AMBER
---
";

    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let capability = fields.need("capability");
        let quantity = fields.need("quantity");
        let unit = fields.get("unit");
        let place = fields.get("place");
        let needed_by = fields.get("needed_by");
        let contact = fields.get("contact");
        let description = fields.get("description");
        Some(Self {
            capability: capability?,
            quantity: quantity?,
            unit,
            place,
            needed_by,
            contact,
            description,
        })
    }

    fn check(&self, check: &mut Check) {
        if self.quantity == 0 {
            check.refuse("quantity", "0", "at least 1");
        }
        check.optional_line("unit", self.unit.as_deref(), limits::NAME);
        check.optional_line("contact", self.contact.as_deref(), limits::NAME);
        check.optional_prose("description", self.description.as_deref(), limits::TEXT);
        check.no_interval("needed_by", self.needed_by.as_ref());
        if let Some(place) = &self.place {
            check.within("place", |check| place.check(check));
        }
    }

    fn title(&self) -> String {
        match &self.unit {
            Some(unit) => format!("{} {unit} ({})", self.quantity, self.capability),
            None => format!("{} {}", self.quantity, self.capability),
        }
    }

    fn summarise(&self, summary: &mut Summary) {
        summary.place = self.place.clone().map(Box::new);
        summary.detail = Some(self.capability.to_string());
        summary.facts = Some(Box::new(Facts::Request {
            capability: self.capability,
            quantity: self.quantity,
            unit: self.unit.clone(),
            needed_by: self.needed_by.clone(),
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::refused;
    use serde_json::json;

    #[test]
    fn a_request_asks_for_something_of_the_list() {
        assert_eq!(
            refused(&json!({"kind": "request", "capability": "tanks", "quantity": "some"})),
            ["capability", "quantity"]
        );
        assert_eq!(
            refused(
                &json!({"kind": "request", "capability": "monitors", "quantity": 0, "needed_by": "2026-11/2026-12"})
            ),
            ["quantity", "needed_by"]
        );
    }
}
