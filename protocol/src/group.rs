//! Who may read a case: a group of nodes on MLS (RFC 9420) with suite 0x004E, one leaf per node.
//!
//! MLS wants commits in one order and Focal has no server, so each case has a custodian: only its commits count, and
//! the hash chain of its flash lane is their order. [`Rules`] (title, roles, custodian, history) live in the group
//! context: members agree on them or cannot follow. Each epoch exports one [`crate::seal::EpochSecret`], under which
//! entries are sealed. Commits are MLS `PublicMessage`s: the entry around them already hides them.
//!
//! A custodian that is lost or hostile is voted out ([`Vote`], [`Succession`]): its successor begins a new group of the
//! same case, one generation on. What members send to each other outside the case's own entries is a [`Delivery`].
//!
//! Time and disk stay outside: a [`CaseGroup`] is loaded from [`Rows`], changed, and its rows stored again together
//! with the entry that changed it.

mod commit;
mod delivery;
mod hand_over;
mod identity;
mod mls;
mod provider;
mod receipt;
mod rules;
mod succession;

pub use delivery::{Delivery, DeliveryPart, Invitation, Parcel, Removal};
pub use hand_over::HandOver;
pub use identity::{KeyPackageRows, MlsIdentity, check_key_package};
pub use mls::{Applied, CaseGroup, Change, Committed, GroupKey, RowChanges};
pub use provider::Rows;
pub use receipt::{Attested, Receipt};
pub use rules::{
    CaseRole, Cut, Former, History, RoleChange, RuleCounts, Rules, Stage, StageChange,
};
pub use succession::{Ballots, Cause, Invalid, Motion, Rank, Succession, Vote, quorum};

use crate::{id::NodeId, log::Epoch};

/// Why a group operation fails.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// OpenMLS refuses; its own words.
    #[error("the case group refuses: {0}")]
    Mls(String),
    /// Stored state that does not load.
    #[error("the stored state of the case group cannot be read")]
    State,
    /// A leaf whose key is not the one in its organisation's manifest, or whose node nobody lists.
    #[error("a leaf of the case group does not match any manifest")]
    UnknownLeaf,
    /// A commit by somebody else than the custodian.
    #[error("node {0:?} is not the custodian of the case")]
    NotCustodian(NodeId),
    /// A commit for another epoch than the current one.
    #[error("the commit is for epoch {got}, the group is in epoch {have}")]
    WrongEpoch {
        /// Epoch of the group here.
        have: Epoch,
        /// Epoch of the commit.
        got: Epoch,
    },
    /// Rules that cannot be.
    #[error("{0}")]
    Rules(&'static str),
    /// More members than a case may have.
    #[error("a case has at most {} members", crate::limits::CASE_MEMBERS)]
    TooManyMembers,
    /// A node that is to be removed, or to become custodian, and is no member.
    #[error("node {0:?} is not a member of the case")]
    NotAMember(NodeId),
    /// A Welcome that is not for this node, or for another case than it says.
    #[error("the invitation does not fit")]
    BadInvitation,
    /// A succession that does not count.
    #[error(transparent)]
    Succession(#[from] Invalid),
}

crate::worded! {
    Error {
        Self::Mls(why) => "group-mls" { why: why.as_str() },
        Self::State => "group-state",
        Self::UnknownLeaf => "group-unknown-leaf",
        Self::NotCustodian(node) => "group-not-custodian" { node: node.short() },
        Self::WrongEpoch { have, got } => "group-wrong-epoch" {
            have: have.to_string(),
            got: got.to_string(),
        },
        Self::Rules(what) => "group-rules" { what: *what },
        Self::TooManyMembers => "group-members" { most: crate::limits::CASE_MEMBERS },
        Self::NotAMember(node) => "group-not-a-member" { node: node.short() },
        Self::BadInvitation => "group-invitation",
    } via {
        Self::Succession(error) => error,
    }
}

impl Error {
    fn mls(error: impl std::fmt::Display) -> Self {
        Self::Mls(error.to_string().chars().take(200).collect())
    }
}

#[cfg(test)]
mod tests;
