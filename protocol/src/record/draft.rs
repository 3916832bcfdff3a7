//! From what people write to a record.

use super::{
    Body, Consent, FieldError, Grading, Kind, Language, Marking, Protection, Record, Ref,
    Verification, error::NotAllowed, fields::Fields,
};
use crate::{
    id::{CaseId, OrgId},
    key::PublicKey,
    time::Time,
};
use serde_json::Value;

/// What a person wrote, read and understood, without who, when and for which case.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// Who may see it.
    pub marking: Marking,
    /// The language it is written in.
    pub language: Option<Language>,
    /// Records it bears on.
    pub refs: Vec<Ref>,
    /// People in it.
    pub protection: Option<Protection>,
    /// How source and information are graded.
    pub grading: Option<Grading>,
    /// Whether it is confirmed.
    pub verification: Option<Verification>,
    /// What it says.
    pub body: Body,
}

impl Draft {
    /// Reads common fields and the kind's fields side by side from one object. `hint` is the kind if the object names
    /// none.
    ///
    /// # Errors
    /// Everything that is wrong, field by field: what was given, what is allowed.
    pub fn from_json(hint: Option<Kind>, value: &Value) -> Result<Self, Vec<FieldError>> {
        let Value::Object(map) = value else {
            return Err(vec![FieldError {
                field: "the report".into(),
                given: super::fields::given(value),
                allowed: "fields with names".into(),
            }]);
        };
        let mut fields = Fields::new(map);
        let Some(kind) = fields.get::<Kind>("kind").or(hint) else {
            // Without the kind nothing else can be judged.
            return Err(vec![FieldError {
                field: "kind".into(),
                given: map
                    .get("kind")
                    .map_or_else(|| "nothing".into(), super::fields::given),
                allowed: Kind::ALL
                    .iter()
                    .map(|k| k.as_str())
                    .collect::<Vec<_>>()
                    .join(", "),
            }]);
        };
        let marking = fields.get("marking").unwrap_or_default();
        let language = fields.get("language");
        let refs = fields.list("refs");
        let consent: Option<Consent> = fields.get("consent");
        let identifies_person = fields.get("identifies_person").unwrap_or_default();
        let grading = fields.get("grading");
        let verification = fields.get("verification");
        let body = kind.read(&mut fields);
        let errors = fields.finish();
        match body {
            Some(body) if errors.is_empty() => Ok(Self {
                marking,
                language,
                refs,
                protection: (consent.is_some() || identifies_person).then_some(Protection {
                    consent,
                    identifies_person,
                }),
                grading,
                verification,
                body,
            }),
            _ => Err(errors),
        }
    }

    /// Adds who, when and for which case, and checks the whole.
    ///
    /// # Errors
    /// Everything that is wrong, field by field.
    pub fn into_record(
        self,
        case: CaseId,
        author: PublicKey,
        organisation: OrgId,
        created: Time,
    ) -> Result<Record, Vec<FieldError>> {
        let record = Record {
            case,
            author,
            organisation,
            created,
            marking: self.marking,
            language: self.language,
            refs: self.refs,
            protection: self.protection,
            grading: self.grading,
            verification: self.verification,
            body: self.body,
        };
        record.check()?;
        Ok(record)
    }
}

impl From<NotAllowed> for FieldError {
    fn from(error: NotAllowed) -> Self {
        Self {
            field: error.what.into(),
            given: error.given,
            allowed: error.allowed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Tlp;
    use serde_json::json;

    #[test]
    fn a_report_as_people_write_it_becomes_a_record() {
        let draft = Draft::from_json(
            Some(Kind::Incident),
            &json!({
                "title": "Attack on Lower Teres market",
                "type": "attack on civilians",
                "killed": "6/9/14",
                "injured": 25,
                "place": {"name": "Lower Teres", "lat": 44.812, "lon": 21.377, "precision": "near"},
                "time": "2026-11-03",
                "grading": "C3",
                "verification": "alleged",
                "marking": "amber",
            }),
        )
        .expect("a draft");
        assert_eq!(draft.marking.tlp, Tlp::Amber);
        let record = draft
            .into_record(CaseId([1; 32]), PublicKey([2; 32]), OrgId([3; 32]), Time(4))
            .expect("a record");
        let summary = record.summary();
        assert_eq!(summary.counts.killed.to_string(), "6/9/14");
        assert_eq!(summary.counts.injured.to_string(), "25");
    }

    #[test]
    fn everything_wrong_is_said_at_once() {
        let errors = Draft::from_json(
            None,
            &json!({"kind": "incident", "type": "party", "tilte": "x", "killed": "many"}),
        )
        .expect_err("refused");
        let fields: Vec<_> = errors.iter().map(|e| e.field.as_str()).collect();
        assert_eq!(fields, ["title", "type", "killed", "tilte"]);
    }

    #[test]
    fn a_report_without_a_kind_is_told_the_kinds() {
        let errors = Draft::from_json(None, &json!({"title": "x"})).expect_err("refused");
        assert_eq!(errors[0].field, "kind");
        assert!(errors[0].allowed.contains("sitrep"));
    }
}
