//! How a case gets a new custodian without the old one: more than half of the other members vote, and the one they
//! choose begins the next generation.
//!
//! A [`Vote`] is signed by the voter's node, a [`Succession`] carries the votes, so that everybody can check the quorum
//! by itself, with nothing but the membership of the epoch on which it is based.

use super::{GroupKey, rules::Cut};
use crate::{
    codec,
    id::{CaseId, Hash, NodeId},
    key::Context,
    limits,
    log::Epoch,
    signed::{Signable, Signed, Verified},
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Why a custodian is replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// It cannot be reached, or its node has lost its state. What it wrote counts, wherever it turns up.
    Lost,
    /// It works against the others: what they did not hold of its logs when it was voted out does not count.
    Hostile,
}

crate::worded! {
    Cause {
        Self::Lost => "cause-lost",
        Self::Hostile => "cause-hostile",
    }
}

impl std::fmt::Display for Cause {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Self::Lost => "lost",
            Self::Hostile => "hostile",
        })
    }
}

impl std::str::FromStr for Cause {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, &'static str> {
        match text {
            "lost" => Ok(Self::Lost),
            "hostile" => Ok(Self::Hostile),
            _ => Err("one of lost, hostile"),
        }
    }
}

/// A node's vote. A later one (a higher ballot) replaces its earlier one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vote {
    /// The voter.
    pub voter: NodeId,
    /// What is voted on.
    pub motion: Motion,
    /// Nodes that the voter has seen removed in this generation and that are no members now, the last first: the
    /// successor's node may have been restored from a copy that knows nothing of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gone: Vec<NodeId>,
}

/// What a vote is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Motion {
    /// The case.
    pub case: CaseId,
    /// The generation that is to end.
    pub generation: u32,
    /// The succession that began it; zeros in generation 0.
    pub branch: Hash,
    /// Counts attempts.
    pub ballot: u32,
    /// The custodian that is voted out.
    pub out: NodeId,
    /// The next custodian. It may be `out` itself, if its node has lost its state: then nobody leaves.
    pub successor: NodeId,
    /// Why.
    pub cause: Cause,
}

impl Signable for Vote {
    const CONTEXT: Context = Context::Vote;
    const LIMIT: usize = 1280;
}

impl Vote {
    /// Checks that the voter signed it.
    ///
    /// # Errors
    /// It cannot be read or names more nodes as gone than it may, the signature is not the voter's, or there are others
    /// beside it: they would swell what everybody carries.
    pub fn verify(signed: Signed<Self>) -> Result<Verified<Self>, crate::signed::Error> {
        if signed.signatures().len() > 1 {
            return Err(crate::signed::Error::TooManySignatures);
        }
        let vote = signed.verify_by(|vote: &Self| vote.voter.key())?;
        if vote.gone.len() > limits::GONE {
            let gone = format!("more than {} nodes that are gone", limits::GONE);
            return Err(codec::Error::Shape(gone).into());
        }
        Ok(vote)
    }
}

/// The beginning of a generation, signed by its custodian.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Succession {
    /// What was voted.
    pub motion: Motion,
    /// The last epoch of the old generation that the successor follows.
    pub base: Epoch,
    /// Members of the old group in that epoch, in order of their ids, with the one that is voted out.
    pub members: Vec<NodeId>,
    /// Where the logs of a hostile custodian end.
    pub cuts: Vec<Cut>,
    /// The votes.
    pub votes: Vec<Signed<Vote>>,
}

impl Signable for Succession {
    const CONTEXT: Context = Context::Succession;
    const LIMIT: usize = limits::PARCEL;
}

/// Why a succession does not count.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    /// The signature, or that of a vote, is wrong.
    #[error("a signature on the succession is not valid")]
    Signature,
    /// It contradicts itself.
    #[error("the succession does not fit together")]
    Malformed,
    /// More than half of the other members have not voted for it.
    #[error("{got} of the {needed} votes that a succession needs")]
    NoQuorum {
        /// Votes that count.
        got: usize,
        /// Votes needed.
        needed: usize,
    },
    /// Its list of members is not that of the epoch it names.
    #[error("the succession counts other members than the case had in epoch {0}")]
    OtherMembers(Epoch),
}

crate::worded! {
    Invalid {
        Self::Signature => "succession-signature",
        Self::Malformed => "succession-malformed",
        Self::NoQuorum { got, needed } => "succession-votes" { got: *got, needed: *needed },
        Self::OtherMembers(epoch) => "succession-members" { epoch: epoch.to_string() },
    }
}

/// Votes that are needed where the case has so many members besides the custodian: more than half. A custodian who is
/// alone needs none to begin again.
#[must_use]
pub fn quorum(others: usize) -> usize {
    if others == 0 { 0 } else { others / 2 + 1 }
}

