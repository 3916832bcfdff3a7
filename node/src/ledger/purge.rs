//! Purges: what opens a case is destroyed here, when its retention time is over or somebody has asked for it.

use super::{
    Ledger,
    cases::{Action, CaseHere},
};
use crate::{clock, store::Store};
use focal_protocol::{
    audit::{Act, Actor, Deed},
    case,
    id::{CaseId, LogId},
    time::Time,
};

impl Ledger {
    /// Cases at the end of their retention time are purged, once that has been so for long enough of running.
    pub(super) fn retire_cases(&mut self, steady: Time) {
        self.resume_purges();
        let now = clock::now();
        let due = self
            .cases
            .iter()
            .filter(|(_, here)| here.case.ended().is_none() && here.case.is_due_for_purge(now))
            .map(|(id, _)| *id)
            .collect();
        let look = self.retention.look(&due, steady);
        for (id, seen) in look.due {
            self.round.write.due(&self.store, id, seen);
        }
        for id in look.not {
            self.round.write.not_due(id);
        }
        for id in look.over {
            match self.act(id, Action::Purge) {
                // Why, in the write that decides it; that it is done, in the one that does it.
                Ok(_) => {
                    let act = Act::new(Deed::Purge).word("retention-over").case(id);
                    self.note(Actor::Node, act);
                }
                Err(e) => tracing::error!("case {} could not be purged: {e}", id.short()),
            }
        }
    }

    /// Purges that were decided, and cut short by a stop or a full disk before they were done.
    pub(super) fn resume_purges(&mut self) {
        let decided = |here: &CaseHere| matches!(here.case.ended(), Some(case::Ended::Purged));
        let due = self.cases.iter().filter(|(_, here)| decided(here));
        for id in due.map(|(id, _)| *id).collect::<Vec<_>>() {
            self.purge_case(id);
        }
    }

    /// Destroys what opens a case here. That it is destroyed stands in the audit trail with the same write that marks it:
    /// there is no purge without the item, and no item without the purge. The rest is cleared after.
    pub(super) fn purge_case(&mut self, id: CaseId) {
        if let Err(e) = self.round.write.purge(&self.store, id) {
            tracing::error!("case {} could not be purged: {e}", id.short());
            return;
        }
        let act = Act::new(Deed::Purge).word("done").case(id);
        self.note(Actor::Node, act);
        // From here on nothing is written of it, and nobody is told of its logs.
        self.cases.remove(&id);
        self.purged.insert(id);
        let logs: Vec<LogId> = self
            .logs
            .iter()
            .filter(|(_, row)| row.writer.case == id)
            .map(|(log, _)| *log)
            .collect();
        for log in logs {
            self.logs.remove(&log);
            self.cursors.remove(&log);
        }
        self.then(move |ledger| {
            if let Err(e) = ledger.store.finish_purge(id) {
                tracing::error!("the key of case {} could not be destroyed: {e}", id.short());
                return;
            }
            ledger.publish_cases();
            for mailbox in ledger.sessions.values() {
                mailbox.push(focal_protocol::sync::Input::Unshares(id));
            }
            clear(&ledger.store, id);
            ledger.shared.purged();
        });
    }
}

/// Clears what is left of a purged case: it cannot be opened any more, and takes room.
pub(super) fn clear(store: &Store, id: CaseId) {
    if let Err(e) = store.clear_purged(id) {
        tracing::error!(
            "what is left of case {} could not be cleared: {e}",
            id.short()
        );
    }
}
