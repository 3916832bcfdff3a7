//! How a custodian is replaced by the others, and how everybody comes to follow the same successor.

use super::{
    Alarm, Case, Ctx, Effect, Ended, Error, Followed, Steps,
    custodian::{ADDS, former},
    member::invited_to,
};
use crate::{
    group::{
        self, CaseGroup, Cause, Delivery, Former, GroupKey, History, Invalid, Invitation, Motion,
        RoleChange, Succession, Vote, check_key_package, quorum,
    },
    id::{LogId, NodeId},
    limits,
    log::{Epoch, EpochGrant, Payload, Request},
    signed::{Signed, Verified},
};
use std::collections::BTreeSet;

/// Organisations that a member tells the custodian of: no more requests of one member are kept.
const TOLD: usize = 16;
/// How far beyond one's own last ballot others' are joined, or outdone.
const LEAP: u32 = 1 << 16;

impl Case {
    /// Votes for `successor` in place of the custodian. To stand for it is to vote for oneself. A vote for one that the
    /// custodian has removed elects nobody: it says that this node follows it where others have ([`Error::Contested`]).
    ///
    /// # Errors
    /// This node is out, the successor never was a member, or the custodian votes for another than itself: it hands over.
    pub fn vote(
        &mut self,
        ctx: &Ctx<'_>,
        successor: NodeId,
        cause: Cause,
    ) -> Result<Vec<Effect>, Error> {
        match &self.state.ended {
            Some(Ended::Purged) => return Err(Error::Ended(Ended::Purged)),
            // To come back to: it has no say in who is elected.
            Some(_) => {
                self.state.follows = Some(successor);
                return Ok(vec![Effect::Changed]);
            }
            None => {}
        }
        let out = self.out();
        if !self.base_members().contains(&successor) {
            if !self.was_member(&successor) {
                return Err(group::Error::NotAMember(successor).into());
            }
            self.state.follows = Some(successor);
            return Ok(vec![Effect::Changed]);
        }
        let again = successor == out;
        if (again && cause == Cause::Hostile) || (self.me == out && !again) {
            return Err(Error::CustodianStays);
        }
        let motion = self.motion(out, successor, cause);
        self.attempt(|case| case.cast(ctx, motion))
    }

    /// The motion for a successor: one that others have voted for already if this node has said nothing later, else a new
    /// attempt.
    fn motion(&self, out: NodeId, successor: NodeId, cause: Cause) -> Motion {
        let ballots = &self.state.ballots;
        let mine = ballots.of(&self.me);
        // Whoever votes with the highest number there is must not keep the others from voting again.
        let reach = mine.map_or(0, |own| own.ballot).saturating_add(LEAP);
        let motions: Vec<Motion> = ballots.motions().into_keys().collect();
        let near = motions.into_iter().filter(|m| m.ballot <= reach);
        let highest = near.clone().map(|m| m.ballot).max();
        let same = |m: &Motion| m.out == out && m.successor == successor && m.cause == cause;
        let joined = near
            .filter(same)
            .filter(|m| mine.is_none_or(|own| own == *m || own.ballot < m.ballot))
            .max_by_key(|m| m.ballot);
        joined.unwrap_or(Motion {
            case: self.id(),
            generation: self.epoch().generation,
            branch: self.state.active.branch,
            ballot: highest.map_or(0, |b| b.saturating_add(1)),
            out,
            successor,
            cause,
        })
    }

