//! Logs: heads, entries, how far they are opened, what waits.

use super::{Error, Result, Store, Tree, Write};
use focal_protocol::{
    codec,
    id::{CaseId, LogId, OrgId, RecordId},
    limits,
    log::{self, Chain, Entry, Epoch, Head, Raw, Run, VerifiedRun, Writer},
};
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// What is known of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogRow {
    /// Who writes it.
    pub writer: Writer,
    /// The epoch of its first entry: whether a removal ends it.
    pub first: Epoch,
    /// How far it reaches here.
    pub head: Head,
    /// Its writer signed two histories: nothing counts from there on.
    #[serde(default)]
    pub frozen: bool,
    /// Where it ends, if what follows does not count: its writer was removed, or signed two histories.
    #[serde(default)]
    pub end: Option<u64>,
    /// The head there, once the log is held so far.
    #[serde(default)]
    pub ended: Option<Head>,
    /// Of this node's own, and continued no more: the node was restored from a copy, and does not know all of it.
    #[serde(default)]
    pub retired: bool,
    /// The case was purged and the entries with it.
    #[serde(default)]
    pub cleared: bool,
    /// Bytes of its entries that came from partners.
    #[serde(default)]
    pub bytes: u64,
}

impl LogRow {
    /// A log that has just begun.
    #[must_use]
    pub fn new(writer: Writer, first: Epoch, head: Head) -> Self {
        Self {
            writer,
            first,
            head,
            frozen: false,
            end: None,
            ended: None,
            retired: false,
            cleared: false,
            bytes: 0,
        }
    }

    /// How far it counts.
    #[must_use]
    pub fn counted(&self) -> Head {
        self.ended.unwrap_or(self.head)
    }

    /// Whether a proof that its two histories part at `seq` is stored, and the log does not end there yet.
    #[must_use]
    pub fn is_to_end_at(&self, seq: u64) -> bool {
        self.frozen && self.end.is_none_or(|end| end > seq)
    }

    /// Whether it is continued no more, by anybody.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.frozen || self.end.is_some() || self.retired || self.cleared
    }
}

/// How far a log is opened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// Entries below this were opened, refused, or wait in the pending rows.
    pub opened: u64,
    /// Records among them that can be read.
    pub records: u64,
    /// Entries that wait.
    pub pending: u64,
}

/// What an entry waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PendingKey {
    /// The secret of an epoch.
    Epoch(CaseId, u32, u64),
    /// A manifest of an organisation, of this version or later.
    Manifest(OrgId, u64),
    /// Rules that say whether its organisation was in the case.
    Rules(CaseId),
    /// Epochs of which it speaks.
    Later(CaseId),
    /// Nothing, unless the other place where its record stands, which counts, ceases to.
    Twin(CaseId, RecordId),
}

impl PendingKey {
    fn prefix(&self) -> Vec<u8> {
        match self {
            Self::Epoch(case, generation, epoch) => [
                b"e".as_slice(),
                case.as_bytes(),
                &generation.to_be_bytes(),
                &epoch.to_be_bytes(),
            ]
            .concat(),
            Self::Manifest(org, version) => {
                [b"m".as_slice(), org.as_bytes(), &version.to_be_bytes()].concat()
            }
            Self::Rules(case) => [b"r".as_slice(), case.as_bytes()].concat(),
            Self::Later(case) => [b"l".as_slice(), case.as_bytes()].concat(),
            Self::Twin(case, id) => [b"t".as_slice(), case.as_bytes(), id.as_bytes()].concat(),
        }
    }

    fn row(&self, log: LogId, seq: u64) -> Vec<u8> {
        [&self.prefix(), log.as_bytes(), &seq.to_be_bytes()].concat()
    }
}

/// Whether a key of the log tree is an entry's, not a log's.
pub(super) fn is_entry(key: &[u8]) -> bool {
    key.len() == ENTRY_KEY
}

const ENTRY_KEY: usize = 24;

pub(super) fn entry_key(log: LogId, seq: u64) -> [u8; ENTRY_KEY] {
    let mut key = [0; ENTRY_KEY];
    key[..16].copy_from_slice(log.as_bytes());
    key[16..].copy_from_slice(&seq.to_be_bytes());
    key
}

