//! What is due: each thing once, however often it is named, and each in its turn.

use crate::store::PendingKey;
use focal_protocol::{id::LogId, log::Lane};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Batches of what is more urgent that go before what is less so, in a row: nobody's flood keeps the rest for ever.
const PASSED: u8 = 16;

/// What is opened next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    /// A flash log.
    Flash,
    /// Entries that waited.
    Came,
    /// A routine log, or what is judged anew.
    Rest,
}

/// By turns: the most urgent first.
#[derive(Debug, Default)]
pub(super) struct Turns {
    /// How often in a row something else went before what had waited, and before the rest.
    passed: [u8; 2],
}

impl Turns {
    /// What is next, of what there is something: flash logs, what waited, the rest.
    pub(super) fn next(&mut self, flash: bool, came: bool, rest: bool) -> Option<Sort> {
        let [before_came, before_rest] = self.passed;
        let sort = if rest && before_rest >= PASSED {
            Sort::Rest
        } else if came && before_came >= PASSED {
            Sort::Came
        } else if flash {
            Sort::Flash
        } else if came {
            Sort::Came
        } else if rest {
            Sort::Rest
        } else {
            return None;
        };
        let passed = |waits: bool, of: Sort, before: u8| match waits && sort != of {
            true => before.saturating_add(1),
            false => 0,
        };
        self.passed = [
            passed(came, Sort::Came, before_came),
            passed(rest, Sort::Rest, before_rest),
        ];
        Some(sort)
    }
}

/// Things in a line, each once: whoever is served goes behind all others.
#[derive(Debug)]
pub(super) struct Line<T> {
    order: VecDeque<T>,
    there: BTreeSet<T>,
}

impl<T> Default for Line<T> {
    fn default() -> Self {
        Self {
            order: VecDeque::new(),
            there: BTreeSet::new(),
        }
    }
}

impl<T: Copy + Ord> Line<T> {
    pub(super) fn push(&mut self, thing: T) {
        if self.there.insert(thing) {
            self.order.push_back(thing);
        }
    }

    pub(super) fn pop(&mut self) -> Option<T> {
        let thing = self.order.pop_front()?;
        self.there.remove(&thing);
        Some(thing)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.order.is_empty()
    }
}

/// Logs with entries to open.
#[derive(Debug, Default)]
pub(super) struct Logs {
    pub(super) flash: Line<LogId>,
    pub(super) routine: Line<LogId>,
}

impl Logs {
    pub(super) fn push(&mut self, lane: Lane, log: LogId) {
        match lane {
            Lane::Flash => self.flash.push(log),
            Lane::Routine => self.routine.push(log),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.flash.is_empty() && self.routine.is_empty()
    }
}

/// What has come that entries wait for.
#[derive(Debug, Default)]
pub(super) struct Came {
    line: Line<PendingKey>,
    /// How far those have come of which not all could be looked at in one go.
    begun: BTreeMap<PendingKey, Begun>,
}

#[derive(Debug)]
struct Begun {
    /// The entry after which to go on.
    after: (LogId, u64),
    /// It has come again since: those before are to be looked at once more.
    again: bool,
}

impl Came {
    /// Something has come.
    pub(super) fn push(&mut self, key: PendingKey) {
        match self.begun.get_mut(&key) {
            Some(begun) => begun.again = true,
            None => self.line.push(key),
        }
    }

    /// What to look at next, and after which of the entries that wait for it to go on.
    pub(super) fn next(&mut self) -> Option<(PendingKey, Option<(LogId, u64)>)> {
        let key = self.line.pop()?;
        Some((key, self.begun.get(&key).map(|begun| begun.after)))
    }

    /// It could not be looked at: it is due as before.
    pub(super) fn put_back(&mut self, key: PendingKey) {
        self.line.push(key);
    }

    /// It was looked at; there may be more after this one.
    pub(super) fn looked(&mut self, key: PendingKey, more: Option<(LogId, u64)>) {
        if let Some(after) = more {
            let again = self.begun.get(&key).is_some_and(|begun| begun.again);
            self.begun.insert(key, Begun { after, again });
            self.line.push(key);
        } else if self.begun.remove(&key).is_some_and(|begun| begun.again) {
            self.line.push(key);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.line.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use focal_protocol::id::CaseId;

    #[test]
    fn each_has_its_turn_whatever_its_id_and_stands_in_the_line_once() {
        let mut logs = Logs::default();
        let [first, second, third] = [1, 2, 3].map(|n| LogId([n; 16]));
        for log in [second, first, third, second] {
            logs.push(Lane::Flash, log);
        }
        let mut served = Vec::new();
        for _ in 0..6 {
            let log = logs.flash.pop().expect("due");
            served.push(log);
            logs.push(Lane::Flash, log);
        }
        assert_eq!(served, [second, first, third, second, first, third]);
    }

    #[test]
    fn flash_logs_go_first_and_a_flood_of_them_keeps_nothing_for_ever() {
        let mut turns = Turns::default();
        assert_eq!(turns.next(true, true, true), Some(Sort::Flash));
        assert_eq!(turns.next(false, true, true), Some(Sort::Came));
        assert_eq!(turns.next(false, false, true), Some(Sort::Rest));
        assert_eq!(turns.next(false, false, false), None);
        let round = usize::from(PASSED) + 2;
        let served: Vec<Sort> = (0..round * 3)
            .filter_map(|_| turns.next(true, true, true))
            .collect();
        for sort in [Sort::Came, Sort::Rest] {
            let times = served.iter().filter(|s| **s == sort).count();
            assert!((2..=3).contains(&times), "{sort:?} {times} times");
        }
        assert_eq!(served[..usize::from(PASSED)], [Sort::Flash; 16]);
    }

    #[test]
    fn what_comes_again_is_looked_at_once_more_from_the_beginning_and_not_more_often() {
        let mut came = Came::default();
        let key = PendingKey::Later(CaseId([1; 32]));
        for _ in 0..1_000 {
            came.push(key);
        }
        assert_eq!(came.next(), Some((key, None)));
        let place = (LogId([2; 16]), 7);
        came.looked(key, Some(place));
        for _ in 0..1_000 {
            came.push(key);
        }
        assert_eq!(came.next(), Some((key, Some(place))), "it goes on");
        came.looked(key, None);
        assert_eq!(came.next(), Some((key, None)), "and then once more");
        came.looked(key, None);
        assert_eq!(came.next(), None);
    }
}
