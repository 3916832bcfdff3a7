//! What people report: a [`Record`] is written by a person, checked, signed with their key, and never changed.
//!
//! What they type becomes a [`Draft`], then a [`Record`] with a [`Body`] of one [`Kind`]. Lists and views work on its
//! [`Summary`]; a [`CaseView`] is derived from the summaries alone, so it is the same wherever the records are, and a
//! [`CaseState`] keeps it up to date record by record.
//!
//! A new kind is one file in `kind/` and one line in the list there.

mod attachment;
mod change;
mod choices;
mod counts;
mod draft;
mod edtf;
mod error;
mod fields;
mod grading;
mod kind;
mod language;
pub mod limits;
mod marking;
mod place;
mod protection;
mod reference;
mod release;
mod summary;
mod tally;
mod view;

pub use attachment::Attachment;
pub use change::Change;
pub use counts::{Age, Breakdown, Counts, Estimate, Range, Sex, Totals};
pub use draft::Draft;
pub use edtf::Edtf;
pub use error::{FieldError, NotAllowed};
pub use fields::Question;
pub use grading::{Credibility, Grading, Source, Verification};
pub use kind::{
    Ack, Activity, ActivityStatus, Alert, Assessment, Body, Capability, Category, Certainty,
    Cluster, Convening, Correction, Designation, FactorLevel, Identifier, Incident, IncidentType,
    Kind, Measure, Note, Pledge, Position, Request, ResponseType, Responsibility, Retraction,
    RiskFactor, Severity, Sitrep, SitrepType, Stand, Subject, Trend, Urgency,
};
pub use language::Language;
pub use marking::{Marking, Tlp};
pub use place::{Place, Point, Precision};
pub use protection::{Consent, Protection, warnings};
pub use reference::{Ref, Relation};
pub use release::{Asker, Audience, Barred, Circle, Handling, NoRelease, ReleaseRequest, Use};
pub use summary::{Facts, JudgedFactor, Summary};
pub use tally::Share;
pub use view::{
    ActivityRow, AlertRow, CaseOrder, CaseState, CaseView, ClockDoubt, ConveningRow,
    DesignationRow, Displacement, Invalid, OrganisationRisk, Page, Placed, PledgeRow, PositionRow,
    Positions, Reading, RequestRow, Standing, Step, StepKind, TimelineEntry,
};

use crate::{
    id::{CaseId, OrgId, RecordId},
    key::{Context, PublicKey},
    signed::{Signable, Signed},
    time::Time,
};
use error::Check;
use serde::{Deserialize, Serialize};

/// One report or update by one person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// The case it is for: in another one it is refused.
    pub case: CaseId,
    /// Who wrote and signed it.
    pub author: PublicKey,
    /// For which organisation.
    pub organisation: OrgId,
    /// When, by the author's clock.
    pub created: Time,
    /// Who may see it.
    pub marking: Marking,
    /// The language it is written in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// Records it bears on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refs: Vec<Ref>,
    /// People in it, and what they agreed to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protection: Option<Protection>,
    /// How source and information are graded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grading: Option<Grading>,
    /// Whether it is confirmed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verification: Option<Verification>,
    /// Files that go with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// What it says.
    pub body: Body,
}

impl Signable for Record {
    const CONTEXT: Context = Context::Record;
    const LIMIT: usize = crate::limits::RECORD;
}

