//! One process for each node directory.

use crate::Error;
use std::{
    fs::{File, OpenOptions, TryLockError},
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

/// Held as long as the node runs; the operating system frees it when the process ends, however it ends.
#[derive(Debug)]
pub(crate) struct DirLock(#[expect(dead_code, reason = "held, not read")] File);

impl DirLock {
    pub(crate) fn take(dir: &Path) -> Result<Self, Error> {
        let path = dir.join("lock");
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path)
            .map_err(|e| Error::io(&path, e))?;
        match file.try_lock() {
            Ok(()) => {
                // Whoever wipes the directory must know whom to end.
                file.set_len(0)
                    .and_then(|()| write!(file, "{}", std::process::id()))
                    .map_err(|e| Error::io(&path, e))?;
                Ok(Self(file))
            }
            Err(TryLockError::WouldBlock) => Err(Error::InUse(dir.to_path_buf())),
            Err(TryLockError::Error(e)) => Err(Error::io(&path, e)),
        }
    }
}
