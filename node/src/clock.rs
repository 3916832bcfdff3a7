//! The system's clock, read at the edge and nowhere else.

use focal_protocol::time::Time;
use std::{
    sync::OnceLock,
    time::{Instant, SystemTime, UNIX_EPOCH},
};

/// Now. A clock before 1970 counts as 1970: nothing depends on it but what is shown.
#[must_use]
pub(crate) fn now() -> Time {
    let ms = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |d| d.as_millis());
    Time(u64::try_from(ms).unwrap_or(u64::MAX))
}

/// Time since the first call, for waits: it never jumps, whatever is done to the system's clock.
#[must_use]
pub(crate) fn steady() -> Time {
    static START: OnceLock<Instant> = OnceLock::new();
    let ms = START.get_or_init(Instant::now).elapsed().as_millis();
    Time(u64::try_from(ms).unwrap_or(u64::MAX))
}
