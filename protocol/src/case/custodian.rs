//! What the custodian does: commits.

use super::{Case, Ctx, Effect, Error, Step};
use crate::{
    group::{
        CaseRole, Change, Cut, Delivery, Former, HandOver, History, Invitation, RoleChange, Rules,
        Stage, StageChange,
    },
    id::{NodeId, OrgId},
    limits,
    log::{Epoch, EpochGrant, Payload},
};
use std::collections::BTreeSet;

/// Key packages in one commit: each has about 3 KiB, so that the commit takes a few entries. With fewer, a case of 1,000
/// costs each member more commits to follow, and each of those costs work that grows with the number of members.
pub(super) const ADDS: usize = 256;

/// Nodes that a case's rules let in and that are not members.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Addable {
    /// With their key packages.
    pub ready: Vec<(NodeId, Vec<u8>)>,
    /// Those of which no usable key package is known yet, or for whose removal the rules would have no room.
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
        let nodes = self.nodes_of(ctx, org);
        if nodes.contains(&self.me) {
            return Err(Error::CustodianStays);
        }
        let mut rules = self.rules().clone();
        rules.set_role(org, None, self.epoch().next());
        self.remove(ctx, nodes, rules, reason)
    }

    /// The members of an organisation, and those of its nodes that are in other groups of this case: what is held of their
    /// logs counts.
    pub(super) fn nodes_of(&self, ctx: &Ctx<'_>, org: OrgId) -> BTreeSet<NodeId> {
        let members = self.members();
        let of_org = |n: &&NodeId| ctx.directory.node_ever(n).is_some_and(|(o, _)| o == org);
        let mut nodes: BTreeSet<NodeId> = members.iter().filter(of_org).copied().collect();
        let listed = ctx.directory.nodes().filter(|(of, _)| *of == org);
        let elsewhere = listed.map(|(_, entry)| entry.id).filter(|node| {
            self.rules().former(node).is_none() && !ctx.held.heights(node).is_empty()
        });
        nodes.extend(elsewhere);
        nodes
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

    pub(super) fn remove(
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

    /// Changes the role of an organisation. Its nodes that are out stay out: to let them in takes an invitation.
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
        let at = self.epoch().next();
        let mut rules = self.rules().clone();
        rules.roles.push(RoleChange {
            org,
            role: Some(role),
            at,
            stay_out: true,
        });
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
        let (key, at) = (self.state.active, self.epoch().next());
        rules.hand_over(HandOver::sign(&key, at, to, ctx.key), to);
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

    pub(super) fn check_custodian(&self) -> Result<(), Error> {
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

    /// One commit: its entry, the new epoch's secret, the invitations, the grant of earlier epochs, the notices.
    pub(super) fn commit(
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
        let (epoch, settled) = (self.epoch(), self.rules().counts());
        let key = *self.active.key();
        if let Some(followed) = self.state.group_mut(&key) {
            followed.steps.push(Step {
                to: epoch,
                log: Step::OWN,
                seq: 0,
                hash: None,
                added: added.clone(),
                removed: removed.clone(),
                settled: Some(settled),
            });
        }
        self.state.proposed = None;
        (self.state.refreshed, self.state.committed) = (ctx.now, ctx.now);
        self.drop_settled_requests(ctx);
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
            grants.retain(|g| g.at() < now && self.may_tell(ctx, g));
            effects.extend(self.grant(&grants)?);
        }
        Ok(effects)
    }

    /// Grants secrets to all members, in as many entries as they need: the latest first, as there is an end to what is kept of
    /// one granter.
    pub(super) fn grant(&self, secrets: &[EpochGrant]) -> Result<Vec<Effect>, Error> {
        let parts = secrets.rchunks(limits::SECRETS_OF_GRANTER);
        parts
            .map(|part| self.append(Payload::Grant(part.to_vec())))
            .collect()
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
