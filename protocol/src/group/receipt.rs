//! A recipient's word that it is done with a parcel.

use crate::{
    id::{Hash, NodeId},
    key::{Context, SecretKey, Signature},
    signed,
};
use serde::{Deserialize, Serialize};

/// A recipient's word that it is done with a parcel: nobody need carry it any further. Anybody may pass it on, as the
/// signature proves it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// Hash of the parcel's signed bytes.
    pub parcel: Hash,
    /// Its recipient, who signs.
    pub to: NodeId,
    signature: Signature,
}

/// A receipt that the node it names has signed: only a check makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attested(Receipt);

impl Attested {
    /// The receipt.
    #[must_use]
    pub fn receipt(&self) -> &Receipt {
        &self.0
    }
}

impl Receipt {
    /// Signs with the key of the recipient's node.
    #[must_use]
    pub fn sign(parcel: Hash, key: &SecretKey) -> Self {
        Self {
            parcel,
            to: NodeId(key.public().0),
            signature: key.sign(Context::Receipt, parcel.as_bytes()),
        }
    }

    /// As [`Receipt::verify`], for who hands it to somebody who wants it checked.
    ///
    /// # Errors
    /// Somebody else made it.
    pub fn attest(self) -> Result<Attested, signed::Error> {
        self.verify()?;
        Ok(Attested(self))
    }

    /// Checks that the node it names has signed it. Whether the parcel is for that node only the parcel tells.
    ///
    /// # Errors
    /// Somebody else made it.
    pub fn verify(&self) -> Result<(), signed::Error> {
        let key = self.to.key();
        key.verify(Context::Receipt, self.parcel.as_bytes(), &self.signature)
            .map_err(|_| signed::Error::BadSignature(key))
    }
}
