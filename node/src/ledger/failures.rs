//! Failures to prove who one is, for the audit trail: a guesser must not fill it.

use focal_protocol::time::Time;
use std::collections::BTreeMap;

/// Failures of one sort are written once in this time, with their number; milliseconds.
const PAUSE_MS: u64 = 60_000;

/// By the name of the failure: when it was written last, by the clock that never jumps, and how often it came since.
/// Names are constants of this program: there are a few.
#[derive(Debug, Default)]
pub(super) struct Failures(BTreeMap<&'static str, (Time, u64)>);

impl Failures {
    /// One came, or several at once: how many are to be written now, if it is time.
    pub(super) fn came(&mut self, why: &'static str, times: u64, now: Time) -> Option<u64> {
        let Some((last, held)) = self.0.get_mut(why) else {
            self.0.insert(why, (now, 0));
            return Some(times);
        };
        *held = held.saturating_add(times);
        if now.since(*last) < PAUSE_MS {
            return None;
        }
        *last = now;
        Some(std::mem::take(held))
    }

    /// Those that were held back long enough.
    pub(super) fn due(&mut self, now: Time) -> Vec<(&'static str, u64)> {
        let due = self.0.iter_mut().filter_map(|(why, (last, held))| {
            if *held == 0 || now.since(*last) < PAUSE_MS {
                return None;
            }
            *last = now;
            Some((*why, std::mem::take(held)))
        });
        due.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guesser_is_written_down_once_a_minute_with_the_number_of_guesses() {
        let mut failures = Failures::default();
        assert_eq!(failures.came("token", 1, Time(0)), Some(1));
        for ms in 1..1_000 {
            assert_eq!(failures.came("token", 1, Time(ms)), None);
        }
        // Another sort is not held back by it.
        assert_eq!(failures.came("unlock", 3, Time(2_000)), Some(3));
        assert_eq!(failures.due(Time(PAUSE_MS - 1)), []);
        assert_eq!(failures.due(Time(PAUSE_MS)), [("token", 999)]);
        assert_eq!(failures.due(Time(PAUSE_MS)), []);
        assert_eq!(failures.came("token", 1, Time(2 * PAUSE_MS)), Some(1));
    }
}
