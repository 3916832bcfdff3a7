//! Keys in small files of their own, outside the database, each sealed under the node's storage key.
//!
//! sled keeps deleted rows in its files for long. What is to be unreadable for ever is therefore sealed under such a key, and
//! the one small file is destroyed without which none of it opens.

use super::Result;
use focal_protocol::{
    random::{Random, SystemRandom},
    seal::{StorageKey, Table},
};
use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
    str::FromStr,
};
use zeroize::Zeroizing;

/// How the name of a key ends that is being written.
const NEW: &str = ".new";
/// A sealed key is far shorter, bytes: of a file that has become larger no more than this is overwritten.
const LONGEST: usize = 4096;

/// A directory of keys.
#[derive(Debug)]
pub(super) struct KeyDir(PathBuf);

impl KeyDir {
    /// The directory of this name below the store's, without what a crash left half-written. It is made with the first key.
    pub(super) fn open(store: &Path, name: &str) -> Result<Self> {
        let dir = store.join(name);
        for path in files(&dir)? {
            // It was never used.
            if path.to_string_lossy().ends_with(NEW)
                && let Err(e) = fs::remove_file(&path)
            {
                tracing::warn!("{} cannot be removed: {e}", path.display());
            }
        }
        Ok(Self(dir))
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// The keys of a directory below the store's, as they are on the disk, in order of their names. What is called otherwise is
    /// none.
    pub(super) fn sealed<Name: FromStr + Ord>(
        store: &Path,
        dir: &str,
    ) -> Result<Vec<(Name, Vec<u8>)>> {
        let mut keys = Vec::new();
        for path in files(&store.join(dir))? {
            let name = path.file_name().and_then(|name| name.to_str());
            let Some(Ok(name)) = name.map(str::parse) else {
                continue;
            };
            match fs::read(&path) {
                Ok(sealed) => keys.push((name, sealed)),
                // It was destroyed meanwhile.
                Err(e) if e.kind() == io::ErrorKind::NotFound => {}
                Err(e) => return Err(e.into()),
            }
        }
        keys.sort();
        Ok(keys)
    }

    /// Puts keys as they were on the disk into a store that is being made.
    pub(super) fn put_sealed<Name: ToString>(
        store: &Path,
        dir: &str,
        keys: &[(Name, Vec<u8>)],
    ) -> Result<()> {
        let dir = store.join(dir);
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&dir)?;
        for (name, sealed) in keys {
            let mut file = OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(0o600)
                .open(dir.join(name.to_string()))?;
            file.write_all(sealed)?;
            file.sync_all()?;
        }
        File::open(&dir)?.sync_all()?;
        Ok(())
    }

    /// Makes a key, durably. It is sealed for `row`.
    pub(super) fn make(&self, name: &str, row: &[u8], storage: &StorageKey) -> Result<StorageKey> {
        if !self.0.exists() {
            fs::DirBuilder::new().mode(0o700).create(&self.0)?;
            if let Some(store) = self.0.parent() {
                File::open(store)?.sync_all()?;
            }
        }
        let secret = Zeroizing::new(SystemRandom.array::<32>());
        let sealed = storage.seal(Table::Meta, row, &*secret, &SystemRandom);
        let new = self.path(&format!("{name}{NEW}"));
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&new)?;
        file.write_all(&sealed)?;
        file.sync_all()?;
        fs::rename(&new, self.path(name))?;
        File::open(&self.0)?.sync_all()?;
        Ok(StorageKey::new(&secret))
    }

    /// Destroys a key: overwritten and removed, durably. Nothing if there is none.
    pub(super) fn destroy(&self, name: &str) -> Result<()> {
        let path = self.path(name);
        let mut file = match OpenOptions::new().write(true).open(&path) {
            Ok(file) => file,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(e) => return Err(e.into()),
        };
        let length = usize::try_from(file.metadata()?.len()).unwrap_or(LONGEST);
        file.write_all(&vec![0; length.min(LONGEST)])?;
        file.sync_all()?;
        fs::remove_file(&path)?;
        File::open(&self.0)?.sync_all()?;
        Ok(())
    }
}

/// What is in a directory; nothing if it is not there.
fn files(dir: &Path) -> Result<Vec<PathBuf>> {
    match fs::read_dir(dir) {
        Ok(files) => Ok(files
            .map(|file| file.map(|f| f.path()))
            .collect::<io::Result<_>>()?),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(e) => Err(e.into()),
    }
}

/// The key in a file that was sealed for `row`; none if it does not open.
pub(super) fn open_key(storage: &StorageKey, row: &[u8], sealed: &[u8]) -> Option<StorageKey> {
    let plain = storage.open(Table::Meta, row, sealed).ok()?;
    let secret = <[u8; 32]>::try_from(plain.as_slice()).ok()?;
    Some(StorageKey::new(&Zeroizing::new(secret)))
}
