//! Entries from partners.

use super::Ledger;
use crate::{clock, mailbox::Mailbox, refused::Refused, store::LogRow};
use focal_protocol::{
    id::{CaseId, LogId, NodeId},
    limits,
    log::{self, Chain, Entry, Equivocation, Head, Run, Writer},
    sync::Input,
};

/// Entries in a run that catches up, rather than brings news.
const BULK: usize = 64;

impl Ledger {
    /// Checks a run from a peer and stores what is new of it.
    pub(super) fn take(&mut self, mailbox: &Mailbox, run: Run) {
        let log = run.log;
        match self.take_run(mailbox, run) {
            Ok(()) => {}
            Err(Refused::Log(log::Error::Gap { have, .. })) => {
                mailbox.push(Input::Rewind(log, have));
            }
            Err(Refused::Log(log::Error::Fork { seq, shown })) => self.forked(log, seq, *shown),
            Err(refused) => {
                self.shared.refuse(&refused);
                if refused.blames_peer() {
                    mailbox.close(format!("its entries were refused: {refused}"));
                }
            }
        }
    }

    fn take_run(&mut self, mailbox: &Mailbox, run: Run) -> Result<(), Refused> {
        let (log, writer) = (run.log, run.writer);
        self.check_writer(log, &writer)?;
        let known = self.logs.get(&log).copied();
        let head = known.map_or(Head::EMPTY, |row| row.head);
        let run = run.verify(&head)?;
        let case = self
            .cases
            .get_mut(&writer.case)
            .ok_or(Refused::UnknownCase)?;
        let current = (case.group.generation(), case.group.epoch());
        // A node that is no member now may be one in an epoch that is still to come, but not in a past one.
        if known.is_none()
            && !case.group.members().contains(&writer.node)
            && run
                .entries()
                .iter()
                .any(|e| (e.header.generation, e.header.epoch) <= current)
        {
            return Err(Refused::NotAMember(writer.node));
        }
        if run.entries().is_empty() {
            // All of it is held already: the peer is told so, or it would send it for ever.
            mailbox.grew(log, writer, head, None);
            return Ok(());
        }
        case.lamport = case.lamport.max(run.head().followed());
        self.round.write.run(&run);
        self.round.taken += run.entries().iter().map(|e| e.raw().len()).sum::<usize>();
        self.round.durable = true;
        self.logs.insert(
            log,
            LogRow {
                writer,
                head: run.head(),
                frozen: false,
            },
        );
        let (height, opener) = (run.head().height, self.opener.clone());
        let bulk = run.entries().len() >= BULK;
        self.announce(log, None);
        self.then(move |ledger| {
            ledger.fetch.stored(log, height, clock::steady());
            if bulk {
                opener.bulk();
            }
            opener.grew(log, writer.lane);
        });
        // If the disk refuses, the session begins again: what it sent was not acknowledged.
        let mailbox = mailbox.clone();
        self.after(move |_, stored| {
            if stored.is_err() {
                mailbox.close("the store refuses writes");
            }
        });
        Ok(())
    }

    fn check_writer(&self, log: LogId, writer: &Writer) -> Result<(), Refused> {
        let directory = self.directory.as_ref().ok_or(Refused::NoFederation)?;
        if directory.node_ever(&writer.node).is_none() {
            return Err(Refused::UnknownNode(writer.node));
        }
        if !self.cases.contains_key(&writer.case) {
            return Err(Refused::UnknownCase);
        }
        match self.logs.get(&log) {
            Some(row) if row.frozen => Err(Refused::Frozen),
            Some(row) if row.writer != *writer => Err(Refused::Log(log::Error::Misplaced)),
            Some(_) if writer.node == self.me() => Err(Refused::OwnLog),
            Some(_) => Ok(()),
            None => {
                let of_node = |row: &&LogRow| {
                    row.writer.node == writer.node && row.writer.case == writer.case
                };
                if self.logs.values().filter(of_node).count() >= limits::LOGS_PER_NODE {
                    return Err(Refused::TooManyLogs);
                }
                Ok(())
            }
        }
    }

    /// A peer's run and what is held here differ, both signed by the writer: the proof is kept and passed on.
    fn forked(&mut self, log: LogId, seq: u64, second: Chain) {
        let Some(row) = self.logs.get(&log).copied() else {
            return;
        };
        let Ok(held) = self.signed_entries(log, seq, row.head.height) else {
            return;
        };
        let Some(first) = Chain::of(&held) else {
            return;
        };
        self.take_proof(Equivocation {
            log,
            node: row.writer.node,
            seq,
            first,
            second,
        });
    }

    /// Entries from `seq` on up to the first that is signed.
    fn signed_entries(
        &self,
        log: LogId,
        seq: u64,
        height: u64,
    ) -> Result<Vec<Entry>, crate::store::Error> {
        let mut held = Vec::new();
        for seq in seq..height {
            let Some(entry) = self.store.entry(log, seq)? else {
                break;
            };
            let signed = entry.signature().is_some();
            held.push(entry);
            if signed {
                break;
            }
        }
        Ok(held)
    }

    /// Keeps a proof that holds, freezes the log, tells everybody.
    pub(super) fn take_proof(&mut self, proof: Equivocation) {
        let Some(row) = self.logs.get(&proof.log).copied() else {
            return;
        };
        if row.frozen || row.writer.node != proof.node || !proof.holds() {
            return;
        }
        let frozen = LogRow {
            frozen: true,
            ..row
        };
        self.logs.insert(proof.log, frozen);
        self.round.write.log(proof.log, &frozen);
        self.round.write.equivocation(&self.store, &proof);
        self.round.durable = true;
        self.shared.refuse(&Refused::Log(log::Error::Fork {
            seq: proof.seq,
            shown: Box::new(proof.second.clone()),
        }));
        self.then(move |ledger| {
            ledger.alarm_fork(&proof);
            for mailbox in ledger.sessions.values() {
                mailbox.push(Input::Proof(Box::new(proof.clone())));
            }
        });
    }

    pub(super) fn alarm_fork(&self, proof: &Equivocation) {
        self.shared.alarm(format!(
            "node {} signed two histories of log {} at sequence {}: nothing more is taken from that log",
            proof.node.short(),
            proof.log.short(),
            proof.seq
        ));
    }

    /// A peer holds a log up to a height.
    pub(super) fn holds(&mut self, peer: NodeId, case: CaseId, log: LogId, height: u64) {
        self.round.write.held(log, &peer, height, clock::now());
        self.shared.emit(crate::api::types::Event::Held {
            case: case.to_string(),
            node: peer.to_string(),
            org_name: self.org_name(&peer),
            log: log.to_string(),
            height,
        });
    }
}
