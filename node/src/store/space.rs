//! Room that is kept free, so that sled itself never meets a full disk.
//!
//! A write that fails within sled makes it refuse everything from then on. Refusing before keeps the node serving what it
//! has, and lets it go on by itself when there is room again.

use super::{Error, Result};
use std::{io, path::Path};

/// Bytes that stay free: a round of requests with what sled writes around it, several times over.
pub(super) const RESERVE: u64 = 32 << 20;
/// Those that stay free of small writes that bring nothing new: who looks after a full disk makes a backup, carries reports
/// out on a stick, purges a case, and each of these is noted.
pub(super) const LAST: u64 = 8 << 20;

/// Refuses if the disk has no more than this left for this user.
pub(super) fn check(path: &Path, reserve: u64) -> Result<()> {
    let disk = rustix::fs::statvfs(path).map_err(|e| Error::from(io::Error::from(e)))?;
    if disk.f_bavail.saturating_mul(disk.f_frsize) < reserve {
        return Err(Error::Full);
    }
    Ok(())
}
