//! An organisation's wish to join.

use super::{Error, Manifest, Member};
use crate::{
    key::{Context, SecretKey},
    limits,
    signed::{Signable, Signed, Verified},
    time::Time,
};
use serde::{Deserialize, Serialize};

/// What an organisation hands to the stewards (or to its co-founders): who it is and what it runs, signed by its root
/// key. The stewards compare the fingerprint over another channel before they countersign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JoinRequest {
    /// The organisation.
    pub member: Member,
    /// Its current manifest.
    pub manifest: Signed<Manifest>,
    /// When the request was written.
    pub issued: Time,
}

impl Signable for JoinRequest {
    const CONTEXT: Context = Context::JoinRequest;
    const LIMIT: usize = limits::DIRECTORY_ITEM * 2;
}

impl JoinRequest {
    /// Writes and signs a request.
    #[must_use]
    pub fn new(
        member: Member,
        manifest: Signed<Manifest>,
        now: Time,
        root: &SecretKey,
    ) -> Signed<Self> {
        Signed::new(
            &Self {
                member,
                manifest,
                issued: now,
            },
            root,
        )
    }

    /// Checks that the root key it names signed both the request and the manifest.
    ///
    /// # Errors
    /// Wrong signatures, or a manifest of somebody else.
    pub fn verify(signed: Signed<Self>) -> Result<Verified<Self>, Error> {
        let root = signed.unverified()?.member.root_key;
        let request = signed.verify(&[root], 1)?;
        let fresh = Member::new(
            root,
            request.member.kind,
            &request.member.name,
            &request.member.country,
        )?;
        if fresh != request.member {
            return Err(Error::Invalid(
                "the request's member entry is not well-formed",
            ));
        }
        let manifest = Manifest::verify(request.manifest.clone(), &root)?;
        if manifest.org != request.member.org {
            return Err(Error::Invalid(
                "the manifest is of another organisation than the request",
            ));
        }
        Ok(request)
    }
}
