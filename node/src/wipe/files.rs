//! Files that go.

use focal_protocol::random::{Random, SystemRandom};
use rustix::fs::{OFlags, syncfs};
use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

/// Bytes that are written at a time.
const PIECE: usize = 64 << 10;

/// Overwrites a file with random bytes, syncs it, unlinks it, and syncs its directory. One that is not there is no error.
/// On flash storage and on file systems that never write in place, old blocks may stay until they are erased.
///
/// # Errors
/// The operating system refuses.
pub fn destroy(path: &Path) -> io::Result<()> {
    let Ok(data) = fs::symlink_metadata(path) else {
        return Ok(());
    };
    let written = if data.is_file() {
        write_over(path).and_then(|file| file.sync_all())
    } else {
        Ok(())
    };
    // A name can go where its content cannot be written.
    gone(fs::remove_file(path))?;
    written?;
    sync(path.parent().unwrap_or(Path::new(".")))
}

/// Overwrites a file; what of it is on the disk, [`sync_all_of`] says.
pub(super) fn overwrite(path: &Path) -> io::Result<()> {
    let ordinary = fs::symlink_metadata(path).is_ok_and(|m| m.is_file());
    if ordinary {
        write_over(path).map(drop)
    } else {
        Ok(())
    }
}

fn write_over(path: &Path) -> io::Result<File> {
    let no_link = i32::try_from(OFlags::NOFOLLOW.bits()).unwrap_or(0);
    let mut file = OpenOptions::new()
        .write(true)
        .custom_flags(no_link)
        .open(path)?;
    let mut left = file.metadata()?.len();
    let mut piece = vec![0; PIECE];
    while left > 0 {
        let length = usize::try_from(left).unwrap_or(PIECE).min(PIECE);
        SystemRandom.fill(&mut piece[..length]);
        file.write_all(&piece[..length])?;
        left -= length as u64;
    }
    Ok(file)
}

/// Writes a file of mode 0600, and syncs it.
pub(super) fn write(path: &Path, bytes: &[u8]) -> io::Result<File> {
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    Ok(file)
}

/// Gives a file another content without a byte of room on the disk.
pub(super) fn write_in_place(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).open(path)?;
    file.write_all(bytes)?;
    file.set_len(bytes.len() as u64)?;
    file.sync_all()
}

/// Writes a secret file of mode 0600 in the place of another, whole or not at all, and destroys what it was before.
///
/// # Errors
/// The operating system refuses: the file is as it was, or as it should be, whole in either case.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let beside = |ending: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(ending);
        PathBuf::from(name)
    };
    let (old, new) = (beside(".old"), beside(".new"));
    // What an earlier call has left when it was cut short.
    destroy(&old)?;
    let staged = write(&new, bytes)
        .and_then(|_| fs::hard_link(path, &old))
        .and_then(|()| fs::rename(&new, path));
    if staged.is_err() {
        let _ = fs::remove_file(&new);
    }
    let removed = destroy(&old);
    staged?;
    removed
}

/// Makes what a directory lists durable.
pub(super) fn sync(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

/// Makes everything on the file system of a directory durable.
pub(super) fn sync_all_of(dir: &Path) -> io::Result<()> {
    Ok(syncfs(File::open(dir)?)?)
}

/// The file itself, or all files below a directory. What cannot be listed has none.
pub(super) fn below(path: &Path) -> Vec<PathBuf> {
    let Ok(data) = fs::symlink_metadata(path) else {
        return Vec::new();
    };
    if !data.is_dir() {
        return vec![path.to_path_buf()];
    }
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    entries.flat_map(|entry| below(&entry.path())).collect()
}

/// Removes a file, or a directory with all that is in it, but for what is spared and what that is in.
pub(super) fn remove(path: &Path, spared: &[PathBuf]) -> io::Result<()> {
    let Ok(data) = fs::symlink_metadata(path) else {
        return Ok(());
    };
    if spared.iter().any(|s| s == path) {
        return Ok(());
    }
    if !data.is_dir() {
        return gone(fs::remove_file(path));
    }
    let mut first = Ok(());
    for entry in fs::read_dir(path)? {
        let removed = entry.and_then(|entry| remove(&entry.path(), spared));
        if first.is_ok() {
            first = removed;
        }
    }
    first?;
    if spared.iter().any(|s| s.starts_with(path)) {
        return Ok(());
    }
    gone(fs::remove_dir(path))
}

/// What somebody else has removed meanwhile is gone all the same.
fn gone(done: io::Result<()>) -> io::Result<()> {
    match done {
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}
