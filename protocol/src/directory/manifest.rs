//! What one organisation says of itself: its nodes, its authors, whom it has revoked.

use super::{Error, member::check_name};
use crate::{
    id::{FederationId, Hash, NodeId, OrgId},
    key::{Context, PublicKey},
    limits,
    signed::{Signable, Signed, Verified},
    time::Time,
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, fmt, str::FromStr};

/// What an author may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Runs the node and its cases, and reports.
    Admin,
    /// Opens cases, invites, reports.
    FocalPoint,
    /// Reports.
    Officer,
    /// Reads and acknowledges.
    Observer,
}

impl Role {
    /// All of them, as people write them.
    pub const NAMES: [&'static str; 4] = ["admin", "focal-point", "officer", "observer"];
    const ALL: [Self; 4] = [Self::Admin, Self::FocalPoint, Self::Officer, Self::Observer];
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(Self::NAMES[*self as usize])
    }
}

impl FromStr for Role {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Self::NAMES
            .iter()
            .zip(Self::ALL)
            .find(|(name, _)| **name == text)
            .map(|(_, role)| role)
            .ok_or_else(|| format!("one of {}", Self::NAMES.join(", ")))
    }
}

/// A node of the organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeEntry {
    /// Its identity, and the key that signs its entries.
    pub id: NodeId,
    /// The key that signs its MLS leaves.
    pub mls_key: PublicKey,
    /// HPKE key (ML-KEM-768 + X25519) for parcels to it.
    #[serde(with = "serde_bytes")]
    pub contact_key: Vec<u8>,
    /// Multiaddresses where it listens.
    pub addresses: Vec<String>,
}

/// A person who signs records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorEntry {
    /// Their key.
    pub key: PublicKey,
    /// Short name, unique in the organisation.
    pub handle: String,
    /// Their name, or a pseudonym.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// From when.
    pub valid_from: Time,
    /// Until when, if that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Time>,
}

/// A key that is no longer trusted from this manifest version on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revocation {
    /// An author's key, or a node's.
    pub key: PublicKey,
    /// When it was written.
    pub at: Time,
    /// Why, for people.
    pub reason: String,
}

/// A version of what an organisation says of itself, signed by its root key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Of which federation; none before there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub federation: Option<FederationId>,
    /// Whose.
    pub org: OrgId,
    /// Counts up by one, from 1.
    pub version: u64,
    /// Hash of the version before; of version 1, zeros.
    pub previous: Hash,
    /// When it was written.
    pub issued: Time,
    /// After this it is shown as out of date. It stays in force until a newer one comes: a wrong clock must not cut a
    /// partner off.
    pub expires: Time,
    /// Its nodes.
    pub nodes: Vec<NodeEntry>,
    /// Its authors.
    pub authors: Vec<AuthorEntry>,
    /// Keys that are no longer trusted.
    pub revoked: Vec<Revocation>,
}

impl Signable for Manifest {
    const CONTEXT: Context = Context::Manifest;
    const LIMIT: usize = limits::DIRECTORY_ITEM;
}

impl Manifest {
    /// The node with this id, unless it is revoked.
    #[must_use]
    pub fn node(&self, id: &NodeId) -> Option<&NodeEntry> {
        self.nodes
            .iter()
            .find(|n| n.id == *id)
            .filter(|n| !self.is_revoked(&n.id.key()))
    }

    /// The author with this key, unless revoked.
    #[must_use]
    pub fn author(&self, key: &PublicKey) -> Option<&AuthorEntry> {
        self.authors
            .iter()
            .find(|a| a.key == *key)
            .filter(|_| !self.is_revoked(key))
    }

    /// Whether this version revokes the key.
    #[must_use]
    pub fn is_revoked(&self, key: &PublicKey) -> bool {
        self.revoked.iter().any(|r| r.key == *key)
    }

    /// Checks the rules that hold for one version alone.
    ///
    /// # Errors
    /// [`Error::Invalid`] names the rule.
    pub fn check(&self) -> Result<(), Error> {
        if self.nodes.len() > limits::NODES_PER_ORG {
            return Err(Error::TooMany(limits::NODES_PER_ORG));
        }
        if self.authors.len() > limits::AUTHORS_PER_ORG
            || self.revoked.len() > limits::AUTHORS_PER_ORG
        {
            return Err(Error::TooMany(limits::AUTHORS_PER_ORG));
        }
        if self.version == 0 || (self.version == 1 && self.previous != Hash([0; 32])) {
            return Err(Error::Invalid(
                "versions count from 1, and version 1 follows nothing",
            ));
        }
        for node in &self.nodes {
            if node.addresses.len() > limits::ADDRESSES
                || node.addresses.iter().any(|a| a.len() > limits::ADDRESS)
            {
                return Err(Error::Invalid(
                    "a node has at most 16 addresses of 256 bytes",
                ));
            }
            if node.contact_key.len() > limits::KEY_PACKAGE {
                return Err(Error::Invalid("a contact key is too long"));
            }
        }
        for author in &self.authors {
            check_name(&author.name)?;
            check_handle(&author.handle)?;
        }
        if self
            .revoked
            .iter()
            .any(|r| r.reason.len() > limits::NAME || r.reason.chars().any(char::is_control))
        {
            return Err(Error::Invalid("a reason has at most 200 bytes"));
        }
        let handles: BTreeSet<_> = self.authors.iter().map(|a| &a.handle).collect();
        let mut keys: BTreeSet<_> = self.authors.iter().map(|a| a.key).collect();
        keys.extend(self.nodes.iter().flat_map(|n| [n.id.key(), n.mls_key]));
        if handles.len() != self.authors.len()
            || keys.len() != self.authors.len() + 2 * self.nodes.len()
        {
            return Err(Error::Invalid("a handle or a key is listed twice"));
        }
        Ok(())
    }

    /// Checks the signature of the organisation's root key, and the rules.
    ///
    /// # Errors
    /// A wrong signature or a broken rule.
    pub fn verify(signed: Signed<Self>, root: &PublicKey) -> Result<Verified<Self>, Error> {
        let verified = signed.verify(&[*root], 1)?;
        verified.check()?;
        Ok(verified)
    }

    /// Checks that this version may follow `old`.
    pub(super) fn follows(&self, old: &Verified<Self>) -> Result<(), Error> {
        if self.previous != old.signed().hash() {
            return Err(Error::BrokenChain(self.version));
        }
        let still = |key: &PublicKey| self.is_revoked(key);
        if !old.revoked.iter().all(|r| still(&r.key)) {
            return Err(Error::Invalid("a revocation cannot be taken back"));
        }
        Ok(())
    }
}

/// A handle is typed and printed a lot: letters, digits, `.`, `-`, `_`, at most 64 bytes.
///
/// # Errors
/// [`Error::Invalid`] names the rule.
pub fn check_handle(handle: &str) -> Result<(), Error> {
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_');
    if handle.is_empty() || handle.len() > 64 || !handle.chars().all(fits) {
        return Err(Error::Invalid(
            "a handle has letters, digits, '.', '-' and '_', at most 64 bytes",
        ));
    }
    Ok(())
}

/// A node's current MLS key package, with which custodians add it to cases (RFC 9420, section 10).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyPackageOffer {
    /// Whose.
    pub node: NodeId,
    /// When it was made: a newer one replaces it.
    pub issued: Time,
    /// A serialized MLS `KeyPackage`.
    #[serde(with = "serde_bytes")]
    pub key_package: Vec<u8>,
}

impl Signable for KeyPackageOffer {
    const CONTEXT: Context = Context::KeyPackage;
    const LIMIT: usize = limits::KEY_PACKAGE;
}
