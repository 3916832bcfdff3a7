//! Entries that waited for an epoch, a manifest or a rule, once it has come.

use super::{
    Batch, Opener,
    check::{Checker, Opened},
};
use crate::{
    refused::Refused,
    store::{PendingKey, Write},
};
use focal_protocol::{id::LogId, log::Entry};

/// Entries that wait for one thing and are looked at in one go.
const WAITING: usize = 512;
/// Those of them that are handed to the ledger in one go: each is written and flushed there, and alerts may wait meanwhile.
const TOLD: usize = 8;

impl Opener {
    /// Opens entries that waited for something that is here now.
    pub(super) fn open_what_waited(&mut self) -> Result<(), Refused> {
        let Some((key, after)) = self.came.next() else {
            return Ok(());
        };
        match self.open_waiting(&key, after) {
            Ok(more) => {
                self.came.looked(key, more);
                Ok(())
            }
            Err(e) => {
                self.came.put_back(key);
                Err(e)
            }
        }
    }

    /// Opens some of them; returns after which to go on, if there may be more.
    fn open_waiting(
        &self,
        key: &PendingKey,
        after: Option<(LogId, u64)>,
    ) -> Result<Option<(LogId, u64)>, Refused> {
        let waiting = self.store.pending(key, after, WAITING)?;
        let mut told = 0;
        for (log, seq) in &waiting {
            told += usize::from(self.open_one(key, *log, *seq)?);
            if told == TOLD {
                return Ok(Some((*log, *seq)));
            }
        }
        Ok(waiting.last().copied().filter(|_| waiting.len() == WAITING))
    }

    /// Opens one; returns whether the ledger was told of it.
    fn open_one(&self, key: &PendingKey, log: LogId, seq: u64) -> Result<bool, Refused> {
        let row = self.store.log(log)?;
        let counts = row.is_some_and(|row| row.end.is_none_or(|end| seq < end));
        let entry = self.store.entry(log, seq)?.filter(|_| counts);
        let Some(entry) = entry else {
            let mut write = Write::default();
            write.waited(key, log, seq);
            self.store.apply(&write)?;
            return Ok(false);
        };
        match self.open_entry(key, &entry) {
            Err(e) if self.was_purged(&entry.header.case, &e) => Ok(false),
            opened => opened,
        }
    }

    fn open_entry(&self, key: &PendingKey, entry: &Entry) -> Result<bool, Refused> {
        let (log, seq) = (entry.header.log, entry.header.seq);
        let checker = Checker::new(&self.store, &self.shared, entry)?;
        let mut batch = Batch::default();
        let before = self.store.cursor(log)?;
        let mut cursor = before;
        batch.write.waited(key, log, seq);
        if !matches!(key, PendingKey::Twin(..)) {
            cursor.pending = cursor.pending.saturating_sub(1);
        }
        let mut told = false;
        match checker.open(entry)? {
            Opened::Record(id, readable) => {
                cursor.records += u64::from(self.index(&mut batch, entry, id, *readable)?);
            }
            // Still waiting for the same would be for ever: the row stays, and is not looked at again now.
            Opened::Wait(other) if other == *key => return Ok(false),
            Opened::Wait(other) => {
                batch.write.wait(&other, log, seq);
                cursor.pending += 1;
            }
            Opened::Skip => {}
            Opened::Refused(refused) => self.shared.refuse(&refused),
            Opened::Content(content) => {
                told = true;
                self.tell(entry, &mut cursor, content, &mut batch)?;
            }
        }
        self.finish_counted(batch, log, before, cursor)?;
        Ok(told)
    }
}
