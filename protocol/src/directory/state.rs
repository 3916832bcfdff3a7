//! The directory that a node holds: checked documents, and what may follow them.

use super::{
    AuthorEntry, Bundle, Charter, Error, KeyPackageOffer, Manifest, Member, NodeEntry, Roster,
};
use crate::{
    id::{FederationId, NodeId, OrgId},
    key::PublicKey,
    limits,
    signed::{Signed, Verified},
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, sync::Arc};

/// One document, as it travels and is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Item {
    /// A later roster.
    Roster(Signed<Roster>),
    /// A manifest.
    Manifest(Signed<Manifest>),
    /// A key package.
    KeyPackage(Signed<KeyPackageOffer>),
}

/// What came of an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is new and now held: store it.
    New,
    /// It was held already.
    Known,
}

/// The version of the roster or of the manifest since which a node is in no current manifest of an active member; 0 if it
/// is not by this document.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Delisted {
    /// Of the roster since which its organisation is not active.
    pub roster: u64,
    /// Of its organisation's manifest since which it is not listed, or revoked.
    pub manifest: u64,
}

/// Two validly signed documents of one version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conflict {
    /// The one that was here first and stays in force.
    pub first: Item,
    /// The other one.
    pub second: Item,
}

/// Conflicts that are kept of one organisation, and of one version of the roster: one proves misbehaviour, a flood proves
/// nothing more, and takes no place from proofs against others.
const CONFLICTS: usize = 2;
/// Those that are kept of all organisations, and of all rosters.
const ALL_CONFLICTS: usize = 64 * CONFLICTS;

/// The checked documents of one federation, all versions of them. A copy shares them: one is made with each change.
#[derive(Debug, Clone)]
pub struct Directory {
    federation: FederationId,
    charter: Arc<Verified<Charter>>,
    founding: Arc<Roster>,
    pub(super) rosters: Vec<Arc<Verified<Roster>>>,
    pub(super) manifests: BTreeMap<OrgId, Vec<Arc<Verified<Manifest>>>>,
    /// Whose each node is, or was: every entry and every leaf of a group asks.
    listed: BTreeMap<NodeId, OrgId>,
    pub(super) key_packages: BTreeMap<NodeId, Arc<Verified<KeyPackageOffer>>>,
    conflicts: Vec<Conflict>,
    /// Who signed each of them.
    conflicting: Vec<Signer>,
}

/// Who signed two documents of one version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Signer {
    Organisation(OrgId),
    /// The stewards, a roster of this version.
    Stewards(u64),
}

impl Directory {
    /// Begins with a complete charter.
    ///
    /// # Errors
    /// A founder has not signed, or a rule is broken.
    pub fn new(charter: Signed<Charter>) -> Result<Self, Error> {
        let charter = Charter::verify(charter)?;
        Ok(Self {
            federation: Charter::id(charter.signed()),
            founding: Arc::new(Roster::of_charter(&charter)),
            charter: Arc::new(charter),
            rosters: Vec::new(),
            manifests: BTreeMap::new(),
            listed: BTreeMap::new(),
            key_packages: BTreeMap::new(),
            conflicts: Vec::new(),
            conflicting: Vec::new(),
        })
    }

    /// Begins with a whole file; all of it must hold.
    ///
    /// # Errors
    /// The first thing in it that does not.
    pub fn from_bundle(bundle: &Bundle) -> Result<Self, Error> {
        let mut directory = Self::new(bundle.charter.clone())?;
        directory.offer_bundle(bundle)?;
        Ok(directory)
    }

    /// Takes what is new from a file of the same federation; returns the new items, to be stored.
    ///
    /// # Errors
    /// Another federation, or the first thing in it that does not hold. What is older than what is held is passed over.
    pub fn offer_bundle(&mut self, bundle: &Bundle) -> Result<Vec<Item>, Error> {
        if Charter::id(&bundle.charter) != self.federation {
            return Err(Error::OtherFederation);
        }
        let items = (bundle.rosters.iter().cloned().map(Item::Roster))
            .chain(bundle.manifests.iter().cloned().map(Item::Manifest));
        let mut new = Vec::new();
        for item in items {
            match self.offer(item.clone()) {
                Ok(Outcome::New) => new.push(item),
                Ok(Outcome::Known) | Err(Error::Rollback { .. }) => {}
                Err(e) => return Err(e),
            }
        }
        Ok(new)
    }

    /// Everything that a newcomer needs.
    #[must_use]
    pub fn to_bundle(&self) -> Bundle {
        Bundle {
            charter: self.charter.signed().clone(),
            rosters: self.rosters.iter().map(|r| r.signed().clone()).collect(),
            manifests: self
                .manifests
                .values()
                .flatten()
                .map(|m| m.signed().clone())
                .collect(),
        }
    }

    /// What proves who these organisations' authors and nodes are: charter, rosters, and their manifests alone.
    #[must_use]
    pub fn to_bundle_of(&self, orgs: &std::collections::BTreeSet<OrgId>) -> Bundle {
        let of = self.manifests.iter().filter(|(org, _)| orgs.contains(org));
        Bundle {
            manifests: of
                .flat_map(|(_, held)| held.iter().map(|m| m.signed().clone()))
                .collect(),
            ..self.to_bundle()
        }
    }

