//! What one node knows of one case, and what it does about it: a state machine without time, disk or network.
//!
//! A [`Case`] holds the group in force and the groups of earlier generations that it still follows, because their late
//! commits make entries readable that were written on the far side of a split. It is told what entries and parcels say,
//! what its operator wants, and that time has passed; it answers with [`Effect`]s, which its host carries out together
//! with storing the changed state.
//!
//! In reading order: [`Steps`] (who was a member when), [`judge`] (whether an entry counts), [`Keyring`] (what opens it), [`Awaits`] (what may open it later), then
//! what a member does (`member`, `word`), what the custodian does (`custodian`, `tend`), and how a custodian is replaced
//! (`succeed`, `adopt`, `another`).

mod admit;
mod adopt;
mod another;
mod awaits;
mod bring;
mod custodian;
mod effect;
mod elected;
mod judge;
mod keyring;
mod line;
mod many;
mod member;
mod state;
mod steps;
mod succeed;
mod tend;
mod trust;
mod word;

pub use admit::{Holding, NotAdmitted, Standing, admit};
pub use awaits::Awaits;
pub use custodian::Addable;
pub use effect::{Alarm, Claim, Ctx, Effect, Held};
pub use judge::{Reason, Verdict, judge, stays_judged};
pub use keyring::{Kept, Keyring};
pub use member::At;
pub use state::{Ended, Followed, OpenRequest, State};
pub use steps::{Step, Steps};
pub use succeed::Voice;

use crate::{
    group::{self, CaseGroup, GroupKey, Invalid, RowChanges, Rows, Rules, Stage},
    id::{CaseId, NodeId},
    log::{Epoch, Lane, Writer},
    seal::EpochSecret,
};
use std::collections::BTreeSet;

/// Why a case does not do what it is asked. Nothing has changed then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The group refuses.
    #[error(transparent)]
    Group(#[from] group::Error),
    /// This node is no member any more.
    #[error("this node is no longer a member of the case: {0}")]
    Ended(Ended),
    /// The organisation has no role in the case.
    #[error("the organisation is not in the case")]
    NotInCase,
    /// The organisation has this role already.
    #[error("the organisation is in the case already")]
    AlreadyInCase,
    /// The custodian hands over before it leaves, or before it is removed.
    #[error("the custodian's organisation must hand the case over first")]
    CustodianStays,
    /// The case is closed, or is not.
    #[error("the case is {0}")]
    Stage(&'static str),
    /// The custodian's node was restored from a copy, and others may have followed it further than it remembers.
    #[error(
        "this node was restored and may have forgotten commits: the other members must vote for a custodian"
    )]
    Restored,
    /// Something comes first that is not here yet.
    #[error("it rests on something that has not come yet")]
    NotYet,
    /// Nothing to do.
    #[error("there is nothing to change")]
    NothingToDo,
    /// A succession was carried by the votes of members whom this node has seen removed since: it may be the last word of
    /// a majority, or the return of those who had to go. It waits until this node's operator votes for the successor.
    #[error(
        "node {:?} was voted custodian with votes of nodes that are no members here: an operator must decide",
        .0.successor
    )]
    Contested(Claim),
    /// It comes from somebody who may not send it.
    #[error("node {0:?} may not send this")]
    NotAllowed(NodeId),
}

crate::worded! {
    Error {
        Self::Ended(ended) => "case-ended" { why: ended.wording() },
        Self::NotInCase => "case-not-in-case",
        Self::AlreadyInCase => "case-already-in-case",
        Self::CustodianStays => "case-custodian-stays",
        Self::Stage(stage) => "case-stage" { stage: *stage },
        Self::Restored => "case-restored",
        Self::NotYet => "case-not-yet",
        Self::NothingToDo => "case-nothing-to-do",
        Self::Contested(claim) => "case-contested" { node: claim.successor.short() },
        Self::NotAllowed(node) => "case-not-allowed" { node: node.short() },
    } via {
        Self::Group(error) => error,
    }
}

impl From<Invalid> for Error {
    fn from(error: Invalid) -> Self {
        Self::Group(error.into())
    }
}

/// One case, as one of its member nodes knows it.
#[derive(Debug)]
pub struct Case {
    me: NodeId,
    state: State,
    active: CaseGroup,
    others: Vec<CaseGroup>,
    /// Groups that are followed no longer and are to be deleted.
    dropped: Vec<GroupKey>,
}

