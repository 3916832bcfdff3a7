//! How operators react to what has gone wrong.

use super::Operators;
use crate::sim::host::Action;
use focal_protocol::{
    case::{Alarm, Ended},
    group::{CaseRole, Cause, Rank},
    id::{CaseId, NodeId},
    log::Epoch,
};
use std::collections::BTreeSet;

impl Operators {
    /// Everything is mended: no split, nobody down, nobody does anything new against the others.
    pub fn mend(&mut self) {
        self.world.note(|| "everything is mended".into());
        let sides = vec![0; self.world.seats.len()];
        self.world.split(sides);
        self.world.weather.lasts_ms = 0;
        self.world.mend_hosts();
        for index in 0..self.world.seats.len() {
            if !self.world.seats[index].gone {
                self.world.start(index);
            }
        }
        self.world.reconnect();
    }

    /// Operators do what the manual says: they vote out a custodian that is hostile, gone, or was restored, and let in anew
    /// who was restored and cannot follow, and who was invited and has not heard of it.
    pub fn react(&mut self) {
        for case in self.cases.clone() {
            self.introduce(case);
            self.replace_custodian(case);
            self.agree_by_telephone(case);
            self.remind(case);
            self.readmit(case);
            self.bring_in_who_went_astray(case);
        }
    }

    /// Who follows nothing of a case, as nobody between it and the others knows of the case (any more), connects to whoever
    /// has come furthest.
    fn introduce(&mut self, case: CaseId) {
        let knowing = self.members(case);
        let mut furthest: Option<(Rank, Epoch, usize)> = None;
        for index in &knowing {
            if let Some(info) = self.world.seats[*index].host.info(case) {
                furthest = furthest.max(Some((info.rank, info.epoch, *index)));
            }
        }
        let Some((.., first)) = furthest else {
            return;
        };
        let Some(lead) = self.world.seats[first].host.info(case) else {
            return;
        };
        let reached = self.world.reachable(first, &knowing);
        for index in self.running() {
            let member = lead.members.contains(&self.world.node(index));
            if member && self.world.is_honest(index) && !reached.contains(&index) {
                self.world
                    .note(|| format!("hosts {first} and {index} connect, for case {case:?}"));
                self.world.link(first, index);
            }
        }
    }

    /// The honest hosts that run and take part in a case, and not in one of this id that somebody has made up.
    pub fn members(&mut self, case: CaseId) -> Vec<usize> {
        let mut members = self.believers(case);
        members.retain(|i| !self.world.is_in_made_up(*i, case));
        members
    }

    /// The honest hosts that run and believe that they take part in a case.
    pub(super) fn believers(&mut self, case: CaseId) -> Vec<usize> {
        let mut members = Vec::new();
        for index in self.running() {
            let me = self.world.node(index);
            let honest = self.world.is_honest(index);
            let info = self.world.seats[index].host.info(case);
            if honest && info.is_some_and(|i| i.ended.is_none() && i.members.contains(&me)) {
                members.push(index);
            }
        }
        members
    }

    fn replace_custodian(&mut self, case: CaseId) {
        let hostile = self.world.hostile_nodes();
        let gone: BTreeSet<NodeId> = self
            .world
            .seats
            .iter()
            .filter(|s| s.gone)
            .map(|s| s.host.me())
            .collect();
        let members = self.members(case);
        // Whoever has followed furthest and remembers everything; and all agree on it by telephone.
        let mut heir: Option<(bool, Rank, Epoch, usize)> = None;
        let (mut out, mut restored) = (gone, BTreeSet::new());
        out.extend(&hostile);
        let vacant = self.honest_custodian(case).is_none();
        for index in 0..self.world.seats.len() {
            let me = self.world.node(index);
            let was_restored = self.world.seats[index].restored;
            if was_restored {
                restored.insert(me);
            }
            let Some(info) = self.world.seats[index].host.info(case) else {
                continue;
            };
            if info.restored {
                restored.insert(me);
            }
            let is_out = match info.ended {
                Some(Ended::VotedOut { .. }) => true,
                // Whoever has the office now may keep back from others that it left; on the telephone it says so.
                Some(Ended::Removed { .. }) => vacant,
                _ => false,
            };
            if is_out {
                out.insert(me);
            }
            let standing = (
                !restored.contains(&me),
                info.rank,
                info.epoch,
                usize::MAX - index,
            );
            if members.contains(&index) {
                heir = heir.max(Some(standing));
            }
        }
        let Some((.., heir)) = heir else {
            return;
        };
        let mut heir = self.world.node(usize::MAX - heir);
        // Of two histories all go back to what they have in common: to somebody who was a member then.
        // And not to who signed them.
        let mut common: Option<BTreeSet<NodeId>> = None;
        let mut signers = BTreeSet::new();
        for index in &members {
            let Some(info) = self.world.seats[*index].host.info(case) else {
                continue;
            };
            if let Some(electors) = info.forked.clone() {
                signers.insert(info.rules.custodian);
                common = Some(match common {
                    Some(common) => &common & &electors,
                    None => electors,
                });
            }
        }
        if let Some(common) = common {
            let mut here = members.iter().map(|index| self.world.node(*index));
            if let Some(elected) =
                here.find(|node| common.contains(node) && !signers.contains(node))
            {
                heir = elected;
            }
        }
        for index in members {
            let Some(info) = self.world.seats[index].host.info(case) else {
                continue;
            };
            let custodian = info.rules.custodian;
            // One that was restored is custodian all the same if it has forgotten nothing.
            let behind = restored.contains(&custodian) && self.is_behind(custodian, case);
            let forked = info.forked.is_some();
            if !out.contains(&custodian) && !behind && !forked {
                continue;
            }
            let cause = if forked || hostile.contains(&custodian) {
                Cause::Hostile
            } else {
                Cause::Lost
            };
            self.act(index, case, Action::Vote(heir, cause));
        }
    }

