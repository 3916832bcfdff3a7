//! The reader of sealed entries: a thread that opens what the ledger has stored, checks authors and indexes records.
//!
//! It works behind the acknowledgements: an entry is stored and acknowledged sealed, and becomes readable after. Its
//! rows and cursors are written without a flush, because they follow from the entries: after a crash it goes on at the
//! last durable cursor and comes to the same. Commits and grants it hands to the ledger, which owns the groups.

mod anew;
mod check;
mod handle;
mod index;
mod tell;
mod turns;
mod waiting;

pub(crate) use check::{Content, check_author};
pub(crate) use handle::OpenerHandle;
use handle::{Job, Jobs, News};

use crate::{
    clock,
    ledger::{Command, LedgerHandle, Recount},
    refused::Refused,
    shared::{Attached, Shared},
    store::{Cursor, LogRow, PendingKey, Position, Store, Write},
    views::record_row,
};
use anew::Anew;
use check::{Checker, Opened};
use focal_protocol::{
    id::{CaseId, LogId, OrgId, RecordId},
    log::{Entry, Lane},
    record::Summary,
};
use std::{
    cell::Cell,
    collections::VecDeque,
    sync::{Arc, mpsc},
    time::{Duration, Instant},
};
use turns::{Came, Logs, Sort, Turns};

/// Entries that are opened between two writes.
const BATCH: usize = 512;
/// Bytes of them.
const BATCH_BYTES: usize = 1 << 20;

/// While a partner catches this node up, storing comes first: entries that are stored are acknowledged and safe, and
/// opening them at the same time would take the disk and a core from it. Routine logs wait this long for the next run.
const LULL: Duration = Duration::from_millis(25);
/// But never longer than this, so that a catch-up of hours can be read while it goes on.
const PATIENCE: Duration = Duration::from_secs(5);

/// Since when a record can be read does not follow from its entry: rows are made durable once nothing more has come for
/// so long. In a stream of entries the ledger's own flushes do it.
const QUIET: Duration = Duration::from_millis(200);

/// How often it is tried again while the disk is full.
const ROOM: Duration = Duration::from_secs(1);

pub(crate) struct Opener {
    store: Store,
    shared: Arc<Shared>,
    ledger: Option<LedgerHandle>,
    jobs: Jobs,
    /// Logs with entries to open.
    logs: Logs,
    /// What has come that entries wait for.
    came: Came,
    /// Cases whose records are judged anew.
    anew: VecDeque<Anew>,
    /// Whether it is their turn before routine logs.
    anew_next: bool,
    turns: Turns,
    bulk: Option<Bulk>,
    /// Whether something was written since the last flush.
    written: Cell<bool>,
    stop: bool,
}

/// Large runs that follow one another.
#[derive(Clone, Copy)]
struct Bulk {
    since: Instant,
    last: Instant,
}

/// What is written and told after a batch.
#[derive(Default)]
struct Batch {
    write: Write,
    readable: Vec<(RecordId, Position, Summary)>,
    attached: Vec<Attached>,
}

impl Opener {
    /// Starts the thread; it waits for [`OpenerHandle::start_with`].
    pub(crate) fn start(
        store: Store,
        shared: Arc<Shared>,
    ) -> Result<(OpenerHandle, std::thread::JoinHandle<()>), crate::Error> {
        let (handle, jobs) = handle::queue();
        let opener = Self {
            store,
            shared,
            ledger: None,
            jobs,
            logs: Logs::default(),
            came: Came::default(),
            anew: VecDeque::new(),
            anew_next: false,
            turns: Turns::default(),
            bulk: None,
            written: Cell::new(false),
            stop: false,
        };
        let thread = std::thread::Builder::new()
            .name("opener".into())
            .spawn(move || opener.run())
            .map_err(|e| crate::Error::io(std::path::Path::new("opener"), e))?;
        Ok((handle, thread))
    }

