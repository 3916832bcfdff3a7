//! Who is who: the federation's [`Charter`], its [`Roster`] of organisations, each organisation's [`Manifest`], each
//! node's current [`KeyPackageOffer`].
//!
//! [`Directory`] holds the checked ones and decides what may follow: versions only go up, each names the hash of the
//! one before, an older one is a rollback and refused, a different one of the same version is a [`Conflict`]: proof of
//! misbehaviour, kept and shown.

mod bundle;
mod charter;
mod manifest;
mod member;
mod pace;
mod request;
mod roster;
mod state;
mod versions;

pub use bundle::Bundle;
pub use charter::Charter;
pub use manifest::{
    AuthorEntry, KeyPackageOffer, Manifest, NodeEntry, Revocation, Role, check_handle,
};
pub use member::{Member, OrgKind, Status};
pub use pace::PackagePace;
pub use request::JoinRequest;
pub use roster::Roster;
pub use state::{Conflict, Delisted, Directory, Item, Outcome};
pub use versions::{Digest, Version, Versions};

use crate::{
    id::{NodeId, OrgId},
    signed,
};

/// Why something offered to the directory is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Its signatures do not hold.
    #[error(transparent)]
    Signed(#[from] signed::Error),
    /// It breaks a rule of its own kind.
    #[error("{0}")]
    Invalid(&'static str),
    /// It is of another federation.
    #[error("it belongs to another federation")]
    OtherFederation,
    /// Older than what is known.
    #[error("version {offered} was offered where version {known} is known")]
    Rollback {
        /// The version known here.
        known: u64,
        /// The version offered.
        offered: u64,
    },
    /// Versions between are missing.
    #[error("version {offered} was offered, but the next one is {next}")]
    Gap {
        /// The version that must come next.
        next: u64,
        /// The version offered.
        offered: u64,
    },
    /// It does not name the hash of the version before.
    #[error("version {0} does not follow from the version before it")]
    BrokenChain(u64),
    /// Another document of the same version, validly signed: kept as proof.
    #[error("a different document of version {0} exists: somebody signed two")]
    Conflict(u64),
    /// The organisation is not an active member.
    #[error("organisation {0:?} is not an active member of the federation")]
    NotAMember(OrgId),
    /// The node has changed its key package too often of late: this one is taken later, if it is still the last one then.
    #[error("node {0:?} changes its key package too often")]
    TooOften(NodeId),
    /// The node is in no current manifest.
    #[error("the node is in no current manifest")]
    UnknownNode,
    /// It lists a node that another organisation has listed before.
    #[error("it lists a node of organisation {0:?}")]
    OthersNode(OrgId),
    /// Larger than allowed.
    #[error("more than {0} are not allowed")]
    TooMany(usize),
}

crate::worded! {
    Error {
        Self::Invalid(what) => "directory-invalid" { what: *what },
        Self::OtherFederation => "directory-other-federation",
        Self::Rollback { known, offered } => "directory-rollback" { known: *known, offered: *offered },
        Self::Gap { next, offered } => "directory-gap" { next: *next, offered: *offered },
        Self::BrokenChain(version) => "directory-broken-chain" { version: *version },
        Self::Conflict(version) => "directory-conflict" { version: *version },
        Self::NotAMember(org) => "directory-not-a-member" { org: org.short() },
        Self::TooOften(node) => "directory-too-often" { node: node.short() },
        Self::UnknownNode => "directory-unknown-node",
        Self::OthersNode(org) => "directory-others-node" { org: org.short() },
        Self::TooMany(most) => "directory-too-many" { most: *most },
    } via {
        Self::Signed(error) => error,
    }
}
