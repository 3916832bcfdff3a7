//! Whether an election counts here: whom the old group had, how many of them have voted, and the proof of it that puts its
//! custodian out.

use super::{Alarm, Case, Claim, Effect, Ended, Error};
use crate::{
    group::{self, CaseGroup, Former, Invalid, Motion, Rules, Succession, quorum},
    id::NodeId,
    signed::{Signed, Verified},
};
use std::collections::BTreeSet;

impl Case {
    /// The group that a motion is to end, if it is followed here.
    pub(super) fn base_group(&self, motion: &Motion) -> Option<&CaseGroup> {
        let mut groups = std::iter::once(&self.active).chain(&self.others);
        groups.find(|g| g.key().generation == motion.generation && g.key().branch == motion.branch)
    }

    /// Checks rules of a group that a succession began: what was settled in the old one, as far as both know it, is settled.
    pub(super) fn check_settled(
        &self,
        succession: &Succession,
        theirs: &Rules,
    ) -> Result<(), Error> {
        let Some(old) = self.base_group(&succession.motion) else {
            return Ok(());
        };
        let common = succession.base.min(old.epoch());
        let followed = self.state.group(old.key());
        let settled = |at| followed.and_then(|f| f.steps.settled(at));
        // Nearly all come to a group in the epoch after its first one, which adds them and nothing else.
        let began = Some(common).filter(|at| at.number == 0);
        let settled = settled(common).or_else(|| settled(began?.next()));
        Ok(old.rules().check_successor(theirs, common, settled)?)
    }

    /// Whether a succession rests on a generation that this node has not seen begin, one that it knows invites it, and its
    /// operator follows that one, or who was elected: whom that generation's custodian did not invite, nobody else can bring
    /// there. One that it does not know may bring it to another case: see [`Case::begin_anew`].
    pub(super) fn is_led_past(&self, succession: &Succession, from: NodeId) -> bool {
        let motion = &succession.motion;
        let unseen = motion.generation > self.epoch().generation;
        let led = [from, motion.successor].map(Some);
        unseen && self.was_member(&from) && led.contains(&self.state.follows)
    }

    /// Whether a custodian that was restored has forgotten that it removed a node that is in its new group, and this
    /// node's operator has not said that it follows it all the same.
    pub(super) fn is_brought_back(&self, succession: &Succession, group: &CaseGroup) -> bool {
        let motion = &succession.motion;
        if motion.out != motion.successor || self.state.follows == Some(motion.successor) {
            return false;
        }
        let Some(old) = self.base_group(motion) else {
            return false;
        };
        let (members, before) = (group.members(), old.members());
        let forgotten = old.rules().former.iter().filter(|f| f.at > succession.base);
        let known = |f: &&Former| group.rules().former(&f.node).is_some_and(|k| k.at >= f.at);
        let mut forgotten = forgotten.filter(|f| !known(f));
        forgotten.any(|f| members.contains(&f.node) && !before.contains(&f.node))
    }

