//! Immutable bytes that many hosts hold are in memory once.

use crate::sim::disk::Value;
use focal_protocol::{
    group::{Parcel, Receipt},
    id::{Hash, NodeId},
    log::Entry,
    signed::Signed,
};
use std::{
    collections::HashMap,
    hash::Hash as Key,
    sync::{Arc, Mutex, PoisonError, Weak},
};
use zeroize::Zeroizing;

/// Values of rows, and entries, that many hosts of a world hold: each is in memory once.
#[derive(Debug, Clone, Default)]
pub struct Interner(Arc<Mutex<Shared>>);

#[derive(Debug, Default)]
struct Shared {
    values: Known<Hash, Zeroizing<Vec<u8>>>,
    /// With and without a signature: within a run only the last one has it.
    entries: Known<(Hash, bool), Entry>,
    parcels: Known<Hash, Signed<Parcel>>,
    receipts: Known<(NodeId, Hash), Receipt>,
}

/// Smaller values are not worth a look.
const SHARED: usize = 4096;

impl Interner {
    pub(super) fn share(&self, value: Zeroizing<Vec<u8>>) -> Value {
        if value.len() < SHARED {
            return Arc::new(value);
        }
        let hash = Hash::of(&[&value]);
        let mut shared = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        shared.values.share(hash, value)
    }

    pub(super) fn parcel(&self, hash: Hash, parcel: Signed<Parcel>) -> Arc<Signed<Parcel>> {
        let mut shared = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        shared.parcels.share(hash, parcel)
    }

    pub(super) fn receipt(&self, receipt: Receipt) -> Arc<Receipt> {
        let key = (receipt.to, receipt.parcel);
        let mut shared = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        shared.receipts.share(key, receipt)
    }

    pub(super) fn entry(&self, entry: Entry) -> Arc<Entry> {
        let key = (entry.hash(), entry.signature().is_some());
        let mut shared = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let held = shared.entries.share(key, entry.clone());
        // Two signatures of one entry are two entries.
        if *held == entry {
            held
        } else {
            Arc::new(entry)
        }
    }
}

/// What is in memory somewhere.
#[derive(Debug)]
struct Known<K, V> {
    held: HashMap<K, Weak<V>>,
    /// How many there may be before those are dropped that nobody holds any more.
    most: usize,
}

impl<K, V> Default for Known<K, V> {
    fn default() -> Self {
        Self {
            held: HashMap::new(),
            most: 64,
        }
    }
}

impl<K: Key + Eq, V> Known<K, V> {
    fn share(&mut self, key: K, value: V) -> Arc<V> {
        if let Some(held) = self.held.get(&key).and_then(Weak::upgrade) {
            return held;
        }
        if self.held.len() >= self.most {
            self.held.retain(|_, held| held.strong_count() > 0);
            self.most = 64.max(2 * self.held.len());
        }
        let value = Arc::new(value);
        self.held.insert(key, Arc::downgrade(&value));
        value
    }
}
