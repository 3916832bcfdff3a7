//! OpenMLS's cryptography and storage, as it wants them.

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
