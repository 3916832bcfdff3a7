//! What the custodian does: commits.

use super::{Alarm, Case, Ctx, Effect, Error, Step};
use crate::{
    group::{
        CaseRole, Change, Cut, Delivery, Former, History, Invitation, RoleChange, Rules, Stage,
        StageChange, Succession, check_key_package,
    },
    id::{NodeId, OrgId},
    limits,
    log::{Epoch, Payload},
    seal::ContactPublic,
};
use std::collections::BTreeSet;

/// Key packages in one commit: each has about 3 KiB, and so many fit an entry.
pub(super) const ADDS: usize = 48;
/// Role changes beyond which the custodian learns no more of what earlier generations show.
const LEARNED: usize = limits::RULE_CHANGES / 2;
/// Members' fresh keys wait this long for each other, milliseconds: one commit for many.
const GATHER_MS: u64 = 60_000;

/// Nodes that a case's rules let in and that are not members.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Addable {
    /// With their key packages.
    pub ready: Vec<(NodeId, Vec<u8>)>,
    /// Those of which no usable key package is known yet.
    pub waiting: Vec<NodeId>,
}

impl Case {
    /// Gives an organisation a role; its nodes are added as far as their key packages are known, the rest as soon as
    /// they come. Inviting an organisation of which a node was removed lets that node in again.
    ///
    /// # Errors
    /// Not the custodian, or it has this role and all its nodes.
    pub fn invite(
        &mut self,
        ctx: &Ctx<'_>,
        org: OrgId,
        role: CaseRole,
    ) -> Result<(Addable, Vec<Effect>), Error> {
        self.check_custodian()?;
        let mut rules = self.rules().clone();
        rules.set_role(org, Some(role), self.epoch().next());
        let mut addable = self.addable(ctx, &rules);
        addable.ready.truncate(ADDS);
        let changes_nothing = self.rules().role(&org) == Some(role)
            && addable.ready.is_empty()
            && addable.waiting.is_empty();
        if changes_nothing {
            return Err(Error::AlreadyInCase);
        }
        let effects = self.commit(ctx, addable.ready.clone(), BTreeSet::new(), rules, "")?;
        Ok((addable, effects))
    }

    /// Removes an organisation with all its nodes. What this node holds of their logs counts; nothing later does.
    ///
    /// # Errors
    /// Not the custodian, it is the custodian's own organisation, or it has no role.
    pub fn remove_org(
        &mut self,
        ctx: &Ctx<'_>,
        org: OrgId,
        reason: &str,
    ) -> Result<Vec<Effect>, Error> {
        self.check_custodian()?;
        if self.rules().role(&org).is_none() {
            return Err(Error::NotInCase);
        }
        let members = self.members();
        let of_org = |n: &&NodeId| ctx.directory.node_ever(n).is_some_and(|(o, _)| o == org);
        let nodes: BTreeSet<NodeId> = members.iter().filter(of_org).copied().collect();
        if nodes.contains(&self.me) {
            return Err(Error::CustodianStays);
        }
        let mut rules = self.rules().clone();
        rules.set_role(org, None, self.epoch().next());
        self.remove(ctx, nodes, rules, reason)
    }

    /// Removes one node; its organisation keeps its role.
    ///
    /// # Errors
    /// Not the custodian, the custodian's own node, or no member.
    pub fn remove_node(
        &mut self,
        ctx: &Ctx<'_>,
        node: NodeId,
        reason: &str,
    ) -> Result<Vec<Effect>, Error> {
        self.check_custodian()?;
        if node == self.me {
            return Err(Error::CustodianStays);
        }
        // Also one that the old custodian let in on the far side of a split, or whose logs have no end.
        let open_end = match self.rules().former(&node) {
            Some(former) => former.cuts.is_none(),
            None => self.was_member(&node),
        };
        if !self.members().contains(&node) && !open_end {
            return Err(Error::NotInCase);
        }
        let rules = self.rules().clone();
        self.remove(ctx, [node].into(), rules, reason)
    }

