//! An organisation that was removed from a case lists another node, which writes on under what the first one knew.

use super::Malice;
use crate::sim::{host::Host, world::World};
use focal_protocol::{case::Ended, id::CaseId};
use std::sync::Arc;

impl World {
    pub(super) fn list_another(&mut self, index: usize) -> Option<()> {
        let cases = self.seats[index].host.case_ids();
        let mut removed: Vec<CaseId> = Vec::new();
        for case in cases {
            let info = self.seats[index].host.info(case)?;
            if matches!(info.ended, Some(Ended::Removed { .. })) {
                removed.push(case);
            }
        }
        let case = *self.dice.pick(&removed)?;
        let late = match self.seats[index].malice.as_ref()?.latecomer {
            Some(late) => late,
            None => self.seat_another(index)?,
        };
        self.backdate_in(late, case)
    }

    /// The new node begins with everything that the old one had, and meets the same partners.
    fn seat_another(&mut self, index: usize) -> Option<usize> {
        let now = self.now;
        let host = &self.seats[index].host;
        let another = Arc::new(host.partner.another_node());
        let item = another.list(&host.now.directory, now)?;
        self.with(index, |host, now| {
            host.take_items(now, vec![item.clone()], None);
        });
        let host = &self.seats[index].host;
        let disk = host.now.clone();
        let new = Host::new(
            another,
            disk,
            host.pace,
            self.dice.branch(11),
            host.interner(),
        );
        self.model.shares(host.me(), new.me());
        let peers = self.net.linked_to(index);
        let late = self.seat(new);
        self.seats[late].malice = Some(Malice {
            latecomer: Some(late),
            ..Malice::default()
        });
        self.seats[index].malice.as_mut()?.latecomer = Some(late);
        for peer in peers {
            self.link(late, peer);
        }
        self.link(late, index);
        self.with(late, |host, now| {
            host.take_items(now, vec![item], None);
            host.start(now);
        });
        Some(late)
    }
}
