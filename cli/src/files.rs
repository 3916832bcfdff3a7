//! Files that are whole or not there, and that only their owner can read.

use crate::error::{Error, Exit, Result};
use crate::lang::tr;
use std::{
    fs::{self, File},
    io::{self, Read, Write},
    os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
};
use tempfile::{NamedTempFile, TempDir};
use zeroize::Zeroizing;

/// Makes a directory, and those above it, with mode 0700; one that is there stays as it is.
pub(crate) fn private_dir(path: &Path) -> Result<()> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .map_err(|e| Error::io(tr!("dir-not-made"), path, &e))
}

/// Writes a file of mode 0600, whole or not at all; one of that name is replaced.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> Result<()> {
    staged(path, bytes)?
        .persist(path)
        .map_err(|e| failed(path, &e.error))?;
    sync_dir(path)
}

/// Writes a new file of mode 0600, whole or not at all; one of that name is never replaced.
pub(crate) fn create_private(path: &Path, bytes: &[u8]) -> Result<()> {
    match staged(path, bytes)?.persist_noclobber(path) {
        Ok(_) => sync_dir(path),
        Err(e) if e.error.kind() == io::ErrorKind::AlreadyExists => Err(exists(path)),
        Err(e) => Err(failed(path, &e.error)),
    }
}

/// The error that keeps a file from being replaced.
pub(crate) fn exists(path: &Path) -> Error {
    Error::new(Exit::Failed, tr!("exists-already", path = path.display()))
        .why(tr!("exists-already-why"))
}

/// A temporary file beside `path` with the bytes on the disk: renaming it is all that is left to do.
fn staged(path: &Path, bytes: &[u8]) -> Result<NamedTempFile> {
    let dir = dir_of(path);
    private_dir(&dir)?;
    let stage = || {
        // Mode 0600 from the first moment: that is what tempfile makes.
        let mut file = NamedTempFile::new_in(&dir)?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        Ok(file)
    };
    stage().map_err(|e| failed(path, &e))
}

/// A new file of mode 0600 that is written bit by bit: whole under its name, or not at all.
pub(crate) struct NewFile {
    file: NamedTempFile,
    path: PathBuf,
}

impl NewFile {
    /// Begins beside `path`.
    pub(crate) fn begin(path: &Path) -> Result<Self> {
        let dir = dir_of(path);
        private_dir(&dir)?;
        Ok(Self {
            file: NamedTempFile::new_in(&dir).map_err(|e| failed(path, &e))?,
            path: path.to_path_buf(),
        })
    }

    /// Adds bytes.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<()> {
        let written = self.file.write_all(bytes);
        written.map_err(|e| failed(&self.path, &e))
    }

    /// Gives it its name; one of that name is never replaced.
    pub(crate) fn keep(self) -> Result<PathBuf> {
        let synced = self.file.as_file().sync_all();
        synced.map_err(|e| failed(&self.path, &e))?;
        match self.file.persist_noclobber(&self.path) {
            Ok(_) => sync_dir(&self.path).map(|()| self.path),
            Err(e) if e.error.kind() == io::ErrorKind::AlreadyExists => Err(exists(&self.path)),
            Err(e) => Err(failed(&self.path, &e.error)),
        }
    }
}

/// A directory of mode 0700 inside `home`, to be filled and then renamed: all of it appears or nothing.
pub(crate) fn staged_dir(home: &Path, prefix: &str) -> Result<TempDir> {
    private_dir(home)?;
    tempfile::Builder::new()
        .prefix(prefix)
        .permissions(fs::Permissions::from_mode(0o700))
        .tempdir_in(home)
        .map_err(|e| failed(home, &e))
}

/// Gives a staged directory its name. One that has something in it is not replaced.
pub(crate) fn keep_dir(staged: &TempDir, path: &Path) -> Result<()> {
    fs::rename(staged.path(), path).map_err(|e| failed(path, &e))?;
    sync_dir(path)
}

/// Puts the entry of `path` in its directory on the disk.
pub(crate) fn sync_dir(path: &Path) -> Result<()> {
    File::open(dir_of(path))
        .and_then(|d| d.sync_all())
        .map_err(|e| failed(path, &e))
}

fn dir_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(dir) if !dir.as_os_str().is_empty() => dir.to_path_buf(),
        _ => PathBuf::from("."),
    }
}

fn failed(path: &Path, source: &io::Error) -> Error {
    Error::io(tr!("file-not-written"), path, source)
}