impl Record {
    /// Its id: the hash of its signed bytes.
    #[must_use]
    pub fn id_of(signed: &Signed<Self>) -> RecordId {
        RecordId(signed.hash().0)
    }

    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.body.kind()
    }

    /// Whether it goes in the flash lane.
    #[must_use]
    pub fn is_urgent(&self) -> bool {
        self.kind().is_urgent()
    }

    /// Checks everything that its type does not make impossible.
    ///
    /// # Errors
    /// Everything that is wrong, field by field.
    pub fn check(&self) -> Result<(), Vec<FieldError>> {
        let mut check = Check::new(self.created);
        check.within("marking", |check| self.marking.check(check));
        check.at_most("refs", self.refs.len(), crate::limits::REFS);
        let same = |r: &&Ref| r.relation == Relation::SameEventAs;
        let same = self.refs.iter().filter(same).count();
        if same > limits::SAME_EVENT {
            check.refuse(
                "refs",
                format!("{same} of the same event"),
                format!(
                    "at most {} with {}",
                    limits::SAME_EVENT,
                    Relation::SameEventAs
                ),
            );
        }
        check.at_most(
            "attachments",
            self.attachments.len(),
            crate::limits::ATTACHMENTS,
        );
        let mut lists: Vec<_> = self.attachments.iter().map(|a| a.list).collect();
        lists.sort_unstable();
        lists.dedup();
        if lists.len() < self.attachments.len() {
            check.refuse("attachments", "one of them twice", "each once");
        }
        check.within("attachments", |check| {
            for (at, attachment) in self.attachments.iter().enumerate() {
                check.within(at, |check| attachment.check(check));
            }
        });
        self.body.check(&mut check);
        check.finish()
    }

    /// What views and lists need of it.
    #[must_use]
    pub fn summary(&self) -> Summary {
        Summary::of(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{codec, key::SecretKey, random::SystemRandom};
    use serde_json::json;

    fn record(content: &serde_json::Value) -> Record {
        Draft::from_json(None, content)
            .and_then(|d| {
                d.into_record(CaseId([1; 32]), PublicKey([2; 32]), OrgId([3; 32]), Time(4))
            })
            .expect("a record")
    }

    #[test]
    fn every_script_survives_signing_and_reading() {
        for text in [
            "تقرير عن الوضع",
            "e\u{301}te\u{301}",
            "မြန်မာ",
            "👩🏽‍⚕️ injured",
            "עברית",
        ] {
            let record = record(&json!({"kind": "note", "text": text}));
            let key = SecretKey::generate(&SystemRandom);
            let signed = Signed::new(&record, &key);
            let bytes = codec::encode(&signed);
            let back: Signed<Record> = codec::decode(&bytes, 9_999).expect("read");
            assert_eq!(back.unverified().expect("a record"), record);
            let json = serde_json::to_value(&record).expect("json");
            assert_eq!(
                serde_json::from_value::<Record>(json).expect("back"),
                record
            );
        }
    }

    #[test]
    fn a_record_over_a_limit_is_refused() {
        let mut long = record(&json!({"kind": "note", "text": "x"}));
        long.body = Body::Note(Note {
            text: "x".repeat(limits::TEXT + 1),
        });
        assert!(long.check().is_err());
        let mut many = record(&json!({"kind": "note", "text": "x"}));
        let one = Ref {
            relation: Relation::Cites,
            record: RecordId([0; 32]),
        };
        many.refs = vec![one; crate::limits::REFS + 1];
        assert!(many.check().is_err());
        let same = Ref {
            relation: Relation::SameEventAs,
            ..one
        };
        many.refs = vec![same; limits::SAME_EVENT + 1];
        assert!(many.check().is_err());
        many.refs.pop();
        assert!(many.check().is_ok());
    }

    #[test]
    fn every_template_is_read_once_it_is_filled_in() {
        for kind in Kind::ALL {
            let template = kind.template();
            assert!(template.starts_with("---\n") && template.contains(&format!("kind: {kind}")));
            assert!(template.contains(kind.body_field()) || template.ends_with(".\n"));
        }
    }

    #[test]
    fn a_name_without_consent_is_warned_of() {
        let record = record(&json!({"kind": "note", "text": "x", "identifies_person": true}));
        assert_eq!(warnings(&record).len(), 1);
        let covered =
            json!({"kind": "note", "text": "x", "identifies_person": true, "consent": "partners"});
        assert!(warnings(&self::record(&covered)).is_empty());
    }
}
