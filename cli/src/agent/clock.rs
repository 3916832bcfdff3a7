//! Time as an agent counts it: sleep counts, and is noticed.

use std::time::Duration;
#[cfg(not(target_os = "linux"))]
use std::time::Instant;

/// Between two looks the machine cannot have run for this much less than has passed, unless it slept.
const SLEPT: Duration = Duration::from_secs(2);

/// The machine's clocks since the start of the agent.
#[derive(Debug)]
pub(super) struct Clock {
    #[cfg(target_os = "linux")]
    asleep: Duration,
    #[cfg(not(target_os = "linux"))]
    start: Instant,
}

#[cfg(target_os = "linux")]
fn read(id: rustix::time::ClockId) -> Duration {
    let now = rustix::time::clock_gettime(id);
    let seconds = u64::try_from(now.tv_sec).unwrap_or(0);
    Duration::new(seconds, u32::try_from(now.tv_nsec).unwrap_or(0))
}

impl Clock {
    #[cfg(target_os = "linux")]
    pub(super) fn start() -> Self {
        Self {
            asleep: Self::asleep(),
        }
    }

    #[cfg(not(target_os = "linux"))]
    pub(super) fn start() -> Self {
        Self {
            start: Instant::now(),
        }
    }

    /// How long the machine has slept since it was switched on.
    #[cfg(target_os = "linux")]
    fn asleep() -> Duration {
        use rustix::time::ClockId;
        // In this order: what passes between the two readings is not sleep.
        let awake = read(ClockId::Monotonic);
        read(ClockId::Boottime).saturating_sub(awake)
    }

    /// Now, for differences; it never jumps, and goes on while the machine sleeps.
    #[cfg(target_os = "linux")]
    pub(super) fn now(&self) -> Duration {
        read(rustix::time::ClockId::Boottime)
    }

    #[cfg(not(target_os = "linux"))]
    pub(super) fn now(&self) -> Duration {
        self.start.elapsed()
    }

    /// Whether the machine has slept since the start.
    #[cfg(target_os = "linux")]
    pub(super) fn has_slept(&self) -> bool {
        Self::asleep() > self.asleep + SLEPT
    }

    /// Elsewhere it is not known.
    #[cfg(not(target_os = "linux"))]
    pub(super) fn has_slept(&self) -> bool {
        let _ = SLEPT;
        false
    }
}
