//! What may follow the rules of a case: in the next epoch, and where a successor begins.

use super::{Former, RoleChange, RuleCounts, Rules, Stage, StageChange};
use crate::{
    codec,
    group::{Error, GroupKey, HandOver, hand_over::lead},
    id::{NodeId, OrgId},
    limits,
    log::Epoch,
    signed::Signed,
};
use std::collections::BTreeSet;

impl Rules {
    /// Whether hand-overs in a group, from the first one in its generation on, lead from the custodian of these rules to
    /// somebody: to itself by those that are known here, or none.
    #[must_use]
    pub(crate) fn leads(&self, handed: &[Signed<HandOver>], key: &GroupKey, to: NodeId) -> bool {
        let last = self.handed.last().and_then(|h| h.unverified().ok());
        let since = last.map_or(Epoch::new(key.generation, 0), |h| h.at);
        let more = handed.strip_prefix(self.handed.as_slice());
        more.is_some_and(|more| lead(more, key, (self.custodian, since), to))
    }

    /// Checks that commits may have turned these rules of a group into `next`: what was settled stays settled, so that a
    /// custodian cannot rewrite who was allowed what, and nobody is custodian to whom the office was not handed.
    ///
    /// # Errors
    /// [`Error::Rules`] names what would change that may not.
    pub fn check_next(&self, next: &Self, key: &GroupKey) -> Result<(), Error> {
        next.check()?;
        if !self.leads(&next.handed, key, next.custodian) {
            return Err(Error::Rules("only the custodian hands its office over"));
        }
        let same = self.case == next.case
            && self.opened == next.opened
            && self.parent == next.parent
            && self.history == next.history;
        if !same || !next.roles.starts_with(&self.roles) {
            return Err(Error::Rules("a commit may not change what was settled"));
        }
        if !next.former.starts_with(&self.former) || !next.stages.starts_with(&self.stages) {
            return Err(Error::Rules("a commit may not change what was settled"));
        }
        if self.stage().is_some_and(|s| s.stage == Stage::Purged) {
            return Err(Error::Rules("the case is purged"));
        }
        Ok(())
    }

    /// Checks that the commit that makes epoch `at` may turn these rules into `next`: what it adds holds from `at` on. A
    /// later generation may give organisations more of a role in epochs of an earlier one: on the far side of a split they had it.
    ///
    /// # Errors
    /// As [`Rules::check_next`], or a change reaches into epochs that are past.
    pub(in crate::group) fn check_step(
        &self,
        next: &Self,
        key: &GroupKey,
        at: Epoch,
    ) -> Result<(), Error> {
        self.check_next(next, key)?;
        let past = Err(Error::Rules("a change holds from the next epoch on"));
        let mut handed = next.handed.iter().skip(self.handed.len());
        if handed.any(|h| h.unverified().is_ok_and(|h| h.at != at)) {
            return past;
        }
        let mut former = next.former.iter().skip(self.former.len());
        let mut stages = next.stages.iter().skip(self.stages.len());
        if former.any(|f| f.at != at) || stages.any(|s| s.at != at) {
            return past;
        }
        let mut roles = next.roles.iter().skip(self.roles.len());
        if roles.any(|c| c.at > at) || !keeps_roles(&self.roles, &next.roles, at, at.generation) {
            return past;
        }
        Ok(())
    }

    /// Checks that a commit in a group of these members leaves the room in the rules that others need: somebody hostile could
    /// otherwise fill them, and could not be removed or voted out any more. A case can be purged whatever its rules hold.
    ///
    /// # Errors
    /// [`Error::Rules`] if it adds what is not urgent and leaves less than [`limits::RULE_CHANGES_FREE`] and
    /// [`limits::RULES_FREE`], or removes members and leaves less than half of that.
    pub(crate) fn check_room(&self, next: &Self, members: &BTreeSet<NodeId>) -> Result<(), Error> {
        let mut former = next.former.iter().skip(self.former.len());
        let mut roles = next.roles.iter().skip(self.roles.len());
        let mut stages = next.stages.iter().skip(self.stages.len()).peekable();
        if stages.peek().is_some_and(|s| s.stage == Stage::Purged) {
            return Ok(());
        }
        let removes = former.all(|f| members.contains(&f.node))
            && roles.all(|c| c.role.is_none())
            && stages.next().is_none();
        let part = if removes { 2 } else { 1 };
        let fits = |before: usize, after: usize, most: usize, free: usize| {
            after <= before || after + free / part <= most
        };
        let counts = [
            (self.former.len(), next.former.len()),
            (self.roles.len(), next.roles.len()),
            (self.stages.len(), next.stages.len()),
        ];
        let mut counts = counts.into_iter();
        let bytes = |rules: &Self| codec::encode(rules).len();
        if counts.all(|(b, a)| fits(b, a, limits::RULE_CHANGES, limits::RULE_CHANGES_FREE))
            && (self == next || fits(bytes(self), bytes(next), limits::RULES, limits::RULES_FREE))
        {
            Ok(())
        } else {
            Err(Error::Rules(
                "the rest of the room in a case's rules is for removals and successions",
            ))
        }
    }

