//! Groups that nobody may begin: a made-up case under an id that is known, and a second group of a succession that is
//! another's.

use crate::sim::world::World;
use focal_protocol::{
    directory::Directory,
    group::{CaseGroup, CaseRole, Change, Delivery, GroupKey, Invitation, MlsIdentity, Rules},
    id::{CaseId, NodeId, OrgId},
    seal::EpochSecret,
};
use std::collections::BTreeSet;

/// The title of a case that somebody has made up, which tells it from the true one of that id.
const MADE_UP: &str = "Made up";
/// Nodes that are invited at once.
const INVITED: usize = 4;

/// A group with some nodes, after so many commits: the Welcome, and the secret of its epoch.
fn group_of(
    identity: &MlsIdentity,
    (key, mut rules): (GroupKey, Rules),
    (commits, invited): (u64, &[(OrgId, NodeId)]),
    directory: &Directory,
) -> Option<(Vec<u8>, EpochSecret)> {
    let mut group = CaseGroup::create(identity, key, rules.clone()).ok()?;
    let change = |add, rules| Change {
        add,
        remove: BTreeSet::new(),
        updates: Vec::new(),
        rules,
    };
    for _ in 0..commits {
        let nothing = change(Vec::new(), rules.clone());
        group.commit(identity, nothing, directory).ok()?;
    }
    let mut add = Vec::new();
    for (org, node) in invited {
        if rules.role(org).is_none() {
            rules.set_role(*org, Some(CaseRole::Contributor), group.epoch().next());
        }
        let offer = directory.key_package(node);
        add.extend(offer.map(|offer| (*node, offer.key_package.clone())));
    }
    let add = group.compatible(add, directory);
    let committed = group.commit(identity, change(add, rules), directory).ok()?;
    Some((committed.welcome?, group.secret().ok()?))
}

impl World {
    /// Whether a host takes a case that somebody has made up, or what has become of it, for the true one.
    pub fn is_in_made_up(&mut self, index: usize, case: CaseId) -> bool {
        let info = self.seats[index].host.info(case);
        info.is_some_and(|i| i.rules.title == MADE_UP)
    }

    /// Some nodes among those that fit.
    fn some_nodes(&self, fits: impl Fn(&NodeId) -> bool) -> Vec<(OrgId, NodeId)> {
        let all = self.seats.iter().map(|s| &s.host.partner);
        let mut some: Vec<_> = all.map(|p| (p.org, p.node)).collect();
        some.retain(|(_, node)| fits(node) && self.dice.chance(500));
        some.dedup();
        some.truncate(INVITED);
        some
    }

    /// Invites others to a case of an id that it knows, and that it has made up.
    pub(super) fn make_up(&mut self, index: usize) -> Option<()> {
        let cases = self.seats[index].host.case_ids();
        let case: CaseId = *self.dice.pick(&cases)?;
        let info = self.seats[index].host.info(case)?;
        let others = |n: &NodeId| !info.members.contains(n) && info.rules.former(n).is_none();
        let invited = self.some_nodes(others);
        let host = &self.seats[index].host;
        let me = (host.partner.org, host.me());
        let rules = Rules::new(case, MADE_UP, self.now, me, info.rules.history);
        let commits = self.dice.between(0, 6);
        let (welcome, secret) = group_of(
            &host.partner.mls,
            (GroupKey::first(case), rules),
            (commits, &invited),
            &host.now.directory,
        )?;
        self.model.made_up(&secret);
        let invitation = Invitation {
            case,
            generation: 0,
            succession: None,
            welcome,
        };
        self.invite_to(index, &invited, invitation);
        Some(())
    }

    /// Invites others to a group of a succession that has elected somebody else.
    pub(super) fn hijack(&mut self, index: usize) -> Option<()> {
        let cases = self.seats[index].host.case_ids();
        let case = *self.dice.pick(&cases)?;
        let info = self.seats[index].host.info(case)?;
        let host = &self.seats[index].host;
        let row = host.now.cases.get(&case)?;
        let followed = row.state.groups.iter().find(|g| g.key == info.group)?;
        let succession = followed.succession.clone()?;
        let me = host.me();
        let office = info.rules.handed.iter().filter_map(|h| h.unverified().ok());
        let mut office = office.map(|h| h.to).chain(info.successor);
        if office.any(|node| node == me) {
            // Who has had the office can do so: no document shows it.
            return None;
        }
        let mut rules = info.rules.clone();
        rules.custodian = me;
        let invited = self.some_nodes(|n| *n != me);
        let commits = info.epoch.number + self.dice.between(0, 3);
        let (welcome, secret) = group_of(
            &host.partner.mls,
            (info.group, rules),
            (commits, &invited),
            &host.now.directory,
        )?;
        self.model.stolen(&secret);
        let invitation = Invitation {
            case,
            generation: info.group.generation,
            succession: Some(succession),
            welcome,
        };
        self.invite_to(index, &invited, invitation);
        Some(())
    }

    fn invite_to(&mut self, index: usize, to: &[(OrgId, NodeId)], invitation: Invitation) {
        let to: Vec<NodeId> = to.iter().map(|(_, node)| *node).collect();
        let delivery = Delivery::Invitation(invitation);
        self.with(index, |host, now| host.deliver(now, &to, &delivery));
    }
}
