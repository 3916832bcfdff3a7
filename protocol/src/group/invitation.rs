//! How a newcomer learns of a case: a Welcome in a sealed parcel.

use crate::{
    codec,
    id::{CaseId, Hash, NodeId},
    key::Context,
    limits,
    seal::{self, ContactKey, ContactPublic},
    signed::Signable,
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
    /// A serialized MLS `Welcome` with the ratchet tree inside (RFC 9420, section 12.4.3.1).
    #[serde(with = "serde_bytes")]
    pub welcome: Vec<u8>,
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
    /// Seals an invitation.
    ///
    /// # Errors
    /// A contact key that is not one, or a Welcome over the limit.
    pub fn seal(
        from: NodeId,
        to: NodeId,
        key: &ContactPublic,
        invitation: &Invitation,
        now: Time,
    ) -> Result<Self, seal::Error> {
        let plain = Zeroizing::new(codec::encode_packed(invitation));
        Ok(Self {
            from,
            to,
            created: now,
            sealed: key.seal(&context(&from, &to), &plain)?,
        })
    }

    /// Opens it.
    ///
    /// # Errors
    /// It is for somebody else, was changed, or holds no invitation.
    pub fn open(&self, key: &ContactKey) -> Result<Invitation, seal::Error> {
        let plain = key.open(&context(&self.from, &self.to), &self.sealed)?;
        codec::decode(&plain, limits::PARCEL).map_err(|_| seal::Error::Malformed)
    }
}
