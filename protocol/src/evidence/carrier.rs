//! What proves that a node carried a record: its entry, opened by a key that opens nothing else, and the chain of hashes
//! that leads from it to the node's signature.

use crate::{
    codec,
    id::{Hash, LogId},
    key::Context,
    limits,
    log::{Chain, Header, Payload},
    record::Record,
    seal::{EntryKey, open_with},
    signed::Signed,
};
use serde::{Deserialize, Serialize};

/// An entry's sealed content, and its key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Carrier {
    /// The entry's sequence in its log, which the chain before it names.
    pub seq: u64,
    /// As it stands in the entry.
    #[serde(with = "serde_bytes")]
    pub ciphertext: Vec<u8>,
    /// Derived for this one entry from the secret of its epoch.
    pub key: EntryKey,
}

impl Carrier {
    /// The item's bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        codec::encode_packed(self)
    }

    /// Reads the item.
    ///
    /// # Errors
    /// Not readable, or over the limit of an entry.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, codec::Error> {
        codec::decode(bytes, limits::ENTRY + 256)
    }

    /// The record in it, as its author signed it. None if the entry is not the one that the link names, the key does not
    /// open it, or something else is inside.
    #[must_use]
    pub fn open(&self, link: &Linked) -> Option<Signed<Record>> {
        if Hash::of(&[&self.ciphertext]) != link.ciphertext {
            return None;
        }
        let plain = open_with(&self.key, &link.bytes, &self.ciphertext).ok()?;
        match Payload::from_bytes(&plain) {
            Ok(Payload::Record(signed)) => Some(signed),
            _ => None,
        }
    }
}

/// An entry in a chain whose signature was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Linked {
    /// Its header.
    pub header: Header,
    /// The header as it was signed.
    bytes: Vec<u8>,
    /// SHA-256 of its sealed content.
    ciphertext: Hash,
}

/// A part of one log, signed at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedChain {
    links: Vec<Linked>,
}

impl SignedChain {
    /// Checks that each link names the one before, that all are of one log, and that its writer has signed the last one.
    /// None if not.
    #[must_use]
    pub fn verify(chain: &Chain) -> Option<Self> {
        if chain.links.len() > limits::BATCH_ENTRIES {
            return None;
        }
        let mut links: Vec<Linked> = Vec::with_capacity(chain.links.len());
        let mut before = None;
        for link in &chain.links {
            let header: Header = codec::decode(link.header(), limits::HEADER).ok()?;
            if let (Some(hash), Some(last)) = (before, links.last()) {
                let last = &last.header;
                let same = (last.log, last.case, last.node, last.lane)
                    == (header.log, header.case, header.node, header.lane);
                if !same || last.seq.checked_add(1) != Some(header.seq) || header.previous != hash {
                    return None;
                }
            }
            before = Some(link.hash());
            links.push(Linked {
                header,
                bytes: link.header().to_vec(),
                ciphertext: link.ciphertext(),
            });
        }
        let node = links.last()?.header.node;
        node.key()
            .verify(Context::Entry, before?.as_bytes(), &chain.signature)
            .ok()?;
        Some(Self { links })
    }

    /// The log.
    #[must_use]
    pub fn log(&self) -> Option<LogId> {
        self.links.first().map(|link| link.header.log)
    }

    /// The entry at a sequence.
    #[must_use]
    pub fn at(&self, seq: u64) -> Option<&Linked> {
        let first = self.links.first()?.header.seq;
        let at = usize::try_from(seq.checked_sub(first)?).ok()?;
        self.links.get(at)
    }
}