    /// Takes up what was left when the node stopped.
    fn begin(&mut self) {
        // What was stored before the last stop and not opened yet.
        match self.store.logs() {
            Ok(logs) => {
                for (log, row) in logs {
                    if self.store.is_beyond_its_end(log, &row).unwrap_or(true) {
                        self.settle_end(log, &row);
                    }
                    if !self.is_own(&row) {
                        self.logs.push(row.writer.lane, log);
                    }
                }
            }
            Err(e) => tracing::error!("the logs cannot be read: {e}"),
        }
        // What they wait for may have come in the moment before the stop.
        match self.store.awaited() {
            Ok(awaited) => awaited.into_iter().for_each(|key| self.came.push(key)),
            Err(e) => tracing::error!("waiting entries cannot be read: {e}"),
        }
        match self.store.cases_to_judge() {
            Ok(cases) => cases
                .into_iter()
                .for_each(|case| self.note(Job::News(News::Rules(case)))),
            Err(e) => tracing::error!("what is to be judged cannot be read: {e}"),
        }
    }

    fn run(mut self) {
        self.begin();
        while !self.stop {
            let idle = self.ledger.is_none() || self.has_nothing();
            if idle {
                match self.next_job() {
                    Some(job) => self.note(job),
                    None => break,
                }
            }
            while let Ok(job) = self.jobs.try_recv() {
                self.note(job);
            }
            if self.ledger.is_none() || self.stop {
                continue;
            }
            if let Some(wait) = self.lull() {
                if let Ok(job) = self.jobs.recv_timeout(wait) {
                    self.note(job);
                }
                continue;
            }
            match self.work() {
                Ok(()) => {}
                // The entries are safe, and still due: it begins here again when there is room.
                Err(Refused::Full) => {
                    if let Ok(job) = self.jobs.recv_timeout(ROOM) {
                        self.note(job);
                    }
                }
                Err(e) => self.failed(&e),
            }
        }
    }

    fn has_nothing(&self) -> bool {
        self.logs.is_empty() && self.came.is_empty() && self.anew.is_empty()
    }

    /// Waits for the next job; in a pause what was written is made durable. None when nobody can send one any more.
    fn next_job(&mut self) -> Option<Job> {
        if self.written.replace(false) {
            match self.jobs.recv_timeout(QUIET) {
                Ok(job) => {
                    self.written.set(true);
                    return Some(job);
                }
                Err(mpsc::RecvTimeoutError::Disconnected) => return None,
                Err(mpsc::RecvTimeoutError::Timeout) => {
                    if let Err(e) = self.store.flush() {
                        // The rows follow from the entries, but for the time: who stores next is told the rest.
                        tracing::warn!("the reading index is not on disk yet: {e}");
                    }
                }
            }
        }
        self.jobs.recv().ok()
    }

    /// What cannot be opened now stays sealed; if the store has failed, the ledger ends the node.
    fn failed(&mut self, error: &Refused) {
        tracing::error!("entries cannot be opened: {error}");
        self.logs = Logs::default();
        self.came = Came::default();
        self.anew.clear();
        if let (Refused::Store(why), Some(ledger)) = (error, &self.ledger) {
            // If the ledger has ended already, so does the node.
            let _ = ledger.tell_blocking(Command::Failed(crate::store::Error::Io(why.clone())));
        }
    }

    /// How long to let large runs go first, if there is nothing but routine logs to open.
    fn lull(&mut self) -> Option<Duration> {
        let Bulk { since, last } = self.bulk?;
        let urgent = !self.logs.flash.is_empty();
        let rest = LULL.checked_sub(last.elapsed());
        if rest.is_none() {
            self.bulk = None;
        }
        rest.filter(|_| self.came.is_empty() && !urgent && since.elapsed() < PATIENCE)
    }

    fn note(&mut self, job: Job) {
        match job {
            Job::News(news) => self.hear(news),
            Job::Readable(id, position, summary) => self.emit(id, position, *summary),
            Job::Places => {
                if let Err(e) = self.store.load_places() {
                    tracing::error!("the records cannot be found: {e}");
                    self.shared.unreadable();
                }
            }
            Job::Start(ledger) => self.ledger = Some(ledger),
            Job::Stop => self.stop = true,
        }
    }

