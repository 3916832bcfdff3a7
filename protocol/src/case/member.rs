//! What every member does: joins, follows commits, keeps its keys fresh, asks the custodian.

use super::{Alarm, Case, Ctx, Effect, Ended, Error, Followed, OpenRequest, State, Step, Steps};
use crate::{
    group::{
        self, CaseGroup, CaseRole, Delivery, GroupKey, History, Invitation, Rank, Removal, Rules,
        Stage, StageChange, Succession,
    },
    id::{CaseId, Hash, LogId, NodeId, OrgId},
    limits,
    log::{Commit, Epoch, EpochGrant, Payload, Request},
    random::Random,
};
use serde_bytes::ByteBuf;
use std::collections::BTreeSet;

/// Requests that wait for the custodian's operator; more are dropped.
const REQUESTS: usize = 256;
/// Requests of one node that wait: nobody takes the room of the others.
const REQUESTS_OF_ONE: usize = 16;
/// Update proposals, bytes: an ML-KEM-768 leaf has about 3 KiB.
const UPDATE: usize = 16 << 10;
/// So many members tell the secret of a late epoch that the custodian cannot tell.
const TELLERS: usize = 3;
/// A clock that ran ahead by more than this when keys were made is not believed, milliseconds.
const AHEAD_MS: u64 = 24 * 3_600_000;

