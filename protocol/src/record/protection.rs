//! Whom a record could put in danger, and what they have agreed to.

use super::{Marking, Record, Tlp, choices::choices};
use serde::{Deserialize, Serialize};

choices! {
    /// For what use the source has given informed consent.
    Consent as "consent" {
        /// Inside the organisation that took it down.
        Internal = "internal",
        /// Among the partners of the case.
        Partners = "partners",
        /// Courts and investigations as well.
        Judicial = "judicial",
        /// Anybody.
        Public = "public",
    }
}

/// What the writer says of people in the record.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Protection {
    /// The source's consent; none was given if it is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent: Option<Consent>,
    /// Whether a person can be recognised from the record.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub identifies_person: bool,
}

fn wider_than_partners(marking: &Marking) -> bool {
    matches!(marking.tlp, Tlp::Green | Tlp::Clear)
}

/// What a writer should think about before the record goes out: a person in it, and a marking or consent that does not
/// cover that.
#[must_use]
pub fn warnings(record: &Record) -> Vec<String> {
    let protection = record.protection.unwrap_or_default();
    if !protection.identifies_person {
        return Vec::new();
    }
    let mut warnings = Vec::new();
    match protection.consent {
        None => warnings.push("the record identifies a person, and no consent is noted".to_string()),
        Some(Consent::Internal) => warnings.push(
            "the record identifies a person, who agreed to use inside your organisation only: partners will read it"
                .to_string(),
        ),
        Some(Consent::Partners | Consent::Judicial) if wider_than_partners(&record.marking) => {
            warnings.push(format!(
                "the record identifies a person, and {} lets it go beyond the partners they agreed to",
                record.marking.tlp
            ));
        }
        _ => {}
    }
    warnings
}