    /// Takes a document, if it holds and follows what is here.
    ///
    /// # Errors
    /// Says why not; nothing has changed then, except that a conflict is kept as proof.
    pub fn offer(&mut self, item: Item) -> Result<Outcome, Error> {
        match item {
            Item::Roster(signed) => self.offer_roster(signed),
            Item::Manifest(signed) => self.offer_manifest(signed),
            Item::KeyPackage(signed) => self.offer_key_package(signed),
        }
    }

    fn offer_roster(&mut self, signed: Signed<Roster>) -> Result<Outcome, Error> {
        let offered = signed.unverified()?;
        let known = self.roster().version;
        if offered.federation != self.federation {
            return Err(Error::OtherFederation);
        }
        if offered.version == 0 {
            return Err(Error::Invalid("the charter is roster version 0"));
        }
        if offered.version > known {
            let next = self.roster().follow(self.roster_hash(), signed)?;
            self.rosters.push(Arc::new(next));
            return Ok(Outcome::New);
        }
        let held = offered
            .version
            .checked_sub(1)
            .and_then(|i| self.rosters.get(usize::try_from(i).ok()?))
            .cloned();
        let Some(held) = held.filter(|h| h.signed().body() != signed.body()) else {
            return older_or_known(known, offered.version);
        };
        // Another document of a version that we hold: validly signed, it is proof.
        let (before, hash) = match offered.version.checked_sub(2) {
            None => ((*self.founding).clone(), crate::id::Hash(self.federation.0)),
            Some(i) => match self.rosters.get(usize::try_from(i).unwrap_or(usize::MAX)) {
                Some(r) => ((***r).clone(), r.signed().hash()),
                None => return older_or_known(known, offered.version),
            },
        };
        before.follow(hash, signed.clone())?;
        self.keep_conflict(
            Signer::Stewards(offered.version),
            Item::Roster(held.signed().clone()),
            Item::Roster(signed),
        );
        Err(Error::Conflict(offered.version))
    }

    fn offer_manifest(&mut self, signed: Signed<Manifest>) -> Result<Outcome, Error> {
        let offered = signed.unverified()?;
        let member = self
            .roster()
            .member(&offered.org)
            .ok_or(Error::NotAMember(offered.org))?;
        let verified = Manifest::verify(signed, &member.root_key)?;
        if offered.federation.is_some_and(|f| f != self.federation) {
            return Err(Error::OtherFederation);
        }
        // Only one organisation can speak for a node: who lists another's would take its place.
        let mut nodes = verified.nodes.iter();
        if let Some(other) = nodes.find_map(|n| {
            let (org, _) = self.node_ever(&n.id)?;
            (org != offered.org).then_some(org)
        }) {
            return Err(Error::OthersNode(other));
        }
        let held = self.manifests.entry(offered.org).or_default();
        let known = held.len() as u64;
        if offered.version > known + 1 {
            return Err(Error::Gap {
                next: known + 1,
                offered: offered.version,
            });
        }
        if offered.version == known + 1 {
            if let Some(last) = held.last() {
                verified.follows(last)?;
            }
            let nodes = verified.nodes.iter().map(|n| (n.id, offered.org));
            self.listed.extend(nodes);
            held.push(Arc::new(verified));
            return Ok(Outcome::New);
        }
        let same = usize::try_from(offered.version - 1)
            .ok()
            .and_then(|i| held.get(i))
            .cloned();
        match same {
            Some(first) if first.signed().body() != verified.signed().body() => {
                self.keep_conflict(
                    Signer::Organisation(offered.org),
                    Item::Manifest(first.signed().clone()),
                    Item::Manifest(verified.signed().clone()),
                );
                Err(Error::Conflict(offered.version))
            }
            _ => older_or_known(known, offered.version),
        }
    }

    fn offer_key_package(&mut self, signed: Signed<KeyPackageOffer>) -> Result<Outcome, Error> {
        let offered = signed.unverified()?;
        if self.node(&offered.node).is_none() {
            return Err(Error::UnknownNode);
        }
        let verified = signed.verify(&[offered.node.key()], 1)?;
        match self.key_packages.get(&offered.node) {
            Some(held) if held.signed().body() == verified.signed().body() => Ok(Outcome::Known),
            Some(held) if held.issued >= offered.issued => Err(Error::Rollback {
                known: held.issued.0,
                offered: offered.issued.0,
            }),
            _ => {
                self.key_packages.insert(offered.node, Arc::new(verified));
                Ok(Outcome::New)
            }
        }
    }

    fn keep_conflict(&mut self, signer: Signer, first: Item, second: Item) {
        let is_roster = |s: &Signer| matches!(s, Signer::Stewards(_));
        let of_sort = (self.conflicting.iter()).filter(|s| is_roster(s) == is_roster(&signer));
        let of_signer = (self.conflicting.iter()).filter(|s| **s == signer);
        if of_signer.count() == CONFLICTS || of_sort.count() == ALL_CONFLICTS {
            return;
        }
        let conflict = Conflict { first, second };
        if !self.conflicts.contains(&conflict) {
            self.conflicts.push(conflict);
            self.conflicting.push(signer);
        }
    }