    fn hear(&mut self, news: News) {
        match news {
            News::Log(lane, log) => self.logs.push(lane, log),
            News::Bulk => {
                let now = Instant::now();
                let since = self.bulk.map_or(now, |b| b.since);
                self.bulk = Some(Bulk { since, last: now });
            }
            News::Epoch(case, at) => {
                self.came(PendingKey::Epoch(case, at.generation, at.number));
            }
            News::Rules(case) => {
                self.came(PendingKey::Rules(case));
                self.came(PendingKey::Later(case));
                if let Err(e) = self.judge_anew(case) {
                    tracing::error!("case {} cannot be judged: {e}", case.short());
                }
            }
            News::Manifests => match self.store.awaited_manifests() {
                Ok(awaited) => {
                    let directory = self.shared.directory();
                    let known = |org: &OrgId, version: u64| {
                        directory
                            .as_ref()
                            .is_some_and(|d| d.manifest_at(org, version).is_some())
                    };
                    let come = awaited
                        .into_iter()
                        .filter(|(org, version)| known(org, *version));
                    come.for_each(|(org, version)| {
                        self.came.push(PendingKey::Manifest(org, version));
                    });
                }
                Err(e) => tracing::error!("waiting entries cannot be read: {e}"),
            },
            News::Cut(case, log) => {
                match self.store.log(log) {
                    Ok(Some(row)) => self.settle_end(log, &row),
                    Ok(None) => {}
                    Err(e) => tracing::error!("log {} cannot be read: {e}", log.short()),
                }
                match self.store.orphaned_twins(case) {
                    Ok(twins) => twins.into_iter().for_each(|key| self.came.push(key)),
                    Err(e) => tracing::error!("waiting entries cannot be read: {e}"),
                }
            }
        }
    }

    /// Something has come for which entries may wait: nothing is due if none does.
    fn came(&mut self, key: PendingKey) {
        match self.store.pending(&key, None, 1) {
            Ok(waiting) if waiting.is_empty() => {}
            // What is wrong with the store is said when it is looked at.
            _ => self.came.push(key),
        }
    }

    /// A log has ended, perhaps while some of it was at hand here: what was read beyond counts as little as the rest.
    fn settle_end(&self, log: LogId, row: &LogRow) {
        let mut write = Write::default();
        let settled = self.store.settle_end(&mut write, log, row, clock::now());
        if let Err(e) = settled.and_then(|()| self.store.apply(&write)) {
            tracing::error!("log {} could not be ended: {e}", log.short());
        }
    }

    fn emit(&self, id: RecordId, position: Position, summary: Summary) {
        if self.shared.listeners() > 0 {
            let stored = crate::store::StoredRecord {
                id,
                position,
                summary,
                readable: Some(clock::now()),
            };
            self.shared.emit(crate::api::types::Event::Record {
                row: Box::new(record_row(&stored, &self.shared)),
            });
        }
    }

    /// Whether a log is this node's own, and its cursor the ledger's.
    fn is_own(&self, row: &LogRow) -> bool {
        row.writer.node == self.shared.me && !row.retired
    }

    /// One batch of work, of what is most urgent unless something else has stood back for long.
    fn work(&mut self) -> Result<(), Refused> {
        let rest = !self.logs.routine.is_empty() || !self.anew.is_empty();
        let (flash, came) = (!self.logs.flash.is_empty(), !self.came.is_empty());
        match self.turns.next(flash, came, rest) {
            Some(Sort::Flash) => match self.logs.flash.pop() {
                Some(log) => self.open_some(Lane::Flash, log),
                None => Ok(()),
            },
            Some(Sort::Came) => self.open_what_waited(),
            Some(Sort::Rest) => {
                let routine = !self.logs.routine.is_empty();
                let turn = !routine || std::mem::replace(&mut self.anew_next, true);
                if turn && !self.anew.is_empty() {
                    self.anew_next = false;
                    return self.judge_some();
                }
                match self.logs.routine.pop() {
                    Some(log) => self.open_some(Lane::Routine, log),
                    None => Ok(()),
                }
            }
            None => Ok(()),
        }
    }

