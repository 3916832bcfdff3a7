//! Which incidents report the same event, and what all events add up to.
//!
//! Records are linked by `same-event-as`, in both directions and through any number of records. Of the incidents of one
//! event the last in case order counts. Changes are noted first and settled together, so that a case is put together in
//! time that grows with its links and a single record costs no more than its own event.

use super::CaseOrder;
use crate::{
    id::RecordId,
    record::{Share, Totals, tally::Tally},
};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet, hash_map::Entry},
    mem,
};

/// An incident in force.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Live {
    pub(super) order: CaseOrder,
    /// What it adds if it is the one that counts.
    pub(super) totals: Share,
}

/// All events of a case. What is looked up by a hash is never gone through: nothing that is shown depends on its order.
#[derive(Debug, Default)]
pub(super) struct Events {
    links: HashMap<RecordId, Vec<RecordId>>,
    linked_by: HashMap<RecordId, BTreeSet<RecordId>>,
    group: HashMap<RecordId, u64>,
    groups: BTreeMap<u64, BTreeSet<RecordId>>,
    /// The next group's number; numbers are never shown.
    next: u64,
    live: HashMap<RecordId, Live>,
    /// The incident that counts for each group. Its totals are in the tally, and change only after [`Self::retire`]. One
    /// that nothing links counts by itself.
    counted: HashMap<u64, RecordId>,
    tally: Tally,
    /// What [`Self::settle`] has to do: groups that lost a link, records whose event is to be counted again, records
    /// that have ceased to count. What is touched and stands alone is not in the tally.
    broken: BTreeSet<u64>,
    touched: HashSet<RecordId>,
    changed: Vec<RecordId>,
}

impl Events {
    /// Notes what a record links, in order and each once, and whether it is an incident in force.
    pub(super) fn set(&mut self, id: RecordId, links: Vec<RecordId>, live: Option<Live>) {
        if links.is_empty() && self.is_alone(&id) {
            self.set_alone(id, live);
            return;
        }
        let old = self.links.get(&id).cloned().unwrap_or_default();
        if old != links {
            self.retire(id);
            for gone in old.iter().filter(|o| !links.contains(o)) {
                if let Some(back) = self.linked_by.get_mut(gone) {
                    back.remove(&id);
                }
                self.broken.extend(self.group.get(&id));
            }
            for new in links.iter().filter(|l| !old.contains(l)) {
                self.linked_by.entry(*new).or_default().insert(id);
                self.join(id, *new);
            }
            if links.is_empty() {
                self.links.remove(&id);
            } else {
                self.links.insert(id, links);
            }
        }
        if self.live.get(&id) != live.as_ref() {
            self.retire(id);
            match live {
                Some(live) => self.live.insert(id, live),
                None => self.live.remove(&id),
            };
        }
    }

    /// Whether nothing links a record, nor did since the last time that all was settled.
    fn is_alone(&self, id: &RecordId) -> bool {
        !self.group.contains_key(id) && !self.links.contains_key(id) && !self.touched.contains(id)
    }

    /// Most incidents are events of their own: they are counted at once.
    fn set_alone(&mut self, id: RecordId, live: Option<Live>) {
        let Some(live) = live else {
            if let Some(old) = self.live.remove(&id) {
                self.tally.remove(&old.totals);
            }
            return;
        };
        match self.live.entry(id) {
            Entry::Occupied(old) if *old.get() == live => {}
            Entry::Occupied(mut old) => {
                self.tally.add(&live.totals);
                self.tally.remove(&old.insert(live).totals);
            }
            Entry::Vacant(free) => {
                self.tally.add(&live.totals);
                free.insert(live);
            }
        }
    }

