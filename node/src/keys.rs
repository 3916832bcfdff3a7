//! A node's secrets: identity, MLS signature key, contact key, storage key; sealed in one file.

use crate::{Error, files};
use focal_protocol::{
    codec,
    directory::NodeEntry,
    id::NodeId,
    key::SecretKey,
    random::{Random, SystemRandom},
    seal::{BackupKey, ContactKey, KeyFile, KeyFileError, Opened, Purpose, StorageKey, Unlock},
};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

const FILE: &str = "node.key";

/// The secrets of one node. Wiped when dropped.
#[derive(Clone, Zeroize, ZeroizeOnDrop, Serialize, Deserialize)]
pub struct NodeKeys {
    identity: [u8; 32],
    mls: [u8; 32],
    contact: [u8; 32],
    storage: [u8; 32],
}

impl std::fmt::Debug for NodeKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "NodeKeys of {}", self.node().short())
    }
}

impl NodeKeys {
    /// New secrets.
    #[must_use]
    pub fn generate() -> Self {
        Self {
            identity: SystemRandom.array(),
            mls: SystemRandom.array(),
            contact: SystemRandom.array(),
            storage: SystemRandom.array(),
        }
    }

    /// Path of the file below a node's directory.
    #[must_use]
    pub fn path(dir: &Path) -> PathBuf {
        dir.join(FILE)
    }

    /// Seals them into the node's directory, mode 0600. An existing file is never replaced.
    ///
    /// # Errors
    /// The file exists or cannot be written.
    pub fn save(&self, dir: &Path, unlock: &Unlock) -> Result<(), Error> {
        let plain = Zeroizing::new(codec::encode(self));
        let file =
            KeyFile::seal(Purpose::NodeKeys, unlock, &plain, &SystemRandom).map_err(Error::Keys)?;
        files::create_private(&Self::path(dir), file.to_text().as_bytes())
    }

    /// Whether a passphrase opens the file (else a key file).
    ///
    /// # Errors
    /// There is no readable key file.
    pub fn needs_passphrase(dir: &Path) -> Result<bool, Error> {
        Ok(Self::file(dir)?.needs_passphrase())
    }

    fn file(dir: &Path) -> Result<KeyFile, Error> {
        let path = Self::path(dir);
        if !path.exists() {
            return Err(Error::NotInitialised(dir.to_path_buf()));
        }
        let text = files::read_private(&path, focal_protocol::limits::KEY_FILE)?;
        KeyFile::from_text(&String::from_utf8_lossy(&text)).map_err(Error::Keys)
    }

    /// Opens the file. The duress passphrase first destroys all that the node has, and opens a node that was never used.
    ///
    /// # Errors
    /// No file, readable by others, or a wrong passphrase.
    pub fn load(dir: &Path, unlock: &Unlock) -> Result<Self, Error> {
        match Self::file(dir)?
            .open(Purpose::NodeKeys, unlock)
            .map_err(Error::Keys)?
        {
            Opened::Own(plain) => Self::decode(&plain),
            Opened::Duress(plain) => {
                let decoy = Self::decode(&plain)?;
                crate::wipe::under_duress(dir, &decoy, unlock)?;
                Ok(decoy)
            }
        }
    }

    /// The keys in a key file that is a copy. A duress passphrase opens nothing in it.
    pub(crate) fn own(file: &KeyFile, unlock: &Unlock) -> Result<Self, KeyFileError> {
        let plain = file.open(Purpose::NodeKeys, unlock)?.own();
        let plain = plain.ok_or(KeyFileError::Wrong)?;
        codec::decode(&plain, 1024).map_err(|_| KeyFileError::NotAKeyFile)
    }

    /// The keys that a duress passphrase opens; none for any other. Nothing is destroyed yet: for whoever has more to
    /// destroy than the node.
    #[must_use]
    pub fn decoy(dir: &Path, unlock: &Unlock) -> Option<Self> {
        match Self::file(dir).ok()?.open(Purpose::NodeKeys, unlock).ok()? {
            Opened::Own(_) => None,
            Opened::Duress(plain) => Self::decode(&plain).ok(),
        }
    }

