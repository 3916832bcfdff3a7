//! Purges: what opens a case is destroyed here, when its retention time is over or somebody has asked for it.

use super::{
    InviteOutcome, Ledger, Reply,
    cases::{Action, CaseHere},
};
use crate::{alarms::Alarm, clock, refused::Refused, store::Write};
use focal_protocol::{
    audit::{Act, Actor, Deed},
    case,
    group::{self, Invitation, Stage},
    id::{CaseId, LogId, NodeId},
    sync::Input,
    time::Time,
};
use std::ops::Bound;

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
            // In time to say something: what is destroyed does not come back.
            let here = self.cases.get(&id);
            let closed = here
                .and_then(|here| here.case.rules().stage())
                .map(|s| s.at);
            self.raise(Alarm::retention(id, closed.unwrap_or_default()));
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
        let due = self.cases.iter().filter(|(_, here)| is_purged(here));
        for id in due.map(|(id, _)| *id).collect::<Vec<_>>() {
            // In a round of its own: what this one has stored of the case is to be known.
            self.then(move |ledger| ledger.purge_case(id));
        }
    }

    /// Destroys what opens a case here. That it is destroyed stands in the audit trail with the same write that marks it:
    /// there is no purge without the item, and no item without the purge. The rest is cleared after.
    pub(super) fn purge_case(&mut self, id: CaseId) {
        // It may have been decided twice in one round: what is known of it then is known no more.
        if !self.cases.contains_key(&id) {
            return;
        }
        let mut write = Write::default();
        let until = match self.cases.get(&id) {
            // What was to be destroyed everywhere comes back by nobody's invitation.
            Some(here) if is_over(here) => Time(u64::MAX),
            _ => self
                .packages
                .keys()
                .next_back()
                .copied()
                .unwrap_or_default(),
        };
        if let Err(e) = write.purge(&self.store, id, until) {
            tracing::error!("case {} could not be purged: {e}", id.short());
            return;
        }
        self.round.write.append(write);
        let act = Act::new(Deed::Purge).word("done").case(id);
        self.note(Actor::Node, act);
        // From here on nothing is written of it, and nobody is told of its logs.
        self.cases.remove(&id);
        self.purged.insert(id, until);
        let of_case = self.logs.extract_if(|_, row| row.writer.case == id);
        let logs: Vec<LogId> = of_case.map(|(log, _)| log).collect();
        for log in &logs {
            self.cursors.remove(log);
        }
        self.then(move |ledger| ledger.destroy(id, logs));
    }

    /// Destroys the key of a case, after which nothing opens it; what is left is cleared bit by bit.
    fn destroy(&mut self, id: CaseId, logs: Vec<LogId>) {
        self.publish_cases();
        for mailbox in self.sessions.values() {
            mailbox.push(Input::Unshares(id));
        }
        let of_others = self.waiting_of_others();
        let finished = self.store.finish_purge(id);
        if !self.store.has_waiting_key() {
            self.wait_on(of_others);
        }
        match finished {
            Ok(()) => {
                self.undestroyed.remove(&id);
                self.left_over.push_front((id, logs));
                self.clear_left_over();
                self.shared.purged();
                // By which it can be invited again.
                self.publish_key_package();
            }
            Err(e) => {
                tracing::error!("the key of case {} could not be destroyed: {e}", id.short());
                self.undestroyed.insert(id, logs);
                self.raise(Alarm::undestroyed(id));
            }
        }
    }

    /// Keys that could not be destroyed are tried again.
    pub(super) fn destroy_again(&mut self) {
        for (id, logs) in std::mem::take(&mut self.undestroyed) {
            self.destroy(id, logs);
        }
    }

    /// Says that a case is purged once what opens it is destroyed: two rounds later than it was decided.
    pub(super) fn answer_purge(
        &mut self,
        id: CaseId,
        result: Result<InviteOutcome, Refused>,
        reply: Reply<InviteOutcome>,
    ) {
        let decided = self.cases.get(&id).is_some_and(is_purged);
        if !decided || result.is_err() {
            return self.answer(result, reply);
        }
        self.note_answer(None);
        self.after(move |ledger, stored| {
            let Ok(()) = stored else {
                let _ = reply.send(stored.and(result));
                return;
            };
            ledger.after(move |ledger, stored| {
                let done = ledger.purged.contains_key(&id) && !ledger.undestroyed.contains_key(&id);
                let destroyed = stored.and_then(|()| match done {
                    true => Ok(()),
                    false => Err(Refused::Store("a case's key could not be destroyed".into())),
                });
                let _ = reply.send(destroyed.and(result));
            });
        });
    }

    /// Clears a bit of what is left of purged cases: it cannot be opened any more, and takes room.
    pub(super) fn clear_left_over(&mut self) {
        if self.cannot_clear {
            return;
        }
        let Some((id, logs)) = self.left_over.pop_front() else {
            return;
        };
        match self.store.clear_some(id, &logs) {
            Ok(true) => self.left_over.push_front((id, logs)),
            // An invitation to it may have waited for that.
            Ok(false) => self.retry_parcels(),
            Err(e) => {
                tracing::error!(
                    "what is left of case {} could not be cleared: {e}",
                    id.short()
                );
                self.left_over.push_back((id, logs));
                self.cannot_clear = true;
            }
        }
    }
}

