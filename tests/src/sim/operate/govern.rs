//! What custodians and members do with their cases.

use super::Operators;
use crate::sim::host::Action;
use focal_protocol::{
    group::{CaseRole, Cause, Stage},
    id::CaseId,
};

/// Cases beyond which no compartments are made in a small federation.
const CASES: usize = 4;

impl Operators {
    /// Somebody does something with a case.
    pub fn govern(&mut self) -> Option<()> {
        let case = self.some_case()?;
        let other = self.somebody();
        let org = self.org(other);
        match self.world.dice.between(0, 82) {
            0..28 => {
                let custodian = self.custodian(case)?;
                let reader = self.world.dice.chance(200);
                let role = if reader {
                    CaseRole::Reader
                } else {
                    CaseRole::Contributor
                };
                if self.introduces {
                    // Partners who work together know how to reach each other.
                    self.world.link(custodian, other);
                }
                self.act(custodian, case, Action::Invite(org, role));
            }
            28..36 => {
                let custodian = self.custodian(case)?;
                self.act(custodian, case, Action::Remove(org));
            }
            36..40 => {
                let custodian = self.custodian(case)?;
                let node = self.world.node(other);
                self.act(custodian, case, Action::RemoveNode(node));
            }
            40..44 => {
                let index = self.some_host_of(case)?;
                self.act(index, case, Action::Leave);
            }
            44..48 => {
                let custodian = self.custodian(case)?;
                self.act(custodian, case, Action::Role(org, CaseRole::Reader));
            }
            48..56 => {
                let custodian = self.custodian(case)?;
                let heir = self.some_host_of(case)?;
                let heir = self.world.node(heir);
                self.act(custodian, case, Action::HandOver(heir));
            }
            56..64 => {
                let index = self.some_host_of(case)?;
                self.act(index, case, Action::Rekey);
            }
            64..71 => self.election(case)?,
            71..77 => {
                let custodian = self.custodian(case)?;
                let stage = if self.world.dice.chance(400) {
                    Stage::Closed
                } else {
                    Stage::Open
                };
                self.act(custodian, case, Action::Stage(stage));
            }
            77..78 => {
                let custodian = self.custodian(case)?;
                self.act(custodian, case, Action::Stage(Stage::Purged));
            }
            _ => self.compartment(case)?,
        }
        Some(())
    }

    /// Anybody; more often one that is hostile, who is let in, removed and let in again as partners change their minds.
    fn somebody(&self) -> usize {
        let seats = self.world.seats.iter().enumerate();
        let hostile = seats.filter(|(_, s)| s.malice.is_some());
        let hostile: Vec<usize> = hostile.map(|(index, _)| index).collect();
        let one = self.world.dice.pick(&hostile).copied();
        let one = one.filter(|_| self.world.dice.chance(300));
        one.unwrap_or_else(|| self.world.any(self.world.seats.len()))
    }

    /// Some members vote for one of them.
    fn election(&mut self, case: CaseId) -> Option<()> {
        let heir = self.some_host_of(case)?;
        let node = self.world.node(heir);
        let lost = self.world.dice.chance(700);
        let cause = if lost { Cause::Lost } else { Cause::Hostile };
        for index in self.running() {
            let info = self.world.seats[index].host.info(case);
            let votes = info.is_none_or(|i| i.rules.custodian != self.world.node(index));
            // A custodian's operator agrees to a claim once it has called the others.
            if self.world.dice.chance(600) && votes {
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
}
