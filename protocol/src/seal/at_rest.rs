//! Rows of a node's store.

use super::{
    Error,
    blocks::{BLOCKS_SALT, Blocks},
};
use crate::random::Random;
use ring::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hkdf::{HKDF_SHA256, KeyType, Prk, Salt},
};
use zeroize::Zeroizing;

/// What kind of row: each kind has a key of its own, so that a row cannot pose as one of another kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Table {
    /// The reading index.
    Record,
    /// MLS state, epoch secrets, cases.
    Group,
    /// Charter, rosters, manifests, key packages.
    Directory,
    /// The node's own keys and settings.
    Meta,
    /// Parcels and other things on their way.
    Outbox,
    /// The audit trail.
    Audit,
}

const TABLES: [(&[u8], Table); 6] = [
    (b"record", Table::Record),
    (b"group", Table::Group),
    (b"directory", Table::Directory),
    (b"meta", Table::Meta),
    (b"outbox", Table::Outbox),
    (b"audit", Table::Audit),
];

struct Aes256;

impl KeyType for Aes256 {
    fn len(&self) -> usize {
        32
    }
}

/// Seals rows under a node's storage key: AES-256-GCM, random nonce in front, the row's key as associated data, so a
/// row moved elsewhere does not open.
pub struct StorageKey {
    keys: Vec<LessSafeKey>,
    /// For files beside the rows. HKDF with a salt of its own keeps it apart from them.
    files: Prk,
}

impl std::fmt::Debug for StorageKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("StorageKey")
    }
}

impl StorageKey {
    /// From the node's 32 secret bytes.
    #[must_use]
    pub fn new(secret: &Zeroizing<[u8; 32]>) -> Self {
        let prk = Salt::new(HKDF_SHA256, b"focal/storage/1").extract(&**secret);
        let keys = TABLES
            .iter()
            .map(|(name, _)| {
                let mut bytes = Zeroizing::new([0; 32]);
                prk.expand(&[name], Aes256)
                    .and_then(|okm| okm.fill(&mut *bytes))
                    .expect("32 bytes are within HKDF's limit");
                LessSafeKey::new(
                    UnboundKey::new(&AES_256_GCM, &*bytes).expect("32 bytes are an AES-256 key"),
                )
            })
            .collect();
        Self {
            keys,
            files: Salt::new(HKDF_SHA256, b"focal/files/1").extract(&**secret),
        }
    }

    /// What seals and opens a file with this name, which begins with this salt: a fresh random one for each file.
    #[must_use]
    pub fn blocks(&self, name: &[u8], salt: &[u8; BLOCKS_SALT]) -> Blocks {
        Blocks::new(&self.files, name, salt)
    }

    fn key(&self, table: Table) -> &LessSafeKey {
        let index = TABLES.iter().position(|(_, t)| *t == table).unwrap_or(0);
        &self.keys[index]
    }

    /// Seals a row.
    #[must_use]
    pub fn seal(&self, table: Table, row: &[u8], plain: &[u8], random: &impl Random) -> Vec<u8> {
        let nonce: [u8; NONCE_LEN] = random.array();
        let mut out = Vec::with_capacity(NONCE_LEN + plain.len() + 16);
        out.extend_from_slice(&nonce);
        out.extend_from_slice(plain);
        let tag = self
            .key(table)
            .seal_in_place_separate_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(row),
                &mut out[NONCE_LEN..],
            )
            .expect("a row is far below AES-GCM's limit of 64 GiB");
        out.extend_from_slice(tag.as_ref());
        out
    }

    /// Opens a row.
    ///
    /// # Errors
    /// [`Error::Opening`] if the key is wrong, the row was moved, or its bytes changed.
    pub fn open(
        &self,
        table: Table,
        row: &[u8],
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, Error> {
        let (nonce, body) = sealed
            .split_first_chunk::<NONCE_LEN>()
            .ok_or(Error::Opening)?;
        let mut buffer = Zeroizing::new(body.to_vec());
        let length = self
            .key(table)
            .open_in_place(
                Nonce::assume_unique_for_key(*nonce),
                Aad::from(row),
                &mut buffer,
            )
            .map_err(|_| Error::Opening)?
            .len();
        buffer.truncate(length);
        Ok(buffer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SystemRandom;

    #[test]
    fn a_row_opens_only_where_it_was_sealed() {
        let key = StorageKey::new(&SystemRandom.secret());
        let sealed = key.seal(Table::Record, b"row 1", b"title", &SystemRandom);
        assert_eq!(
            &**key.open(Table::Record, b"row 1", &sealed).expect("open"),
            b"title"
        );
        assert_eq!(
            key.open(Table::Record, b"row 2", &sealed),
            Err(Error::Opening)
        );
        assert_eq!(
            key.open(Table::Group, b"row 1", &sealed),
            Err(Error::Opening)
        );
        let other = StorageKey::new(&SystemRandom.secret());
        assert_eq!(
            other.open(Table::Record, b"row 1", &sealed),
            Err(Error::Opening)
        );
    }
}
