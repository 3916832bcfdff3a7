//! Case groups: opening, inviting, joining, following the custodian.

use super::{Case, CommitAt, InviteOutcome, Ledger};
use crate::{
    clock,
    refused::Refused,
    store::{CaseRow, Cursor, LogRow},
};
use focal_protocol::{
    group::{
        self, CaseGroup, CaseRole, History, Invitation, Parcel, Rows, Rules, check_key_package,
    },
    id::{CaseId, Hash, LogId, NodeId, OrgId},
    log::{EpochGrant, Lane, Payload},
    random::{Random, SystemRandom},
    seal::ContactPublic,
    signed::Signed,
    sync::ParcelNote,
};
use std::collections::{BTreeMap, HashMap};

/// Nodes that a case's rules let in and that are not members.
#[derive(Default)]
struct Addable {
    /// With their key packages.
    ready: Vec<(NodeId, Vec<u8>)>,
    /// Those of which none is known yet.
    waiting: Vec<NodeId>,
}

/// What a commit may have changed besides the group.
struct Before {
    write: usize,
    effects: usize,
    logs: HashMap<LogId, LogRow>,
    cursors: HashMap<LogId, Cursor>,
    parcels: BTreeMap<Hash, ParcelNote>,
}

impl Ledger {
    pub(super) fn open_case(&mut self, title: String, history: History) -> Result<CaseId, Refused> {
        let org = self.my_org()?;
        let id = CaseId(SystemRandom.array());
        let rules = Rules {
            case: id,
            title: title.trim().to_string(),
            opened: clock::now(),
            custodian: self.me(),
            roles: vec![(org, CaseRole::Contributor)],
            history,
        };
        let group = CaseGroup::create(&self.identity.mls, rules)?;
        self.insert_case(group, None)?;
        Ok(id)
    }

    /// Stores a group that is new here.
    fn insert_case(&mut self, group: CaseGroup, joined: Option<u64>) -> Result<(), Refused> {
        let id = group.case();
        let row = CaseRow {
            generation: group.generation(),
            joined: joined.unwrap_or(0),
        };
        let rows = group.rows();
        let grant = EpochGrant {
            generation: group.generation(),
            epoch: group.epoch(),
            secret: group.secret()?,
        };
        let write = &mut self.round.write;
        write.case(&self.store, id, &row);
        write.group(&self.store, id, &Rows::new(), &rows);
        write.secret(&self.store, id, &grant);
        self.round.durable = true;
        self.round.cases = true;
        let case = Case {
            row,
            group,
            rows,
            lamport: 0,
        };
        self.cases.insert(id, case);
        self.emit_case(id);
        Ok(())
    }

    /// Stores what has changed in a case's group, and the secret of its epoch.
    fn update_case(&mut self, id: CaseId) -> Result<(), Refused> {
        let case = self.cases.get_mut(&id).ok_or(Refused::UnknownCase)?;
        let rows = case.group.rows();
        let grant = EpochGrant {
            generation: case.group.generation(),
            epoch: case.group.epoch(),
            secret: case.group.secret()?,
        };
        let write = &mut self.round.write;
        write.group(&self.store, id, &case.rows, &rows);
        write.secret(&self.store, id, &grant);
        case.rows = rows;
        self.round.durable = true;
        self.round.cases = true;
        self.emit_case(id);
        let opener = self.opener.clone();
        self.then(move |ledger| {
            opener.epoch(id, grant.generation, grant.epoch);
            ledger.share_case(id);
        });
        Ok(())
    }

