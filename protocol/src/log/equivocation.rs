//! Proof that a node signed two different histories of one log.

use super::{Header, entry};
use crate::{
    codec,
    id::{Hash, LogId, NodeId},
    key::{Context, Signature},
    limits,
    sync::Point,
};
use serde::{Deserialize, Serialize};

/// What is needed of an entry to follow the chain through it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    #[serde(with = "serde_bytes")]
    header: Vec<u8>,
    ciphertext: Hash,
}

impl Link {
    /// Of an entry.
    #[must_use]
    pub fn of(entry: &super::Entry) -> Self {
        Self {
            header: entry.header_bytes().to_vec(),
            ciphertext: Hash::of(&[entry.ciphertext()]),
        }
    }

    /// The header as it was signed.
    #[must_use]
    pub fn header(&self) -> &[u8] {
        &self.header
    }

    /// SHA-256 of the sealed payload.
    #[must_use]
    pub fn ciphertext(&self) -> Hash {
        self.ciphertext
    }

    /// The entry's hash: what the next one names.
    #[must_use]
    pub fn hash(&self) -> Hash {
        entry::hash(&self.header, &self.ciphertext)
    }
}

/// Links up to one that is signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chain {
    /// In order of sequence.
    pub links: Vec<Link>,
    /// The writer's, over the last one's hash.
    pub signature: Signature,
}

/// Two chains of one log that give one sequence two hashes. Anybody can check it, without the ciphertexts and without
/// being a member of the case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Equivocation {
    /// The log.
    pub log: LogId,
    /// Its writer.
    pub node: NodeId,
    /// The sequence with two entries.
    pub seq: u64,
    /// The one that was held.
    pub first: Chain,
    /// The other.
    pub second: Chain,
}

impl Chain {
    /// The chain through these entries, if the last one is signed.
    #[must_use]
    pub fn of(entries: &[super::Entry]) -> Option<Self> {
        Some(Self {
            links: entries.iter().map(Link::of).collect(),
            signature: *entries.last()?.signature()?,
        })
    }

    /// What it says of the log: the hash before its first entry, and after each. Nothing if it cannot be read; it is not
    /// checked here.
    #[must_use]
    pub fn points(&self) -> Vec<Point> {
        let first = self.links.first();
        let first = first.and_then(|l| codec::decode::<Header>(&l.header, limits::HEADER).ok());
        let Some(Header { seq, previous, .. }) = first else {
            return Vec::new();
        };
        let hashes = std::iter::once(previous).chain(self.links.iter().map(Link::hash));
        let points = (seq..).zip(hashes);
        points
            .map(|(height, hash)| Point { height, hash })
            .collect()
    }

    /// The hash that this chain gives to `seq`, after checking chain and signature.
    fn hash_at(&self, log: LogId, node: NodeId, seq: u64) -> Option<Hash> {
        if self.links.len() > limits::BATCH_ENTRIES {
            return None;
        }
        let mut at = None;
        let mut last: Option<(u64, Hash)> = None;
        for link in &self.links {
            let header: Header = codec::decode(&link.header, limits::HEADER).ok()?;
            if header.log != log || header.node != node {
                return None;
            }
            if let Some((s, h)) = last
                && (s.checked_add(1) != Some(header.seq) || header.previous != h)
            {
                return None;
            }
            if seq.checked_add(1) == Some(header.seq) {
                at = Some(header.previous);
            }
            let hash = entry::hash(&link.header, &link.ciphertext);
            if header.seq == seq {
                at = Some(hash);
            }
            last = Some((header.seq, hash));
        }
        let (_, hash) = last?;
        node.key()
            .verify(Context::Entry, hash.as_bytes(), &self.signature)
            .ok()?;
        at
    }
}

impl Equivocation {
    /// Whether it proves what it says.
    #[must_use]
    pub fn holds(&self) -> bool {
        let first = self.first.hash_at(self.log, self.node, self.seq);
        let second = self.second.hash_at(self.log, self.node, self.seq);
        matches!((first, second), (Some(a), Some(b)) if a != b)
    }
}
