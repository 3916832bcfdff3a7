//! The records of a case and what follows from them, kept up to date record by record.

use super::{
    CaseOrder,
    displacement::Displaced,
    events::{Events, Live},
    hash::Buckets,
};
use crate::{
    id::RecordId,
    record::{Kind, Share, Summary, Totals, Verification},
    time::Time,
};
use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet, HashMap, hash_map::Entry},
    sync::Arc,
};

/// A record of the case.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) id: RecordId,
    pub(super) order: CaseOrder,
    pub(super) summary: Summary,
}

/// A record and where it stands, as a state takes it. Made beside the state, so that several cores can.
#[derive(Debug, Clone)]
pub struct Placed(Arc<Held>);

impl From<(CaseOrder, RecordId, Summary)> for Placed {
    fn from((order, id, summary): (CaseOrder, RecordId, Summary)) -> Self {
        Self(Arc::new(Held { id, order, summary }))
    }
}

/// What has changed, until all that follows from it is brought up to date.
#[derive(Default)]
struct Affected {
    /// Records that have come.
    came: Vec<Arc<Held>>,
    /// Whether one of them has come twice.
    twice: bool,
    /// Records of which they say something.
    others: Vec<RecordId>,
}

/// The records of a case with their indexes. Records may come in any order and more than once: the state is the same.
///
/// One more record costs time by what it bears on (its target, its event), and not by the size of the case. Memory is
/// about 1 KiB for each record.
#[derive(Debug, Default)]
pub struct CaseState {
    pub(super) records: BTreeMap<CaseOrder, Arc<Held>>,
    /// The same by their ids. As all that is found by a hash, it is never gone through, so it has no order in which nodes
    /// could differ.
    pub(super) at: HashMap<RecordId, Arc<Held>>,
    pub(super) kinds: BTreeMap<Kind, BTreeSet<CaseOrder>>,
    /// Records by what they are about. Corrections, positions and pledges are about what the first correction amended.
    pub(super) about: HashMap<RecordId, About>,
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

/// What is about a record, by kind. None of them is empty when it is made.
pub(super) type About = BTreeMap<Kind, BTreeSet<CaseOrder>>;

/// Kinds that follow a correction to the record that it amends.
const FOLLOWING: [Kind; 3] = [Kind::Correction, Kind::Position, Kind::Pledge];

impl CaseState {
    /// Of records in any order.
    #[must_use]
    pub fn from_records(records: impl IntoIterator<Item = impl Into<Placed>>) -> Self {
        let mut state = Self::default();
        state.extend(records);
        state
    }

