//! What the custodian does without being asked: whom it adds and removes, what it learns, whose keys it renews.

use super::{
    Alarm, Case, Ctx, Effect, Error,
    custodian::{ADDS, Addable},
};
use crate::{
    codec,
    group::{self, RoleChange, Rules, Succession, check_key_package},
    id::{NodeId, OrgId},
    limits,
    log::Epoch,
    seal::ContactPublic,
};
use std::collections::{BTreeMap, BTreeSet};

/// Role changes beyond which the custodian learns no more of what earlier generations show.
const LEARNED: usize = limits::RULE_CHANGES / 2;
/// Nodes of one organisation that may have been removed since it was last invited, before those that it lists besides wait
/// for another invitation.
const REPLACED: usize = 64;
/// Members' fresh keys wait this long for each other, milliseconds: one commit for many.
const GATHER_MS: u64 = 60_000;

impl Case {
    /// Nodes that the rules let in and that are not members: those of organisations with a role, but not one that was
    /// removed since its organisation was last invited.
    #[must_use]
    pub fn addable(&self, ctx: &Ctx<'_>, rules: &Rules) -> Addable {
        let members = self.members();
        let mut addable = Addable::default();
        for (org, entry) in ctx.directory.nodes() {
            if rules.role(&org).is_none() {
                continue;
            }
            let invited = rules.invited(&org);
            let out = rules
                .former(&entry.id)
                .is_some_and(|f| Some(f.at) >= invited);
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

    /// Those of [`Case::addable`] that are added without being invited by name: each removal takes a place in the rules for
    /// ever, and nobody who lists and delists nodes all the time may take those that others' removals need.
    #[must_use]
    pub fn addable_unasked(&self, ctx: &Ctx<'_>, rules: &Rules) -> Vec<(NodeId, Vec<u8>)> {
        let ready = self.addable(ctx, rules).ready;
        // Each case is looked at once a minute.
        if ready.is_empty() {
            return ready;
        }
        // Members of the group that came before are no new ones.
        let active = self.state.group(&self.state.active);
        let succession = active.and_then(|g| g.succession.as_ref()?.unverified().ok());
        let succeeded: BTreeSet<NodeId> = succession.into_iter().flat_map(|s| s.members).collect();
        let org_of = |n: &NodeId| ctx.directory.node_ever(n).map(|(org, _)| org);
        let mut removed: BTreeMap<OrgId, usize> = BTreeMap::new();
        for former in &rules.former {
            let Some(org) = org_of(&former.node) else {
                continue;
            };
            // Its operator's invitation gives an organisation as many again.
            if Some(former.at) >= rules.invited(&org) {
                *removed.entry(org).or_default() += 1;
            }
        }
        let (back, mut new): (Vec<_>, Vec<_>) = ready
            .into_iter()
            .partition(|(node, _)| succeeded.contains(node));
        new.retain(|(node, _)| {
            let of_org = org_of(node).and_then(|org| removed.get(&org));
            of_org.is_none_or(|count| *count < REPLACED)
        });
        let taken = rules.former.len() + limits::RULE_CHANGES_FREE + self.members().len();
        let mut places = limits::RULE_CHANGES.saturating_sub(taken);
        if codec::encode(rules).len() + limits::RULES_FREE > limits::RULES {
            places = 0;
        }
        new.truncate(places);
        back.into_iter().chain(new).collect()
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
        let mut gone: BTreeSet<NodeId> = members.into_iter().filter(|n| !listed(n)).collect();
        if !gone.is_empty() {
            let mut rules = self.rules().clone();
            for org in self.left(ctx, &gone) {
                rules.set_role(org, None, self.epoch().next());
                gone.extend(self.nodes_of(ctx, org));
            }
            let reason = "its organisation has revoked it, or is no longer active";
            let removed = self.remove(ctx, gone, rules, reason);
            if !rules_are_full(&removed) {
                return removed;
            }
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
            let removed = self.remove_org(ctx, org, &reason);
            if !rules_are_full(&removed) {
                return removed;
            }
        }
        let rules = self.rules().clone();
        let mut ready = self.addable_unasked(ctx, &rules);
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
            let committed = self.commit(ctx, Vec::new(), BTreeSet::new(), learned, "");
            if !rules_are_full(&committed) {
                return committed;
            }
        }
        let gathered = ctx.now.since(self.state.committed) >= GATHER_MS;
        let due = ctx.now.since(self.state.refreshed) >= ctx.rekey_ms;
        if due || (gathered && !self.state.updates.is_empty()) {
            let rules = self.rules().clone();
            return self.commit(ctx, Vec::new(), BTreeSet::new(), rules, "");
        }
        Ok(Vec::new())
    }

    /// Organisations of these nodes that take no part in the federation any more, and have a role.
    fn left(&self, ctx: &Ctx<'_>, nodes: &BTreeSet<NodeId>) -> BTreeSet<OrgId> {
        let of_node = |n: &NodeId| ctx.directory.node_ever(n).map(|(org, _)| org);
        let orgs = nodes.iter().filter_map(of_node);
        let active = |org: &OrgId| ctx.directory.member(org).is_some();
        orgs.filter(|org| !active(org) && self.rules().role(org).is_some())
            .collect()
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

    /// Adds to the rules, as far as they have room, what late commits of earlier generations have shown, here or to members
    /// who came from there: organisations that were let in on the far side of a split. What they wrote there then counts
    /// everywhere.
    fn learned_rules(&self, ctx: &Ctx<'_>, mut rules: Rules) -> Rules {
        let members = self.members();
        let generation = self.epoch().generation;
        let seen = self.others.iter().flat_map(|group| &group.rules().roles);
        let mut changes: Vec<RoleChange> = seen.copied().collect();
        changes.extend(self.told_let_in(ctx));
        for change in changes {
            let more = lets_in_more(ctx, &rules, &change);
            // Nobody on the far side may take up all the room that changes have.
            if !more || change.at.generation >= generation || rules.roles.len() > LEARNED {
                continue;
            }
            // It holds for the epochs of that side only: what was said of later ones is said again.
            let end = Epoch::new(change.at.generation.saturating_add(1), 0);
            let held = rules.role_at(&change.org, end);
            let later = rules.roles.iter().copied();
            let later = later.filter(|c| c.org == change.org && c.at > change.at);
            let (before, after): (Vec<_>, Vec<_>) = later.partition(|c| c.at <= end);
            let learned = rules.roles.len();
            rules.roles.push(change);
            rules.roles.extend(before);
            rules.roles.push(RoleChange {
                org: change.org,
                role: held,
                at: end,
                stay_out: held.is_some(),
            });
            rules.roles.extend(after);
            // A commit with more than there is room for would be refused, and with it whom it adds.
            if self.rules().check_room(&rules, &members).is_err() {
                rules.roles.truncate(learned);
                break;
            }
        }
        rules
    }

    /// What members who came from the far side of a split say of it: of each organisation and generation once, or once more
    /// for a higher role. Of others only those are believed that were members when the two sides parted, and who is a member
    /// now of a custodian that was restored; of its own organisation anybody, as far as the role reaches that it has now.
    fn told_let_in(&self, ctx: &Ctx<'_>) -> Vec<RoleChange> {
        let mut told: Vec<RoleChange> = Vec::new();
        let parted: Vec<Succession> = self
            .state
            .groups
            .iter()
            .filter_map(|g| g.succession.as_ref()?.unverified().ok())
            .collect();
        for open in &self.state.requests {
            let crate::log::Request::LetIn(mut change) = open.request else {
                continue;
            };
            let (org, at) = (change.org, change.at);
            let own = open.org == org;
            if own
                && change
                    .role
                    .is_some_and(|r| r.is_more_than(self.rules().role(&org)))
            {
                change.role = self.rules().role(&org);
            }
            let was_there = |s: &&Succession| {
                // Who was elected again after it was restored has forgotten whom it let in itself, and asks them.
                let asks = s.motion.out == s.motion.successor;
                s.base.generation == at.generation
                    && at > s.base
                    && (asks || own || s.members.contains(&open.by))
            };
            let Some(parted) = parted.iter().find(was_there) else {
                continue;
            };
            let settled = self.rules().roles.iter().filter(|c| c.at > parted.base);
            let mut same = settled
                .chain(&told)
                .filter(|c| c.org == org && c.at.generation == at.generation);
            let more = |held| change.role.is_some_and(|role| role.is_more_than(held));
            let adds = |c: &RoleChange| {
                let again = change.lets_in() && !c.lets_in() && change.role == c.role;
                more(c.role) || again
            };
            let new = more(None) && same.all(adds);
            if new && ctx.directory.member(&org).is_some() {
                told.push(change);
            }
        }
        told
    }

    /// The custodian's node is in no current manifest any more: the others must look at it.
    #[must_use]
    pub fn custodian_alarm(&self, ctx: &Ctx<'_>) -> Option<Alarm> {
        let custodian = self.rules().custodian;
        let gone = self.state.ended.is_none() && ctx.directory.node(&custodian).is_none();
        gone.then(|| Alarm::CustodianRevoked {
            node: custodian,
            by: ctx.directory.delisted(&custodian),
        })
    }
}

/// Whether the rules take no more of something: the rest of the case goes on.
fn rules_are_full(removed: &Result<Vec<Effect>, Error>) -> bool {
    matches!(removed, Err(Error::Group(group::Error::Rules(_))))
}

/// Whether rules give an organisation less in an epoch than a change on another side did: a lesser role, or the same one
/// and no word of its having been let in again after a node of it was removed.
pub(super) fn lets_in_more(ctx: &Ctx<'_>, rules: &Rules, change: &RoleChange) -> bool {
    let held = rules.role_at(&change.org, change.at);
    let Some(role) = change.role else {
        return false;
    };
    let of_org = |n: &NodeId| {
        let org = ctx.directory.node_ever(n).map(|(org, _)| org);
        org == Some(change.org)
    };
    let said = |out: Epoch| {
        let mut changes = rules.roles.iter().filter(|c| c.org == change.org);
        changes.any(|c| c.lets_in() && out < c.at && c.at <= change.at)
    };
    let brings_back = || {
        let mut removed = rules.former.iter().filter(|f| f.at < change.at);
        removed.any(|f| !said(f.at) && of_org(&f.node))
    };
    role.is_more_than(held) || (Some(role) == held && change.lets_in() && brings_back())
}
