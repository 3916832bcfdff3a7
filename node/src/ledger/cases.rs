//! Cases: this node carries out what their state machines ask for, in one round with storing their new state.

use super::{Identity, InviteOutcome, Ledger, Meant};
use crate::{
    clock,
    opener::Content,
    refused::Refused,
    store::{LogRow, PendingKey},
};
use focal_protocol::{
    case::{self, Case, Ctx, Effect, Held, Keyring, Voice},
    directory::Directory,
    group::{CaseRole, Cause, Delivery, History, Invitation, Rows, Rules, Stage},
    id::{CaseId, LogId, NodeId, OrgId},
    limits,
    log::{Epoch, EpochGrant, Lane, Request},
    random::SystemRandom,
    seal::EpochSecret,
    time::Time,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Commits that one look at a case may lead to: as many as it takes to add all members there may be.
const COMMITS: usize = 32;

/// A case in memory.
pub(super) struct CaseHere {
    pub(super) case: Case,
    /// All epoch secrets that are known.
    pub(super) secrets: Keyring,
    pub(super) lamport: u64,
    /// The epoch for which late entries were asked for last.
    pub(super) reached: Epoch,
    /// Who claims the office where that is contested: the operator may agree.
    pub(super) claims: BTreeSet<NodeId>,
}

/// What a person wants of a case.
#[derive(Debug, Clone)]
pub(crate) enum Action {
    Invite(Vec<(OrgId, CaseRole)>),
    Remove(OrgId, String),
    RemoveNode(NodeId, String),
    Leave(String),
    Role(OrgId, CaseRole),
    HandOver(NodeId),
    Rekey,
    Stage(Stage, String, Option<u32>),
    /// This node's copy only.
    Purge,
    /// For whom, why, and what it is meant to do.
    Vote(NodeId, Cause, Meant),
    Request(Request),
}

/// What the store and the ledger's memory know of a case.
struct HeldHere<'a> {
    case: CaseId,
    logs: &'a HashMap<LogId, LogRow>,
    secrets: &'a Keyring,
    packages: &'a BTreeMap<Time, Rows>,
}

impl Held for HeldHere<'_> {
    fn heights(&self, node: &NodeId) -> Vec<(LogId, u64)> {
        let of_node = |row: &LogRow| row.writer.node == *node && row.writer.case == self.case;
        let logs = self.logs.iter().filter(|(_, row)| of_node(row));
        logs.map(|(log, row)| (*log, row.counted().height))
            .collect()
    }

    fn secrets(&self) -> Vec<EpochGrant> {
        self.secrets.secrets()
    }

    fn own(&self, at: Epoch) -> Vec<EpochSecret> {
        self.secrets.own(at)
    }

    fn packages(&self) -> Rows {
        let rows = self.packages.values().flatten();
        rows.map(|(k, v)| (k.clone(), v.clone())).collect()
    }
}

/// Who decides, on what ground, now.
fn context<'a>(
    identity: &'a Identity,
    directory: &'a Directory,
    held: &'a dyn Held,
    rekey_ms: u64,
) -> Ctx<'a> {
    Ctx {
        identity: &identity.mls,
        key: &identity.key,
        directory,
        held,
        now: clock::now(),
        rekey_ms,
    }
}

