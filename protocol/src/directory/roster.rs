//! The list of member organisations, version by version.

use super::{Charter, Error, Member, Status, charter::check_members};
use crate::{
    id::{FederationId, Hash, OrgId},
    key::{Context, PublicKey},
    limits,
    signed::{Signable, Signed, Verified},
    time::Time,
};
use serde::{Deserialize, Serialize};

/// A version of the federation's membership. Version 0 is what the charter says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Roster {
    /// Of which federation.
    pub federation: FederationId,
    /// Counts up by one.
    pub version: u64,
    /// Hash of the version before; for version 1, of the charter.
    pub previous: Hash,
    /// When it was written.
    pub issued: Time,
    /// All organisations that ever were members, with their status.
    pub members: Vec<Member>,
    /// Those who sign the next version.
    pub stewards: Vec<OrgId>,
    /// How many of them must.
    pub threshold: u16,
}

impl Signable for Roster {
    const CONTEXT: Context = Context::Roster;
    const LIMIT: usize = limits::DIRECTORY_ITEM;
}

impl Roster {
    /// Version 0.
    #[must_use]
    pub fn of_charter(charter: &Verified<Charter>) -> Self {
        let id = Charter::id(charter.signed());
        Self {
            federation: id,
            version: 0,
            previous: Hash(id.0),
            issued: charter.founded,
            members: charter.founders.clone(),
            stewards: charter.stewards.clone(),
            threshold: charter.threshold,
        }
    }

    /// The member with this id, whatever its status.
    #[must_use]
    pub fn member(&self, org: &OrgId) -> Option<&Member> {
        self.members.iter().find(|m| m.org == *org)
    }

    /// The member with this id, if it takes part.
    #[must_use]
    pub fn active(&self, org: &OrgId) -> Option<&Member> {
        self.member(org).filter(|m| m.status == Status::Active)
    }

    /// Root keys of those who sign the next version.
    #[must_use]
    pub fn steward_keys(&self) -> Vec<PublicKey> {
        self.stewards
            .iter()
            .filter_map(|s| self.active(s))
            .map(|m| m.root_key)
            .collect()
    }

    /// Checks `next` as the version after this one, whose hash is `hash`.
    ///
    /// # Errors
    /// Wrong federation, version, chain, rules or signatures.
    pub fn follow(&self, hash: Hash, next: Signed<Self>) -> Result<Verified<Self>, Error> {
        let roster = next.unverified()?;
        if roster.federation != self.federation {
            return Err(Error::OtherFederation);
        }
        if roster.version != self.version + 1 {
            return Err(Error::Gap {
                next: self.version + 1,
                offered: roster.version,
            });
        }
        if roster.previous != hash {
            return Err(Error::BrokenChain(roster.version));
        }
        check_members(&roster.members, &roster.stewards, roster.threshold)?;
        for old in &self.members {
            if roster.member(&old.org).is_none() {
                return Err(Error::Invalid("a member cannot vanish: its status changes"));
            }
        }
        for new in &roster.members {
            if self.member(&new.org).is_none() && new.org != OrgId::of_root(&new.root_key) {
                return Err(Error::Invalid(
                    "a new member's id is not the hash of its root key",
                ));
            }
        }
        Ok(next.verify(&self.steward_keys(), usize::from(self.threshold))?)
    }

    /// The next version with one more member, not yet signed.
    ///
    /// # Errors
    /// The organisation is a member already.
    pub fn admitting(&self, hash: Hash, member: Member, now: Time) -> Result<Self, Error> {
        if self.member(&member.org).is_some() {
            return Err(Error::Invalid("the organisation is a member already"));
        }
        let mut next = self.clone();
        next.version += 1;
        next.previous = hash;
        next.issued = now;
        next.members.push(member);
        check_members(&next.members, &next.stewards, next.threshold)?;
        Ok(next)
    }
}
