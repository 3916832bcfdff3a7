//! What two directories differ in: a short [`Digest`] tells which part of them, and only that part is listed.

use super::{Directory, Item};
use crate::{
    id::{Hash, Hashing, NodeId, OrgId},
    signed::Verified,
    time::Time,
};
use serde::{Deserialize, Serialize};
use std::{borrow::Borrow, collections::BTreeMap};

/// Parts of a directory, by the first four bits of an organisation's or a node's id.
const PARTS: usize = 16;
/// Bytes of a part's hash: as long as nobody finds two directories that agree in it, they are the same.
const PART: usize = 16;

/// Which version of a document is held, and what is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// Its number; 0 if there is none, or only the charter.
    pub number: u64,
    /// Hash of the document as it was signed.
    pub hash: Hash,
}

impl Default for Version {
    fn default() -> Self {
        Self {
            number: 0,
            hash: Hash([0; 32]),
        }
    }
}

/// What one side holds, so that the other can send what is newer, or is another document of the same version.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Versions {
    /// The roster.
    pub roster: Version,
    /// Each organisation's manifest, in order of their ids.
    pub manifests: Vec<(OrgId, Version)>,
    /// Each node's key package, by time of issue, in order of their ids.
    pub key_packages: Vec<(NodeId, Time)>,
}

/// Of what a directory holds: a hash of each part of it. Where two agree, they need not be listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Digest([u8; PARTS * PART]);

impl Serialize for Digest {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        crate::id::serialize(&self.0, s)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        crate::id::deserialize(d).map(Self)
    }
}

fn part_of(id: &[u8]) -> usize {
    id.first().map_or(0, |byte| usize::from(byte >> 4))
}

impl Versions {
    /// Of all that is listed; the roster is in the first part.
    #[must_use]
    pub fn digest(&self) -> Digest {
        let mut parts: [Hashing; PARTS] = std::array::from_fn(|_| {
            let mut part = Hashing::default();
            part.update(b"focal/versions/1\0");
            part
        });
        let mut add = |part: usize, pieces: &[&[u8]]| {
            if let Some(part) = parts.get_mut(part) {
                pieces.iter().for_each(|piece| part.update(piece));
            }
        };
        let Version { number, hash } = &self.roster;
        add(0, &[b"r", &number.to_be_bytes(), hash.as_bytes()]);
        for (org, Version { number, hash }) in &self.manifests {
            let (id, number) = (org.as_bytes(), number.to_be_bytes());
            add(part_of(id), &[b"m", id, &number, hash.as_bytes()]);
        }
        for (node, issued) in &self.key_packages {
            let id = node.as_bytes();
            add(part_of(id), &[b"k", id, &issued.0.to_be_bytes()]);
        }
        let mut digest = [0; PARTS * PART];
        for (room, part) in digest.chunks_exact_mut(PART).zip(parts) {
            let hash = part.finish();
            room.iter_mut()
                .zip(hash.0)
                .for_each(|(to, from)| *to = from);
        }
        Digest(digest)
    }

    /// What is in the parts in which two digests differ, and the roster.
    #[must_use]
    pub fn where_differ(&self, ours: &Digest, theirs: &Digest) -> Self {
        let mut differ = self.clone();
        differ.keep(|id| !ours.agrees(theirs, id));
        differ
    }

    /// What a peer holds that has listed the parts in which its digest differs from that of these versions: in the others it
    /// holds the same.
    #[must_use]
    pub fn completed(&self, listed: Self, ours: &Digest, theirs: &Digest) -> Self {
        let (mut all, mut same) = (listed, self.clone());
        all.keep(|id| !ours.agrees(theirs, id));
        same.keep(|id| ours.agrees(theirs, id));
        all.manifests.extend(same.manifests);
        all.key_packages.extend(same.key_packages);
        all
    }

    fn keep(&mut self, which: impl Fn(&[u8]) -> bool) {
        self.manifests.retain(|(org, _)| which(org.as_bytes()));
        self.key_packages.retain(|(node, _)| which(node.as_bytes()));
    }
}

impl Digest {
    /// Whether two agree in the part of an id.
    fn agrees(&self, other: &Self, id: &[u8]) -> bool {
        let (ours, theirs) = (self.0.chunks_exact(PART), other.0.chunks_exact(PART));
        let mut parts = ours.zip(theirs).skip(part_of(id));
        parts.next().is_some_and(|(a, b)| a == b)
    }
}

/// The first of these documents, in order of their versions, that goes to who holds `theirs`: the next one, or the one of
/// the same version if it is another. Whoever gets that has the proof that somebody signed two.
fn first_to_send<T, D: Borrow<Verified<T>>>(theirs: Version, held: &[D]) -> usize {
    let known = usize::try_from(theirs.number).unwrap_or(usize::MAX);
    let same = known
        .checked_sub(1)
        .and_then(|at| Some((at, held.get(at)?)));
    match same {
        Some((at, document)) if document.borrow().hash() != theirs.hash => at,
        _ => known,
    }
}

fn last<T, D: Borrow<Verified<T>>>(held: &[D]) -> Version {
    held.last()
        .map_or_else(Version::default, |document| Version {
            number: held.len() as u64,
            hash: document.borrow().hash(),
        })
}

impl Directory {
    /// What is held, for a peer's greeting.
    #[must_use]
    pub fn versions(&self) -> Versions {
        Versions {
            roster: last(&self.rosters),
            manifests: self
                .manifests
                .iter()
                .map(|(org, held)| (*org, last(held)))
                .collect(),
            key_packages: self
                .key_packages
                .iter()
                .map(|(node, offer)| (*node, offer.issued))
                .collect(),
        }
    }

    /// What a peer that holds `theirs` lacks, in an order in which it can be taken.
    #[must_use]
    pub fn newer_than(&self, theirs: &Versions) -> Vec<Item> {
        let manifests: BTreeMap<_, _> = theirs.manifests.iter().copied().collect();
        let packages: BTreeMap<_, _> = theirs.key_packages.iter().copied().collect();
        let mut items: Vec<Item> = self
            .rosters
            .iter()
            .skip(first_to_send(theirs.roster, &self.rosters))
            .map(|r| Item::Roster(r.signed().clone()))
            .collect();
        for (org, held) in &self.manifests {
            let known = manifests.get(org).copied().unwrap_or_default();
            items.extend(
                held.iter()
                    .skip(first_to_send(known, held))
                    .map(|m| Item::Manifest(m.signed().clone())),
            );
        }
        for (node, offer) in &self.key_packages {
            if packages.get(node).is_none_or(|t| *t < offer.issued) {
                items.push(Item::KeyPackage(offer.signed().clone()));
            }
        }
        items
    }
}
