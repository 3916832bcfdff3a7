//! What views and lists need of a record, so that they need not open it again.

use super::{
    ActivityStatus, Audience, Capability, Cluster, Edtf, Grading, Kind, Measure, Place, Protection,
    Record, Relation, Responsibility, RiskFactor, Share, Stand, Subject, Tlp, Trend, Verification,
    limits,
};
use crate::{
    directory::Role,
    id::{OrgId, RecordId},
    key::PublicKey,
    time::Time,
};
use serde::{Deserialize, Serialize};

/// A record in short. A case has one for each of its records in memory: what most of them lack is small, and elsewhere if it is
/// there.
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
    pub place: Option<Box<Place>>,
    /// When it happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<Edtf>,
    /// A word or two by kind: the type of an incident; severity, urgency and certainty of an alert; and so on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// People counted.
    #[serde(default, skip_serializing_if = "Share::is_empty")]
    pub counts: Share,
    /// The record that a correction, retraction, position, pledge or acknowledgement is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<RecordId>,
    /// Records of the same event.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub same_event_as: Vec<RecordId>,
    /// How many files go with it.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub attachments: u32,
    /// Of a correction: the amended content in short.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amended: Option<Box<Self>>,
    /// What the tables of its kind show.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facts: Option<Box<Facts>>,
    /// If not empty: the only organisations that may have it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub releasable_to: Vec<OrgId>,
    /// Whether the originator is to be asked before it is passed on.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub originator_control: bool,
    /// People in it, and what they agreed to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protection: Option<Protection>,
    /// The author's role, by the manifest under which the entry was written: who reads the entry says it, as the record
    /// does not. Without it an author counts as an officer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
}

// serde hands over a reference.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_zero(count: &u32) -> bool {
    *count == 0
}

/// What the tables of a case view show of a kind, beside what every summary has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Facts {
    /// Of an alert.
    Alert {
        /// Until when it holds.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expires: Option<Time>,
    },
    /// Of an assessment.
    Assessment {
        /// How far it looks ahead, months.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        horizon: Option<u32>,
        /// The factors judged.
        factors: Vec<JudgedFactor>,
    },
    /// Of an activity; its first day is the summary's time.
    Activity {
        /// In which cluster.
        cluster: Cluster,
        /// The area of responsibility.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        responsibility: Option<Responsibility>,
        /// Who does it, if it is not the reporting organisation.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        who: Option<String>,
        /// Last day.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        end: Option<Edtf>,
        /// For whom.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        for_whom: Option<String>,
        /// People it is meant to reach.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        targeted: Option<u32>,
        /// People it has reached.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reached: Option<u32>,
        /// How far it is.
        status: ActivityStatus,
    },
    /// Of a request.
    Request {
        /// What kind of help.
        capability: Capability,
        /// How much.
        quantity: u32,
        /// Of what.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unit: Option<String>,
        /// By when.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        needed_by: Option<Edtf>,
    },
    /// Of a pledge.
    Pledge {
        /// How much.
        quantity: u32,
        /// From when.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        available: Option<Edtf>,
    },
    /// Of a designation.
    Designation {
        /// What is designated.
        subject: Subject,
        /// What is to be done.
        measures: Vec<Measure>,
    },
    /// Of a position.
    Position {
        /// The stand.
        stand: Stand,
        /// Since when measures are imposed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        date: Option<Edtf>,
        /// By which act.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        act: Option<String>,
        /// The beginning of the comment.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        comment: Option<String>,
    },
    /// Of a convening.
    Convening {
        /// When it begins.
        start: Time,
        /// When it ends.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        end: Option<Time>,
        /// Where on the net.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        link: Option<String>,
        /// Who is invited; all of the case if it is empty.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        invited: Vec<OrgId>,
    },
    /// Of a note that asks an originator to release one of its records.
    Release {
        /// To whom.
        to: Audience,
    },
}

/// A risk factor as an assessment judges it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct JudgedFactor {
    /// Which.
    pub factor: RiskFactor,
    /// From 0 to 4.
    pub level: u32,
    /// Where it is heading.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trend: Option<Trend>,
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
            counts: Share::default(),
            target: None,
            same_event_as: record
                .refs
                .iter()
                .filter(|r| r.relation == Relation::SameEventAs)
                .map(|r| r.record)
                .collect(),
            attachments: u32::try_from(record.attachments.len()).unwrap_or(u32::MAX),
            amended: None,
            facts: None,
            releasable_to: record.marking.releasable_to.clone(),
            originator_control: record.marking.originator_control,
            protection: record.protection,
            role: None,
        };
        record.body.summarise(&mut summary);
        summary
    }

    /// The same, by an author of this role.
    #[must_use]
    pub fn by(self, role: Role) -> Self {
        Self {
            role: Some(role),
            ..self
        }
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
            counts: Share::default(),
            target: None,
            same_event_as: Vec::new(),
            attachments: 0,
            amended: None,
            facts: None,
            ..self.clone()
        }
    }
}

/// The beginning of a text, as a list shows it.
pub(super) fn cut(title: &str) -> String {
    if title.chars().count() <= limits::SUMMARY_TITLE {
        return title.to_string();
    }
    let start: String = title.chars().take(limits::SUMMARY_TITLE - 1).collect();
    start + "…"
}
