//! How everybody comes to follow the same successor: what an invitation to another group must show, and the way back to one
//! that was followed before.

use super::{Alarm, Case, Claim, Ctx, Effect, Ended, Error, Followed, Steps, member::invited_to};
use crate::{
    group::{self, CaseGroup, GroupKey, Invitation, Succession},
    id::NodeId,
    log::{Epoch, EpochGrant},
};

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
        let mut known = self.state.groups.iter();
        let earlier = follows && known.all(|g| g.key.generation > invitation.generation);
        if self.was_member(&from) && !(another || earlier) {
            return adopted;
        }
        if !follows {
            return Err(Error::Contested(Claim {
                successor: from,
                generation: invitation.generation,
            }));
        }
        Ok(self.begin_anew(ctx, other))
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
        self.check_settled(&succession, group.rules())?;
        if !returns && in_force && self.is_brought_back(&succession, &group) {
            return Err(contested);
        }
        let secret = EpochGrant::new(group.epoch(), group.secret()?);
        self.state.groups.push(Followed {
            key,
            rank,
            steps: Steps::of(&group),
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
                self.come_by_trust(ctx, &secret);
            }
            effects.push(Effect::Alarm(Alarm::Succeeded {
                out,
                successor: from,
                generation: succession.motion.generation,
            }));
        } else {
            self.others.push(group);
            self.keep_apart(&secret);
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
            && self.state.follows != Some(from)
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
            followed.steps.resume(&group);
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
        let apart = self.state.trusts || self.state.ended.is_some();
        let leaves = apart && self.state.follows == Some(from);
        if earlier.members().contains(&me) && !leaves {
            // The removal comes first.
            return Err(Error::NotYet);
        }
        earlier.rules().check_next(group.rules(), &key)?;
        let since = earlier.epoch();
        let (epoch, secret) = (group.epoch(), group.secret()?);
        if let Some(followed) = self.state.group_mut(&key) {
            followed.steps.resume(&group);
        }
        if let Some(earlier) = self.others.iter_mut().find(|g| *g.key() == key) {
            earlier.replace(group);
        }
        let secret = EpochGrant::new(epoch, secret);
        self.keep_apart(&secret);
        let mut effects = vec![Effect::Secret(secret), Effect::Changed];
        if leaves {
            effects.push(Effect::Alarm(Alarm::Succeeded {
                out: self.rules().custodian,
                successor: from,
                generation: self.epoch().generation,
            }));
            self.leave_for_earlier(ctx, key, epoch);
            // It may have been a member in epochs that it has not followed.
            self.ask_since(since);
        }
        Ok(effects)
    }

    /// The operator of a node that came to a later generation by trust alone, or was put out there, follows who invites it to
    /// an earlier one: the others are there.
    fn leave_for_earlier(&mut self, ctx: &Ctx<'_>, key: GroupKey, joined: Epoch) {
        let Some(place) = self.others.iter().position(|g| *g.key() == key) else {
            return;
        };
        let later = |of: &GroupKey| of.generation > key.generation;
        let left = std::mem::replace(&mut self.active, self.others.remove(place));
        let others = std::mem::take(&mut self.others).into_iter();
        let (gone, others): (Vec<_>, Vec<_>) =
            others.chain([left]).partition(|group| later(group.key()));
        self.others = others;
        self.dropped.extend(gone.iter().map(|group| *group.key()));
        self.state.groups.retain(|group| !later(&group.key));
        self.state.joined = joined;
        self.state.trusts = false;
        self.state.apart.clear();
        self.enter(key, ctx);
    }
}
