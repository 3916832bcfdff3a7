//! A federation file on its round: how far it has come, who has signed, who is still to sign.
//!
//! Everything in it is checked on reading, also while signatures are missing: what a person is asked to sign holds.

use crate::{
    error::{Error, Exit, Result},
    files,
    lang::tr,
};
use focal_protocol::{
    directory::{self, Bundle, Charter, Directory, Item, Manifest, Member, Roster},
    id::{FederationId, OrgId},
    key::PublicKey,
    limits,
    signed::{self, Signed, Verified},
};
use std::{collections::BTreeMap, path::Path};

/// How far the file has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Founders are still to sign the charter.
    Founding,
    /// Stewards are still to sign the last roster.
    Admission,
    /// Nothing is missing.
    Complete,
}

/// Somebody whose signature counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Signer {
    /// Who.
    pub(crate) member: Member,
    /// Whether they have signed.
    pub(crate) signed: bool,
}

/// A checked federation file.
#[derive(Debug)]
pub(crate) struct FederationFile {
    /// Its content.
    pub(crate) bundle: Bundle,
    /// Which federation.
    pub(crate) id: FederationId,
    /// The founding document.
    pub(crate) charter: Charter,
    /// How far it has come.
    pub(crate) stage: Stage,
    /// The roster in force; while founding, that of the charter.
    pub(crate) in_force: Roster,
    /// The last roster, in force or proposed.
    pub(crate) roster: Roster,
    /// Who signs at this stage.
    pub(crate) signers: Vec<Signer>,
    /// How many of them must.
    pub(crate) needed: usize,
}

impl FederationFile {
    /// Reads and checks a file.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let bytes = files::read(&tr!("what-federation-file"), path, limits::BUNDLE + 64)?;
        let refused = |why: String| {
            Error::new(Exit::Refused, tr!("path-not-taken", path = path.display()))
                .why(why)
                .next(tr!("federation-file-next"))
        };
        let bundle = Bundle::from_bytes(&bytes)
            .map_err(|e| refused(tr!("no-federation-file-form", error = e)))?;
        Self::new(bundle).map_err(|e| refused(e.to_string()))
    }

    /// Checks a file's content.
    pub(crate) fn new(bundle: Bundle) -> std::result::Result<Self, directory::Error> {
        let charter = bundle.charter.unverified()?;
        charter.check()?;
        let keys: Vec<PublicKey> = charter.founders.iter().map(|m| m.root_key).collect();
        // None is needed yet, but one that is there must hold.
        let verified = bundle.charter.clone().verify(&keys, 0)?;
        let founding = Roster::of_charter(&verified);
        let signers = signers(&charter.founders, &bundle.charter);
        let mut file = Self {
            id: Charter::id(&bundle.charter),
            stage: Stage::Founding,
            in_force: founding.clone(),
            roster: founding,
            needed: signers.len(),
            signers,
            charter,
            bundle,
        };
        if file.missing().next().is_some() {
            if !file.bundle.rosters.is_empty() {
                return Err(directory::Error::Invalid(
                    "it has rosters, but not every founder has signed the charter",
                ));
            }
            check_manifests(&file.charter.founders, &file.bundle.manifests)?;
            return Ok(file);
        }
        file.follow_rosters()?;
        Ok(file)
    }

    fn follow_rosters(&mut self) -> std::result::Result<(), directory::Error> {
        let mut directory = Directory::new(self.bundle.charter.clone())?;
        let mut rosters = self.bundle.rosters.iter().peekable();
        self.stage = Stage::Complete;
        while let Some(next) = rosters.next() {
            let before = directory.roster().clone();
            match before.follow(directory.roster_hash(), next.clone()) {
                Ok(_) => {
                    directory.offer(Item::Roster(next.clone()))?;
                }
                // All but the number of signatures was checked.
                Err(directory::Error::Signed(signed::Error::TooFewSignatures { .. }))
                    if rosters.peek().is_none() =>
                {
                    self.stage = Stage::Admission;
                }
                Err(e) => return Err(e),
            }
            let stewards: Vec<Member> = (before.stewards.iter())
                .filter_map(|s| before.active(s).cloned())
                .collect();
            self.needed = usize::from(before.threshold);
            self.signers = signers(&stewards, next);
            self.roster = next.unverified()?;
        }
        self.in_force = directory.roster().clone();
        if self.stage == Stage::Admission {
            check_manifests(&self.roster.members, &self.bundle.manifests)?;
        } else {
            Directory::from_bundle(&self.bundle)?;
        }
        Ok(())
    }

    /// Those whose signature is not there.
    pub(crate) fn missing(&self) -> impl Iterator<Item = &Member> {
        self.signers.iter().filter(|s| !s.signed).map(|s| &s.member)
    }

    /// How many signatures are still needed.
    pub(crate) fn still_needed(&self) -> usize {
        let got = self.signers.iter().filter(|s| s.signed).count();
        self.needed.saturating_sub(got)
    }

    /// An organisation's last manifest in the file.
    pub(crate) fn manifest(&self, org: &OrgId) -> Option<Manifest> {
        self.bundle
            .manifests
            .iter()
            .rev()
            .filter_map(|m| m.unverified().ok())
            .find(|m| m.org == *org)
    }

    /// Takes over the signatures of another copy that went round beside this one.
    pub(crate) fn merge(self, other: &Self) -> std::result::Result<Self, directory::Error> {
        let mut bundle = self.bundle;
        let same_charter = bundle.charter.body() == other.bundle.charter.body();
        let same_rosters = bundle.rosters.len() == other.bundle.rosters.len()
            && (bundle.rosters.iter())
                .zip(&other.bundle.rosters)
                .all(|(a, b)| a.body() == b.body());
        if !same_charter || !same_rosters {
            return Err(directory::Error::Invalid(
                "the files are not copies of one: they say different things",
            ));
        }
        bundle.charter.merge(&other.bundle.charter);
        for (mine, theirs) in bundle.rosters.iter_mut().zip(&other.bundle.rosters) {
            mine.merge(theirs);
        }
        Self::new(bundle)
    }
}

fn signers<T: signed::Signable>(members: &[Member], document: &Signed<T>) -> Vec<Signer> {
    members
        .iter()
        .map(|member| Signer {
            member: member.clone(),
            signed: (document.signatures().iter()).any(|s| s.key == member.root_key),
        })
        .collect()
}

/// Checks manifests outside a directory: each signed by its organisation, from version 1 on, each naming the last.
pub(crate) fn check_manifests(
    members: &[Member],
    manifests: &[Signed<Manifest>],
) -> std::result::Result<(), directory::Error> {
    let mut held: BTreeMap<OrgId, Verified<Manifest>> = BTreeMap::new();
    for signed in manifests {
        let org = signed.unverified()?.org;
        let member =
            (members.iter().find(|m| m.org == org)).ok_or(directory::Error::NotAMember(org))?;
        let manifest = Manifest::verify(signed.clone(), &member.root_key)?;
        let before = held.get(&org);
        let next = before.map_or(1, |m| m.version + 1);
        if manifest.version != next {
            return Err(directory::Error::Gap {
                next,
                offered: manifest.version,
            });
        }
        if before.is_some_and(|m| m.signed().hash() != manifest.previous) {
            return Err(directory::Error::BrokenChain(next));
        }
        held.insert(org, manifest);
    }
    Ok(())
}

#[cfg(test)]
pub(crate) mod tests;