/// Cases that were purged here, and to which this node is invited again.
impl Ledger {
    /// Takes a new invitation to a case that was purged here. Whoever has kept an old one, or the logs of then, brings nothing
    /// back: it must be sealed to a key package that was made after the purge, and this node writes new logs.
    pub(super) fn join_again(
        &mut self,
        from: NodeId,
        invitation: &Invitation,
    ) -> Result<(), Refused> {
        let id = invitation.case;
        let purged = Refused::Case(case::Error::Ended(case::Ended::Purged));
        let Some(until) = self.purged.get(&id).copied() else {
            return Err(purged);
        };
        let since = (Bound::Excluded(until), Bound::Unbounded);
        let packages = self.packages.range(since);
        let packages = packages.map(|(at, rows)| (*at, rows.clone())).collect();
        let (case, effects) = match self.joined(from, invitation, &packages) {
            Err(Refused::Case(case::Error::Group(group::Error::Mls(_)))) => return Err(purged),
            joined => joined?,
        };
        // What was sealed before is cleared first, or what comes now would be cleared with it.
        let not_yet = Refused::Case(case::Error::NotYet);
        let is_left = self.left_over.iter().any(|(left, _)| *left == id);
        if is_left || self.undestroyed.contains_key(&id) {
            return Err(not_yet);
        }
        // Also what was being read while it was purged, and was written only after that had been cleared.
        let logs = self.store.logs()?.into_iter();
        let logs: Vec<LogId> = logs
            .filter(|(_, row)| row.writer.case == id)
            .map(|(log, _)| log)
            .collect();
        if self.store.clear_some(id, &logs)? {
            self.left_over.push_back((id, logs));
            return Err(not_yet);
        }
        // The one thing that the disk may still refuse comes before anything is taken back of the purge.
        self.store.make_case_key(id)?;
        for (log, row) in self.round.write.join_again(&self.store, id)? {
            self.set_log(log, row);
        }
        self.purged.remove(&id);
        self.insert_case(case, effects)
    }
}

/// Whether its content is to be destroyed by everybody: its custodian has said so, or its retention time is over.
fn is_over(here: &CaseHere) -> bool {
    let stage = here.case.rules().stage().map(|change| change.stage);
    stage == Some(Stage::Purged) || here.case.is_due_for_purge(clock::now())
}

fn is_purged(here: &CaseHere) -> bool {
    matches!(here.case.ended(), Some(case::Ended::Purged))
}
