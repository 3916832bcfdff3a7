//! What the operators and officers of a federation do, drawn by the seed, and how they react to what has gone wrong.

use super::{disk::Disk, host::Action, world::World};
use focal_protocol::{
    case::{Alarm, Ended},
    group::{CaseRole, Cause, History, Rank, Stage},
    id::{CaseId, NodeId, OrgId},
    log::Epoch,
};
use std::collections::{BTreeMap, BTreeSet};

/// People with a world.
#[derive(Debug)]
pub struct Operators {
    /// The world.
    pub world: World,
    /// All cases that were opened.
    pub cases: Vec<CaseId>,
    copies: BTreeMap<usize, Disk>,
    texts: u64,
}

/// Copies of one node that are kept for a restore.
const CASES: usize = 4;

impl Operators {
    /// Of a world in which nothing has happened.
    #[must_use]
    pub fn new(world: World) -> Self {
        Self {
            world,
            cases: Vec::new(),
            copies: BTreeMap::new(),
            texts: 0,
        }
    }

    /// Hosts that run.
    #[must_use]
    pub fn running(&self) -> Vec<usize> {
        let seats = self.world.seats.iter().enumerate();
        seats.filter(|(_, s)| s.up).map(|(i, _)| i).collect()
    }

    fn org(&self, index: usize) -> OrgId {
        self.world.seats[index].host.partner.org
    }

    /// Opens a case.
    pub fn open(&mut self, index: usize, history: History, parent: Option<CaseId>) -> CaseId {
        let title = format!("Case {}", self.cases.len());
        let case = self.world.with(index, |host, now| {
            host.open_case(now, &title, history, parent)
        });
        self.world.model.opened(case, history);
        self.world
            .note(|| format!("host {index} opens case {case:?}, history {history}"));
        self.cases.push(case);
        case
    }

    /// One host does something with one case. Refusals are fine: people try what they may not.
    pub fn act(&mut self, index: usize, case: CaseId, action: Action) -> bool {
        let text = format!("host {index}: {action:?} in case {case:?}");
        let done = self
            .world
            .with(index, |host, now| host.act_on(now, case, action));
        self.world.note(|| match &done {
            Ok(()) => text,
            Err(e) => format!("{text}: refused: {e}"),
        });
        done.is_ok()
    }

    /// One host writes some records.
    pub fn write(&mut self, index: usize, case: CaseId, count: u64) {
        for _ in 0..count {
            self.texts += 1;
            let text = format!("Report {} of host {index}", self.texts);
            // A reader, or a case that is closed: refused, and rightly.
            let _ = self
                .world
                .with(index, |host, now| host.write_record(now, case, text));
        }
    }

    /// The one that has come furthest, of those who believe that they are custodian.
    fn custodian(&mut self, case: CaseId) -> Option<usize> {
        let mut furthest = None;
        for index in self.running() {
            let me = self.world.node(index);
            let info = self.world.seats[index].host.info(case);
            if let Some(info) = info.filter(|i| i.ended.is_none() && i.rules.custodian == me) {
                let at = (!info.restored, info.rank, info.epoch, index);
                furthest = furthest.max(Some(at));
            }
        }
        furthest.map(|(.., index)| index)
    }

    fn some_case(&self) -> Option<CaseId> {
        self.world.dice.pick(&self.cases).copied()
    }

    fn some_host(&self) -> Option<usize> {
        self.world.dice.pick(&self.running()).copied()
    }

    fn some_host_of(&mut self, case: CaseId) -> Option<usize> {
        let mut of_case = self.running();
        of_case.retain(|i| self.world.seats[*i].host.now.cases.contains_key(&case));
        self.world.dice.pick(&of_case).copied()
    }

    /// Something happens.
    pub fn step(&mut self) -> Option<()> {
        let case = self.some_case()?;
        let other = self.world.any(self.world.seats.len());
        let org = self.org(other);
        match self.world.dice.between(0, 100) {
            0..34 => {
                let index = self.some_host_of(case)?;
                let count = self.world.dice.between(1, 6);
                self.write(index, case, count);
            }
            34..48 => {
                let custodian = self.custodian(case)?;
                let reader = self.world.dice.chance(200);
                let role = if reader {
                    CaseRole::Reader
                } else {
                    CaseRole::Contributor
                };
                self.act(custodian, case, Action::Invite(org, role));
            }
            48..52 => {
                let custodian = self.custodian(case)?;
                self.act(custodian, case, Action::Remove(org));
            }
            52..54 => {
                let custodian = self.custodian(case)?;
                let node = self.world.node(other);
                self.act(custodian, case, Action::RemoveNode(node));
            }
            54..56 => {
                let index = self.some_host_of(case)?;
                self.act(index, case, Action::Leave);
            }
            56..58 => {
                let custodian = self.custodian(case)?;
                self.act(custodian, case, Action::Role(org, CaseRole::Reader));
            }
            58..62 => {
                let custodian = self.custodian(case)?;
                let heir = self.some_host_of(case)?;
                let heir = self.world.node(heir);
                self.act(custodian, case, Action::HandOver(heir));
            }
            62..66 => {
                let index = self.some_host_of(case)?;
                self.act(index, case, Action::Rekey);
            }
            66..70 => self.election(case)?,
            70..73 => {
                let custodian = self.custodian(case)?;
                let stage = if self.world.dice.chance(400) {
                    Stage::Closed
                } else {
                    Stage::Open
                };
                self.act(custodian, case, Action::Stage(stage));
            }
            73..75 => self.compartment(case)?,
            75..82 => {
                let index = self.some_host()?;
                let back = self.world.dice.between(100, 20_000);
                self.world.note(|| format!("host {index} crashes"));
                self.world.crash(index, Some(back));
            }
            82..85 => {
                let index = self.some_host()?;
                let copy = self.world.seats[index].host.disk.clone();
                self.copies.insert(index, copy);
            }
            85..87 => self.restore()?,
            87..93 => {
                let count = self.world.seats.len();
                let split = self.world.dice.chance(500);
                let side = |_| {
                    if split {
                        self.world.dice.between(0, 2)
                    } else {
                        0
                    }
                };
                let sides: Vec<u64> = (0..count).map(side).collect();
                self.world.note(|| format!("the network is {sides:?}"));
                self.world.split(sides);
            }
            93..95 => {
                let index = self.some_host()?;
                self.world
                    .with(index, |host, now| host.publish_package(now));
            }
            _ => {
                let hostile = self.running();
                let hostile: Vec<usize> = hostile
                    .into_iter()
                    .filter(|i| !self.world.is_honest(*i))
                    .collect();
                let index = self.world.dice.pick(&hostile).copied()?;
                self.world.misbehave(index);
            }
        }
        Some(())
    }