impl Store {
    /// All logs.
    ///
    /// # Errors
    /// The disk fails or a row is damaged.
    pub fn logs(&self) -> Result<Vec<(LogId, LogRow)>> {
        let mut logs = Vec::new();
        let mut next = Some(0u128);
        while let Some(from) = next {
            let from = from.to_be_bytes();
            let Some(row) = self.tree(Tree::Log).range(from.as_slice()..).next() else {
                break;
            };
            let (key, value) = row?;
            // A log's head stands before its entries, which are skipped.
            let log = <[u8; 16]>::try_from(&*key)
                .map_err(|_| self.damaged("entries without the head of their log"))?;
            let row = codec::decode(&value, 1024).map_err(|_| self.damaged("a log's head"))?;
            logs.push((LogId(log), row));
            next = u128::from_be_bytes(log).checked_add(1);
        }
        Ok(logs)
    }

    /// One log.
    ///
    /// # Errors
    /// The disk fails or the row is damaged.
    pub fn log(&self, log: LogId) -> Result<Option<LogRow>> {
        self.tree(Tree::Log)
            .get(log.as_bytes())?
            .map(|row| codec::decode(&row, 1024).map_err(|_| self.damaged("a log's head")))
            .transpose()
    }

    /// One entry.
    ///
    /// # Errors
    /// The disk fails or the entry is damaged.
    pub fn entry(&self, log: LogId, seq: u64) -> Result<Option<Entry>> {
        self.tree(Tree::Log)
            .get(entry_key(log, seq))?
            .map(|bytes| {
                Entry::from_bytes(&bytes)
                    .map_err(|e| self.damaged(format!("entry {seq} of log {}: {e}", log.short())))
            })
            .transpose()
    }

    /// Entries from `from` on, at most `bytes` bytes and `count` entries; at least one if there is one.
    ///
    /// # Errors
    /// The disk fails or an entry is damaged.
    pub fn entries(&self, log: LogId, from: u64, bytes: usize, count: usize) -> Result<Vec<Entry>> {
        let raw = self.raw_entries(log, from, bytes, count)?;
        raw.into_iter()
            .map(|raw| Entry::from_raw(raw).map_err(|e| self.damaged_log(log, &e)))
            .collect()
    }

    fn raw_entries(&self, log: LogId, from: u64, bytes: usize, count: usize) -> Result<Vec<Raw>> {
        let mut entries = Vec::new();
        let mut size = 0;
        for row in self
            .tree(Tree::Log)
            .range(entry_key(log, from)..=entry_key(log, u64::MAX))
            .take(count)
        {
            let raw = Raw::from_bytes(&row?.1).map_err(|e| self.damaged_log(log, &e))?;
            size += raw.len();
            if size > bytes && !entries.is_empty() {
                break;
            }
            entries.push(raw);
        }
        Ok(entries)
    }

    fn damaged_log(&self, log: LogId, error: &log::Error) -> Error {
        self.damaged(format!("log {}: {error}", log.short()))
    }

    /// What stands in a log from `seq` on up to the first signature: one half of a proof. None if there is no such.
    ///
    /// # Errors
    /// The disk fails or an entry is damaged.
    pub fn chain(&self, log: LogId, seq: u64) -> Result<Option<Chain>> {
        let mut entries = Vec::new();
        for seq in (seq..).take(limits::BATCH_ENTRIES) {
            let Some(entry) = self.entry(log, seq)? else {
                break;
            };
            let signed = entry.signature().is_some();
            entries.push(entry);
            if signed {
                return Ok(Chain::of(&entries));
            }
        }
        Ok(None)
    }

    /// A run from `from` on that fits one frame and ends in a signature; empty if there is none.
    ///
    /// # Errors
    /// The disk fails or an entry is damaged.
    pub fn run(&self, log: LogId, writer: Writer, from: u64) -> Result<Run> {
        self.run_within(log, writer, from..u64::MAX, limits::BATCH)
    }

