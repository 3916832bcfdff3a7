//! The reading index: summaries in case order, and where each record is.

use super::{Error, Result, Store, Tree, Write, feed::Feed, places::Places};
use crate::clock;
use focal_protocol::{
    codec,
    id::{CaseId, LogId, RecordId},
    record::Summary,
    seal::Table,
    time::Time,
};
use serde::{Deserialize, Serialize};
use std::sync::{MutexGuard, PoisonError, RwLock, RwLockReadGuard};
use zeroize::Zeroizing;

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
    pub(super) fn key(&self) -> Vec<u8> {
        [
            self.case.as_bytes(),
            &self.lamport.to_be_bytes(),
            self.log.as_bytes(),
            &self.seq.to_be_bytes(),
        ]
        .concat()
    }

    pub(super) fn from_key(key: &[u8]) -> Option<Self> {
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
    /// Since when it can be read here, by this node's clock; none of a row that an earlier version has written.
    pub readable: Option<Time>,
}

/// A row of the index as it is on the disk.
#[derive(Debug)]
pub struct SealedRecord {
    key: sled::IVec,
    value: sled::IVec,
}

/// Bytes of a row after opening: a summary is far smaller.
const ROW: usize = 32 << 10;
/// Begins a row that says since when it can be read. A row without, of an earlier version, begins as a CBOR map does.
const SINCE: u8 = 0xff;

/// What is sealed in a row: since when it can be read, then the summary.
pub(super) fn row_plain(readable: Option<Time>, summary: &Summary) -> Zeroizing<Vec<u8>> {
    let summary = Zeroizing::new(codec::encode_packed(summary));
    let mut plain = Zeroizing::new(Vec::with_capacity(1 + 8 + summary.len()));
    if let Some(time) = readable {
        plain.push(SINCE);
        plain.extend(time.0.to_be_bytes());
    }
    plain.extend_from_slice(&summary);
    plain
}

/// What a sealed row is bound to: its place and its record.
fn bound(key: &[u8], id: &RecordId) -> Vec<u8> {
    [key, id.as_bytes()].concat()
}

/// Reads what was sealed in a row; none if it is no row.
pub(super) fn plain_row(plain: &[u8]) -> Option<(Option<Time>, Summary)> {
    let (readable, summary) = match plain.split_first()? {
        (&SINCE, rest) => {
            let (time, summary) = rest.split_first_chunk()?;
            (Some(Time(u64::from_be_bytes(*time))), summary)
        }
        _ => (None, plain),
    };
    Some((readable, codec::decode(summary, ROW).ok()?))
}

impl Store {
    /// Where a record is, if it can be read here. May have to wait for [`Store::load_places`].
    ///
    /// # Errors
    /// The places could not be loaded.
    pub fn position(&self, id: &RecordId) -> Result<Option<Position>> {
        Ok(self.places()?.get(id))
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
        self.rows_of(Tree::Record, case, after.map(|position| position.key()))
            .map(|row| {
                let (key, value) = row?;
                self.record_row(&key, &value)
            })
    }

    /// The same, sealed: for who opens many on several cores. [`Store::open_records`] does.
    pub fn sealed_records(&self, case: CaseId) -> impl Iterator<Item = Result<SealedRecord>> {
        self.rows_of(Tree::Record, case, None).map(|row| {
            let (key, value) = row?;
            Ok(SealedRecord { key, value })
        })
    }

    /// Opens rows of a case; each is damaged if the case is another one, or has no key any more.
    pub fn open_records(
        &self,
        case: CaseId,
        rows: &[SealedRecord],
    ) -> impl Iterator<Item = Result<StoredRecord>> {
        let key = self.case_key(&case);
        rows.iter().map(move |row| {
            let (id, position) = self.place(&row.key, &row.value)?;
            let bound = bound(&row.key, &id);
            let sealed = row.value.get(RecordId::LEN..).unwrap_or_default();
            let plain = key
                .as_ref()
                .and_then(|key| key.open(Table::Record, &bound, sealed).ok())
                .ok_or_else(|| self.damaged("a sealed row of a case does not open"))?;
            self.opened_row(id, position, &plain)
        })
    }