    /// Opens what is next of a log.
    fn open_some(&mut self, lane: Lane, log: LogId) -> Result<(), Refused> {
        // Of a case that was purged nothing is opened.
        let Some(row) = self.store.log(log)?.filter(|row| !row.cleared) else {
            return Ok(());
        };
        let cursor = self.store.cursor(log)?;
        let mut entries = self.store.entries(log, cursor.opened, BATCH_BYTES, BATCH)?;
        // Beyond its end nothing of a log counts.
        entries.retain(|e| row.end.is_none_or(|end| e.header.seq < end));
        if entries.is_empty() {
            return Ok(());
        }
        // There may be more: the log stays due, behind the others of its lane.
        self.logs.push(lane, log);
        match self.open_log(log, cursor, &entries) {
            Err(e) if self.was_purged(&row.writer.case, &e) => Ok(()),
            opened => opened,
        }
    }

    /// Whether something failed because the case was purged meanwhile: rows that are still there do not open any more.
    fn was_purged(&self, case: &CaseId, error: &Refused) -> bool {
        match error {
            Refused::UnknownCase => true,
            Refused::Store(_) => !self.store.has_case_key(case),
            _ => false,
        }
    }

    fn open_log(&self, log: LogId, mut cursor: Cursor, entries: &[Entry]) -> Result<(), Refused> {
        let Some(first) = entries.first() else {
            return Ok(());
        };
        let checker = Checker::new(&self.store, &self.shared, first)?;
        let mut batch = Batch::default();
        for (entry, opened) in entries.iter().zip(checker.open_all(entries)) {
            cursor.opened = entry.header.seq + 1;
            match opened? {
                Opened::Record(id, readable) => {
                    cursor.records += u64::from(self.index(&mut batch, entry, id, *readable)?);
                }
                Opened::Wait(key) => {
                    batch.write.wait(&key, log, entry.header.seq);
                    cursor.pending += 1;
                }
                Opened::Skip => {}
                Opened::Refused(refused) => self.shared.refuse(&refused),
                Opened::Content(content) => {
                    // What was opened before it is written first; the ledger writes the cursor with the case.
                    self.finish(std::mem::take(&mut batch), None)?;
                    self.tell(entry, &mut cursor, content, &mut batch)?;
                    batch.write.cursor(log, &cursor);
                    self.finish(std::mem::take(&mut batch), None)?;
                    // The case may have changed: the rest is opened with a new checker.
                    return Ok(());
                }
            }
        }
        self.finish(batch, Some((log, cursor)))
    }

    /// Ends a batch after which the counts of a log are others.
    fn finish_counted(
        &self,
        batch: Batch,
        log: LogId,
        before: Cursor,
        after: Cursor,
    ) -> Result<(), Refused> {
        let own = (self.store.log(log)?).is_some_and(|row| self.is_own(&row));
        if !own {
            return self.finish(batch, Some((log, after)));
        }
        self.finish(batch, None)?;
        let by = |before: u64, after: u64| after.cast_signed().wrapping_sub(before.cast_signed());
        let by = Recount {
            records: by(before.records, after.records),
            pending: by(before.pending, after.pending),
        };
        match &self.ledger {
            Some(ledger) if by != Recount::default() => {
                ledger.tell_blocking(Command::Recount(log, by))
            }
            _ => Ok(()),
        }
    }

    fn finish(&self, mut batch: Batch, cursor: Option<(LogId, Cursor)>) -> Result<(), Refused> {
        if let Some((log, cursor)) = cursor {
            batch.write.cursor(log, &cursor);
        }
        self.store.apply(&batch.write)?;
        self.written.set(true);
        self.shared.attached(batch.attached);
        for (id, position, summary) in batch.readable {
            self.emit(id, position, summary);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
