//! What views and lists need of a record, so that they need not open it again.

use super::{Edtf, Grading, Kind, Place, Record, Relation, Tlp, Totals, Verification, limits};
use crate::{
    id::{OrgId, RecordId},
    key::PublicKey,
    time::Time,
};
use serde::{Deserialize, Serialize};

/// A record in short.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Its kind.
    pub kind: Kind,
    /// What a list shows, at most 120 characters.
    pub title: String,
    /// Who wrote it.
    pub author: PublicKey,
    /// For which organisation.
    pub organisation: OrgId,
    /// When, by the author's clock.
    pub created: Time,
    /// Its TLP label.
    pub tlp: Tlp,
    /// Its grading.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grading: Option<Grading>,
    /// Its verification.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verification: Option<Verification>,
    /// Where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// When it happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<Edtf>,
    /// A word or two by kind: the type of an incident; severity, urgency and certainty of an alert.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// People counted.
    #[serde(default, skip_serializing_if = "Totals::is_empty")]
    pub counts: Totals,
    /// The record that a correction amends or an acknowledgement has read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<RecordId>,
    /// Records of the same event.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub same_event_as: Vec<RecordId>,
    /// Of a correction: the amended content in short.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amended: Option<Box<Self>>,
}

impl Summary {
    /// Of a record.
    pub(super) fn of(record: &Record) -> Self {
        let mut summary = Self {
            kind: record.kind(),
            title: cut(&record.body.title()),
            author: record.author,
            organisation: record.organisation,
            created: record.created,
            tlp: record.marking.tlp,
            grading: record.grading,
            verification: record.verification,
            place: None,
            time: None,
            detail: None,
            counts: Totals::default(),
            target: None,
            same_event_as: record
                .refs
                .iter()
                .filter(|r| r.relation == Relation::SameEventAs)
                .map(|r| r.record)
                .collect(),
            amended: None,
        };
        record.body.summarise(&mut summary);
        summary
    }

    /// A summary of other content by the same author at the same time.
    pub(super) fn blank(&self, kind: Kind, title: String) -> Self {
        Self {
            kind,
            title: cut(&title),
            grading: None,
            verification: None,
            place: None,
            time: None,
            detail: None,
            counts: Totals::default(),
            target: None,
            same_event_as: Vec::new(),
            amended: None,
            ..self.clone()
        }
    }
}

fn cut(title: &str) -> String {
    if title.chars().count() <= limits::SUMMARY_TITLE {
        return title.to_string();
    }
    let start: String = title.chars().take(limits::SUMMARY_TITLE - 1).collect();
    start + "…"
}
