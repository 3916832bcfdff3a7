//! Sealing a file that travels beside a record: in chunks, each by itself, so that a transfer can go on anywhere and each
//! piece can be judged as it comes.
//!
//! Every attachment has a fresh random key, which is in the record and nowhere else. Chunks are named by the SHA-256 of
//! their sealed bytes; the names, one after the other, are sealed as one more chunk, the *list*, whose name is in the
//! record. So the author's signature binds every bit of the file.

use super::{Error, padding::padme};
use crate::{id::Hash, limits, random::Random};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// What opens one attachment.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct AttachmentKey(pub [u8; 32]);

impl AttachmentKey {
    /// A fresh one. It must never seal two contents.
    #[must_use]
    pub fn generate(random: &impl Random) -> Self {
        Self(random.array())
    }
}

impl std::fmt::Debug for AttachmentKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AttachmentKey")
    }
}

impl Serialize for AttachmentKey {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        crate::id::serialize(&self.0, s)
    }
}

impl<'de> Deserialize<'de> for AttachmentKey {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        crate::id::deserialize(d).map(Self)
    }
}

/// What a sealed piece is, in nonce and associated data.
#[derive(Clone, Copy)]
enum Part {
    Chunk = 0,
    Last = 1,
    List = 2,
}

/// The chunks of one attachment: how many, how long, sealed and opened.
pub struct Chunks {
    key: LessSafeKey,
    size: u64,
}

impl std::fmt::Debug for Chunks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Chunks({} bytes)", self.size)
    }
}

/// Length of a tag, bytes.
const TAG: usize = 16;

impl Chunks {
    /// Of a file of `size` bytes.
    ///
    /// # Errors
    /// [`Error::TooLarge`]: more than an attachment may have.
    pub fn new(key: &AttachmentKey, size: u64) -> Result<Self, Error> {
        if size > limits::ATTACHMENT {
            return Err(Error::TooLarge(
                usize::try_from(limits::ATTACHMENT).unwrap_or(usize::MAX),
            ));
        }
        let key = UnboundKey::new(&AES_256_GCM, &key.0).expect("32 bytes are an AES-256 key");
        Ok(Self {
            key: LessSafeKey::new(key),
            size,
        })
    }

    /// How many there are: an empty file has one.
    #[must_use]
    pub fn count(&self) -> u32 {
        let count = self.size.div_ceil(limits::CHUNK as u64).max(1);
        u32::try_from(count).unwrap_or(u32::MAX)
    }

    /// Bytes of the file in a chunk; 0 beyond the last.
    #[must_use]
    pub fn length(&self, index: u32) -> usize {
        let from = u64::from(index) * limits::CHUNK as u64;
        let rest = self.size.saturating_sub(from).min(limits::CHUNK as u64);
        usize::try_from(rest).unwrap_or(limits::CHUNK)
    }

    /// Bytes of a sealed chunk: the last one is padded (Padmé), so that its length tells little.
    #[must_use]
    pub fn sealed_length(&self, index: u32) -> usize {
        self.padded(index) + TAG
    }

    /// Bytes of the sealed list.
    #[must_use]
    pub fn list_length(&self) -> usize {
        self.count() as usize * Hash::LEN + TAG
    }

    /// Bytes of everything that is sealed.
    #[must_use]
    pub fn sealed_size(&self) -> u64 {
        let last = self.count() - 1;
        u64::from(last) * (limits::CHUNK + TAG) as u64
            + (self.sealed_length(last) + self.list_length()) as u64
    }

    fn padded(&self, index: u32) -> usize {
        if index + 1 < self.count() {
            limits::CHUNK
        } else {
            padme(self.length(index)).min(limits::CHUNK)
        }
    }

    fn part(&self, index: u32) -> Part {
        if index + 1 < self.count() {
            Part::Chunk
        } else {
            Part::Last
        }
    }

