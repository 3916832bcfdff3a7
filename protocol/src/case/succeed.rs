//! How a custodian is replaced by the others: the votes, and the beginning of the next generation.

use super::{
    Alarm, At, Case, Ctx, Effect, Ended, Error, Followed, Steps,
    custodian::{ADDS, former},
};
use crate::{
    group::{
        self, CaseGroup, Cause, Delivery, Former, GroupKey, Invalid, Motion, Succession, Vote,
        check_key_package, quorum,
    },
    id::{Hash, LogId, NodeId},
    limits,
    log::{Commit, Epoch, EpochGrant, Payload},
    signed::Signed,
};
use std::collections::BTreeSet;

/// How far beyond one's own last ballot others' are joined, or outdone.
const LEAP: u32 = 1 << 16;
/// How far beyond all known ballots one goes that was restored, at most.
const BEYOND: u64 = 1 << 15;

/// What a vote of this node's operator comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Voice {
    /// A vote.
    Votes,
    /// A vote for one for whom this node has voted already: from then on it follows that one whatever else it knows.
    VotesAgain,
    /// No vote: this node follows that one where others have.
    Follows,
}

impl Case {
    /// What a vote for `successor` would be now, as [`Case::vote`] says.
    ///
    /// # Errors
    /// Those of [`Case::vote`] that can be told before.
    pub fn voice(&self, ctx: &Ctx<'_>, successor: NodeId, cause: Cause) -> Result<Voice, Error> {
        match &self.state.ended {
            Some(Ended::Purged) => return Err(Error::Ended(Ended::Purged)),
            // To come back to: it has no say in who is elected.
            Some(_) => return Ok(Voice::Follows),
            None => {}
        }
        let out = self.out();
        if !self.base_members().contains(&successor) {
            // One that came after the copy from which this node was restored is not known here.
            if !self.was_member(&successor) && ctx.directory.node(&successor).is_none() {
                return Err(group::Error::NotAMember(successor).into());
            }
            return Ok(Voice::Follows);
        }
        let stays = successor == out;
        if self.me == out && !stays && self.state.restored {
            return Ok(Voice::Follows);
        }
        if (stays && cause == Cause::Hostile) || (self.me == out && !stays) {
            return Err(Error::CustodianStays);
        }
        let before = self.state.ballots.of(&self.me);
        let again = before.is_some_and(|m| m.out == out && m.successor == successor);
        Ok(if again && successor != self.me {
            Voice::VotesAgain
        } else {
            Voice::Votes
        })
    }

    /// Votes for `successor` in place of the custodian. To stand for it is to vote for oneself. A vote for one that the
    /// custodian has removed elects nobody: it says that this node follows it where others have ([`Error::Contested`]). So does
    /// one by a custodian that was restored, and may have forgotten that it handed over.
    ///
    /// # Errors
    /// This node is out, the successor never was a member, or the custodian votes for another than itself: it hands over, or
    /// [`Case::agree`]s to a claim.
    pub fn vote(
        &mut self,
        ctx: &Ctx<'_>,
        successor: NodeId,
        cause: Cause,
    ) -> Result<Vec<Effect>, Error> {
        let voice = self.voice(ctx, successor, cause)?;
        if voice == Voice::Follows {
            return Ok(self.agree(successor));
        }
        let motion = self.motion(ctx, self.out(), successor, cause);
        self.attempt(|case| {
            let generation = case.epoch().generation;
            let effects = case.cast(ctx, motion)?;
            // Who votes for it a second time follows it whatever else this node knows.
            if voice == Voice::VotesAgain && case.epoch().generation == generation {
                case.state.follows = Some(successor);
            }
            Ok(effects)
        })
    }

    /// This node's operator agrees to a claim to the office that is contested here ([`Error::Contested`]), also as the
    /// custodian that it puts out: where those who voted follow the claim already, it can hand over to nobody.
    pub fn agree(&mut self, successor: NodeId) -> Vec<Effect> {
        self.state.follows = Some(successor);
        vec![Effect::Changed]
    }

