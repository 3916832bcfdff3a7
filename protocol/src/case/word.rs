//! What members say to each other besides commits and votes: requests, secrets, who is out.

use super::{
    Alarm, At, Case, Claim, Ctx, Effect, Ended, Error, Followed, OpenRequest, member::TELLERS,
    tend::lets_in_more,
};
use crate::{
    group::{Delivery, History, Removal},
    id::{NodeId, OrgId},
    limits,
    log::{Epoch, EpochGrant, Payload, Request},
    time::Time,
};

/// Requests that wait for the custodian's operator; more are dropped.
const REQUESTS: usize = 256;
/// Requests of one node that wait: nobody takes the room of the others.
const REQUESTS_OF_ONE: usize = 16;
/// A node that asks what it has missed is answered once in so long, milliseconds: answers are kept until they are taken.
const ANSWER_MS: u64 = 3_600_000;

impl Case {
    /// Whether this node is or was custodian in the group in force.
    pub(super) fn has_committed(&self) -> bool {
        let followed = self.state.group(&self.state.active);
        self.is_custodian() || followed.is_some_and(|g| g.steps.has_own())
    }

    /// The word to nodes that they are out.
    pub(super) fn notice(&self, to: Vec<NodeId>, at: Epoch, reason: &str) -> Effect {
        let rules = self.rules();
        let in_office = rules.custodian == self.me;
        Effect::Deliver {
            to,
            delivery: Box::new(Delivery::Removed(Removal {
                case: self.id(),
                at,
                reason: reason.to_string(),
                handed: rules.handed.iter().filter(|_| in_office).cloned().collect(),
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
                handed: Vec::new(),
            })),
        }
    }

    fn answer_once(&mut self, ctx: &Ctx<'_>, from: NodeId, since: Epoch) -> Vec<Effect> {
        let now = ctx.now;
        // A clock that ran ahead must not keep anybody waiting.
        let recent = |at: &Time| *at <= now && now.since(*at) < ANSWER_MS;
        self.state.answered.retain(|_, at| recent(at));
        if self.state.answered.contains_key(&from) {
            return Vec::new();
        }
        let mut effects = self.answer(ctx, from, since);
        if !effects.is_empty() {
            self.state.answered.insert(from, now);
            effects.push(Effect::Changed);
        }
        effects
    }

    /// A node that was restored from a copy asks what it has missed. Only those whose word it may believe answer: that it
    /// is out, or the secrets of later epochs in which it was a member, and which it has forgotten.
    fn answer(&self, ctx: &Ctx<'_>, from: NodeId, since: Epoch) -> Vec<Effect> {
        if self.state.ended.is_some() {
            return Vec::new();
        }
        let mut effects = Vec::new();
        if self.has_committed() {
            let former = self.rules().former(&from).filter(|f| f.at > since);
            let notice = former.map(|f| self.notice(vec![from], f.at, ""));
            effects.extend(notice);
        }
        if !self.tells_what_was_forgotten(&from, since) {
            return effects;
        }
        if !self.members().contains(&from) {
            return effects;
        }
        let mut grants = ctx.held.secrets();
        grants.retain(|g| g.at() > since && self.was_given(ctx, &from, g) && self.may_tell(ctx, g));
        let parts = grants.chunks(limits::SECRETS_OF_GRANTER);
        effects.extend(parts.map(|part| Effect::Deliver {
            to: vec![from],
            delivery: Box::new(Delivery::Grants(self.id(), part.to_vec())),
        }));
        effects
    }

    /// Whether a member has had a secret before it forgot it, as it was a member in its epoch.
    fn was_given(&self, ctx: &Ctx<'_>, member: &NodeId, secret: &EpochGrant) -> bool {
        let at = secret.at();
        let groups = self.state.groups.iter();
        let of_generation: Vec<_> = groups
            .filter(|g| g.key.generation == at.generation)
            .collect();
        let was_in = |group: &&Followed| {
            let mut spans = group.steps.spans(member).into_iter();
            spans.any(|(first, last)| at >= first && at <= last)
        };
        // Two groups of one generation have epochs of the same numbers. Who was there when they parted reads both. Who
        // came later, and reads what is written from then on, is told only what this node itself was in, and no group
        // that it knows without that member.
        let parted = |group: &&Followed| {
            let succession = group.succession.as_ref();
            let succession = succession.and_then(|s| s.unverified().ok());
            succession.is_some_and(|s| !s.members.contains(member))
        };
        if self.rules().history == History::FromJoining && of_generation.iter().any(parted) {
            let own = ctx.held.own(at).contains(&secret.secret);
            return own && of_generation.iter().all(was_in);
        }
        of_generation.iter().any(was_in)
    }