    /// Counts again what was noted since the last time; returns the records that count now or did before by what others
    /// have become, some of them more than once.
    pub(super) fn settle(&mut self) -> Vec<RecordId> {
        for number in mem::take(&mut self.broken) {
            self.regroup(number);
        }
        let mut groups = BTreeSet::new();
        for id in mem::take(&mut self.touched) {
            match self.group.get(&id) {
                Some(number) => {
                    groups.insert(*number);
                }
                None => self.count(id),
            }
        }
        for number in groups {
            self.uncount(number);
            if let Some(id) = self.last(number) {
                self.counted.insert(number, id);
                self.count(id);
            }
        }
        mem::take(&mut self.changed)
    }

    fn count(&mut self, id: RecordId) {
        if let Some(live) = self.live.get(&id) {
            self.tally.add(&live.totals);
            self.changed.push(id);
        }
    }

    /// Whether a record is the incident that counts for its event.
    pub(super) fn counts(&self, id: &RecordId) -> bool {
        match self.group.get(id) {
            Some(number) => self.counted.get(number) == Some(id),
            None => self.live.contains_key(id),
        }
    }

    /// People counted, each event once.
    pub(super) fn totals(&self) -> Totals {
        self.tally.totals()
    }

    /// The last incident in case order of a group.
    fn last(&self, number: u64) -> Option<RecordId> {
        let members = self.groups.get(&number)?;
        members
            .iter()
            .filter_map(|id| Some((self.live.get(id)?.order, *id)))
            .max()
            .map(|(_, id)| id)
    }

    /// Takes a record's event out of the sum until it is settled.
    fn retire(&mut self, id: RecordId) {
        let group = self.group.get(&id).copied();
        let first = self.touched.insert(id);
        match group {
            Some(number) => self.uncount(number),
            None if first => self.discount(id),
            None => {}
        }
    }

    fn uncount(&mut self, number: u64) {
        if let Some(id) = self.counted.remove(&number) {
            self.discount(id);
        }
    }

    fn discount(&mut self, id: RecordId) {
        if let Some(live) = self.live.get(&id) {
            self.tally.remove(&live.totals);
            self.changed.push(id);
        }
    }

    fn join(&mut self, a: RecordId, b: RecordId) {
        self.retire(a);
        self.retire(b);
        let (into, moved) = match (self.group.get(&a).copied(), self.group.get(&b).copied()) {
            (Some(x), Some(y)) if x == y => return,
            (Some(x), Some(y)) => {
                let size = |number| self.groups.get(&number).map_or(0, BTreeSet::len);
                // The smaller one moves, so that a record moves only a few times whatever the order.
                let (into, from) = if size(x) < size(y) { (y, x) } else { (x, y) };
                if self.broken.remove(&from) {
                    self.broken.insert(into);
                }
                (into, self.groups.remove(&from).unwrap_or_default())
            }
            (Some(x), None) => (x, BTreeSet::from([b])),
            (None, Some(y)) => (y, BTreeSet::from([a])),
            (None, None) => (self.number(), BTreeSet::from([a, b])),
        };
        self.fill(into, moved);
    }

    fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    fn fill(&mut self, number: u64, members: BTreeSet<RecordId>) {
        for id in &members {
            self.group.insert(*id, number);
        }
        self.groups.entry(number).or_default().extend(members);
    }

    /// Puts together again what is still linked in a group that lost a link.
    fn regroup(&mut self, number: u64) {
        self.uncount(number);
        let Some(mut rest) = self.groups.remove(&number) else {
            return;
        };
        for id in &rest {
            self.group.remove(id);
            self.touched.insert(*id);
        }
        while let Some(first) = rest.pop_first() {
            let mut part = BTreeSet::from([first]);
            let mut open = vec![first];
            while let Some(id) = open.pop() {
                let out = self.links.get(&id).into_iter().flatten();
                let back = self.linked_by.get(&id).into_iter().flatten();
                for other in out.chain(back) {
                    if rest.remove(other) {
                        part.insert(*other);
                        open.push(*other);
                    }
                }
            }
            if part.len() > 1 {
                let number = self.number();
                self.fill(number, part);
            }
        }
    }
}
