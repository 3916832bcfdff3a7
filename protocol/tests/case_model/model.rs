//! Who may read what, from nothing but what was done in which order.

use crate::{group::History, lives::NODES, log::Epoch, seal::EpochSecret};
use std::collections::{BTreeMap, BTreeSet};

/// The members of one epoch, and when it began.
#[derive(Debug, Clone)]
struct View {
    members: BTreeSet<u8>,
    began: usize,
    at: Epoch,
}

#[derive(Debug)]
struct Sealed {
    secret: EpochSecret,
    at: Epoch,
    written: usize,
}

#[derive(Debug)]
struct Split {
    base: Epoch,
    members: BTreeSet<u8>,
}

/// The model.
#[derive(Debug)]
pub(crate) struct Model {
    history: History,
    time: usize,
    views: BTreeMap<[u8; 32], View>,
    records: BTreeMap<u32, Sealed>,
    splits: Vec<Split>,
}

impl Model {
    pub(crate) fn new(history: History) -> Self {
        Self {
            history,
            time: 0,
            views: BTreeMap::new(),
            records: BTreeMap::new(),
            splits: Vec::new(),
        }
    }

    /// An epoch has begun with these members.
    pub(crate) fn epoch(&mut self, secret: &EpochSecret, at: Epoch, members: BTreeSet<u8>) {
        self.time += 1;
        let began = self.time;
        let view = self
            .views
            .entry(secret.0)
            .or_insert(View { members, began, at });
        assert!(view.members.iter().all(|n| NODES.contains(n)));
    }

    /// Whether this epoch is known.
    pub(crate) fn knows(&self, secret: &EpochSecret) -> bool {
        self.views.contains_key(&secret.0)
    }

    pub(crate) fn members(&self, secret: &EpochSecret) -> BTreeSet<u8> {
        self.views[&secret.0].members.clone()
    }

    /// Whether there is an epoch of this number that had these members.
    pub(crate) fn had(&self, at: Epoch, members: &BTreeSet<u8>) -> bool {
        let mut views = self.views.values();
        views.any(|v| v.at == at && v.members == *members)
    }

    /// A succession began from this epoch.
    pub(crate) fn succession(&mut self, base: Epoch, members: BTreeSet<u8>) {
        self.splits.push(Split { base, members });
    }

    pub(crate) fn record(&mut self, record: u32, at: Epoch, secret: EpochSecret) {
        self.time += 1;
        let written = self.time;
        self.records.insert(
            record,
            Sealed {
                secret,
                at,
                written,
            },
        );
    }

    pub(crate) fn records(&self) -> impl Iterator<Item = u32> {
        self.records.keys().copied()
    }

    /// Those who were members when a record was written.
    pub(crate) fn audience(&self, record: u32) -> BTreeSet<u8> {
        self.members(&self.records[&record].secret)
    }

    /// Those who may read a record.
    pub(crate) fn may(&self, record: u32) -> BTreeSet<u8> {
        let sealed = &self.records[&record];
        let mut may = self.audience(record);
        match self.history {
            History::All => {
                // Also who was in a later epoch of which the writer had not heard.
                let views = self.views.values();
                let later = views.filter(|v| v.began > sealed.written || v.at > sealed.at);
                may.extend(later.flat_map(|v| &v.members));
            }
            // Nobody who came later: only who was there when the two sides parted.
            History::FromJoining => {
                let split = self.splits.iter().filter(|s| sealed.at > s.base);
                may.extend(split.flat_map(|s| &s.members));
            }
        }
        may
    }
}
