//! Lives of a case, and what must hold in each of them.

use crate::{
    case::{Case, Error},
    group::{CaseRole, Cause, GroupKey, History, Rank},
    id::{CaseId, NodeId},
    log::Request,
    model::{Model, Stood},
    steps::Step,
    world::{Disk, WEEK_MS, World, node, org},
};
use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

/// The nodes of a life.
pub(crate) const NODES: [u8; 5] = [1, 2, 3, 4, 5];

struct Life {
    world: World,
    model: Model,
    /// What the nodes went through and the model does not know yet.
    trail: Rc<RefCell<Vec<Stood>>>,
    sides: Vec<BTreeSet<u8>>,
    copy: Option<(u8, Disk)>,
    /// Whose disks were set back to a copy.
    restored: BTreeSet<u8>,
    /// Who has asked to leave, at any time.
    leaving: BTreeSet<u8>,
    /// The members of each group as its custodian last had them.
    last: BTreeMap<GroupKey, BTreeSet<u8>>,
}

impl Life {
    fn new(id: u8, history: History) -> Self {
        let mut world = World::new(&NODES);
        let trail: Rc<RefCell<Vec<Stood>>> = Rc::default();
        let seen = Rc::clone(&trail);
        world.watch = Some(Box::new(move |n, node| {
            seen.borrow_mut().push(Stood::of(n, node));
        }));
        world.open_as(CaseId([id; 32]), 1, history);
        world.invite(1, &[2, 3, 4, 5]);
        let mut life = Self {
            world,
            model: Model::new(history),
            trail,
            sides: vec![NODES.into()],
            copy: None,
            restored: BTreeSet::new(),
            leaving: BTreeSet::new(),
            last: BTreeMap::new(),
        };
        let case = life.world.case(1);
        life.model.epoch(case, &NODES.into());
        life.last.insert(case.state().active, NODES.into());
        life.check_secrecy();
        life
    }

    fn takes_part(&self, n: u8) -> bool {
        let case = &self.world.node(n).case;
        case.as_ref().is_some_and(|c| c.ended().is_none())
    }

    fn custodians(&self) -> Vec<u8> {
        let is = |n: &u8| self.takes_part(*n) && self.world.case(*n).is_custodian();
        NODES.into_iter().filter(is).collect()
    }

    /// Somebody's case does something; the model says who is in the epoch that it makes.
    fn change(
        &mut self,
        n: u8,
        expected: BTreeSet<u8>,
        ask: impl FnOnce(&mut World) -> Result<(), Error>,
    ) {
        let before = self.world.case(n).secret();
        if ask(&mut self.world).is_err() {
            return;
        }
        let case = self.world.case(n);
        let after = case.secret();
        if after == before {
            return;
        }
        self.model.epoch(case, &expected);
        self.last.insert(case.state().active, expected);
    }

    /// As the custodian to whom it can happen.
    fn commit(
        &mut self,
        by: u8,
        members: impl FnOnce(&mut BTreeSet<u8>),
        ask: impl FnOnce(&mut World, u8) -> Result<(), Error>,
    ) {
        let custodians = self.custodians();
        let Some(custodian) = custodians.get(usize::from(by) % custodians.len().max(1)) else {
            return;
        };
        let custodian = *custodian;
        let secret = self.world.case(custodian).secret().expect("secret");
        let mut expected = numbers(&self.model.members(&secret));
        members(&mut expected);
        self.change(custodian, expected, |world| ask(world, custodian));
    }