    fn remove(
        &mut self,
        ctx: &Ctx<'_>,
        nodes: BTreeSet<NodeId>,
        mut rules: Rules,
        reason: &str,
    ) -> Result<Vec<Effect>, Error> {
        let at = self.epoch().next();
        for node in &nodes {
            rules.former.push(former(ctx, *node, at));
        }
        let members = self.members();
        let leaves = nodes.intersection(&members).copied().collect();
        self.commit(ctx, Vec::new(), leaves, rules, reason)
    }

    /// Changes the role of an organisation.
    ///
    /// # Errors
    /// Not the custodian, or the organisation has no role, or this one.
    pub fn set_role(
        &mut self,
        ctx: &Ctx<'_>,
        org: OrgId,
        role: CaseRole,
    ) -> Result<Vec<Effect>, Error> {
        self.check_custodian()?;
        match self.rules().role(&org) {
            None => return Err(Error::NotInCase),
            Some(now) if now == role => return Err(Error::NothingToDo),
            Some(_) => {}
        }
        let mut rules = self.rules().clone();
        rules.set_role(org, Some(role), self.epoch().next());
        self.commit(ctx, Vec::new(), BTreeSet::new(), rules, "")
    }

    /// Makes another member custodian.
    ///
    /// # Errors
    /// Not the custodian, or the other is no member.
    pub fn hand_over(&mut self, ctx: &Ctx<'_>, to: NodeId) -> Result<Vec<Effect>, Error> {
        self.check_custodian()?;
        if to == self.me {
            return Err(Error::NothingToDo);
        }
        let mut rules = self.rules().clone();
        rules.custodian = to;
        self.commit(ctx, Vec::new(), BTreeSet::new(), rules, "")
    }

    /// Closes, reopens or purges the case for everybody.
    ///
    /// # Errors
    /// Not the custodian, or it is at that stage.
    pub fn set_stage(
        &mut self,
        ctx: &Ctx<'_>,
        stage: Stage,
        reason: &str,
        retain_days: Option<u32>,
    ) -> Result<Vec<Effect>, Error> {
        self.check_custodian()?;
        match (self.rules().stage_at(self.epoch()), stage) {
            (Stage::Open, Stage::Open) => return Err(Error::Stage("open already")),
            (Stage::Closed, Stage::Closed) => return Err(Error::Stage("closed already")),
            _ => {}
        }
        let at = self.epoch().next();
        let mut rules = self.rules().clone();
        if stage == Stage::Closed {
            rules.retain_days = retain_days;
        }
        rules.stages.push(StageChange {
            stage,
            reason: reason.to_string(),
            time: ctx.now,
            at,
        });
        let mut effects = self.commit(ctx, Vec::new(), BTreeSet::new(), rules, "")?;
        if stage == Stage::Purged {
            effects.push(self.purge_notice(at, reason));
            effects.extend(self.purge());
        }
        Ok(effects)
    }

    pub(super) fn commit_nothing(&mut self, ctx: &Ctx<'_>) -> Result<Vec<Effect>, Error> {
        self.check_custodian()?;
        let rules = self.rules().clone();
        self.commit(ctx, Vec::new(), BTreeSet::new(), rules, "")
    }

    fn check_custodian(&self) -> Result<(), Error> {
        if let Some(ended) = &self.state.ended {
            return Err(Error::Ended(ended.clone()));
        }
        if self.rules().custodian != self.me {
            return Err(crate::group::Error::NotCustodian(self.me).into());
        }
        if self.state.restored {
            return Err(Error::Restored);
        }
        Ok(())
    }

