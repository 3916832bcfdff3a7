//! One entry of a log.

use super::{Error, Header};
use crate::{
    codec,
    id::Hash,
    key::{Context, SecretKey, Signature},
    limits,
};
use serde::{Deserialize, Serialize};

/// A header, the payload sealed under it, and the signature where there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The header, decoded.
    pub header: Header,
    raw: Raw,
    hash: Hash,
}

/// The bytes as they travel and are stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Raw {
    #[serde(with = "serde_bytes")]
    header: Vec<u8>,
    #[serde(with = "serde_bytes")]
    ciphertext: Vec<u8>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    signature: Option<Signature>,
}

impl Entry {
    /// Seals nothing itself: puts a header and the ciphertext made for it together, and signs.
    #[must_use]
    pub fn sign(
        header: Header,
        header_bytes: Vec<u8>,
        ciphertext: Vec<u8>,
        key: &SecretKey,
    ) -> Self {
        let hash = hash(&header_bytes, &Hash::of(&[&ciphertext]));
        let signature = Some(key.sign(Context::Entry, hash.as_bytes()));
        Self {
            header,
            hash,
            raw: Raw {
                header: header_bytes,
                ciphertext,
                signature,
            },
        }
    }

    /// Reads an entry. Neither chain nor signature is checked here.
    ///
    /// # Errors
    /// Over the limit, or not readable.
    pub fn from_raw(raw: Raw) -> Result<Self, Error> {
        if raw.len() > limits::ENTRY {
            return Err(Error::TooLarge(limits::ENTRY));
        }
        let header: Header = codec::decode(&raw.header, limits::HEADER)?;
        let hash = hash(&raw.header, &Hash::of(&[&raw.ciphertext]));
        Ok(Self { header, raw, hash })
    }

    /// Reads an entry from its stored bytes.
    ///
    /// # Errors
    /// As [`Entry::from_raw`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        Self::from_raw(Raw::from_bytes(bytes)?)
    }

    /// The bytes for the store.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        codec::encode_packed_sized(&self.raw, self.raw.len() + 32)
    }

    /// The wire form.
    #[must_use]
    pub fn raw(&self) -> &Raw {
        &self.raw
    }

    /// The header's bytes as signed.
    #[must_use]
    pub fn header_bytes(&self) -> &[u8] {
        &self.raw.header
    }

    /// The sealed payload.
    #[must_use]
    pub fn ciphertext(&self) -> &[u8] {
        &self.raw.ciphertext
    }

    /// What the next entry names, and what is signed.
    #[must_use]
    pub fn hash(&self) -> Hash {
        self.hash
    }

    /// The signature, where the entry ended a run.
    #[must_use]
    pub fn signature(&self) -> Option<&Signature> {
        self.raw.signature.as_ref()
    }

    /// Drops a signature that nobody has checked.
    pub(super) fn unsign(&mut self) {
        self.raw.unsign();
    }
}

impl Raw {
    /// Reads the envelope; what is in it is read by [`Entry::from_raw`].
    ///
    /// # Errors
    /// Not readable.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        Ok(codec::decode(bytes, limits::ENTRY + 256)?)
    }

    /// Whether there is a signature; it may not hold.
    #[must_use]
    pub fn is_signed(&self) -> bool {
        self.signature.is_some()
    }

    /// Bytes that it takes, envelope aside.
    #[must_use]
    pub fn len(&self) -> usize {
        self.header.len() + self.ciphertext.len() + 64
    }

    /// Never: an entry has a header.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        false
    }

    /// Drops the signature, for the middle of a run.
    pub fn unsign(&mut self) {
        self.signature = None;
    }
}

/// SHA-256 over a context, the header with its length, and the hash of the ciphertext: a proof can leave the
/// ciphertext out.
pub(super) fn hash(header: &[u8], ciphertext: &Hash) -> Hash {
    let length = u32::try_from(header.len())
        .unwrap_or(u32::MAX)
        .to_be_bytes();
    Hash::of(&[
        b"focal/entry-hash/1\0",
        &length,
        header,
        ciphertext.as_bytes(),
    ])
}