    /// Whether it falls to this node to give a member back the secrets that it has forgotten: to whoever is or was
    /// custodian in a group that is followed; to a few if it is the custodian itself that asks, and to a few of those who
    /// were there all along if the custodian was not: of the time when it was out it can tell nothing.
    fn tells_what_was_forgotten(&self, from: &NodeId, since: Epoch) -> bool {
        let custodian = self.rules().custodian;
        let members = self.members();
        let others = members.iter().filter(|n| *n != from);
        let there = others.clone().filter(|n| self.was_there_since(n, since));
        let away = !self.was_there_since(&custodian, since);
        self.is_custodian()
            || self.state.groups.iter().any(|g| g.steps.has_own())
            || (*from == custodian && others.clone().take(TELLERS).any(|n| *n == self.me))
            || (away && there.take(TELLERS).any(|n| *n == self.me))
    }

    /// Whether a node was a member in every epoch after this one of the groups that are followed, as far as they are known
    /// here.
    fn was_there_since(&self, node: &NodeId, since: Epoch) -> bool {
        let mut groups = self.state.groups.iter();
        groups.all(|group| {
            let (first, last) = (group.steps.first(), group.steps.last());
            let from = first.max(since);
            let spans = group.steps.spans(node);
            last <= since || spans.iter().any(|(a, b)| *a <= from && *b >= last)
        })
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
        if self.state.requests.contains(&request) || !room {
            // Whoever repeats it changes nothing, and makes nobody look at everything again.
            return Ok(Vec::new());
        }
        self.state.requests.push(request);
        let asked = self.state.requests.len();
        self.drop_settled_requests(ctx);
        if self.state.requests.len() < asked {
            // The rules had met it before it came.
            return Ok(Vec::new());
        }
        Ok(vec![Effect::Changed])
    }

    /// Requests that the rules have met.
    pub(super) fn drop_settled_requests(&mut self, ctx: &Ctx<'_>) {
        let members = self.active.members();
        let rules = self.active.rules();
        self.state.requests.retain(|open| match &open.request {
            Request::Leave(_) => rules.role(&open.org).is_some(),
            Request::Invite(org, role) => rules.role(org) != Some(*role),
            Request::Remove(org, _) => rules.role(org).is_some(),
            Request::RemoveNode(node, _) => members.contains(node),
            Request::LetIn(change) => lets_in_more(ctx, rules, change),
        });
    }

    /// Secrets that a member grants in an entry or a parcel. Those of epochs that have not come here are left for later
    /// ([`Effect::Waits`]): of a generation that this node has yet to enter.
    ///
    /// # Errors
    /// The case is purged here, or the granter was never a member.
    pub fn take_grants(&self, from: NodeId, grants: Vec<EpochGrant>) -> Result<Vec<Effect>, Error> {
        if let Some(Ended::Purged) = self.state.ended {
            return Err(Error::Ended(Ended::Purged));
        }
        let now = self.epoch();
        if !self.was_member(&from) {
            return Err(Error::NotAllowed(from));
        }
        let (later, come): (Vec<_>, Vec<_>) = grants.into_iter().partition(|g| g.at() > now);
        let mut effects = Vec::new();
        if !come.is_empty() {
            effects.push(Effect::Granted(from, come));
        }
        if !later.is_empty() {
            effects.push(Effect::Waits);
        }
        Ok(effects)
    }

