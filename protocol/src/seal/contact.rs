//! Boxes that only one node can open: HPKE (RFC 9180), base mode, single shot, ML-KEM-768 + X25519, HKDF-SHA-384,
//! AES-256-GCM: the KEM, KDF and AEAD of MLS suite 0x004E.

use super::Error;
use openmls_rust_crypto::RustCrypto;
use openmls_traits::{
    crypto::OpenMlsCrypto,
    types::{Ciphersuite, HpkeCiphertext, HpkeConfig},
};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// The suite of all our HPKE and MLS: 0x004E of draft-ietf-mls-pq-ciphersuites.
pub(crate) const SUITE: Ciphersuite = Ciphersuite::MLS_128_MLKEM768X25519_AES256GCM_SHA384_Ed25519;

/// Bytes of the key encapsulation: a ciphertext of ML-KEM-768 and a public key of X25519.
const KEM: usize = 1_088 + 32;
/// How much longer a bare box is than what is in it, bytes: encapsulation and tag.
pub(crate) const BARE_OVERHEAD: usize = KEM + 16;

fn config() -> HpkeConfig {
    HpkeConfig(
        SUITE.hpke_kem_algorithm(),
        SUITE.hpke_kdf_algorithm(),
        SUITE.hpke_aead_algorithm(),
    )
}

/// A node's contact key, from a 32-byte seed.
pub struct ContactKey {
    private: Zeroizing<Vec<u8>>,
    public: ContactPublic,
}

impl std::fmt::Debug for ContactKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ContactKey")
    }
}

/// The public half, as a manifest lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactPublic(pub Vec<u8>);

#[derive(Serialize, Deserialize)]
struct Sealed {
    #[serde(with = "serde_bytes")]
    kem: Vec<u8>,
    #[serde(with = "serde_bytes")]
    body: Vec<u8>,
}

impl ContactKey {
    /// The key of a seed.
    ///
    /// # Errors
    /// [`Error::BadContactKey`] if the provider cannot derive one.
    pub fn from_seed(seed: &Zeroizing<[u8; 32]>) -> Result<Self, Error> {
        let pair = RustCrypto::default()
            .derive_hpke_keypair(config(), &**seed)
            .map_err(|_| Error::BadContactKey)?;
        Ok(Self {
            private: Zeroizing::new(pair.private.to_vec()),
            public: ContactPublic(pair.public),
        })
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> &ContactPublic {
        &self.public
    }

    /// Opens a box sealed to this key with the same `context`.
    ///
    /// # Errors
    /// [`Error::Opening`] if it is for somebody else or changed.
    pub fn open(&self, context: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
        let sealed: Sealed = crate::codec::decode(sealed, crate::limits::PARCEL + 4096)
            .map_err(|_| Error::Malformed)?;
        self.unseal(context, sealed)
    }

    /// Opens a box without any envelope: encapsulation, then body.
    ///
    /// # Errors
    /// [`Error::Opening`] if it is for somebody else or changed.
    pub(crate) fn open_bare(
        &self,
        context: &[u8],
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, Error> {
        let (kem, body) = sealed.split_at_checked(KEM).ok_or(Error::Opening)?;
        self.unseal(
            context,
            Sealed {
                kem: kem.to_vec(),
                body: body.to_vec(),
            },
        )
    }

    fn unseal(&self, context: &[u8], sealed: Sealed) -> Result<Zeroizing<Vec<u8>>, Error> {
        let input = HpkeCiphertext {
            kem_output: sealed.kem.into(),
            ciphertext: sealed.body.into(),
        };
        RustCrypto::default()
            .hpke_open(config(), &input, &self.private, b"focal/contact/1", context)
            .map(Zeroizing::new)
            .map_err(|_| Error::Opening)
    }
}

impl ContactPublic {
    /// Seals to this key; `context` is authenticated.
    ///
    /// # Errors
    /// [`Error::BadContactKey`] if the key is not one.
    pub fn seal(&self, context: &[u8], plain: &[u8]) -> Result<Vec<u8>, Error> {
        if plain.len() > crate::limits::PARCEL {
            return Err(Error::TooLarge(crate::limits::PARCEL));
        }
        self.enclose(context, plain)
            .map(|sealed| crate::codec::encode_packed(&sealed))
    }

    /// Seals without any envelope, so that nothing in the box says what it is.
    pub(crate) fn seal_bare(&self, context: &[u8], plain: &[u8]) -> Result<Vec<u8>, Error> {
        self.enclose(context, plain)
            .map(|sealed| [sealed.kem, sealed.body].concat())
    }

    fn enclose(&self, context: &[u8], plain: &[u8]) -> Result<Sealed, Error> {
        let sealed = RustCrypto::default()
            .hpke_seal(config(), &self.0, b"focal/contact/1", context, plain)
            .map_err(|_| Error::BadContactKey)?;
        Ok(Sealed {
            kem: sealed.kem_output.as_slice().to_vec(),
            body: sealed.ciphertext.as_slice().to_vec(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Random, SystemRandom};

    #[test]
    fn a_box_opens_only_for_its_recipient_in_its_context() {
        let key = ContactKey::from_seed(&SystemRandom.secret()).expect("key");
        let other = ContactKey::from_seed(&SystemRandom.secret()).expect("key");
        let sealed = key.public().seal(b"welcome", b"secret").expect("seal");
        assert_eq!(&**key.open(b"welcome", &sealed).expect("open"), b"secret");
        assert!(key.open(b"other", &sealed).is_err());
        assert!(other.open(b"welcome", &sealed).is_err());
        assert!(key.open(b"welcome", b"junk").is_err());
        assert_eq!(
            ContactPublic(vec![1, 2, 3]).seal(b"", b""),
            Err(Error::BadContactKey)
        );
    }
}
