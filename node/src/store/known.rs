//! What this node knew at an earlier time: the rows of the reading index with when they came, and those that have left it.

use super::{
    Position, Result, Store, StoredRecord, Tree, Write,
    records::{plain_row, row_plain},
};
use focal_protocol::{
    id::{CaseId, RecordId},
    seal::Table,
    time::Time,
};

/// A record as it could be read here at some time.
#[derive(Debug, Clone, PartialEq)]
pub struct Known {
    /// Its row.
    pub record: StoredRecord,
    /// When it left the reading index, if it has: its log was ended before it.
    pub left: Option<Time>,
}

/// A record leaves a place at most once at a time: the time makes the key.
fn left_key(position: &Position, left: Time) -> Vec<u8> {
    [&position.key()[..], &left.0.to_be_bytes()].concat()
}

fn left_of(key: &[u8]) -> Option<Time> {
    let time = key.get(64..72)?.try_into().ok()?;
    Some(Time(u64::from_be_bytes(time)))
}

impl Store {
    /// Records of a case that could be read here at a time, after `after` in case order, one by one; also those that have
    /// left the index since. A row that does not say since when it can be read counts as always there.
    pub fn known_at(
        &self,
        case: CaseId,
        after: Option<Position>,
        at: Time,
    ) -> impl Iterator<Item = Result<Known>> + '_ {
        let came = move |record: &StoredRecord| record.readable.is_none_or(|since| since <= at);
        let mut here = self
            .records_iter(case, after)
            .filter(move |row| row.as_ref().map_or(true, came))
            .peekable();
        let mut left = self
            .left_iter(case, after)
            .filter(move |row| {
                row.as_ref().map_or(true, |known| {
                    came(&known.record) && known.left.is_some_and(|left| left > at)
                })
            })
            .peekable();
        std::iter::from_fn(move || {
            let earlier = match (here.peek(), left.peek()) {
                (Some(Ok(here)), Some(Ok(left))) => left.record.position < here.position,
                (here, _) => here.is_none(),
            };
            if earlier {
                return left.next();
            }
            let here = here.next()?;
            Some(here.map(|record| Known { record, left: None }))
        })
    }

    /// Records that have left the reading index, in case order.
    fn left_iter(
        &self,
        case: CaseId,
        after: Option<Position>,
    ) -> impl Iterator<Item = Result<Known>> + '_ {
        let after = after.map(|position| left_key(&position, Time(u64::MAX)));
        self.rows_of(Tree::Left, case, after).map(|row| {
            let (key, value) = row?;
            self.left_row(&key, &value)
        })
    }

    /// Where a record stood that has left the reading index; the last place, if there are several.
    ///
    /// # Errors
    /// The disk fails or a row is damaged.
    pub fn left_position(&self, case: CaseId, id: &RecordId) -> Result<Option<Position>> {
        let mut found = None;
        for row in self.tree(Tree::Left).scan_prefix(case.as_bytes()) {
            let (key, value) = row?;
            let (other, position) = self.place(&key, &value)?;
            if other == *id {
                found = Some(position);
            }
        }
        Ok(found)
    }

    fn left_row(&self, key: &[u8], value: &[u8]) -> Result<Known> {
        let (id, position) = self.place(key, value)?;
        let bound = [key, id.as_bytes()].concat();
        let sealed = value.get(RecordId::LEN..).unwrap_or_default();
        let plain = self.unseal_case(position.case, Table::Record, &bound, sealed)?;
        let damaged = || self.damaged("a record that left the index");
        let (readable, summary) = plain_row(&plain).ok_or_else(damaged)?;
        let left = left_of(key).ok_or_else(damaged)?;
        Ok(Known {
            record: StoredRecord {
                id,
                position,
                summary,
                readable,
            },
            left: Some(left),
        })
    }
}

impl Write {
    /// A record can be read no more from `left` on: that it could be, and what it said, is kept.
    pub(super) fn leave(&mut self, store: &Store, record: &StoredRecord, left: Time) {
        let key = left_key(&record.position, left);
        let bound = [&key[..], record.id.as_bytes()].concat();
        let plain = row_plain(record.readable, &record.summary);
        let sealed = store.seal_case(record.position.case, Table::Record, &bound, &plain);
        let value = [record.id.as_bytes(), &sealed[..]].concat();
        self.put(Tree::Left, key, value);
        self.forget(record.position.key(), record.id);
    }
}

#[cfg(test)]
mod tests;