    /// A parcel's content, from `from`, for a case that is known here.
    ///
    /// # Errors
    /// [`Error::NotYet`] if it rests on something that has not come; anything else is final. After [`Effect::Waits`] it is to be
    /// given again, as after that error.
    pub fn deliver(
        &mut self,
        ctx: &Ctx<'_>,
        from: NodeId,
        delivery: Delivery,
    ) -> Result<Vec<Effect>, Error> {
        match delivery {
            Delivery::Invitation(invitation) => self.adopt(ctx, &invitation, from),
            // By itself, not in an entry that is judged: only by one who is still a member.
            Delivery::Grants(case, grants) if case == self.id() && self.is_member(&from) => {
                self.take_grants(from, grants)
            }
            // Of epochs that this node has not reached: it may, by another parcel, and the granter be a member there.
            Delivery::Grants(_, grants) if grants.iter().any(|g| g.at() > self.epoch()) => {
                Err(Error::NotYet)
            }
            Delivery::Grants(..) => Err(Error::NotAllowed(from)),
            Delivery::Vote(vote) => self.take_vote(ctx, *vote),
            Delivery::Succeeded(succession) => self.step_down(*succession),
            Delivery::Removed(removal) => self.removed(from, removal),
            Delivery::Inquiry(case, since) if case == self.id() => {
                Ok(self.answer_once(ctx, from, since))
            }
            Delivery::Inquiry(..) => Err(Error::NotAllowed(from)),
            Delivery::Purged(removal) if from == self.rules().custodian => {
                Ok(self.purged_by_word(from, removal))
            }
            // The custodian may be another since, also one that was let in after all that is known here: its word waits until
            // this node hears that it is.
            Delivery::Purged(_) => Err(Error::NotYet),
            // The host puts pieces together.
            Delivery::Part(_) => Err(Error::NotAllowed(from)),
        }
    }

    /// The custodian says that the case is purged. Who was custodian before says so too: those whom no commit has reached
    /// since still believe it alone.
    fn purged_by_word(&mut self, from: NodeId, removal: Removal) -> Vec<Effect> {
        let mut effects = Vec::new();
        // It may have been said to this node alone.
        if self.state.ended != Some(Ended::Purged) {
            effects.push(Effect::Alarm(Alarm::Purged(from)));
        }
        if self.state.ended.is_none()
            && self.has_committed()
            && removal.reason.len() <= limits::REASON
        {
            effects.push(self.purge_notice(removal.at, &removal.reason));
        }
        effects.extend(self.purge());
        effects
    }

    /// Whether a node is a member of some group that is followed here.
    fn is_member(&self, node: &NodeId) -> bool {
        let mut groups = std::iter::once(&self.active).chain(&self.others);
        groups.any(|g| g.members().contains(node))
    }

    /// The custodian says that this node is out.
    fn removed(&mut self, from: NodeId, removal: Removal) -> Result<Vec<Effect>, Error> {
        let settled = match &self.state.ended {
            Some(Ended::Removed { at, .. }) => removal.at <= *at,
            Some(Ended::Purged) => true,
            Some(Ended::VotedOut { .. }) | None => false,
        };
        if settled && removal.reason.is_empty() {
            return Ok(Vec::new());
        }
        let later = removal.at.generation > self.epoch().generation;
        // Of an epoch that this node has been in since, it is old.
        let again =
            matches!(&self.state.ended, Some(Ended::Removed { at, .. }) if *at == removal.at);
        let current = (removal.at.generation == self.epoch().generation || later)
            && (again || removal.at > self.epoch());
        // A custodian that was restored may have forgotten that it handed over, and to whom.
        let forgetful = self.is_custodian() && self.state.restored;
        let plausible =
            removal.reason.len() <= limits::REASON && (forgetful || later || !self.is_custodian());
        // Anybody could say it, and would put it out of its own case: a person must know.
        let follows = self.state.follows == Some(from);
        // The office has come to it by hand-overs that this node has not heard of.
        // One that may have handed it back since asks a person, as its copy does not tell.
        let generation = self.epoch().generation;
        let handed = !forgetful
            && removal.at.generation == generation
            && removal.handed.len() <= limits::HAND_OVERS
            && self
                .rules()
                .leads(&removal.handed, &self.state.active, from);
        let believed = follows || handed || (!forgetful && self.was_member(&from));
        if forgetful && current && plausible && !believed {
            return Err(Error::Contested(Claim {
                successor: from,
                generation: removal.at.generation,
            }));
        }
        // Of a later generation, whoever its custodian may be: it may have voted this one out, and have let it in again.
        if !current || !plausible || !(later || believed) {
            return Err(Error::NotAllowed(from));
        }
        let in_office = handed || from == self.rules().custodian;
        if (later || !in_office) && !forgetful {
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
            Effect::Alarm(Alarm::Removed {
                at: removal.at,
                reason: removal.reason,
            }),
        ])
    }
}
