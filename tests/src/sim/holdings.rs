//! What the hosts of a world hold, by kind, so that whoever reads a report sees what grows: how many there are, and about
//! how many bytes they take. What many hosts hold of the same is in memory once, and each of them has a place for it.

use super::{
    host::{Host, Shared},
    world::World,
};
use std::{collections::BTreeMap, fmt};

/// Kinds of things, each with how many there are and about how many bytes they take.
#[derive(Debug, Clone, Default)]
pub struct Holdings(BTreeMap<&'static str, (usize, usize)>);

/// A place in a map takes about half as much again as what stands in it.
fn in_map(count: usize, bytes: usize) -> usize {
    count * (bytes + bytes / 2)
}

impl Holdings {
    /// Adds some of a kind.
    pub fn add(&mut self, kind: &'static str, count: usize, bytes: usize) {
        let sum = self.0.entry(kind).or_default();
        sum.0 += count;
        sum.1 += bytes;
    }

    fn places<T>(&mut self, kind: &'static str, count: usize) {
        self.add(kind, count, in_map(count, size_of::<T>()));
    }

    /// What one host holds, besides what it shares with others.
    fn of_host(&mut self, host: &Host) {
        for state in [&host.now, &host.disk] {
            let entries: usize = state.logs.values().map(|l| l.entries.len()).sum();
            self.add("places of entries", entries, entries * size_of::<usize>());
            self.places::<[u8; 160]>("logs", state.logs.len());
            self.places::<[u8; 88]>("waiting entries", state.pending.len());
            self.places::<[u8; 152]>("places of parcels", state.parcels.len());
            self.places::<[u8; 80]>("places of receipts", state.receipts.len());
            for row in state.cases.values() {
                self.places::<[u8; 56]>("records", row.records.len());
                self.places::<[u8; 80]>("secrets", row.secrets.kept().count());
                let rows = row.groups.values();
                let rows: usize = rows.map(BTreeMap::len).sum();
                self.places::<[u8; 96]>("places of group rows", rows);
            }
        }
        let (groups, bytes) = host.loaded_groups();
        // What OpenMLS has, and what it is compared with.
        self.add("loaded groups", groups, 2 * bytes);
        self.places::<[u8; 300]>("receipts for the post", host.receipts());
        self.places::<[u8; 32]>("parcels of peers", host.known_of_peers());
        for sizes in host.session_sizes() {
            self.places::<[u8; 224]>("logs of sessions", sizes.logs);
        }
    }
}

impl World {
    /// What all hosts hold, and what is under way.
    #[must_use]
    pub fn holdings(&self) -> Holdings {
        let mut all = Holdings::default();
        if let Some(seat) = self.seats.first() {
            for Shared { kind, count, bytes } in seat.host.shared() {
                all.add(kind, count, bytes);
            }
        }
        for seat in &self.seats {
            all.of_host(&seat.host);
            if let Some(malice) = &seat.malice {
                all.add("frames to replay", malice.frames(), malice.remembered());
            }
        }
        let (frames, bytes) = self.under_way();
        all.add("frames under way", frames, bytes);
        let known = self.model.secrets();
        all.places::<[u8; 400]>("the model's secrets", known);
        all.places::<[u8; 144]>("the model's records", self.model.stored.len());
        all
    }
}

impl fmt::Display for Holdings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut kinds: Vec<_> = self.0.iter().collect();
        kinds.sort_unstable_by_key(|(_, (_, bytes))| std::cmp::Reverse(*bytes));
        for (i, (kind, (count, bytes))) in kinds.into_iter().enumerate() {
            let comma = if i == 0 { "" } else { ", " };
            let tenths = bytes * 10 / (1 << 20);
            write!(
                f,
                "{comma}{count} {kind} ({}.{} MiB)",
                tenths / 10,
                tenths % 10
            )?;
        }
        Ok(())
    }
}