    /// Takes more records, in any order; one that is there already stands at its smaller place.
    pub fn extend(&mut self, records: impl IntoIterator<Item = impl Into<Placed>>) {
        let mut affected = Affected::default();
        for record in records {
            let Placed(held) = record.into();
            self.take(held, &mut affected);
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

    fn take(&mut self, held: Arc<Held>, affected: &mut Affected) {
        let (id, order, kind) = (held.id, held.order, held.summary.kind);
        let later = match self.at.entry(id) {
            Entry::Occupied(there) if there.get().order <= order => return,
            Entry::Occupied(mut there) => Some(there.insert(held.clone())),
            Entry::Vacant(free) => {
                free.insert(held.clone());
                None
            }
        };
        if let Some(later) = later {
            self.forget(later.order);
            affected.twice = true;
        }
        if let Some(target) = held.summary.target {
            if kind == Kind::Correction {
                self.chain(id, target);
            }
            self.shorten(target);
            let subject = self.subject(kind, target);
            let about = self.about.entry(subject).or_default();
            about.entry(kind).or_default().insert(order);
            affected.others.push(subject);
            // What a withdrawn correction or pledge was about changes as well.
            if kind == Kind::Retraction
                && let Some(Held { summary, .. }) = self.find(&target)
                && let Some(of) = summary.target
            {
                affected.others.push(self.subject(summary.kind, of));
            }
        }
        self.kinds.entry(kind).or_default().insert(order);
        self.records.insert(order, held.clone());
        affected.came.push(held);
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
            let about = self.about.get_mut(&subject);
            if let Some(about) = about.and_then(|about| about.get_mut(&kind)) {
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
            let about = self.about.get_mut(&id);
            if let Some(mut moved) = about.and_then(|about| about.remove(&kind)) {
                let about = self.about.entry(root).or_default();
                let about = about.entry(kind).or_default();
                // The smaller one moves: a record moves only a few times, whatever the order.
                if about.len() < moved.len() {
                    std::mem::swap(about, &mut moved);
                }
                about.extend(moved);
            }
        }
    }

    /// Brings up to date what follows from records that came, or of which something else is said now.
    fn settle(&mut self, affected: Affected) {
        let Affected {
            mut came,
            twice,
            mut others,
        } = affected;
        if twice {
            let stands =
                |held: &Arc<Held>| self.held(&held.id).is_some_and(|h| Arc::ptr_eq(&h, held));
            came.retain(stands);
        }
        each_once(&mut others);
        self.with_what_is_about(&came, &mut others);
        // One may be among them twice now: what is said of it is the same both times.
        came.extend(others.iter().filter_map(|id| self.held(id)));
        self.judge(&came);
        for held in &came {
            let links = if held.summary.kind.can_be_amended() {
                self.links(held)
            } else {
                Vec::new()
            };
            let live = self.live(held);
            self.buckets.touch(&held.order);
            self.events.set(held.id, links, live);
        }
        let mut changed = self.events.settle();
        each_once(&mut changed);
        // No other kind reports displacement, and a record's kind does not change.
        came.retain(|held| matches!(held.summary.kind, Kind::Sitrep | Kind::Incident));
        came.extend(changed.iter().filter_map(|id| self.held(id)));
        for held in came {
            let place = self.displacement_at(&held);
            self.displaced.set(held.id, place);
        }
    }

    fn held(&self, id: &RecordId) -> Option<Arc<Held>> {
        self.at.get(id).cloned()
    }

    /// Adds corrections and retractions of these records: whether they count may be another question now.
    fn with_what_is_about(&self, came: &[Arc<Held>], others: &mut Vec<RecordId>) {
        let mut about: Vec<RecordId> = Vec::new();
        // Of most records there are none.
        let of = came.iter().map(|held| &held.id).chain(others.iter());
        for id in of.filter(|id| self.about.contains_key(*id)) {
            let of = [Kind::Correction, Kind::Retraction].map(|kind| self.about(*id, kind));
            about.extend(of.into_iter().flatten().map(|by| by.id));
        }
        if !about.is_empty() {
            others.append(&mut about);
            each_once(others);
        }
    }

    /// Notes which records count nowhere.
    fn judge(&mut self, affected: &[Arc<Held>]) {
        for held in affected {
            let (order, kind, invalid) = (held.order, held.summary.kind, self.invalid(held));
            let changed = match invalid {
                Some(_) => self.refused.entry(kind).or_default().insert(order),
                None => match self.refused.get_mut(&kind) {
                    Some(of) => of.remove(&order),
                    None => false,
                },
            };
            if changed {
                self.buckets.touch(&order);
            }
        }
    }

    fn live(&self, held: &Held) -> Option<Live> {
        if held.summary.kind != Kind::Incident {
            return None;
        }
        let now = if self.stands_alone(held) {
            Cow::Borrowed(&held.summary)
        } else if self.withdrawn_by(held).is_some() {
            return None;
        } else {
            self.now(held)
        };
        // What was found to be untrue happened to nobody; it still speaks for its event.
        let refuted = now.verification == Some(Verification::Refuted);
        Some(Live {
            order: held.order,
            totals: if refuted {
                Share::default()
            } else {
                now.counts.clone()
            },
        })
    }
}

fn each_once(ids: &mut Vec<RecordId>) {
    ids.sort_unstable();
    ids.dedup();
}
