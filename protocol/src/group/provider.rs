//! OpenMLS's cryptography and storage, as it wants them.

use super::RowChanges;
use openmls_memory_storage::MemoryStorage;
use openmls_rust_crypto::RustCrypto;
use openmls_traits::OpenMlsProvider;
use std::collections::{BTreeMap, HashMap};
use zeroize::Zeroizing;

/// OpenMLS's state as rows; the caller seals and stores them. Values are wiped when dropped.
pub type Rows = BTreeMap<Vec<u8>, Zeroizing<Vec<u8>>>;

/// State in memory, loaded from rows and turned back into rows.
#[derive(Debug, Default)]
pub(super) struct Provider {
    crypto: RustCrypto,
    storage: MemoryStorage,
}

impl Provider {
    pub(super) fn load(rows: &Rows) -> Self {
        let values: HashMap<_, _> = rows.iter().map(|(k, v)| (k.clone(), v.to_vec())).collect();
        Self {
            crypto: RustCrypto::default(),
            storage: MemoryStorage {
                values: values.into(),
            },
        }
    }

    /// In what the state differs from these rows. What is the same is not copied: it may be a megabyte.
    pub(super) fn changes(&self, stored: &Rows) -> RowChanges {
        let values = self
            .storage
            .values
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let same = |key: &Vec<u8>, value: &Vec<u8>| stored.get(key).is_some_and(|v| **v == *value);
        let changed = values.iter().filter(|(key, value)| !same(key, value));
        let put = changed.map(|(k, v)| (k.clone(), Zeroizing::new(v.clone())));
        let gone = stored.keys().filter(|key| !values.contains_key(*key));
        RowChanges {
            put: put.collect(),
            delete: gone.cloned().collect(),
        }
    }

    pub(super) fn rows(&self) -> Rows {
        // A poisoned lock only says that another thread panicked; the map itself is whole.
        let values = self
            .storage
            .values
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        values
            .iter()
            .map(|(k, v)| (k.clone(), Zeroizing::new(v.clone())))
            .collect()
    }
}

impl Provider {
    /// Drops rows that belong to somebody else.
    pub(super) fn forget(&self, rows: &Rows) {
        let mut values = self
            .storage
            .values
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        for key in rows.keys() {
            values.remove(key);
        }
    }
}

impl OpenMlsProvider for Provider {
    type CryptoProvider = RustCrypto;
    type RandProvider = RustCrypto;
    type StorageProvider = MemoryStorage;

    fn storage(&self) -> &MemoryStorage {
        &self.storage
    }

    fn crypto(&self) -> &RustCrypto {
        &self.crypto
    }

    fn rand(&self) -> &RustCrypto {
        &self.crypto
    }
}