/// Reads a file of at most `limit` bytes. `what` names it for people, such as "the join request".
pub(crate) fn read(what: &str, path: &Path, limit: usize) -> Result<Vec<u8>> {
    let file = open(what, path)?;
    let mut bytes = Vec::new();
    fill(what, path, limit, &file, &mut bytes)?;
    Ok(bytes)
}

/// Reads a file with a secret in it. Refused if anybody but its owner can read it: then it is no secret.
pub(crate) fn read_secret(what: &str, path: &Path, limit: usize) -> Result<Zeroizing<Vec<u8>>> {
    let file = open(what, path)?;
    // Asked of the open file, so that it cannot be exchanged between the question and the reading.
    let mode = file
        .metadata()
        .map_err(|e| Error::io(tr!("file-unread", what), path, &e))?
        .mode();
    if mode & 0o077 != 0 {
        return Err(Error::new(Exit::Io, tr!("file-not-used", what))
            .why(tr!(
                "file-open-to-others",
                path = path.display(),
                mode = format!("{:04o}", mode & 0o7777),
            ))
            .next(format!("chmod 600 {}", path.display())));
    }
    // Room for all of it at once: growing would leave copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(limit + 1));
    fill(what, path, limit, &file, &mut bytes)?;
    Ok(bytes)
}

fn open(what: &str, path: &Path) -> Result<File> {
    File::open(path).map_err(|e| Error::io(tr!("file-unread", what), path, &e))
}

fn fill(what: &str, path: &Path, limit: usize, file: &File, bytes: &mut Vec<u8>) -> Result<()> {
    file.take(limit as u64 + 1)
        .read_to_end(bytes)
        .map_err(|e| Error::io(tr!("file-unread", what), path, &e))?;
    if bytes.len() > limit {
        return Err(
            Error::new(Exit::Refused, tr!("file-not-read", what)).why(tr!(
                "file-too-long",
                path = path.display(),
                limit
            )),
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).expect("metadata").mode() & 0o777
    }

    #[test]
    fn files_and_their_directories_belong_to_their_owner_alone() {
        let dir = tempfile::tempdir().expect("dir");
        let path = dir.path().join("a/b/secret");
        write_private(&path, b"one").expect("write");
        write_private(&path, b"two").expect("replace");
        assert_eq!(mode(&path), 0o600);
        assert_eq!(mode(&dir.path().join("a")), 0o700);
        assert_eq!(&**read_secret("it", &path, 3).expect("read"), b"two");
    }

    #[test]
    fn a_staged_directory_is_private_and_replaces_nothing() {
        let home = tempfile::tempdir().expect("dir");
        let path = home.path().join("org");
        let staged = staged_dir(home.path(), ".org-").expect("staged");
        create_private(&staged.path().join("key"), b"one").expect("create");
        keep_dir(&staged, &path).expect("kept");
        assert_eq!(mode(&path), 0o700);
        let second = staged_dir(home.path(), ".org-").expect("staged");
        assert!(keep_dir(&second, &path).is_err());
        assert_eq!(fs::read(path.join("key")).expect("read"), b"one");
    }

    #[test]
    fn a_new_file_replaces_nothing_and_leaves_nothing_beside_it() {
        let dir = tempfile::tempdir().expect("dir");
        let path = dir.path().join("key");
        create_private(&path, b"first").expect("create");
        let error = create_private(&path, b"second").expect_err("exists");
        assert_eq!(error.exit, Exit::Failed);
        assert_eq!(fs::read(&path).expect("read"), b"first");
        assert_eq!(fs::read_dir(dir.path()).expect("list").count(), 1);
    }

    #[test]
    fn a_secret_that_others_can_read_is_refused_with_the_remedy() {
        let dir = tempfile::tempdir().expect("dir");
        let path = dir.path().join("key");
        create_private(&path, b"secret").expect("create");
        for open in [0o640, 0o604] {
            fs::set_permissions(&path, fs::Permissions::from_mode(open)).expect("chmod");
            let error = read_secret("the key", &path, 100).expect_err("refused");
            assert!(error.next.is_some_and(|n| n.starts_with("chmod 600 ")));
        }
    }

    #[test]
    fn what_is_too_long_or_missing_is_named() {
        let dir = tempfile::tempdir().expect("dir");
        let path = dir.path().join("file");
        assert_eq!(
            read("it", &path, 9).expect_err("missing").exit,
            Exit::NotFound
        );
        create_private(&path, &[0; 10]).expect("create");
        assert_eq!(
            read("it", &path, 9).expect_err("too long").exit,
            Exit::Refused
        );
    }
}