    /// The motion for a successor: one that others have voted for already if this node has said nothing later, else a new
    /// attempt.
    fn motion(&self, ctx: &Ctx<'_>, out: NodeId, successor: NodeId, cause: Cause) -> Motion {
        let ballots = &self.state.ballots;
        let mine = ballots.of(&self.me);
        // Whoever votes with the highest number there is must not keep the others from voting again.
        let reach = mine.map_or(0, |own| own.ballot).saturating_add(LEAP);
        let motions: Vec<Motion> = ballots.motions().into_keys().collect();
        let same = |m: &Motion| m.out == out && m.successor == successor && m.cause == cause;
        // Nor set those apart who want the same: whoever is behind comes nearer by a leap each time it votes.
        let apart = mine.is_some() && motions.iter().any(|m| same(m) && m.ballot > reach);
        let near = motions.into_iter().filter(|m| m.ballot <= reach);
        let highest = near.clone().map(|m| m.ballot).max();
        let highest = if apart { Some(reach - 1) } else { highest };
        // A second group must not begin from votes with which a first one has begun that this node has forgotten: it
        // takes a ballot that it cannot have taken before, by the second in which it stands.
        let forgetful = self.state.rewound && successor == self.me;
        let beyond = (ctx.now.0 / 1_000 % BEYOND) as u32;
        if let Some(stands) = self.state.stands.filter(|m| forgetful && same(m)) {
            return stands;
        }
        let joined = near
            .filter(|m| !forgetful && same(m))
            .filter(|m| mine.is_none_or(|own| (own == *m && !apart) || own.ballot < m.ballot))
            .max_by_key(|m| m.ballot);
        joined.unwrap_or(Motion {
            case: self.id(),
            generation: self.epoch().generation,
            branch: self.state.active.branch,
            ballot: highest
                .map_or(0, |b| b.saturating_add(1))
                .saturating_add(if forgetful { beyond + 1 } else { 0 }),
            out,
            successor,
            cause,
        })
    }

    fn cast(&mut self, ctx: &Ctx<'_>, motion: Motion) -> Result<Vec<Effect>, Error> {
        let vote = Vote {
            voter: self.me,
            motion,
            gone: self.gone(),
        };
        let signed = Signed::new(&vote, ctx.key);
        let verified = Vote::verify(signed.clone()).map_err(|_| Invalid::Signature)?;
        self.state.ballots.cast(&verified);
        self.state.stands = (motion.successor == self.me).then_some(motion);
        let mut effects = self.append_common(ctx, &Payload::Vote(Box::new(signed.clone())))?;
        // The candidate may be in another epoch: it gets the vote by itself, too; and everybody hears of a candidacy.
        let to: Vec<NodeId> = if motion.successor == self.me {
            let others = self.base_members();
            others.into_iter().filter(|n| *n != self.me).collect()
        } else {
            vec![motion.successor]
        };
        if !to.is_empty() {
            effects.push(Effect::Deliver {
                to,
                delivery: Box::new(Delivery::Vote(Box::new(signed))),
            });
        }
        effects.extend(self.count(ctx)?);
        effects.push(Effect::Changed);
        Ok(effects)
    }

    /// Seals under the last epoch that all members have in common: with the secret that this node derived itself, as
    /// nobody opens what is sealed under one that was made up. After a split there may be one for each side.
    fn append_common(&self, ctx: &Ctx<'_>, payload: &Payload) -> Result<Vec<Effect>, Error> {
        let base = self.base();
        if base == self.epoch() {
            return Ok(vec![self.append(payload.clone())?]);
        }
        let own = ctx.held.own(base);
        if own.is_empty() {
            return Err(Error::NotYet);
        }
        let seal = |secret| Effect::Append {
            at: base,
            secret,
            payload: Box::new(payload.clone()),
        };
        Ok(own.into_iter().map(seal).collect())
    }

