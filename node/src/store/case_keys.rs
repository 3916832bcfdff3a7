//! One key for each case, in a small file of its own outside the database.
//!
//! Everything that opens a case's content (its group's state, epoch secrets, the reading index, the search index) is
//! sealed under this key.
//! sled keeps deleted rows in its files for long; a case is purged by destroying the one file without which none of them
//! opens.

use super::{Result, Store};
use focal_protocol::{
    id::CaseId,
    random::{Random, SystemRandom},
    seal::{BLOCKS_SALT, Blocks, StorageKey, Table},
};
use std::{
    collections::HashMap,
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
};
use zeroize::Zeroizing;

const DIR: &str = "cases";
/// How the name of a key ends that is being written.
const NEW: &str = ".new";

/// The keys of all cases. Read by every reader of sealed rows, written when a case comes or is purged.
#[derive(Debug)]
pub(super) struct CaseKeys {
    dir: PathBuf,
    keys: RwLock<HashMap<CaseId, Arc<StorageKey>>>,
}

/// A key file that does not open.
pub(super) struct Shut {
    pub(super) case: CaseId,
    pub(super) path: PathBuf,
}

fn row(case: &CaseId) -> Vec<u8> {
    [b"case-key/".as_slice(), case.as_bytes()].concat()
}

impl CaseKeys {
    /// Reads the keys below the store's directory. Which of those that do not open are damage, and which were being
    /// destroyed, is for whoever knows what was purged.
    pub(super) fn open(store: &Path, storage: &StorageKey) -> Result<(Self, Vec<Shut>)> {
        let dir = store.join(DIR);
        if !dir.exists() {
            fs::DirBuilder::new().mode(0o700).create(&dir)?;
        }
        let (mut keys, mut shut) = (HashMap::new(), Vec::new());
        for file in fs::read_dir(&dir)? {
            let path = file?.path();
            let name = path.file_name().and_then(|n| n.to_str()).unwrap_or("");
            let Ok(case) = name.parse::<CaseId>() else {
                let new = name.strip_suffix(NEW).map(str::parse::<CaseId>);
                // What a crash left half-written was never used.
                if let Some(Ok(_)) = new
                    && let Err(e) = fs::remove_file(&path)
                {
                    tracing::warn!("{} cannot be removed: {e}", path.display());
                }
                continue;
            };
            let sealed = fs::read(&path)?;
            let plain = storage
                .open(Table::Meta, &row(&case), &sealed)
                .ok()
                .and_then(|plain| <[u8; 32]>::try_from(plain.as_slice()).ok())
                .map(Zeroizing::new);
            match plain {
                Some(plain) => {
                    keys.insert(case, Arc::new(StorageKey::new(&plain)));
                }
                None => shut.push(Shut { case, path }),
            }
        }
        let keys = Self {
            dir,
            keys: RwLock::new(keys),
        };
        Ok((keys, shut))
    }

    fn path(&self, case: &CaseId) -> PathBuf {
        self.dir.join(case.to_string())
    }

    pub(super) fn get(&self, case: &CaseId) -> Option<Arc<StorageKey>> {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        keys.get(case).cloned()
    }

    /// Makes a case's key, durably, unless there is one.
    pub(super) fn make(&self, case: &CaseId, storage: &StorageKey) -> Result<()> {
        if self.get(case).is_some() {
            return Ok(());
        }
        let secret = Zeroizing::new(SystemRandom.array::<32>());
        let sealed = storage.seal(Table::Meta, &row(case), &*secret, &SystemRandom);
        let (path, new) = (self.path(case), self.dir.join(format!("{case}{NEW}")));
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&new)?;
        file.write_all(&sealed)?;
        file.sync_all()?;
        fs::rename(&new, &path)?;
        File::open(&self.dir)?.sync_all()?;
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        keys.insert(*case, Arc::new(StorageKey::new(&secret)));
        Ok(())
    }

    /// Destroys a case's key: overwritten, removed, and gone from memory.
    pub(super) fn destroy(&self, case: &CaseId) -> Result<()> {
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        keys.remove(case);
        let path = self.path(case);
        let mut file = match OpenOptions::new().write(true).open(&path) {
            Ok(file) => file,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(e) => return Err(e.into()),
        };
        let length = usize::try_from(file.metadata()?.len()).unwrap_or(0);
        file.write_all(&vec![0; length.min(4096)])?;
        file.sync_all()?;
        fs::remove_file(&path)?;
        File::open(&self.dir)?.sync_all()?;
        Ok(())
    }
}

/// The keys of all cases as they are on the disk.
pub(super) fn sealed(store: &Path) -> Result<Vec<(CaseId, Vec<u8>)>> {
    let mut keys = Vec::new();
    for file in fs::read_dir(store.join(DIR))? {
        let path = file?.path();
        let name = path.file_name().and_then(|n| n.to_str()).unwrap_or("");
        if let Ok(case) = name.parse() {
            keys.push((case, fs::read(&path)?));
        }
    }
    keys.sort();
    Ok(keys)
}

/// Puts keys as they were on the disk into a store that is being made.
pub(super) fn put_sealed(store: &Path, keys: &[(CaseId, Vec<u8>)]) -> Result<()> {
    let dir = store.join(DIR);
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(&dir)?;
    for (case, sealed) in keys {
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(dir.join(case.to_string()))?;
        file.write_all(sealed)?;
        file.sync_all()?;
    }
    File::open(&dir)?.sync_all()?;
    Ok(())
}

impl Store {
    /// Makes the key under which a case's rows are sealed, before the first of them is.
    ///
    /// # Errors
    /// The disk is full or broken.
    pub fn make_case_key(&self, case: CaseId) -> Result<()> {
        self.room.check(&self.path, super::space::RESERVE)?;
        self.case_keys.make(&case, &self.key)
    }

    /// Seals a row of a case. Without the case's key it is sealed under one that nobody keeps: of a purged case nothing
    /// can be written.
    pub(super) fn seal_case(
        &self,
        case: CaseId,
        table: Table,
        row: &[u8],
        plain: &[u8],
    ) -> Vec<u8> {
        let key = self
            .case_keys
            .get(&case)
            .unwrap_or_else(|| Arc::new(StorageKey::new(&Zeroizing::new(SystemRandom.array()))));
        key.seal(table, row, plain, &SystemRandom)
    }

    /// Whether what is sealed of a case can be opened.
    #[must_use]
    pub fn has_case_key(&self, case: &CaseId) -> bool {
        self.case_keys.get(case).is_some()
    }

    /// What seals and opens a file of a case beside the store; none of a case that has no key, or none any more.
    #[must_use]
    pub fn case_blocks(
        &self,
        case: &CaseId,
        name: &[u8],
        salt: &[u8; BLOCKS_SALT],
    ) -> Option<Blocks> {
        let key = self.case_keys.get(case)?;
        Some(key.blocks(name, salt))
    }

    /// What opens rows of a case, for a few of them at once: whoever keeps it longer opens what was purged meanwhile.
    pub(super) fn case_key(&self, case: &CaseId) -> Option<Arc<StorageKey>> {
        self.case_keys.get(case)
    }

    /// Opens a row of a case.
    pub(super) fn unseal_case(
        &self,
        case: CaseId,
        table: Table,
        row: &[u8],
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>> {
        self.case_keys
            .get(&case)
            .and_then(|key| key.open(table, row, sealed).ok())
            .ok_or_else(|| self.damaged("a sealed row of a case does not open"))
    }
}
