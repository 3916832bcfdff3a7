//! The thread that keeps the indexes up to date, behind everything else: what is stored and acknowledged does not wait
//! for it.
//!
//! What an index has is what it says itself: its records are compared with those of the case at the start, and whenever it is
//! not known what came. So nothing is noted beside it that could differ from it, and after a crash just what is missing is
//! indexed.

use super::{
    Search,
    document::Indexed,
    index::{CaseIndex, Error, Writer, remove, stands},
    whole,
};
use crate::{
    refused::Refused,
    store::{Fresh, Position},
    views::signed,
};
use focal_protocol::{
    id::{CaseId, RecordId},
    record::{Record, Standing},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    sync::{Arc, atomic::Ordering},
    thread,
    time::{Duration, Instant},
};

/// Records that are opened at once.
const CHUNK: usize = 512;
/// Records between two commits: each makes files.
const COMMIT: usize = 10_000;
/// What comes within so long is indexed together.
const QUIET: Duration = Duration::from_millis(100);
/// But what has come does not wait longer than this for more.
const PATIENCE: Duration = Duration::from_secs(2);
/// Without anything new for so long, the memory of writing is given back.
const IDLE: Duration = Duration::from_secs(20);
/// How often it is tried again while something fails.
const AGAIN: Duration = Duration::from_secs(30);
/// Bytes that the index leaves free on the disk: twice what the store does, so that reports are still stored.
const RESERVE: u64 = 64 << 20;
/// How often it is looked whether the thread may begin.
const LOOK: Duration = Duration::from_millis(10);
/// How much the thread stands back for others (`nice`).
const NICE: i32 = 10;

/// The index that is being written.
struct Open {
    case: CaseId,
    index: Arc<CaseIndex>,
    writer: Writer,
}

/// The thread's own.
struct Keeper {
    search: Arc<Search>,
    open: Option<Open>,
    /// What could not be done, and when it is tried again.
    failed: Option<(Fresh, Instant)>,
}

/// Starts the thread. It ends after [`Search::stop`]; it begins when another one has ended, which has the processor to itself
/// until then: whoever starts a node looks at tables before they search.
pub(crate) fn start(
    search: Arc<Search>,
    after: Option<thread::JoinHandle<()>>,
) -> std::io::Result<thread::JoinHandle<()>> {
    let keeper = Keeper {
        search,
        open: None,
        failed: None,
    };
    thread::Builder::new().name("search".into()).spawn(move || {
        while after.as_ref().is_some_and(|after| !after.is_finished()) {
            if keeper.search.stopping.load(Ordering::Acquire) {
                return;
            }
            thread::sleep(LOOK);
        }
        keeper.run();
    })
}

impl Keeper {
    fn run(mut self) {
        if let Err(e) = rustix::process::nice(NICE) {
            tracing::debug!("the search index is kept with the same priority as all else: {e}");
        }
        self.remove_strays();
        let cases = self.search.shared.cases();
        let mut due: Fresh = cases.keys().map(|case| (*case, None)).collect();
        let mut seen = 0;
        loop {
            self.round(due);
            due = Fresh::new();
            let rung = self.search.store.await_ring(seen, self.rest());
            if self.search.stopping.load(Ordering::Acquire) {
                return;
            }
            if rung == seen {
                self.close();
            } else {
                seen = self.lull(rung);
                // The ring of who stops may have been heard there.
                if self.search.stopping.load(Ordering::Acquire) {
                    return;
                }
                due = self.search.take_fresh();
            }
            let again = self.failed.take_if(|(_, when)| *when <= Instant::now());
            for (case, _) in again.map(|(cases, _)| cases).unwrap_or_default() {
                due.insert(case, None);
            }
        }
    }

    /// How long there may be nothing to do.
    fn rest(&self) -> Duration {
        self.failed.as_ref().map_or(IDLE, |(_, when)| {
            when.saturating_duration_since(Instant::now()).min(IDLE)
        })
    }

    /// Waits until nothing more comes, for a while; the last ring.
    fn lull(&self, mut rung: u64) -> u64 {
        let since = Instant::now();
        while since.elapsed() < PATIENCE {
            let next = self.search.store.await_ring(rung, QUIET);
            if next == rung {
                break;
            }
            rung = next;
        }
        rung
    }

    fn round(&mut self, due: Fresh) {
        for (case, noted) in due {
            if self.search.stopping.load(Ordering::Acquire) {
                return;
            }
            match self.bring_up_to_date(case, noted) {
                Ok(()) => self.search.caught_up(&case),
                Err(e) => {
                    tracing::warn!("the index of case {} is behind: {e}", case.short());
                    self.open = None;
                    let failed = self.failed.take();
                    let mut cases = failed.map_or_else(Fresh::new, |(cases, _)| cases);
                    cases.insert(case, None);
                    self.failed = Some((cases, Instant::now() + AGAIN));
                }
            }
        }
    }

    /// Gives back what writing takes.
    fn close(&mut self) {
        if let Some(open) = self.open.take() {
            let closed = open.writer.close().and_then(|()| open.index.reload());
            if let Err(e) = closed {
                tracing::debug!(
                    "the index of case {} was not closed: {e}",
                    open.case.short()
                );
            }
        }
    }

