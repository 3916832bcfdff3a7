//! The records of a case and what follows from them, kept up to date record by record.

use super::{
    CaseOrder,
    displacement::Displaced,
    events::{Events, Live},
    hash::Buckets,
};
use crate::{
    id::RecordId,
    record::{Kind, Summary, Totals, Verification},
    time::Time,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A record of the case.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) id: RecordId,
    pub(super) order: CaseOrder,
    pub(super) summary: Summary,
}

/// The records of a case with their indexes. Records may come in any order and more than once: the state is the same.
///
/// One more record costs time by what it bears on (its target, its event), and not by the size of the case. Memory is
/// about 1 KiB for each record.
#[derive(Debug, Default)]
pub struct CaseState {
    pub(super) records: BTreeMap<CaseOrder, Held>,
    /// Where each of them stands. As all that is found by a hash, it is never gone through, so it has no order in which nodes
    /// could differ.
    pub(super) at: HashMap<RecordId, CaseOrder>,
    pub(super) kinds: BTreeMap<Kind, BTreeSet<CaseOrder>>,
    /// Records by what they are about. Corrections, positions and pledges are about what the first correction amended.
    pub(super) about: HashMap<(RecordId, Kind), BTreeSet<CaseOrder>>,
    /// Correction → what it amends, or what that amends in turn.
    chains: HashMap<RecordId, RecordId>,
    pub(super) events: Events,
    pub(super) displaced: Displaced,
    pub(super) buckets: Buckets,
    /// Records that count nowhere, as their authors may not say what they say.
    refused: BTreeMap<Kind, BTreeSet<CaseOrder>>,
    /// When the case was opened, if it was said.
    pub(super) opened: Option<Time>,
    /// Records that were here before the time in them.
    pub(super) came_early: BTreeSet<RecordId>,
}

/// Kinds that follow a correction to the record that it amends.
const FOLLOWING: [Kind; 3] = [Kind::Correction, Kind::Position, Kind::Pledge];

impl CaseState {
    /// Of records in any order.
    #[must_use]
    pub fn from_records(records: impl IntoIterator<Item = (CaseOrder, RecordId, Summary)>) -> Self {
        let mut state = Self::default();
        state.extend(records);
        state
    }

    /// Takes more records, in any order; one that is there already stands at its smaller place.
    pub fn extend(&mut self, records: impl IntoIterator<Item = (CaseOrder, RecordId, Summary)>) {
        let mut affected = BTreeSet::new();
        for (order, id, summary) in records {
            self.take(Held { id, order, summary }, &mut affected);
        }
        self.settle(affected);
    }

    /// How many records there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// Whether a record is there.
    #[must_use]
    pub fn contains(&self, id: &RecordId) -> bool {
        self.at.contains_key(id)
    }

    /// People counted in incidents: each event once, as corrected, nothing that was withdrawn or refuted.
    #[must_use]
    pub fn totals(&self) -> Totals {
        self.events.totals()
    }

    /// Number of records by kind, without those that count nowhere as their authors may not say what they say.
    #[must_use]
    pub fn kinds(&self) -> BTreeMap<String, u64> {
        let refused = |kind| self.refused.get(kind).map_or(0, BTreeSet::len);
        self.kinds
            .iter()
            .map(|(kind, of)| (kind.to_string(), (of.len() - refused(kind)) as u64))
            .filter(|(_, count)| *count > 0)
            .collect()
    }

    fn take(&mut self, held: Held, affected: &mut BTreeSet<RecordId>) {
        let Held { id, order, .. } = held;
        let kind = held.summary.kind;
        match self.at.get(&id) {
            Some(known) if *known <= order => return,
            Some(known) => self.forget(*known),
            None => {}
        }
        affected.insert(id);
        if let Some(target) = held.summary.target {
            if kind == Kind::Correction {
                self.chain(id, target);
            }
            self.shorten(target);
            let subject = self.subject(kind, target);
            self.about.entry((subject, kind)).or_default().insert(order);
            affected.insert(subject);
            // What a withdrawn correction or pledge was about changes as well.
            if kind == Kind::Retraction
                && let Some(Held { summary, .. }) = self.find(&target)
                && let Some(of) = summary.target
            {
                affected.insert(self.subject(summary.kind, of));
            }
        }
        self.kinds.entry(kind).or_default().insert(order);
        self.at.insert(id, order);
        self.records.insert(order, held);
    }