    /// As [`Self::run`], of at most so many bytes, or up to the first signature if that is further. Of a log without an end
    /// nothing beyond these sequences is read: it may be taken back by a crash.
    ///
    /// # Errors
    /// The store fails.
    pub fn run_within(
        &self,
        log: LogId,
        writer: Writer,
        durable: Range<u64>,
        bytes: usize,
    ) -> Result<Run> {
        let from = durable.start;
        let mut entries = self.raw_entries(log, from, bytes, limits::BATCH_ENTRIES)?;
        if bytes < limits::BATCH && !entries.iter().any(Raw::is_signed) {
            entries = self.raw_entries(log, from, limits::BATCH, limits::BATCH_ENTRIES)?;
            let first = entries.iter().position(Raw::is_signed);
            entries.truncate(first.map_or(entries.len(), |first| first + 1));
        }
        // What does not count is served only as far as the signature reaches that speaks for what does.
        let end = self.log(log)?.and_then(|row| row.end);
        if end.is_none() {
            let count = durable.end.saturating_sub(from);
            entries.truncate(usize::try_from(count).unwrap_or(usize::MAX));
        }
        let counted = end.map_or(usize::MAX, |end| {
            usize::try_from(end.saturating_sub(from)).unwrap_or(usize::MAX)
        });
        let first_beyond = entries
            .iter()
            .enumerate()
            .find(|(i, raw)| i + 1 >= counted && raw.is_signed());
        let last = first_beyond.map(|(i, _)| i);
        let last = last.or_else(|| entries.iter().rposition(Raw::is_signed));
        entries.truncate(last.map_or(0, |last| last + 1));
        if counted == 0 {
            entries.clear();
        }
        // The signature at the end speaks for all.
        if let Some((_, before)) = entries.split_last_mut() {
            before.iter_mut().for_each(Raw::unsign);
        }
        Ok(Run {
            log,
            writer,
            from,
            entries,
        })
    }

    /// How far a log is opened.
    ///
    /// # Errors
    /// The disk fails or the row is damaged.
    pub fn cursor(&self, log: LogId) -> Result<Cursor> {
        match self.tree(Tree::Cursor).get(log.as_bytes())? {
            Some(row) => codec::decode(&row, 64).map_err(|_| self.damaged("a cursor")),
            None => Ok(Cursor::default()),
        }
    }

    /// Entries that wait for the same thing, as log and sequence, after one of them, at most `count`.
    ///
    /// # Errors
    /// The disk fails or a row is damaged.
    pub fn pending(
        &self,
        key: &PendingKey,
        after: Option<(LogId, u64)>,
        count: usize,
    ) -> Result<Vec<(LogId, u64)>> {
        let prefix = key.prefix();
        let start = match after {
            Some((log, seq)) => {
                let mut row = key.row(log, seq);
                row.push(0);
                row
            }
            None => prefix.clone(),
        };
        self.tree(Tree::Pending)
            .range(start..)
            .take_while(|row| row.as_ref().map_or(true, |(k, _)| k.starts_with(&prefix)))
            .take(count)
            .map(|row| self.pending_row(&row?.0))
            .collect()
    }

    /// Whether an entry waits for this.
    ///
    /// # Errors
    /// The disk fails.
    pub fn waits(&self, key: &PendingKey, log: LogId, seq: u64) -> Result<bool> {
        Ok(self.tree(Tree::Pending).contains_key(key.row(log, seq))?)
    }

    /// Entries of a case that wait, with what for, at most `count`.
    ///
    /// # Errors
    /// The disk fails or a row is damaged.
    pub fn waiting(&self, case: CaseId, count: usize) -> Result<Vec<(PendingKey, LogId, u64)>> {
        let mut waiting = Vec::new();
        for row in self.tree(Tree::Pending) {
            let (key, _) = row?;
            if key.first() == Some(&b't') {
                continue;
            }
            let (log, seq) = self.pending_row(&key)?;
            if self.log(log)?.is_some_and(|r| r.writer.case == case) {
                waiting.push((self.pending_key(&key)?, log, seq));
                if waiting.len() == count {
                    break;
                }
            }
        }
        Ok(waiting)
    }

    /// Records of a case that stand in a second place and were taken from the first, which no longer counts.
    ///
    /// # Errors
    /// The disk fails or a row is damaged.
    pub fn orphaned_twins(&self, case: CaseId) -> Result<Vec<PendingKey>> {
        let prefix = [b"t".as_slice(), case.as_bytes()].concat();
        let mut twins = Vec::new();
        for key in self.tree(Tree::Pending).scan_prefix(prefix).keys() {
            let key = self.pending_key(&key?)?;
            if let PendingKey::Twin(_, id) = key
                && twins.last() != Some(&key)
                && self.position(&id)?.is_none()
            {
                twins.push(key);
            }
        }
        Ok(twins)
    }

