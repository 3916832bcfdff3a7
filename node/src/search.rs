//! Full-text and field search over the records that this node can read.
//!
//! Each case has an index of its own, sealed under the case's key: when the case is purged, its index opens no more
//! either. In reading order: `words` (what is compared), `schema` and `document` (what an index holds of a record),
//! `directory` (how it lies on the disk), `index` (one of them), `keeper` (the thread that brings them up to date), `query`
//! (what people ask), `lookup` (the answer of one index).

mod directory;
mod document;
mod index;
mod keeper;
mod lookup;
mod query;
mod schema;
mod words;

pub(crate) use document::{said, texts};
pub(crate) use keeper::start;
pub(crate) use lookup::{After, Asker, Lookup};
pub(crate) use query::{Asked, Expr, Names, QueryError, resolve};
pub(crate) use words::{analyzer, words};

use crate::{
    case_views::CaseViews,
    shared::Shared,
    store::{Fresh, Store},
};
use focal_protocol::id::CaseId;
use index::{CaseIndex, Error};
use std::{
    collections::BTreeSet,
    io,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

/// Indexes that are open at once: each holds its words in memory.
const OPEN: usize = 64;

/// The indexes of all cases. Shared by the API's readers and the one thread that writes.
pub(crate) struct Search {
    dir: PathBuf,
    store: Store,
    shared: Arc<Shared>,
    kept: Arc<CaseViews>,
    /// Last used last.
    open: Mutex<Vec<(CaseId, Arc<CaseIndex>)>>,
    /// Cases of which not everything that was noted is indexed.
    behind: Mutex<BTreeSet<CaseId>>,
    /// Indexes of which some part does not open: they are made anew.
    damaged: Mutex<BTreeSet<CaseId>>,
    stopping: AtomicBool,
}

fn whole<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Each value is replaced as a whole: a panic elsewhere leaves it whole.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Search {
    /// Below a directory, which need not be there.
    pub(crate) fn new(
        dir: &Path,
        store: Store,
        shared: Arc<Shared>,
        kept: Arc<CaseViews>,
    ) -> Arc<Self> {
        let behind = shared.cases().keys().copied().collect();
        Arc::new(Self {
            dir: dir.to_path_buf(),
            store,
            shared,
            kept,
            open: Mutex::default(),
            behind: Mutex::new(behind),
            damaged: Mutex::default(),
            stopping: AtomicBool::new(false),
        })
    }

    /// Ends the thread that keeps the indexes, soon.
    pub(crate) fn stop(&self) {
        self.stopping.store(true, Ordering::Release);
        self.store.ring();
    }

    /// Whether there are records of a case that are not indexed yet.
    pub(crate) fn is_behind(&self, case: &CaseId) -> bool {
        // In this order: what is taken from the notes is behind before it is gone from them.
        self.store.is_fresh(case) || whole(&self.behind).contains(case)
    }

    /// Takes what was noted since the last time.
    fn take_fresh(&self) -> Fresh {
        let mut behind = whole(&self.behind);
        let mut fresh = self.store.take_fresh();
        fresh.extend(whole(&self.damaged).iter().map(|case| (*case, None)));
        behind.extend(fresh.keys());
        fresh
    }

    /// Has an index made anew.
    fn is_damaged(&self, case: CaseId) {
        whole(&self.behind).insert(case);
        whole(&self.damaged).insert(case);
        self.store.ring();
    }

    fn caught_up(&self, case: &CaseId) {
        whole(&self.behind).remove(case);
    }

    fn path(&self, case: &CaseId) -> PathBuf {
        self.dir.join(case.to_string())
    }

    /// The index of a case, open.
    fn index(&self, case: &CaseId) -> Result<Arc<CaseIndex>, Error> {
        let mut open = whole(&self.open);
        let found = open.iter().position(|(known, _)| known == case);
        let entry = match found {
            Some(at) => open.remove(at),
            None => {
                let index = CaseIndex::open(&self.path(case), *case, &self.store)?;
                (*case, Arc::new(index))
            }
        };
        let index = entry.1.clone();
        open.push(entry);
        if open.len() > OPEN {
            open.remove(0);
        }
        Ok(index)
    }

    fn forget(&self, case: &CaseId) {
        whole(&self.open).retain(|(known, _)| known != case);
    }

    /// Whether so many bytes are free.
    fn room(&self, bytes: u64) -> Result<(), Error> {
        let near = self.dir.parent().unwrap_or(&self.dir);
        let disk = rustix::fs::statvfs(near).map_err(io::Error::from)?;
        if disk.f_bavail.saturating_mul(disk.f_frsize) < bytes {
            return Err(Error::Full);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
