//! What the search index has not taken in yet: noted with each write, taken by the one thread that keeps the index.

use super::{Position, Store, feed::Feed};
use focal_protocol::id::CaseId;
use std::{
    collections::BTreeMap,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// Where records came, case by case; none where they are too many to note, or some can be read no more.
pub type Fresh = BTreeMap<CaseId, Option<Vec<Position>>>;

/// Notes of all cases, and a bell for whoever waits for them.
#[derive(Debug)]
pub(super) struct Bell {
    state: Mutex<(Feed, u64)>,
    rung: Condvar,
}

impl Default for Bell {
    fn default() -> Self {
        Self {
            state: Mutex::new((Feed::of_all(), 0)),
            rung: Condvar::new(),
        }
    }
}

impl Bell {
    fn state(&self) -> MutexGuard<'_, (Feed, u64)> {
        // Each note is whole by itself.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes what came, and rings.
    pub(super) fn note(&self, notes: impl FnOnce(&mut Feed)) {
        let mut state = self.state();
        notes(&mut state.0);
        state.1 = state.1.wrapping_add(1);
        drop(state);
        self.rung.notify_all();
    }
}

impl Store {
    /// Waits until there was another ring than `seen`, at most so long; which one was the last.
    #[must_use]
    pub fn await_ring(&self, seen: u64, most: Duration) -> u64 {
        let waited = self
            .bell
            .rung
            .wait_timeout_while(self.bell.state(), most, |state| state.1 == seen);
        waited.unwrap_or_else(PoisonError::into_inner).0.1
    }

    /// Wakes whoever waits.
    pub fn ring(&self) {
        self.bell.note(|_| {});
    }

    /// Takes all that was noted.
    #[must_use]
    pub fn take_fresh(&self) -> Fresh {
        self.bell.state().0.take_all()
    }

    /// Whether something was noted of a case, and not taken.
    #[must_use]
    pub fn is_fresh(&self, case: &CaseId) -> bool {
        self.bell.state().0.has(case)
    }
}
