//! What is often asked about a case, so that its groups need not be loaded for it.

use focal_protocol::{
    case::{Awaits, Case, Ended},
    directory::Directory,
    group::{GroupKey, Rank, Rules},
    id::NodeId,
    log::{Epoch, Lane, Writer},
};
use std::collections::BTreeSet;

/// What is often asked about a case.
#[derive(Debug)]
pub struct Info {
    /// The rules in force.
    pub rules: Rules,
    /// The group in force, its rank, and its epoch.
    pub group: GroupKey,
    /// See [`Info::group`].
    pub rank: Rank,
    /// See [`Info::group`].
    pub epoch: Epoch,
    /// Its members.
    pub members: BTreeSet<NodeId>,
    /// Nodes that were members in some group that is followed.
    pub earlier: BTreeSet<NodeId>,
    /// The first epoch that this node has joined.
    pub joined: Epoch,
    /// Which secrets may still come.
    pub awaits: Awaits,
    /// The epoch on which the succession that began the group rests.
    pub base: Option<Epoch>,
    /// Who was elected then.
    pub successor: Option<NodeId>,
    /// Who may choose another custodian, if the one of before was found to have signed two histories.
    pub forked: Option<BTreeSet<NodeId>>,
    /// Why this node takes part no more.
    pub ended: Option<Ended>,
    /// Whether it is a custodian that may have forgotten commits.
    pub restored: bool,
    /// Whether this node hands its copy on to the members.
    hands_on: bool,
    /// The custodians of the groups that are followed.
    pub(super) custodians: BTreeSet<NodeId>,
}

impl Info {
    pub(super) fn of(case: &Case, directory: &Directory) -> Self {
        let state = case.state();
        let active = state.groups.iter().find(|g| g.key == state.active);
        let members = case.members();
        let nodes = directory.nodes().map(|(_, entry)| entry.id);
        let succession = active.and_then(|g| g.succession.as_ref()?.unverified().ok());
        Self {
            rules: case.rules().clone(),
            group: state.active,
            rank: active.map_or(Rank::FIRST, |g| g.rank),
            epoch: case.epoch(),
            earlier: nodes.filter(|n| case.was_member(n)).collect(),
            joined: state.joined,
            awaits: case.awaits(),
            base: succession.as_ref().map(|s| s.base),
            successor: succession.map(|s| s.motion.successor),
            forked: state.forked_by.map(|_| case.base_members()),
            ended: state.ended.clone(),
            restored: state.restored,
            custodians: case.custodians().collect(),
            hands_on: members.first().is_some_and(|m| case.serves(m)),
            members,
        }
    }

    /// Whether this node hands its copy on to a peer: see [`Case::serves`].
    #[must_use]
    pub fn serves(&self, peer: &NodeId) -> bool {
        self.hands_on && self.members.contains(peer)
    }

    /// Whether a peer is asked for more of a log that is held here in part: see [`Case::asks`].
    #[must_use]
    pub fn asks(&self, peer: &NodeId, writer: &Writer) -> bool {
        let commits = writer.lane == Lane::Flash && self.custodians.contains(&writer.node);
        self.serves(peer) || *peer == writer.node || commits
    }
}
