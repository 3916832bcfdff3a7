//! When to dial a peer again: exponential backoff with full jitter.

use std::time::{Duration, Instant};

/// The first wait is at most this.
const FIRST: Duration = Duration::from_millis(250);
/// No wait is longer.
const LONGEST: Duration = Duration::from_secs(60);
/// A connection that lasted this long was a good one: the next wait is short again.
const LASTED: Duration = Duration::from_secs(10);

/// A conversation that lasted this long was on a link that works now and then: the next wait is not long. Who refuses us does
/// so before there is any.
const STOOD: Duration = Duration::from_millis(250);
/// After so many failures at most, as it is counted then: 2 s.
const STOOD_FAILURES: u32 = 3;

/// Attempts to reach one peer.
#[derive(Debug, Clone)]
pub(super) struct Dial {
    failures: u32,
    next: Instant,
    connected: Option<Instant>,
    /// Whether a conversation began on the connection.
    conversed: bool,
}

impl Dial {
    /// A peer to dial now.
    pub(super) fn new(now: Instant) -> Self {
        Self {
            failures: 0,
            next: now,
            connected: None,
            conversed: false,
        }
    }

    /// Whether to dial now.
    pub(super) fn due(&self, now: Instant) -> bool {
        self.connected.is_none() && self.next <= now
    }

    /// When to look again, unless there is a connection.
    pub(super) fn next(&self) -> Option<Instant> {
        self.connected.is_none().then_some(self.next)
    }

    /// A connection stands.
    pub(super) fn connected(&mut self, now: Instant) {
        self.connected.get_or_insert(now);
    }

    /// A conversation begins on the connection.
    pub(super) fn conversed(&mut self) {
        self.conversed = true;
    }

    /// The connection ended, or an attempt failed. `random` is uniform in 0..1: partners that went down together must
    /// not come back together.
    pub(super) fn failed(&mut self, now: Instant, random: f64) {
        let lasted = self.connected.take().map(|since| now.duration_since(since));
        let conversed = std::mem::take(&mut self.conversed);
        match lasted {
            Some(lasted) if lasted >= LASTED => self.failures = 0,
            Some(lasted) if lasted >= STOOD && conversed => {
                self.failures = self.failures.min(STOOD_FAILURES);
            }
            _ => {}
        }
        let most = FIRST
            .saturating_mul(1 << self.failures.min(16))
            .min(LONGEST);
        self.failures = self.failures.saturating_add(1);
        self.next = now + most.mul_f64(random.clamp(0.0, 1.0));
    }

    /// An attempt is under way: no other one until it ends, or for a long while.
    pub(super) fn trying(&mut self, now: Instant) {
        self.next = now + LONGEST;
    }

    /// The peer has new addresses: they are tried at once.
    pub(super) fn hurry(&mut self, now: Instant) {
        self.failures = 0;
        self.next = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_a_minute_and_begin_anew_after_a_good_connection() {
        let start = Instant::now();
        let mut dial = Dial::new(start);
        assert!(dial.due(start));
        let mut waits = Vec::new();
        for _ in 0..12 {
            dial.failed(start, 1.0);
            waits.push(dial.next().expect("not connected") - start);
        }
        assert_eq!(waits[..3], [250, 500, 1000].map(Duration::from_millis));
        assert_eq!(waits[11], LONGEST);
        dial.connected(start);
        assert!(!dial.due(start + LONGEST) && dial.next().is_none());
        dial.failed(start + LASTED, 1.0);
        assert_eq!(dial.next(), Some(start + LASTED + FIRST));
    }

    #[test]
    fn a_link_that_breaks_every_few_seconds_is_never_left_for_long() {
        let start = Instant::now();
        let mut dial = Dial::new(start);
        for _ in 0..20 {
            dial.connected(start);
            dial.conversed();
            dial.failed(start + STOOD, 1.0);
        }
        assert_eq!(dial.next(), Some(start + STOOD + FIRST * 8));
        // Who closes before a word was said does not want us.
        dial.connected(start);
        dial.failed(start + STOOD, 1.0);
        assert_eq!(dial.next(), Some(start + STOOD + FIRST * 16));
    }

    #[test]
    fn a_connection_that_breaks_at_once_does_not_shorten_the_wait() {
        let start = Instant::now();
        let mut dial = Dial::new(start);
        dial.failed(start, 1.0);
        dial.failed(start, 1.0);
        dial.connected(start);
        dial.failed(start, 1.0);
        assert_eq!(dial.next(), Some(start + Duration::from_secs(1)));
    }
}
