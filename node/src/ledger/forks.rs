//! Logs with two histories: found, proven, ended where they part, and told to everybody.

use super::Ledger;
use crate::{alarms::Alarm, clock, mailbox::Mailbox, refused::Refused, store::LogRow};
use focal_protocol::{
    id::LogId,
    log::{self, Chain, Equivocation},
    sync::{Input, Parting, compare},
};

impl Ledger {
    /// A peer's run and what is held here differ, both signed by the writer. What they show is proven at once. If they part
    /// below what the run shows, the peer is asked where.
    pub(super) fn parted(&mut self, mailbox: &Mailbox, log: LogId, shown: Chain) {
        let mailbox = mailbox.clone();
        // What it differs from may have come in this very round.
        self.then(move |ledger| {
            let Some(row) = ledger.logs.get(&log) else {
                return;
            };
            let store = &ledger.store;
            let hash_at = |height| store.hash_at(log, height);
            match compare(&shown.points(), row.head.height, hash_at) {
                Ok(Parting::At(seq)) => ledger.take_side(log, seq, shown),
                Ok(Parting::Within(points)) => {
                    let last = points.last().and_then(|p| p.height.checked_sub(1));
                    if let Some(seq) = last {
                        ledger.take_side(log, seq, shown);
                    }
                    mailbox.push(Input::Points(log, points));
                }
                Ok(Parting::Nowhere) => {}
                Err(e) => tracing::error!("log {} cannot be compared: {e}", log.short()),
            }
        });
    }

    /// A peer shows a history of a log from a sequence on that should differ from the one held here: with it, a proof.
    pub(super) fn take_side(&mut self, log: LogId, seq: u64, second: Chain) {
        let Some(row) = self.logs.get(&log).copied() else {
            return;
        };
        match self.store.chain(log, seq) {
            Ok(Some(first)) => self.take_proof(Equivocation {
                log,
                node: row.writer.node,
                seq,
                first,
                second,
            }),
            Ok(None) => {}
            Err(e) => tracing::error!("log {} cannot be read: {e}", log.short()),
        }
    }

    /// Keeps a proof that holds, freezes the log, tells everybody.
    pub(super) fn take_proof(&mut self, proof: Equivocation) {
        let Some(row) = self.logs.get(&proof.log).copied() else {
            return;
        };
        let known = row.frozen && row.end.is_some_and(|end| end <= proof.seq);
        if known || row.writer.node != proof.node || !proof.holds() {
            return;
        }
        let frozen = LogRow {
            frozen: true,
            ..row
        };
        self.set_log(proof.log, frozen);
        self.round.write.log(proof.log, &frozen);
        self.round.write.equivocation(&self.store, &proof);
        self.raise(Alarm::fork(&proof.node, proof.log));
        self.shared.refuse(&Refused::Log(log::Error::Fork {
            seq: proof.seq,
            shown: Box::new(proof.second.clone()),
        }));
        self.then(move |ledger| {
            ledger.end_at_fork(&proof);
            for mailbox in ledger.sessions.values() {
                mailbox.push(Input::Proof(Box::new(proof.clone())));
            }
        });
    }

    /// Everybody ends the log where its two histories part, so that all hold the same of it.
    pub(super) fn end_at_fork(&mut self, proof: &Equivocation) {
        let Some(row) = self.logs.get(&proof.log).copied() else {
            return;
        };
        self.end_log(proof.log, row, proof.seq);
        let (node, log, seq) = (proof.node, proof.log, proof.seq);
        let told = self.with_case(row.writer.case, |case, _| {
            Ok(((), case.forked(node, log, seq)))
        });
        if let Err(e) = told {
            tracing::warn!("a fork could not be noted in its case: {e}");
        }
        self.tell_end(log);
    }

    /// All who may hold another history of what is left of a log are told how far it counts here, so that they compare it.
    fn tell_end(&mut self, log: LogId) {
        self.then(move |ledger| {
            let Some(row) = ledger.logs.get(&log) else {
                return;
            };
            if let Some(ended) = row.ended {
                // Nothing that partners hold beyond is wanted.
                ledger.fetch.stored(log, u64::MAX, clock::steady());
                for mailbox in ledger.sessions.values() {
                    mailbox.ended(log, row.writer, ended);
                }
            }
        });
    }
}
