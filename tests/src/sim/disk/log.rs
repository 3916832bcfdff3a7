//! A log as a host keeps it.

use crate::sim::host::epoch_of;
use focal_protocol::log::{Entry, Epoch, Head, Writer};
use std::sync::Arc;

/// A log with its entries.
#[derive(Debug, Clone)]
pub struct Log {
    /// Who writes it.
    pub writer: Writer,
    /// All that is held.
    pub entries: Vec<Arc<Entry>>,
    /// Where it ends, if what follows does not count.
    pub end: Option<u64>,
    /// Its writer signed two histories.
    pub frozen: bool,
    /// This node's own, from before it was restored.
    pub retired: bool,
    /// Entries that were opened, or wait.
    pub opened: u64,
}

impl Log {
    /// One without entries.
    #[must_use]
    pub fn new(writer: Writer) -> Self {
        Self {
            writer,
            entries: Vec::new(),
            end: None,
            frozen: false,
            retired: false,
            opened: 0,
        }
    }

    /// The epoch of its first entry.
    #[must_use]
    pub fn first(&self) -> Option<Epoch> {
        self.entries.first().map(|e| epoch_of(e))
    }

    /// How far it is held.
    #[must_use]
    pub fn height(&self) -> u64 {
        self.entries.len() as u64
    }

    /// Its head at a height that is held.
    #[must_use]
    pub fn head_at(&self, height: u64) -> Head {
        let entry = height.checked_sub(1).and_then(|last| self.entry(last));
        entry.map_or(Head::EMPTY, |e| Head {
            height,
            hash: e.hash(),
            lamport: e.header.lamport,
            manifest: e.header.manifest,
            generation: e.header.generation,
        })
    }

    /// Its head as held.
    #[must_use]
    pub fn head(&self) -> Head {
        self.head_at(self.height())
    }

    /// How far it counts.
    #[must_use]
    pub fn counted(&self) -> Head {
        self.head_at(self.end.unwrap_or(u64::MAX).min(self.height()))
    }

    /// Whether it has reached its end.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.end.is_some_and(|end| self.height() >= end)
    }

    /// Whether it is continued no more, by anybody.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.frozen || self.end.is_some() || self.retired
    }

    /// An entry.
    #[must_use]
    pub fn entry(&self, seq: u64) -> Option<&Arc<Entry>> {
        self.entries.get(usize::try_from(seq).ok()?)
    }
}

/// See [`Log`].
#[derive(Debug, Clone, Copy)]
pub struct Flags {
    /// See [`Log::end`].
    pub end: Option<u64>,
    /// See [`Log::frozen`].
    pub frozen: bool,
    /// See [`Log::retired`].
    pub retired: bool,
}
