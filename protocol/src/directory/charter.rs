//! The founding document.

use super::{Error, Member, Status, member::check_name};
use crate::{
    id::{FederationId, OrgId},
    key::{Context, PublicKey},
    limits,
    signed::{Signable, Signed, Verified},
    time::Time,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What the founders agree on; each of them signs it. Its hash is the federation's id, its members are roster
/// version 0.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charter {
    /// The federation's name.
    pub name: String,
    /// When it was written.
    pub founded: Time,
    /// The founding organisations.
    pub founders: Vec<Member>,
    /// Those who admit others.
    pub stewards: Vec<OrgId>,
    /// How many stewards must sign a roster: more than half of them.
    pub threshold: u16,
}

impl Signable for Charter {
    const CONTEXT: Context = Context::Charter;
    const LIMIT: usize = limits::DIRECTORY_ITEM;
}

impl Charter {
    /// The federation's id.
    #[must_use]
    pub fn id(signed: &Signed<Self>) -> FederationId {
        FederationId(signed.hash().0)
    }

    /// Checks the rules that hold before anybody has signed.
    ///
    /// # Errors
    /// [`Error::Invalid`] names the rule.
    pub fn check(&self) -> Result<(), Error> {
        check_name(&self.name)?;
        check_members(&self.founders, &self.stewards, self.threshold)?;
        if self
            .founders
            .iter()
            .any(|m| m.org != OrgId::of_root(&m.root_key))
        {
            return Err(Error::Invalid(
                "a founder's id is not the hash of its root key",
            ));
        }
        Ok(())
    }

    /// Checks that every founder has signed.
    ///
    /// # Errors
    /// Missing or wrong signatures, or a broken rule.
    pub fn verify(signed: Signed<Self>) -> Result<Verified<Self>, Error> {
        let charter = signed.unverified()?;
        charter.check()?;
        let keys: Vec<PublicKey> = charter.founders.iter().map(|m| m.root_key).collect();
        Ok(signed.verify(&keys, keys.len())?)
    }
}

/// The rules that a charter and every roster share.
pub(super) fn check_members(
    members: &[Member],
    stewards: &[OrgId],
    threshold: u16,
) -> Result<(), Error> {
    if members.is_empty() || members.len() > limits::ORGANISATIONS {
        return Err(Error::TooMany(limits::ORGANISATIONS));
    }
    for member in members {
        member.check()?;
    }
    let orgs: BTreeSet<_> = members.iter().map(|m| m.org).collect();
    let keys: BTreeSet<_> = members.iter().map(|m| m.root_key).collect();
    if orgs.len() != members.len() || keys.len() != members.len() {
        return Err(Error::Invalid("an organisation is listed twice"));
    }
    let distinct: BTreeSet<_> = stewards.iter().collect();
    if distinct.len() != stewards.len() || !stewards.iter().all(|s| orgs.contains(s)) {
        return Err(Error::Invalid(
            "every steward is a member organisation, listed once",
        ));
    }
    // A steward that takes no part signs nothing: the rest might never reach the threshold again.
    let active = |s: &OrgId| {
        members
            .iter()
            .any(|m| m.org == *s && m.status == Status::Active)
    };
    if !stewards.iter().all(active) {
        return Err(Error::Invalid("every steward is an active member"));
    }
    let threshold = usize::from(threshold);
    if threshold > stewards.len() || threshold * 2 <= stewards.len() {
        return Err(Error::Invalid(
            "the threshold is more than half of the stewards, and at most all of them",
        ));
    }
    Ok(())
}