    /// A member's vote.
    ///
    /// # Errors
    /// It is not signed by the voter.
    pub fn take_vote(&mut self, ctx: &Ctx<'_>, vote: Signed<Vote>) -> Result<Vec<Effect>, Error> {
        let vote = Vote::verify(vote).map_err(|_| Invalid::Signature)?;
        let motion = vote.motion;
        let this_group = motion.case == self.id()
            && motion.generation == self.epoch().generation
            && motion.branch == self.state.active.branch
            && motion.out == self.out();
        let members = self.base_members();
        if !this_group || !members.contains(&vote.voter) || !members.contains(&motion.successor) {
            // Of another generation, or by nobody here: it decides nothing.
            return Ok(Vec::new());
        }
        if self.state.ended.is_some() {
            return Ok(Vec::new());
        }
        self.attempt(|case| {
            if !case.state.ballots.cast(&vote) {
                return Ok(Vec::new());
            }
            let mut effects = vec![Effect::Alarm(Alarm::Voting(motion))];
            effects.extend(case.count(ctx)?);
            effects.push(Effect::Changed);
            Ok(effects)
        })
    }

    /// The last epoch that all members have in common.
    #[must_use]
    pub fn base(&self) -> Epoch {
        self.state.forked_after.unwrap_or_else(|| self.epoch())
    }

    /// The custodian that is voted out: the one in that epoch.
    #[must_use]
    pub fn out(&self) -> NodeId {
        self.state.forked_by.unwrap_or(self.rules().custodian)
    }

    /// Its members: who may vote, and be voted for.
    #[must_use]
    pub fn base_members(&self) -> BTreeSet<NodeId> {
        let followed = self.state.group(&self.state.active);
        followed
            .and_then(|g| g.steps.at(self.base()))
            .unwrap_or_else(|| self.members())
    }

    /// Nodes that were removed in this generation and are no members now, the last first.
    fn gone(&self) -> Vec<NodeId> {
        let (members, now) = (self.base_members(), self.members());
        let (from, base) = (Epoch::new(self.epoch().generation, 1), self.base());
        // What somebody else has removed who had the office afterwards was not told to one side alone.
        let mut handed = self
            .rules()
            .handed
            .iter()
            .filter_map(|h| h.unverified().ok());
        let handed = handed.find(|h| h.at > base).map(|h| h.at);
        let by_another = |at: Epoch| handed.is_some_and(|handed| at > handed);
        let mut gone: Vec<NodeId> = Vec::new();
        for former in self.rules().former.iter().rev() {
            let here = former.at >= from && former.at <= base;
            let out = (here && !members.contains(&former.node))
                || (by_another(former.at) && !now.contains(&former.node));
            if out && !gone.contains(&former.node) {
                gone.push(former.node);
            }
        }
        gone.truncate(limits::GONE);
        gone
    }

    /// Votes for a motion, and how many it needs.
    #[must_use]
    pub fn tally(&self, motion: &Motion) -> (usize, usize) {
        let mut others = self.base_members();
        others.remove(&motion.out);
        let votes = self.state.ballots.votes_for(motion, &others);
        (votes.len(), quorum(others.len()))
    }

    /// Begins the next generation if this node stands for it and has the votes.
    fn count(&mut self, ctx: &Ctx<'_>) -> Result<Vec<Effect>, Error> {
        let Some(motion) = self.state.stands else {
            return Ok(Vec::new());
        };
        let (votes, needed) = self.tally(&motion);
        if votes < needed || motion.successor != self.me {
            return Ok(Vec::new());
        }
        self.succeed(ctx, motion)
    }