    fn nonce(index: u32, part: Part) -> Nonce {
        let mut nonce = [0; NONCE_LEN];
        nonce[..4].copy_from_slice(&index.to_be_bytes());
        nonce[4] = part as u8;
        Nonce::assume_unique_for_key(nonce)
    }

    fn aad(&self, index: u32, part: Part) -> Aad<Vec<u8>> {
        let (size, index) = (self.size.to_be_bytes(), index.to_be_bytes());
        Aad::from([b"focal/chunk/1\0".as_slice(), &size, &index, &[part as u8]].concat())
    }

    fn seal_part(&self, index: u32, part: Part, mut plain: Vec<u8>) -> Vec<u8> {
        let tag = self
            .key
            .seal_in_place_separate_tag(Self::nonce(index, part), self.aad(index, part), &mut plain)
            .expect("a chunk is far below AES-GCM's limit of 64 GiB");
        plain.extend_from_slice(tag.as_ref());
        plain
    }

    fn open_part(
        &self,
        index: u32,
        part: Part,
        sealed: Vec<u8>,
    ) -> Result<Zeroizing<Vec<u8>>, Error> {
        let mut buffer = Zeroizing::new(sealed);
        let aad = self.aad(index, part);
        let length = self
            .key
            .open_in_place(Self::nonce(index, part), aad, &mut buffer)
            .map_err(|_| Error::Opening)?
            .len();
        buffer.truncate(length);
        Ok(buffer)
    }

    /// Seals the bytes of one chunk. A key and index must never seal two contents: the nonce is the index.
    ///
    /// # Errors
    /// [`Error::Malformed`]: not the bytes that a chunk of this index has.
    pub fn seal(&self, index: u32, plain: &[u8]) -> Result<Vec<u8>, Error> {
        if index >= self.count() || plain.len() != self.length(index) {
            return Err(Error::Malformed);
        }
        let mut padded = Vec::with_capacity(self.sealed_length(index));
        padded.extend_from_slice(plain);
        padded.resize(self.padded(index), 0);
        Ok(self.seal_part(index, self.part(index), padded))
    }

    /// Opens one chunk.
    ///
    /// # Errors
    /// [`Error::Opening`] for another key, index, size or any changed bit; [`Error::Malformed`] for a wrong length or
    /// padding.
    pub fn open(&self, index: u32, sealed: Vec<u8>) -> Result<Zeroizing<Vec<u8>>, Error> {
        if index >= self.count() || sealed.len() != self.sealed_length(index) {
            return Err(Error::Malformed);
        }
        let mut plain = self.open_part(index, self.part(index), sealed)?;
        let length = self.length(index);
        if plain.iter().skip(length).any(|b| *b != 0) {
            return Err(Error::Malformed);
        }
        plain.truncate(length);
        Ok(plain)
    }

    /// Seals the names of all chunks.
    ///
    /// # Errors
    /// [`Error::Malformed`]: not as many as there are chunks.
    pub fn seal_list(&self, names: &[Hash]) -> Result<Vec<u8>, Error> {
        if names.len() != self.count() as usize {
            return Err(Error::Malformed);
        }
        let mut plain = Vec::with_capacity(self.list_length());
        for name in names {
            plain.extend_from_slice(name.as_bytes());
        }
        Ok(self.seal_part(u32::MAX, Part::List, plain))
    }

