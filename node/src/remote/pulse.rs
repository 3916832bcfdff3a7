//! Whether the node at the other end of a link is still there.
//!
//! A link that goes silent (a NAT that forgets, a satellite behind a hill) closes nothing: what is sent waits for ever. Each node
//! answers pings; what counts is how long nothing at all has come. A ping waits behind what was sent before it, so the more
//! that is, the longer it may take.

use crate::Link;
use libp2p::ping;
use std::{
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    time::{Duration, Instant},
};

/// How often it is looked whether something came.
pub(super) const LOOK: Duration = Duration::from_secs(2);
/// After so long without a look, what came meanwhile has not been read yet.
const DEAF: Duration = Duration::from_secs(10);
/// Longer than anything waits here: what is late is judged by what came meanwhile.
const ANSWER: Duration = Duration::from_secs(3_600);

/// Bytes that have passed on a node's streams.
#[derive(Debug, Default)]
pub struct Moved {
    sent: AtomicU64,
    received: AtomicU64,
    /// Whether the last link went silent.
    pub(super) silent: AtomicBool,
}

impl Moved {
    /// Bytes to the node.
    #[must_use]
    pub fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    /// Bytes from the node.
    #[must_use]
    pub fn received(&self) -> u64 {
        self.received.load(Ordering::Relaxed)
    }

    pub(super) fn note_sent(&self, bytes: usize) {
        self.sent.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    pub(super) fn note_received(&self, bytes: usize) {
        self.received.fetch_add(bytes as u64, Ordering::Relaxed);
    }
}

/// What a kind of link lets one expect.
struct Terms {
    /// Between two pings.
    every: Duration,
    /// Nothing comes for so long, and the link is dead.
    quiet: Duration,
    /// What it carries at the least, bytes per second: half of what it is made for.
    slowest: u64,
}

fn terms(link: Link) -> Terms {
    match link {
        // A ping and its answer take 320 bytes with all headers: 29 KiB in an hour.
        Link::Satellite => Terms {
            every: Duration::from_secs(40),
            quiet: Duration::from_secs(100),
            slowest: 150,
        },
        Link::Narrow => Terms {
            every: Duration::from_secs(40),
            quiet: Duration::from_secs(100),
            slowest: 4_000,
        },
        // It may be as narrow as those above, and nobody has said so.
        Link::Normal => Terms {
            every: Duration::from_secs(15),
            quiet: Duration::from_secs(45),
            slowest: 8_000,
        },
    }
}

/// The pings that go over a link.
pub(super) fn pings(link: Link) -> ping::Behaviour {
    let config = ping::Config::new()
        .with_interval(terms(link).every)
        .with_timeout(ANSWER);
    ping::Behaviour::new(config)
}

/// What is known of a connection.
pub(super) struct Pulse {
    terms: Terms,
    /// When something came last.
    heard: Instant,
    /// What had been sent by then, and by the time before: of that some may still have been under way.
    sent: [u64; 2],
    received: u64,
    /// Whether the node answers pings.
    answers: bool,
    /// When it was looked last.
    looked: Instant,
}

impl Pulse {
    pub(super) fn new(link: Link, now: Instant, moved: &Moved) -> Self {
        Self {
            terms: terms(link),
            heard: now,
            sent: [moved.sent(); 2],
            received: moved.received(),
            answers: true,
            looked: now,
        }
    }

    /// A ping was answered.
    pub(super) fn heard(&mut self, now: Instant, moved: &Moved) {
        self.heard = now;
        self.sent = [moved.sent(), self.sent[0]];
        self.received = moved.received();
    }

    /// The node knows no pings: its silence says nothing.
    pub(super) fn knows_none(&mut self) {
        self.answers = false;
    }

    /// Whether the link is dead.
    pub(super) fn is_dead(&mut self, now: Instant, moved: &Moved) -> bool {
        // Nobody has listened meanwhile: a person was asked something, or the machine slept.
        let deaf = now.saturating_duration_since(self.looked) > DEAF;
        self.looked = now;
        if deaf || moved.received() != self.received {
            self.heard(now, moved);
        }
        let under_way = moved.sent().saturating_sub(self.sent[1]);
        let waits = Duration::from_secs(under_way / self.terms.slowest);
        self.answers && now.saturating_duration_since(self.heard) > self.terms.quiet + waits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// After how many seconds it is dead, if nothing comes any more.
    fn dead_after(pulse: &mut Pulse, now: Instant, moved: &Moved) -> u32 {
        let dead = (0..10_000).find(|n| pulse.is_dead(now + SECOND * *n, moved));
        dead.expect("it ends")
    }

    #[test]
    fn a_link_on_which_nothing_comes_is_dead_within_two_minutes() {
        for (link, most) in [
            (Link::Satellite, 120),
            (Link::Narrow, 120),
            (Link::Normal, 50),
        ] {
            let (now, moved) = (Instant::now(), Moved::default());
            let mut pulse = Pulse::new(link, now, &moved);
            // With a slice under way on a narrow one.
            if link == Link::Narrow {
                moved.note_sent(link.in_one_request());
            }
            let after = dead_after(&mut pulse, now, &moved);
            assert!((45..=most).contains(&after), "{link}: {after}");
        }
    }

    #[test]
    fn a_ping_may_wait_behind_what_was_sent_before_it() {
        let (now, moved) = (Instant::now(), Moved::default());
        let mut pulse = Pulse::new(Link::Satellite, now, &moved);
        // The largest report takes four minutes.
        moved.note_sent(64 << 10);
        assert!(dead_after(&mut pulse, now, &moved) > 4 * 60 + 100);
        // The answer to a ping says nothing of what was written after the ping.
        pulse.heard(now, &moved);
        assert!(dead_after(&mut pulse, now, &moved) > 4 * 60 + 100);
        pulse.heard(now, &moved);
        assert_eq!(dead_after(&mut pulse, now, &moved), 101);
    }

    #[test]
    fn whatever_comes_is_a_sign_of_life() {
        let (now, moved) = (Instant::now(), Moved::default());
        let mut pulse = Pulse::new(Link::Normal, now, &moved);
        let dead = |pulse: &mut Pulse, from: u32, to: u32| {
            (from..to).any(|n| pulse.is_dead(now + SECOND * n, &moved))
        };
        assert!(!dead(&mut pulse, 0, 40));
        moved.note_received(1);
        assert!(!dead(&mut pulse, 40, 85));
        assert!(dead(&mut pulse, 85, 90));
        let mut pulse = Pulse::new(Link::Normal, now, &moved);
        pulse.knows_none();
        assert!(!dead(&mut pulse, 0, 1_000));
    }

    #[test]
    fn who_has_not_listened_has_heard_no_silence() {
        let (now, moved) = (Instant::now(), Moved::default());
        let mut pulse = Pulse::new(Link::Normal, now, &moved);
        assert!(!pulse.is_dead(now + SECOND * 600, &moved));
        let after = dead_after(&mut pulse, now + SECOND * 600, &moved);
        assert_eq!(after, 46);
    }
}
