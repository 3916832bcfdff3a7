//! Putting a case's state together on all cores at once.
//!
//! Rows are read one after the other, a chunk at a time; each core opens the chunk that it has taken and hands it over. The
//! state is the same whatever the order in which it takes them.

use super::{CaseState, Placed, whole};
use crate::refused::Refused;
use std::{
    num::NonZero,
    sync::{Mutex, PoisonError, TryLockError},
    thread,
};

/// Rows that are taken at once.
pub(super) const CHUNK: usize = 512;
/// Cores at most: reading the rows and taking them in are done by one at a time, and keep no more than these busy.
const CORES: usize = 8;

/// What the cores share.
struct Gathering<I, O> {
    /// Rows that are still to be read; none when the last was, or when something has failed.
    rows: Mutex<Option<I>>,
    open: O,
    /// Chunks that nobody has taken in yet.
    opened: Mutex<Vec<Vec<Placed>>>,
    state: Mutex<CaseState>,
    failed: Mutex<Option<Refused>>,
}

/// The state of all rows of a case, each opened by `open`.
pub(super) fn gather<S, I, O>(rows: I, open: O) -> Result<CaseState, Refused>
where
    S: Send,
    I: Iterator<Item = Result<S, Refused>> + Send,
    O: Fn(Vec<S>) -> Result<Vec<Placed>, Refused> + Sync,
{
    let gathering = Gathering {
        rows: Mutex::new(Some(rows)),
        open,
        opened: Mutex::default(),
        state: Mutex::default(),
        failed: Mutex::default(),
    };
    // Most cases are a chunk or two: this thread has read them before another one has started.
    let more = gathering.one();
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    if more && cores > 1 {
        thread::scope(|scope| {
            for _ in 1..cores.min(CORES) {
                // Without it the others do its part.
                let _ = thread::Builder::new().spawn_scoped(scope, || gathering.work());
            }
            gathering.work();
        });
    } else {
        gathering.work();
    }
    gathering.take_in();
    let failed = gathering.failed.into_inner();
    match failed.unwrap_or_else(PoisonError::into_inner) {
        Some(refused) => Err(refused),
        None => Ok(gathering
            .state
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner)),
    }
}

impl<S, I, O> Gathering<I, O>
where
    I: Iterator<Item = Result<S, Refused>>,
    O: Fn(Vec<S>) -> Result<Vec<Placed>, Refused>,
{
    fn work(&self) {
        while self.one() {}
    }

    /// Reads a chunk, opens it and hands it over. Whether there may be more.
    fn one(&self) -> bool {
        match self.read().and_then(|read| {
            let more = read.len() == CHUNK;
            Ok(((self.open)(read)?, more))
        }) {
            Ok((chunk, more)) => {
                whole(&self.opened).push(chunk);
                self.take_in();
                more
            }
            Err(refused) => {
                whole(&self.rows).take();
                whole(&self.failed).get_or_insert(refused);
                false
            }
        }
    }

    /// The next rows; empty when there are no more.
    fn read(&self) -> Result<Vec<S>, Refused> {
        let mut rows = whole(&self.rows);
        let read: Vec<S> = match &mut *rows {
            Some(rows) => rows.take(CHUNK).collect::<Result<_, _>>()?,
            None => Vec::new(),
        };
        if read.len() < CHUNK {
            rows.take();
        }
        Ok(read)
    }

    /// Takes in what was handed over, unless somebody does so already: then they do it, or whoever comes next.
    fn take_in(&self) {
        let mut state = match self.state.try_lock() {
            Ok(state) => state,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return,
        };
        loop {
            let chunk = whole(&self.opened).pop();
            match chunk {
                Some(chunk) => state.extend(chunk),
                None => return,
            }
        }
    }
}
