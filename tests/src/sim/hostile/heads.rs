//! Says that it holds more than there is, of logs that there are and of logs that there are not.

use crate::sim::world::World;
use focal_protocol::{
    id::{Hash, LogId, NodeId},
    log::Lane,
    random::Random,
    sync::{CaseHeads, Frame, LogHead},
};

/// Logs that are made up for one case.
const MADE_UP: u64 = 40;

impl World {
    pub(super) fn false_heads(&mut self, index: usize) -> Option<()> {
        let mut cases = Vec::new();
        for case in self.seats[index].host.case_ids() {
            let info = self.seats[index].host.info(case)?;
            let members: Vec<NodeId> = info.members.iter().copied().collect();
            let more = || self.dice.between(1, 5_000);
            let of_logs = self.seats[index].host.now.logs_of(case);
            let mut logs: Vec<LogHead> = of_logs
                .map(|(log, held)| LogHead {
                    log: *log,
                    node: held.writer.node,
                    lane: held.writer.lane,
                    height: held.height() + more(),
                    hash: Hash(self.dice.array()),
                })
                .collect();
            for _ in 0..self.dice.between(0, MADE_UP) {
                logs.push(LogHead {
                    log: LogId(self.dice.array()),
                    node: *self.dice.pick(&members)?,
                    lane: Lane::Flash,
                    height: more(),
                    hash: Hash(self.dice.array()),
                });
            }
            cases.push(CaseHeads {
                case,
                complete: self.dice.chance(500),
                ask: self.dice.chance(500),
                logs,
            });
        }
        let bytes = Frame::Heads(cases).to_bytes();
        for peer in self.net.linked_to(index) {
            self.put(index, peer, bytes.clone().into());
        }
        Some(())
    }
}