    /// Gives up a record's place: it stands earlier as well.
    fn forget(&mut self, order: CaseOrder) {
        let Some(held) = self.records.remove(&order) else {
            return;
        };
        let kind = held.summary.kind;
        for of in [&mut self.kinds, &mut self.refused] {
            if let Some(of) = of.get_mut(&kind) {
                of.remove(&order);
            }
        }
        if let Some(target) = held.summary.target {
            let subject = self.subject(kind, target);
            if let Some(about) = self.about.get_mut(&(subject, kind)) {
                about.remove(&order);
            }
        }
        self.displaced.remove(&held.id);
        self.buckets.touch(&order);
    }

    /// What a record of this kind with this target is about.
    fn subject(&self, kind: Kind, target: RecordId) -> RecordId {
        if FOLLOWING.contains(&kind) {
            self.root(target)
        } else {
            target
        }
    }

    /// Makes every step of a chain lead to its end, so that no chain is walked twice.
    fn shorten(&mut self, mut id: RecordId) {
        let root = self.root(id);
        while let Some(next) = self.chains.get_mut(&id) {
            id = std::mem::replace(next, root);
        }
    }

    pub(super) fn root(&self, mut id: RecordId) -> RecordId {
        while let Some(next) = self.chains.get(&id) {
            id = *next;
        }
        id
    }

    /// Notes what a correction amends. What was taken to be about the correction itself goes with it.
    fn chain(&mut self, id: RecordId, target: RecordId) {
        let root = self.root(target);
        // A circle cannot be written, as ids are hashes; it would not be followed.
        if root == id || self.chains.contains_key(&id) {
            return;
        }
        self.chains.insert(id, root);
        for kind in FOLLOWING {
            if let Some(mut moved) = self.about.remove(&(id, kind)) {
                let about = self.about.entry((root, kind)).or_default();
                // The smaller one moves: a record moves only a few times, whatever the order.
                if about.len() < moved.len() {
                    std::mem::swap(about, &mut moved);
                }
                about.extend(moved);
            }
        }
    }

    /// Brings up to date what follows from records that came, or of which something else is said now.
    fn settle(&mut self, mut affected: BTreeSet<RecordId>) {
        self.judge(&mut affected);
        let mut reporting = Vec::new();
        for id in &affected {
            let Some(held) = self.find(id) else {
                continue;
            };
            let order = held.order;
            let links = if held.summary.kind.can_be_amended() {
                self.links(held)
            } else {
                Vec::new()
            };
            let live = self.live(held);
            // No other kind reports displacement, and a record's kind does not change.
            if matches!(held.summary.kind, Kind::Sitrep | Kind::Incident) {
                reporting.push(*id);
            }
            self.buckets.touch(&order);
            self.events.set(*id, links, live);
        }
        let mut changed = self.events.settle();
        changed.extend(reporting);
        for id in changed {
            let place = self.find(&id).and_then(|held| self.displacement_at(held));
            self.displaced.set(id, place);
        }
    }

    /// Notes which records count nowhere. Whether one does may change when what it is about comes, and then so does what
    /// it is about.
    fn judge(&mut self, affected: &mut BTreeSet<RecordId>) {
        let about: Vec<RecordId> = affected
            .iter()
            .flat_map(|id| [Kind::Correction, Kind::Retraction].map(|kind| self.about(*id, kind)))
            .flatten()
            .map(|by| by.id)
            .collect();
        for id in about.iter().chain(affected.iter()) {
            let Some(held) = self.find(id) else {
                continue;
            };
            let (order, kind, invalid) = (held.order, held.summary.kind, self.invalid(held));
            let of = self.refused.entry(kind).or_default();
            let changed = match invalid {
                Some(_) => of.insert(order),
                None => of.remove(&order),
            };
            if changed {
                self.buckets.touch(&order);
            }
        }
        affected.extend(about);
    }

    fn live(&self, held: &Held) -> Option<Live> {
        if held.summary.kind != Kind::Incident || self.withdrawn_by(held).is_some() {
            return None;
        }
        let now = self.now(held);
        // What was found to be untrue happened to nobody; it still speaks for its event.
        let refuted = now.verification == Some(Verification::Refuted);
        Some(Live {
            order: held.order,
            totals: if refuted {
                Totals::default()
            } else {
                now.counts
            },
        })
    }
}
