//! The key under which parcels for this node lie while they wait.
//!
//! A parcel for this node opens with its contact key, which lasts, and what is in it may open a case. It is gone from the
//! database once it is done with, but not from the database's files. So it lies under a key that is destroyed whenever a case is
//! purged, and when nothing waits any more. What waits when a case is purged goes with it. Whoever knows what is of other cases
//! puts it in again, under the next key; the rest is asked for again, as whoever sent it keeps it until there is a receipt.

use super::{
    Result, Store, Write,
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

/// The keys, the latest last. There is one, unless destroying an earlier one has failed; and none as long as nothing waits.
#[derive(Debug)]
pub(super) struct WaitingKeys {
    dir: KeyDir,
    keys: RwLock<Keys>,
}

#[derive(Debug, Default)]
struct Keys {
    known: Vec<Arc<StorageKey>>,
    /// The number of the next one: no file of an earlier one is written over.
    next: u64,
}

fn row(number: u64) -> Vec<u8> {
    [b"waiting-key/".as_slice(), &number.to_be_bytes()].concat()
}

impl WaitingKeys {
    /// Reads those below the store's directory. One that does not open was being destroyed, or is damaged, or the storage key is
    /// a wrong one: it is left alone.
    pub(super) fn open(store: &Path, storage: &StorageKey) -> Result<Self> {
        let dir = KeyDir::open(store, DIR)?;
        let mut keys = Keys::default();
        for (number, sealed) in KeyDir::sealed::<u64>(store, DIR)? {
            keys.next = number.saturating_add(1);
            match open_key(storage, &row(number), &sealed) {
                Some(key) => keys.known.push(Arc::new(key)),
                None => tracing::warn!("key {number} of waiting parcels does not open"),
            }
        }
        let keys = RwLock::new(keys);
        Ok(Self { dir, keys })
    }

    /// Those that open, the latest last.
    pub(super) fn all(&self) -> Vec<Arc<StorageKey>> {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        keys.known.clone()
    }

    /// Makes another one, durably.
    fn make(&self, storage: &StorageKey) -> Result<Arc<StorageKey>> {
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        let number = keys.next;
        let key = self.dir.make(&number.to_string(), &row(number), storage)?;
        let key = Arc::new(key);
        keys.next = number.saturating_add(1);
        keys.known.push(key.clone());
        Ok(key)
    }

    /// Destroys all: gone from memory, overwritten and removed. What is on the disk counts, also what failed before.
    fn destroy(&self, store: &Path) -> Result<()> {
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        keys.known.clear();
        for (number, _) in KeyDir::sealed::<u64>(store, DIR)? {
            self.dir.destroy(&number.to_string())?;
        }
        Ok(())
    }
}

impl Store {
    /// The key for what waits from now on, made if there is none.
    pub(super) fn waiting_key(&self) -> Result<Arc<StorageKey>> {
        if let Some(key) = self.waiting_keys.all().pop() {
            return Ok(key);
        }
        self.room.check(&self.path, space::RESERVE)?;
        self.waiting_keys.make(&self.key)
    }

    /// Whether there is a key for what waits.
    #[must_use]
    pub fn has_waiting_key(&self) -> bool {
        !self.waiting_keys.all().is_empty()
    }

    /// Destroys the key of what waits, and what is left of that. Nothing may be under way that was sealed under it: it would
    /// never open.
    ///
    /// # Errors
    /// The key cannot be destroyed.
    pub fn forget_waiting(&self) -> Result<()> {
        self.waiting_keys.destroy(&self.path)?;
        self.clear_waiting();
        Ok(())
    }

    /// Deletes the rows of what waited, of which no key is left. They cannot be read, so that it does no harm if it fails.
    pub(super) fn clear_waiting(&self) {
        let cleared = self.waiting_rows().and_then(|rows| {
            let mut write = Write::default();
            for row in rows {
                write.drop_row(row);
            }
            self.apply(&write)
        });
        if let Err(e) = cleared {
            tracing::warn!("what waited is not cleared: {e}");
        }
    }
}
