//! Ed25519 keys (RFC 8032) and what they sign.
//!
//! Every signature covers a context string, a zero byte and the message, so that a signature for one purpose is
//! worth nothing for another.

use crate::random::Random;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use serde::{Deserialize, Serialize};
use std::fmt;
use zeroize::Zeroizing;

/// What a signature is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Context {
    /// A federation's charter.
    Charter,
    /// A roster of member organisations.
    Roster,
    /// An organisation's manifest.
    Manifest,
    /// A request to join.
    JoinRequest,
    /// A person's record.
    Record,
    /// An entry of a node's log.
    Entry,
    /// A node's current key package.
    KeyPackage,
    /// A sealed parcel from node to node.
    Parcel,
    /// A recipient's receipt for a parcel.
    Receipt,
    /// A node's vote for a new custodian.
    Vote,
    /// A new custodian's proof that it was chosen.
    Succession,
    /// A custodian's word that another is custodian in its place.
    HandOver,
    /// How far a node's audit trail has come.
    AuditCheckpoint,
    /// What is first in a courier volume.
    Cover,
    /// A line of an evidence bundle's custody log.
    Custody,
}

impl Context {
    /// The bytes before the message.
    #[must_use]
    pub fn prefix(self) -> &'static [u8] {
        match self {
            Self::Charter => b"focal/charter/1\0",
            Self::Roster => b"focal/roster/1\0",
            Self::Manifest => b"focal/manifest/1\0",
            Self::JoinRequest => b"focal/join-request/1\0",
            Self::Record => b"focal/record/1\0",
            Self::Entry => b"focal/entry/1\0",
            Self::KeyPackage => b"focal/key-package/1\0",
            Self::Parcel => b"focal/parcel/1\0",
            Self::Receipt => b"focal/parcel-receipt/1\0",
            Self::Vote => b"focal/vote/1\0",
            Self::Succession => b"focal/succession/1\0",
            Self::HandOver => b"focal/hand-over/1\0",
            Self::AuditCheckpoint => b"focal/audit-checkpoint/1\0",
            Self::Cover => b"focal/cover/1\0",
            Self::Custody => b"focal/custody/1\0",
        }
    }

    fn message(self, bytes: &[u8]) -> Vec<u8> {
        [self.prefix(), bytes].concat()
    }
}

/// A signature does not fit the key, the context and the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the signature is not valid")]
pub struct BadSignature;

/// A public Ed25519 key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicKey(pub [u8; 32]);

impl PublicKey {
    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The first eight digits, for people.
    #[must_use]
    pub fn short(&self) -> String {
        format!("{}…", hex::encode(&self.0[..4]))
    }

    /// Checks a signature over `message` in `context`.
    ///
    /// # Errors
    /// [`BadSignature`] if it was not made by this key for this context and message.
    pub fn verify(
        &self,
        context: Context,
        message: &[u8],
        signature: &Signature,
    ) -> Result<(), BadSignature> {
        UnparsedPublicKey::new(&ED25519, self.0)
            .verify(&context.message(message), &signature.0)
            .map_err(|_| BadSignature)
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.short())
    }
}

impl Serialize for PublicKey {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        crate::id::serialize(&self.0, s)
    }
}

impl<'de> Deserialize<'de> for PublicKey {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        crate::id::deserialize(d).map(Self)
    }
}

/// A detached Ed25519 signature.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Signature(pub [u8; 64]);

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}…", hex::encode(&self.0[..4]))
    }
}

impl Serialize for Signature {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        crate::id::serialize(&self.0, s)
    }
}

impl<'de> Deserialize<'de> for Signature {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        crate::id::deserialize(d).map(Self)
    }
}

/// A private Ed25519 key. Its seed is wiped when dropped and never printed.
pub struct SecretKey {
    seed: Zeroizing<[u8; 32]>,
    pair: Ed25519KeyPair,
}

impl SecretKey {
    /// A new key.
    pub fn generate(random: &impl Random) -> Self {
        Self::from_seed(random.secret())
    }

    /// The key of a 32-byte seed (RFC 8032, section 5.1.5).
    #[must_use]
    pub fn from_seed(seed: Zeroizing<[u8; 32]>) -> Self {
        let pair =
            Ed25519KeyPair::from_seed_unchecked(&*seed).expect("any 32 bytes are an Ed25519 seed");
        Self { seed, pair }
    }

    /// The seed, for sealing into a key file.
    #[must_use]
    pub fn seed(&self) -> &Zeroizing<[u8; 32]> {
        &self.seed
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(self.pair.public_key().as_ref());
        PublicKey(bytes)
    }

    /// Signs `message` for `context`.
    #[must_use]
    pub fn sign(&self, context: Context, message: &[u8]) -> Signature {
        self.sign_bare(&context.message(message))
    }

    /// Signs bytes that carry their own context (MLS labels its messages, RFC 9420 section 5.1.2).
    #[must_use]
    pub(crate) fn sign_bare(&self, message: &[u8]) -> Signature {
        let mut bytes = [0; 64];
        bytes.copy_from_slice(self.pair.sign(message).as_ref());
        Signature(bytes)
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey of {}", self.public().short())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SystemRandom;

    #[test]
    fn a_signature_for_one_purpose_is_worth_nothing_for_another() {
        let key = SecretKey::generate(&SystemRandom);
        let signature = key.sign(Context::Record, b"report");
        assert_eq!(
            key.public().verify(Context::Record, b"report", &signature),
            Ok(())
        );
        assert_eq!(
            key.public().verify(Context::Roster, b"report", &signature),
            Err(BadSignature)
        );
        assert_eq!(
            key.public().verify(Context::Record, b"reporT", &signature),
            Err(BadSignature)
        );
    }

    #[test]
    fn a_secret_key_does_not_print_its_seed() {
        let key = SecretKey::generate(&SystemRandom);
        assert!(!format!("{key:?}").contains(&hex::encode(**key.seed())));
    }
}
