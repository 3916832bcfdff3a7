//! Fingerprints that two people compare over the phone.
//!
//! The first 16 bytes of a SHA-256, written as twelve words of the BIP-39 English list: the words are short, differ
//! in their first four letters, and the twelfth carries a checksum, so a misheard word does not pass.

use crate::{
    id::{FederationId, Hash, NodeId},
    key::PublicKey,
};
use std::fmt;

/// A short name of a key or document that people can read out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fingerprint([u8; 16]);

impl Fingerprint {
    fn of_bytes(what: &[u8], bytes: &[u8]) -> Self {
        let mut short = [0; 16];
        short.copy_from_slice(&Hash::of(&[b"focal/fingerprint/1\0", what, b"\0", bytes]).0[..16]);
        Self(short)
    }

    /// Of an organisation's root key or an author's key.
    #[must_use]
    pub fn of_key(key: &PublicKey) -> Self {
        Self::of_bytes(b"key", key.as_bytes())
    }

    /// Of a node.
    #[must_use]
    pub fn of_node(node: &NodeId) -> Self {
        Self::of_bytes(b"node", node.as_bytes())
    }

    /// Of a federation.
    #[must_use]
    pub fn of_federation(federation: &FederationId) -> Self {
        Self::of_bytes(b"federation", federation.as_bytes())
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words =
            bip39::Mnemonic::from_entropy(&self.0).expect("16 bytes are a valid BIP-39 length");
        for (i, word) in words.words().enumerate() {
            if i > 0 {
                f.write_str(if i % 4 == 0 { " · " } else { " " })?;
            }
            f.write_str(word)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_is_twelve_words_and_tells_keys_apart() {
        let a = Fingerprint::of_key(&PublicKey([1; 32])).to_string();
        let b = Fingerprint::of_key(&PublicKey([2; 32])).to_string();
        assert_ne!(a, b);
        assert_eq!(a.split_whitespace().filter(|w| *w != "·").count(), 12);
        assert_ne!(a, Fingerprint::of_node(&NodeId([1; 32])).to_string());
    }
}
