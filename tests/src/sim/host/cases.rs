//! A host's cases: it carries out what their state machines ask for.

use super::{After, Host, Recipients, Told};
use crate::sim::disk::{Disk, Write};
use focal_protocol::{
    case::{self, Case, Ctx, Effect, Held},
    group::{CaseRole, Cause, Delivery, GroupKey, History, Rows, Stage},
    id::{CaseId, LogId, NodeId, OrgId},
    log::{Epoch, EpochGrant, Lane, Payload, Request},
    seal::EpochSecret,
    time::Time,
};
use std::collections::BTreeSet;

/// What an operator wants of a case.
#[derive(Debug, Clone)]
pub enum Action {
    /// To let an organisation in.
    Invite(OrgId, CaseRole),
    /// To let many in at once.
    InviteAll(Vec<(OrgId, CaseRole)>),
    /// To remove one.
    Remove(OrgId),
    /// To remove a node.
    RemoveNode(NodeId),
    /// To leave.
    Leave,
    /// To change a role.
    Role(OrgId, CaseRole),
    /// To make another node custodian.
    HandOver(NodeId),
    /// Fresh keys.
    Rekey,
    /// To close or reopen the case.
    Stage(Stage),
    /// To have another custodian.
    Vote(NodeId, Cause),
}

struct HeldHere<'a>(CaseId, &'a Disk);

impl Held for HeldHere<'_> {
    fn heights(&self, node: &NodeId) -> Vec<(LogId, u64)> {
        let logs = self
            .1
            .logs_of(self.0)
            .filter(|(_, l)| l.writer.node == *node);
        logs.map(|(log, l)| (*log, l.counted().height)).collect()
    }

    fn secrets(&self) -> Vec<EpochGrant> {
        let row = self.1.cases.get(&self.0);
        row.map(|r| r.secrets.secrets()).unwrap_or_default()
    }

    fn own(&self, at: Epoch) -> Vec<EpochSecret> {
        let row = self.1.cases.get(&self.0);
        row.map(|r| r.secrets.own(at)).unwrap_or_default()
    }

    fn packages(&self) -> Rows {
        let rows = self.1.packages.values().flat_map(|rows| rows.iter());
        rows.map(|(k, v)| (k.clone(), v.clone())).collect()
    }
}

