//! Receipts that are kept, so that a parcel is not taken in again: a bounded number, each for a bounded time.

use crate::{
    group::Receipt,
    id::{Hash, NodeId},
    limits,
    time::Time,
};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Default)]
pub(super) struct Receipts {
    of: BTreeMap<NodeId, BTreeMap<Hash, (Receipt, Time)>>,
    ends: BTreeSet<(Time, NodeId, Hash)>,
}

impl Receipts {
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(super) fn get(&self, to: &NodeId, parcel: &Hash) -> Option<&Receipt> {
        let (receipt, _) = self.of.get(to)?.get(parcel)?;
        Some(receipt)
    }

    /// Keeps one, and says which have to go for it. Those of `me` have places of their own: what others settle between
    /// themselves must not make a node forget which parcels it has taken.
    pub(super) fn keep(
        &mut self,
        receipt: Receipt,
        until: Time,
        me: &NodeId,
    ) -> Vec<(NodeId, Hash)> {
        let (to, parcel) = (receipt.to, receipt.parcel);
        self.remove(&(to, parcel));
        self.of
            .entry(to)
            .or_default()
            .insert(parcel, (receipt, until));
        self.ends.insert((until, to, parcel));
        let own = self.of.get(me).map_or(0, BTreeMap::len);
        let of_one = if to == *me {
            limits::RECEIPTS_KEPT
        } else {
            limits::RECEIPTS_PER_RECIPIENT
        };
        let count = self.of.get(&to).map_or(0, BTreeMap::len);
        let mut gone = Vec::new();
        if count > of_one {
            gone.extend(self.first_of(&to));
        } else if to != *me && self.len() - own > limits::RECEIPTS_KEPT {
            // Whoever has most of the places makes room.
            let others = self.of.iter().filter(|(node, _)| *node != me);
            let most = others.max_by_key(|(_, held)| held.len());
            gone.extend(most.and_then(|(node, _)| self.first_of(node)));
        }
        for key in &gone {
            self.remove(key);
        }
        gone
    }

    /// The one of a recipient that ends first.
    fn first_of(&self, to: &NodeId) -> Option<(NodeId, Hash)> {
        let held = self.of.get(to)?;
        let first = held.iter().min_by_key(|(_, (_, until))| *until)?;
        Some((*to, *first.0))
    }

    fn remove(&mut self, (to, parcel): &(NodeId, Hash)) {
        let Some(held) = self.of.get_mut(to) else {
            return;
        };
        if let Some((_, until)) = held.remove(parcel) {
            self.ends.remove(&(until, *to, *parcel));
        }
        if held.is_empty() {
            self.of.remove(to);
        }
    }

    /// Forgets those whose time is over, and says which.
    pub(super) fn expire(&mut self, now: Time) -> Vec<(NodeId, Hash)> {
        let over = self.ends.iter().take_while(|(until, ..)| *until < now);
        let over: Vec<_> = over.map(|(_, to, parcel)| (*to, *parcel)).collect();
        for key in &over {
            self.remove(key);
        }
        over
    }
}