/// Where an entry stands.
#[derive(Debug, Clone, Copy)]
pub struct At {
    /// The log.
    pub log: LogId,
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
        Self::begin(ctx, group, rank, succession)
    }

    fn begin(
        ctx: &Ctx<'_>,
        group: CaseGroup,
        rank: Rank,
        succession: Option<crate::signed::Signed<Succession>>,
    ) -> Result<(Self, Vec<Effect>), Error> {
        let epoch = group.epoch();
        let followed = Followed {
            key: *group.key(),
            rank,
            steps: Steps::new(epoch, group.members()),
            succession,
        };
        let secret = EpochGrant::new(epoch, group.secret()?);
        let case = Self {
            me: ctx.identity.node(),
            state: State::new(followed, epoch, ctx.now),
            active: group,
            others: Vec::new(),
            dropped: Vec::new(),
        };
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
        // The epoch first: an earlier custodian's commit is merely past, and a later one's comes after a hand-over.
        let have = group.epoch();
        if got != have {
            return Err(group::Error::WrongEpoch { have, got }.into());
        }
        if group.rules().custodian != at.writer {
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
        let applied = group.apply(commit, at.writer, me, ctx.directory)?;
        let (key, epoch) = (*group.key(), group.epoch());
        let members = group.members();
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
                added: applied.added,
                removed: applied.removed,
            });
        }
        let mut effects = Vec::new();
        if let Some(secret) = secret {
            effects.push(Effect::Secret(secret.clone()));
            // A late commit of an earlier generation: newcomers cannot follow it, and one of those who can tells them.
            if !in_force && self.tells(&members) && self.rules().history == History::All {
                effects.push(self.append(Payload::Grant(vec![secret]))?);
            }
        }
        effects.push(Effect::Changed);
        if !in_force {
            return Ok(effects);
        }
        if !gone.is_empty() && !applied.out && self.has_committed() {
            // A node that does not know of the hand-over yet believes only the custodian that it knows.
            effects.push(self.notice(gone, epoch, ""));
        }
        self.settle_update(ctx, commit);
        // The custodian's own word, with the reason, may have come first.
        let told = matches!(&self.state.ended, Some(Ended::Removed { at, .. }) if *at == epoch);
        if applied.out && !told {
            self.state.ended = Some(Ended::Removed {
                at: epoch,
                reason: String::new(),
            });
            effects.push(Effect::Alarm(Alarm::Removed(String::new())));
        }
        self.drop_settled_requests();
        if self
            .rules()
            .stage()
            .is_some_and(|s| s.stage == Stage::Purged)
        {
            if self.has_committed() {
                effects.push(self.purge_notice(epoch, ""));
            }
            self.state.ended = Some(Ended::Purged);
            effects.push(Effect::Purge);
        }
        Ok(effects)
    }

    /// Whether this node is or was custodian in the group in force.
    fn has_committed(&self) -> bool {
        let followed = self.state.group(&self.state.active);
        self.is_custodian() || followed.is_some_and(|g| g.steps.has_own())
    }

    /// The word to nodes that they are out.
    pub(super) fn notice(&self, to: Vec<NodeId>, at: Epoch, reason: &str) -> Effect {
        Effect::Deliver {
            to,
            delivery: Box::new(Delivery::Removed(Removal {
                case: self.id(),
                at,
                reason: reason.to_string(),
            })),
        }
    }

    /// The word to all members that the case is purged.
    pub(super) fn purge_notice(&self, at: Epoch, reason: &str) -> Effect {
        let others = self.members().into_iter().filter(|n| *n != self.me);
        Effect::Deliver {
            to: others.collect(),
            delivery: Box::new(Delivery::Purged(Removal {
                case: self.id(),
                at,
                reason: reason.to_string(),
            })),
        }
    }

    /// A node that was restored from a copy asks what it has missed. Only those whose word it may believe answer: that it
    /// is out, or the secrets of later epochs in which it was a member, and which it has forgotten.
    fn answer(&self, ctx: &Ctx<'_>, from: NodeId, since: Epoch) -> Vec<Effect> {
        if self.state.ended.is_some() || !self.has_committed() {
            return Vec::new();
        }
        let former = self.rules().former(&from).filter(|f| f.at > since);
        let notice = former.map(|f| self.notice(vec![from], f.at, ""));
        let mut effects: Vec<Effect> = notice.into_iter().collect();
        if !self.members().contains(&from) {
            return effects;
        }
        let spans: Vec<_> = self
            .state
            .groups
            .iter()
            .flat_map(|g| g.steps.spans(&from))
            .collect();
        let mut grants = ctx.held.secrets();
        grants.retain(|g| {
            let at = g.at();
            at > since && spans.iter().any(|(first, last)| at >= *first && at <= *last)
        });
        if !grants.is_empty() {
            effects.push(Effect::Deliver {
                to: vec![from],
                delivery: Box::new(Delivery::Grants(self.id(), grants)),
            });
        }
        effects
    }

    /// Whether it falls to this node to tell the others the secret of an epoch with these members, of an earlier
    /// generation: to the custodian if it was one of them, else to the first that was.
    fn tells(&self, members: &BTreeSet<NodeId>) -> bool {
        let custodian = self.rules().custodian;
        let here = self.active.members();
        if self.state.ended.is_some() {
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

    /// One's own proposal was taken up by a commit, or is of an epoch that is past.
    fn settle_update(&mut self, ctx: &Ctx<'_>, commit: &Commit) {
        if let Some((hash, _)) = self.state.proposed
            && commit.updates.iter().any(|u| Hash::of(&[u]) == hash)
        {
            self.state.refreshed = ctx.now;
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

    /// Asks the custodian for something.
    ///
    /// # Errors
    /// This node is out, or is itself custodian.
    pub fn request(&mut self, request: Request) -> Result<Vec<Effect>, Error> {
        if self.is_custodian() {
            return Err(Error::CustodianStays);
        }
        Ok(vec![self.append(Payload::Request(request))?])
    }

    /// A member's request. Leaving is carried out at once by the custodian; the rest is kept for its operator. What was
    /// asked before the organisation was let in again is settled, whenever it is opened.
    ///
    /// # Errors
    /// The writer has no role in the case, or the commit fails.
    pub fn take_request(
        &mut self,
        ctx: &Ctx<'_>,
        at: At,
        org: OrgId,
        request: Request,
    ) -> Result<Vec<Effect>, Error> {
        let writer = at.writer;
        let Some(since) = self.rules().since(&org) else {
            return Err(Error::NotAllowed(writer));
        };
        if at.sealed < since {
            return Ok(Vec::new());
        }
        if request.reason().is_some_and(|r| r.len() > limits::REASON) {
            return Err(Error::NotAllowed(writer));
        }
        if let Request::Leave(reason) = &request
            && self.is_custodian()
            && !self.state.restored
        {
            return self.remove_org(ctx, org, reason);
        }
        let request = OpenRequest {
            by: writer,
            org,
            request,
        };
        let mut of_writer = self.state.requests.iter().filter(|r| r.by == writer);
        let room =
            self.state.requests.len() < REQUESTS && of_writer.nth(REQUESTS_OF_ONE - 1).is_none();
        if !self.state.requests.contains(&request) && room {
            self.state.requests.push(request);
            self.drop_settled_requests();
        }
        Ok(vec![Effect::Changed])
    }

    /// Requests that the rules have met.
    pub(super) fn drop_settled_requests(&mut self) {
        let members = self.active.members();
        let rules = self.active.rules();
        self.state.requests.retain(|open| match &open.request {
            Request::Leave(_) => rules.role(&open.org).is_some(),
            Request::Invite(org, role) => rules.role(org) != Some(*role),
            Request::Remove(org, _) => rules.role(org).is_some(),
            Request::RemoveNode(node, _) => members.contains(node),
            Request::LetIn(change) => rules.role_at(&change.org, change.at).is_none(),
        });
    }

    /// Secrets that a member grants in an entry or a parcel.
    ///
    /// # Errors
    /// The granter was never a member here, or ([`Error::NotYet`]) they are of epochs that have not come here.
    pub fn take_grants(&self, from: NodeId, grants: Vec<EpochGrant>) -> Result<Vec<Effect>, Error> {
        if let Some(Ended::Purged) = self.state.ended {
            return Err(Error::Ended(Ended::Purged));
        }
        let now = self.epoch();
        if !self.was_member(&from) {
            return Err(Error::NotAllowed(from));
        }
        // Of a generation that this node has yet to enter.
        if grants.iter().any(|g| g.at() > now) {
            return Err(Error::NotYet);
        }
        Ok(vec![Effect::Granted(from, grants)])
    }

    /// A parcel's content, from `from`, for a case that is known here.
    ///
    /// # Errors
    /// [`Error::NotYet`] if it rests on something that has not come; anything else is final.
    pub fn deliver(
        &mut self,
        ctx: &Ctx<'_>,
        from: NodeId,
        delivery: Delivery,
    ) -> Result<Vec<Effect>, Error> {
        match delivery {
            Delivery::Invitation(invitation) => self.adopt(ctx, &invitation, from),
            // Of epochs that this node has not reached: it may, by another parcel.
            Delivery::Grants(_, grants) if grants.iter().any(|g| g.at() > self.epoch()) => {
                Err(Error::NotYet)
            }
            // By itself, not in an entry that is judged: only by one who is still a member.
            Delivery::Grants(case, grants) if case == self.id() && self.is_member(&from) => {
                self.take_grants(from, grants)
            }
            Delivery::Grants(..) => Err(Error::NotAllowed(from)),
            Delivery::Vote(vote) => self.take_vote(ctx, *vote),
            Delivery::Succeeded(succession) => self.step_down(*succession),
            Delivery::Removed(removal) => self.removed(from, removal),
            Delivery::Inquiry(case, since) if case == self.id() => Ok(self.answer(ctx, from, since)),
            Delivery::Inquiry(..) => Err(Error::NotAllowed(from)),
            Delivery::Purged(_) if from == self.rules().custodian => Ok(self.purge()),
            // The custodian may be another since: then its own word says so.
            Delivery::Purged(_) if self.was_member(&from) => Err(Error::NotYet),
            Delivery::Purged(_) => Err(Error::NotAllowed(from)),
            // The host puts pieces together.
            Delivery::Part(_) => Err(Error::NotAllowed(from)),
        }
    }

    /// Whether a node is a member of some group that is followed here.
    fn is_member(&self, node: &NodeId) -> bool {
        let mut groups = std::iter::once(&self.active).chain(&self.others);
        groups.any(|g| g.members().contains(node))
    }

    /// The custodian says that this node is out.
    fn removed(&mut self, from: NodeId, removal: Removal) -> Result<Vec<Effect>, Error> {
        if self.state.ended.is_some() && removal.reason.is_empty() {
            return Ok(Vec::new());
        }
        let later = removal.at.generation > self.epoch().generation;
        // Of an epoch that this node has been in since, it is old.
        let again = matches!(&self.state.ended, Some(Ended::Removed { at, .. }) if *at == removal.at);
        let current = (removal.at.generation == self.epoch().generation || later)
            && (again || removal.at > self.epoch());
        // A custodian that was restored may have forgotten that it handed over, and to whom.
        let forgetful = self.is_custodian() && self.state.restored;
        let plausible =
            removal.reason.len() <= limits::REASON && (forgetful || !self.is_custodian());
        if !current || !plausible || !self.was_member(&from) {
            return Err(Error::NotAllowed(from));
        }
        if (later || from != self.rules().custodian) && !forgetful {
            // The custodian may be another since: then a commit says so first, or an invitation to its group.
            return Err(Error::NotYet);
        }
        let known = matches!(&self.state.ended, Some(Ended::Removed { at, reason })
            if *at == removal.at && !reason.is_empty());
        if known {
            return Ok(Vec::new());
        }
        self.state.ended = Some(Ended::Removed {
            at: removal.at,
            reason: removal.reason.clone(),
        });
        Ok(vec![
            Effect::Changed,
            Effect::Alarm(Alarm::Removed(removal.reason)),
        ])
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
        let due = ctx.now.since(self.state.refreshed) >= ctx.rekey_ms;
        let waits = self
            .state
            .proposed
            .is_some_and(|(_, at)| at == self.epoch());
        if due && !waits {
            return self.rekey(ctx);
        }
        Ok(Vec::new())
    }

    /// Whether the case's retention time is over.
    #[must_use]
    pub fn is_due_for_purge(&self, now: crate::time::Time) -> bool {
        let days = self.rules().retain_days.map(u64::from);
        match (self.rules().stage(), days) {
            (Some(StageChange { stage, time, .. }), Some(days)) if *stage == Stage::Closed => {
                now.since(*time) > days * 24 * 3_600_000
            }
            _ => false,
        }
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
        let now = self.epoch();
        let asked = self.state.inquires.map_or(now, |since| since.min(now));
        self.state.inquires = self.state.ended.is_none().then_some(asked);
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
