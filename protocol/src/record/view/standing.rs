//! What has become of a record: corrected, withdrawn, answered.

use super::state::{CaseState, Held};
use crate::{
    id::RecordId,
    record::{Kind, Summary},
};
use std::borrow::Cow;

impl CaseState {
    pub(super) fn find(&self, id: &RecordId) -> Option<&Held> {
        self.records.get(self.at.get(id)?)
    }

    /// Records of one kind about another one, in case order.
    pub(super) fn about(&self, id: RecordId, kind: Kind) -> impl DoubleEndedIterator<Item = &Held> {
        self.about
            .get(&(id, kind))
            .into_iter()
            .flatten()
            .filter_map(|order| self.records.get(order))
    }

    /// Records of one kind that were not withdrawn, in case order.
    pub(super) fn in_force(&self, kind: Kind) -> impl DoubleEndedIterator<Item = &Held> {
        self.kinds
            .get(&kind)
            .into_iter()
            .flatten()
            .filter_map(|order| self.records.get(order))
            .filter(|held| self.withdrawn_by(held).is_none() && self.invalid(held).is_none())
    }

    /// The first retraction of a record that holds.
    pub(super) fn withdrawn_by(&self, held: &Held) -> Option<RecordId> {
        let kind = held.summary.kind;
        if !kind.can_be_amended() && kind != Kind::Correction {
            return None;
        }
        self.about(held.id, Kind::Retraction)
            .find(|by| self.invalid(by).is_none())
            .map(|by| by.id)
    }

    /// Corrections that hold: by somebody who may, with content of its kind, not withdrawn.
    pub(super) fn corrections<'a>(
        &'a self,
        held: &'a Held,
    ) -> impl DoubleEndedIterator<Item = (&'a Held, &'a Summary)> {
        self.about(held.id, Kind::Correction)
            .filter_map(|by| Some((by, by.summary.amended.as_deref()?)))
            .filter(|(by, amended)| {
                amended.kind == held.summary.kind
                    && self.invalid(by).is_none()
                    && self.withdrawn_by(by).is_none()
            })
    }

    /// The correction in force, and what the record says by it.
    pub(super) fn amended(&self, held: &Held) -> Option<(RecordId, Summary)> {
        let (by, amended) = self.corrections(held).next_back()?;
        let mut now = amended.clone();
        // What a correction does not grade anew keeps its grading; whom a record is about does not change.
        let latest = |of: fn(&Summary) -> bool| {
            let mut amended = self.corrections(held).map(|(_, amended)| amended).rev();
            amended.find(|a| of(a)).unwrap_or(&held.summary)
        };
        now.grading = latest(|a| a.grading.is_some()).grading;
        now.verification = latest(|a| a.verification.is_some()).verification;
        now.target = held.summary.target;
        now.same_event_as.clone_from(&held.summary.same_event_as);
        Some((by.id, now))
    }

    /// What a record says now.
    pub(super) fn now<'a>(&self, held: &'a Held) -> Cow<'a, Summary> {
        match self.amended(held) {
            Some((_, now)) => Cow::Owned(now),
            None => Cow::Borrowed(&held.summary),
        }
    }

    /// Records that it says report the same event, also by its corrections; in order, each once.
    pub(super) fn links(&self, held: &Held) -> Vec<RecordId> {
        if self.withdrawn_by(held).is_some() {
            return Vec::new();
        }
        let mut links = held.summary.same_event_as.clone();
        for (by, _) in self.corrections(held) {
            links.extend(&by.summary.same_event_as);
        }
        links.retain(|other| *other != held.id);
        links.sort_unstable();
        links.dedup();
        links
    }
}
