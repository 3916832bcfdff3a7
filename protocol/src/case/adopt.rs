//! How everybody comes to follow the same successor: what an invitation to another group, and the proof that one was
//! voted out, must show.

use super::{
    Alarm, Case, Claim, Ctx, Effect, Ended, Error, Followed, Steps,
    line::Parting,
    member::{TELLERS, invited_to},
    tend::lets_in_more,
};
use crate::{
    group::{
        self, CaseGroup, CaseRole, Cause, Delivery, Former, GroupKey, History, Invalid, Invitation,
        Motion, RoleChange, Succession, quorum,
    },
    id::NodeId,
    log::{Epoch, EpochGrant, Payload, Request},
    signed::{Signed, Verified},
};
use std::collections::BTreeSet;

/// Organisations that a member tells the custodian of: no more requests of one member are kept.
const TOLD: usize = 16;

impl Case {
    /// An invitation to a case that is known here: to the group of a new custodian, or back after a removal. Or somebody
    /// has made up a case of this id, or a custodian has shown this node a history of its own, and this is the true one: only
    /// a person can tell.
    pub(super) fn adopt(
        &mut self,
        ctx: &Ctx<'_>,
        invitation: &Invitation,
        from: NodeId,
    ) -> Result<Vec<Effect>, Error> {
        let adopted = self.adopt_known(ctx, invitation, from);
        let follows = self.state.follows == Some(from);
        let passed_over = match &adopted {
            Ok(effects) => effects.is_empty(),
            // What it rests on never comes if it is of another case than the one that is known here.
            Err(Error::NotYet) => follows || self.is_of_strangers(invitation),
            Err(e) => matches!(e, Error::Group(_)),
        };
        if !passed_over || !(self.trusts_its_inviter() || (follows && self.state.joined.number > 0))
        {
            return adopted;
        }
        // What is not for this node, or no invitation, is no other case either.
        let Ok(other) = Self::join(ctx, invitation, from) else {
            return adopted;
        };
        // Members invite again, invitations come late, and who was a member can make up a group: that is another case only
        // if it has another history, where the one known here is in doubt.
        let doubted = self.state.doubts || follows;
        let another = doubted && self.has_another_history(&other.0, invitation);
        // Or the generation of who let this node in is one that nobody else has come to.
        let earlier =
            follows && self.trusts_its_inviter() && invitation.generation < self.epoch().generation;
        if self.was_member(&from) && !(another || earlier) {
            return adopted;
        }
        if !follows {
            return Err(Error::Contested(Claim {
                successor: from,
                generation: invitation.generation,
            }));
        }
        Ok(self.begin_anew(other))
    }

