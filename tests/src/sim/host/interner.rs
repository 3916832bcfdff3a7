//! Immutable bytes that many hosts hold are in memory once.

use crate::sim::disk::Value;
use focal_protocol::{
    codec::encode_packed,
    directory::Directory,
    group::{Attested, Parcel, Receipt},
    id::{Hash, NodeId},
    log::Entry,
    signed::{Error, Signed, Verified},
};
use std::{
    collections::HashMap,
    hash::Hash as Key,
    sync::{Arc, Mutex, PoisonError, Weak},
};
use zeroize::Zeroizing;

/// Values of rows, and entries, that many hosts of a world hold: each is in memory once.
#[derive(Debug, Clone, Default)]
pub struct Interner(Arc<Mutex<Pool>>);

#[derive(Debug, Default)]
struct Pool {
    values: Known<Hash, Zeroizing<Vec<u8>>>,
    /// With and without a signature: within a run only the last one has it.
    entries: Known<(Hash, bool), Entry>,
    parcels: Known<Hash, Verified<Parcel>>,
    /// By the last roster, and the versions of everything else.
    directories: Known<(Hash, Hash), Directory>,
    receipts: Known<(NodeId, Hash), Attested>,
}

/// About the bytes of an entry, a parcel or a receipt besides what is sealed in it.
const ENVELOPE: usize = 256;
/// About the bytes of one document's place in a directory.
const DOCUMENT: usize = 96;

/// Smaller values are not worth a look.
const SHARED: usize = 4096;

impl Interner {
    /// What is in memory somewhere.
    pub(super) fn held(&self) -> Vec<Shared> {
        let pool = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let documents = |d: &Directory| {
            let held = d.versions();
            (held.manifests.len() + held.key_packages.len()) * DOCUMENT
        };
        let parcel = |p: &Verified<Parcel>| p.signed().body().len() + p.sealed.len() + ENVELOPE;
        [
            ("large group rows", pool.values.held(|v| v.len())),
            ("entries", pool.entries.held(|e| e.raw().len() + ENVELOPE)),
            ("parcels", pool.parcels.held(parcel)),
            ("receipts", pool.receipts.held(|_| ENVELOPE)),
            ("directories", pool.directories.held(documents)),
        ]
        .map(|(kind, (count, bytes))| Shared { kind, count, bytes })
        .into()
    }

    pub(super) fn share(&self, value: Zeroizing<Vec<u8>>) -> Value {
        if value.len() < SHARED {
            return Arc::new(value);
        }
        let hash = Hash::of(&[&value]);
        let mut shared = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        shared.values.share(hash, value)
    }

    /// A parcel whose signature holds: of all hosts that get the same bytes only the first one checks them.
    pub(super) fn parcel(&self, parcel: Signed<Parcel>) -> Result<Arc<Verified<Parcel>>, Error> {
        let hash = parcel.hash();
        let mut shared = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(held) = shared.parcels.get(&hash)
            && *held.signed() == parcel
        {
            return Ok(held);
        }
        let verified = Parcel::verify(parcel)?;
        let held = shared.parcels.share(hash, verified.clone());
        // Two signatures of one parcel are two parcels.
        Ok(if *held == verified {
            held
        } else {
            Arc::new(verified)
        })
    }

    /// A directory: hosts that hold the same documents share them.
    pub(super) fn directory(&self, directory: Arc<Directory>) -> Arc<Directory> {
        let held = (directory.versions(), directory.conflicts().len());
        let key = (directory.roster_hash(), Hash::of(&[&encode_packed(&held)]));
        let mut shared = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        shared.directories.share_arc(key, directory)
    }

    /// A receipt whose signature holds: of all hosts that get the same one only the first one checks it.
    pub(super) fn attested(&self, receipt: Receipt) -> Result<Arc<Attested>, Error> {
        let key = (receipt.to, receipt.parcel);
        let mut shared = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match shared.receipts.get(&key) {
            Some(held) if *held.receipt() == receipt => Ok(held),
            _ => Ok(shared.receipts.share(key, receipt.attest()?)),
        }
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

/// Things of one kind that are in memory once, for all hosts together.
#[derive(Debug, Clone, Copy)]
pub struct Shared {
    /// What they are.
    pub kind: &'static str,
    /// How many there are.
    pub count: usize,
    /// About how many bytes they take.
    pub bytes: usize,
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
    /// How many there are, and their sizes together.
    fn held(&self, size: impl Fn(&V) -> usize) -> (usize, usize) {
        let held = self.held.values().filter_map(Weak::upgrade);
        held.fold((0, 0), |(count, bytes), v| (count + 1, bytes + size(&v)))
    }

    fn get(&self, key: &K) -> Option<Arc<V>> {
        self.held.get(key).and_then(Weak::upgrade)
    }

    fn share(&mut self, key: K, value: V) -> Arc<V> {
        match self.get(&key) {
            Some(held) => held,
            None => self.share_arc(key, Arc::new(value)),
        }
    }

    fn share_arc(&mut self, key: K, value: Arc<V>) -> Arc<V> {
        if let Some(held) = self.get(&key) {
            return held;
        }
        if self.held.len() >= self.most {
            self.held.retain(|_, held| held.strong_count() > 0);
            self.most = 64.max(2 * self.held.len());
        }
        self.held.insert(key, Arc::downgrade(&value));
        value
    }
}
