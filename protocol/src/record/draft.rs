//! From what people write to a record.

use super::{
    Attachment, Body, Consent, FieldError, Grading, Kind, Language, Marking, Protection, Record,
    Ref, Verification,
    error::NotAllowed,
    fields::{Fields, Question},
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
    /// Files that go with it, sealed.
    pub attachments: Vec<Attachment>,
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
        let draft = Self::read(kind, &mut fields);
        let errors = fields.finish();
        match draft {
            Some(draft) if errors.is_empty() => Ok(draft),
            _ => Err(errors),
        }
    }

    /// What a person may be asked for a report of this kind: the kind's own fields, then the common ones.
    #[must_use]
    pub fn questions(kind: Kind) -> Vec<Question> {
        let nothing = serde_json::Map::new();
        let (mut own, mut all) = (Fields::new(&nothing), Fields::new(&nothing));
        // Nothing is there to be read: only what is asked for matters.
        let _ = (kind.read(&mut own), Self::read(kind, &mut all));
        let mut questions = own.questions();
        for question in all.questions() {
            if !questions.iter().any(|q| q.field == question.field) {
                questions.push(question);
            }
        }
        questions
    }

    fn read(kind: Kind, fields: &mut Fields<'_>) -> Option<Self> {
        let marking = fields.get("marking").unwrap_or_default();
        let language = fields.get("language");
        let refs = fields.list("refs");
        let consent: Option<Consent> = fields.get("consent");
        let identifies_person = fields.get("identifies_person").unwrap_or_default();
        let grading = fields.get("grading");
        let verification = fields.get("verification");
        let attachments = fields.list("attachments");
        Some(Self {
            body: kind.read(fields)?,
            marking,
            language,
            refs,
            protection: (consent.is_some() || identifies_person).then_some(Protection {
                consent,
                identifies_person,
            }),
            grading,
            verification,
            attachments,
        })
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
            attachments: self.attachments,
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
        assert_eq!(summary.counts.totals().killed.to_string(), "6/9/14");
        assert_eq!(summary.counts.totals().injured.to_string(), "25");
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

    #[test]
    fn a_person_is_asked_for_each_field_with_what_is_allowed() {
        let questions = Draft::questions(Kind::Request);
        let fields: Vec<_> = questions.iter().map(|q| (q.field, q.needed)).collect();
        assert_eq!(
            fields[..3],
            [("capability", true), ("quantity", true), ("unit", false)]
        );
        assert!(questions[0].allowed.starts_with("monitors, mediation"));
        assert!(fields.contains(&("marking", false)));
        assert!(
            Draft::questions(Kind::Designation)
                .iter()
                .any(|q| q.field == "measures" && q.needed && q.list)
        );
        // Counts stand each by itself, and what cannot be written as text is not asked for.
        let incident = Draft::questions(Kind::Incident);
        assert!(incident.iter().any(|q| q.field == "killed"));
        assert!(incident.iter().all(|q| q.field != "counts"));
        assert!(
            Draft::questions(Kind::Correction)
                .iter()
                .all(|q| q.field != "amended")
        );
    }

    #[test]
    fn the_template_explains_a_field_that_is_asked_for() {
        assert_eq!(
            Kind::Request.hint("needed_by").as_deref(),
            Some("By when: 2026-11-08.")
        );
        assert_eq!(
            Kind::Activity.hint("end").as_deref(),
            Some("First and last day: 2026-11-03.")
        );
        assert_eq!(
            Kind::Incident.hint("injured"),
            Kind::Incident.hint("killed")
        );
        assert!(
            Kind::Incident
                .hint("time")
                .is_some_and(|h| h.starts_with("When it happened"))
        );
        assert!(
            Kind::Incident
                .hint("description")
                .is_some_and(|h| h.starts_with("Describe"))
        );
        assert_eq!(Kind::Convening.hint("marking"), None);
        assert_eq!(Kind::Note.hint("nothing"), None);
    }
}
