//! Every record in case order, with what has become of it.

use super::{
    ClockDoubt, Invalid, Page,
    state::{CaseState, Held},
};
use crate::{
    id::{OrgId, RecordId},
    key::PublicKey,
    record::{Kind, Summary},
    time::Time,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Somebody has read a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// Who.
    pub author: PublicKey,
    /// For which organisation.
    pub organisation: OrgId,
    /// When, by their clock.
    pub at: Time,
}

/// A record in the timeline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TimelineEntry {
    /// The record.
    pub record: RecordId,
    /// What it said when it was written.
    pub summary: Summary,
    /// The correction in force, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub superseded_by: Option<RecordId>,
    /// What it says now, if it was corrected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub now: Option<Summary>,
    /// The retraction, if its organisation has withdrawn it: it counts nowhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawn_by: Option<RecordId>,
    /// Why it counts nowhere, if its author may not say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invalid: Option<Invalid>,
    /// Who has read it, each person once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub acknowledged: Vec<Reading>,
    /// Why its time is doubtful, if it is. Not in the view hash: what it rests on is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock: Option<ClockDoubt>,
}

impl CaseState {
    /// A page of the records in case order, oldest first.
    #[must_use]
    pub fn timeline(&self, page: impl Into<Page>) -> Vec<TimelineEntry> {
        let page = page.into();
        // From the end, because a page of the newest must not walk the whole case.
        let rows = self.newest_of_all(&page).map(|held| self.shown(held));
        super::last(rows, page.count)
    }

    /// A row as it is shown; what is hashed is [`CaseState::row`].
    pub(super) fn shown(&self, held: &Held) -> TimelineEntry {
        TimelineEntry {
            clock: self.clock_doubt(held),
            ..self.row(held)
        }
    }

    pub(super) fn row(&self, held: &Held) -> TimelineEntry {
        let (superseded_by, now) = self.amended(held).unzip();
        TimelineEntry {
            record: held.id,
            summary: held.summary.clone(),
            superseded_by,
            now,
            withdrawn_by: self.withdrawn_by(held),
            invalid: self.invalid(held),
            acknowledged: self.readings(held.id),
            clock: None,
        }
    }

    /// Who has read a record: the first acknowledgement of each person, in case order.
    pub(super) fn readings(&self, id: RecordId) -> Vec<Reading> {
        let mut seen = BTreeSet::new();
        self.about(id, Kind::Ack)
            .filter(|ack| seen.insert(ack.summary.author))
            .map(|ack| Reading {
                author: ack.summary.author,
                organisation: ack.summary.organisation,
                at: ack.summary.created,
            })
            .collect()
    }
}