    fn step(&mut self, step: Step) {
        match step {
            Step::Write(n) => {
                if self.takes_part(n)
                    && let Ok(record) = self.world.write(n)
                {
                    let case = self.world.case(n);
                    let secret = case.secret().expect("secret");
                    self.model.record(record, secret);
                }
            }
            Step::Invite(n) => self.commit(
                n,
                |members| {
                    members.insert(n);
                },
                |world, by| {
                    let role = CaseRole::Contributor;
                    let invited = world.act(by, |case, ctx| case.invite(ctx, org(n), role));
                    invited.map(|_| ())
                },
            ),
            Step::Remove(n) => self.commit(
                n,
                |members| {
                    members.remove(&n);
                },
                |world, by| world.ask(by, |case, ctx| case.remove_org(ctx, org(n), "")),
            ),
            Step::Role(n, reads) => self.commit(
                n,
                |_| {},
                |world, by| {
                    let role = if reads {
                        CaseRole::Reader
                    } else {
                        CaseRole::Contributor
                    };
                    world.ask(by, |case, ctx| case.set_role(ctx, org(n), role))
                },
            ),
            Step::Leave(n) => {
                if self.takes_part(n) {
                    let leave = Request::Leave(String::new());
                    // An error: the custodian hands over first.
                    let asked = self.world.ask(n, |case, _| case.request(leave));
                    if asked.is_ok() {
                        self.leaving.insert(n);
                    }
                }
            }
            Step::HandOver(n) => self.commit(
                n,
                |_| {},
                |world, by| world.ask(by, |case, ctx| case.hand_over(ctx, node(n))),
            ),
            Step::Rekey(n) => {
                if !self.takes_part(n) {
                    return;
                }
                let secret = self.world.case(n).secret().expect("secret");
                let expected = numbers(&self.model.members(&secret));
                self.change(n, expected, |world| world.ask(n, Case::rekey));
            }
            Step::Split(side) => {
                let rest = NODES.into_iter().filter(|n| !side.contains(n));
                self.sides = vec![side.clone(), rest.collect()];
                let sides: Vec<Vec<u8>> = self
                    .sides
                    .iter()
                    .map(|s| s.iter().copied().collect())
                    .collect();
                self.world.split(&[&sides[0], &sides[1]]);
            }
            Step::Heal => {
                self.sides = vec![NODES.into()];
                self.world.heal();
            }
            Step::Elect(n, cause) => self.elect(n, cause),
            Step::Copy(n) => self.copy = Some((n, self.world.node(n).disk.clone())),
            Step::Restore => {
                if let Some((n, disk)) = self.copy.take() {
                    self.world.restore(n, disk);
                    self.restored.insert(n);
                }
            }
            Step::Restart(n) => self.world.restart(n),
        }
        self.world.settle();
        self.note_successions();
        self.check_secrecy();
    }

    fn elect(&mut self, successor: u8, cause: Cause) {
        let side = self.sides.iter().find(|s| s.contains(&successor));
        let mut voters: Vec<u8> = side.into_iter().flatten().copied().collect();
        // The candidate first: the others join its motion.
        voters.sort_by_key(|n| *n != successor);
        let active = |life: &Self, n: u8| {
            let takes_part = life.takes_part(n);
            takes_part.then(|| life.world.case(n).state().active)
        };
        let group = active(self, successor);
        for n in voters {
            if group.is_none() || active(self, n) != group || active(self, successor) != group {
                continue;
            }
            // Errors: one's own custodian stays, or they know different members.
            let _ = self.world.vote(n, successor, cause);
            self.world.settle();
            self.note_successions();
        }
    }

    /// Whoever has become custodian of a new generation has taken everybody with it but the one voted out.
    fn note_successions(&mut self) {
        for n in self.custodians() {
            let case = self.world.case(n);
            let secret = case.secret().expect("secret");
            if self.model.knows(&secret) {
                continue;
            }
            let state = case.state();
            if let Some(before) = self.last.get(&state.active) {
                // It has heard from one that leaves.
                let now = members(case);
                let gone: BTreeSet<u8> = before.difference(&now).copied().collect();
                assert!(now.is_subset(before) && gone.is_subset(&self.leaving));
                self.model.epoch(case, &now);
                self.last.insert(state.active, now);
                continue;
            }
            let group = state.groups.iter().find(|g| g.key == state.active);
            let succession = group.and_then(|g| g.succession.as_ref()).expect("one");
            let succession = succession.unverified().expect("readable");
            let old: BTreeSet<NodeId> = succession.members.iter().copied().collect();
            let leaving = self.leaving.iter().map(|n| node(*n)).collect();
            let had = self.model.had(succession.base, &old)
                || self.model.went(succession.base, &old, &leaving);
            assert!(had, "{old:?} is not whom it had");
            let mut new = numbers(&old);
            // Whom those who voted have seen go, and a restored custodian has forgotten.
            let left_out = succession.left_out();
            new.retain(|n| !left_out.contains(&node(*n)));
            if succession.motion.out != succession.motion.successor {
                new.retain(|n| node(*n) != succession.motion.out);
            }
            // It has heard already from one that leaves.
            let now = members(case);
            new.retain(|n| now.contains(n) || !self.leaving.contains(n));
            assert_eq!(now, new, "everybody but the one voted out");
            self.model.epoch(case, &new);
            self.last.insert(state.active, new);
        }
    }