    /// Nodes that the rules let in and that are not members: those of organisations with a role, but not one that was
    /// removed since its organisation was last invited.
    #[must_use]
    pub fn addable(&self, ctx: &Ctx<'_>, rules: &Rules) -> Addable {
        let members = self.members();
        let mut addable = Addable::default();
        for (org, entry) in ctx.directory.nodes() {
            let invited = rules.roles.iter().rev().find(|c| c.org == org);
            let Some(invited) = invited.filter(|c| c.role.is_some()) else {
                continue;
            };
            let out = rules.former(&entry.id).is_some_and(|f| f.at >= invited.at);
            if out || members.contains(&entry.id) {
                continue;
            }
            match ctx.directory.key_package(&entry.id) {
                Some(offer)
                    if check_key_package(&offer.key_package, &entry.id, ctx.directory).is_ok()
                        && ContactPublic(entry.contact_key.clone())
                            .seal(&[], &[])
                            .is_ok() =>
                {
                    addable.ready.push((entry.id, offer.key_package.clone()));
                }
                _ => addable.waiting.push(entry.id),
            }
        }
        let offered: Vec<NodeId> = addable.ready.iter().map(|(node, _)| *node).collect();
        addable.ready = self.active.compatible(addable.ready, ctx.directory);
        let fits = |node: &NodeId| addable.ready.iter().any(|(n, _)| n == node);
        let unfit: Vec<NodeId> = offered.into_iter().filter(|n| !fits(n)).collect();
        addable.waiting.extend(unfit);
        addable
    }

    /// What is due: nodes to add and to remove, members' fresh keys, the custodian's own.
    pub(super) fn tend(&mut self, ctx: &Ctx<'_>) -> Result<Vec<Effect>, Error> {
        if self.state.restored {
            return Ok(Vec::new());
        }
        let listed = |n: &NodeId| ctx.directory.node(n).is_some();
        if !listed(&self.me) {
            return Ok(Vec::new());
        }
        let members = self.members();
        let gone: BTreeSet<NodeId> = members.into_iter().filter(|n| !listed(n)).collect();
        if !gone.is_empty() {
            let rules = self.rules().clone();
            let reason = "its organisation has revoked it, or is no longer active";
            return self.remove(ctx, gone, rules, reason);
        }
        let renewed = self.renewed(ctx);
        if !renewed.is_empty() {
            let nodes = renewed.iter().map(|(node, _)| *node).collect();
            let rules = self.rules().clone();
            return self.commit(ctx, renewed, nodes, rules, "");
        }
        // The custodian's own organisation hands over first: until then its wish must not keep the rest waiting.
        let mine = ctx.directory.node_ever(&self.me).map(|(org, _)| org);
        let leaving = self.state.requests.iter().find_map(|r| match &r.request {
            crate::log::Request::Leave(reason) if Some(r.org) != mine => {
                Some((r.org, reason.clone()))
            }
            _ => None,
        });
        if let Some((org, reason)) = leaving {
            return self.remove_org(ctx, org, &reason);
        }
        let rules = self.rules().clone();
        let mut ready = self.addable(ctx, &rules).ready;
        ready.truncate(ADDS);
        let learned = self.learned_rules(ctx, rules);
        if !ready.is_empty() {
            let added = self.commit(ctx, ready.clone(), BTreeSet::new(), learned.clone(), "");
            if let Ok(effects) = added {
                return Ok(effects);
            }
            // One node that cannot be added must not keep the others out, nor the rest waiting.
            for add in ready {
                let added = self.commit(ctx, vec![add], BTreeSet::new(), learned.clone(), "");
                if let Ok(effects) = added {
                    return Ok(effects);
                }
            }
        }
        if learned != *self.rules() {
            return self.commit(ctx, Vec::new(), BTreeSet::new(), learned, "");
        }
        let gathered = ctx.now.since(self.state.committed) >= GATHER_MS;
        let due = ctx.now.since(self.state.refreshed) >= ctx.rekey_ms;
        if due || (gathered && !self.state.updates.is_empty()) {
            return self.commit(ctx, Vec::new(), BTreeSet::new(), learned, "");
        }
        Ok(Vec::new())
    }

