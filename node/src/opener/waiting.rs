//! Entries that waited for an epoch, a manifest or a rule, once it has come.

use super::{
    Batch, Opener,
    check::{Checker, Opened},
};
use crate::{
    refused::Refused,
    store::{PendingKey, Write},
};
use focal_protocol::id::LogId;

/// Entries that wait for one thing and are looked at in one go.
const WAITING: usize = 512;

impl Opener {
    /// Opens entries that waited for something that is here now.
    pub(super) fn open_waiting(
        &mut self,
        key: PendingKey,
        after: Option<(LogId, u64)>,
    ) -> Result<(), Refused> {
        let waiting = self.store.pending(&key, after, WAITING)?;
        if waiting.len() == WAITING {
            // There are more: after these.
            self.came.push((key, waiting.last().copied()));
        }
        for (log, seq) in waiting {
            let row = self.store.log(log)?;
            let counts = row.is_some_and(|row| row.end.is_none_or(|end| seq < end));
            let entry = self.store.entry(log, seq)?.filter(|_| counts);
            let Some(entry) = entry else {
                let mut write = Write::default();
                write.waited(&key, log, seq);
                self.store.apply(&write)?;
                continue;
            };
            let checker = match Checker::new(&self.store, &self.shared, &entry) {
                Ok(checker) => checker,
                Err(Refused::UnknownCase) => continue,
                Err(e) => return Err(e),
            };
            let mut batch = Batch::default();
            let before = self.store.cursor(log)?;
            let mut cursor = before;
            batch.write.waited(&key, log, seq);
            if !matches!(key, PendingKey::Twin(..)) {
                cursor.pending = cursor.pending.saturating_sub(1);
            }
            match checker.open(&entry)? {
                Opened::Record(id, readable) => {
                    cursor.records += u64::from(self.index(&mut batch, &entry, id, *readable)?);
                }
                // Still waiting for the same would be for ever: the row stays, and is not looked at again now.
                Opened::Wait(other) if other == key => continue,
                Opened::Wait(other) => {
                    batch.write.wait(&other, log, seq);
                    cursor.pending += 1;
                }
                Opened::Skip => {}
                Opened::Refused(refused) => self.shared.refuse(&refused),
                Opened::Content(content) => {
                    self.tell(&entry, &mut cursor, content, &mut batch)?;
                }
            }
            self.finish_counted(batch, log, before, cursor)?;
        }
        Ok(())
    }
}
