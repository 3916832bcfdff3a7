//! Which peers hold which parcels, as far as they have said, and who was asked for one.

use crate::{
    id::{Hash, NodeId},
    limits,
    time::Time,
};
use std::collections::{BTreeMap, BTreeSet};

/// Without an answer for this long, another peer is asked, milliseconds.
const STALLED_MS: u64 = 20_000;

/// Only of connected peers: what a peer held when it went away it offers again.
#[derive(Debug, Default)]
pub(super) struct Peers {
    hold: BTreeMap<NodeId, BTreeSet<Hash>>,
    /// Whom this node has asked, and when; none if that peer is gone. With the turn of each, as hashes are no order.
    asked: BTreeMap<Hash, (u64, Option<(NodeId, Time)>)>,
    turns: u64,
}

impl Peers {
    /// A peer holds a parcel that is kept or wanted here. What it offers beyond what a node may carry is passed over.
    pub(super) fn holds(&mut self, peer: NodeId, parcel: Hash) {
        let held = self.hold.entry(peer).or_default();
        if held.len() < limits::PARCELS_KEPT {
            held.insert(parcel);
        }
    }

    pub(super) fn lacks(&mut self, peer: NodeId, parcel: &Hash) {
        if let Some(held) = self.hold.get_mut(&peer) {
            held.remove(parcel);
        }
    }

    pub(super) fn is_held(&self, peer: &NodeId, parcel: &Hash) -> bool {
        self.hold.get(peer).is_some_and(|h| h.contains(parcel))
    }

    pub(super) fn holders(&self, parcel: &Hash) -> Vec<NodeId> {
        let holders = self.hold.iter().filter(|(_, held)| held.contains(parcel));
        holders.map(|(peer, _)| *peer).collect()
    }

    /// Parcels that they hold, those of all together.
    pub(super) fn known(&self) -> usize {
        self.hold.values().map(BTreeSet::len).sum()
    }

    /// Whether to ask this peer for a parcel: nobody else was asked.
    pub(super) fn asks(&mut self, peer: NodeId, parcel: Hash, now: Time) -> bool {
        if !self.is_held(&peer, &parcel) || self.asked.contains_key(&parcel) {
            return false;
        }
        self.turns += 1;
        self.asked.insert(parcel, (self.turns, Some((peer, now))));
        true
    }

    /// A parcel is to be asked for of whoever holds it.
    pub(super) fn asks_anew(&mut self, parcel: Hash) {
        self.turns += 1;
        self.asked.insert(parcel, (self.turns, None));
    }

    /// How many parcels were asked for and have not come.
    pub(super) fn asked(&self) -> usize {
        self.asked.len()
    }

    pub(super) fn answered(&mut self, parcel: &Hash) {
        self.asked.remove(parcel);
    }

    /// Whom to ask now, as others do not answer or are gone.
    pub(super) fn due(&mut self, now: Time) -> BTreeMap<NodeId, Vec<Hash>> {
        let mut due: BTreeMap<NodeId, Vec<Hash>> = BTreeMap::new();
        let stalled = |asked: &Option<(NodeId, Time)>| {
            asked.is_none_or(|(_, since)| now.since(since) >= STALLED_MS)
        };
        let late = self.asked.iter().filter(|(_, (_, a))| stalled(a));
        let mut late: Vec<_> = late.map(|(p, (turn, a))| (*turn, *p, *a)).collect();
        late.sort_unstable_by_key(|(turn, ..)| *turn);
        for (turn, parcel, asked) in late {
            if let Some((peer, _)) = asked {
                self.lacks(peer, &parcel);
            }
            match self.holders(&parcel).first() {
                Some(other) => {
                    self.asked.insert(parcel, (turn, Some((*other, now))));
                    due.entry(*other).or_default().push(parcel);
                }
                None => self.answered(&parcel),
            }
        }
        due
    }

    pub(super) fn forget(&mut self, parcel: &Hash) {
        self.asked.remove(parcel);
        for held in self.hold.values_mut() {
            held.remove(parcel);
        }
    }

    pub(super) fn lost(&mut self, peer: &NodeId) {
        self.hold.remove(peer);
        for (_, asked) in self.asked.values_mut() {
            if asked.is_some_and(|(of, _)| of == *peer) {
                *asked = None;
            }
        }
    }
}
