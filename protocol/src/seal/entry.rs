//! Sealing an entry's payload under its epoch.

use super::{Error, padding};
use crate::{id::Hash, limits, log::Salt};
use ring::{
    aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    hkdf::{HKDF_SHA256, KeyType},
};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// What a case group exports for one epoch; every entry sealed under the epoch has a key of its own from it.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct EpochSecret(pub [u8; 32]);

impl std::fmt::Debug for EpochSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("EpochSecret")
    }
}

impl Serialize for EpochSecret {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        crate::id::serialize(&self.0, s)
    }
}

impl<'de> Deserialize<'de> for EpochSecret {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        crate::id::deserialize(d).map(Self)
    }
}

struct Aes256;

impl KeyType for Aes256 {
    fn len(&self) -> usize {
        32
    }
}

/// The key of one entry: it opens no other.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct EntryKey(pub [u8; 32]);

impl std::fmt::Debug for EntryKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("EntryKey")
    }
}

impl Serialize for EntryKey {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        crate::id::serialize(&self.0, s)
    }
}

impl<'de> Deserialize<'de> for EntryKey {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        crate::id::deserialize(d).map(Self)
    }
}

/// HKDF-SHA-256 (RFC 5869): salt and input key are the entry's salt and the epoch's secret, info is
/// `"focal/entry/1"` and the SHA-256 of the header.
#[must_use]
pub fn entry_key(secret: &EpochSecret, salt: &Salt, header: &[u8]) -> EntryKey {
    let header_hash = Hash::of(&[header]);
    let mut key = EntryKey([0; 32]);
    let info = [b"focal/entry/1".as_slice(), header_hash.as_bytes()];
    ring::hkdf::Salt::new(HKDF_SHA256, &salt.0)
        .extract(&secret.0)
        .expand(&info, Aes256)
        .and_then(|okm| okm.fill(&mut key.0))
        .expect("32 bytes are within HKDF's limit");
    key
}

fn cipher(key: &EntryKey) -> LessSafeKey {
    LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &key.0).expect("32 bytes are an AES-256 key"))
}

/// The key is used once, so the nonce may be constant.
fn nonce() -> Nonce {
    Nonce::assume_unique_for_key([0; 12])
}

/// Compresses, pads and seals `payload`; `header` is authenticated with it.
///
/// # Errors
/// [`Error::TooLarge`] if the entry would be over its limit.
pub fn seal_entry(
    secret: &EpochSecret,
    salt: &Salt,
    header: &[u8],
    payload: &[u8],
) -> Result<Vec<u8>, Error> {
    let packed = padding::pack(payload);
    if packed.len() + header.len() + 128 > limits::ENTRY || payload.len() > limits::PAYLOAD {
        return Err(Error::TooLarge(limits::ENTRY));
    }
    let mut sealed = Vec::with_capacity(packed.len() + AES_256_GCM.tag_len());
    sealed.extend_from_slice(&packed);
    cipher(&entry_key(secret, salt, header))
        .seal_in_place_append_tag(nonce(), Aad::from(header), &mut sealed)
        .map_err(|_| Error::TooLarge(limits::ENTRY))?;
    Ok(sealed)
}

/// Opens what [`seal_entry`] closed.
///
/// # Errors
/// [`Error::Opening`] for a wrong secret or any changed bit.
pub fn open_entry(
    secret: &EpochSecret,
    salt: &Salt,
    header: &[u8],
    ciphertext: &[u8],
) -> Result<Zeroizing<Vec<u8>>, Error> {
    open_with(&entry_key(secret, salt, header), header, ciphertext)
}

/// Opens an entry with its own key.
///
/// # Errors
/// [`Error::Opening`] for a wrong key or any changed bit.
pub fn open_with(
    key: &EntryKey,
    header: &[u8],
    ciphertext: &[u8],
) -> Result<Zeroizing<Vec<u8>>, Error> {
    let mut buffer = Zeroizing::new(ciphertext.to_vec());
    let packed = cipher(key)
        .open_in_place(nonce(), Aad::from(header), &mut buffer)
        .map_err(|_| Error::Opening)?;
    padding::unpack(packed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_entry_opens_only_with_its_secret_its_header_and_unchanged() {
        let (secret, salt) = (EpochSecret([7; 32]), Salt([9; 16]));
        let sealed = seal_entry(&secret, &salt, b"header", b"report").expect("seal");
        assert_eq!(
            &**open_entry(&secret, &salt, b"header", &sealed).expect("open"),
            b"report"
        );
        let mut torn = sealed.clone();
        torn[3] ^= 1;
        let wrong = EpochSecret([8; 32]);
        for attempt in [
            open_entry(&secret, &salt, b"header", &torn),
            open_entry(&secret, &salt, b"Header", &sealed),
            open_entry(&wrong, &salt, b"header", &sealed),
            open_entry(&secret, &salt, b"header", &[]),
        ] {
            assert_eq!(attempt, Err(Error::Opening));
        }
    }

    #[test]
    fn an_entry_over_the_limit_is_not_sealed() {
        let noise: Vec<u8> = (0..limits::ENTRY)
            .flat_map(|i| Hash::of(&[&i.to_be_bytes()]).0[..1].to_vec())
            .collect();
        let result = seal_entry(&EpochSecret([7; 32]), &Salt([9; 16]), b"h", &noise);
        assert_eq!(result, Err(Error::TooLarge(limits::ENTRY)));
    }
}
