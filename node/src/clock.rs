//! The system's clocks, read at the edge and nowhere else.

use focal_protocol::time::Time;
use std::{
    sync::{
        OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

/// How far the clocks of this process are ahead of the system's, milliseconds.
static AHEAD: AtomicU64 = AtomicU64::new(0);

/// Sets the clocks of the nodes in this process ahead of the system's by so much, for tests and drills of what weeks bring:
/// what is due by then is done at the next tick. They never go back.
pub fn set_ahead(by: Duration) {
    let ms = u64::try_from(by.as_millis()).unwrap_or(u64::MAX);
    AHEAD.fetch_max(ms, Ordering::Relaxed);
}

fn ahead() -> u64 {
    AHEAD.load(Ordering::Relaxed)
}

/// Now. A clock before 1970 counts as 1970: nothing depends on it but what is shown.
#[must_use]
pub(crate) fn now() -> Time {
    let ms = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |d| d.as_millis());
    Time(
        u64::try_from(ms)
            .unwrap_or(u64::MAX)
            .saturating_add(ahead()),
    )
}

/// Time since the first call, for waits: it never jumps, whatever is done to the system's clock.
#[must_use]
pub(crate) fn steady() -> Time {
    static START: OnceLock<Instant> = OnceLock::new();
    let ms = START.get_or_init(Instant::now).elapsed().as_millis();
    Time(
        u64::try_from(ms)
            .unwrap_or(u64::MAX)
            .saturating_add(ahead()),
    )
}
