//! Says in parcels what only a custodian or a member may say: that somebody is out, that a case is purged; and asks for,
//! and hands out, secrets.

use crate::sim::world::World;
use focal_protocol::{
    group::{Delivery, Removal},
    id::NodeId,
    log::{Epoch, EpochGrant},
    random::Random,
    seal::EpochSecret,
};

impl World {
    pub(super) fn say_falsely(&mut self, index: usize) -> Option<()> {
        let cases = self.seats[index].host.case_ids();
        let case = *self.dice.pick(&cases)?;
        let info = self.seats[index].host.info(case)?;
        let me = self.node(index);
        let mut to: Vec<NodeId> = info.members.union(&info.earlier).copied().collect();
        to.retain(|n| *n != me && self.dice.chance(500));
        let generation = info.epoch.generation;
        let at = match self.dice.between(0, 3) {
            0 => info.epoch.next(),
            1 => Epoch::new(generation, info.epoch.number + self.dice.between(2, 9)),
            _ => Epoch::new(generation.saturating_add(1), self.dice.between(0, 4)),
        };
        let reason = "it is not true".to_string();
        let handed = info.rules.handed.clone();
        let removal = Removal {
            case,
            at,
            reason,
            handed,
        };
        let word = match self.dice.between(0, 6) {
            0 | 1 => Delivery::Removed(removal),
            2 | 3 => Delivery::Purged(removal),
            // It remembers nothing of what it may not know any more.
            4 => Delivery::Inquiry(case, Epoch::default()),
            _ => {
                let junk = |n| {
                    let at = Epoch::new(generation, info.epoch.number.saturating_sub(n));
                    EpochGrant::new(at, EpochSecret(self.dice.array()))
                };
                Delivery::Grants(case, (0..8).map(junk).collect())
            }
        };
        if matches!(word, Delivery::Removed(_) | Delivery::Purged(_)) {
            self.model.said_falsely(case, me);
        }
        self.with(index, |host, now| host.deliver(now, &to, &word));
        Some(())
    }
}