    /// Gives an organisation a role, and adds its nodes as far as their key packages are known.
    pub(super) fn invite(
        &mut self,
        id: CaseId,
        org: OrgId,
        role: CaseRole,
    ) -> Result<InviteOutcome, Refused> {
        let directory = self.directory.as_ref().ok_or(Refused::NoFederation)?;
        let member = directory
            .member(&org)
            .ok_or_else(|| Refused::UnknownOrganisation(org.short()))?;
        let group = &self.case(id)?.group;
        let mut rules = group.rules().clone();
        if rules.custodian != self.me() {
            return Err(group::Error::NotCustodian(self.me()).into());
        }
        if rules.role(&org).is_some() {
            return Err(Refused::AlreadyInvited(member.name.clone()));
        }
        rules.set_role(org, role);
        let Addable { ready, waiting } = self.addable(id, &rules)?;
        let outcome = InviteOutcome {
            org,
            added: ready.iter().map(|(node, _)| *node).collect(),
            waiting,
        };
        self.add(id, &ready, rules)?;
        Ok(outcome)
    }

    /// Nodes that the rules let in and that are not members.
    fn addable(&self, id: CaseId, rules: &Rules) -> Result<Addable, Refused> {
        let directory = self.directory.as_ref().ok_or(Refused::NoFederation)?;
        let members = self.case(id)?.group.members();
        let mut addable = Addable::default();
        for (org, entry) in directory.nodes() {
            if rules.role(&org).is_none() || members.contains(&entry.id) {
                continue;
            }
            match directory.key_package(&entry.id) {
                Some(offer)
                    if check_key_package(&offer.key_package, &entry.id, directory).is_ok()
                        && ContactPublic(entry.contact_key.clone())
                            .seal(&[], &[])
                            .is_ok() =>
                {
                    addable.ready.push((entry.id, offer.key_package.clone()));
                }
                _ => addable.waiting.push(entry.id),
            }
        }
        Ok(addable)
    }

    /// Adds every node that may be added to a case of which this node is custodian: after each change of the directory.
    pub(super) fn reconcile(&mut self) {
        let mine: Vec<CaseId> = self
            .cases
            .iter()
            .filter(|(_, c)| c.group.rules().custodian == self.me())
            .map(|(id, _)| *id)
            .collect();
        for id in mine {
            let result = self
                .case(id)
                .map(|c| c.group.rules().clone())
                .and_then(|rules| {
                    let ready = self.addable(id, &rules)?.ready;
                    if ready.is_empty() {
                        return Ok(());
                    }
                    self.add(id, &ready, rules)
                });
            if let Err(e) = result {
                self.shared.refuse(&e);
            }
        }
    }

    /// One commit: its entry, the group's new state, the new epoch's secret, the invitations and the grant of earlier
    /// epochs, all in this round.
    fn add(
        &mut self,
        id: CaseId,
        added: &[(NodeId, Vec<u8>)],
        rules: Rules,
    ) -> Result<(), Refused> {
        let history = rules.history;
        let directory = self.directory.as_ref().ok_or(Refused::NoFederation)?;
        let before = Before {
            write: self.round.write.len(),
            effects: self.round.effects.len(),
            logs: self.logs.clone(),
            cursors: self.cursors.clone(),
            parcels: self.parcels.clone(),
        };
        let case = self.cases.get_mut(&id).ok_or(Refused::UnknownCase)?;
        let (epoch, secret) = (case.group.epoch(), case.group.secret()?);
        let committed = case
            .group
            .add(&self.identity.mls, added, rules, directory)
            .map_err(Refused::from);
        let result = committed.and_then(|committed| {
            let payload = Payload::Commit(committed.commit);
            self.append(id, Lane::Flash, epoch, &secret, &payload)?;
            self.update_case(id)?;
            if let Some(invitation) = committed.invitation {
                self.send_invitations(added, &invitation)?;
                if history == History::All {
                    self.grant(id)?;
                }
            }
            Ok(())
        });
        if result.is_err() {
            // Nothing of a change that was refused in the middle may stay in the round: its rows would not fit.
            self.round.write.truncate(before.write);
            self.round.effects.truncate(before.effects);
            self.logs = before.logs;
            self.cursors = before.cursors;
            self.parcels = before.parcels;
            self.reload_case(id);
        }
        result
    }

