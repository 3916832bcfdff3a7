//! Room that is kept free, so that sled itself never meets a full disk.
//!
//! A write that fails within sled makes it refuse everything from then on. Refusing before keeps the node serving what it
//! has, and lets it go on by itself when there is room again.

use super::{Error, Result};
use std::{
    io,
    path::Path,
    sync::atomic::{AtomicU64, Ordering},
};

/// Bytes that stay free: a round of requests with what sled writes around it, several times over.
pub(super) const RESERVE: u64 = 32 << 20;
/// Those that stay free of small writes that bring nothing new: who looks after a full disk makes a backup, carries reports
/// out on a stick, purges a case, and each of these is noted.
pub(super) const LAST: u64 = 8 << 20;

/// Refuses if the disk has no more than this left for this user.
pub(super) fn check(path: &Path, reserve: u64) -> Result<()> {
    Room::default().check(path, reserve)
}

/// Room in the database's own files: bytes of rows that were cleared, and are not written over yet. The files do not become
/// smaller when a case is purged, but what comes after goes where its rows were. It is not known any more after a start.
#[derive(Debug, Default)]
pub(super) struct Room(AtomicU64);

impl Room {
    /// Rows were cleared.
    pub(super) fn cleared(&self, bytes: usize) {
        self.0.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// Rows were written.
    pub(super) fn used(&self, bytes: usize) {
        let less = |room: u64| Some(room.saturating_sub(bytes as u64));
        // It always is something.
        let _ = self
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
    }

    /// Refuses if the disk has no more than this left for this user, together with what is left in the files. The last of
    /// the disk is left in any case, should the database not find its room again.
    pub(super) fn check(&self, path: &Path, reserve: u64) -> Result<()> {
        let disk = rustix::fs::statvfs(path).map_err(|e| Error::from(io::Error::from(e)))?;
        let free = disk.f_bavail.saturating_mul(disk.f_frsize);
        let own = self.0.load(Ordering::Relaxed);
        if free < reserve.min(LAST) || free.saturating_add(own) < reserve {
            return Err(Error::Full);
        }
        Ok(())
    }
}
