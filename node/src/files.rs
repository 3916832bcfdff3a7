//! Files that only their owner may read.

use crate::Error;
use std::{
    fs::{self, File, OpenOptions},
    io::{Read, Write},
    os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt},
    path::Path,
};

/// Makes a directory of mode 0700 if there is none.
pub(crate) fn private_dir(path: &Path) -> Result<(), Error> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .map_err(|e| Error::io(path, e))
}

/// Refuses what others can read.
pub(crate) fn check_private(path: &Path) -> Result<(), Error> {
    let mode = fs::metadata(path).map_err(|e| Error::io(path, e))?.mode();
    if mode & 0o077 != 0 {
        return Err(Error::Permissions(path.to_path_buf()));
    }
    Ok(())
}

/// Writes a new file of mode 0600 whole or not at all.
pub(crate) fn create_private(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    if path.exists() {
        return Err(Error::Exists(path.to_path_buf()));
    }
    private_dir(path.parent().unwrap_or(Path::new(".")))?;
    replace_private(path, bytes)
}

/// Writes a file of mode 0600 whole, or leaves the one that is there as it is.
pub(crate) fn replace_private(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let dir = path.parent().unwrap_or(Path::new("."));
    let partial = path.with_extension("partial");
    // A partial file is what a crash left behind: nobody relies on it.
    let _ = fs::remove_file(&partial);
    let written = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&partial)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&partial, path));
    if written.is_err() {
        // Half of it is worth nothing, and takes room that is wanted.
        let _ = fs::remove_file(&partial);
    }
    written
        .and_then(|()| File::open(dir)?.sync_all())
        .map_err(|e| Error::io(path, e))
}

/// Reads a private file of at most `limit` bytes.
pub(crate) fn read_private(
    path: &Path,
    limit: usize,
) -> Result<zeroize::Zeroizing<Vec<u8>>, Error> {
    check_private(path)?;
    let mut bytes = zeroize::Zeroizing::new(Vec::new());
    File::open(path)
        .and_then(|f| f.take(limit as u64 + 1).read_to_end(&mut bytes))
        .map_err(|e| Error::io(path, e))?;
    if bytes.len() > limit {
        return Err(Error::TooLong(path.to_path_buf(), limit));
    }
    Ok(bytes)
}
