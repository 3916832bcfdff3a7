//! How much was durable at the last flush, in a small file beside the database.
//!
//! sled takes the first unreadable place of its log for the end of it, clears what follows, and goes on with the shorter
//! history. After a power cut that is right: what is torn was never acknowledged. After damage to the disk it would lose
//! entries that were acknowledged, and this node would write its own logs a second time from an old point. The mark tells
//! the two apart: a store that holds less than the mark says is damaged.
//!
//! The mark is written after the flush and not synced itself, so it may be behind after a power cut, never ahead.

use super::{Error, Result};
use focal_protocol::id::Hash;
use std::{
    fs::{File, OpenOptions},
    os::unix::fs::{FileExt, OpenOptionsExt},
    path::Path,
    sync::atomic::{AtomicU64, Ordering},
};

const NAME: &str = "flushed";
const LENGTH: usize = 32;

/// What a store holds, as two numbers that only grow.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Extent {
    /// Entries of all logs.
    pub(super) entries: u64,
    /// Writes that are acknowledged and add no entries: documents, parcels, groups.
    pub(super) changes: u64,
}

/// The mark of an open store.
#[derive(Debug)]
pub(super) struct Mark {
    file: File,
    entries: AtomicU64,
    changes: AtomicU64,
}

impl Extent {
    fn to_bytes(self) -> [u8; LENGTH] {
        let mut bytes = [0; LENGTH];
        bytes[..8].copy_from_slice(&self.entries.to_be_bytes());
        bytes[8..16].copy_from_slice(&self.changes.to_be_bytes());
        let check = Hash::of(&[&bytes[..16]]);
        bytes[16..].copy_from_slice(&check.as_bytes()[..16]);
        bytes
    }

    fn from_bytes(bytes: &[u8; LENGTH]) -> Option<Self> {
        let number = |at: usize| {
            let mut raw = [0; 8];
            raw.copy_from_slice(&bytes[at..at + 8]);
            u64::from_be_bytes(raw)
        };
        let extent = Self {
            entries: number(0),
            changes: number(8),
        };
        (extent.to_bytes() == *bytes).then_some(extent)
    }
}

impl Mark {
    /// What the mark beside a database says; none if there is no mark.
    pub(super) fn read(dir: &Path) -> Result<Option<Extent>> {
        let file = match File::open(dir.join(NAME)) {
            Ok(file) => file,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(e.into()),
        };
        let mut bytes = [0; LENGTH];
        let read = file.read_exact_at(&mut bytes, 0).ok();
        read.and_then(|()| Extent::from_bytes(&bytes))
            .map(Some)
            .ok_or_else(|| Error::Damaged {
                path: dir.to_path_buf(),
                what: "the mark of its last flush cannot be read".into(),
            })
    }

    /// Opens the mark of a store that holds `held`, or makes it.
    pub(super) fn open(dir: &Path, held: Extent) -> Result<Self> {
        let path = dir.join(NAME);
        let new = !path.exists();
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path)?;
        if new {
            // Of its full length from the start: later it is only overwritten, also on a full disk.
            file.write_all_at(&held.to_bytes(), 0)?;
            file.sync_all()?;
            File::open(dir)?.sync_all()?;
        }
        Ok(Self {
            file,
            entries: AtomicU64::new(held.entries),
            changes: AtomicU64::new(held.changes),
        })
    }

    /// The number of the next change.
    pub(super) fn next_change(&self) -> u64 {
        self.changes.load(Ordering::Acquire) + 1
    }

    /// A write was applied.
    pub(super) fn applied(&self, entries: u64, change: Option<u64>) {
        self.entries.fetch_add(entries, Ordering::AcqRel);
        if let Some(change) = change {
            self.changes.fetch_max(change, Ordering::AcqRel);
        }
    }

    /// What is applied now.
    pub(super) fn extent(&self) -> Extent {
        Extent {
            entries: self.entries.load(Ordering::Acquire),
            changes: self.changes.load(Ordering::Acquire),
        }
    }

    /// Notes what a flush has made durable.
    pub(super) fn flushed(&self, extent: Extent) {
        // Behind is safe: the flush itself has succeeded.
        if let Err(e) = self.file.write_all_at(&extent.to_bytes(), 0) {
            tracing::warn!("the mark of the last flush cannot be written: {e}");
        }
    }
}