    fn cast(&mut self, ctx: &Ctx<'_>, motion: Motion) -> Result<Vec<Effect>, Error> {
        let vote = Vote {
            voter: self.me,
            motion,
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
            let mut effects = vec![Effect::Alarm(Alarm::Voting {
                out: motion.out,
                successor: motion.successor,
            })];
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
    fn out(&self) -> NodeId {
        self.state.forked_by.unwrap_or(self.rules().custodian)
    }

    fn base_members(&self) -> BTreeSet<NodeId> {
        let followed = self.state.group(&self.state.active);
        followed
            .and_then(|g| g.steps.at(self.base()))
            .unwrap_or_else(|| self.members())
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
        if !stays {
            rules.former.push(Former {
                node: motion.out,
                at: next,
                cuts: (motion.cause == Cause::Hostile).then_some(cuts),
            });
        }
        let group = CaseGroup::create(ctx.identity, key, rules)?;
        let first = EpochGrant::new(group.epoch(), group.secret()?);
        let steps = Steps::new(group.epoch(), group.members());
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
        let added = self.add_members(ctx, &members, motion.out);
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
    fn enter(&mut self, key: GroupKey, ctx: &Ctx<'_>) {
        self.state.active = key;
        self.state.ballots = group::Ballots::default();
        self.state.stands = None;
        self.state.follows = None;
        self.state.forked_after = None;
        self.state.forked_by = None;
        self.state.updates.clear();
        self.state.proposed = None;
        self.state.refreshed = ctx.now;
        self.state.ended = None;
        self.state.restored = false;
        self.drop_settled_requests();
    }

    /// Follows as many groups as the limit says: those of the lowest rank go.
    fn drop_old_groups(&mut self) {
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

    /// An invitation to a case that is known here: to the group of a new custodian, or back after a removal.
    pub(super) fn adopt(
        &mut self,
        ctx: &Ctx<'_>,
        invitation: &Invitation,
        from: NodeId,
    ) -> Result<Vec<Effect>, Error> {
        let (key, rank, signed) = invited_to(invitation)?;
        if key.case != self.id() {
            return Err(group::Error::BadInvitation.into());
        }
        if let Some(Ended::Purged) = self.state.ended {
            return Err(Error::Ended(Ended::Purged));
        }
        if self.state.group(&key).is_some() {
            return self.return_to(ctx, key, invitation, from);
        }
        let active = self.state.group(&self.state.active);
        let in_force = active.is_none_or(|a| rank > a.rank);
        if !in_force && key.generation < self.epoch().generation {
            // Long overtaken.
            return Ok(Vec::new());
        }
        let succession = match &signed {
            Some(signed) => Succession::verify(signed.clone())?,
            // Generation 0 is known, or this node would not know the case.
            None => return Ok(Vec::new()),
        };
        // Who takes part no more has stopped following, and comes back as a newcomer does: by trusting who invites it.
        let returns = self.state.ended.is_some();
        let checked = self.check_base(&succession);
        if !returns {
            checked.clone()?;
        } else if checked.is_err() && !self.was_member(&from) && self.state.follows != Some(from) {
            return Err(Error::Contested(from));
        }
        let group = CaseGroup::join(
            key,
            &invitation.welcome,
            from,
            &ctx.held.packages(),
            ctx.directory,
        )?;
        if let Some(old) = self.base_group(&succession.motion) {
            let common = succession.base.min(old.epoch());
            old.rules().check_successor(group.rules(), common)?;
        }
        let secret = EpochGrant::new(group.epoch(), group.secret()?);
        self.state.groups.push(Followed {
            key,
            rank,
            steps: Steps::new(group.epoch(), group.members()),
            succession: signed,
        });
        let mut effects = vec![Effect::Secret(secret.clone())];
        if in_force {
            if returns {
                self.state.joined = secret.at();
            }
            let out = succession.motion.out;
            let old = std::mem::replace(&mut self.active, group);
            self.others.push(old);
            self.enter(key, ctx);
            // What a newcomer reads is its own: whoever may have made up the votes is told nothing.
            if checked.is_ok() {
                effects.extend(self.grant_beyond(ctx, &succession, &secret)?);
                effects.extend(self.tell_let_in(&succession)?);
            }
            effects.push(Effect::Alarm(Alarm::Succeeded {
                out,
                successor: from,
            }));
        } else {
            self.others.push(group);
        }
        self.drop_old_groups();
        effects.push(Effect::Changed);
        Ok(effects)
    }

    /// A node that was removed is invited again to the same group; or one that was custodian, handed over, was restored
    /// from a copy from before, and can follow its own commits no more.
    fn return_to(
        &mut self,
        ctx: &Ctx<'_>,
        key: GroupKey,
        invitation: &Invitation,
        from: NodeId,
    ) -> Result<Vec<Effect>, Error> {
        if key != self.state.active {
            return Ok(Vec::new());
        }
        let ended = self.state.ended.is_some();
        let restored = self.state.restored && self.members().contains(&from);
        let packages = ctx.held.packages();
        let group = CaseGroup::join(key, &invitation.welcome, from, &packages, ctx.directory);
        let group = match group {
            Ok(group) => group,
            // It is in already.
            Err(_) if !ended => return Ok(Vec::new()),
            Err(e) => return Err(e.into()),
        };
        // With new keys it is removed and added in one commit.
        if group.epoch() < self.epoch() || (group.epoch() == self.epoch() && !ended) {
            return Ok(Vec::new());
        }
        if !(ended || restored) {
            // It has not heard yet that it was removed in between.
            return Err(Error::NotYet);
        }
        self.rules().check_next(group.rules())?;
        let (epoch, secret) = (group.epoch(), group.secret()?);
        if let Some(followed) = self.state.group_mut(&key) {
            followed.steps.resume(epoch, group.members());
        }
        self.active.replace(group);
        self.state.joined = epoch;
        self.enter(key, ctx);
        Ok(vec![
            Effect::Secret(EpochGrant::new(epoch, secret)),
            Effect::Changed,
        ])
    }

    /// The group that a motion is to end, if it is followed here.
    fn base_group(&self, motion: &Motion) -> Option<&CaseGroup> {
        let mut groups = std::iter::once(&self.active).chain(&self.others);
        groups.find(|g| g.key().generation == motion.generation && g.key().branch == motion.branch)
    }

    /// Whether a succession counts the members that its base had, which only those who follow the old group can tell, and
    /// has the votes of those whom this node knows.
    fn check_base(&self, succession: &Verified<Succession>) -> Result<(), Error> {
        let (motion, base) = (&succession.motion, succession.base);
        let old = self.base_group(motion).map(|g| *g.key());
        let Some(old) = old.and_then(|key| self.state.group(&key)) else {
            // Of a generation that this node has not seen, or has forgotten.
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
                    self.carried(succession, still)?;
                }
            }
            // It rests on commits that have not come; but those who are known here may be enough.
            None if base > last => carried(succession, at(last)).map_err(|_| Error::NotYet)?,
            // It rests on an epoch from before this node joined, and has no say in.
            None if !self.was_member(&motion.successor) => {
                return Err(Invalid::OtherMembers(base).into());
            }
            None => self.carried(succession, at(first))?,
        }
        // Another has succeeded already: it is outdone only with the votes of those who were members then.
        let succeeded = self.state.group(&self.state.active);
        let succeeded = succeeded.and_then(|g| g.succession.as_ref()?.unverified().ok());
        if let Some(other) = succeeded
            && (other.motion.generation, other.motion.branch) == (motion.generation, motion.branch)
        {
            self.carried(succession, other.members.into_iter().collect())?;
        }
        Ok(())
    }

    /// Whether more than half of these members besides the one that is voted out have voted for a succession, or this
    /// node's operator has agreed to it, knowing that they have not.
    fn carried(
        &self,
        succession: &Verified<Succession>,
        members: BTreeSet<NodeId>,
    ) -> Result<(), Error> {
        let (motion, me) = (&succession.motion, self.me);
        let mine = self.state.ballots.of(&me);
        let voted = mine.is_some_and(|m| m.out == motion.out && m.successor == motion.successor)
            && self.members().contains(&motion.successor);
        if voted || self.state.follows == Some(motion.successor) {
            return Ok(());
        }
        carried(succession, members).map_err(|_| Error::Contested(motion.successor))
    }

    /// Grants what this node can read and those on the other side of the split may lack: everything after the epoch that
    /// both have in common.
    fn grant_beyond(
        &self,
        ctx: &Ctx<'_>,
        succession: &Succession,
        new: &EpochGrant,
    ) -> Result<Vec<Effect>, Error> {
        let mut grants = ctx.held.secrets();
        let now = self.epoch();
        grants.retain(|g| {
            g.at() > succession.base
                && g.at().generation <= now.generation
                && g.secret != new.secret
        });
        if grants.is_empty() {
            return Ok(Vec::new());
        }
        if self.rules().history == History::All {
            return Ok(vec![self.append(Payload::Grant(grants))?]);
        }
        // Newcomers may not read what was written before they came: only to those who were members all along.
        let members = self.members();
        let may = |n: &&NodeId| members.contains(n) && **n != self.me;
        let to: Vec<NodeId> = succession.members.iter().filter(may).copied().collect();
        Ok(vec![Effect::Deliver {
            to,
            delivery: Box::new(Delivery::Grants(self.id(), grants)),
        }])
    }

    /// Tells the new custodian, which may not be able to follow that side's commits, whom this node saw let in there.
    fn tell_let_in(&self, succession: &Succession) -> Result<Vec<Effect>, Error> {
        let Some(old) = self.base_group(&succession.motion) else {
            return Ok(Vec::new());
        };
        let mut told: Vec<RoleChange> = Vec::new();
        for change in &old.rules().roles {
            let unknown = self.rules().role_at(&change.org, change.at).is_none();
            let first = told.iter().all(|c| c.org != change.org);
            if change.at > succession.base && change.role.is_some() && unknown && first {
                told.push(*change);
            }
        }
        told.truncate(TOLD);
        let requests = told.into_iter().map(Request::LetIn);
        requests
            .map(|r| self.append(Payload::Request(r)))
            .collect()
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
        self.state.ended = Some(Ended::VotedOut {
            successor: motion.successor,
            cause: motion.cause,
        });
        Ok(vec![
            Effect::Alarm(Alarm::Succeeded {
                out: self.me,
                successor: motion.successor,
            }),
            Effect::Changed,
        ])
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
        if let Some(after) = after
            && self.state.forked_after.is_none_or(|held| after < held)
        {
            self.state.forked_after = Some(after);
            self.state.forked_by = Some(writer);
        }
        vec![
            Effect::Alarm(Alarm::CustodianForked(writer)),
            Effect::Changed,
        ]
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