    /// Members whose organisation lists another MLS key for them than the one in the group, with new key packages: they
    /// can say nothing in the group any more, and the old key may be in other hands.
    fn renewed(&self, ctx: &Ctx<'_>) -> Vec<(NodeId, Vec<u8>)> {
        let mut outdated = self.active.outdated(ctx.directory);
        outdated.remove(&self.me);
        let offered = outdated.into_iter().filter_map(|node| {
            let offer = ctx.directory.key_package(&node)?;
            let sound = check_key_package(&offer.key_package, &node, ctx.directory).is_ok();
            sound.then(|| (node, offer.key_package.clone()))
        });
        let mut renewed = self.active.compatible(offered.collect(), ctx.directory);
        renewed.truncate(ADDS);
        renewed
    }

    /// Adds to the rules what late commits of earlier generations have shown, here or to members who came from there:
    /// organisations that were let in on the far side of a split. What they wrote there then counts everywhere.
    fn learned_rules(&self, ctx: &Ctx<'_>, mut rules: Rules) -> Rules {
        let generation = self.epoch().generation;
        let seen = self.others.iter().flat_map(|group| &group.rules().roles);
        let mut changes: Vec<RoleChange> = seen.copied().collect();
        changes.extend(self.told_let_in(ctx));
        for change in changes {
            let let_in = change.role.is_some()
                && change.at.generation < generation
                && rules.role_at(&change.org, change.at).is_none();
            // Nobody on the far side may take up all the room that changes have.
            if !let_in || rules.roles.len() > LEARNED {
                continue;
            }
            // It holds for the epochs of that side only: what was said of later ones is said again.
            let end = Epoch::new(change.at.generation.saturating_add(1), 0);
            let held = rules.role_at(&change.org, end);
            let later = rules.roles.iter().copied();
            let later = later.filter(|c| c.org == change.org && c.at > change.at);
            let (before, after): (Vec<_>, Vec<_>) = later.partition(|c| c.at <= end);
            rules.roles.push(change);
            rules.roles.extend(before);
            rules.set_role(change.org, held, end);
            rules.roles.extend(after);
        }
        rules
    }

    /// What members who came from the far side of a split say of it: of each organisation and generation once. Only those
    /// are believed that were members when the two sides parted, and who is a member now of a custodian that was restored.
    fn told_let_in(&self, ctx: &Ctx<'_>) -> Vec<RoleChange> {
        let mut told: Vec<RoleChange> = Vec::new();
        let parted: Vec<Succession> = self
            .state
            .groups
            .iter()
            .filter_map(|g| g.succession.as_ref()?.unverified().ok())
            .collect();
        for open in &self.state.requests {
            let crate::log::Request::LetIn(change) = open.request else {
                continue;
            };
            let (org, at) = (change.org, change.at);
            let was_there = |s: &&Succession| {
                // Who was elected again after it was restored has forgotten whom it let in itself, and asks them.
                let asks = s.motion.out == s.motion.successor;
                s.base.generation == at.generation
                    && at > s.base
                    && (asks || s.members.contains(&open.by))
            };
            let Some(parted) = parted.iter().find(was_there) else {
                continue;
            };
            let same = |c: &&RoleChange| c.org == org && c.at.generation == at.generation;
            let mut settled = self.rules().roles.iter().filter(same);
            let known = settled.any(|c| c.at > parted.base) || told.iter().any(|c| same(&c));
            if !known && ctx.directory.member(&org).is_some() {
                told.push(change);
            }
        }
        told
    }

    /// One commit: its entry, the new epoch's secret, the invitations, the grant of earlier epochs, the notices.
    fn commit(
        &mut self,
        ctx: &Ctx<'_>,
        add: Vec<(NodeId, Vec<u8>)>,
        remove: BTreeSet<NodeId>,
        rules: Rules,
        reason: &str,
    ) -> Result<Vec<Effect>, Error> {
        let (a, r, n) = (add.clone(), remove.clone(), rules.clone());
        let result = self.attempt(|case| case.commit_change(ctx, a, r, n, reason));
        if result.is_ok() || self.state.updates.is_empty() {
            return result;
        }
        // Members' fresh keys must not keep the custodian from anything: they propose again.
        let retried = self.attempt(|case| {
            case.state.updates.clear();
            case.commit_change(ctx, add, remove, rules, reason)
        });
        retried.or(result)
    }