    /// Which records of a case are where, in case order: nothing is opened.
    pub fn record_places(
        &self,
        case: CaseId,
    ) -> impl Iterator<Item = Result<(RecordId, Position)>> + '_ {
        self.rows_of(Tree::Record, case, None).map(|row| {
            let (key, value) = row?;
            self.place(&key, &value)
        })
    }

    /// Rows of a case in a tree whose keys begin with the case, after a key.
    pub(super) fn rows_of(
        &self,
        tree: Tree,
        case: CaseId,
        after: Option<Vec<u8>>,
    ) -> impl Iterator<Item = sled::Result<(sled::IVec, sled::IVec)>> + use<> {
        let start = match after {
            Some(mut key) => {
                key.push(0);
                key
            }
            None => case.as_bytes().to_vec(),
        };
        self.tree(tree).range(start..).take_while(move |row| {
            row.as_ref()
                .map_or(true, |(key, _)| key.starts_with(case.as_bytes()))
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
        match self.position(id)? {
            Some(position) => self.record_at(&position),
            None => Ok(None),
        }
    }

    /// The record at a place, if it still stands there.
    ///
    /// # Errors
    /// The disk fails or the row is damaged.
    pub fn record_at(&self, position: &Position) -> Result<Option<StoredRecord>> {
        let key = position.key();
        match self.tree(Tree::Record).get(&key)? {
            Some(value) => self.record_row(&key, &value).map(Some),
            None => Ok(None),
        }
    }

    /// Ids that begin with these bytes, at most `count`. May have to wait for [`Store::load_places`].
    ///
    /// # Errors
    /// The places could not be loaded.
    pub fn record_ids(&self, prefix: &[u8], count: usize) -> Result<Vec<RecordId>> {
        Ok(self.places()?.starting_with(prefix, count))
    }

    /// Notes from now on where records of a case come.
    pub fn follow(&self, case: CaseId) {
        self.feed().follow(case);
    }

    /// Notes it no longer.
    pub fn leave(&self, case: &CaseId) {
        self.feed().leave(case);
    }

    /// Where records came since the last time; none if the case is not followed, or if they are too many to note.
    #[must_use]
    pub fn fresh(&self, case: &CaseId) -> Option<Vec<Position>> {
        self.feed().take(case)
    }

    fn feed(&self) -> MutexGuard<'_, Feed> {
        // Each note is whole by itself.
        self.feed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn places(&self) -> Result<RwLockReadGuard<'_, Places>> {
        let places = self.places.get_or_init(|| {
            let rows = self.tree(Tree::Record).iter().map(|row| {
                let (key, value) = row?;
                self.place(&key, &value)
            });
            rows.collect::<Result<Places>>().map(RwLock::new)
        });
        let places = places.as_ref().map_err(Error::clone)?;
        Ok(places.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads where all records are, unless somebody has: whoever is the first to ask for a record does, and the others wait.
    /// Nobody writes one without having asked for it.
    ///
    /// # Errors
    /// The disk fails or a row is damaged; whoever asks gets the same error.
    pub fn load_places(&self) -> Result<()> {
        self.places().map(drop)
    }

    /// Notes where the records of an applied write are, also for those who keep views.
    pub(super) fn note_places(&self, write: &Write) {
        let mut rows = write
            .puts(Tree::Record)
            .filter_map(|(key, value)| self.place(key, value).ok())
            .peekable();
        if rows.peek().is_none() && write.forgotten().is_empty() {
            return;
        }
        let mut feed = self.feed();
        let mut places = match self.places.get() {
            Some(Ok(places)) => Some(places.write().unwrap_or_else(PoisonError::into_inner)),
            _ => None,
        };
        let mut came = Vec::new();
        for (id, case) in write.forgotten() {
            feed.lost(case);
            if let Some(places) = &mut places {
                places.remove(id);
            }
        }
        for (id, position) in rows {
            feed.note(position);
            came.push(position);
            if let Some(places) = &mut places {
                places.insert(id, &position);
            }
        }
        // Whoever is woken finds all of it.
        drop((feed, places));
        self.bell.note(|feed| {
            for (_, case) in write.forgotten() {
                feed.lost(case);
            }
            for position in came {
                feed.note(position);
            }
        });
    }

    /// Which record a row is of, and where it stands: the id stands before the sealed summary, which is bound to it.
    pub(super) fn place(&self, key: &[u8], value: &[u8]) -> Result<(RecordId, Position)> {
        let id = value.get(..RecordId::LEN).and_then(|id| id.try_into().ok());
        id.map(RecordId)
            .zip(Position::from_key(key))
            .ok_or_else(|| self.damaged("a record's row"))
    }

    fn record_row(&self, key: &[u8], value: &[u8]) -> Result<StoredRecord> {
        let (id, position) = self.place(key, value)?;
        let plain = self.unseal_case(
            position.case,
            Table::Record,
            &bound(key, &id),
            &value[RecordId::LEN..],
        )?;
        self.opened_row(id, position, &plain)
    }

    fn opened_row(&self, id: RecordId, position: Position, plain: &[u8]) -> Result<StoredRecord> {
        let (readable, summary) =
            plain_row(plain).ok_or_else(|| self.damaged("a record's summary"))?;
        Ok(StoredRecord {
            id,
            position,
            summary,
            readable,
        })
    }
}

impl Write {
    /// A record that can be read from now on.
    pub fn record(&mut self, store: &Store, id: RecordId, position: &Position, summary: &Summary) {
        self.record_since(store, id, position, summary, Some(clock::now()));
    }

    /// A record that can be read since a time, or since nobody knows when.
    pub fn record_since(
        &mut self,
        store: &Store,
        id: RecordId,
        position: &Position,
        summary: &Summary,
        readable: Option<Time>,
    ) {
        let key = position.key();
        let plain = row_plain(readable, summary);
        let bound = bound(&key, &id);
        let sealed = store.seal_case(position.case, Table::Record, &bound, &plain);
        self.put(Tree::Record, key, [id.as_bytes(), &sealed[..]].concat());
    }

    /// The same record stands earlier in the case as well: its later place is given up.
    pub fn forget_position(&mut self, position: &Position) {
        self.delete(Tree::Record, position.key());
    }
}
