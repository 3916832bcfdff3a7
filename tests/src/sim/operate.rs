//! What the operators and officers of a federation do, drawn by the seed, and how they react to what has gone wrong.

mod astray;
mod govern;
mod react;
mod suffer;

use super::{disk::Disk, host::Action, world::World};
use focal_protocol::{
    group::{History, Stage},
    id::{CaseId, OrgId},
};
use std::collections::{BTreeMap, BTreeSet};

/// People with a world.
#[derive(Debug)]
pub struct Operators {
    /// The world.
    pub world: World,
    /// All cases that were opened.
    pub cases: Vec<CaseId>,
    /// Cases that their custodian has purged, and those of which somebody has tried to replace the custodian.
    pub purged: BTreeSet<CaseId>,
    /// See [`Operators::purged`].
    pub contested: BTreeSet<CaseId>,
    /// Cases into which somebody hostile has let a newcomer by a history that the partners do not follow.
    pub astray: BTreeSet<CaseId>,
    /// Whether a custodian connects to whom it invites.
    pub introduces: bool,
    copies: BTreeMap<usize, Disk>,
    texts: u64,
}

impl Operators {
    /// Of a world in which nothing has happened.
    #[must_use]
    pub fn new(world: World) -> Self {
        Self {
            world,
            cases: Vec::new(),
            purged: BTreeSet::new(),
            contested: BTreeSet::new(),
            astray: BTreeSet::new(),
            introduces: false,
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
        let purges = matches!(action, Action::Stage(Stage::Purged));
        let votes_for = match action {
            Action::Vote(successor, _) => Some(successor),
            _ => None,
        };
        // What comes of a vote may come at once.
        let voter = self.world.node(index);
        let new = votes_for.is_some_and(|who| self.world.model.voted(case, voter, who));
        if votes_for.is_some() {
            self.contested.insert(case);
        }
        let done = self
            .world
            .with(index, |host, now| host.act_on(now, case, action));
        self.world.note(|| match &done {
            Ok(()) => text,
            Err(e) => format!("{text}: refused: {e}"),
        });
        if let Some(successor) = votes_for.filter(|_| done.is_err() && new) {
            self.world.model.takes_back(case, voter, successor);
        }
        if purges && done.is_ok() {
            self.purged.insert(case);
        }
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
            let made_up = self.world.is_in_made_up(index, case);
            let info = self.world.seats[index].host.info(case).filter(|_| !made_up);
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
        match self.world.dice.between(0, 114) {
            0..34 => {
                let case = self.some_case()?;
                let index = self.some_host_of(case)?;
                let count = self.world.dice.between(1, 6);
                self.write(index, case, count);
                Some(())
            }
            34..75 => self.govern(),
            75..89 => self.suffer(),
            89..94 => {
                let apart = self.world.dice.chance(500);
                self.split(apart);
                Some(())
            }
            _ => {
                let mut hostile = self.running();
                hostile.retain(|i| self.world.seats[*i].malice.is_some());
                let index = self.world.dice.pick(&hostile).copied()?;
                self.world.misbehave(index);
                Some(())
            }
        }
    }
}
