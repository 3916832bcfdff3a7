//! Files that are written once and then read here and there: sealed block by block, so that a part opens by itself.
//!
//! A file is a random salt, then its blocks, each of [`BLOCK`] bytes but the last, each with its tag. The file's key is
//! HKDF-SHA-256 of its owner's key, the salt and the file's name; a block's nonce is its number and whether it is the
//! last, so a file never seals two contents under one nonce, and none of it opens in another place, in another file, or
//! cut short.

use super::Error;
use ring::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hkdf::{KeyType, Prk},
};
use zeroize::Zeroizing;

/// Bytes of a file in a block.
pub const BLOCK: usize = 16 << 10;
/// Bytes of a sealed block that is full.
pub const BLOCK_SEALED: usize = BLOCK + TAG;
/// Bytes before the first block.
pub const BLOCKS_SALT: usize = 32;

const TAG: usize = 16;

struct Secret;

impl KeyType for Secret {
    fn len(&self) -> usize {
        32
    }
}

/// Seals and opens the blocks of one file.
pub struct Blocks {
    key: LessSafeKey,
    name: Vec<u8>,
}

impl std::fmt::Debug for Blocks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Blocks")
    }
}

impl Blocks {
    /// Of a file with this name and salt. A salt must never serve twice.
    pub(super) fn new(prk: &Prk, name: &[u8], salt: &[u8; BLOCKS_SALT]) -> Self {
        let mut secret = Zeroizing::new([0; 32]);
        prk.expand(&[b"blocks", salt, name], Secret)
            .and_then(|okm| okm.fill(&mut *secret))
            .expect("32 bytes are within HKDF's limit");
        let key = UnboundKey::new(&AES_256_GCM, &*secret).expect("32 bytes are an AES-256 key");
        Self {
            key: LessSafeKey::new(key),
            name: name.to_vec(),
        }
    }

    fn nonce(index: u32, last: bool) -> Nonce {
        let mut nonce = [0; NONCE_LEN];
        nonce[..4].copy_from_slice(&index.to_be_bytes());
        nonce[4] = last.into();
        Nonce::assume_unique_for_key(nonce)
    }

    fn aad(&self, index: u32, last: bool) -> Aad<Vec<u8>> {
        let place = [&index.to_be_bytes()[..], &[last.into()]].concat();
        Aad::from([b"focal/block/1\0", &place[..], &self.name].concat())
    }

    /// Seals a block in place: `block` grows by its tag. A number must never seal two contents.
    pub fn seal(&self, index: u32, last: bool, block: &mut Vec<u8>) {
        let (nonce, aad) = (Self::nonce(index, last), self.aad(index, last));
        let tag = self.key.seal_in_place_separate_tag(nonce, aad, block);
        let tag = tag.expect("a block is far below AES-GCM's limit of 64 GiB");
        block.extend_from_slice(tag.as_ref());
    }

    /// Opens a block in place, and gives its content.
    ///
    /// # Errors
    /// [`Error::Opening`] for another key, file or place, or any changed bit.
    pub fn open<'a>(
        &self,
        index: u32,
        last: bool,
        sealed: &'a mut [u8],
    ) -> Result<&'a mut [u8], Error> {
        let (nonce, aad) = (Self::nonce(index, last), self.aad(index, last));
        let opened = self.key.open_in_place(nonce, aad, sealed);
        opened.map_err(|_| Error::Opening)
    }

    /// How many blocks a file of so many sealed bytes has, its salt not counted, and how many bytes are in them.
    ///
    /// # Errors
    /// [`Error::Malformed`] if no file of ours is so long.
    pub fn extent(sealed: u64) -> Result<(u32, u64), Error> {
        let count = sealed.div_ceil(BLOCK_SEALED as u64);
        let inside = sealed.checked_sub(count * TAG as u64);
        let count = u32::try_from(count).ok().filter(|count| *count > 0);
        let last = sealed % BLOCK_SEALED as u64;
        // Only an empty file has an empty block.
        let torn = (1..TAG as u64).contains(&last) || (last == TAG as u64 && count != Some(1));
        count.zip(inside).filter(|_| !torn).ok_or(Error::Malformed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seal::StorageKey;

    fn blocks(key: u8, name: &[u8], salt: u8) -> Blocks {
        StorageKey::new(&Zeroizing::new([key; 32])).blocks(name, &[salt; BLOCKS_SALT])
    }

    #[test]
    fn a_block_opens_only_in_its_place_in_its_file_and_unchanged() {
        let file = blocks(1, b"a", 1);
        let mut sealed = b"market".to_vec();
        file.seal(3, false, &mut sealed);
        let open = |by: &Blocks, index, last, mut sealed: Vec<u8>| {
            by.open(index, last, &mut sealed)
                .map(|plain| plain.to_vec())
        };
        assert_eq!(
            open(&file, 3, false, sealed.clone()),
            Ok(b"market".to_vec())
        );
        for (by, index, last) in [
            (&file, 4, false),
            (&file, 3, true),
            (&blocks(1, b"b", 1), 3, false),
            (&blocks(1, b"a", 2), 3, false),
            (&blocks(2, b"a", 1), 3, false),
        ] {
            assert_eq!(open(by, index, last, sealed.clone()), Err(Error::Opening));
        }
        for at in 0..sealed.len() {
            let mut torn = sealed.clone();
            torn[at] ^= 1;
            assert_eq!(open(&file, 3, false, torn), Err(Error::Opening), "{at}");
        }
        assert_eq!(open(&file, 3, false, Vec::new()), Err(Error::Opening));
    }

    #[test]
    fn every_length_has_blocks_that_hold_it() {
        let full = BLOCK_SEALED as u64;
        for (sealed, count, inside) in [
            (16, 1, 0),
            (17, 1, 1),
            (full, 1, BLOCK as u64),
            (full + 17, 2, BLOCK as u64 + 1),
            (2 * full, 2, 2 * BLOCK as u64),
        ] {
            assert_eq!(Blocks::extent(sealed), Ok((count, inside)), "{sealed}");
        }
        for torn in [0, 1, 15, full + 1, full + 16, u64::MAX] {
            assert_eq!(Blocks::extent(torn), Err(Error::Malformed), "{torn}");
        }
    }
}
