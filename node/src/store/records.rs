//! The reading index: summaries in case order, and where each record is.

use super::{Result, Store, Tree, Write};
use focal_protocol::{
    codec,
    id::{CaseId, LogId, RecordId},
    record::Summary,
    seal::Table,
};
use serde::{Deserialize, Serialize};

/// Where a record stands in its case: by Lamport time, then log and sequence; the same on every node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Position {
    /// The case.
    pub case: CaseId,
    /// Lamport time of the entry.
    pub lamport: u64,
    /// The log.
    pub log: LogId,
    /// Sequence in the log.
    pub seq: u64,
}

impl Position {
    fn key(&self) -> Vec<u8> {
        [
            self.case.as_bytes(),
            &self.lamport.to_be_bytes(),
            self.log.as_bytes(),
            &self.seq.to_be_bytes(),
        ]
        .concat()
    }

    fn from_key(key: &[u8]) -> Option<Self> {
        let number = |at: usize| {
            key.get(at..at + 8)
                .and_then(|b| b.try_into().ok())
                .map(u64::from_be_bytes)
        };
        Some(Self {
            case: CaseId::try_from(key.get(..32)?).ok()?,
            lamport: number(32)?,
            log: LogId::try_from(key.get(40..56)?).ok()?,
            seq: number(56)?,
        })
    }
}

/// A record in the index.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredRecord {
    /// Its id.
    pub id: RecordId,
    /// Where it stands.
    pub position: Position,
    /// What it says in short.
    pub summary: Summary,
}

#[derive(Serialize)]
struct RowOut<'a>(RecordId, &'a Summary);
#[derive(Deserialize)]
struct RowIn(RecordId, Summary);

/// Bytes of a row after opening: a summary is far smaller.
const ROW: usize = 32 << 10;

impl Store {
    /// Where a record is, if it can be read here.
    ///
    /// # Errors
    /// The disk fails or the row is damaged.
    pub fn position(&self, id: &RecordId) -> Result<Option<Position>> {
        self.tree(Tree::RecordId)
            .get(id.as_bytes())?
            .map(|key| Position::from_key(&key).ok_or_else(|| self.damaged("a record's position")))
            .transpose()
    }

    /// Records of a case after `after` in case order, at most `count`.
    ///
    /// # Errors
    /// The disk fails or a row is damaged.
    pub fn records(
        &self,
        case: CaseId,
        after: Option<Position>,
        count: usize,
    ) -> Result<Vec<StoredRecord>> {
        self.records_iter(case, after).take(count).collect()
    }

    /// Records of a case after `after` in case order, one by one: memory does not grow with the case.
    pub fn records_iter(
        &self,
        case: CaseId,
        after: Option<Position>,
    ) -> impl Iterator<Item = Result<StoredRecord>> + '_ {
        let start = match after {
            Some(position) => {
                let mut key = position.key();
                key.push(0);
                key
            }
            None => case.as_bytes().to_vec(),
        };
        self.tree(Tree::Record)
            .range(start..)
            .take_while(move |row| {
                row.as_ref()
                    .map_or(true, |(key, _)| key.starts_with(case.as_bytes()))
            })
            .map(|row| {
                let (key, value) = row?;
                self.record_row(&key, &value)
            })
    }

    /// The last records of a case, newest first, at most `count`.
    ///
    /// # Errors
    /// The disk fails or a row is damaged.
    pub fn latest_records(&self, case: CaseId, count: usize) -> Result<Vec<StoredRecord>> {
        self.tree(Tree::Record)
            .scan_prefix(case.as_bytes())
            .rev()
            .take(count)
            .map(|row| {
                let (key, value) = row?;
                self.record_row(&key, &value)
            })
            .collect()
    }

    /// One record of the index.
    ///
    /// # Errors
    /// The disk fails or the row is damaged.
    pub fn record(&self, id: &RecordId) -> Result<Option<StoredRecord>> {
        let Some(position) = self.position(id)? else {
            return Ok(None);
        };
        let key = position.key();
        match self.tree(Tree::Record).get(&key)? {
            Some(value) => self.record_row(&key, &value).map(Some),
            None => Ok(None),
        }
    }

    /// Ids that begin with these bytes, at most `count`.
    ///
    /// # Errors
    /// The disk fails.
    pub fn record_ids(&self, prefix: &[u8], count: usize) -> Result<Vec<RecordId>> {
        self.tree(Tree::RecordId)
            .scan_prefix(prefix)
            .keys()
            .take(count)
            .map(|key| RecordId::try_from(&*key?).map_err(|_| self.damaged("a record's id")))
            .collect()
    }

    fn record_row(&self, key: &[u8], value: &[u8]) -> Result<StoredRecord> {
        let plain = self.unseal(Table::Record, key, value)?;
        let RowIn(id, summary) =
            codec::decode(&plain, ROW).map_err(|_| self.damaged("a record's summary"))?;
        let position =
            Position::from_key(key).ok_or_else(|| self.damaged("a record's position"))?;
        Ok(StoredRecord {
            id,
            position,
            summary,
        })
    }
}

impl Write {
    /// A record that can be read now.
    pub fn record(&mut self, store: &Store, id: RecordId, position: &Position, summary: &Summary) {
        let key = position.key();
        let plain = zeroize::Zeroizing::new(codec::encode_packed(&RowOut(id, summary)));
        let sealed = store.seal(Table::Record, &key, &plain);
        self.put(Tree::RecordId, id.as_bytes(), key.clone());
        self.put(Tree::Record, key, sealed);
    }

    /// The same record stands earlier in the case as well: its later place is given up.
    pub fn forget_position(&mut self, position: &Position) {
        self.delete(Tree::Record, position.key());
    }
}
