//! Frames that wait to be sent. An alert passes the reports and parcels that wait, and nothing else: what it is built on
//! went before it.

use focal_protocol::sync::Weight;
use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};
use tokio::sync::Notify;
use tokio_util::bytes::Bytes;

/// Frames in the order in which they go.
#[derive(Debug, Default)]
pub(super) struct Outgoing {
    queue: Mutex<Queue>,
    more: Notify,
}

#[derive(Debug, Default)]
struct Queue {
    next: u64,
    urgent: VecDeque<(u64, Bytes)>,
    /// Everything else, and whether an urgent frame may pass it.
    others: VecDeque<(u64, Bytes, bool)>,
    /// Those of the others that nothing passes.
    fixed: VecDeque<u64>,
    bytes: usize,
}

impl Queue {
    fn push(&mut self, weight: Weight, frame: Bytes) {
        let number = self.next;
        self.next += 1;
        self.bytes += frame.len();
        match weight {
            Weight::Urgent => self.urgent.push_back((number, frame)),
            Weight::Bulk => self.others.push_back((number, frame, true)),
            Weight::Fixed => {
                self.fixed.push_back(number);
                self.others.push_back((number, frame, false));
            }
        }
    }

    fn is_urgent(&self) -> bool {
        let barrier = self.fixed.front().copied().unwrap_or(u64::MAX);
        self.urgent.front().is_some_and(|(n, _)| *n < barrier)
    }

    fn pop(&mut self) -> Option<Bytes> {
        let frame = if self.is_urgent() {
            self.urgent.pop_front().map(|(_, frame)| frame)
        } else {
            self.others.pop_front().map(|(_, frame, passable)| {
                if !passable {
                    self.fixed.pop_front();
                }
                frame
            })
        }?;
        self.bytes -= frame.len();
        Some(frame)
    }
}

impl Outgoing {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a frame where it belongs.
    pub(super) fn put(&self, weight: Weight, frame: Bytes) {
        self.queue().push(weight, frame);
        self.more.notify_one();
    }

    /// Waits until there is a frame.
    pub(super) async fn filled(&self) {
        while self.queue().bytes == 0 {
            self.more.notified().await;
        }
    }

    /// Waits until the next frame is an urgent one.
    pub(super) async fn urgent(&self) {
        while !self.queue().is_urgent() {
            self.more.notified().await;
        }
    }

    /// The next frame, if there is one.
    pub(super) fn pop(&self) -> Option<Bytes> {
        self.queue().pop()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(frames: &[(Weight, &'static str)]) -> Vec<String> {
        let out = Outgoing::default();
        for (weight, frame) in frames {
            out.put(*weight, Bytes::from_static(frame.as_bytes()));
        }
        let frames = std::iter::from_fn(|| out.pop());
        frames
            .map(|f| String::from_utf8_lossy(&f).into_owned())
            .collect()
    }

    #[test]
    fn an_alert_passes_reports_that_wait_but_not_what_it_is_built_on() {
        use Weight::{Bulk, Fixed, Urgent};
        let sent = order(&[
            (Bulk, "report 1"),
            (Bulk, "report 2"),
            (Urgent, "alert 1"),
            (Fixed, "manifest"),
            (Bulk, "report 3"),
            (Urgent, "alert 2"),
        ]);
        let expected = [
            "alert 1", "report 1", "report 2", "manifest", "alert 2", "report 3",
        ];
        assert_eq!(sent, expected);
    }

    #[test]
    fn without_an_alert_the_order_is_that_of_writing() {
        use Weight::{Bulk, Fixed};
        let frames = [(Fixed, "a"), (Bulk, "b"), (Fixed, "c"), (Bulk, "d")];
        assert_eq!(order(&frames), ["a", "b", "c", "d"]);
    }
}
