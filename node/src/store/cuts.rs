//! Logs that end: what does not count any more leaves the reading index, what was purged leaves the disk.

use super::{LogRow, Position, Result, Store, StoredRecord, Tree, Write, logs::entry_key};
use focal_protocol::{
    id::{CaseId, Hash, LogId, RecordId},
    log::Head,
    time::Time,
};
use std::ops::Range;

/// Rows of a purged case that are cleared in one go: whoever is to be told something meanwhile waits for no longer.
const CHUNK: usize = 1_024;

impl Store {
    /// Ends a log at `end`, at the time `now`: its row as it is then. Entries from there on are kept as evidence, sealed,
    /// and leave the reading index, which keeps what could be read of them until now.
    ///
    /// # Errors
    /// The disk fails or an entry is damaged.
    pub fn cut(
        &self,
        write: &mut Write,
        log: LogId,
        row: &LogRow,
        end: u64,
        now: Time,
    ) -> Result<LogRow> {
        let end = row.end.map_or(end, |held| held.min(end));
        let mut cut = LogRow {
            end: Some(end),
            ended: None,
            ..*row
        };
        if row.head.height >= end {
            cut.ended = Some(self.head_at(log, end)?);
            self.forget_read(write, log, row, end..row.head.height, now)?;
        }
        write.log(log, &cut);
        Ok(cut)
    }

    /// What was read of entries of a log leaves the reading index. Returns how many records they were.
    fn forget_read(
        &self,
        write: &mut Write,
        log: LogId,
        row: &LogRow,
        entries: Range<u64>,
        now: Time,
    ) -> Result<u64> {
        let mut forgotten = Vec::new();
        for seq in entries {
            if let Some(record) = self.read_at(log, row, seq)? {
                write.leave(self, &record, now);
                forgotten.push(record.id);
            }
        }
        self.forget_attachments(write, &row.writer.case, &forgotten)?;
        Ok(forgotten.len() as u64)
    }

    /// The record that was read of an entry.
    fn read_at(&self, log: LogId, row: &LogRow, seq: u64) -> Result<Option<StoredRecord>> {
        let Some(entry) = self.entry(log, seq)? else {
            return Ok(None);
        };
        self.record_at(&Position {
            case: row.writer.case,
            lamport: entry.header.lamport,
            log,
            seq,
        })
    }

    /// A log has ended: its cursor goes back there, and what was read beyond while it ended is forgotten as well. For who
    /// writes the cursor, as soon as it hears of the end: until then the cursor is beyond, also after a stop.
    ///
    /// # Errors
    /// The disk fails or an entry is damaged.
    pub fn settle_end(&self, write: &mut Write, log: LogId, row: &LogRow, now: Time) -> Result<()> {
        let Some(end) = row.end.filter(|_| row.ended.is_some()) else {
            return Ok(());
        };
        let mut cursor = self.cursor(log)?;
        self.forget_read(write, log, row, end..row.head.height, now)?;
        cursor.opened = cursor.opened.min(end);
        cursor.records = 0;
        for seq in 0..cursor.opened {
            cursor.records += u64::from(self.read_at(log, row, seq)?.is_some());
        }
        write.cursor(log, &cursor);
        Ok(())
    }

    /// Whether the cursor of a log that has ended has not gone back yet.
    ///
    /// # Errors
    /// The disk fails.
    pub fn is_beyond_its_end(&self, log: LogId, row: &LogRow) -> Result<bool> {
        match row.end.filter(|_| row.ended.is_some()) {
            Some(end) => Ok(self.cursor(log)?.opened > end),
            None => Ok(false),
        }
    }

    /// Lets a log count further, or without end: what ended it is not in force any more. Its entries are opened again from
    /// where it ended.
    ///
    /// # Errors
    /// The disk fails or an entry is damaged.
    pub fn lift_cut(
        &self,
        write: &mut Write,
        log: LogId,
        row: &LogRow,
        end: Option<u64>,
    ) -> Result<LogRow> {
        let reached = end.filter(|end| row.head.height >= *end);
        let ended = reached.map(|end| self.head_at(log, end)).transpose()?;
        let lifted = LogRow { end, ended, ..*row };
        write.log(log, &lifted);
        Ok(lifted)
    }

