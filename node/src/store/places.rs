//! Where each readable record is, in memory: about a hundred bytes for each.
//!
//! Ids are hashes, so a tree of them on disk would be written all over for every record, and cost more than the
//! summaries; the places follow from the rows of the reading index and are read from there at the start.

use super::{Position, Result};
use focal_protocol::id::{CaseId, LogId, RecordId};
use std::{
    collections::{BTreeMap, HashMap},
    ops::Bound,
    sync::RwLock,
};

/// Places, or why they could not be read.
pub(super) type Loaded = Result<RwLock<Places>>;

/// Places of records.
#[derive(Debug, Default)]
pub(super) struct Places {
    /// Logs are few and their ids long: a place holds a number instead.
    logs: Vec<(CaseId, LogId)>,
    numbers: HashMap<LogId, u32>,
    at: BTreeMap<RecordId, Place>,
}

#[derive(Debug)]
struct Place {
    log: u32,
    lamport: u64,
    seq: u64,
}

impl FromIterator<(RecordId, Position)> for Places {
    /// In one go, as a tree that is made of many rows is sorted once.
    fn from_iter<I: IntoIterator<Item = (RecordId, Position)>>(rows: I) -> Self {
        let mut places = Self::default();
        let rows: Vec<(RecordId, Place)> = rows
            .into_iter()
            .map(|(id, position)| (id, places.place(&position)))
            .collect();
        places.at = rows.into_iter().collect();
        places
    }
}

impl Places {
    pub(super) fn insert(&mut self, id: RecordId, position: &Position) {
        let place = self.place(position);
        self.at.insert(id, place);
    }

    fn place(&mut self, position: &Position) -> Place {
        let next = u32::try_from(self.logs.len()).unwrap_or(u32::MAX);
        let log = *self.numbers.entry(position.log).or_insert_with(|| {
            self.logs.push((position.case, position.log));
            next
        });
        Place {
            log,
            lamport: position.lamport,
            seq: position.seq,
        }
    }

    pub(super) fn remove(&mut self, id: &RecordId) {
        self.at.remove(id);
    }

    pub(super) fn get(&self, id: &RecordId) -> Option<Position> {
        let place = self.at.get(id)?;
        let (case, log) = *self.logs.get(place.log as usize)?;
        Some(Position {
            case,
            lamport: place.lamport,
            log,
            seq: place.seq,
        })
    }

    /// Ids that begin with these bytes, at most `count`.
    pub(super) fn starting_with(&self, prefix: &[u8], count: usize) -> Vec<RecordId> {
        let mut from = [0; 32];
        let length = prefix.len().min(from.len());
        from[..length].copy_from_slice(&prefix[..length]);
        self.at
            .range((Bound::Included(RecordId(from)), Bound::Unbounded))
            .map(|(id, _)| *id)
            .take_while(|id| id.as_bytes().starts_with(prefix))
            .take(count)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn position(seq: u64) -> Position {
        Position {
            case: CaseId([1; 32]),
            lamport: seq + 10,
            log: LogId([2; 16]),
            seq,
        }
    }

    #[test]
    fn a_record_is_found_by_its_id_and_by_the_beginning_of_it() {
        let ids = [[0xab; 32], [0xac; 32], [0xff; 32]].map(RecordId);
        let rows = (0..).zip([ids[2], ids[0]]);
        let mut places: Places = rows.map(|(seq, id)| (id, position(seq))).collect();
        places.insert(ids[1], &position(1));
        assert_eq!(places.get(&ids[1]), Some(position(1)));
        assert_eq!(places.get(&RecordId([0; 32])), None);
        assert_eq!(places.starting_with(&[0xac], 9), [ids[1]]);
        assert_eq!(places.starting_with(&[], 2), ids[..2]);
        assert_eq!(places.starting_with(&[0xff; 33], 9), []);
        places.insert(ids[1], &position(7));
        assert_eq!(places.get(&ids[1]), Some(position(7)));
    }
}
