//! Backups of a node: pieces that are named by what is in them, so that what has not changed is not written again.

use super::Error;
use crate::{id::Hash, random::Random};
use ring::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hkdf::{HKDF_SHA256, KeyType, Salt},
    hmac,
};
use zeroize::Zeroizing;

struct Secret;

impl KeyType for Secret {
    fn len(&self) -> usize {
        32
    }
}

/// What a piece is: two sorts never share a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece {
    /// Rows of the store.
    Rows = 0,
    /// A chunk of an attachment, by its names.
    Chunk = 1,
}

/// Names, seals and opens the pieces of a node's backups. Derived from the node's storage key: whoever can open a backup
/// could open the store, and nobody else.
///
/// A name is HMAC-SHA-256 of the content, so that it tells nothing of it to who has not the key; a piece is sealed with
/// AES-256-GCM under a random nonce, with its name as associated data.
pub struct BackupKey {
    name: hmac::Key,
    seal: LessSafeKey,
}

impl std::fmt::Debug for BackupKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("BackupKey")
    }
}

impl BackupKey {
    /// From a node's storage key. HKDF with a salt of its own keeps it apart from what seals rows.
    #[must_use]
    pub fn of(storage: &Zeroizing<[u8; 32]>) -> Self {
        let prk = Salt::new(HKDF_SHA256, b"focal/backup/1").extract(&**storage);
        let secret = |info: &'static [u8]| {
            let mut bytes = Zeroizing::new([0; 32]);
            prk.expand(&[info], Secret)
                .and_then(|okm| okm.fill(&mut *bytes))
                .expect("32 bytes are within HKDF's limit");
            bytes
        };
        let seal = UnboundKey::new(&AES_256_GCM, &*secret(b"seal"));
        Self {
            name: hmac::Key::new(hmac::HMAC_SHA256, &*secret(b"name")),
            seal: LessSafeKey::new(seal.expect("32 bytes are an AES-256 key")),
        }
    }

    /// The name of a piece with this content, or, for a chunk, of this attachment and name.
    #[must_use]
    pub fn name(&self, piece: Piece, content: &[u8]) -> Hash {
        let mut context = hmac::Context::with_key(&self.name);
        context.update(&[piece as u8]);
        context.update(content);
        let mut name = [0; Hash::LEN];
        name.copy_from_slice(context.sign().as_ref());
        Hash(name)
    }

    /// Seals a piece under its name.
    #[must_use]
    pub fn seal(&self, name: &Hash, plain: &[u8], random: &impl Random) -> Vec<u8> {
        let nonce: [u8; NONCE_LEN] = random.array();
        let mut out = Vec::with_capacity(NONCE_LEN + plain.len() + 16);
        out.extend_from_slice(&nonce);
        out.extend_from_slice(plain);
        let tag = self
            .seal
            .seal_in_place_separate_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(name.as_bytes()),
                &mut out[NONCE_LEN..],
            )
            .expect("a piece is far below AES-GCM's limit of 64 GiB");
        out.extend_from_slice(tag.as_ref());
        out
    }

    /// Opens a piece.
    ///
    /// # Errors
    /// [`Error::Opening`] if it is of another node, has another name, or was changed.
    pub fn open(&self, name: &Hash, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
        let (nonce, body) = sealed
            .split_first_chunk::<NONCE_LEN>()
            .ok_or(Error::Opening)?;
        let mut buffer = Zeroizing::new(body.to_vec());
        let length = self
            .seal
            .open_in_place(
                Nonce::assume_unique_for_key(*nonce),
                Aad::from(name.as_bytes()),
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
    fn a_piece_opens_under_its_name_with_its_nodes_key_and_unchanged() {
        let key = BackupKey::of(&Zeroizing::new([1; 32]));
        let name = key.name(Piece::Rows, b"rows");
        assert_eq!(name, key.name(Piece::Rows, b"rows"));
        assert_ne!(name, key.name(Piece::Chunk, b"rows"));
        let sealed = key.seal(&name, b"rows", &SystemRandom);
        assert_eq!(&**key.open(&name, &sealed).expect("open"), b"rows");
        let other = key.name(Piece::Rows, b"other");
        assert_eq!(key.open(&other, &sealed), Err(Error::Opening));
        let mut torn = sealed.clone();
        torn[14] ^= 1;
        assert_eq!(key.open(&name, &torn), Err(Error::Opening));
        assert_eq!(key.open(&name, &sealed[..5]), Err(Error::Opening));
        let stranger = BackupKey::of(&Zeroizing::new([2; 32]));
        assert_eq!(stranger.open(&name, &sealed), Err(Error::Opening));
        assert_ne!(stranger.name(Piece::Rows, b"rows"), name);
    }
}
