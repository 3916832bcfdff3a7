//! Groups that nobody may begin: a made-up case under an id that is known, and a second group of a succession that is
//! another's.

use crate::sim::world::World;
use focal_protocol::{
    directory::Directory,
    group::{
        CaseGroup, CaseRole, Cause, Change, Delivery, Former, GroupKey, Invitation, MlsIdentity,
        Motion, Rules, Succession, Vote,
    },
    id::{CaseId, NodeId, OrgId},
    log::Epoch,
    seal::EpochSecret,
    signed::Signed,
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

    /// Whether a host has ever taken a case that somebody has made up for the true one.
    pub(in crate::sim) fn was_in_made_up(&mut self, index: usize, case: CaseId) -> bool {
        self.seats[index].misled.contains(&case) || self.is_in_made_up(index, case)
    }

    /// Whether a host has just changed from a case that somebody has made up to the true one.
    pub(in crate::sim) fn leaves_made_up(&self, index: usize, case: &CaseId) -> bool {
        let seat = &self.seats[index];
        let known = seat.known.get(case);
        seat.misled.contains(case) && known.is_none_or(|i| i.rules.title == MADE_UP)
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

    /// Elects itself with its own vote alone, and others' in their names, and begins the group of it.
    pub(super) fn elect_itself(&mut self, index: usize) -> Option<()> {
        let cases = self.seats[index].host.case_ids();
        let case = *self.dice.pick(&cases)?;
        let info = self.seats[index].host.info(case)?;
        let (me, out) = (self.node(index), info.rules.custodian);
        // Of two its own vote is enough.
        if me == out || !info.members.contains(&me) || info.members.len() < 4 {
            return None;
        }
        let two = || [me, out].into_iter().collect::<BTreeSet<NodeId>>();
        let members = match self.dice.chance(500) {
            true => info.members.clone(),
            false => two(),
        };
        let motion = Motion {
            case,
            generation: info.epoch.generation,
            branch: info.group.branch,
            ballot: u32::try_from(self.dice.between(0, 4)).ok()?,
            out,
            successor: me,
            cause: Cause::Lost,
        };
        let host = &self.seats[index].host;
        let key = &host.partner.key;
        let in_their_names = self.dice.chance(500);
        let votes = members
            .iter()
            .filter(|n| **n == me || (in_their_names && **n != out));
        let gone = Vec::new;
        let votes = votes.map(|voter| Vote {
            voter: *voter,
            motion,
            gone: gone(),
        });
        let succession = Succession {
            motion,
            base: info.epoch,
            members: members.iter().copied().collect(),
            cuts: Vec::new(),
            votes: votes.map(|vote| Signed::new(&vote, key)).collect(),
        };
        let signed = Signed::new(&succession, key);
        let group = succession.key(signed.hash());
        let mut rules = info.rules.clone();
        rules.title = MADE_UP.into();
        rules.custodian = me;
        rules.handed.clear();
        rules.former.push(Former {
            node: out,
            at: Epoch::new(group.generation, 0),
            cuts: None,
        });
        let invited = self.some_nodes(|n| *n != me && *n != out && info.members.contains(n));
        let host = &self.seats[index].host;
        let (welcome, secret) = group_of(
            &host.partner.mls,
            (group, rules),
            (0, &invited),
            &host.now.directory,
        )?;
        self.model.made_up(&secret);
        let invitation = Invitation {
            case,
            generation: group.generation,
            succession: Some(signed.clone()),
            welcome,
        };
        self.invite_to(index, &invited, invitation);
        let word = Delivery::Succeeded(Box::new(signed));
        self.with(index, |host, now| host.deliver(now, &[out], &word));
        Some(())
    }

    fn invite_to(&mut self, index: usize, to: &[(OrgId, NodeId)], invitation: Invitation) {
        let to: Vec<NodeId> = to.iter().map(|(_, node)| *node).collect();
        let delivery = Delivery::Invitation(invitation);
        self.with(index, |host, now| host.deliver(now, &to, &delivery));
    }
}