    /// The federation's id.
    #[must_use]
    pub fn federation(&self) -> FederationId {
        self.federation
    }

    /// The founding document.
    #[must_use]
    pub fn charter(&self) -> &Verified<Charter> {
        &self.charter
    }

    /// The current roster.
    #[must_use]
    pub fn roster(&self) -> &Roster {
        self.rosters.last().map_or(&*self.founding, |r| r)
    }

    /// Hash that the next roster must name.
    #[must_use]
    pub fn roster_hash(&self) -> crate::id::Hash {
        self.rosters
            .last()
            .map_or(crate::id::Hash(self.federation.0), |r| r.signed().hash())
    }

    /// Proofs of misbehaviour that were offered.
    #[must_use]
    pub fn conflicts(&self) -> &[Conflict] {
        &self.conflicts
    }

    /// The current manifest of an active member.
    #[must_use]
    pub fn manifest(&self, org: &OrgId) -> Option<&Verified<Manifest>> {
        self.roster().active(org)?;
        self.manifests.get(org)?.last().map(Arc::as_ref)
    }

    /// A manifest by version, also of a member that is no longer active: what it said then stays checkable.
    #[must_use]
    pub fn manifest_at(&self, org: &OrgId, version: u64) -> Option<&Verified<Manifest>> {
        let index = usize::try_from(version.checked_sub(1)?).ok()?;
        self.manifests.get(org)?.get(index).map(Arc::as_ref)
    }

    /// An active member organisation.
    #[must_use]
    pub fn member(&self, org: &OrgId) -> Option<&Member> {
        self.roster().active(org)
    }

    /// The active organisation whose current manifest lists this node, and its entry there.
    #[must_use]
    pub fn node(&self, id: &NodeId) -> Option<(OrgId, &NodeEntry)> {
        let org = self.listed.get(id)?;
        let manifest = self.manifest(org)?;
        Some((*org, manifest.node(id)?))
    }

    /// The organisation that has listed this node in any version: for entries written before it went.
    #[must_use]
    pub fn node_ever(&self, id: &NodeId) -> Option<(OrgId, &NodeEntry)> {
        let org = self.listed.get(id)?;
        let mut versions = self.manifests.get(org)?.iter().rev();
        let entry = versions.find_map(|m| m.nodes.iter().find(|n| n.id == *id))?;
        Some((*org, entry))
    }

    /// By which document a node is no current one.
    #[must_use]
    pub fn delisted(&self, id: &NodeId) -> Delisted {
        let Some(org) = self.listed.get(id) else {
            return Delisted::default();
        };
        if self.member(org).is_none() {
            let earlier = self.rosters.iter().rev();
            let out = earlier.take_while(|r| r.active(org).is_none());
            return Delisted {
                roster: out.last().map_or(0, |r| r.version),
                manifest: 0,
            };
        }
        let earlier = self.manifests.get(org).into_iter().flatten().rev();
        let without = earlier.take_while(|m| m.node(id).is_none());
        Delisted {
            roster: 0,
            manifest: without.last().map_or(0, |m| m.version),
        }
    }

    /// Whether some manifest has listed this MLS signature key for a node of an organisation: what was signed with it
    /// then stays checkable.
    #[must_use]
    pub fn had_mls_key(&self, org: &OrgId, id: &NodeId, key: &[u8]) -> bool {
        let versions = self.manifests.get(org).into_iter().flatten();
        let mut listed = versions.flat_map(|m| m.nodes.iter().filter(|n| n.id == *id));
        listed.any(|n| n.mls_key.as_bytes() == key)
    }

    /// The author with this key in the current manifest of `org`.
    #[must_use]
    pub fn author(&self, org: &OrgId, key: &PublicKey) -> Option<&AuthorEntry> {
        self.manifest(org)?.author(key)
    }

    /// All nodes of active members.
    pub fn nodes(&self) -> impl Iterator<Item = (OrgId, &NodeEntry)> {
        self.manifests
            .keys()
            .filter_map(|org| Some((*org, self.manifest(org)?)))
            .flat_map(|(org, manifest)| {
                manifest
                    .nodes
                    .iter()
                    .filter(|n| !manifest.is_revoked(&n.id.key()))
                    .map(move |n| (org, n))
            })
    }

    /// A node's current key package.
    #[must_use]
    pub fn key_package(&self, node: &NodeId) -> Option<&Verified<KeyPackageOffer>> {
        self.key_packages.get(node).map(Arc::as_ref)
    }

    /// Whether there is room for more.
    #[must_use]
    pub fn within_limits(&self) -> bool {
        self.manifests.len() <= limits::ORGANISATIONS
    }
}

fn older_or_known(known: u64, offered: u64) -> Result<Outcome, Error> {
    if offered < known {
        Err(Error::Rollback { known, offered })
    } else {
        Ok(Outcome::Known)
    }
}

#[cfg(test)]
mod tests;