impl Host {
    /// Asks something with what this node knows.
    fn ask<T>(&self, now: Time, id: CaseId, ask: impl FnOnce(&Ctx<'_>) -> T) -> T {
        ask(&Ctx {
            identity: &self.partner.mls,
            key: &self.partner.key,
            directory: &self.now.directory,
            held: &HeldHere(id, &self.now),
            now: self.clock(now),
            rekey_ms: self.pace.rekey_ms,
        })
    }

    /// Asks a case's state machine, and carries out what it answers.
    pub(super) fn with_case<T>(
        &mut self,
        now: Time,
        id: CaseId,
        ask: impl FnOnce(&mut Case, &Ctx<'_>) -> Result<(T, Vec<Effect>), case::Error>,
    ) -> Result<T, case::Error> {
        if self.now.directory.node(&self.me()).is_none() {
            return Err(case::Error::NotAllowed(self.me()));
        }
        let mut case = self.take_case(id).ok_or(case::Error::NotInCase)?;
        let answer = self.ask(now, id, |ctx| ask(&mut case, ctx));
        match answer {
            Ok((value, effects)) => {
                self.carry_out(now, id, case, effects);
                Ok(value)
            }
            Err(e) => {
                self.keep_at_hand(id, case);
                Err(e)
            }
        }
    }

    fn carry_out(&mut self, now: Time, id: CaseId, case: Case, effects: Vec<Effect>) {
        for effect in &effects {
            if let Effect::Secret(grant) = effect {
                self.out.push(super::Out::Told(Told::Secret {
                    case: id,
                    grant: grant.clone(),
                    derived: derived_from(&case, grant.at()),
                }));
            }
        }
        self.put_case(id, case);
        for effect in effects {
            match effect {
                Effect::Append {
                    at,
                    secret,
                    payload,
                } => {
                    if let Payload::Grant(grants) = &*payload {
                        self.tell(Told::Gives {
                            case: id,
                            to: Recipients::Holders(secret.clone()),
                            grants: grants.clone(),
                        });
                    }
                    let parts = payload.parts();
                    let whole: &[Payload] = if parts.is_empty() {
                        std::slice::from_ref(&payload)
                    } else {
                        &parts
                    };
                    for part in whole {
                        if let Err(e) = self.append(id, Lane::Flash, at, &secret, part) {
                            self.refuse(e);
                        }
                    }
                }
                Effect::Secret(grant) => {
                    self.keep_secret(id, grant, None);
                }
                Effect::Granted(by, grants) => {
                    for grant in grants {
                        if self.keep_secret(id, grant.clone(), Some(by)) {
                            self.tell(Told::Secret {
                                case: id,
                                grant,
                                derived: None,
                            });
                        }
                    }
                }
                Effect::Deliver { to, delivery } => {
                    if let Delivery::Grants(_, grants) = &*delivery {
                        self.tell(Told::Gives {
                            case: id,
                            to: Recipients::Nodes(to.clone()),
                            grants: grants.clone(),
                        });
                    }
                    self.deliver(now, &to, &delivery);
                }
                Effect::Waits => {}
                Effect::Changed => {
                    self.after.push(After::Share(id));
                    self.after.push(After::Rules(id));
                    self.fetch.went_on(id);
                }
                Effect::Purge => {
                    self.write(Write::Purge(id));
                    self.cases.remove(&id);
                    self.infos.remove(&id);
                }
                Effect::Alarm(alarm) => self.tell(Told::Alarm(id, alarm)),
            }
        }
    }

    /// Keeps a secret, if it is new and has a place.
    fn keep_secret(&mut self, id: CaseId, grant: EpochGrant, by: Option<NodeId>) -> bool {
        let Some(row) = self.now.cases.get_mut(&id) else {
            return false;
        };
        if row.secrets.keep(grant.clone(), by).is_none() {
            return false;
        }
        self.after.push(After::Epoch(id, grant.at()));
        self.journal.push(Write::Secret(id, grant, by));
        true
    }

    /// Opens a case with this node as custodian.
    pub fn open_case(
        &mut self,
        now: Time,
        title: &str,
        history: History,
        parent: Option<CaseId>,
    ) -> CaseId {
        let org = self.partner.org;
        let dice = self.dice.branch(2);
        let none = CaseId([0; 32]);
        let opened = self.ask(now, none, |ctx| {
            Case::open(ctx, &dice, org, title, history, parent)
        });
        let (case, effects) = opened.expect("a case with a plain title can be opened");
        let id = case.id();
        self.carry_out(now, id, case, effects);
        id
    }

    /// Does what an operator wants.
    ///
    /// # Errors
    /// The case refuses.
    pub fn act_on(&mut self, now: Time, id: CaseId, action: Action) -> Result<(), case::Error> {
        let claims = self.claims.clone();
        self.with_case(now, id, |case, ctx| {
            let effects = match action {
                Action::Invite(org, role) => case.invite(ctx, org, role)?.1,
                Action::InviteAll(invited) => case.invite_all(ctx, &invited)?.1,
                Action::Remove(org) => case.remove_org(ctx, org, "simulated")?,
                Action::RemoveNode(node) => case.remove_node(ctx, node, "simulated")?,
                Action::Leave => case.request(Request::Leave("simulated".into()))?,
                Action::Role(org, role) => case.set_role(ctx, org, role)?,
                Action::HandOver(node) => case.hand_over(ctx, node)?,
                Action::Rekey => case.rekey(ctx)?,
                Action::Stage(stage) => case.set_stage(ctx, stage, "simulated", None)?,
                Action::Vote(successor, cause) => match case.vote(ctx, successor, cause) {
                    Err(case::Error::CustodianStays)
                        if claims.contains(&(id, successor)) && case.is_custodian() =>
                    {
                        case.agree(successor)
                    }
                    voted => voted?,
                },
            };
            Ok(((), effects))
        })
    }

    /// A delivery in a parcel from a node of the federation.
    pub(super) fn take_delivery(
        &mut self,
        now: Time,
        from: NodeId,
        delivery: Delivery,
    ) -> Result<(), case::Error> {
        let id = delivery.case().ok().flatten();
        let id = id.ok_or(case::Error::NotAllowed(from))?;
        if self.now.purged.contains(&id) {
            return Err(case::Error::Ended(case::Ended::Purged));
        }
        if self.now.cases.contains_key(&id) {
            let told = self.with_case(now, id, |case, ctx| {
                let effects = case.deliver(ctx, from, delivery)?;
                Ok((effects.contains(&Effect::Waits), effects))
            });
            if let Err(case::Error::Contested(node)) = &told {
                self.tell(Told::Alarm(id, case::Alarm::Contested(*node)));
            }
            if let Err(case::Error::Contested(claim)) = &told {
                self.claims.insert((id, claim.successor));
            }
            return match told? {
                true => Err(case::Error::NotYet),
                false => Ok(()),
            };
        }
        let Delivery::Invitation(invitation) = delivery else {
            return Err(if delivery.follows_an_invitation() {
                case::Error::NotYet
            } else {
                case::Error::NotInCase
            });
        };
        let joined = self.ask(now, id, |ctx| Case::join(ctx, &invitation, from));
        let (case, effects) = joined?;
        self.carry_out(now, id, case, effects);
        Ok(())
    }

    /// Whether time may bring anything to a case. Of a member who is not custodian it brings only fresh keys, which its
    /// stored state tells: its groups need not be loaded for that.
    fn is_due(&mut self, id: CaseId, now: Time) -> bool {
        let now = self.clock(now);
        let (Some(info), Some(row)) = (self.info(id), self.now.cases.get(&id)) else {
            return false;
        };
        if info.ended.is_some() {
            return false;
        }
        let custodian = info.rules.custodian;
        let state = &row.state;
        // A clock that ran ahead is corrected by the case itself.
        let ahead = state.refreshed > now || state.committed > now;
        let due = (state.forgets || now.since(state.refreshed) >= self.pace.rekey_ms)
            && state.proposed.is_none_or(|(_, at)| at != info.epoch);
        let listed = self.now.directory.node(&custodian).is_some();
        custodian == self.me() || ahead || due || !listed || state.inquires.is_some()
    }

    /// What time and changes of the directory bring to every case.
    pub fn tend_cases(&mut self, now: Time) {
        for id in self.case_ids() {
            if !self.is_due(id, now) {
                continue;
            }
            for _ in 0..self.pace.commits {
                let result = self.with_case(now, id, |case, ctx| {
                    let mut effects = case.tick(ctx)?;
                    let again = !effects.is_empty() && case.is_custodian();
                    effects.extend(case.custodian_alarm(ctx).map(Effect::Alarm));
                    Ok((again, effects))
                });
                match result {
                    Ok(true) => {}
                    Ok(false) => break,
                    Err(e) => {
                        self.refuse(e);
                        break;
                    }
                }
            }
        }
    }
}

/// The group of which this is an epoch, and its members then.
fn derived_from(case: &Case, at: Epoch) -> Option<(GroupKey, BTreeSet<NodeId>)> {
    let state = case.state();
    let active = state.groups.iter().filter(|g| g.key == state.active);
    let others = state.groups.iter().filter(|g| g.key != state.active);
    let mut groups = active
        .chain(others)
        .filter(|g| g.key.generation == at.generation);
    groups.find_map(|g| Some((g.key, g.steps.at(at)?)))
}