    pub(super) fn commit_change(
        &mut self,
        ctx: &Ctx<'_>,
        add: Vec<(NodeId, Vec<u8>)>,
        remove: BTreeSet<NodeId>,
        rules: Rules,
        reason: &str,
    ) -> Result<Vec<Effect>, Error> {
        let (at, secret) = (self.epoch(), self.secret()?);
        let added: Vec<NodeId> = add.iter().map(|(node, _)| *node).collect();
        let removed: Vec<NodeId> = remove.iter().copied().collect();
        let updates = std::mem::take(&mut self.state.updates);
        let change = Change {
            add,
            remove,
            updates: updates
                .into_values()
                .map(serde_bytes::ByteBuf::into_vec)
                .collect(),
            rules,
        };
        let committed = self.active.commit(ctx.identity, change, ctx.directory)?;
        let epoch = self.epoch();
        let key = *self.active.key();
        if let Some(followed) = self.state.group_mut(&key) {
            followed.steps.push(Step {
                to: epoch,
                log: Step::OWN,
                seq: 0,
                added: added.clone(),
                removed: removed.clone(),
            });
        }
        self.state.proposed = None;
        (self.state.refreshed, self.state.committed) = (ctx.now, ctx.now);
        self.drop_settled_requests();
        let mut effects = vec![
            Effect::Append {
                at,
                secret,
                payload: Box::new(Payload::Commit(committed.commit)),
            },
            Effect::Secret(crate::log::EpochGrant::new(epoch, self.active.secret()?)),
        ];
        let removed: Vec<NodeId> = removed.into_iter().filter(|n| !added.contains(n)).collect();
        if let Some(welcome) = committed.welcome {
            effects.extend(self.welcome(ctx, added, welcome)?);
        }
        if !removed.is_empty() {
            effects.push(self.notice(removed, epoch, reason));
        }
        effects.push(Effect::Changed);
        Ok(effects)
    }

    /// Invites those who were added, and with history `all` grants the secrets of all earlier epochs.
    pub(super) fn welcome(
        &self,
        ctx: &Ctx<'_>,
        to: Vec<NodeId>,
        welcome: Vec<u8>,
    ) -> Result<Vec<Effect>, Error> {
        let key = *self.active.key();
        let succession = self.state.group(&key).and_then(|g| g.succession.clone());
        let invitation = Invitation {
            case: key.case,
            generation: key.generation,
            succession,
            welcome,
        };
        let mut effects = vec![Effect::Deliver {
            to,
            delivery: Box::new(Delivery::Invitation(invitation)),
        }];
        if self.rules().history == History::All {
            let now = self.epoch();
            let mut grants = ctx.held.secrets();
            grants.retain(|g| g.at() < now);
            if !grants.is_empty() {
                effects.push(self.append(Payload::Grant(grants))?);
            }
        }
        Ok(effects)
    }

    /// The custodian's node is in no current manifest any more: the others must look at it.
    #[must_use]
    pub fn custodian_alarm(&self, ctx: &Ctx<'_>) -> Option<Alarm> {
        let custodian = self.rules().custodian;
        let gone = self.state.ended.is_none() && ctx.directory.node(&custodian).is_none();
        gone.then_some(Alarm::CustodianRevoked(custodian))
    }
}

/// A node that leaves, with the cut where this node's copies of its logs end.
pub(super) fn former(ctx: &Ctx<'_>, node: NodeId, at: Epoch) -> Former {
    let heights = ctx.held.heights(&node).into_iter();
    // The host holds no more: if it does all the same, the node must go all the same.
    let heights = heights.take(limits::LOGS_PER_NODE);
    Former {
        node,
        at,
        cuts: Some(heights.map(|(log, height)| Cut { log, height }).collect()),
    }
}