    fn succeed(&mut self, ctx: &Ctx<'_>, motion: Motion) -> Result<Vec<Effect>, Error> {
        let members = self.base_members();
        let stays = motion.out == motion.successor;
        let next = Epoch::new(motion.generation.saturating_add(1), 0);
        let cuts = match motion.cause {
            Cause::Hostile => former(ctx, motion.out, next).cuts.unwrap_or_default(),
            Cause::Lost => Vec::new(),
        };
        let mut voters = members.clone();
        voters.remove(&motion.out);
        let succession = Succession {
            motion,
            base: self.base(),
            members: members.iter().copied().collect(),
            cuts: cuts.clone(),
            votes: self.state.ballots.votes_for(&motion, &voters),
        };
        let signed = Signed::new(&succession, ctx.key);
        let hash = signed.hash();
        let key = succession.key(hash);
        let mut rules = self.rules().clone();
        // What the custodian told this side alone does not count.
        if self.base() < self.epoch() {
            rules.forget_after(self.base());
        }
        rules.custodian = self.me;
        rules.handed.clear();
        if !stays {
            rules.former.push(Former {
                node: motion.out,
                at: next,
                cuts: (motion.cause == Cause::Hostile).then_some(cuts),
            });
        }
        // Removals that this node has forgotten, and those who vote for it have not.
        let left_out = succession.left_out();
        let stay: BTreeSet<NodeId> = members.difference(&left_out).copied().collect();
        let org_of = |n: &NodeId| ctx.directory.node_ever(n).map(|(org, _)| org);
        let orgs: BTreeSet<_> = stay.iter().filter_map(org_of).collect();
        for node in &left_out {
            rules.former.push(former(ctx, *node, next));
            if let Some(org) = org_of(node)
                && !orgs.contains(&org)
                && rules.role(&org).is_some()
            {
                rules.set_role(org, None, next);
            }
        }
        let group = CaseGroup::create(ctx.identity, key, rules)?;
        let first = EpochGrant::new(group.epoch(), group.secret()?);
        let steps = Steps::of(&group);
        let rank = succession.rank(hash);
        // From here on nothing may fail half-way: what is replaced is kept until the new group stands.
        let old = std::mem::replace(&mut self.active, group);
        let old_state = self.state.clone();
        self.state.groups.push(Followed {
            key,
            rank,
            steps,
            succession: Some(signed.clone()),
        });
        self.enter(key, ctx);
        // Nothing that it may have forgotten is in a group that it begins itself.
        self.state.forgets = false;
        let added = self.add_members(ctx, &stay, motion.out);
        let mut effects = match added {
            Ok(effects) => effects,
            Err(e) => {
                self.active = old;
                self.state = old_state;
                return Err(e);
            }
        };
        self.others.push(old);
        self.drop_old_groups();
        effects.insert(0, Effect::Secret(first));
        if !stays {
            effects.push(Effect::Deliver {
                to: vec![motion.out],
                delivery: Box::new(Delivery::Succeeded(Box::new(signed))),
            });
        }
        effects.push(Effect::Alarm(Alarm::Succeeded {
            out: motion.out,
            successor: self.me,
            generation: motion.generation,
        }));
        effects.push(Effect::Changed);
        Ok(effects)
    }

    /// Adds the members of the old group to the new one: as many as one commit holds, the rest as the custodian tends
    /// the case.
    fn add_members(
        &mut self,
        ctx: &Ctx<'_>,
        members: &BTreeSet<NodeId>,
        out: NodeId,
    ) -> Result<Vec<Effect>, Error> {
        let mut ready = Vec::new();
        for node in members.iter().filter(|n| **n != self.me && **n != out) {
            if let Some(offer) = ctx.directory.key_package(node)
                && ctx.directory.node(node).is_some()
                && check_key_package(&offer.key_package, node, ctx.directory).is_ok()
            {
                ready.push((*node, offer.key_package.clone()));
            }
        }
        let mut ready = self.active.compatible(ready, ctx.directory);
        ready.truncate(ADDS);
        if ready.is_empty() {
            return Ok(Vec::new());
        }
        let rules = self.rules().clone();
        let mut effects = self.commit_change(ctx, ready, BTreeSet::new(), rules, "")?;
        // Nobody else is in the epoch that the first commit ends: its entry would tell nobody anything.
        effects.retain(|e| !matches!(e, Effect::Append { payload, .. } if matches!(**payload, Payload::Commit(_))));
        Ok(effects)
    }