    /// Some members vote for one of them.
    fn election(&mut self, case: CaseId) -> Option<()> {
        let heir = self.some_host_of(case)?;
        let node = self.world.node(heir);
        let lost = self.world.dice.chance(700);
        let cause = if lost { Cause::Lost } else { Cause::Hostile };
        for index in self.running() {
            if self.world.dice.chance(600) {
                self.act(index, case, Action::Vote(node, cause));
            }
        }
        Some(())
    }

    /// A case for some members of another.
    fn compartment(&mut self, parent: CaseId) -> Option<()> {
        if self.cases.len() >= CASES {
            return None;
        }
        let index = self.some_host_of(parent)?;
        let info = self.world.seats[index].host.info(parent)?;
        let child = self.open(index, info.rules.history, Some(parent));
        for (org, role) in info.rules.organisations() {
            if self.world.dice.chance(500) {
                self.act(index, child, Action::Invite(org, role));
            }
        }
        self.write(index, child, 2);
        Some(())
    }

    /// A host goes on from a copy. What nobody else holds of what it acknowledged since is lost, and its operator knows.
    fn restore(&mut self) -> Option<()> {
        let copies: Vec<usize> = self.copies.keys().copied().collect();
        let index = *self.world.dice.pick(&copies)?;
        let copy = self.copies.remove(&index)?;
        if self.world.seats[index].gone {
            return None;
        }
        self.world
            .note(|| format!("host {index} is restored from a copy"));
        self.world.crash(index, Some(1_000));
        self.world.seats[index].host.restore(copy);
        let seats = &self.world.seats;
        self.world.model.stored.retain(|(host, record)| {
            let held = |seat: &super::world::Seat| {
                let log = seat.host.disk.logs.get(&record.log);
                seat.malice.is_none() && log.is_some_and(|l| l.counted().height > record.seq)
            };
            *host != index || seats.iter().any(held)
        });
        self.world.seats[index].restored = true;
        Some(())
    }

    /// Everything is mended: no split, nobody down, nobody does anything new against the others.
    pub fn mend(&mut self) {
        self.world.note(|| "everything is mended".into());
        let sides = vec![0; self.world.seats.len()];
        self.world.split(sides);
        self.world.weather.lasts_ms = 0;
        for index in 0..self.world.seats.len() {
            if !self.world.seats[index].gone {
                self.world.start(index);
            }
        }
        self.world.reconnect();
    }

    /// Operators do what the manual says: they vote out a custodian that is hostile, gone, or was restored, and let in anew
    /// who was restored and cannot follow.
    pub fn react(&mut self) {
        for case in self.cases.clone() {
            self.replace_custodian(case);
            self.agree_by_telephone(case);
            self.readmit(case);
        }
    }

    fn honest_members(&mut self, case: CaseId) -> Vec<usize> {
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
        let members = self.honest_members(case);
        // Whoever has followed furthest and remembers everything; and all agree on it by telephone.
        let mut heir: Option<(bool, Rank, Epoch, usize)> = None;
        let (mut out, mut restored) = (gone, BTreeSet::new());
        out.extend(&hostile);
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
            if matches!(info.ended, Some(Ended::VotedOut { .. })) {
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
        let heir = self.world.node(usize::MAX - heir);
        for index in members {
            let Some(info) = self.world.seats[index].host.info(case) else {
                continue;
            };
            let custodian = info.rules.custodian;
            // One that was restored is custodian all the same if it has forgotten nothing.
            let behind = restored.contains(&custodian) && self.is_behind(custodian, case);
            if !out.contains(&custodian) && !behind {
                continue;
            }
            let cause = if hostile.contains(&custodian) {
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
                let contested = (case, Alarm::Contested(node));
                if seat.restored || seat.alarms.contains(&contested) {
                    self.act(index, case, Action::Vote(node, Cause::Lost));
                }
            }
        }
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
        for index in self.running() {
            let seat = &mut self.world.seats[index];
            let me = seat.host.me();
            let theirs = seat.host.info(case);
            let behind = theirs.is_none_or(|i| i.group != info.group || i.epoch < info.epoch);
            let restored = seat.restored && seat.malice.is_none();
            if restored && behind && index != custodian && info.members.contains(&me) {
                let org = self.org(index);
                let role = info.rules.role(&org).unwrap_or(CaseRole::Contributor);
                if self.act(custodian, case, Action::RemoveNode(me)) {
                    self.act(custodian, case, Action::Invite(org, role));
                }
            }
        }
    }
}
