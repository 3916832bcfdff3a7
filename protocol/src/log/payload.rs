//! What is sealed inside an entry.

use super::Epoch;
use crate::{
    codec,
    group::{CaseRole, RoleChange, Vote},
    id::{NodeId, OrgId},
    limits,
    record::Record,
    signed::Signed,
};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;
use zeroize::Zeroizing;

/// The content of an entry, after opening.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Payload {
    /// A signed record, as its author signed it.
    Record(Signed<Record>),
    /// By the custodian: makes the next epoch.
    Commit(Commit),
    /// Secrets of epochs, for members who lack them and may have them.
    Grant(Vec<EpochGrant>),
    /// An MLS Update proposal (RFC 9420, section 12.1.2): fresh keys for the writer's leaf, for the custodian to commit.
    Update(#[serde(with = "serde_bytes")] Vec<u8>),
    /// What a member asks of the custodian.
    Request(Request),
    /// A member's vote for a new custodian.
    Vote(Box<Signed<Vote>>),
    /// A piece of a payload that is too large for one entry; the pieces stand one after the other in one log.
    Part(Part),
}

/// An MLS commit (RFC 9420, section 12.4), and the Update proposals of others that it takes up by reference.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Commit {
    /// The proposals as their senders made them, MLS `PublicMessage`s.
    pub updates: Vec<ByteBuf>,
    /// The commit, an MLS `PublicMessage`.
    #[serde(with = "serde_bytes")]
    pub message: Vec<u8>,
}

/// What a member asks of the custodian. Leaving is carried out at once; the rest awaits the custodian's operator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Request {
    /// The writer's organisation leaves.
    Leave(String),
    /// Invite an organisation.
    Invite(OrgId, CaseRole),
    /// Remove an organisation, and why.
    Remove(OrgId, String),
    /// Remove one node, and why.
    RemoveNode(NodeId, String),
    /// Write down that an organisation was let in on the far side of a split, as the writer has seen it there: what it
    /// wrote then counts everywhere.
    LetIn(RoleChange),
}

impl Request {
    /// Why, in the words of the one who asks.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Leave(reason) | Self::Remove(_, reason) | Self::RemoveNode(_, reason) => {
                Some(reason)
            }
            Self::Invite(..) | Self::LetIn(_) => None,
        }
    }
}

/// The secret of one epoch, passed on to a member who may have it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EpochGrant {
    /// Generation of the case group.
    pub generation: u32,
    /// Epoch in it.
    pub epoch: u64,
    /// The secret.
    pub secret: crate::seal::EpochSecret,
}

impl EpochGrant {
    /// Of an epoch.
    #[must_use]
    pub fn new(at: Epoch, secret: crate::seal::EpochSecret) -> Self {
        Self {
            generation: at.generation,
            epoch: at.number,
            secret,
        }
    }

    /// Its epoch.
    #[must_use]
    pub fn at(&self) -> Epoch {
        Epoch::new(self.generation, self.epoch)
    }
}

impl std::fmt::Debug for EpochGrant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "EpochGrant({})", self.at())
    }
}

/// A piece of something larger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Counts from 0.
    pub index: u32,
    /// How many pieces there are, at least two.
    pub count: u32,
    /// This piece.
    #[serde(with = "serde_bytes")]
    pub bytes: Vec<u8>,
}

impl Part {
    /// Cuts `whole` into pieces of at most `size` bytes; none if one is enough.
    #[must_use]
    pub fn cut(whole: &[u8], size: usize) -> Vec<Self> {
        if whole.len() <= size {
            return Vec::new();
        }
        let count = whole.len().div_ceil(size);
        whole
            .chunks(size)
            .zip(0..)
            .map(|(bytes, index)| Self {
                index,
                count: u32::try_from(count).unwrap_or(u32::MAX),
                bytes: bytes.to_vec(),
            })
            .collect()
    }

    /// Whether this piece can be one of a whole within the limits.
    #[must_use]
    pub fn is_plausible(&self) -> bool {
        self.count >= 2
            && self.index < self.count
            && usize::try_from(self.count).is_ok_and(|n| n <= limits::PARTS)
    }

    /// Puts pieces together that were sorted by index; none if one is missing, twice there, or too much.
    #[must_use]
    pub fn join<'a>(parts: impl IntoIterator<Item = &'a Self>) -> Option<Zeroizing<Vec<u8>>> {
        let mut whole = Zeroizing::new(Vec::new());
        let (mut next, mut count) = (0, None);
        for part in parts {
            if part.index != next || count.is_some_and(|c| c != part.count) || !part.is_plausible()
            {
                return None;
            }
            if whole.len() + part.bytes.len() > limits::WHOLE {
                return None;
            }
            (next, count) = (next + 1, Some(part.count));
            whole.extend_from_slice(&part.bytes);
        }
        (count == Some(next)).then_some(whole)
    }
}

/// Bytes of a piece of a payload: with padding and header it still fits an entry.
const PART: usize = 200 << 10;

impl Payload {
    /// The bytes to seal.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(codec::encode_packed(self))
    }

    /// Reads opened bytes.
    ///
    /// # Errors
    /// Not a payload, or over the limits.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, codec::Error> {
        codec::decode(bytes, limits::PAYLOAD)
    }

    /// The pieces to append one after the other; none if it fits one entry.
    #[must_use]
    pub fn parts(&self) -> Vec<Self> {
        let parts = Part::cut(&self.to_bytes(), PART);
        parts.into_iter().map(Self::Part).collect()
    }

    /// The payload that these pieces, in order, make up; none if they do not fit, or are a record: those fit an entry.
    #[must_use]
    pub fn from_parts<'a>(parts: impl IntoIterator<Item = &'a Part>) -> Option<Self> {
        let whole = Part::join(parts)?;
        match codec::decode(&whole, limits::WHOLE).ok()? {
            Self::Part(_) | Self::Record(_) => None,
            payload => Some(payload),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_payload_travels_in_pieces_that_fit_an_entry() {
        let payload = Payload::Commit(Commit {
            updates: vec![ByteBuf::from(vec![1; 700_000])],
            message: vec![2; 300_000],
        });
        let parts = payload.parts();
        assert_eq!(parts.len(), 5);
        let pieces: Vec<&Part> = parts
            .iter()
            .map(|p| match p {
                Payload::Part(part) => part,
                other => panic!("{other:?} is no piece"),
            })
            .collect();
        assert_eq!(Payload::from_parts(pieces.iter().copied()), Some(payload));
        assert_eq!(Payload::from_parts(pieces[1..].iter().copied()), None);
        assert_eq!(Payload::from_parts(pieces[..4].iter().copied()), None);
        let twice = [pieces[0], pieces[0], pieces[1]];
        assert_eq!(Payload::from_parts(twice), None);
        assert!(Payload::Grant(Vec::new()).parts().is_empty());
    }

    #[test]
    fn a_piece_of_too_many_is_not_believed() {
        let part = |index, count| Part {
            index,
            count,
            bytes: Vec::new(),
        };
        assert!(part(0, 2).is_plausible());
        for (index, count) in [(0, 1), (2, 2), (0, u32::MAX), (0, 129)] {
            assert!(!part(index, count).is_plausible(), "{index} of {count}");
        }
    }
}
