//! When the next bytes may go to a partner: no faster than its link, so that what waits does so here, where an alert can pass
//! it, and not in the buffers of systems and modems.
//!
//! Time is what is counted, not tokens: a `governor` would have to know beforehand how large a frame is, and which one goes is
//! decided last.

use super::{Terms, Width};
use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};
use tokio::time::{Instant, sleep_until};

/// What each portion costs beside itself: headers of TCP/IP (52), Noise (18) and Yamux (12), and the acknowledgement.
const HEADERS: u32 = 100;

/// The pace of one link, for all that is sent over it.
#[derive(Debug)]
pub(crate) struct Pace {
    width: Width,
    /// When the link has taken what was sent so far.
    free: Mutex<Instant>,
}

impl Pace {
    pub(crate) fn new(width: impl Into<Width>) -> Self {
        Self {
            width: width.into(),
            free: Mutex::new(Instant::now()),
        }
    }

    pub(crate) fn width(&self) -> Width {
        self.width
    }

    pub(crate) fn terms(&self) -> Terms {
        self.width.terms()
    }

    /// How long so many bytes take; nothing where there is no rate.
    pub(crate) fn takes(&self, bytes: usize) -> Duration {
        let Some(rate) = self.terms().rate else {
            return Duration::ZERO;
        };
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        Duration::from_secs(1) * bytes.saturating_add(HEADERS) / rate
    }

    /// Waits until the link has taken what was sent.
    pub(crate) async fn ready(&self) {
        loop {
            let free = *self.free.lock().unwrap_or_else(PoisonError::into_inner);
            if free <= Instant::now() {
                return;
            }
            sleep_until(free).await;
        }
    }

    /// So many bytes are sent now.
    pub(crate) fn take(&self, bytes: usize) {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        *free = (*free).max(Instant::now()) + self.takes(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Link;

    #[tokio::test]
    async fn what_is_sent_keeps_the_next_waiting_as_long_as_the_link_takes_for_it() {
        let pace = Pace::new(Link::Narrow);
        pace.ready().await;
        let start = Instant::now();
        pace.take(700);
        pace.ready().await;
        assert!(start.elapsed() >= Duration::from_millis(100));
        let fast = Pace::new(Link::Normal);
        fast.take(usize::MAX);
        assert_eq!(fast.takes(usize::MAX), Duration::ZERO);
    }
}
