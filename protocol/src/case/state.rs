//! What is stored of a case besides its groups' rows.

use super::Steps;
use crate::{
    group::{Ballots, Cause, GroupKey, Motion, Rank, Succession},
    id::{Hash, NodeId, OrgId},
    log::{Epoch, Request},
    signed::Signed,
    time::Time,
};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

/// A group that is followed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Followed {
    /// Which.
    pub key: GroupKey,
    /// Its rank among the groups of the case.
    pub rank: Rank,
    /// Who was a member when: stored with the group's rows.
    #[serde(skip)]
    pub steps: Steps,
    /// The succession that began it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub succession: Option<Signed<Succession>>,
}

/// What a member asks of the custodian's operator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenRequest {
    /// The node that asks.
    pub by: NodeId,
    /// Its organisation.
    pub org: OrgId,
    /// What for.
    pub request: Request,
}

/// Why a node takes part no more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ended {
    /// The custodian has removed it.
    Removed {
        /// The first epoch without it.
        at: Epoch,
        /// Why, in the custodian's words; empty if only the commit is here.
        reason: String,
    },
    /// It was custodian and has been voted out.
    VotedOut {
        /// Who is custodian now.
        successor: NodeId,
        /// Why.
        cause: Cause,
    },
    /// The content was destroyed.
    Purged,
}

crate::worded! {
    Ended {
        Self::Removed { reason, .. } if reason.is_empty() => "ended-removed",
        Self::Removed { reason, .. } => "ended-removed-for" { reason: reason.as_str() },
        Self::VotedOut { successor, cause } => "ended-voted-out" {
            node: successor.short(),
            cause: cause.wording(),
        },
        Self::Purged => "ended-purged",
    }
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Removed { reason, .. } if reason.is_empty() => {
                f.write_str("the custodian removed it")
            }
            Self::Removed { reason, .. } => write!(f, "the custodian removed it: {reason}"),
            Self::VotedOut { successor, cause } => write!(
                f,
                "the others voted node {} custodian in its place, as {cause}",
                successor.short()
            ),
            Self::Purged => f.write_str("the case was purged"),
        }
    }
}

/// The state of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// The group in force.
    pub active: GroupKey,
    /// All groups that are followed.
    pub groups: Vec<Followed>,
    /// The first epoch that this node has joined.
    pub joined: Epoch,
    /// Votes of this generation.
    #[serde(default, skip_serializing_if = "Ballots::is_empty")]
    pub ballots: Ballots,
    /// The motion that this node has agreed to carry out as successor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stands: Option<Motion>,
    /// A node that was a member, and whom this node's operator follows though not enough members of today voted for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follows: Option<NodeId>,
    /// The last epoch that all members have in common, once the custodian was found to have signed two histories.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forked_after: Option<Epoch>,
    /// The custodian that did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forked_by: Option<NodeId>,
    /// The custodian was found to have signed two histories that part before all that is known here: other members may be in
    /// another one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub doubts: bool,
    /// This node took part no more, and came back by trusting who invited it to a later generation: it could not check that
    /// the others are there.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub trusts: bool,
    /// Secrets that are not of where this node is now, though their epochs have such numbers, by their hashes: it tells nobody
    /// there of them.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub apart: BTreeSet<Hash>,
    /// What members have asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requests: Vec<OpenRequest>,
    /// Update proposals for the next commit, by sender.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub updates: BTreeMap<NodeId, ByteBuf>,
    /// This node's own proposal that no commit has taken up yet: its hash, and the epoch for which it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposed: Option<(Hash, Epoch)>,
    /// When this node's keys in the group were made.
    pub refreshed: Time,
    /// When this node last committed.
    #[serde(default)]
    pub committed: Time,
    /// The custodian's node was restored from a copy: it may have forgotten commits.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub restored: bool,
    /// This node was restored from a copy in this generation: it may have forgotten votes for itself that it has used.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub rewound: bool,
    /// This node was restored from a copy, and nothing has shown since that what it follows is from after that: it may have
    /// been custodian, and have forgotten what it committed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub forgets: bool,
    /// The node was restored from a copy that ends in this epoch, and is to ask what it has missed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inquires: Option<Epoch>,
    /// Members, and nodes that were, that have lately been told what they had forgotten.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub answered: BTreeMap<NodeId, Time>,
    /// Why this node takes part no more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Ended>,
}

impl State {
    pub(super) fn new(group: Followed, joined: Epoch, now: Time) -> Self {
        Self {
            active: group.key,
            groups: vec![group],
            joined,
            ballots: Ballots::default(),
            stands: None,
            follows: None,
            forked_after: None,
            forked_by: None,
            doubts: false,
            trusts: false,
            apart: BTreeSet::new(),
            requests: Vec::new(),
            updates: BTreeMap::new(),
            proposed: None,
            refreshed: now,
            committed: now,
            restored: false,
            rewound: false,
            forgets: false,
            inquires: None,
            answered: BTreeMap::new(),
            ended: None,
        }
    }

    pub(super) fn group(&self, key: &GroupKey) -> Option<&Followed> {
        self.groups.iter().find(|g| g.key == *key)
    }

    pub(super) fn group_mut(&mut self, key: &GroupKey) -> Option<&mut Followed> {
        self.groups.iter_mut().find(|g| g.key == *key)
    }
}
