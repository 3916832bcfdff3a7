//! Cases whose retention time is over: for how long that has been seen while this node ran.

use focal_protocol::{id::CaseId, time::Time};
use std::collections::{BTreeMap, BTreeSet};

/// Nothing is destroyed because of a clock that has just been set: it must have said so for this long of running,
/// milliseconds. Running counts together over stops: in the field a computer is off every night.
const DAY_MS: u64 = 24 * 3_600_000;

/// How long each case that is due has been seen to be.
#[derive(Debug, Default)]
pub(super) struct Retention {
    /// Milliseconds of running.
    seen: BTreeMap<CaseId, u64>,
    /// When it was looked last, by the clock that never jumps and that began with this process.
    looked: Time,
}

/// What a look has changed.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Look {
    /// To be stored: due for so long.
    pub(super) due: Vec<(CaseId, u64)>,
    /// Not due any more, as the clock or the case's stage is another: forgotten.
    pub(super) not: Vec<CaseId>,
    /// Due for long enough.
    pub(super) over: Vec<CaseId>,
}

impl Retention {
    /// What was stored, also in earlier runs.
    pub(super) fn load(&mut self, seen: BTreeMap<CaseId, u64>) {
        self.seen = seen;
    }

    /// Looks again; `due` are the cases whose time is over by the clock of the day.
    pub(super) fn look(&mut self, due: &BTreeSet<CaseId>, steady: Time) -> Look {
        let passed = steady.since(self.looked);
        self.looked = steady;
        let mut look = Look::default();
        self.seen.retain(|case, _| {
            let stays = due.contains(case);
            if !stays {
                look.not.push(*case);
            }
            stays
        });
        for case in due {
            let seen = match self.seen.get(case) {
                Some(seen) => seen.saturating_add(passed),
                None => 0,
            };
            self.seen.insert(*case, seen);
            if seen >= DAY_MS {
                look.over.push(*case);
            } else {
                look.due.push((*case, seen));
            }
        }
        look
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CASE: CaseId = CaseId([1; 32]);
    const HOUR: u64 = 3_600_000;

    #[test]
    fn a_clock_that_was_set_for_a_moment_destroys_nothing() {
        let mut retention = Retention::default();
        let due = [CASE].into();
        assert_eq!(retention.look(&due, Time(50 * HOUR)).due, [(CASE, 0)]);
        let look = retention.look(&due, Time(73 * HOUR));
        assert_eq!((look.due, look.over), (vec![(CASE, 23 * HOUR)], vec![]));
        assert_eq!(
            retention.look(&BTreeSet::new(), Time(74 * HOUR)).not,
            [CASE]
        );
        assert_eq!(retention.look(&due, Time(75 * HOUR)).due, [(CASE, 0)]);
        assert_eq!(retention.look(&due, Time(99 * HOUR)).over, [CASE]);
    }

    #[test]
    fn a_node_that_is_off_every_night_comes_to_the_end_of_a_retention_time() {
        let due = [CASE].into();
        let mut stored = BTreeMap::new();
        for day in 0..10 {
            let mut retention = Retention::default();
            retention.load(stored.clone());
            for hour in 1..=4 {
                let look = retention.look(&due, Time(hour * HOUR));
                if look.over == [CASE] {
                    // Three hours of the first day, then four a day.
                    assert_eq!((day, hour), (6, 1));
                    return;
                }
                stored.extend(look.due);
            }
        }
        panic!("it is kept for ever");
    }
}