impl Succession {
    /// Checks everything but the list of members, which only those who know the old group can judge.
    ///
    /// # Errors
    /// [`Invalid`] names what is wrong.
    pub fn verify(signed: Signed<Self>) -> Result<Verified<Self>, Invalid> {
        if signed.signatures().len() > 1 {
            return Err(Invalid::Signature);
        }
        let this = signed
            .verify_by(|s: &Self| s.motion.successor.key())
            .map_err(|_| Invalid::Signature)?;
        let motion = &this.motion;
        let members: BTreeSet<NodeId> = this.members.iter().copied().collect();
        let sorted = this.members.is_sorted() && members.len() == this.members.len();
        if !sorted
            || members.len() > limits::CASE_MEMBERS
            || this.votes.len() > members.len()
            || this.base.generation != motion.generation
            || motion.generation == u32::MAX
            || !members.contains(&motion.out)
            || !members.contains(&motion.successor)
            || this.cuts.len() > limits::LOGS_PER_NODE
            || (motion.cause == Cause::Lost && !this.cuts.is_empty())
            || (motion.cause == Cause::Hostile && motion.out == motion.successor)
        {
            return Err(Invalid::Malformed);
        }
        let mut voters = BTreeSet::new();
        for vote in &this.votes {
            let vote = Vote::verify(vote.clone()).map_err(|_| Invalid::Signature)?;
            if vote.motion == *motion && vote.voter != motion.out && members.contains(&vote.voter) {
                voters.insert(vote.voter);
            }
        }
        let needed = quorum(members.len() - 1);
        if voters.len() < needed {
            return Err(Invalid::NoQuorum {
                got: voters.len(),
                needed,
            });
        }
        Ok(this)
    }

    /// Those whose votes for it are in it: votes for other motions may stand beside them, and say nothing of this one.
    #[must_use]
    pub fn voters(&self) -> BTreeSet<NodeId> {
        let votes = self.votes.iter().filter_map(|vote| vote.unverified().ok());
        let votes = votes.filter(|vote| vote.motion == self.motion);
        votes.map(|vote| vote.voter).collect()
    }

    /// Members that its voters have seen removed, and that are not taken over: where more than half of those voters say
    /// so who are not the successor itself, so that no one voter keeps anybody out.
    #[must_use]
    pub fn left_out(&self) -> BTreeSet<NodeId> {
        let mut gone: BTreeSet<NodeId> = self.members.iter().copied().collect();
        let kept = [self.motion.successor, self.motion.out];
        let mut votes: BTreeMap<NodeId, Vec<NodeId>> = BTreeMap::new();
        for vote in self.votes.iter().filter_map(|v| v.unverified().ok()) {
            let counts = gone.contains(&vote.voter) && !kept.contains(&vote.voter);
            if counts && vote.motion == self.motion {
                // One of each: the first.
                votes.entry(vote.voter).or_insert(vote.gone);
            }
        }
        let said = |node: &NodeId| votes.values().filter(|gone| gone.contains(node)).count();
        gone.retain(|n| !kept.contains(n) && 2 * said(n) > votes.len());
        gone
    }

    /// The group that it begins.
    #[must_use]
    pub fn key(&self, hash: Hash) -> GroupKey {
        GroupKey {
            case: self.motion.case,
            generation: self.motion.generation.saturating_add(1),
            branch: hash,
        }
    }

    /// The rank of a group among those of its case: the greatest is in force everywhere. A higher generation comes
    /// first, then a later ballot; between equals the hash decides, which nobody prefers but everybody sees.
    #[must_use]
    pub fn rank(&self, hash: Hash) -> Rank {
        Rank {
            generation: self.motion.generation.saturating_add(1),
            ballot: self.motion.ballot,
            branch: hash,
        }
    }
}

/// See [`Succession::rank`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Rank {
    /// The generation.
    pub generation: u32,
    /// The ballot that began it.
    pub ballot: u32,
    /// The hash of the succession that began it.
    pub branch: Hash,
}

impl Rank {
    /// Of the group that a case begins with.
    pub const FIRST: Self = Self {
        generation: 0,
        ballot: 0,
        branch: Hash([0; 32]),
    };
}

/// The latest vote of each member in one generation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ballots {
    votes: BTreeMap<NodeId, Signed<Vote>>,
}

impl Ballots {
    /// Counts a vote that was verified. False if the voter has said something later already.
    pub fn cast(&mut self, vote: &Verified<Vote>) -> bool {
        let later = self
            .of(&vote.voter)
            .is_none_or(|held| held.ballot < vote.motion.ballot);
        if later {
            self.votes.insert(vote.voter, vote.signed().clone());
        }
        later
    }

    /// What a member has voted for.
    #[must_use]
    pub fn of(&self, voter: &NodeId) -> Option<Motion> {
        let vote = self.votes.get(voter)?.unverified().ok()?;
        Some(vote.motion)
    }

    /// All motions, with those who voted for each.
    #[must_use]
    pub fn motions(&self) -> BTreeMap<Motion, Vec<NodeId>> {
        let mut motions: BTreeMap<Motion, Vec<NodeId>> = BTreeMap::new();
        for voter in self.votes.keys() {
            if let Some(motion) = self.of(voter) {
                motions.entry(motion).or_default().push(*voter);
            }
        }
        motions
    }

    /// The votes for a motion by these members, as many as there are.
    #[must_use]
    pub fn votes_for(&self, motion: &Motion, members: &BTreeSet<NodeId>) -> Vec<Signed<Vote>> {
        let for_it = |(voter, _): &(&NodeId, &Signed<Vote>)| {
            members.contains(*voter) && self.of(voter).as_ref() == Some(motion)
        };
        let votes = self.votes.iter().filter(for_it);
        votes.map(|(_, vote)| vote.clone()).collect()
    }

    /// The highest ballot so far; none if nobody has voted.
    #[must_use]
    pub fn highest(&self) -> Option<u32> {
        let ballots = self.votes.keys().filter_map(|voter| self.of(voter));
        ballots.map(|motion| motion.ballot).max()
    }

    /// Whether nobody has voted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.votes.is_empty()
    }
}