    /// Nobody knows the secret of an epoch in which it may not read.
    fn check_secrecy(&mut self) {
        for stood in self.trail.take() {
            self.model.stood(&stood);
        }
    }

    /// Everybody hears everybody, for long enough, and operators whose nodes cannot tell who is custodian ask.
    fn rest(&mut self) {
        self.step(Step::Heal);
        for _ in 0..2 {
            self.learn();
            self.decide();
            self.readmit();
            self.world.wait(WEEK_MS / 2);
        }
        self.check_secrecy();
    }

    /// All follow those who have come furthest.
    fn decide(&mut self) {
        let Some(first) = self.first() else {
            return;
        };
        let rank = self.rank(first);
        let custodian = self.world.case(first).rules().custodian;
        for n in NODES {
            let forgetful = (self.world.node(n).case.as_ref())
                .is_some_and(|case| case.state().restored && case.is_custodian());
            if forgetful && node(n) != custodian {
                // An error: it is out already.
                let _ = (self.world).ask(n, |case, ctx| case.vote(ctx, custodian, Cause::Lost));
                self.world.settle();
            }
        }
        let elected = self.world.case(first).state();
        let active = elected.groups.iter().find(|g| g.key == elected.active);
        let succession = active.and_then(|g| g.succession.as_ref()?.unverified().ok());
        for n in NODES {
            let behind = self.world.node(n).case.is_some() && self.rank(n) < rank;
            if let Some(succession) = &succession
                && behind
            {
                // An error: it cannot help, or it is told by a custodian that it knows.
                let _ = self.world.ask(n, |case, ctx| {
                    case.vote(ctx, succession.motion.successor, Cause::Lost)
                });
                self.world.settle();
                self.note_successions();
            }
        }
    }

    /// Whoever went back to a copy, and cannot follow the group in force from there, is let in anew.
    fn readmit(&mut self) {
        let Some(first) = self.first().filter(|n| self.world.case(*n).is_custodian()) else {
            return;
        };
        let (active, epoch) = {
            let case = self.world.case(first);
            (case.state().active, case.epoch())
        };
        for n in self.restored.clone() {
            let behind = n != first && self.takes_part(n) && {
                let case = self.world.case(n);
                case.state().active == active && case.epoch() < epoch
            };
            if behind && members(self.world.case(first)).contains(&n) {
                self.step(Step::Remove(n));
                self.step(Step::Invite(n));
            }
        }
    }

    /// One who has come furthest in the group that is in force: its custodian, unless that has not heard of it yet.
    fn first(&self) -> Option<u8> {
        let committing = |n: &u8| self.takes_part(*n) && !self.world.case(*n).state().restored;
        let there = NODES.into_iter().filter(committing);
        there.max_by_key(|n| {
            let case = self.world.case(*n);
            (self.rank(*n), case.is_custodian(), case.epoch())
        })
    }

    fn rank(&self, n: u8) -> Rank {
        let state = self.world.case(n).state();
        let active = state.groups.iter().find(|g| g.key == state.active);
        active.expect("it is followed").rank
    }

    /// What is due is done; custodians may add whom the rules let in.
    fn learn(&mut self) {
        for n in NODES {
            if self.world.node(n).case.is_none() {
                continue;
            }
            self.world.ask(n, Case::tick).expect("a tick");
            let case = self.world.case(n);
            if let Ok(secret) = case.secret()
                && !self.model.knows(&secret)
            {
                let members = members(case);
                self.model.epoch(case, &members);
                if case.is_custodian() {
                    self.last.insert(case.state().active, members);
                }
            }
            self.world.settle();
        }
    }