    /// All that entries wait for, each once.
    ///
    /// # Errors
    /// The disk fails or a row is damaged.
    pub fn awaited(&self) -> Result<Vec<PendingKey>> {
        let mut awaited = Vec::new();
        for key in self.tree(Tree::Pending).iter().keys() {
            let key = self.pending_key(&key?)?;
            // Rows that wait for the same stand together.
            if awaited.last() != Some(&key) {
                awaited.push(key);
            }
        }
        Ok(awaited)
    }

    fn pending_key(&self, key: &[u8]) -> Result<PendingKey> {
        let number = |at: usize, len: usize| {
            let bytes = key.get(at..at + len)?;
            Some(bytes.iter().fold(0u64, |n, b| (n << 8) | u64::from(*b)))
        };
        let id = key.get(1..33);
        let case = || id.and_then(|b| CaseId::try_from(b).ok());
        let parsed =
            match key.first() {
                Some(b'e') => case().zip(number(33, 4)).zip(number(37, 8)).map(
                    |((case, generation), epoch)| {
                        let generation = u32::try_from(generation).unwrap_or(u32::MAX);
                        PendingKey::Epoch(case, generation, epoch)
                    },
                ),
                Some(b'm') => id
                    .and_then(|b| OrgId::try_from(b).ok())
                    .zip(number(33, 8))
                    .map(|(org, version)| PendingKey::Manifest(org, version)),
                Some(b'r') => case().map(PendingKey::Rules),
                Some(b'l') => case().map(PendingKey::Later),
                Some(b't') => {
                    let record = key.get(33..65).and_then(|b| RecordId::try_from(b).ok());
                    case()
                        .zip(record)
                        .map(|(case, id)| PendingKey::Twin(case, id))
                }
                _ => None,
            };
        parsed.ok_or_else(|| self.damaged("a pending row"))
    }

    /// Organisations and manifest versions that entries wait for.
    ///
    /// # Errors
    /// The disk fails or a row is damaged.
    pub fn awaited_manifests(&self) -> Result<Vec<(OrgId, u64)>> {
        let mut awaited = Vec::new();
        for row in self.tree(Tree::Pending).scan_prefix(b"m") {
            let (key, _) = row?;
            let org = key.get(1..33).and_then(|b| OrgId::try_from(b).ok());
            let version = key.get(33..41).and_then(|b| b.try_into().ok());
            let (Some(org), Some(version)) = (org, version.map(u64::from_be_bytes)) else {
                return Err(self.damaged("a pending row"));
            };
            if awaited.last() != Some(&(org, version)) {
                awaited.push((org, version));
            }
        }
        Ok(awaited)
    }

    fn pending_row(&self, key: &[u8]) -> Result<(LogId, u64)> {
        let tail = key
            .len()
            .checked_sub(24)
            .and_then(|at| key.get(at..))
            .ok_or_else(|| self.damaged("a pending row"))?;
        let log = LogId::try_from(&tail[..16]).map_err(|_| self.damaged("a pending row"))?;
        let seq = tail[16..]
            .iter()
            .fold(0u64, |n, b| (n << 8) | u64::from(*b));
        Ok((log, seq))
    }
}

impl Write {
    /// New entries of a log, and its row as it is then.
    pub fn run(&mut self, run: &VerifiedRun, row: &LogRow) {
        for entry in run.entries() {
            self.put(
                Tree::Log,
                &entry_key(run.log(), entry.header.seq),
                entry.to_bytes(),
            );
        }
        self.log(run.log(), row);
    }

    /// A log's head.
    pub fn log(&mut self, log: LogId, row: &LogRow) {
        self.put(Tree::Log, log.as_bytes(), codec::encode_packed(row));
    }

    /// Nothing is held of a log any more, and nothing known.
    pub(super) fn forget_log(&mut self, log: LogId) {
        self.delete(Tree::Log, log.as_bytes());
        self.delete(Tree::Cursor, log.as_bytes());
    }

    /// How far a log is opened.
    pub fn cursor(&mut self, log: LogId, cursor: &Cursor) {
        self.put(Tree::Cursor, log.as_bytes(), codec::encode_packed(cursor));
    }

    /// An entry waits.
    pub fn wait(&mut self, key: &PendingKey, log: LogId, seq: u64) {
        self.put(Tree::Pending, key.row(log, seq), Vec::new());
    }

    /// An entry waits no more.
    pub fn waited(&mut self, key: &PendingKey, log: LogId, seq: u64) {
        self.delete(Tree::Pending, key.row(log, seq));
    }
}
