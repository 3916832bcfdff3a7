//! One key for each case, in a small file of its own outside the database.
//!
//! Everything that opens a case's content (its group's state, epoch secrets, the reading index, the search index) is
//! sealed under this key. A case is purged by destroying the one file without which none of them opens.

use super::{
    Result, Store,
    key_dir::{KeyDir, open_key},
};
use focal_protocol::{
    id::CaseId,
    random::{Random, SystemRandom},
    seal::{BLOCKS_SALT, Blocks, StorageKey, Table},
};
use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
};
use zeroize::Zeroizing;

/// Below the store's directory.
pub(super) const DIR: &str = "cases";

/// The keys of all cases. Read by every reader of sealed rows, written when a case comes or is purged.
#[derive(Debug)]
pub(super) struct CaseKeys {
    dir: KeyDir,
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
        let dir = KeyDir::open(store, DIR)?;
        let (mut keys, mut shut) = (HashMap::new(), Vec::new());
        for (case, sealed) in KeyDir::sealed::<CaseId>(store, DIR)? {
            match open_key(storage, &row(&case), &sealed) {
                Some(key) => {
                    keys.insert(case, Arc::new(key));
                }
                None => shut.push(Shut {
                    case,
                    path: dir.path(&case.to_string()),
                }),
            }
        }
        let keys = Self {
            dir,
            keys: RwLock::new(keys),
        };
        Ok((keys, shut))
    }

    pub(super) fn get(&self, case: &CaseId) -> Option<Arc<StorageKey>> {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        keys.get(case).cloned()
    }

    /// Whether there is anything of a case's key, here or on the disk.
    pub(super) fn is_left(&self, case: &CaseId) -> bool {
        self.get(case).is_some() || self.dir.path(&case.to_string()).exists()
    }

    /// Makes a case's key, durably, unless there is one.
    pub(super) fn make(&self, case: &CaseId, storage: &StorageKey) -> Result<()> {
        if self.get(case).is_some() {
            return Ok(());
        }
        let key = self.dir.make(&case.to_string(), &row(case), storage)?;
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        keys.insert(*case, Arc::new(key));
        Ok(())
    }

    /// Destroys a case's key: overwritten, removed, and gone from memory.
    pub(super) fn destroy(&self, case: &CaseId) -> Result<()> {
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        keys.remove(case);
        self.dir.destroy(&case.to_string())
    }
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

    /// Whether the key of a purged case is not destroyed yet, or not known to be.
    #[must_use]
    pub fn is_case_key_left(&self, case: &CaseId) -> bool {
        self.case_keys.is_left(case)
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
