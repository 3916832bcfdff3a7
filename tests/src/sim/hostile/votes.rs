//! Votes for nobody's good, of members who are said to be gone, and of successors whom nobody has elected.

use super::current;
use crate::sim::world::World;
use focal_protocol::{
    group::{Cause, Delivery, Motion, Succession, Vote},
    id::NodeId,
    limits,
    log::{Lane, Payload},
    signed::Signed,
};

impl World {
    pub(super) fn vote_badly(&mut self, index: usize) -> Option<()> {
        let cases = self.seats[index].host.case_ids();
        let case = *self.dice.pick(&cases)?;
        let info = self.seats[index].host.info(case)?;
        let members: Vec<NodeId> = info.members.iter().copied().collect();
        let me = self.node(index);
        let some = || self.dice.pick(&members).copied();
        let motion = Motion {
            case,
            generation: info.epoch.generation,
            branch: info.group.branch,
            ballot: match self.dice.between(0, 3) {
                0 => u32::MAX,
                1 => 1 << 16,
                _ => u32::try_from(self.dice.between(0, 8)).ok()?,
            },
            out: if self.dice.chance(800) {
                info.rules.custodian
            } else {
                some()?
            },
            successor: if self.dice.chance(500) { me } else { some()? },
            cause: if self.dice.chance(500) {
                Cause::Lost
            } else {
                Cause::Hostile
            },
        };
        let mut gone = members.clone();
        gone.retain(|_| self.dice.chance(300));
        gone.truncate(limits::GONE);
        let vote = Vote {
            voter: me,
            motion,
            gone,
        };
        let key = &self.seats[index].host.partner.key;
        let signed = Signed::new(&vote, key);
        let elected = Succession {
            motion,
            base: info.epoch,
            members: members.clone(),
            cuts: Vec::new(),
            votes: vec![signed.clone()],
        };
        let elected = Signed::new(&elected, key);
        let sealed = current(&mut self.seats[index].host, case)?;
        self.with(index, |host, now| {
            let payload = Payload::Vote(Box::new(signed.clone()));
            // What does not fit is not sent.
            let _ = host.append(case, Lane::Flash, sealed.at(), &sealed.secret, &payload);
            host.deliver(now, &members, &Delivery::Vote(Box::new(signed)));
            host.deliver(now, &members, &Delivery::Succeeded(Box::new(elected)));
        });
        Some(())
    }
}