    /// The head of a log as it was at a height; none if it is not held so far.
    ///
    /// # Errors
    /// The disk fails or the entry is damaged.
    pub fn held_at(&self, log: LogId, height: u64) -> Result<Option<Head>> {
        let Some(last) = height.checked_sub(1) else {
            return Ok(Some(Head::EMPTY));
        };
        Ok(self.entry(log, last)?.map(|entry| Head {
            height,
            hash: entry.hash(),
            lamport: entry.header.lamport,
            manifest: entry.header.manifest,
            generation: entry.header.generation,
        }))
    }

    /// The same for a height that is held.
    fn head_at(&self, log: LogId, height: u64) -> Result<Head> {
        let head = self.held_at(log, height)?;
        head.ok_or_else(|| self.damaged(format!("height {height} of log {}", log.short())))
    }

    /// The hash of a log at a height that is held.
    ///
    /// # Errors
    /// The disk fails, or the entry is damaged or missing.
    pub fn hash_at(&self, log: LogId, height: u64) -> Result<Hash> {
        Ok(self.head_at(log, height)?.hash)
    }

    /// Clears some of what is left of a purged case, of which these are the logs: sealed entries, index, acknowledgements.
    /// The heads of its logs stay, so that the store still knows how much it once held. True if there is more.
    ///
    /// # Errors
    /// The disk fails.
    pub fn clear_some(&self, case: CaseId, logs: &[LogId]) -> Result<bool> {
        let mut write = Write::default();
        let (mut cleared, mut bytes) = (0, 0);
        for row in self.left_of(case, logs).take(CHUNK) {
            let (tree, key, size) = row?;
            bytes += size;
            let record = (tree == Tree::Record).then(|| self.tree(tree).get(&key));
            let record = record.transpose()?.flatten();
            let id = record.as_ref().and_then(|v| v.get(..RecordId::LEN));
            match id.map(RecordId::try_from) {
                Some(Ok(id)) => write.forget(key, id),
                _ => write.delete(tree, key),
            }
            cleared += 1;
        }
        self.apply(&write)?;
        self.room.cleared(bytes);
        Ok(cleared == CHUNK)
    }