    /// Checks that the rules of a group to which somebody is invited leave room for successions: who begins one could
    /// otherwise fill them beforehand, and never be voted out.
    ///
    /// # Errors
    /// [`Error::Rules`] if they leave less than half of what commits leave for removals, or of a later generation, as each
    /// succession takes some, a quarter.
    pub(in crate::group) fn check_joined(&self, key: &GroupKey) -> Result<(), Error> {
        let part = if key.generation == 0 { 2 } else { 4 };
        let most = limits::RULE_CHANGES - limits::RULE_CHANGES_FREE / part;
        let counts = [self.former.len(), self.roles.len(), self.stages.len()];
        let bytes = codec::encode(self).len();
        if counts.iter().all(|count| *count <= most)
            && bytes <= limits::RULES - limits::RULES_FREE / part
        {
            Ok(())
        } else {
            Err(Error::Rules("they leave no room for successions"))
        }
    }

    /// Checks rules with which a successor begins: what was settled in these rules by epoch `upto`, which both have in
    /// common, must be in `next`, and nothing else may reach into epochs until then, but that an organisation had more of a role
    /// in some of them: see [`Rules::check_step`]. `settled` says how much of these rules is of that epoch;
    /// a node that came later does not know, and looks at what it can tell apart.
    ///
    /// # Errors
    /// [`Error::Rules`] if it is not.
    pub(crate) fn check_successor(
        &self,
        next: &Self,
        upto: Epoch,
        settled: Option<RuleCounts>,
    ) -> Result<(), Error> {
        let same = self.case == next.case
            && self.opened == next.opened
            && self.parent == next.parent
            && self.history == next.history;
        // Of a group beside this one, of the same generation, more may have been learned as well.
        let begun = upto.generation.saturating_add(1);
        let kept = match settled.and_then(|settled| self.until(settled, upto)) {
            Some((roles, former, stages)) => {
                next.roles.starts_with(roles)
                    && next.former.starts_with(former)
                    && next.stages.starts_with(stages)
                    && next.former.iter().skip(former.len()).all(|f| f.at > upto)
                    && next.stages.iter().skip(stages.len()).all(|s| s.at > upto)
                    && keeps_roles(roles, &next.roles, upto.next(), begun)
            }
            None => self.seems_kept(next, upto),
        };
        if same && kept {
            Ok(())
        } else {
            Err(Error::Rules("a successor may not change what was settled"))
        }
    }

    /// What these rules were when they had so many changes of each sort, without what these changed after an epoch; none if they
    /// have fewer.
    fn until(
        &self,
        settled: RuleCounts,
        upto: Epoch,
    ) -> Option<(&[RoleChange], &[Former], &[StageChange])> {
        Some((
            before(self.roles.get(..settled.roles as usize)?, |c| c.at > upto),
            before(self.former.get(..settled.former as usize)?, |f| f.at > upto),
            before(self.stages.get(..settled.stages as usize)?, |s| s.at > upto),
        ))
    }

    /// Whether what was settled by an epoch is in `next`, as far as that can be told without knowing what was learned later.
    fn seems_kept(&self, next: &Self, upto: Epoch) -> bool {
        // What was learned of earlier generations since may stand between.
        let here = |epoch: Epoch| epoch.generation == upto.generation && epoch <= upto;
        let both = self.roles.iter().chain(&next.roles);
        let mut roles = both.filter(|c| here(c.at));
        // Neither of these two is ever learned of another side.
        let former = |rules: &Self| -> Vec<Former> {
            let former = rules.former.iter().filter(|f| f.at <= upto);
            former.cloned().collect()
        };
        let stages = |rules: &Self| -> Vec<StageChange> {
            let stages = rules.stages.iter().filter(|s| s.at <= upto);
            stages.cloned().collect()
        };
        let keeps = |c: &RoleChange| {
            let (old, new) = (self.role_at(&c.org, c.at), next.role_at(&c.org, c.at));
            old == new || new.is_some_and(|role| role.is_more_than(old))
        };
        roles.all(keeps) && former(self) == former(next) && stages(self) == stages(next)
    }

    /// Without what was changed after epoch `upto`.
    pub(crate) fn forget_after(&mut self, upto: Epoch) {
        self.roles.retain(|c| c.at <= upto);
        self.former.retain(|f| f.at <= upto);
        self.stages.retain(|s| s.at <= upto);
    }
}

/// Without the changes at the end that are later.
fn before<Change>(mut changes: &[Change], later: impl Fn(&Change) -> bool) -> &[Change] {
    while let Some((_, rest)) = changes.split_last().filter(|(last, _)| later(last)) {
        changes = rest;
    }
    changes
}

/// Whether `after`, which adds to `before`, leaves each organisation its role in every epoch before `end`; in those of generations
/// before `generation` it may have had more of one.
fn keeps_roles(before: &[RoleChange], after: &[RoleChange], end: Epoch, generation: u32) -> bool {
    let added = after.iter().skip(before.len());
    let orgs: BTreeSet<OrgId> = added.map(|c| c.org).collect();
    orgs.into_iter().all(|org| {
        let of_org = |changes: &[RoleChange]| -> Vec<RoleChange> {
            changes.iter().filter(|c| c.org == org).copied().collect()
        };
        let (before, after) = (of_org(before), of_org(after));
        let role = |changes: &[RoleChange], epoch| {
            let held = changes.iter().rfind(|c| c.at <= epoch);
            held.and_then(|c| c.role)
        };
        // A role stays the same between two changes, so it is enough to look where there is one.
        let changes = after.iter().map(|c| c.at);
        let mut past = changes
            .chain([Epoch::new(generation, 0)])
            .filter(|epoch| *epoch < end);
        past.all(|epoch| {
            let (old, new) = (role(&before, epoch), role(&after, epoch));
            let more = new.is_some_and(|role| role.is_more_than(old));
            old == new || (more && epoch.generation < generation)
        })
    })
}