impl Case {
    /// From what the store holds: the groups that `state` names, with their rows.
    ///
    /// # Errors
    /// A group's rows are not whole, or one is missing.
    pub fn load(
        me: NodeId,
        mut state: State,
        mut rows: impl FnMut(&GroupKey) -> Rows,
    ) -> Result<Self, Error> {
        let mut active = None;
        let mut others = Vec::new();
        for followed in &mut state.groups {
            let mut rows = rows(&followed.key);
            followed.steps = Steps::take_from(&mut rows).ok_or(group::Error::State)?;
            let group = CaseGroup::load(followed.key, rows)?;
            if followed.key == state.active {
                active = Some(group);
            } else {
                others.push(group);
            }
        }
        Ok(Self {
            me,
            active: active.ok_or(group::Error::State)?,
            others,
            state,
            dropped: Vec::new(),
        })
    }

    /// What to store besides the groups' rows.
    #[must_use]
    pub fn state(&self) -> &State {
        &self.state
    }

    /// What has changed in the groups since it was last taken, and which are gone.
    #[must_use]
    pub fn take_changes(&mut self) -> (Vec<(GroupKey, RowChanges)>, Vec<GroupKey>) {
        let mut all = Vec::with_capacity(self.others.len() + 1);
        for group in std::iter::once(&mut self.active).chain(&mut self.others) {
            let (key, mut changes) = (*group.key(), group.take_changes());
            if let Some(followed) = self.state.group_mut(&key) {
                followed.steps.save(&mut changes);
            }
            all.push((key, changes));
        }
        (all, std::mem::take(&mut self.dropped))
    }

    /// Does something that leaves everything as it was if it fails.
    fn attempt<T>(
        &mut self,
        change: impl FnOnce(&mut Self) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let before = self.state.clone();
        let result = change(self);
        if result.is_err() {
            self.state = before;
            for group in std::iter::once(&mut self.active).chain(&mut self.others) {
                group.roll_back()?;
            }
        }
        result
    }

    /// The case.
    #[must_use]
    pub fn id(&self) -> CaseId {
        self.state.active.case
    }

    /// The rules in force.
    #[must_use]
    pub fn rules(&self) -> &Rules {
        self.active.rules()
    }

    /// The epoch under which this node seals.
    #[must_use]
    pub fn epoch(&self) -> Epoch {
        self.active.epoch()
    }

    /// Its secret.
    ///
    /// # Errors
    /// This node is no longer a member.
    pub fn secret(&self) -> Result<EpochSecret, Error> {
        if let Some(ended) = &self.state.ended {
            return Err(Error::Ended(ended.clone()));
        }
        Ok(self.active.secret()?)
    }

    /// The member nodes.
    #[must_use]
    pub fn members(&self) -> BTreeSet<NodeId> {
        self.active.members()
    }

    /// Whether this node commits for the case.
    #[must_use]
    pub fn is_custodian(&self) -> bool {
        self.state.ended.is_none() && self.rules().custodian == self.me
    }

    /// Why this node takes part no more; none while it does.
    #[must_use]
    pub fn ended(&self) -> Option<&Ended> {
        self.state.ended.as_ref()
    }

    /// Whether this node hands its copy on to a peer: both are members. A custodian that was voted out goes on, or what it
    /// wrote before it knew would be lost; what of it counts is for the others to judge.
    #[must_use]
    pub fn serves(&self, peer: &NodeId) -> bool {
        let hands_on = matches!(self.state.ended, None | Some(Ended::VotedOut { .. }));
        hands_on && self.active.members().contains(peer)
    }

    /// Whether a peer is asked for more of a log that is held here in part. One that is not known to be a member may have
    /// been let in by a commit which has not come here yet, and be the only one who can bring it, with what it wrote itself.
    /// It is asked for nothing else: from where on would tell it how far that log has grown.
    #[must_use]
    pub fn asks(&self, peer: &NodeId, writer: &Writer) -> bool {
        let commits = writer.lane == Lane::Flash && self.custodians().any(|c| c == writer.node);
        self.serves(peer) || *peer == writer.node || commits
    }

    /// The custodians of the groups that are followed.
    pub fn custodians(&self) -> impl Iterator<Item = NodeId> {
        let groups = std::iter::once(&self.active).chain(&self.others);
        groups.map(|group| group.rules().custodian)
    }

    /// Whether a node was a member in some group of this case that is followed here, now or earlier: its entries may
    /// then be of use.
    #[must_use]
    pub fn was_member(&self, node: &NodeId) -> bool {
        let groups = &self.state.groups;
        groups.iter().any(|g| g.steps.ever(node)) || self.rules().former(node).is_some()
    }

    /// Whether records may be written now.
    ///
    /// # Errors
    /// This node is out, or the case is closed or purged.
    pub fn check_writable(&self) -> Result<(), Error> {
        if let Some(ended) = &self.state.ended {
            return Err(Error::Ended(ended.clone()));
        }
        match self.rules().stage_at(self.epoch()) {
            Stage::Open => Ok(()),
            Stage::Closed => Err(Error::Stage(
                "closed: nothing is written until it is reopened",
            )),
            Stage::Purged => Err(Error::Stage("purged")),
        }
    }
}

#[cfg(test)]
mod tests;