    /// After a refusal, a group in memory must be what the store says.
    fn reload_case(&mut self, id: CaseId) {
        let fresh = self.store.cases().ok().into_iter().flatten();
        match fresh.into_iter().find(|(_, group, _)| group.case() == id) {
            Some((row, group, rows)) => {
                let lamport = self.cases.get(&id).map_or(0, |c| c.lamport);
                self.cases.insert(
                    id,
                    Case {
                        row,
                        group,
                        rows,
                        lamport,
                    },
                );
            }
            None => {
                self.cases.remove(&id);
            }
        }
    }

    fn send_invitations(
        &mut self,
        added: &[(NodeId, Vec<u8>)],
        invitation: &Invitation,
    ) -> Result<(), Refused> {
        let me = self.me();
        for (node, _) in added {
            let directory = self.directory.as_ref().ok_or(Refused::NoFederation)?;
            let (_, entry) = directory.node(node).ok_or(Refused::UnknownNode(*node))?;
            let key = ContactPublic(entry.contact_key.clone());
            let parcel = Parcel::seal(me, *node, &key, invitation, clock::now())?;
            self.keep_parcel(Signed::new(&parcel, &self.identity.key), *node);
        }
        Ok(())
    }

    /// Grants the secrets of all earlier epochs to whoever is a member now.
    fn grant(&mut self, id: CaseId) -> Result<(), Refused> {
        let group = &self.case(id)?.group;
        let (generation, epoch, secret) = (group.generation(), group.epoch(), group.secret()?);
        let mut grants = self.store.secrets(id)?;
        grants.retain(|g| (g.generation, g.epoch) < (generation, epoch));
        self.append(id, Lane::Flash, epoch, &secret, &Payload::Grant(grants))?;
        Ok(())
    }

    /// Joins the case of an invitation.
    pub(super) fn join(&mut self, invitation: &Invitation, from: NodeId) -> Result<(), Refused> {
        if self.cases.contains_key(&invitation.case) {
            return Ok(());
        }
        let directory = self.directory.as_ref().ok_or(Refused::NoFederation)?;
        let packages: Rows = self
            .packages
            .values()
            .flat_map(|rows| rows.iter().map(|(k, v)| (k.clone(), v.clone())))
            .collect();
        let group = CaseGroup::join(invitation, from, &packages, directory)?;
        let (id, epoch) = (group.case(), group.epoch());
        self.insert_case(group, Some(epoch))?;
        self.then(move |ledger| ledger.share_case(id));
        Ok(())
    }

    /// Follows a commit that the opener found: the group's new state and the log's cursor in one transaction.
    pub(super) fn follow(&mut self, at: CommitAt) -> Result<(), Refused> {
        let directory = self.directory.as_ref().ok_or(Refused::NoFederation)?;
        let case = self.cases.get_mut(&at.case).ok_or(Refused::UnknownCase)?;
        if let Err(e) = case.group.apply(&at.commit, at.writer, directory) {
            self.reload_case(at.case);
            return Err(e.into());
        }
        self.update_case(at.case)?;
        self.round.write.cursor(at.log, &at.cursor);
        Ok(())
    }

    /// Takes secrets of epochs that are not known here.
    pub(super) fn take_grants(
        &mut self,
        id: CaseId,
        from: NodeId,
        grants: Vec<EpochGrant>,
    ) -> Result<(), Refused> {
        let group = &self.case(id)?.group;
        if group.rules().custodian != from {
            return Err(group::Error::NotCustodian(from).into());
        }
        for grant in grants {
            let known = self.store.secret(id, grant.generation, grant.epoch)?;
            if known.is_some() {
                continue;
            }
            self.round.write.secret(&self.store, id, &grant);
            self.round.durable = true;
            let opener = self.opener.clone();
            self.then(move |_| opener.epoch(id, grant.generation, grant.epoch));
        }
        Ok(())
    }
}
