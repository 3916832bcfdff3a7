//! Logs that end: what does not count any more leaves the reading index, what was purged leaves the disk.

use super::{LogRow, Position, Result, Store, Tree, Write, logs::entry_key};
use focal_protocol::{
    id::{CaseId, Hash, LogId, RecordId},
    log::Head,
    time::Time,
};

/// Entries that are cleared in one go.
const CHUNK: usize = 4_096;

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
            let mut cursor = self.cursor(log)?;
            let mut forgotten = Vec::new();
            for seq in end..row.head.height {
                let Some(entry) = self.entry(log, seq)? else {
                    continue;
                };
                let position = Position {
                    case: row.writer.case,
                    lamport: entry.header.lamport,
                    log,
                    seq,
                };
                if let Some(record) = self.record_at(&position)? {
                    write.leave(self, &record, now);
                    forgotten.push(record.id);
                    cursor.records = cursor.records.saturating_sub(1);
                }
            }
            self.forget_attachments(write, &row.writer.case, &forgotten)?;
            cursor.opened = cursor.opened.min(end);
            write.cursor(log, &cursor);
        }
        write.log(log, &cut);
        Ok(cut)
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

    /// Clears what is left of a purged case, piece by piece: sealed entries, index, acknowledgements. The heads of its
    /// logs stay, so that the store still knows how much it once held.
    ///
    /// # Errors
    /// The disk fails.
    pub fn clear_purged(&self, case: CaseId) -> Result<()> {
        for (log, row) in self.logs()? {
            if row.writer.case != case || row.cleared {
                continue;
            }
            let keys = entry_key(log, 0)..=entry_key(log, u64::MAX);
            let entries = self.tree(Tree::Log).range(keys).keys();
            self.delete_all(Tree::Log, entries)?;
            self.delete_all(
                Tree::Ack,
                self.tree(Tree::Ack).scan_prefix(log.as_bytes()).keys(),
            )?;
            let mut write = Write::default();
            write.log(
                log,
                &LogRow {
                    cleared: true,
                    ..row
                },
            );
            write.delete(Tree::Cursor, log.as_bytes());
            self.apply(&write)?;
        }
        for prefix in [b"e", b"r", b"l", b"t"] {
            let prefix = [prefix.as_slice(), case.as_bytes()].concat();
            self.delete_all(
                Tree::Pending,
                self.tree(Tree::Pending).scan_prefix(prefix).keys(),
            )?;
        }
        for row in self.tree(Tree::Record).scan_prefix(case.as_bytes()) {
            let (key, value) = row?;
            let mut write = Write::default();
            match value.get(..RecordId::LEN).map(RecordId::try_from) {
                Some(Ok(id)) => write.forget(key, id),
                _ => write.delete(Tree::Record, key),
            }
            self.apply(&write)?;
        }
        let left = self.tree(Tree::Left).scan_prefix(case.as_bytes()).keys();
        self.delete_all(Tree::Left, left)?;
        self.flush()
    }

    fn delete_all(
        &self,
        tree: Tree,
        keys: impl Iterator<Item = sled::Result<sled::IVec>>,
    ) -> Result<()> {
        let mut write = Write::default();
        for (n, key) in (1..).zip(keys) {
            write.delete(tree, key?);
            if n % CHUNK == 0 {
                self.apply(&std::mem::take(&mut write))?;
            }
        }
        self.apply(&write)
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
        store.clear_purged(case).expect("cleared");
        assert_eq!(store.awaited().expect("rows"), []);
    }
}