    /// Sets a duress passphrase, or takes it away. The file is written anew as a whole, so that it tells nothing of which
    /// it was.
    ///
    /// # Errors
    /// The passphrase is wrong, the duress passphrase is the same, or a key file opens the node: nothing was changed.
    pub fn set_duress(dir: &Path, unlock: &Unlock, duress: Option<&Unlock>) -> Result<(), Error> {
        let opened = Self::file(dir)?
            .open(Purpose::NodeKeys, unlock)
            .map_err(Error::Keys)?;
        // Whoever knows the duress passphrase alone has no say here.
        let plain = opened.own().ok_or(Error::Keys(KeyFileError::Wrong))?;
        let file = match duress {
            Some(duress) => {
                let decoy = Zeroizing::new(codec::encode(&Self::generate()));
                KeyFile::seal_with_duress(
                    Purpose::NodeKeys,
                    (unlock, &plain),
                    (duress, &decoy),
                    &SystemRandom,
                )
            }
            None => KeyFile::seal(Purpose::NodeKeys, unlock, &plain, &SystemRandom),
        };
        let text = file.map_err(Error::Keys)?.to_text();
        let path = Self::path(dir);
        crate::wipe::replace(&path, text.as_bytes()).map_err(|e| Error::io(&path, e))
    }

    /// Whether a passphrase or key file opens the keys themselves: a duress passphrase does not, and nothing is destroyed.
    ///
    /// # Errors
    /// It does not.
    pub fn check(dir: &Path, unlock: &Unlock) -> Result<(), Error> {
        Self::own(&Self::file(dir)?, unlock)
            .map(drop)
            .map_err(Error::Keys)
    }

    /// Another passphrase for the same keys. A duress passphrase stays what it is.
    ///
    /// # Errors
    /// The passphrase is wrong, the new one is the duress passphrase, or a key file opens the node: nothing was changed.
    pub fn change_passphrase(dir: &Path, old: &Unlock, new: &Unlock) -> Result<(), Error> {
        let changed = Self::file(dir)?.change(Purpose::NodeKeys, old, new, &SystemRandom);
        let text = changed.map_err(Error::Keys)?.to_text();
        let path = Self::path(dir);
        crate::wipe::replace(&path, text.as_bytes()).map_err(|e| Error::io(&path, e))
    }

    fn decode(plain: &[u8]) -> Result<Self, Error> {
        codec::decode(plain, 1024).map_err(|_| Error::Keys(KeyFileError::NotAKeyFile))
    }

    /// All of them, for a search that must not find them anywhere.
    #[must_use]
    pub fn secrets(&self) -> Vec<Vec<u8>> {
        [self.identity, self.mls, self.contact, self.storage]
            .map(|secret| secret.to_vec())
            .into()
    }

    /// The key that is the node's identity and signs its entries.
    #[must_use]
    pub fn identity(&self) -> SecretKey {
        SecretKey::from_seed(Zeroizing::new(self.identity))
    }

    /// The identity's seed, for libp2p.
    #[must_use]
    pub fn identity_seed(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.identity)
    }

    /// The node's id.
    #[must_use]
    pub fn node(&self) -> NodeId {
        NodeId(self.identity().public().0)
    }

    /// The key that signs its MLS leaves.
    #[must_use]
    pub fn mls(&self) -> SecretKey {
        SecretKey::from_seed(Zeroizing::new(self.mls))
    }

    /// The key to which parcels for it are sealed.
    ///
    /// # Errors
    /// The cryptographic provider cannot derive it.
    pub fn contact(&self) -> Result<ContactKey, Error> {
        ContactKey::from_seed(&Zeroizing::new(self.contact)).map_err(|_| Error::Contact)
    }

    /// The key that seals the rows of its store.
    #[must_use]
    pub fn storage(&self) -> StorageKey {
        StorageKey::new(&Zeroizing::new(self.storage))
    }

    /// What names and seals the pieces of its backups.
    #[must_use]
    pub fn backup(&self) -> BackupKey {
        BackupKey::of(&Zeroizing::new(self.storage))
    }

    /// Its entry in a manifest.
    ///
    /// # Errors
    /// As [`NodeKeys::contact`].
    pub fn entry(&self, addresses: Vec<String>) -> Result<NodeEntry, Error> {
        Ok(NodeEntry {
            id: self.node(),
            mls_key: self.mls().public(),
            contact_key: self.contact()?.public().0.clone(),
            addresses,
        })
    }
}
