//! What every member does: joins, follows commits, keeps its keys fresh.

use super::{Alarm, Case, Ctx, Effect, Ended, Error, Followed, State, Step, Steps};
use crate::{
    group::{
        self, CaseGroup, CaseRole, Delivery, GroupKey, History, Invitation, Rank, RoleChange,
        Rules, Stage, Succession,
    },
    id::{CaseId, Hash, LogId, NodeId, OrgId},
    log::{Commit, Epoch, EpochGrant, Lane, Payload},
    random::Random,
};
use serde_bytes::ByteBuf;
use std::collections::BTreeSet;

/// Update proposals, bytes: an ML-KEM-768 leaf has about 3 KiB.
const UPDATE: usize = 16 << 10;
/// So many members tell the secret of a late epoch that the custodian cannot tell.
pub(super) const TELLERS: usize = 3;
/// A clock that ran ahead by more than this when keys were made is not believed, milliseconds.
const AHEAD_MS: u64 = 24 * 3_600_000;

/// Where an entry stands.
#[derive(Debug, Clone, Copy)]
pub struct At {
    /// The log.
    pub log: LogId,
    /// Its lane.
    pub lane: Lane,
    /// The sequence in it.
    pub seq: u64,
    /// Who wrote it.
    pub writer: NodeId,
    /// The epoch under which it is sealed.
    pub sealed: Epoch,
}

impl Case {
    /// Opens a case with this node as custodian.
    ///
    /// # Errors
    /// A title that cannot be, or OpenMLS fails.
    pub fn open(
        ctx: &Ctx<'_>,
        random: &impl Random,
        org: OrgId,
        title: &str,
        history: History,
        parent: Option<CaseId>,
    ) -> Result<(Self, Vec<Effect>), Error> {
        let id = CaseId(random.array());
        let me = ctx.identity.node();
        let mut rules = Rules::new(id, title, ctx.now, (org, me), history);
        rules.parent = parent;
        let key = GroupKey::first(id);
        let group = CaseGroup::create(ctx.identity, key, rules)?;
        Self::begin(ctx, group, Rank::FIRST, None)
    }

    /// Joins a case of which this node knows nothing.
    ///
    /// # Errors
    /// The invitation does not fit, or names a node that no manifest lists.
    pub fn join(
        ctx: &Ctx<'_>,
        invitation: &Invitation,
        from: NodeId,
    ) -> Result<(Self, Vec<Effect>), Error> {
        let (key, rank, succession) = invited_to(invitation)?;
        let group = CaseGroup::join(
            key,
            &invitation.welcome,
            from,
            &ctx.held.packages(),
            ctx.directory,
        )?;
        match succession.as_ref().and_then(|s| s.unverified().ok()) {
            Some(succession) => group.rules().check_began(&key, &succession)?,
            None => group.rules().check_custodian(&key, None)?,
        }
        Self::begin(ctx, group, rank, succession)
    }

    fn begin(
        ctx: &Ctx<'_>,
        group: CaseGroup,
        rank: Rank,
        succession: Option<crate::signed::Signed<Succession>>,
    ) -> Result<(Self, Vec<Effect>), Error> {
        let (me, epoch) = (ctx.identity.node(), group.epoch());
        let named = succession.as_ref().and_then(|s| s.unverified().ok());
        let followed = Followed {
            key: *group.key(),
            rank,
            steps: Steps::of(&group),
            succession,
        };
        let secret = EpochGrant::new(epoch, group.secret()?);
        let mut case = Self {
            me,
            state: State::new(followed, epoch, ctx.now),
            active: group,
            others: Vec::new(),
            dropped: Vec::new(),
        };
        // It was a member before the succession, or before a removal, and the invitation of then has been lost, or is late.
        let was_named = named.is_some_and(|s| s.members.contains(&me));
        if was_named || case.rules().former(&me).is_some() {
            case.ask_since(Epoch::default());
        }
        Ok((case, vec![Effect::Secret(secret), Effect::Changed]))
    }

