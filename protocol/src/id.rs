//! Names of things: each its own type, so that a case is never taken for a log.
//!
//! All are 32 bytes (a [`LogId`] 16). They print in full as lower-case hex ([`std::fmt::Display`]), short for people
//! and logs (`short`, and [`std::fmt::Debug`]), and parse back from the full form.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// Text that is not an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an id: {expected} hexadecimal digits are needed")]
pub struct ParseError {
    /// How many digits this kind of id has.
    pub expected: usize,
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident [$len:literal];)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; $len]);

        impl $name {
            /// Length in bytes.
            pub const LEN: usize = $len;

            /// The bytes.
            #[must_use]
            pub fn as_bytes(&self) -> &[u8] {
                &self.0
            }

            /// The first eight digits and an ellipsis: for people, never for machines.
            #[must_use]
            pub fn short(&self) -> String {
                format!("{}…", hex::encode(&self.0[..4]))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&hex::encode(self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.short())
            }
        }

        impl FromStr for $name {
            type Err = ParseError;
            fn from_str(text: &str) -> Result<Self, ParseError> {
                let mut bytes = [0; $len];
                hex::decode_to_slice(text, &mut bytes).map_err(|_| ParseError { expected: $len * 2 })?;
                Ok(Self(bytes))
            }
        }

        impl TryFrom<&[u8]> for $name {
            type Error = ParseError;
            fn try_from(bytes: &[u8]) -> Result<Self, ParseError> {
                Ok(Self(bytes.try_into().map_err(|_| ParseError { expected: $len * 2 })?))
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                crate::id::serialize(&self.0, s)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                crate::id::deserialize(d).map(Self)
            }
        }
    )*};
}

ids! {
    /// A SHA-256 hash.
    Hash[32];
    /// A federation: the hash of its charter.
    FederationId[32];
    /// An organisation: the hash of the root key it was admitted with.
    OrgId[32];
    /// A node: its Ed25519 key, which is also its libp2p identity.
    NodeId[32];
    /// A case, chosen at random when it is opened.
    CaseId[32];
    /// A record: the hash of its signed bytes.
    RecordId[32];
    /// A log, chosen at random by its writer.
    LogId[16];
}

/// Bytes of a fixed length: a CBOR byte string, or hex where people read.
pub(crate) fn serialize<S: serde::Serializer>(bytes: &[u8], s: S) -> Result<S::Ok, S::Error> {
    if s.is_human_readable() {
        s.serialize_str(&hex::encode(bytes))
    } else {
        s.serialize_bytes(bytes)
    }
}

/// The inverse of [`serialize`].
pub(crate) fn deserialize<'de, const N: usize, D: serde::Deserializer<'de>>(
    d: D,
) -> Result<[u8; N], D::Error> {
    use serde::de::Error;
    if d.is_human_readable() {
        let text = String::deserialize(d)?;
        let mut bytes = [0; N];
        hex::decode_to_slice(&text, &mut bytes).map_err(D::Error::custom)?;
        Ok(bytes)
    } else {
        let bytes = serde_bytes::ByteArray::<N>::deserialize(d)?;
        Ok(bytes.into_array())
    }
}

impl Hash {
    /// SHA-256 of the parts, one after the other.
    #[must_use]
    pub fn of(parts: &[&[u8]]) -> Self {
        let mut hashing = Hashing::default();
        for part in parts {
            hashing.update(part);
        }
        hashing.finish()
    }
}

/// A SHA-256 of what comes piece by piece.
#[derive(Clone)]
pub struct Hashing(ring::digest::Context);

impl Default for Hashing {
    fn default() -> Self {
        Self(ring::digest::Context::new(&ring::digest::SHA256))
    }
}

impl fmt::Debug for Hashing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hashing")
    }
}

impl Hashing {
    /// Takes the next piece.
    pub fn update(&mut self, piece: &[u8]) {
        self.0.update(piece);
    }

    /// The hash of all pieces, one after the other.
    #[must_use]
    pub fn finish(self) -> Hash {
        let mut out = [0; 32];
        out.copy_from_slice(self.0.finish().as_ref());
        Hash(out)
    }
}

impl OrgId {
    /// The id of the organisation that presents `root` when it is admitted.
    #[must_use]
    pub fn of_root(root: &crate::key::PublicKey) -> Self {
        Self(Hash::of(&[b"focal/org/1\0", root.as_bytes()]).0)
    }
}

impl NodeId {
    /// The key that this node signs its entries with.
    #[must_use]
    pub fn key(&self) -> crate::key::PublicKey {
        crate::key::PublicKey(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_prints_and_parses_back() {
        let id = CaseId([0xab; 32]);
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(id.short(), "abababab…");
        assert_eq!("abab".parse::<CaseId>(), Err(ParseError { expected: 64 }));
        let json = serde_json::to_string(&id).expect("json");
        assert_eq!(serde_json::from_str::<CaseId>(&json).expect("back"), id);
        assert_eq!(
            crate::codec::decode::<CaseId>(&crate::codec::encode(&id), 99),
            Ok(id)
        );
    }
}
