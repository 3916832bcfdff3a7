//! Begins a log under the id of another's, so that whoever does not hold that one yet never takes it.

use super::current;
use crate::sim::world::World;
use focal_protocol::{
    id::LogId,
    log::{Lane, Payload, Request},
};

impl World {
    pub(super) fn squat(&mut self, index: usize) -> Option<()> {
        let cases = self.seats[index].host.case_ids();
        let case = *self.dice.pick(&cases)?;
        let sealed = current(&mut self.seats[index].host, case)?;
        let host = &self.seats[index].host;
        let others = host
            .now
            .logs_of(case)
            .filter(|(_, l)| l.writer.node != host.me());
        let others: Vec<(LogId, Lane)> = others.map(|(log, l)| (*log, l.writer.lane)).collect();
        let payload = Payload::Request(Request::Leave("squatted".into()));
        let mut runs = Vec::new();
        for (log, lane) in others {
            runs.extend(self.first_entry(index, case, &sealed, (lane, Some(log)), &payload));
        }
        self.push(index, &runs);
        Some(())
    }
}