    /// Follows a commit.
    ///
    /// # Errors
    /// It is for another epoch ([`group::Error::WrongEpoch`]: it waits, or is past), of a group that is not followed
    /// ([`Error::NotYet`]), by somebody who may not commit, or breaks a rule.
    pub fn follow(&mut self, ctx: &Ctx<'_>, at: At, commit: &Commit) -> Result<Vec<Effect>, Error> {
        if let Some(Ended::Purged) = self.state.ended {
            return Err(Error::Ended(Ended::Purged));
        }
        // What anybody can write costs no more than a look.
        let mut groups = std::iter::once(&self.active).chain(&self.others);
        let found = groups.find_map(|g| Some((g, g.epoch_of(commit)?)));
        let Some((group, got)) = found else {
            let mut groups = std::iter::once(&self.active).chain(&self.others);
            let custodian = groups.any(|g| g.rules().custodian == at.writer);
            return Err(if custodian {
                Error::NotYet
            } else {
                group::Error::NotCustodian(at.writer).into()
            });
        };
        // The chain of this lane is the order of commits, and who may read one is who was in the epoch that it ends.
        if at.lane != Lane::Flash || at.sealed != got {
            return Err(Error::NotAllowed(at.writer));
        }
        // The epoch first: an earlier custodian's commit is merely past, and a later one's comes after a hand-over.
        let (have, custodian) = (group.epoch(), group.rules().custodian);
        let in_force = *group.key() == self.state.active;
        if got != have {
            if in_force && let Some(effects) = self.ended_twice(ctx, &at, got, commit) {
                return Ok(effects);
            }
            return Err(group::Error::WrongEpoch { have, got }.into());
        }
        if custodian != at.writer {
            return Err(group::Error::NotCustodian(at.writer).into());
        }
        self.attempt(|case| case.follow_commit(ctx, at, commit))
    }

    fn follow_commit(
        &mut self,
        ctx: &Ctx<'_>,
        at: At,
        commit: &Commit,
    ) -> Result<Vec<Effect>, Error> {
        let me = self.me;
        let in_force = self.active.is_mine(commit);
        let group = if in_force {
            &mut self.active
        } else {
            let mut others = self.others.iter_mut();
            others.find(|g| g.is_mine(commit)).ok_or(Error::NotYet)?
        };
        let roles = group.rules().roles.len();
        let applied = group.apply(commit, at.writer, me, ctx.directory)?;
        let changed: Vec<RoleChange> = group.rules().roles.iter().skip(roles).copied().collect();
        let (key, epoch) = (*group.key(), group.epoch());
        let (members, settled) = (group.members(), group.rules().counts());
        let secret = if applied.out {
            None
        } else {
            Some(EpochGrant::new(epoch, group.secret()?))
        };
        let gone = applied.removed.clone();
        if let Some(followed) = self.state.group_mut(&key) {
            followed.steps.push(Step {
                to: epoch,
                log: at.log,
                seq: at.seq,
                hash: Some(Hash::of(&[&commit.message])),
                added: applied.added,
                removed: applied.removed,
                settled: Some(settled),
            });
        }
        let mut effects = Vec::new();
        if let Some(secret) = secret {
            if !in_force {
                self.keep_apart(&secret);
            }
            effects.push(Effect::Secret(secret.clone()));
            // A late commit of an earlier generation: newcomers cannot follow it, and one of those who can tells them.
            if !in_force && self.tells(&members) && self.rules().history == History::All {
                effects.push(self.append(Payload::Grant(vec![secret]))?);
            }
        }
        effects.push(Effect::Changed);
        if !in_force {
            effects.extend(self.tell_let_in_late(ctx, &key, &changed)?);
            return Ok(effects);
        }
        if !gone.is_empty() && !applied.out && self.has_committed() {
            // A node that does not know of the hand-over yet believes only the custodian that it knows.
            effects.push(self.notice(gone, epoch, ""));
        }
        self.settle_update(ctx, commit);
        // A hand-over to it may be from before it was restored, and commits of its own have followed: a second one in the same
        // epoch would be a second history.
        self.state.restored |= self.is_custodian() && self.state.forgets;
        if self.is_custodian() && at.writer != me && !applied.out {
            effects.extend(self.tell_late_epochs(ctx)?);
        }
        // The custodian's own word, with the reason, may have come first.
        let told = matches!(&self.state.ended, Some(Ended::Removed { at, .. }) if *at == epoch);
        if applied.out && !told {
            self.state.ended = Some(Ended::Removed {
                at: epoch,
                reason: String::new(),
            });
            effects.push(Effect::Alarm(Alarm::Removed {
                at: epoch,
                reason: String::new(),
            }));
        }
        self.drop_settled_requests(ctx);
        if self
            .rules()
            .stage()
            .is_some_and(|s| s.stage == Stage::Purged)
        {
            if self.has_committed() {
                effects.push(self.purge_notice(epoch, ""));
            }
            self.state.ended = Some(Ended::Purged);
            effects.push(Effect::Alarm(Alarm::Purged(at.writer)));
            effects.push(Effect::Purge);
        }
        Ok(effects)
    }

