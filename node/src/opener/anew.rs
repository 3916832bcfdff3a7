//! Records that are judged anew once other rules are in force: by other rules some count no more, and some do now.

use super::{
    BATCH, BATCH_BYTES, Batch, Opener,
    check::{Checker, Opened},
};
use crate::{
    clock,
    refused::Refused,
    store::{Position, StoredRecord, Write},
};
use focal_protocol::{
    id::{CaseId, LogId},
    log::Entry,
};

/// A case whose records are judged anew, and how far that has come.
pub(super) struct Anew {
    case: CaseId,
    /// Which time it is.
    time: u64,
    /// Its logs that are left.
    logs: Vec<LogId>,
    /// Where to go on in the last of them.
    from: u64,
    /// Whether some that counted do no more.
    unread: bool,
}

impl Anew {
    /// How many logs are left, and where to go on in the last of them.
    #[cfg(test)]
    pub(super) fn place(&self) -> (usize, u64) {
        (self.logs.len(), self.from)
    }
}

impl Opener {
    /// Begins to judge the records of a case; nothing if none is due. It goes on where it was, unless other rules have come since by
    /// which all have to be judged: whoever only adds to the rules does not keep it from coming to an end.
    pub(super) fn judge_anew(&mut self, case: CaseId) -> Result<(), Refused> {
        let Some(time) = self.store.to_judge(case)? else {
            return Ok(());
        };
        if (self.anew.iter()).any(|anew| anew.case == case && anew.time == time) {
            return Ok(());
        }
        let logs = self.store.logs()?.into_iter();
        let logs = logs.filter(|(_, row)| row.writer.case == case);
        let (before, others): (Vec<_>, Vec<_>) =
            self.anew.drain(..).partition(|anew| anew.case == case);
        self.anew.extend(others);
        self.anew.push_back(Anew {
            case,
            time,
            logs: logs.map(|(log, _)| log).collect(),
            from: 0,
            unread: before.iter().any(|anew| anew.unread),
        });
        Ok(())
    }

    /// Judges a batch of what is due.
    pub(super) fn judge_some(&mut self) -> Result<(), Refused> {
        let Some(mut anew) = self.anew.pop_front() else {
            return Ok(());
        };
        let log = anew.logs.last().copied();
        let judged = match log {
            Some(log) => self.judge_batch(&mut anew, log),
            None => self.end_judging(&anew),
        };
        match &judged {
            Ok(()) if log.is_none() => {}
            // There is nothing to judge any more.
            Err(e) if self.was_purged(&anew.case, e) => return Ok(()),
            // After a failure from the same place on.
            _ => self.anew.push_front(anew),
        }
        judged
    }

    fn end_judging(&mut self, anew: &Anew) -> Result<(), Refused> {
        let mut write = Write::default();
        write.judged(&self.store, anew.case, anew.time);
        let twins = match anew.unread {
            true => self.store.orphaned_twins(anew.case)?,
            false => Vec::new(),
        };
        self.store.apply(&write)?;
        twins.into_iter().for_each(|key| self.came.push(key));
        self.written.set(true);
        Ok(())
    }

    fn judge_batch(&mut self, anew: &mut Anew, log: LogId) -> Result<(), Refused> {
        let entries = self.opened_entries(log, anew.from)?;
        let Some((first, last)) = entries.first().zip(entries.last()) else {
            anew.logs.pop();
            anew.from = 0;
            return Ok(());
        };
        let checker = Checker::new(&self.store, &self.shared, first)?;
        let next = last.header.seq + 1;
        let mut shown = Vec::new();
        let mut in_question = Vec::new();
        for entry in entries {
            let record = self.store.record_at(&place(&entry))?;
            // What is shown and counts whatever it is needs no opening.
            if record.is_none() || !checker.counts(&entry) {
                shown.push(record);
                in_question.push(entry);
            }
        }
        let before = self.store.cursor(log)?;
        let mut cursor = before;
        let mut batch = Batch::default();
        let (mut refused, mut wait): (Vec<StoredRecord>, Vec<StoredRecord>) = Default::default();
        let opened = checker.open_all(&in_question);
        for ((entry, shown), opened) in in_question.iter().zip(shown).zip(opened) {
            match (opened?, shown) {
                (Opened::Record(id, readable), None) => {
                    cursor.records += u64::from(self.index(&mut batch, entry, id, *readable)?);
                }
                (Opened::Wait(key), shown) => {
                    wait.extend(shown);
                    if !self.store.waits(&key, log, entry.header.seq)? {
                        batch.write.wait(&key, log, entry.header.seq);
                        cursor.pending += 1;
                    }
                }
                (Opened::Refused(why), Some(shown)) => {
                    self.shared.refuse(&why);
                    refused.push(shown);
                }
                _ => {}
            }
        }
        let unread = refused.len() + wait.len();
        cursor.records = cursor.records.saturating_sub(unread as u64);
        let unread_now = (refused.as_slice(), wait.as_slice());
        self.store
            .unread(&mut batch.write, anew.case, unread_now, clock::now())?;
        self.finish_counted(batch, log, before, cursor)?;
        anew.unread |= unread > 0;
        anew.from = next;
        Ok(())
    }

    /// Entries of a log that were opened, as far as it counts; also of this node's own, which it need not open.
    fn opened_entries(&self, log: LogId, from: u64) -> Result<Vec<Entry>, Refused> {
        let Some(row) = self.store.log(log)?.filter(|row| !row.cleared) else {
            return Ok(Vec::new());
        };
        let opened = match self.is_own(&row) {
            true => row.head.height,
            false => self.store.cursor(log)?.opened,
        };
        let upto = row.end.map_or(opened, |end| end.min(opened));
        let mut entries = self.store.entries(log, from, BATCH_BYTES, BATCH)?;
        entries.retain(|entry| entry.header.seq < upto);
        Ok(entries)
    }
}

fn place(entry: &Entry) -> Position {
    Position {
        case: entry.header.case,
        lamport: entry.header.lamport,
        log: entry.header.log,
        seq: entry.header.seq,
    }
}
