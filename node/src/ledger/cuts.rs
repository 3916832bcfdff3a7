//! Logs that end, by the rules in force or by a proof, and those that go on after all.

use super::Ledger;
use crate::{clock, store::LogRow};
use focal_protocol::{
    id::{CaseId, LogId, NodeId, OrgId},
    sync::Input,
};

impl Ledger {
    /// Ends the logs that the rules say end, wherever they are held further.
    pub(super) fn apply_cuts(&mut self, id: CaseId) {
        let Some(here) = self.cases.get(&id) else {
            return;
        };
        let rules = here.case.rules();
        let end_of = |log: &LogId, row: &LogRow| {
            let node = &row.writer.node;
            rules.end(&self.org_of(node)?, node, *log, row.first)
        };
        let due: Vec<(LogId, LogRow, u64)> = self
            .logs
            .iter()
            .filter(|(_, row)| row.writer.case == id)
            .filter_map(|(log, row)| {
                let end = end_of(log, row)?;
                let done = row.end.is_some_and(|e| e <= end)
                    && (row.ended.is_some() || row.head.height < end);
                (!done).then_some((*log, *row, end))
            })
            .collect();
        // Ended by rules that are not in force any more: of a custodian that has been outvoted, and was this node itself.
        let lifted: Vec<(LogId, LogRow, Option<u64>)> = self
            .logs
            .iter()
            .filter(|(_, row)| row.writer.case == id && !row.frozen && !row.cleared)
            .filter_map(|(log, row)| {
                let (was, end) = (row.end?, end_of(log, row));
                end.is_none_or(|end| end > was).then_some((*log, *row, end))
            })
            .collect();
        for (log, row, end) in due {
            self.end_log(log, row, end);
        }
        for (log, row, end) in lifted {
            self.lift_cut(log, &row, end);
        }
    }

    /// Ends of logs that follow from what is stored, and were not applied before a stop or a full disk: what ends a log is
    /// stored in one round, and applied in the next.
    pub(super) fn apply_ends(&mut self) {
        if !std::mem::take(&mut self.ends_due) {
            return;
        }
        for id in self.cases.keys().copied().collect::<Vec<_>>() {
            self.apply_cuts(id);
        }
        if !self.logs.values().any(|row| row.frozen) {
            return;
        }
        let proofs = self.store.equivocations().unwrap_or_else(|e| {
            tracing::error!("the proofs of forks cannot be read: {e}");
            Vec::new()
        });
        for proof in proofs {
            let row = self.logs.get(&proof.log);
            if row.is_some_and(|row| row.is_to_end_at(proof.seq)) {
                self.end_at_fork(&proof);
            }
        }
    }

    /// The organisation whose node this is, or was.
    pub(super) fn org_of(&self, node: &NodeId) -> Option<OrgId> {
        let known = self.directory.as_ref()?.node_ever(node);
        known.map(|(org, _)| org)
    }

    /// Lets a log count further than it did: what partners hold of it is asked for after all.
    fn lift_cut(&mut self, log: LogId, row: &LogRow, end: Option<u64>) {
        match self.store.lift_cut(&mut self.round.write, log, row, end) {
            Ok(row) => {
                self.set_log(log, row);
                self.announce(log, None);
                let (opener, lane) = (self.opener.clone(), row.writer.lane);
                self.then(move |ledger| {
                    opener.grew(log, lane);
                    for mailbox in ledger.sessions.values() {
                        mailbox.push(Input::Lacks(log));
                    }
                });
            }
            Err(e) => tracing::error!("log {} could not be taken up again: {e}", log.short()),
        }
    }

    /// Ends a log at a height: what is held beyond counts no more.
    pub(super) fn end_log(&mut self, log: LogId, row: LogRow, end: u64) {
        match self
            .store
            .cut(&mut self.round.write, log, &row, end, clock::now())
        {
            Ok(row) => {
                self.set_log(log, row);
                let (opener, case) = (self.opener.clone(), row.writer.case);
                self.then(move |_| opener.cut(case, log));
            }
            Err(e) => tracing::error!("log {} could not be ended: {e}", log.short()),
        }
    }
}
