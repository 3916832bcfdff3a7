//! Newcomers whom somebody hostile has let in, by a history that the partners do not follow, or into a case that it made up.

use super::Operators;
use crate::sim::{
    host::{Action, Info},
    world::World,
};
use focal_protocol::{
    case::Alarm,
    group::{CaseRole, Cause},
    id::{CaseId, NodeId},
};
use std::collections::BTreeSet;

impl Operators {
    /// Who is told that another case of this id may be the true one, or that its custodian is hostile or has signed two
    /// histories, calls the partners. If they follow another history, it follows their custodian, who invites it.
    pub(super) fn bring_in_who_went_astray(&mut self, case: CaseId) {
        let mut astray = self.believers(case);
        // One that may have forgotten that it handed over is reminded.
        astray.retain(|index| self.doubts(*index, case) && !self.is_forgetful(*index, case));
        for index in &astray {
            self.ask_about_invitations(*index, case);
        }
        let Some(custodian) = self.honest_custodian(case) else {
            return;
        };
        let Some(info) = self.world.seats[custodian].host.info(case) else {
            return;
        };
        let by = self.world.node(custodian);
        for index in astray {
            let me = self.world.node(index);
            let member = info.members.contains(&me);
            let other = self.world.has_another_history(index, custodian, case);
            let unknown = !member && info.rules.former(&me).is_none();
            if index == custodian || !(unknown || (other && member)) {
                continue;
            }
            self.follow(index, case, by);
            let org = self.org(index);
            let role = info.rules.role(&org).unwrap_or(CaseRole::Contributor);
            if member {
                self.act(custodian, case, Action::RemoveNode(me));
            }
            self.act(custodian, case, Action::Invite(org, role));
        }
    }

    /// The one that has come furthest, of honest members who have the office.
    pub(super) fn honest_custodian(&mut self, case: CaseId) -> Option<usize> {
        let mut furthest = None;
        for index in self.members(case) {
            let me = self.world.node(index);
            let info = self.world.seats[index].host.info(case);
            if let Some(info) = info.filter(|i| i.rules.custodian == me) {
                furthest = furthest.max(Some((!info.restored, info.rank, info.epoch, index)));
            }
        }
        furthest.map(|(.., index)| index)
    }

    /// Of those whose invitations wait for a person, it follows whom the partners know as theirs.
    fn ask_about_invitations(&mut self, index: usize, case: CaseId) {
        let alarms = &self.world.seats[index].alarms;
        let told = alarms.iter().filter(|(of, _)| *of == case);
        let by: BTreeSet<NodeId> = told
            .filter_map(|(_, alarm)| match alarm {
                Alarm::Contested(claim) => Some(claim.successor),
                _ => None,
            })
            .collect();
        for other in self.members(case) {
            let node = self.world.node(other);
            let forgot = self.world.seats[index].restored;
            let other = forgot || self.world.has_another_history(index, other, case);
            if other && node != self.world.node(index) && by.contains(&node) {
                self.follow(index, case, node);
            }
        }
    }

    /// To follow somebody is to vote for it twice, or for whoever holds the office by another history to hand it over first.
    fn follow(&mut self, index: usize, case: CaseId, node: NodeId) {
        self.astray.insert(case);
        if !self.act(index, case, Action::Vote(node, Cause::Hostile)) {
            self.act(index, case, Action::HandOver(node));
            self.act(index, case, Action::Vote(node, Cause::Lost));
        }
        self.act(index, case, Action::Vote(node, Cause::Lost));
    }

    fn doubts(&mut self, index: usize, case: CaseId) -> bool {
        let hostile = self.world.hostile_nodes();
        let is_hostile = |node: &NodeId| hostile.contains(node);
        let made_up = self.world.is_in_made_up(index, case);
        let seat = &mut self.world.seats[index];
        let outed = |info: &Info| is_hostile(&info.rules.custodian);
        let told = |(of, alarm): &(CaseId, Alarm)| match alarm {
            Alarm::CustodianForked { node, .. } => *of == case && is_hostile(node),
            Alarm::Contested(_) => *of == case,
            _ => false,
        };
        let info = seat.host.info(case);
        made_up || info.is_some_and(|i| outed(&i)) || seat.alarms.iter().any(told)
    }
}

impl World {
    /// Whether a host is in a made-up case, or in an epoch of the group of another that the other knows as another one.
    fn has_another_history(&mut self, index: usize, other: usize, case: CaseId) -> bool {
        if self.is_in_made_up(index, case) {
            return !self.is_in_made_up(other, case);
        }
        let infos = [index, other].map(|i| self.seats[i].host.info(case));
        let [Some(here), Some(there)] = infos else {
            return false;
        };
        let own = |i: usize| {
            let row = self.seats[i].host.now.cases.get(&case);
            row.map(|r| r.secrets.own(here.epoch)).unwrap_or_default()
        };
        let known =
            there.group == here.group && there.joined <= here.epoch && here.epoch <= there.epoch;
        let (mine, theirs) = (own(index), own(other));
        known && !theirs.is_empty() && !mine.iter().any(|secret| theirs.contains(secret))
    }
}
