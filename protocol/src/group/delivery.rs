//! What travels from node to node in sealed parcels: how a newcomer learns of a case, and what reaches those for whom
//! a case's own entries do not open.

use super::{HandOver, Succession, Vote};
use crate::{
    codec,
    id::{CaseId, Hash, NodeId},
    key::Context,
    limits,
    log::{Epoch, EpochGrant, Part},
    seal::{self, ContactKey, ContactPublic},
    signed::{self, Signable, Signed, Verified},
    time::Time,
};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// What the custodian sends to a node that it has added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// The case.
    pub case: CaseId,
    /// Generation of its group.
    pub generation: u32,
    /// The succession that began the group; none in generation 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub succession: Option<Signed<Succession>>,
    /// A serialized MLS `Welcome` with the ratchet tree inside (RFC 9420, section 12.4.3.1).
    #[serde(with = "serde_bytes")]
    pub welcome: Vec<u8>,
}

/// The content of a parcel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Delivery {
    /// By the custodian to a node that it has added.
    Invitation(Invitation),
    /// By a member to members that lack secrets of a split and may have them.
    Grants(CaseId, Vec<EpochGrant>),
    /// By a member to a candidate, who may not be able to open the voter's entries.
    Vote(Box<Signed<Vote>>),
    /// By the new custodian to the one that was voted out.
    Succeeded(Box<Signed<Succession>>),
    /// By the custodian to a node that it has removed.
    Removed(Removal),
    /// By the custodian to all members: the case is purged everywhere. It destroys its own logs, so they cannot tell.
    Purged(Removal),
    /// A piece of a delivery that is too large for one parcel.
    Part(DeliveryPart),
    /// By a member that was restored from a copy that ends in this epoch to the others: is it a member still, and what
    /// has it forgotten?
    Inquiry(CaseId, Epoch),
}

/// Why a node is no member any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Removal {
    /// The case.
    pub case: CaseId,
    /// The first epoch without it.
    pub at: Epoch,
    /// Why, in the custodian's words.
    pub reason: String,
    /// How the custodian came into office in this generation, for a node that has missed a hand-over.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub handed: Vec<Signed<HandOver>>,
}

/// A piece of a larger delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryPart {
    /// SHA-256 of the whole.
    pub whole: Hash,
    /// The piece.
    pub part: Part,
}

/// Bytes of a piece: with HPKE and signature it still fits a parcel.
const PART: usize = 800 << 10;

impl Delivery {
    /// What to put into parcels: itself, or its pieces.
    #[must_use]
    pub fn pieces(&self) -> Vec<Self> {
        let bytes = Zeroizing::new(codec::encode_packed(self));
        let parts = Part::cut(&bytes, PART);
        if parts.is_empty() {
            return vec![self.clone()];
        }
        let whole = Hash::of(&[&bytes]);
        let piece = |part| Self::Part(DeliveryPart { whole, part });
        parts.into_iter().map(piece).collect()
    }

    /// The case of which it is; none of a piece.
    ///
    /// # Errors
    /// What somebody else has signed in it cannot be read.
    pub fn case(&self) -> Result<Option<CaseId>, signed::Error> {
        Ok(match self {
            Self::Invitation(invitation) => Some(invitation.case),
            Self::Grants(case, _) | Self::Inquiry(case, _) => Some(*case),
            Self::Vote(vote) => Some(vote.unverified()?.motion.case),
            Self::Succeeded(succession) => Some(succession.unverified()?.motion.case),
            Self::Removed(removal) | Self::Purged(removal) => Some(removal.case),
            Self::Part(_) => None,
        })
    }

    /// Whether it may overtake the invitation to its case, and waits for it then: what is said to one who is in already.
    #[must_use]
    pub fn follows_an_invitation(&self) -> bool {
        matches!(self, Self::Grants(..) | Self::Removed(_) | Self::Purged(_))
    }

    /// The delivery that these pieces make up; none as long as one is missing, or if they do not fit.
    #[must_use]
    pub fn from_pieces<'a>(pieces: impl IntoIterator<Item = &'a DeliveryPart>) -> Option<Self> {
        let mut pieces: Vec<&DeliveryPart> = pieces.into_iter().collect();
        pieces.sort_by_key(|p| p.part.index);
        pieces.dedup_by_key(|p| p.part.index);
        let whole = pieces.first()?.whole;
        let bytes = Part::join(pieces.iter().map(|p| &p.part))?;
        if Hash::of(&[&bytes]) != whole {
            return None;
        }
        match codec::decode(&bytes, limits::WHOLE).ok()? {
            Self::Part(_) => None,
            delivery => Some(delivery),
        }
    }
}

/// A sealed message from node to node that any partner may carry. Only its size, its ends and its age can be seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parcel {
    /// Who sealed and signed it.
    pub from: NodeId,
    /// Who can open it.
    pub to: NodeId,
    /// When it was made: carriers drop it after [`limits::PARCEL_AGE_MS`].
    pub created: Time,
    /// HPKE to the recipient's contact key.
    #[serde(with = "serde_bytes")]
    pub sealed: Vec<u8>,
}

impl Signable for Parcel {
    const CONTEXT: Context = Context::Parcel;
    const LIMIT: usize = limits::PARCEL + 8192;
}

/// Binds the box to its ends.
fn context(from: &NodeId, to: &NodeId) -> Vec<u8> {
    Hash::of(&[b"focal/parcel/1\0", from.as_bytes(), to.as_bytes()])
        .as_bytes()
        .to_vec()
}

impl Parcel {
    /// Seals a delivery, which must fit: see [`Delivery::pieces`].
    ///
    /// # Errors
    /// A contact key that is not one, or a delivery over the limit.
    pub fn seal(
        from: NodeId,
        to: NodeId,
        key: &ContactPublic,
        delivery: &Delivery,
        now: Time,
    ) -> Result<Self, seal::Error> {
        let plain = Zeroizing::new(codec::encode_packed(delivery));
        Ok(Self {
            from,
            to,
            created: now,
            sealed: key.seal(&context(&from, &to), &plain)?,
        })
    }

    /// Checks that its sender signed it.
    ///
    /// # Errors
    /// It cannot be read, the signature is not the sender's, or there are others beside it: they would swell what
    /// everybody carries and keeps.
    pub fn verify(signed: Signed<Self>) -> Result<Verified<Self>, signed::Error> {
        if signed.signatures().len() > 1 {
            return Err(signed::Error::TooManySignatures);
        }
        signed.verify_by(|parcel: &Self| parcel.from.key())
    }

    /// Opens it.
    ///
    /// # Errors
    /// It is for somebody else, was changed, or holds nothing that can be read.
    pub fn open(&self, key: &ContactKey) -> Result<Delivery, seal::Error> {
        let plain = key.open(&context(&self.from, &self.to), &self.sealed)?;
        codec::decode(&plain, limits::PARCEL).map_err(|_| seal::Error::Malformed)
    }
}
