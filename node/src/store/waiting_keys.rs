//! The key under which parcels for this node lie while they wait.
//!
//! A parcel for this node opens with its contact key, which lasts, and what is in it may open a case. It is gone from the
//! database once it is done with, but not from the database's files. So it lies under a key that is changed whenever a case
//! is purged: what waits still is sealed anew, and nothing of before opens any more.

use super::{
    Result, Store,
    key_dir::{KeyDir, open_key},
    space,
};
use focal_protocol::seal::StorageKey;
use std::{
    path::Path,
    sync::{Arc, PoisonError, RwLock},
};

/// Below the store's directory.
pub(super) const DIR: &str = "waiting";

/// A key with its number.
type Numbered = (u64, Arc<StorageKey>);

/// The keys, the latest last. There is one at most, but for the moments in which it is changed, and none before the first
/// parcel has waited.
#[derive(Debug)]
pub(super) struct WaitingKeys {
    dir: KeyDir,
    keys: RwLock<Vec<Numbered>>,
}

fn row(number: u64) -> Vec<u8> {
    [b"waiting-key/".as_slice(), &number.to_be_bytes()].concat()
}

impl WaitingKeys {
    /// Reads those below the store's directory.
    pub(super) fn open(store: &Path, storage: &StorageKey) -> Result<Self> {
        let dir = KeyDir::open(store, DIR)?;
        let mut keys = Vec::new();
        for (number, sealed) in KeyDir::sealed::<u64>(store, DIR)? {
            match open_key(storage, &row(number), &sealed) {
                Some(key) => keys.push((number, Arc::new(key))),
                // Destroying it was cut short. If it was damaged, its parcels are asked for again: whoever sent them keeps
                // them until there is a receipt.
                None => {
                    tracing::warn!("a key of waiting parcels does not open, and is removed");
                    dir.destroy(&number.to_string())?;
                }
            }
        }
        let keys = RwLock::new(keys);
        Ok(Self { dir, keys })
    }

    /// All, the latest last.
    pub(super) fn all(&self) -> Vec<Numbered> {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        keys.clone()
    }

    /// Makes another one, durably.
    pub(super) fn make(&self, storage: &StorageKey) -> Result<Arc<StorageKey>> {
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        let number = keys.last().map_or(0, |(number, _)| number + 1);
        let key = Arc::new(self.dir.make(&number.to_string(), &row(number), storage)?);
        keys.push((number, key.clone()));
        Ok(key)
    }

    /// Destroys those up to a number: overwritten, removed, and gone from memory.
    fn destroy_until(&self, last: u64) -> Result<()> {
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        while let Some(number) = keys.first().map(|(n, _)| *n).filter(|n| *n <= last) {
            self.dir.destroy(&number.to_string())?;
            keys.remove(0);
        }
        Ok(())
    }
}

impl Store {
    /// The key for what waits from now on, made if there is none.
    pub(super) fn waiting_key(&self) -> Result<Arc<StorageKey>> {
        if let Some((_, key)) = self.waiting_keys.all().pop() {
            return Ok(key);
        }
        self.room.check(&self.path, space::RESERVE)?;
        self.waiting_keys.make(&self.key)
    }

    /// Changes the key of what waits, durably: what a case can be opened with is not found any more where it waited. Nothing
    /// may be under way that was sealed under the key of before: it would not open, and be asked for again.
    pub(super) fn renew_waiting_key(&self) -> Result<()> {
        let Some((last, _)) = self.waiting_keys.all().pop() else {
            return Ok(());
        };
        let waiting = self.waiting_rows()?;
        if !waiting.is_empty() {
            self.room.check(&self.path, space::LAST)?;
            let key = self.waiting_keys.make(&self.key)?;
            for row in waiting {
                self.reseal_waiting(row, &key)?;
            }
            self.flush()?;
        }
        self.waiting_keys.destroy_until(last)
    }
}