    /// Opens the list.
    ///
    /// # Errors
    /// As for a chunk.
    pub fn open_list(&self, sealed: Vec<u8>) -> Result<Vec<Hash>, Error> {
        if sealed.len() != self.list_length() {
            return Err(Error::Malformed);
        }
        let plain = self.open_part(u32::MAX, Part::List, sealed)?;
        let names = plain.chunks_exact(Hash::LEN);
        names
            .map(|name| Hash::try_from(name).map_err(|_| Error::Malformed))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunks(size: u64) -> Chunks {
        Chunks::new(&AttachmentKey([7; 32]), size).expect("within the limit")
    }

    #[test]
    fn every_size_has_chunks_that_hold_it() {
        let chunk = limits::CHUNK as u64;
        for (size, count) in [
            (0, 1),
            (1, 1),
            (chunk, 1),
            (chunk + 1, 2),
            (limits::ATTACHMENT, 8_192),
        ] {
            let chunks = chunks(size);
            assert_eq!(chunks.count(), count, "{size}");
            let held: u64 = (0..count).map(|i| chunks.length(i) as u64).sum();
            assert_eq!(held, size);
            assert!(chunks.list_length() <= limits::CHUNK_SEALED);
            assert!((0..count).all(|i| chunks.sealed_length(i) <= limits::CHUNK_SEALED));
            let sealed: usize = (0..count).map(|i| chunks.sealed_length(i)).sum();
            assert_eq!(chunks.sealed_size(), (sealed + chunks.list_length()) as u64);
        }
    }

    #[test]
    fn a_file_over_the_limit_is_not_sealed() {
        let refused = Chunks::new(&AttachmentKey([7; 32]), limits::ATTACHMENT + 1);
        assert!(matches!(refused, Err(Error::TooLarge(_))));
    }

    #[test]
    fn a_chunk_opens_only_in_its_place_with_its_key_and_unchanged() {
        let size = limits::CHUNK as u64 * 2 + 100;
        let whole = chunks(size);
        let plain = vec![9; limits::CHUNK];
        let sealed = whole.seal(0, &plain).expect("sealed");
        assert_eq!(*whole.open(0, sealed.clone()).expect("open"), plain);
        assert_eq!(whole.open(1, sealed.clone()), Err(Error::Opening));
        // The first of three is not the only one of a shorter file.
        let shorter = chunks(limits::CHUNK as u64);
        assert_eq!(shorter.open(0, sealed.clone()), Err(Error::Opening));
        let other = Chunks::new(&AttachmentKey([8; 32]), size).expect("chunks");
        assert_eq!(other.open(0, sealed.clone()), Err(Error::Opening));
        let mut torn = sealed.clone();
        torn[5] ^= 1;
        assert_eq!(whole.open(0, torn), Err(Error::Opening));
        assert_eq!(whole.open(0, sealed[1..].to_vec()), Err(Error::Malformed));
        assert_eq!(whole.open(3, sealed), Err(Error::Malformed));
    }

    #[test]
    fn the_last_chunk_tells_little_of_its_length() {
        let sealed = |size| {
            chunks(size)
                .seal(0, &vec![1; chunks(size).length(0)])
                .expect("sealed")
        };
        assert_eq!(sealed(5_000).len(), sealed(5_100).len());
        assert_eq!(sealed(0).len(), sealed(64).len());
        let opened = chunks(5_000).open(0, sealed(5_000)).expect("open");
        assert_eq!(*opened, vec![1; 5_000]);
    }

    #[test]
    fn padding_that_says_something_is_refused() {
        let chunks = chunks(10);
        let mut plain = vec![1; 10];
        plain.resize(64, 2);
        let sealed = chunks.seal_part(0, Part::Last, plain);
        assert_eq!(chunks.open(0, sealed), Err(Error::Malformed));
    }

    #[test]
    fn a_list_is_no_chunk_and_a_chunk_no_list() {
        let one = chunks(32);
        let name = Hash([3; 32]);
        let list = one.seal_list(&[name]).expect("sealed");
        assert_eq!(one.open_list(list.clone()).expect("open"), [name]);
        assert!(one.open(0, list).is_err());
        let chunk = one.seal(0, &[3; 32]).expect("sealed");
        assert!(one.open_list(chunk).is_err());
        assert_eq!(one.seal_list(&[name, name]), Err(Error::Malformed));
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_opening_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200), size in 0u64..200) {
            let chunks = chunks(size);
            let _ = chunks.open(0, bytes.clone());
            let _ = chunks.open_list(bytes);
        }
    }
}
