//! How much is under way from one partner.
//!
//! It follows the link: as little as keeps it busy, so that a report written meanwhile does not wait behind photographs in
//! somebody's buffers, and so that a link that breaks has little to bring again. The delay that pieces meet beyond the
//! shortest one seen says whether there is a queue (as in RFC 6817).

use super::worker::Asked;
use focal_protocol::limits;
use std::time::{Duration, Instant};

/// Bytes asked for at first, and at least: seconds of the slowest link in use (2.4 kbit/s).
const SMALLEST: usize = 2 << 10;
/// Wherever there is no queue to speak of, so much may be under way: what a link that breaks has under way is sent twice.
const ONE_CHUNK: usize = limits::CHUNK_SEALED;
/// Bytes under way at most, where the way itself is long: more than fast links hold between two cities.
const LARGEST: usize = 2 << 20;
/// A window is asked for in so many pieces, so that the link is never idle.
const PIECES: usize = 4;
/// Pieces are never smaller: a request has 88 bytes.
const SMALLEST_PIECE: usize = 512;
/// Delay in queues below which more is asked for, and above which less.
const LITTLE: Duration = Duration::from_millis(150);
const MUCH: Duration = Duration::from_millis(600);

/// How much is under way, and how much may be.
pub(super) struct Window {
    size: usize,
    under_way: usize,
    least: Duration,
    shrunk: Instant,
}

impl Window {
    pub(super) fn new() -> Self {
        Self {
            size: SMALLEST,
            under_way: 0,
            least: Duration::MAX,
            shrunk: Instant::now(),
        }
    }

    /// Whether more may be asked for.
    pub(super) fn is_open(&self) -> bool {
        self.under_way < self.size
    }

    /// The length of the next piece.
    pub(super) fn piece(&self) -> usize {
        (self.size / PIECES).clamp(SMALLEST_PIECE, limits::CHUNK_SEALED)
    }

    /// A piece was asked for.
    pub(super) fn asked(&mut self, length: usize) {
        self.under_way += length;
    }

    /// A piece came.
    pub(super) fn came(&mut self, asked: &Asked) {
        self.under_way = self.under_way.saturating_sub(asked.length);
        let took = asked.at.elapsed();
        self.least = self.least.min(took);
        let queued = took.saturating_sub(self.least);
        if queued < LITTLE {
            // Beyond a chunk only what the way holds: pieces wait less than they travel.
            let most = if queued < self.least {
                LARGEST
            } else {
                ONE_CHUNK
            };
            // Twice as much for each round.
            let more = (self.size + asked.length).min(most);
            self.size = self.size.max(more);
        } else if queued > MUCH && asked.at > self.shrunk {
            // Once for each round: what is under way was asked for before.
            self.size = (self.size / 2).max(SMALLEST);
            self.shrunk = Instant::now();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ago(time: Duration) -> Instant {
        Instant::now().checked_sub(time).expect("a clock that runs")
    }

    fn asked(length: usize, ago_ms: u64) -> Asked {
        Asked {
            index: 0,
            length,
            at: ago(Duration::from_millis(ago_ms)),
        }
    }

    #[test]
    fn a_long_fast_link_is_filled_and_a_slow_one_is_not_stuffed() {
        let mut window = Window::new();
        for _ in 0..5_000 {
            window.came(&asked(window.piece(), 20));
        }
        assert_eq!(window.size, LARGEST);
        window.shrunk = ago(Duration::from_secs(60));
        window.came(&asked(window.piece(), 5_000));
        assert_eq!(window.size, LARGEST / 2);
        // Of the same round: no more.
        window.came(&asked(window.piece(), 5_000));
        assert_eq!(window.size, LARGEST / 2);
    }

    #[test]
    fn a_long_way_is_not_taken_for_a_queue() {
        let mut window = Window::new();
        for _ in 0..100 {
            window.came(&asked(512, 700));
        }
        assert!(window.size > 40 << 10, "{}", window.size);
    }

    #[test]
    fn on_a_short_way_no_more_than_one_chunk_is_under_way() {
        let mut window = Window::new();
        window.came(&asked(512, 1));
        for _ in 0..5_000 {
            // Pieces wait for each other longer than they travel.
            window.came(&asked(window.piece(), 20));
        }
        assert_eq!(window.size, ONE_CHUNK);
    }
}