    /// Makes a group that is followed the one in force.
    pub(super) fn enter(&mut self, key: GroupKey, ctx: &Ctx<'_>) {
        self.state.active = key;
        self.state.ballots = group::Ballots::default();
        self.state.stands = None;
        // Whoever made up where it is must not answer its operator's word by another election.
        if !self.state.trusts {
            self.state.follows = None;
        }
        self.state.forked_after = None;
        self.state.forked_by = None;
        self.state.doubts = false;
        self.state.updates.clear();
        self.state.proposed = None;
        self.state.refreshed = ctx.now;
        self.state.ended = None;
        self.state.restored = false;
        self.state.rewound = false;
        self.drop_settled_requests(ctx);
    }

    /// Follows as many groups as the limit says: those of the lowest rank go.
    pub(super) fn drop_old_groups(&mut self) {
        while self.state.groups.len() > limits::GROUPS_FOLLOWED {
            let active = self.state.active;
            let lowest = self.state.groups.iter().filter(|g| g.key != active);
            let Some(key) = lowest.min_by_key(|g| g.rank).map(|g| g.key) else {
                return;
            };
            self.state.groups.retain(|g| g.key != key);
            self.others.retain(|g| *g.key() != key);
            self.dropped.push(key);
        }
    }

    /// The epoch that the last hand-over made: a commit from before it that turns up by itself proves nothing any more.
    fn in_office(&self) -> Epoch {
        let last = self.rules().handed.last();
        let last = last.and_then(|h| h.unverified().ok());
        last.map_or(Epoch::default(), |h| h.at)
    }

    /// A log was found to have two histories from `seq` on. If it is the custodian's, members may have followed different
    /// commits: what they have in common is the epoch before.
    #[must_use]
    pub fn forked(&mut self, writer: NodeId, log: LogId, seq: u64) -> Vec<Effect> {
        let Some(followed) = self.state.group(&self.state.active) else {
            return Vec::new();
        };
        let after = followed.steps.before(log, seq);
        if after.is_none() && writer != self.rules().custodian {
            return Vec::new();
        }
        self.parted(writer, log, after)
    }

    fn parted(&mut self, writer: NodeId, log: LogId, after: Option<Epoch>) -> Vec<Effect> {
        self.state.doubts |= after.is_none();
        if let Some(after) = after
            && self.state.forked_after.is_none_or(|held| after < held)
        {
            self.state.forked_after = Some(after);
            self.state.forked_by = Some(writer);
        }
        vec![
            Effect::Alarm(Alarm::CustodianForked { node: writer, log }),
            Effect::Changed,
        ]
    }

    /// A commit of the group in force that ends an epoch which another commit of the same writer has ended here: two
    /// histories, each of which may stand in a log that is sound in itself. None if that is known, or is not so.
    pub(super) fn ended_twice(
        &mut self,
        ctx: &Ctx<'_>,
        at: &At,
        ends: Epoch,
        commit: &Commit,
    ) -> Option<Vec<Effect>> {
        let followed = self.state.group(&self.state.active)?;
        let made = followed.steps.that_ended(ends)?;
        // The very same commit again says nothing new.
        let again = (made.log, made.seq) != (at.log, at.seq)
            && made.hash != Some(Hash::of(&[&commit.message]))
            && made.to >= self.in_office();
        let logs = ctx.held.heights(&at.writer);
        let by_writer = logs.iter().any(|(log, _)| *log == made.log);
        let new = self.state.forked_after.is_none_or(|held| ends < held);
        (again && by_writer && new).then(|| self.parted(at.writer, at.log, Some(ends)))
    }
}
