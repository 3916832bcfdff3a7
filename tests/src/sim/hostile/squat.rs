//! Begins a log under the id of another's, so that whoever does not hold that one yet never takes it.

use super::current;
use crate::sim::world::World;
use focal_protocol::{
    id::{CaseId, LogId},
    log::{Lane, Payload, Request, Run},
    sync::Frame,
};

impl World {
    /// From now on it is quick to squat whatever it hears of; and it does so with what others do not hold yet.
    pub(super) fn begin_to_squat(&mut self, index: usize) -> Option<()> {
        let malice = self.seats[index].malice.as_mut()?;
        let begins = !std::mem::replace(&mut malice.squats, true);
        let cases = self.seats[index].host.case_ids();
        let case = *self.dice.pick(&cases)?;
        let host = &self.seats[index].host;
        let others = host
            .now
            .logs_of(case)
            .filter(|(_, l)| l.writer.node != host.me());
        let mut others: Vec<(LogId, Lane)> = others.map(|(log, l)| (*log, l.writer.lane)).collect();
        let peers = self.net.linked_to(index);
        let lacks = |peer: &usize, log: &LogId| {
            let now = &self.seats[*peer].host.now;
            now.cases.contains_key(&case) && !now.logs.contains_key(log)
        };
        others.retain(|(log, _)| peers.iter().any(|peer| lacks(peer, log)));
        let runs: Vec<Run> = others
            .iter()
            .filter_map(|(log, lane)| self.squatted(index, case, *log, *lane))
            .collect();
        self.push(index, &runs);
        (begins || !runs.is_empty()).then_some(())
    }

    /// The first entry of a log has come, and others may not have it yet.
    pub(in crate::sim) fn squat_at_once(&mut self, index: usize, frame: &Frame) {
        let squats = self.seats[index].malice.as_ref().is_some_and(|m| m.squats);
        let Frame::Entries(run) = frame else {
            return;
        };
        let new = run.from == 0 && !self.seats[index].host.now.logs.contains_key(&run.log);
        if squats
            && new
            && run.writer.node != self.node(index)
            && let Some(run) = self.squatted(index, run.writer.case, run.log, run.writer.lane)
        {
            self.push(index, &[run]);
        }
    }

    fn squatted(&mut self, index: usize, case: CaseId, log: LogId, lane: Lane) -> Option<Run> {
        let sealed = current(&mut self.seats[index].host, case)?;
        let payload = Payload::Request(Request::Leave("squatted".into()));
        self.first_entry(index, case, &sealed, (lane, Some(log)), &payload)
    }
}
