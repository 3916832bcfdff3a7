//! The system's clock, read at the edge and nowhere else.

use focal_protocol::time::Time;
use std::time::{SystemTime, UNIX_EPOCH};

/// Now. A clock before 1970 counts as 1970: nothing depends on it but what is shown.
#[must_use]
pub(crate) fn now() -> Time {
    let ms = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |d| d.as_millis());
    Time(u64::try_from(ms).unwrap_or(u64::MAX))
}