    fn adopt_known(
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
        let contested = Error::Contested(Claim {
            successor: from,
            generation: key.generation,
        });
        let checked = match self.check_base(&succession) {
            Err(Error::NotYet) if !returns && self.is_led_past(&succession, from) => Ok(()),
            checked => checked,
        };
        if !returns {
            checked.clone()?;
        } else if checked.is_err() && !self.was_member(&from) && self.state.follows != Some(from) {
            return Err(contested);
        }
        let group = CaseGroup::join(
            key,
            &invitation.welcome,
            from,
            &ctx.held.packages(),
            ctx.directory,
        )?;
        group.rules().check_began(&key, &succession)?;
        if let Some(old) = self.base_group(&succession.motion) {
            let common = succession.base.min(old.epoch());
            old.rules().check_successor(group.rules(), common)?;
        }
        if !returns && in_force && self.is_brought_back(&succession, &group) {
            return Err(contested);
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
            let unseen = self.base_group(&succession.motion).is_none();
            if (returns || unseen) && succession.members.contains(&self.me) {
                // It was let in before, and that invitation was lost.
                self.ask_since(self.epoch());
            }
            let out = succession.motion.out;
            let parting = self.state.parting(self.state.active, &succession);
            let old = std::mem::replace(&mut self.active, group);
            self.others.push(old);
            self.enter(key, ctx);
            // What a newcomer reads is its own: whoever may have made up the votes is told nothing.
            if checked.is_ok() {
                effects.extend(self.grant_beyond(ctx, &succession, &parting, &secret)?);
                effects.extend(self.tell_let_in(ctx, &succession)?);
            } else {
                self.state.trusts = true;
            }
            effects.push(Effect::Alarm(Alarm::Succeeded {
                out,
                successor: from,
                generation: succession.motion.generation,
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
            return self.return_to_earlier(ctx, key, invitation, from);
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
        if let Some(Ended::Removed { at, .. }) = &self.state.ended
            && group.epoch() < *at
        {
            // It was removed again since, and has heard of that first.
            return Ok(Vec::new());
        }
        self.rules().check_next(group.rules(), &key)?;
        if !(ended || restored) {
            // It has not heard yet that it was removed in between.
            return Err(Error::NotYet);
        }
        let (epoch, secret) = (group.epoch(), group.secret()?);
        // Commits that came after the word of its removal, and are from before it, were not followed any more.
        self.ask_since(self.epoch());
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

    /// A custodian that does not know yet that it was succeeded has removed this node and let it in again: what is written
    /// on that side counts, and is to be read.
    fn return_to_earlier(
        &mut self,
        ctx: &Ctx<'_>,
        key: GroupKey,
        invitation: &Invitation,
        from: NodeId,
    ) -> Result<Vec<Effect>, Error> {
        let me = self.me;
        let Some(earlier) = self.others.iter_mut().find(|g| *g.key() == key) else {
            return Ok(Vec::new());
        };
        let packages = ctx.held.packages();
        let joined = CaseGroup::join(key, &invitation.welcome, from, &packages, ctx.directory);
        // It is in already, or this is no invitation at all.
        let Ok(group) = joined else {
            return Ok(Vec::new());
        };
        if group.epoch() <= earlier.epoch() {
            return Ok(Vec::new());
        }
        if earlier.members().contains(&me) {
            // The removal comes first.
            return Err(Error::NotYet);
        }
        earlier.rules().check_next(group.rules(), &key)?;
        let (epoch, secret) = (group.epoch(), group.secret()?);
        if let Some(followed) = self.state.group_mut(&key) {
            followed.steps.resume(epoch, group.members());
        }
        if let Some(earlier) = self.others.iter_mut().find(|g| *g.key() == key) {
            earlier.replace(group);
        }
        let apart = self.state.trusts || self.state.ended.is_some();
        if apart && self.state.follows == Some(from) {
            self.leave_for_earlier(ctx, key, epoch);
        }
        Ok(vec![
            Effect::Secret(EpochGrant::new(epoch, secret)),
            Effect::Changed,
        ])
    }

    /// The operator of a node that came to a later generation by trust alone, or was put out there, follows who invites it to
    /// an earlier one: the others are there.
    fn leave_for_earlier(&mut self, ctx: &Ctx<'_>, key: GroupKey, joined: Epoch) {
        let Some(place) = self.others.iter().position(|g| *g.key() == key) else {
            return;
        };
        let later = |of: &GroupKey| of.generation > key.generation;
        let left = std::mem::replace(&mut self.active, self.others.remove(place));
        let (gone, others) = std::mem::take(&mut self.others)
            .into_iter()
            .chain([left])
            .partition(|group| later(group.key()));
        self.others = others;
        let gone: Vec<CaseGroup> = gone;
        self.dropped.extend(gone.iter().map(|group| *group.key()));
        self.state.groups.retain(|group| !later(&group.key));
        self.state.joined = joined;
        self.state.trusts = false;
        self.enter(key, ctx);
    }

    /// The group that a motion is to end, if it is followed here.
    pub(super) fn base_group(&self, motion: &Motion) -> Option<&CaseGroup> {
        let mut groups = std::iter::once(&self.active).chain(&self.others);
        groups.find(|g| g.key().generation == motion.generation && g.key().branch == motion.branch)
    }

    /// Whether a succession rests on a generation that this node has not seen begin, one that it knows invites it, and its
    /// operator follows that one, or who was elected: whom that generation's custodian did not invite, nobody else can bring
    /// there. One that it does not know may bring it to another case: see [`Case::begin_anew`].
    fn is_led_past(&self, succession: &Succession, from: NodeId) -> bool {
        let motion = &succession.motion;
        let unseen = motion.generation > self.epoch().generation;
        let led = [from, motion.successor].map(Some);
        unseen && self.was_member(&from) && led.contains(&self.state.follows)
    }

    /// Whether a custodian that was restored has forgotten that it removed a node that is in its new group, and this
    /// node's operator has not said that it follows it all the same.
    fn is_brought_back(&self, succession: &Succession, group: &CaseGroup) -> bool {
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
    fn check_base(&self, succession: &Verified<Succession>) -> Result<(), Error> {
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

    /// Grants what this node can read and those on the other side of the split may lack: everything after the epoch that
    /// both have in common. Of a hostile custodian what it granted to newcomers may be cut: a few grant them the rest, too.
    fn grant_beyond(
        &self,
        ctx: &Ctx<'_>,
        succession: &Succession,
        parting: &Parting,
        new: &EpochGrant,
    ) -> Result<Vec<Effect>, Error> {
        let mut grants = ctx.held.secrets();
        let now = self.epoch();
        let members = self.members();
        let all = self.rules().history == History::All;
        let mut tellers = succession.members.iter().filter(|n| members.contains(n));
        let hostile = succession.motion.cause == Cause::Hostile
            && tellers.by_ref().take(TELLERS).any(|n| *n == self.me);
        // Who has not seen the old group begin cannot tell where its own side and that one parted.
        let rest = all && (hostile || self.base_group(&succession.motion).is_none());
        grants.retain(|g| {
            (rest || g.at() > parting.common)
                && g.at().generation <= now.generation
                && g.secret != new.secret
        });
        if grants.is_empty() {
            return Ok(Vec::new());
        }
        if all {
            return self.grant(&grants);
        }
        // Newcomers may not read what was written before they came: only to those who were members all along.
        let may = |n: &&NodeId| members.contains(n) && **n != self.me;
        let to: Vec<NodeId> = parting.members.iter().filter(may).copied().collect();
        Ok(vec![Effect::Deliver {
            to,
            delivery: Box::new(Delivery::Grants(self.id(), grants)),
        }])
    }

    /// Tells the new custodian, which may not be able to follow that side's commits, whom this node saw let in there. Who
    /// comes over a generation that it has not seen is believed of its own organisation only.
    fn tell_let_in(&self, ctx: &Ctx<'_>, succession: &Succession) -> Result<Vec<Effect>, Error> {
        let base = self.base_group(&succession.motion);
        let Some(old) = base.or(self.others.last()) else {
            return Ok(Vec::new());
        };
        let own = ctx.directory.node_ever(&self.me).map(|(org, _)| org);
        let mut told: Vec<RoleChange> = Vec::new();
        for change in &old.rules().roles {
            let said = told.iter().filter(|c| c.org == change.org);
            let new = self.is_unknown(ctx, change)
                && said.map(|c| c.role).all(|held| is_more(change.role, held));
            let apart = match base {
                Some(_) => change.at > succession.base,
                None => Some(change.org) == own,
            };
            if apart && new {
                told.push(*change);
            }
        }
        self.tell_changes(told)
    }

    fn tell_changes(&self, mut told: Vec<RoleChange>) -> Result<Vec<Effect>, Error> {
        told.truncate(TOLD);
        let requests = told.into_iter().map(Request::LetIn);
        requests.map(|r| self.append(Payload::Request(r))).collect()
    }

    /// A late commit of an earlier generation has let somebody in. A custodian that was not there when the two sides parted
    /// cannot follow it: a few of those who were, and whom it therefore believes, tell it.
    pub(super) fn tell_let_in_late(
        &self,
        ctx: &Ctx<'_>,
        group: &GroupKey,
        changed: &[RoleChange],
    ) -> Result<Vec<Effect>, Error> {
        let successions = self.state.groups.iter();
        let mut successions = successions.filter_map(|g| g.succession.as_ref()?.unverified().ok());
        let ended = |s: &Succession| {
            (s.motion.generation, s.motion.branch) == (group.generation, group.branch)
        };
        let Some(parted) = successions.find(ended) else {
            return Ok(Vec::new());
        };
        let here = self.active.members();
        let mut tellers = parted
            .members
            .iter()
            .filter(|n| here.contains(n))
            .take(TELLERS);
        let tells = self.state.ended.is_none() && tellers.any(|n| *n == self.me);
        if !tells || parted.members.contains(&self.rules().custodian) {
            return Ok(Vec::new());
        }
        let unknown = changed.iter().filter(|change| self.is_unknown(ctx, change));
        self.tell_changes(unknown.copied().collect())
    }

    /// Whether a change on another side let somebody in of whom the rules in force say nothing.
    fn is_unknown(&self, ctx: &Ctx<'_>, change: &RoleChange) -> bool {
        lets_in_more(ctx, self.rules(), change)
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

fn is_more(role: Option<CaseRole>, than: Option<CaseRole>) -> bool {
    role.is_some_and(|role| role.is_more_than(than))
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