impl Ledger {
    /// Asks a case's state machine, and carries out what it answers.
    pub(super) fn with_case<T>(
        &mut self,
        id: CaseId,
        ask: impl FnOnce(&mut Case, &Ctx<'_>) -> Result<(T, Vec<Effect>), case::Error>,
    ) -> Result<T, Refused> {
        let (value, effects) = self.ask_case(id, ask)?;
        self.carry_out(id, effects)?;
        Ok(value)
    }

    /// Asks a case's state machine.
    pub(super) fn ask_case<T>(
        &mut self,
        id: CaseId,
        ask: impl FnOnce(&mut Case, &Ctx<'_>) -> Result<T, case::Error>,
    ) -> Result<T, Refused> {
        // Whatever it answers can then be appended.
        self.my_org()?;
        let directory = self.directory.as_ref().ok_or(Refused::NoFederation)?;
        let here = self.cases.get_mut(&id).ok_or(Refused::UnknownCase)?;
        let held = HeldHere {
            case: id,
            logs: &self.logs,
            secrets: &here.secrets,
            packages: &self.packages,
        };
        let ctx = context(&self.identity, directory, &held, self.rekey_ms);
        Ok(ask(&mut here.case, &ctx)?)
    }

    /// Does what a case asks for, and stores its state, all in this round.
    fn carry_out(&mut self, id: CaseId, effects: Vec<Effect>) -> Result<(), Refused> {
        let mut purge = false;
        for effect in effects {
            match effect {
                Effect::Append {
                    at,
                    secret,
                    payload,
                } => {
                    let parts = payload.parts();
                    if parts.is_empty() {
                        self.append(id, Lane::Flash, at, &secret, &payload)?;
                    }
                    for part in &parts {
                        self.append(id, Lane::Flash, at, &secret, part)?;
                    }
                }
                Effect::Secret(grant) => self.keep_secret(id, grant, None),
                Effect::Granted(by, grants) => {
                    for grant in grants {
                        self.keep_secret(id, grant, Some(by));
                    }
                }
                Effect::Deliver { to, delivery } => self.deliver(&to, &delivery),
                // Whoever gave it keeps it.
                Effect::Waits => {}
                Effect::Changed => self.case_changed(id)?,
                Effect::Purge => purge = true,
                Effect::Alarm(alarm) => self.raise_of_case(id, &alarm),
            }
        }
        let Some(here) = self.cases.get_mut(&id) else {
            return Ok(());
        };
        self.round.write.case(&self.store, &mut here.case);
        self.round.durable = true;
        if purge {
            self.then(move |ledger| ledger.purge_case(id));
        }
        Ok(())
    }

    /// Keeps a secret, if it is new and has a place.
    fn keep_secret(&mut self, id: CaseId, grant: EpochGrant, by: Option<NodeId>) {
        let Some(here) = self.cases.get_mut(&id) else {
            return;
        };
        let Some(kept) = here.secrets.keep(grant, by) else {
            return;
        };
        self.round.write.secret(&self.store, id, &kept);
        let (opener, at) = (self.opener.clone(), kept.grant.at());
        self.then(move |_| opener.epoch(id, at));
    }

    fn case_changed(&mut self, id: CaseId) -> Result<(), Refused> {
        self.judge_anew(id)?;
        self.round.cases = true;
        self.emit_case(id);
        let opener = self.opener.clone();
        self.then(move |ledger| {
            if let Some(here) = ledger.cases.get_mut(&id) {
                // Those that wait are looked at again below.
                here.claims.clear();
                let epoch = here.case.epoch();
                if std::mem::replace(&mut here.reached, epoch) != epoch {
                    ledger.fetch.went_on(id);
                }
            }
            ledger.share_case(id);
            ledger.apply_cuts(id);
            ledger.retry_parcels();
            opener.rules(id);
        });
        Ok(())
    }

    /// Has the records of a case judged anew, if its rules have not only been added to since the last round: in the same
    /// transaction, so that no stop keeps it from being done.
    fn judge_anew(&mut self, id: CaseId) -> Result<(), Refused> {
        let known = self.shared.cases();
        let (Some(here), Some(before)) = (self.cases.get(&id), known.get(&id)) else {
            return Ok(());
        };
        let (group, rules) = (&here.case.state().active, here.case.rules());
        if !case::stays_judged((&before.group, &before.rules), (group, rules)) {
            self.round.write.judge(&self.store, id)?;
        }
        Ok(())
    }

    pub(super) fn open_case(
        &mut self,
        title: &str,
        history: History,
        parent: Option<CaseId>,
    ) -> Result<CaseId, Refused> {
        let org = self.my_org()?;
        if self.cases.len() >= limits::CASES {
            return Err(Refused::TooManyCases);
        }
        let directory = self.directory.as_ref().ok_or(Refused::NoFederation)?;
        let nothing = BTreeMap::new();
        let ctx = context(&self.identity, directory, &nothing, self.rekey_ms);
        let (case, effects) = Case::open(&ctx, &SystemRandom, org, title, history, parent)?;
        let id = case.id();
        self.insert_case(case, effects)?;
        Ok(id)
    }

    pub(super) fn insert_case(&mut self, case: Case, effects: Vec<Effect>) -> Result<(), Refused> {
        let id = case.id();
        self.store.make_case_key(id)?;
        self.cases.insert(
            id,
            CaseHere {
                case,
                secrets: Keyring::default(),
                lamport: 0,
                reached: Epoch::default(),
                claims: BTreeSet::new(),
            },
        );
        self.carry_out(id, effects)
    }

    pub(super) fn name_of(&self, org: &OrgId) -> String {
        let member = self.directory.as_ref().and_then(|d| d.member(org));
        member.map_or_else(|| org.short(), |m| m.name.clone())
    }

    /// Does what a person wants of a case.
    pub(super) fn act(&mut self, id: CaseId, action: Action) -> Result<InviteOutcome, Refused> {
        if let Action::Invite(invited) = &action {
            let directory = self.directory.as_ref().ok_or(Refused::NoFederation)?;
            for (org, _) in invited {
                directory
                    .member(org)
                    .ok_or_else(|| Refused::UnknownOrganisation(org.short()))?;
            }
        }
        let vote = match &action {
            Action::Vote(successor, cause, meant) => {
                let vote = self.vote_here(id, *successor, *cause)?;
                meant.check(&vote)?;
                Some(vote)
            }
            _ => None,
        };
        let nothing = |effects| Ok((InviteOutcome::default(), effects));
        self.with_case(id, |case, ctx| match action {
            Action::Invite(invited) => {
                let before = case.rules().clone();
                let asked: Vec<OrgId> = invited.iter().map(|(org, _)| *org).collect();
                let (addable, effects) = case.invite_all(ctx, &invited)?;
                let outcome = InviteOutcome {
                    added: addable.ready.into_iter().map(|(node, _)| node).collect(),
                    waiting: addable.waiting,
                    already: unchanged(&asked, &before, case.rules()),
                };
                Ok((outcome, effects))
            }
            Action::Remove(org, reason) => nothing(case.remove_org(ctx, org, &reason)?),
            Action::RemoveNode(node, reason) => nothing(case.remove_node(ctx, node, &reason)?),
            Action::Leave(reason) => nothing(case.request(Request::Leave(reason))?),
            Action::Role(org, role) => nothing(case.set_role(ctx, org, role)?),
            Action::HandOver(node) => nothing(case.hand_over(ctx, node)?),
            Action::Rekey => nothing(case.rekey(ctx)?),
            Action::Stage(stage, reason, retain) => {
                nothing(case.set_stage(ctx, stage, &reason, retain)?)
            }
            Action::Purge => nothing(case.purge()),
            Action::Vote(successor, cause, _) => nothing(match vote.map(|v| v.voice) {
                Some(Voice::Follows) => case.agree(successor),
                _ => case.vote(ctx, successor, cause)?,
            }),
            Action::Request(request) => nothing(case.request(request)?),
        })
    }

    /// What an opened entry says to the case, from the opener: whether it is to be looked at again when the case has changed.
    pub(super) fn take_content(&mut self, at: super::ContentAt) -> Result<bool, Refused> {
        let (id, writer) = (at.case, at.at.writer);
        let directory = self.directory.as_ref().ok_or(Refused::NoFederation)?;
        let org = directory.node_ever(&writer).map(|(org, _)| org);
        let org = org.ok_or(Refused::UnknownNode(writer))?;
        let commits = matches!(at.content, Content::Commit(_));
        let told = self.with_case(id, |case, ctx| {
            let effects = match at.content {
                Content::Commit(commit) => case.follow(ctx, at.at, &commit)?,
                Content::Grant(grants) => case.take_grants(writer, grants)?,
                Content::Update(update) => {
                    case.take_update(ctx, writer, update)?;
                    Vec::new()
                }
                Content::Request(request) => case.take_request(ctx, at.at, org, request)?,
                Content::Vote(vote) => case.take_vote(ctx, *vote)?,
            };
            Ok((effects.contains(&Effect::Waits), effects))
        });
        if commits
            && let Err(Refused::Case(error)) = &told
            && let Some(here) = self.cases.get(&id)
            && let Some(alarm) = here.case.cannot_follow(&writer, error)
        {
            self.raise_of_case(id, &alarm);
        }
        let waits = told?;
        let mut cursor = at.cursor;
        if waits {
            // In the same transaction: what counts as opened and is not whole must not be forgotten in a crash.
            let later = PendingKey::Later(id);
            self.round.write.wait(&later, at.at.log, at.at.seq);
            cursor.pending += 1;
        }
        self.round.write.cursor(at.at.log, &cursor);
        Ok(waits)
    }

    /// A delivery in a parcel from a node of the federation.
    pub(super) fn take_delivery(
        &mut self,
        from: NodeId,
        delivery: Delivery,
    ) -> Result<(), Refused> {
        let Some(id) = delivery.case()? else {
            return Err(Refused::Case(case::Error::NotAllowed(from)));
        };
        if self.purged.contains_key(&id) {
            return match delivery {
                Delivery::Invitation(invitation) => self.join_again(from, &invitation),
                _ => Err(Refused::Case(case::Error::Ended(case::Ended::Purged))),
            };
        }
        if self.cases.contains_key(&id) {
            let told = self.with_case(id, |case, ctx| {
                let effects = case.deliver(ctx, from, delivery)?;
                Ok((effects.contains(&Effect::Waits), effects))
            });
            if let Err(Refused::Case(case::Error::Contested(claim))) = &told {
                self.raise_of_case(id, &case::Alarm::Contested(*claim));
                if let Some(here) = self.cases.get_mut(&id) {
                    here.claims.insert(claim.successor);
                }
            }
            return match told? {
                true => Err(Refused::Case(case::Error::NotYet)),
                false => Ok(()),
            };
        }
        let Delivery::Invitation(invitation) = delivery else {
            return Err(if delivery.follows_an_invitation() {
                Refused::Case(case::Error::NotYet)
            } else {
                Refused::UnknownCase
            });
        };
        let (case, effects) = self.joined(from, &invitation, &self.packages)?;
        self.insert_case(case, effects)
    }

    /// A case to which somebody has invited this node, and which it does not know, by one of these key packages.
    pub(super) fn joined(
        &self,
        from: NodeId,
        invitation: &Invitation,
        packages: &BTreeMap<Time, Rows>,
    ) -> Result<(Case, Vec<Effect>), Refused> {
        if self.cases.len() >= limits::CASES || self.cases_by(&from) >= limits::CASES_OF_ONE {
            return Err(Refused::TooManyCases);
        }
        let directory = self.directory.as_ref().ok_or(Refused::NoFederation)?;
        let held = HeldHere {
            case: invitation.case,
            logs: &self.logs,
            secrets: &Keyring::default(),
            packages,
        };
        let ctx = context(&self.identity, directory, &held, self.rekey_ms);
        Ok(Case::join(&ctx, invitation, from)?)
    }

    /// Cases of which the custodian is of the same organisation as a node of another.
    fn cases_by(&self, node: &NodeId) -> usize {
        let org = self.org_of(node);
        if org == self.org_of(&self.me()) {
            return 0;
        }
        let by = |here: &&CaseHere| self.org_of(&here.case.rules().custodian) == org;
        self.cases.values().filter(by).count()
    }

    /// What time and changes of the directory bring to every case.
    pub(super) fn tend_cases(&mut self) {
        let ids: Vec<CaseId> = self.cases.keys().copied().collect();
        for id in ids {
            for _ in 0..COMMITS {
                let asked = self.ask_case(id, |case, ctx| {
                    let mut effects = case.tick(ctx)?;
                    let acted = !effects.is_empty();
                    effects.extend(case.custodian_alarm(ctx).map(Effect::Alarm));
                    Ok((acted && case.is_custodian(), effects))
                });
                let result = asked.and_then(|(again, effects)| {
                    // Mostly nothing is due, and nothing is written then.
                    if !effects.is_empty() {
                        self.carry_out(id, effects)?;
                    }
                    Ok(again)
                });
                match result {
                    Ok(true) => {}
                    Ok(false) => break,
                    // Until it is in a manifest, it takes no part in anything.
                    Err(Refused::NotListed) => break,
                    Err(e) => {
                        self.shared.refuse(&e);
                        break;
                    }
                }
            }
        }
    }
}

/// Organisations of which a commit says nothing new.
fn unchanged(orgs: &[OrgId], before: &Rules, after: &Rules) -> Vec<OrgId> {
    let new = after.roles.iter().skip(before.roles.len());
    let new: BTreeSet<OrgId> = new.map(|c| c.org).collect();
    orgs.iter().copied().filter(|o| !new.contains(o)).collect()
}
