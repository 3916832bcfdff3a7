//! Rounds: changes that share one transaction and one flush, and what is done once they are durable.

use super::{Ledger, Reply, StoredAt};
use crate::{
    refused::Refused,
    store::{Error, LogRow, Write},
};
use focal_protocol::id::{LogId, RecordId};
use std::collections::HashMap;

/// What to do once a round is durable, or has failed.
pub(super) type Effect = Box<dyn FnOnce(&mut Ledger, Result<(), Refused>) + Send>;

/// Changes of the current round.
#[derive(Default)]
pub(super) struct Round {
    pub(super) write: Write,
    /// Bytes of partners' entries in it.
    pub(super) taken: usize,
    /// Whether anything in it is acknowledged to somebody.
    pub(super) durable: bool,
    /// What was known, durably, of the logs that it changes; none of those that are new.
    pub(super) before: HashMap<LogId, Option<LogRow>>,
    pub(super) effects: Vec<Effect>,
    /// Records of this round: the store does not know them yet.
    pub(super) records: HashMap<RecordId, StoredAt>,
    pub(super) directory: bool,
    pub(super) cases: bool,
    /// Whether it adds to the audit trail.
    pub(super) noted: bool,
}

impl Ledger {
    /// A log is changed in this round: whoever is told of it is told once that is durable.
    pub(super) fn set_log(&mut self, log: LogId, row: LogRow) {
        let before = self.logs.insert(log, row);
        self.round.before.entry(log).or_insert(before);
        self.round.durable = true;
    }

    /// What is durable of a log.
    pub(super) fn durable_log(&self, log: &LogId) -> Option<&LogRow> {
        match self.round.before.get(log) {
            Some(before) => before.as_ref(),
            None => self.logs.get(log),
        }
    }

    /// Answers now if it was refused, else after the flush.
    pub(super) fn answer<T: Send + 'static>(
        &mut self,
        result: Result<T, Refused>,
        reply: Reply<T>,
    ) {
        self.note_answer(result.as_ref().err());
        match result {
            Ok(value) => self.after(move |_, stored| {
                // The asker may have gone: what is stored stays stored.
                let _ = reply.send(stored.map(|()| value));
            }),
            Err(refused) => {
                tracing::info!(code = refused.code(), "refused: {refused}");
                let _ = reply.send(Err(refused));
            }
        }
    }

    pub(super) fn after(
        &mut self,
        effect: impl FnOnce(&mut Self, Result<(), Refused>) + Send + 'static,
    ) {
        self.round.effects.push(Box::new(effect));
    }

    /// Does something once the round is durable; nothing if it fails.
    pub(super) fn then(&mut self, effect: impl FnOnce(&mut Self) + Send + 'static) {
        self.after(move |ledger, stored| {
            if stored.is_ok() {
                effect(ledger);
            }
        });
    }

    /// Ends the round: one transaction, one flush, then the effects.
    pub(super) fn commit(&mut self) {
        // Effects of one round may begin another, such as invitations that a new manifest makes possible.
        loop {
            self.sign_trail();
            let round = std::mem::take(&mut self.round);
            if round.write.is_empty() && round.effects.is_empty() {
                return;
            }
            let stored = self.store.apply(&round.write).and_then(|()| {
                if round.durable {
                    self.store.flush()
                } else {
                    Ok(())
                }
            });
            if let Err(e) = &stored {
                self.refused_by_disk(e);
            } else {
                self.shared.disk_full(!self.store.has_room());
                if round.directory {
                    self.publish_directory();
                    self.raise_conflicts();
                }
                if round.cases {
                    self.publish_cases();
                }
            }
            let stored = stored.map_err(Refused::from);
            for effect in round.effects {
                effect(self, stored.clone());
            }
        }
    }

    /// A write failed: nothing of it is acknowledged, and the state in memory is read again.
    pub(super) fn refused_by_disk(&mut self, error: &Error) {
        match error {
            Error::Full => self.shared.disk_full(true),
            fatal => self.failed = Some(fatal.clone()),
        }
        if let Err(e) = self.load() {
            self.failed = Some(e);
        }
    }
}