    /// Who hears that others were voted custodian, and cannot tell whether rightly, asks them and follows those who have
    /// come furthest.
    fn agree_by_telephone(&mut self, case: CaseId) {
        let mut furthest: Option<(Rank, NodeId, NodeId)> = None;
        let mut behind = Vec::new();
        for index in self.running() {
            let honest = self.world.is_honest(index);
            let info = self.world.seats[index].host.info(case);
            let Some(info) = info.filter(|_| honest) else {
                continue;
            };
            if info.ended.is_none()
                && let Some(successor) = info.successor
            {
                furthest = furthest.max(Some((info.rank, successor, info.rules.custodian)));
            }
            behind.push((index, info.rank));
        }
        let Some((rank, successor, custodian)) = furthest else {
            return;
        };
        behind.retain(|(_, at)| *at < rank);
        for (index, _) in behind {
            for node in [successor, custodian] {
                let seat = &self.world.seats[index];
                let contested = |(of, alarm): &(CaseId, Alarm)| {
                    let by = matches!(alarm, Alarm::Contested(claim) if claim.successor == node);
                    *of == case && by
                };
                if seat.restored || seat.alarms.iter().any(contested) {
                    self.act(index, case, Action::Vote(node, Cause::Lost));
                }
            }
        }
    }

    /// A custodian that was restored, and hears from somebody that it is out since, asks who has the office now.
    fn remind(&mut self, case: CaseId) {
        let Some(custodian) = self.honest_custodian(case) else {
            return;
        };
        let by = self.world.node(custodian);
        for index in self.believers(case) {
            let told = (self.world.seats[index].alarms.iter()).any(|(of, alarm)| {
                *of == case && matches!(alarm, Alarm::Contested(claim) if claim.successor == by)
            });
            if told && index != custodian && self.is_forgetful(index, case) {
                self.act(index, case, Action::Vote(by, Cause::Lost));
            }
        }
    }

    /// Whether a host was restored from a copy in which it is custodian.
    pub(super) fn is_forgetful(&mut self, index: usize, case: CaseId) -> bool {
        let seat = &mut self.world.seats[index];
        let (me, info) = (seat.host.me(), seat.host.info(case));
        info.is_some_and(|info| info.restored && info.rules.custodian == me)
    }

    /// Whether a node has followed less far than somebody else, or cannot tell.
    fn is_behind(&mut self, node: NodeId, case: CaseId) -> bool {
        let mut furthest = None;
        let mut its = None;
        for index in 0..self.world.seats.len() {
            let Some(info) = self.world.seats[index].host.info(case) else {
                continue;
            };
            let at = Some((!info.restored, info.rank, info.epoch));
            if self.world.node(index) == node {
                its = at;
            }
            furthest = furthest.max(at.map(|(_, rank, epoch)| (true, rank, epoch)));
        }
        its < furthest
    }

    fn readmit(&mut self, case: CaseId) {
        let Some(custodian) = self.custodian(case) else {
            return;
        };
        let Some(info) = self.world.seats[custodian].host.info(case) else {
            return;
        };
        let hostile = self.world.hostile_nodes();
        for index in self.running() {
            let seat = &mut self.world.seats[index];
            let me = seat.host.me();
            let theirs = seat.host.info(case);
            let behind = theirs
                .as_ref()
                .is_none_or(|i| i.group != info.group || i.epoch < info.epoch);
            // Whoever invited it, perhaps once more after a removal, was revoked before the invitation came, and is believed
            // no more; or it was voted out by some whom the rest does not follow.
            let unheard = match &theirs {
                None => !seat.host.now.purged.contains(&case),
                Some(info) => match info.ended {
                    Some(Ended::Removed { .. }) => true,
                    Some(Ended::VotedOut { successor, .. }) => hostile.contains(&successor),
                    _ => false,
                },
            };
            let lost = behind && (seat.restored || unheard) && seat.malice.is_none();
            if lost && index != custodian && info.members.contains(&me) {
                let org = self.org(index);
                let role = info.rules.role(&org).unwrap_or(CaseRole::Contributor);
                if theirs.is_some_and(|i| i.ended.is_some()) {
                    // The partners are in an earlier generation than the one that put it out.
                    let by = self.world.node(custodian);
                    self.act(index, case, Action::Vote(by, Cause::Lost));
                }
                if self.act(custodian, case, Action::RemoveNode(me)) {
                    self.act(custodian, case, Action::Invite(org, role));
                }
            }
        }
    }
}
