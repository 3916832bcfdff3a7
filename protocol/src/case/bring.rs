//! What a node brings along that comes to another group: secrets that those there may lack, and word of who was let in.

use super::{Case, Ctx, Effect, Error, line::Parting, member::TELLERS, tend::lets_in_more};
use crate::{
    group::{CaseRole, Cause, Delivery, GroupKey, History, RoleChange, Succession},
    id::NodeId,
    log::{EpochGrant, Payload, Request},
};

/// Organisations that a member tells the custodian of: no more requests of one member are kept.
const TOLD: usize = 16;

impl Case {
    /// Grants what this node can read and those on the other side of the split may lack: everything after the epoch that
    /// both have in common. Of a hostile custodian what it granted to newcomers may be cut: a few grant them the rest, too.
    pub(super) fn grant_beyond(
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
                && self.may_tell(ctx, g)
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
    pub(super) fn tell_let_in(
        &self,
        ctx: &Ctx<'_>,
        succession: &Succession,
    ) -> Result<Vec<Effect>, Error> {
        let base = self.base_group(&succession.motion);
        let Some(old) = base.or(self.others.last()) else {
            return Ok(Vec::new());
        };
        let own = ctx.directory.node_ever(&self.me).map(|(org, _)| org);
        let mut told: Vec<RoleChange> = Vec::new();
        for change in &old.rules().roles {
            let mut said = told.iter().filter(|c| c.org == change.org);
            let adds =
                |c: &RoleChange| is_more(change.role, c.role) || (change.lets_in() && !c.lets_in());
            let new = self.is_unknown(ctx, change) && said.all(adds);
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
        // Who came by trust tells those there nothing of where else it is.
        let silent = self.state.ended.is_some() || self.state.trusts;
        let tells = !silent && tellers.any(|n| *n == self.me);
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
}

fn is_more(role: Option<CaseRole>, than: Option<CaseRole>) -> bool {
    role.is_some_and(|role| role.is_more_than(than))
}
