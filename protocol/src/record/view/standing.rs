//! What has become of a record: corrected, withdrawn, answered.

use super::Invalid;
use super::state::{CaseState, Held};
use crate::{
    id::RecordId,
    record::{Kind, Summary},
};
use std::{borrow::Cow, collections::BTreeMap};

/// What a record says now, and what has become of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// What it says now: as corrected.
    pub now: Summary,
    /// The correction in force.
    pub corrected_by: Option<RecordId>,
    /// The retraction that holds.
    pub withdrawn_by: Option<RecordId>,
    /// Why it counts nowhere, if its author may not say it.
    pub invalid: Option<Invalid>,
    /// Of a correction or retraction: the record that it amends or withdraws, if that is here.
    pub amends: Option<RecordId>,
}

impl CaseState {
    /// What has become of a record; none if it is not here. Costs nothing by the size of the case.
    #[must_use]
    pub fn standing(&self, id: &RecordId) -> Option<Standing> {
        let held = self.find(id)?;
        let (corrected_by, now) = self.amended(held).unzip();
        let amending = matches!(held.summary.kind, Kind::Correction | Kind::Retraction);
        let amends = Some(self.original(id)).filter(|of| amending && self.find(of).is_some());
        Some(Standing {
            now: now.unwrap_or_else(|| held.summary.clone()),
            corrected_by,
            withdrawn_by: self.withdrawn_by(held),
            invalid: self.invalid(held),
            amends,
        })
    }

    /// The records whose [`Standing`] may be another one since this record came: itself, what it amends or withdraws, and
    /// what came before that which it is about. In order of ids.
    #[must_use]
    pub fn bears_on(&self, id: &RecordId) -> Vec<RecordId> {
        let Some(held) = self.find(id) else {
            return Vec::new();
        };
        let root = self.original(id);
        let mut ids = vec![*id, root];
        ids.extend(held.summary.target);
        let mut early: Vec<RecordId> = match held.summary.kind {
            Kind::Correction if self.find(&root).is_some() => self.amending_by_way_of(root, *id),
            Kind::Correction => Vec::new(),
            // Whatever it is: somebody may have tried to correct it.
            _ => self.about(*id, Kind::Correction).map(|by| by.id).collect(),
        };
        early.push(*id);
        let retractions = early
            .iter()
            .flat_map(|of| self.about(*of, Kind::Retraction));
        ids.extend(retractions.map(|by| by.id));
        ids.extend(early);
        ids.sort_unstable();
        ids.dedup();
        ids.retain(|id| self.find(id).is_some());
        ids
    }

    /// Corrections of a record that name it by way of another correction. Each is found so only once in the life of a
    /// case: when that correction comes after it.
    fn amending_by_way_of(&self, root: RecordId, id: RecordId) -> Vec<RecordId> {
        let mut by_target: BTreeMap<RecordId, Vec<RecordId>> = BTreeMap::new();
        for by in self.about(root, Kind::Correction) {
            if let Some(target) = by.summary.target.filter(|target| *target != root) {
                by_target.entry(target).or_default().push(by.id);
            }
        }
        let (mut found, mut next) = (Vec::new(), vec![id]);
        while let Some(of) = next.pop() {
            let more = by_target.remove(&of).unwrap_or_default();
            found.extend(&more);
            next.extend(more);
        }
        found
    }

    pub(super) fn find(&self, id: &RecordId) -> Option<&Held> {
        self.at.get(id).map(|held| &**held)
    }

    /// Whether nothing is about a record, as about most: it says what it said.
    pub(super) fn stands_alone(&self, held: &Held) -> bool {
        !self.about.contains_key(&held.id)
    }

    /// Records of one kind about another one, in case order.
    pub(super) fn about(&self, id: RecordId, kind: Kind) -> impl DoubleEndedIterator<Item = &Held> {
        self.about
            .get(&id)
            .and_then(|about| about.get(&kind))
            .into_iter()
            .flatten()
            .filter_map(|order| Some(&**self.records.get(order)?))
    }

    /// Records of one kind that were not withdrawn, in case order.
    pub(super) fn in_force(&self, kind: Kind) -> impl DoubleEndedIterator<Item = &Held> {
        self.kinds
            .get(&kind)
            .into_iter()
            .flatten()
            .filter_map(|order| Some(&**self.records.get(order)?))
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
        let mut links = held.summary.same_event_as.clone();
        if !self.stands_alone(held) {
            if self.withdrawn_by(held).is_some() {
                return Vec::new();
            }
            for (by, _) in self.corrections(held) {
                links.extend(&by.summary.same_event_as);
            }
        }
        links.retain(|other| *other != held.id);
        links.sort_unstable();
        links.dedup();
        links
    }
}
