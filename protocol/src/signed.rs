//! Signed things, before and after the check.
//!
//! [`Signed`] is what travels: the bytes as they were signed, and signatures that nobody has checked yet.
//! [`Verified`] can only come from a check, so code that holds one need not ask again. Nobody re-encodes to verify.

use crate::{
    codec,
    id::Hash,
    key::{Context, PublicKey, SecretKey, Signature},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::{collections::BTreeSet, marker::PhantomData, ops::Deref};

/// Something that is signed.
pub trait Signable: Serialize + DeserializeOwned {
    /// What the signature is for.
    const CONTEXT: Context;
    /// Most bytes of the encoded thing.
    const LIMIT: usize;
}

/// Why a signed thing is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The bytes are not what they should be.
    #[error("the signed bytes cannot be read: {0}")]
    Codec(#[from] codec::Error),
    /// A signature is wrong.
    #[error("the signature by {0:?} is not valid")]
    BadSignature(PublicKey),
    /// Not enough of those who may sign have signed.
    #[error("{got} of the {needed} signatures that are needed")]
    TooFewSignatures {
        /// Valid signatures by those who may sign.
        got: usize,
        /// Signatures needed.
        needed: usize,
    },
    /// More signatures than anybody needs.
    #[error("too many signatures")]
    TooManySignatures,
}

crate::worded! {
    Error {
        Self::BadSignature(key) => "signature-by" { key: format!("{key:?}") },
        Self::Codec(why) => "signed-unread" { why: why.wording() },
        Self::TooFewSignatures { got, needed } => "signatures-too-few" { got: *got, needed: *needed },
        Self::TooManySignatures => "signatures-too-many",
    }
}

/// One signature and the key that is said to have made it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeySignature {
    /// The signer.
    pub key: PublicKey,
    /// Over context and body.
    pub signature: Signature,
}

/// A body as it was signed, with signatures still to be checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signed<T> {
    #[serde(with = "serde_bytes")]
    body: Vec<u8>,
    signatures: Vec<KeySignature>,
    #[serde(skip)]
    of: PhantomData<T>,
}

/// Most signatures on one thing: as many as there may be organisations.
const SIGNATURES: usize = crate::limits::ORGANISATIONS;

impl<T: Signable> Signed<T> {
    /// Encodes and signs.
    #[must_use]
    pub fn new(value: &T, key: &SecretKey) -> Self {
        let mut signed = Self {
            body: codec::encode(value),
            signatures: Vec::new(),
            of: PhantomData,
        };
        signed.countersign(key);
        signed
    }

    /// Adds the signature of one more key; a second one by the same key replaces the first.
    pub fn countersign(&mut self, key: &SecretKey) {
        let public = key.public();
        self.signatures.retain(|s| s.key != public);
        self.signatures.push(KeySignature {
            key: public,
            signature: key.sign(T::CONTEXT, &self.body),
        });
    }

    /// Takes over the signatures of another copy of the same body.
    pub fn merge(&mut self, other: &Self) {
        if self.body == other.body {
            for signature in &other.signatures {
                if !self.signatures.contains(signature) {
                    self.signatures.push(signature.clone());
                }
            }
        }
    }

    /// The bytes that were signed.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The signatures, unchecked.
    #[must_use]
    pub fn signatures(&self) -> &[KeySignature] {
        &self.signatures
    }

    /// SHA-256 of the signed bytes.
    #[must_use]
    pub fn hash(&self) -> Hash {
        Hash::of(&[&self.body])
    }

    /// Reads the body without trusting it, to learn whose keys should have signed it.
    ///
    /// # Errors
    /// [`Error::Codec`] if the bytes cannot be read.
    pub fn unverified(&self) -> Result<T, Error> {
        Ok(codec::decode(&self.body, T::LIMIT)?)
    }

    /// Checks the one signature of the key that the body itself names.
    ///
    /// # Errors
    /// Unreadable, not signed by that key, or wrongly.
    pub fn verify_by(self, signer: impl FnOnce(&T) -> PublicKey) -> Result<Verified<T>, Error> {
        if self.signatures.len() > SIGNATURES {
            return Err(Error::TooManySignatures);
        }
        let value = self.unverified()?;
        let key = signer(&value);
        let signature = self
            .signatures
            .iter()
            .find(|s| s.key == key)
            .ok_or(Error::TooFewSignatures { got: 0, needed: 1 })?;
        key.verify(T::CONTEXT, &self.body, &signature.signature)
            .map_err(|_| Error::BadSignature(key))?;
        Ok(Verified {
            value,
            hash: self.hash(),
            signed: self,
        })
    }

    /// Checks that at least `needed` different keys among `signers` have signed.
    ///
    /// # Errors
    /// A wrong signature by one of `signers`, or too few of them.
    pub fn verify(self, signers: &[PublicKey], needed: usize) -> Result<Verified<T>, Error> {
        if self.signatures.len() > SIGNATURES {
            return Err(Error::TooManySignatures);
        }
        let value = self.unverified()?;
        let mut valid = BTreeSet::new();
        for s in &self.signatures {
            if signers.contains(&s.key) && !valid.contains(&s.key) {
                s.key
                    .verify(T::CONTEXT, &self.body, &s.signature)
                    .map_err(|_| Error::BadSignature(s.key))?;
                valid.insert(s.key);
            }
        }
        if valid.len() < needed {
            return Err(Error::TooFewSignatures {
                got: valid.len(),
                needed,
            });
        }
        Ok(Verified {
            value,
            hash: self.hash(),
            signed: self,
        })
    }
}

/// A value whose signatures were checked, with the bytes that prove it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified<T> {
    value: T,
    hash: Hash,
    signed: Signed<T>,
}

impl<T> Verified<T> {
    /// SHA-256 of the signed bytes.
    #[must_use]
    pub fn hash(&self) -> Hash {
        self.hash
    }

    /// The signed form, for storing and passing on.
    #[must_use]
    pub fn signed(&self) -> &Signed<T> {
        &self.signed
    }

    /// The value alone.
    #[must_use]
    pub fn into_value(self) -> T {
        self.value
    }
}

impl<T> Deref for Verified<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.value
    }
}