    /// The keys of the rows that are left of a purged case, and how large the rows are.
    fn left_of<'a>(
        &'a self,
        case: CaseId,
        logs: &'a [LogId],
    ) -> impl Iterator<Item = Result<(Tree, sled::IVec, usize)>> + 'a {
        let of = |tree: Tree, row: sled::Result<(sled::IVec, sled::IVec)>| {
            let (key, value) = row?;
            let size = key.len() + value.len();
            Ok((tree, key, size))
        };
        let scan = move |tree: Tree, prefix: Vec<u8>| {
            let rows = self.tree(tree).scan_prefix(prefix);
            rows.map(move |row| of(tree, row))
        };
        let of_logs = logs.iter().flat_map(move |log| {
            let entries = entry_key(*log, 0)..=entry_key(*log, u64::MAX);
            let entries = self.tree(Tree::Log).range(entries);
            let entries = entries.map(move |row| of(Tree::Log, row));
            let acks = scan(Tree::Ack, log.as_bytes().to_vec());
            entries
                .chain(acks)
                .chain(scan(Tree::Cursor, log.as_bytes().to_vec()))
        });
        let pending = [b"e", b"r", b"l", b"t"]
            .into_iter()
            .flat_map(move |kind| scan(Tree::Pending, [kind.as_slice(), case.as_bytes()].concat()));
        let of_case = move |tree| scan(tree, case.as_bytes().to_vec());
        // What somebody may still look for comes first.
        let index = of_case(Tree::Record).chain(of_case(Tree::Left));
        let judged = scan(Tree::Cursor, case.as_bytes().to_vec());
        index.chain(pending).chain(of_logs).chain(judged)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::PendingKey;
    use focal_protocol::{id::OrgId, key::PublicKey, record::Draft, seal::StorageKey};
    use zeroize::Zeroizing;

    #[test]
    fn a_record_that_leaves_its_first_place_is_looked_for_at_its_second() {
        let dir = tempfile::tempdir().expect("dir");
        let key = StorageKey::new(&Zeroizing::new([1; 32]));
        let store = Store::open(dir.path(), key).expect("a store");
        store.load_places().expect("loaded");
        let case = CaseId([1; 32]);
        store.make_case_key(case).expect("a key");
        let content = serde_json::json!({"kind": "note", "text": "x"});
        let summary = Draft::from_json(None, &content)
            .and_then(|d| d.into_record(case, PublicKey([2; 32]), OrgId([3; 32]), Time(1)))
            .expect("a record")
            .summary();
        let [first, second] = [4, 5].map(|n| Position {
            case,
            lamport: n,
            log: LogId([u8::try_from(n).expect("small"); 16]),
            seq: 0,
        });
        let id = RecordId([7; 32]);
        let twin = PendingKey::Twin(case, id);
        let mut write = Write::default();
        write.record(&store, id, &first, &summary);
        write.wait(&twin, second.log, second.seq);
        store.apply(&write).expect("stored");
        assert_eq!(store.orphaned_twins(case).expect("rows"), []);
        assert_eq!(store.waiting(case, 9).expect("rows"), [], "it can be read");
        let mut write = Write::default();
        write.forget(first.key(), id);
        store.apply(&write).expect("stored");
        assert_eq!(store.orphaned_twins(case).expect("rows"), [twin]);
        assert_eq!(
            store.pending(&twin, None, 9).expect("rows"),
            [(second.log, 0)]
        );
        let logs = [first.log, second.log];
        assert!(!store.clear_some(case, &logs).expect("cleared"));
        assert_eq!(store.awaited().expect("rows"), []);
    }

    #[test]
    fn what_was_at_hand_when_its_log_was_ended_is_forgotten_too() {
        let dir = tempfile::tempdir().expect("dir");
        let store =
            crate::store::tests::open(dir.path(), StorageKey::new(&Zeroizing::new([1; 32])))
                .expect("a store");
        store.load_places().expect("loaded");
        let mut author = crate::store::tests::Author::new();
        let (writer, log) = (author.writer(), author.log());
        store.make_case_key(writer.case).expect("a key");
        let run = author.run(6);
        let row = LogRow::new(writer, focal_protocol::log::Epoch::default(), run.head());
        let mut write = Write::default();
        write.run(&run, &row);
        store.apply(&write).expect("stored");
        let mut write = Write::default();
        let row = store.cut(&mut write, log, &row, 2, Time(5)).expect("cut");
        store.apply(&write).expect("stored");
        // Its reader had them at hand, and writes what it has read.
        let content = serde_json::json!({"kind": "note", "text": "x"});
        let summary = Draft::from_json(None, &content)
            .and_then(|d| d.into_record(writer.case, PublicKey([2; 32]), OrgId([3; 32]), Time(1)))
            .expect("a record")
            .summary();
        let mut write = Write::default();
        for entry in run.entries() {
            let seq = entry.header.seq;
            let position = Position {
                case: writer.case,
                lamport: entry.header.lamport,
                log,
                seq,
            };
            let id = RecordId([u8::try_from(seq).expect("small"); 32]);
            write.record(&store, id, &position, &summary);
        }
        let cursor = crate::store::Cursor {
            opened: 6,
            records: 6,
            pending: 0,
        };
        write.cursor(log, &cursor);
        store.apply(&write).expect("stored");

        assert!(store.is_beyond_its_end(log, &row).expect("read"));
        for _ in 0..2 {
            let mut write = Write::default();
            store
                .settle_end(&mut write, log, &row, Time(6))
                .expect("forgotten");
            store.apply(&write).expect("stored");
            let records = store.records(writer.case, None, 9).expect("read");
            let read: Vec<u64> = records.iter().map(|r| r.position.seq).collect();
            assert_eq!(read, [0, 1]);
            let cursor = store.cursor(log).expect("read");
            assert_eq!((cursor.opened, cursor.records), (2, 2));
        }
    }
}