    /// In the group that is in force, all come to the same, and read what they must: of how many records it was looked at.
    fn check_agreement(&self) -> usize {
        let mut looked = 0;
        // Where the custodian was restored nobody commits, until another one is elected.
        let commits = |n: &u8| self.world.case(*n).is_custodian();
        let Some(first) = self.first().filter(commits) else {
            return looked;
        };
        let in_force = self.world.case(first);
        let secret = in_force.secret().expect("secret");
        // A restored custodian cannot follow what it has committed itself since.
        let follows = |n: &u8| {
            self.takes_part(*n)
                && !self.world.case(*n).state().restored
                && self.world.case(*n).state().active == in_force.state().active
        };
        let members: Vec<u8> = members(in_force).into_iter().filter(follows).collect();
        self.world.assert_agreed(&members);
        for record in self.model.records() {
            let all = in_force.rules().history == History::All;
            let audience = self.model.audience(record);
            // A node that was restored may have forgotten what nobody else has heard.
            let Some(entry) = self.world.find(record) else {
                continue;
            };
            // The commit that made its epoch may be lost with the disk of a custodian that was restored, and whoever it
            // let in is not in the group in force; nor may the writer's own disk know the epoch any more.
            let openable = |n: &u8| self.world.can_open(*n).contains(&record);
            let remembers =
                members.contains(&entry.writer) && !self.restored.contains(&entry.writer);
            if !self.restored.is_empty() && !members.iter().any(openable) && !remembers {
                continue;
            }
            // What was written beside the group in force is brought there by those who never had to go: who comes back by
            // trusting who invites it, as it cannot tell whether the votes count, tells nothing of what it reads.
            let brings = |n: &u8| !self.was_out(*n) && (openable(n) || *n == entry.writer);
            if self.is_beside(in_force, record) && !members.iter().any(brings) {
                continue;
            }
            let at = entry.sealed.at();
            let role = in_force.rules().role_at(&org(entry.writer), at);
            if role != Some(CaseRole::Contributor) {
                let shown = members
                    .iter()
                    .find(|n| self.world.reads(**n).contains(&record));
                assert_eq!(shown, None, "record {record} is of no contributor");
            }
            looked += 1;
            for n in &members {
                let held = self.world.node(*n).disk.logs.get(&entry.log);
                let held = held.is_some_and(|l| l.iter().any(|e| e.unique == entry.unique));
                // Late commits of a generation are of use as long as its group is followed.
                let mut groups = self.world.case(*n).state().groups.iter();
                let follows = groups.any(|g| g.key.generation == at.generation);
                if held && follows && (all || audience.contains(&node(*n)) && !self.was_out(*n)) {
                    let opens = self.world.can_open(*n).contains(&record);
                    assert!(opens, "{n} cannot open record {record}");
                }
            }
        }
        assert!(!self.model.members(&secret).is_empty());
        looked
    }

    /// Whether a record was written in no epoch from which the one in force follows.
    fn is_beside(&self, in_force: &Case, record: u32) -> bool {
        let (group, at) = self.model.place(record);
        let groups = &in_force.state().groups;
        let mut line = (in_force.state().active, in_force.epoch());
        while line.0 != group {
            let followed = groups.iter().find(|g| g.key == line.0);
            let succession = followed.and_then(|g| g.succession.as_ref()?.unverified().ok());
            let Some(succession) = succession else {
                // From before all that is followed.
                return group.generation >= line.0.generation;
            };
            let motion = succession.motion;
            let ended = GroupKey {
                case: motion.case,
                generation: motion.generation,
                branch: motion.branch,
            };
            line = (ended, succession.base);
        }
        at > line.1
    }

    /// Whoever was away and came back by a new invitation missed what was sealed in between.
    fn was_out(&self, n: u8) -> bool {
        let case = self.world.case(n);
        case.rules().former(&node(n)).is_some() || case.state().joined.generation > 0
    }
}

fn members(case: &Case) -> BTreeSet<u8> {
    numbers(&case.members())
}

fn numbers(nodes: &BTreeSet<NodeId>) -> BTreeSet<u8> {
    let among = |n: &u8| nodes.contains(&node(*n));
    NODES.into_iter().filter(among).collect()
}

/// Records of lives at their ends.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Looked {
    /// All.
    pub(crate) records: usize,
    /// Those of which it was looked at who opens them: a custodian committed, and somebody was left who knew their epochs.
    pub(crate) at: usize,
}

/// A whole life of a case of this id, and what must hold in it and at its end.
pub(crate) fn live(id: u8, history: History, steps: Vec<Step>) -> Looked {
    let mut life = Life::new(id, history);
    for step in steps {
        life.step(step);
    }
    life.rest();
    Looked {
        records: life.model.records().count(),
        at: life.check_agreement(),
    }
}