    /// Removes indexes of cases that are here no more: they open no more either.
    fn remove_strays(&self) {
        let entries = fs::read_dir(&self.search.dir).into_iter().flatten();
        for entry in entries.flatten() {
            let name = entry.file_name();
            let case = name.to_str().and_then(|name| name.parse::<CaseId>().ok());
            if case.is_some_and(|case| self.search.store.has_case_key(&case)) {
                continue;
            }
            if let Err(e) = remove(&entry.path()) {
                tracing::warn!("{} cannot be removed: {e}", entry.path().display());
            }
        }
    }

    fn bring_up_to_date(
        &mut self,
        case: CaseId,
        noted: Option<Vec<Position>>,
    ) -> Result<(), Error> {
        let search = self.search.clone();
        if !search.store.has_case_key(&case) {
            self.open.take_if(|open| open.case == case);
            search.forget(&case);
            return Ok(remove(&search.path(&case))?);
        }
        if whole(&search.damaged).contains(&case) {
            self.open.take_if(|open| open.case == case);
            search.forget(&case);
            remove(&search.path(&case))?;
            whole(&search.damaged).remove(&case);
        }
        search.room(RESERVE)?;
        let index = search.index(&case)?;
        let (positions, anew) = match noted {
            Some(noted) => (noted, false),
            None => missing(&search, &index, case)?,
        };
        if positions.is_empty() && !anew {
            return Ok(());
        }
        let open = self.writing(case, &index)?;
        if anew {
            open.writer.clear()?;
        }
        let mut put = 0;
        for chunk in positions.chunks(CHUNK) {
            if search.stopping.load(Ordering::Acquire) {
                // What is not committed is found to be missing at the next start.
                return Ok(());
            }
            put += put_all(&search, open, chunk)?;
            if put >= COMMIT {
                search.room(RESERVE)?;
                open.commit()?;
                put = 0;
            }
        }
        open.commit()
    }

    /// The writer of a case's index. There is one at a time: it takes memory.
    fn writing(&mut self, case: CaseId, index: &Arc<CaseIndex>) -> Result<&mut Open, Error> {
        let same = |open: &Open| open.case == case && Arc::ptr_eq(&open.index, index);
        if !self.open.as_ref().is_some_and(same) {
            self.close();
        }
        if self.open.is_none() {
            self.open = Some(Open {
                case,
                index: index.clone(),
                writer: index.writer()?,
            });
        }
        let open = self.open.as_mut();
        open.ok_or_else(|| Error::Refused("no index is open".into()))
    }
}

impl Open {
    fn commit(&mut self) -> Result<(), Error> {
        self.writer.commit()?;
        self.index.reload()
    }
}

/// Where the records are that an index lacks; or where all are, if it has what is no longer so: what followed from that
/// is not known any more.
fn missing(
    search: &Search,
    index: &CaseIndex,
    case: CaseId,
) -> Result<(Vec<Position>, bool), Error> {
    let held = index.held()?;
    let (mut all, mut lacking) = (Vec::new(), Vec::new());
    for row in search.store.record_places(case) {
        let (id, position) = row?;
        if !stands(&held, &id, &position) {
            lacking.push(position);
        }
        all.push(position);
    }
    let anew = all.len() - lacking.len() < held.len();
    Ok(if anew { (all, true) } else { (lacking, false) })
}

/// Indexes records, and those of which they say something. How many.
fn put_all(search: &Search, open: &Open, positions: &[Position]) -> Result<usize, Error> {
    let mut ids = BTreeSet::new();
    for position in positions {
        // One that has moved or gone was noted again.
        ids.extend(search.store.record_at(position)?.map(|row| row.id));
    }
    let (store, shared) = (&search.store, &search.shared);
    let standings = search.kept.read(store, shared, open.case, |state| {
        let of: BTreeSet<RecordId> = ids.iter().flat_map(|id| state.bears_on(id)).collect();
        let standing = |id: RecordId| Some((id, state.standing(&id)?));
        of.into_iter()
            .filter_map(standing)
            .collect::<BTreeMap<_, _>>()
    })?;
    for (id, standing) in &standings {
        match put(search, open, *id, standing) {
            Err(Error::Refused(why)) => {
                tracing::warn!("record {} cannot be found: {why}", id.short());
            }
            done => done?,
        }
    }
    Ok(standings.len())
}

fn put(search: &Search, open: &Open, id: RecordId, standing: &Standing) -> Result<(), Error> {
    let Some(stored) = search.store.record(&id)? else {
        return Ok(());
    };
    let record = signed(&search.store, &stored)?.unverified();
    let record = record.map_err(Refused::from)?;
    let other = |id: &Option<RecordId>| -> Result<Option<Record>, Error> {
        let Some(stored) = id.map(|id| search.store.record(&id)).transpose()?.flatten() else {
            return Ok(None);
        };
        let other = signed(&search.store, &stored)?.unverified();
        Ok(Some(other.map_err(Refused::from)?))
    };
    let correction = other(&standing.corrected_by)?;
    let withdrawal = other(&standing.withdrawn_by)?;
    let indexed = Indexed {
        id,
        position: stored.position,
        summary: &stored.summary,
        standing,
        record: &record,
        correction: correction.as_ref(),
        withdrawal: withdrawal.as_ref(),
    };
    open.writer.put(&open.index.fields, &indexed)
}
