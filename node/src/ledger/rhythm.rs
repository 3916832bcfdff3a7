//! How often what time brings is looked at.

use focal_protocol::time::Time;

/// Between announcements of what others wrote, milliseconds.
const ANNOUNCE_MS: u64 = 1_000;
/// Between looks at what is due in cases, milliseconds: a minute.
const TEND_MS: u64 = 60_000;
/// Between looks at what a week or a month brings, milliseconds: ten minutes.
const SLOW_MS: u64 = 600_000;

/// Something that is looked at every so often, by a clock that only goes forward.
#[derive(Debug)]
pub(super) struct Every {
    period_ms: u64,
    next: Time,
}

impl Every {
    fn new(period_ms: u64, now: Time) -> Self {
        Self {
            period_ms,
            next: now.plus_ms(period_ms),
        }
    }

    /// Whether it is time again. What was missed is made up for once.
    pub(super) fn is_due(&mut self, now: Time) -> bool {
        if now < self.next {
            return false;
        }
        let regular = self.next.plus_ms(self.period_ms);
        self.next = if regular > now {
            regular
        } else {
            now.plus_ms(self.period_ms)
        };
        true
    }
}

/// What the ledger looks at.
#[derive(Debug)]
pub(super) struct Rhythm {
    pub(super) announce: Every,
    pub(super) tend: Every,
    pub(super) slow: Every,
}

impl Rhythm {
    pub(super) fn new(now: Time) -> Self {
        Self {
            announce: Every::new(ANNOUNCE_MS, now),
            tend: Every::new(TEND_MS, now),
            slow: Every::new(SLOW_MS, now),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_due_once_in_each_period_and_once_after_a_long_sleep() {
        let mut every = Every::new(1_000, Time(100));
        let looks = (0..40).map(|i| 100 + 250 * i);
        let due: Vec<u64> = looks.filter(|t| every.is_due(Time(*t))).collect();
        assert_eq!(due, (1..10).map(|i| 100 + 1_000 * i).collect::<Vec<_>>());
        assert!(every.is_due(Time(1_000_000)));
        assert!(!every.is_due(Time(1_000_250)));
        assert!(every.is_due(Time(1_001_000)));
    }
}
