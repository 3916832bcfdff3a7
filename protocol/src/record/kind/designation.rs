//! Coordinated sanctions: whom they are to meet, why, and how.

use super::KindSpec;
use crate::{
    id::RecordId,
    record::{
        Edtf,
        choices::choices,
        error::Check,
        fields::{Fields, Written},
        limits,
        summary::{Facts, Summary},
    },
};
use serde::{Deserialize, Serialize};

choices! {
    /// What is designated.
    Subject as "subject" {
        /// A person.
        Person = "person",
        /// A company, a unit, an organisation.
        Entity = "entity",
        /// A ship or aircraft.
        Vessel = "vessel",
    }
}

choices! {
    /// What the sanction does.
    Measure as "measure" {
        /// Funds and assets are frozen.
        AssetFreeze = "asset-freeze",
        /// Entry is refused.
        VisaBan = "visa-ban",
        /// Arms are not delivered.
        ArmsEmbargo = "arms-embargo",
        /// Something else, which the grounds name.
        Other = "other",
    }
}

/// A number by which a subject is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identifier {
    /// Of what sort: `passport`, `IMO`, `registration`.
    pub scheme: String,
    /// The number as written.
    pub value: String,
}

impl Written for Identifier {
    const OBJECT: bool = true;
    fn allowed() -> String {
        "sort and number such as \"IMO 9074729\"; or an object with scheme and value".into()
    }
    fn from_text(text: &str) -> Option<Self> {
        let (scheme, value) = text.split_once([':', ' '])?;
        let (scheme, value) = (scheme.trim(), value.trim());
        (!scheme.is_empty() && !value.is_empty()).then(|| Self {
            scheme: scheme.into(),
            value: value.into(),
        })
    }
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let scheme = fields.need("scheme");
        let value = fields.need("value");
        Some(Self {
            scheme: scheme?,
            value: value?,
        })
    }
}

/// A proposal to sanction somebody; partners take a stand on it with positions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Designation {
    /// What is designated.
    pub subject: Subject,
    /// Its name.
    pub name: String,
    /// Other names and spellings.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// Of a person: when they were born.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birth_date: Option<Edtf>,
    /// Of a person: where they were born.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birth_place: Option<String>,
    /// Nationalities, or the flag: ISO 3166-1 alpha-2.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub nationalities: Vec<String>,
    /// Numbers by which it is known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub identifiers: Vec<Identifier>,
    /// Why.
    pub grounds: String,
    /// On what law.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub legal_basis: Option<String>,
    /// What is to be done.
    pub measures: Vec<Measure>,
    /// Records that it rests on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<RecordId>,
}

impl KindSpec for Designation {
    const BODY_FIELD: &'static str = "grounds";
    const TEMPLATE: &'static str = "\
---
kind: designation
# person, entity, vessel
subject: person
name:
# Other names and spellings.
# aliases: []
# Of a person: 1971-04, and where.
# birth_date:
# birth_place:
# Countries of two letters.
# nationalities: [VR]
# Numbers by which it is known: passport, IMO, registration.
# identifiers: [\"passport X123456\"]
# The law on which it rests.
# legal_basis:
# asset-freeze, visa-ban, arms-embargo, other
measures: [asset-freeze, visa-ban]
# Records that it rests on, all 64 digits each.
# evidence: []
marking: TLP:AMBER+STRICT
---
The grounds: what the subject did, and how you know.
";

    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let subject = fields.need("subject");
        let name = fields.need("name");
        let aliases = fields.list("aliases");
        let birth_date = fields.get("birth_date");
        let birth_place = fields.get("birth_place");
        let nationalities: Vec<String> = fields.list("nationalities");
        let identifiers = fields.list("identifiers");
        let grounds = fields.need("grounds");
        let legal_basis = fields.get("legal_basis");
        let measures = fields.need_list("measures");
        let evidence = fields.list("evidence");
        Some(Self {
            subject: subject?,
            name: name?,
            aliases,
            birth_date,
            birth_place,
            nationalities: nationalities
                .into_iter()
                .map(|code| code.to_ascii_uppercase())
                .collect(),
            identifiers,
            grounds: grounds?,
            legal_basis,
            measures: measures?,
            evidence,
        })
    }

    fn check(&self, check: &mut Check) {
        check.line("name", &self.name, limits::NAME);
        check.names("aliases", &self.aliases);
        if self.subject != Subject::Person {
            for (name, given) in [
                ("birth_date", self.birth_date.is_some()),
                ("birth_place", self.birth_place.is_some()),
            ] {
                if given {
                    check.refuse(name, "a birth", "of a person only");
                }
            }
        }
        check.optional_line("birth_place", self.birth_place.as_deref(), limits::NAME);
        check.at_most("nationalities", self.nationalities.len(), limits::NAMES);
        check.within("nationalities", |check| {
            for (at, code) in self.nationalities.iter().enumerate() {
                check.country(&at.to_string(), code);
            }
        });
        check.at_most("identifiers", self.identifiers.len(), limits::NAMES);
        check.within("identifiers", |check| {
            for (at, identifier) in self.identifiers.iter().enumerate() {
                check.within(at, |check| {
                    check.line("scheme", &identifier.scheme, limits::NAME);
                    check.line("value", &identifier.value, limits::NAME);
                });
            }
        });
        check.prose("grounds", &self.grounds, limits::TEXT);
        check.optional_prose("legal_basis", self.legal_basis.as_deref(), limits::REASON);
        check.at_most("measures", self.measures.len(), limits::CHOICES);
        if self.measures.is_empty() {
            check.refuse("measures", "nothing", <Measure as Written>::allowed());
        }
        check.at_most("evidence", self.evidence.len(), limits::EVIDENCE);
    }

    fn title(&self) -> String {
        self.name.clone()
    }

    fn summarise(&self, summary: &mut Summary) {
        let measures: Vec<_> = self.measures.iter().map(|m| m.as_str()).collect();
        summary.detail = Some(format!("{}: {}", self.subject, measures.join(", ")));
        summary.facts = Some(Box::new(Facts::Designation {
            subject: self.subject,
            measures: self.measures.clone(),
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::refused;
    use serde_json::json;

    #[test]
    fn a_designation_says_whom_why_and_what() {
        assert_eq!(
            refused(&json!({"kind": "designation", "subject": "person", "name": "X"})),
            ["grounds", "measures"]
        );
        assert_eq!(
            refused(&json!({
                "kind": "designation", "subject": "vessel", "name": "X", "grounds": "y", "measures": "arms-embargo",
                "birth_date": "1971", "nationalities": ["Varenia"], "identifiers": ["IMO 9074729"],
            })),
            ["birth_date", "nationalities.0"]
        );
        assert_eq!(
            refused(&json!({
                "kind": "designation", "subject": "entity", "name": "X", "grounds": "y", "measures": ["fine"],
                "identifiers": ["9074729"],
            })),
            ["identifiers.0", "measures.0"]
        );
    }
}