    /// What a person must look at if a commit was refused for good: by its custodian's fault or this node's, what follows
    /// opens here no more.
    #[must_use]
    pub fn cannot_follow(&self, writer: &NodeId, error: &Error) -> Option<Alarm> {
        let broken = match error {
            Error::NotAllowed(by) => by == writer,
            Error::Group(e) => matches!(
                e,
                group::Error::Mls(_)
                    | group::Error::State
                    | group::Error::UnknownLeaf
                    | group::Error::Rules(_)
                    | group::Error::TooManyMembers
                    | group::Error::NotAMember(_)
            ),
            _ => false,
        };
        let here = self.state.ended.is_none() && self.rules().custodian == *writer;
        (here && broken).then(|| Alarm::CannotFollow {
            at: self.epoch(),
            why: error.to_string(),
        })
    }

    /// Whether it falls to this node to tell the others the secret of an epoch with these members, of an earlier
    /// generation: to the custodian if it was one of them, else to the first that was.
    fn tells(&self, members: &BTreeSet<NodeId>) -> bool {
        let custodian = self.rules().custodian;
        let here = self.active.members();
        // Who came by trust tells those there nothing of where it was before.
        if self.state.ended.is_some() || self.state.trusts {
            return false;
        }
        if members.contains(&custodian) {
            return custodian == self.me;
        }
        // More than one: the first may not have followed so far.
        members
            .intersection(&here)
            .take(TELLERS)
            .any(|n| *n == self.me)
    }

    /// Who takes the office over tells what it has followed of late while somebody else had it: whoever it has it from may
    /// have taken it for the custodian by then.
    fn tell_late_epochs(&self, ctx: &Ctx<'_>) -> Result<Vec<Effect>, Error> {
        let followed = self.state.group(&self.state.active);
        let succession = followed.and_then(|g| g.succession.as_ref()?.unverified().ok());
        let Some(base) = succession.map(|s| s.base) else {
            return Ok(Vec::new());
        };
        let mut late = ctx.held.secrets();
        late.retain(|g| {
            let at = g.at();
            let followed = at > base && at.generation == base.generation;
            followed && ctx.held.own(at).contains(&g.secret) && self.may_tell(ctx, g)
        });
        if late.is_empty() || self.state.trusts || self.rules().history != History::All {
            return Ok(Vec::new());
        }
        self.grant(&late)
    }

    /// One's own proposal was taken up by a commit, or is of an epoch that is past.
    fn settle_update(&mut self, ctx: &Ctx<'_>, commit: &Commit) {
        if let Some((hash, _)) = self.state.proposed
            && commit.updates.iter().any(|u| Hash::of(&[u]) == hash)
        {
            self.state.refreshed = ctx.now;
            // Who committed it has heard from this node since.
            self.state.forgets = false;
        }
        self.state.proposed = None;
        self.state.updates.clear();
    }

    /// Seals a payload of this node's own under the epoch in force.
    pub(super) fn append(&self, payload: Payload) -> Result<Effect, Error> {
        Ok(Effect::Append {
            at: self.epoch(),
            secret: self.secret()?,
            payload: Box::new(payload),
        })
    }

    /// Proposes fresh keys for this node, or as custodian commits them.
    ///
    /// # Errors
    /// This node is out, or OpenMLS fails.
    pub fn rekey(&mut self, ctx: &Ctx<'_>) -> Result<Vec<Effect>, Error> {
        self.secret()?;
        self.attempt(|case| {
            if case.is_custodian() {
                return case.commit_nothing(ctx);
            }
            let update = case.active.propose_update(ctx.identity)?;
            case.state.proposed = Some((Hash::of(&[&update]), case.epoch()));
            Ok(vec![case.append(Payload::Update(update))?])
        })
    }

    /// A member's Update proposal: kept for the next commit, by whoever may make it.
    ///
    /// # Errors
    /// It does not hold, or is another's.
    pub fn take_update(
        &mut self,
        ctx: &Ctx<'_>,
        writer: NodeId,
        update: Vec<u8>,
    ) -> Result<(), Error> {
        if !self.is_custodian() || update.len() > UPDATE {
            return Ok(());
        }
        match self.active.check_update(&update, ctx.directory) {
            Ok(sender) if sender == writer => {
                self.state.updates.insert(writer, ByteBuf::from(update));
                Ok(())
            }
            // Of an epoch that is past: its sender proposes again.
            Err(group::Error::WrongEpoch { .. }) => Ok(()),
            Ok(_) => Err(Error::NotAllowed(writer)),
            Err(e) => Err(e.into()),
        }
    }