    /// Whether a succession counts the members that its base had, which only those who follow the old group can tell, and
    /// has the votes of those whom this node knows.
    pub(super) fn check_base(&self, succession: &Verified<Succession>) -> Result<(), Error> {
        let (motion, base) = (&succession.motion, succession.base);
        let old = self.base_group(motion).map(|g| *g.key());
        let Some(old) = old.and_then(|key| self.state.group(&key)) else {
            // Of a generation that this node has not seen, or has forgotten. One that was restored from a copy may have
            // used up the keys that would show it to it: then those who are known here may be enough.
            let unseen = motion.generation > self.epoch().generation;
            if unseen && self.state.rewound {
                let known: BTreeSet<NodeId> = self.active.members();
                return self
                    .carried(succession, known, false)
                    .map_err(|_| Error::NotYet);
            }
            return Err(Error::NotYet);
        };
        let (first, last) = (old.steps.first(), old.steps.last());
        let at = |epoch| old.steps.at(epoch).unwrap_or_default();
        match old.steps.at(base) {
            Some(members) => {
                let listed = succession.members.iter().copied();
                if !members.iter().copied().eq(listed) {
                    return Err(Invalid::OtherMembers(base).into());
                }
                // Those who were removed since could otherwise go back to when they were the majority.
                let alone = members.len() == 1;
                let now = at(last);
                // Votes do not grow old, but one for somebody who had to go since is not meant any more.
                let still = if now.contains(&motion.successor) {
                    members.intersection(&now).copied().collect()
                } else {
                    BTreeSet::new()
                };
                if !alone {
                    self.carried(succession, still, true)?;
                }
            }
            // It rests on commits that have not come; but those who are known here may be enough.
            // A node that was restored may never be able to follow them: then its operator's word is.
            None if base > last => {
                let carried = self.carried(succession, at(last), false);
                carried.map_err(|_| Error::NotYet)?;
            }
            // It rests on an epoch from before this node joined, and has no say in.
            None if !self.was_member(&motion.successor) => {
                return Err(Invalid::OtherMembers(base).into());
            }
            None => self.carried(succession, at(first), false)?,
        }
        let known = old.steps.at(base).is_some();
        // Another has succeeded already: it is outdone only with the votes of those who were members then.
        let succeeded = self.state.group(&self.state.active);
        let succeeded = succeeded.and_then(|g| g.succession.as_ref()?.unverified().ok());
        if let Some(other) = succeeded
            && (other.motion.generation, other.motion.branch) == (motion.generation, motion.branch)
        {
            self.carried(succession, other.members.into_iter().collect(), known)?;
        }
        Ok(())
    }

    /// Whether more than half of these members besides the one that is voted out have voted for a succession, or this
    /// node's operator has agreed to it, knowing that they have not: by a vote that is counted in it, if what it rests on is
    /// `known` here. Whoever has one vote must not take that voter along with members that it makes up.
    fn carried(
        &self,
        succession: &Verified<Succession>,
        members: BTreeSet<NodeId>,
        known: bool,
    ) -> Result<(), Error> {
        let motion = &succession.motion;
        let voted = known
            && succession.voters().contains(&self.me)
            && self.members().contains(&motion.successor);
        if voted || self.state.follows == Some(motion.successor) {
            return Ok(());
        }
        carried(succession, members).map_err(|_| {
            Error::Contested(Claim {
                successor: motion.successor,
                generation: motion.generation.saturating_add(1),
            })
        })
    }

    /// The proof that this node, as custodian, was voted out.
    pub(super) fn step_down(&mut self, signed: Signed<Succession>) -> Result<Vec<Effect>, Error> {
        let succession = Succession::verify(signed)?;
        let motion = succession.motion;
        if motion.out != self.me || motion.case != self.id() {
            return Err(group::Error::BadInvitation.into());
        }
        if motion.generation < self.epoch().generation || self.state.ended.is_some() {
            return Ok(Vec::new());
        }
        self.check_base(&succession)?;
        // Who was alone with it once could otherwise put it out for ever, though many have come since.
        self.carried(&succession, self.members(), false)?;
        self.state.ended = Some(Ended::VotedOut {
            successor: motion.successor,
            cause: motion.cause,
        });
        Ok(vec![
            Effect::Alarm(Alarm::Succeeded {
                out: self.me,
                successor: motion.successor,
                generation: motion.generation,
            }),
            Effect::Changed,
        ])
    }
}

/// Whether more than half of these members, besides the one that is voted out, have voted for a succession.
fn carried(succession: &Verified<Succession>, mut members: BTreeSet<NodeId>) -> Result<(), Error> {
    members.remove(&succession.motion.out);
    let votes = succession.votes.iter().filter_map(|v| v.unverified().ok());
    let votes = votes.filter(|v| v.motion == succession.motion && members.contains(&v.voter));
    let voters: BTreeSet<NodeId> = votes.map(|v| v.voter).collect();
    let (got, needed) = (voters.len(), quorum(members.len()).max(1));
    if got < needed {
        return Err(Invalid::NoQuorum { got, needed }.into());
    }
    Ok(())
}
