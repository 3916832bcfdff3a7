//! How much is sent at once, and what may pass what.

use super::Frame;
use crate::limits;

/// Entries that are sent at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Portion {
    /// Entries in one frame, bytes; one that is larger goes alone.
    pub batch: usize,
    /// Entries that may be under way without the peer's acknowledgement, bytes. Alerts may be as much again.
    pub window: usize,
}

impl Default for Portion {
    /// Enough to keep a fast link busy through a flush, little enough for the peer's memory.
    fn default() -> Self {
        Self {
            batch: limits::BATCH,
            window: 4 << 20,
        }
    }
}

/// Where a frame stands among those that wait for one link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// Entries of a flash lane: they pass what is [`Weight::Bulk`].
    Urgent,
    /// Entries of a routine lane, and parcels: nothing depends on their place.
    Bulk,
    /// Everything else: nothing passes it.
    Fixed,
}

impl Weight {
    pub(super) fn of(frame: &Frame, flash: bool) -> Self {
        match frame {
            Frame::Entries(_) if flash => Self::Urgent,
            Frame::Entries(_) | Frame::Parcel(_) => Self::Bulk,
            _ => Self::Fixed,
        }
    }
}