    /// What time brings, and changes of the directory: fresh keys, and for the custodian whatever is due.
    ///
    /// # Errors
    /// OpenMLS fails.
    pub fn tick(&mut self, ctx: &Ctx<'_>) -> Result<Vec<Effect>, Error> {
        if self.state.ended.is_some() {
            return Ok(Vec::new());
        }
        // A clock that ran ahead must not keep old keys for years.
        if self.state.refreshed > ctx.now.plus_ms(AHEAD_MS) {
            self.state.refreshed = ctx.now;
        }
        if self.state.committed > ctx.now.plus_ms(AHEAD_MS) {
            self.state.committed = ctx.now;
        }
        if let Some(since) = self.state.inquires.take() {
            let others = self.members().into_iter().filter(|n| *n != self.me);
            return Ok(vec![
                Effect::Deliver {
                    to: others.collect(),
                    delivery: Box::new(Delivery::Inquiry(self.id(), since)),
                },
                Effect::Changed,
            ]);
        }
        if self.is_custodian() {
            return self.tend(ctx);
        }
        // The office may come to a node that has forgotten something: the sooner its new keys have been taken up, the sooner it
        // can do what belongs to it.
        let due = self.state.forgets || ctx.now.since(self.state.refreshed) >= ctx.rekey_ms;
        let waits = self
            .state
            .proposed
            .is_some_and(|(_, at)| at == self.epoch());
        if due && !waits {
            return self.rekey(ctx);
        }
        Ok(Vec::new())
    }

    /// Whether the case's retention time is over. It begins when the case was closed, by its custodian's clock; but never
    /// before it was opened, or what was said of it before: a clock that was set back shortens no retention to nothing.
    #[must_use]
    pub fn is_due_for_purge(&self, now: crate::time::Time) -> bool {
        let rules = self.rules();
        let closed = rules.stage().is_some_and(|s| s.stage == Stage::Closed);
        let Some(days) = rules.retain_days.map(u64::from).filter(|_| closed) else {
            return false;
        };
        let said = rules.stages.iter().map(|s| s.time);
        let from = said.fold(rules.opened, std::cmp::max);
        now.since(from) > days * 24 * 3_600_000
    }

    /// This node's copy is to be destroyed, whatever the others do.
    #[must_use]
    pub fn purge(&mut self) -> Vec<Effect> {
        self.state.ended = Some(Ended::Purged);
        vec![Effect::Purge, Effect::Changed]
    }

    /// The store was restored from a copy: what this node signed since may be forgotten.
    pub fn restored(&mut self) {
        self.state.proposed = None;
        self.state.updates.clear();
        self.state.restored = self.is_custodian();
        (self.state.rewound, self.state.stands) = (true, None);
        self.state.forgets = true;
        let now = self.epoch();
        let asked = self.state.inquires.map_or(now, |since| since.min(now));
        self.state.inquires = self.state.ended.is_none().then_some(asked);
    }

    /// This node has been a member in epochs after this one which it could not follow: the others are to tell it their
    /// secrets. With history `all` they do so without being asked.
    pub(super) fn ask_since(&mut self, since: Epoch) {
        if self.rules().history == History::FromJoining {
            let asked = self.state.inquires.map_or(since, |s| s.min(since));
            self.state.inquires = Some(asked);
        }
    }

    /// The role of this node's organisation and whether it may write: for those who ask before they seal.
    #[must_use]
    pub fn role(&self, org: &OrgId) -> Option<CaseRole> {
        self.rules().role(org)
    }
}

/// Which group an invitation is to, after checking the votes of a succession.
pub(super) fn invited_to(
    invitation: &Invitation,
) -> Result<(GroupKey, Rank, Option<crate::signed::Signed<Succession>>), Error> {
    let Some(signed) = &invitation.succession else {
        if invitation.generation > 0 {
            return Err(group::Error::BadInvitation.into());
        }
        return Ok((GroupKey::first(invitation.case), Rank::FIRST, None));
    };
    let succession = Succession::verify(signed.clone())?;
    let hash = signed.hash();
    let key = succession.key(hash);
    if key.case != invitation.case || key.generation != invitation.generation {
        return Err(group::Error::BadInvitation.into());
    }
    Ok((key, succession.rank(hash), Some(signed.clone())))
}
