//! Entries from partners.

use super::Ledger;
use crate::{alarms::Alarm, clock, mailbox::Mailbox, refused::Refused, store::LogRow};
use focal_protocol::{
    case::{Holding, NotAdmitted, Reason, Standing, admit},
    id::{LogId, NodeId},
    limits,
    log::{self, Epoch, Head, Lane, Run, VerifiedRun, Writer},
    sync::Input,
};

/// Entries in a run that catches up, rather than brings news.
const BULK: usize = 64;

impl Ledger {
    /// Checks a run from a peer and stores what is new of it.
    pub(super) fn take(&mut self, mailbox: &Mailbox, run: Run) {
        let (log, case) = (run.log, run.writer.case);
        let end = run.from.saturating_add(run.entries.len() as u64);
        match self.take_run(mailbox, run) {
            Ok(()) => {}
            Err(Refused::Log(log::Error::Gap { have, .. })) => {
                mailbox.push(Input::Rewind(log, have));
            }
            Err(Refused::Log(log::Error::Fork { shown, .. })) => self.parted(mailbox, log, *shown),
            Err(refused) => {
                self.shared.refuse(&refused);
                match refused {
                    Refused::TooLate(_) => {
                        let now = clock::steady();
                        self.fetch.late((mailbox.peer, end), log, case, now);
                    }
                    _ => self.fetch.refused(log),
                }
                if refused.blames_peer() {
                    mailbox.close(format!("its entries were refused: {refused}"));
                }
            }
        }
    }

    pub(super) fn take_run(&mut self, mailbox: &Mailbox, run: Run) -> Result<(), Refused> {
        let (log, writer) = (run.log, run.writer);
        self.check_writer(log, &writer, &run)?;
        let known = self.logs.get(&log).copied();
        if let Some(ended) = known.and_then(|row| row.ended) {
            // Nothing more of it counts; but whether all hold the same of what does must be seen.
            let meeting = self.meeting(&run, ended)?;
            if let Err(fork @ log::Error::Fork { .. }) = run.verify(&meeting) {
                return Err(fork.into());
            }
            let mailbox = mailbox.clone();
            self.then(move |_| mailbox.grew(log, writer, ended, None));
            return Ok(());
        }
        let head = known.map_or(Head::EMPTY, |row| row.head);
        let meeting = self.meeting(&run, head)?;
        let run = run.verify(&meeting)?;
        let here = self.cases.get(&writer.case).ok_or(Refused::UnknownCase)?;
        let org = self.org_of(&writer.node);
        let org = org.ok_or(Refused::UnknownNode(writer.node))?;
        let first = run.entries().first().map(|e| &e.header);
        let first = first.map_or_else(Epoch::default, |h| Epoch::new(h.generation, h.epoch));
        let mut row = known.unwrap_or_else(|| LogRow::new(writer, first, head));
        let rules = here.case.rules();
        row.end = row
            .end
            .or_else(|| rules.end(&org, &writer.node, log, row.first));
        if row.end.is_none() {
            let standing = Standing {
                rules,
                now: here.case.epoch(),
                member: here.case.members().contains(&writer.node),
                earlier: here.case.was_member(&writer.node),
                leads: writer.lane == Lane::Flash
                    && here.case.custodians().any(|n| n == writer.node),
            };
            admit(&standing, &writer.node, &org, &run, || {
                self.held_of(&writer)
            })
            .map_err(|why| match why {
                NotAdmitted::AfterRemoval => Refused::Judged(Reason::AfterRemoval),
                NotAdmitted::NotAMember => Refused::NotAMember(writer.node),
                NotAdmitted::TooLate => Refused::TooLate(writer.node),
            })?;
        }
        if run.entries().is_empty() {
            // All of it is held already: the peer is told so, or it would send it for ever.
            // What came in this very round is not durable before its end.
            let mailbox = mailbox.clone();
            self.then(move |_| mailbox.grew(log, writer, head, None));
            return Ok(());
        }
        row.head = run.head();
        row.bytes = row.bytes.saturating_add(Holding::of_run(&run).bytes);
        row.ended = row.end.and_then(|end| head_within(&run, end));
        // Of this node's own, from before it was restored: read, and never continued.
        row.retired |= writer.node == self.me();
        if let Some(here) = self.cases.get_mut(&writer.case) {
            here.lamport = here.lamport.max(row.counted().followed());
        }
        self.round.write.run(&run, &row);
        self.round.taken += run.entries().iter().map(|e| e.raw().len()).sum::<usize>();
        self.set_log(log, row);
        let (height, opener) = (row.head.height, self.opener.clone());
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

    /// What is held of a node in a case, in logs of which no rule says where they end.
    fn held_of(&self, writer: &Writer) -> Holding {
        let of_node =
            |row: &LogRow| (row.writer.case, row.writer.node) == (writer.case, writer.node);
        let endless = self.logs.iter().filter(|(_, row)| of_node(row));
        let endless = endless.filter(|(_, row)| row.end.is_none());
        let held = endless.map(|(log, row)| Holding {
            entries: row.head.height,
            bytes: row.bytes,
            waiting: self.waiting_of(*log, row),
        });
        held.fold(Holding::default(), std::ops::Add::add)
    }

    /// Entries of a log that cannot be read yet: all, if the store cannot say.
    fn waiting_of(&self, log: LogId, row: &LogRow) -> u64 {
        let height = row.head.height;
        let unopened = |opened| height.saturating_sub(opened);
        let cursor = self.store.cursor(log);
        cursor.map_or(height, |c| c.pending.saturating_add(unopened(c.opened)))
    }

    /// Where a run meets what is held: at its end if that is lower, so that also what is held already is compared. Entries of
    /// this very round are not in the store yet; their sender has told how far it holds the log, and that is compared.
    fn meeting(&self, run: &Run, held: Head) -> Result<Head, Refused> {
        let reaches = run.from.saturating_add(run.entries.len() as u64);
        if reaches >= held.height {
            return Ok(held);
        }
        Ok(self.store.held_at(run.log, reaches)?.unwrap_or(held))
    }

    fn check_writer(&mut self, log: LogId, writer: &Writer, run: &Run) -> Result<(), Refused> {
        let directory = self.directory.as_ref().ok_or(Refused::NoFederation)?;
        if directory.node_ever(&writer.node).is_none() {
            return Err(Refused::UnknownNode(writer.node));
        }
        if !self.cases.contains_key(&writer.case) {
            return Err(Refused::UnknownCase);
        }
        match self.logs.get(&log) {
            Some(row) if row.writer != *writer => Err(Refused::Log(log::Error::Misplaced)),
            Some(row) if writer.node == self.me() && !row.retired => {
                let beyond = run.from + run.entries.len() as u64 > row.head.height;
                if beyond && run.clone().verify(&row.head).is_ok() {
                    self.raise(Alarm::old_copy(log));
                }
                Err(Refused::OwnLog)
            }
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

    /// A peer says that it holds a log up to a height. That is noted of members alone, as far as the log is held here, and if
    /// it is more than before; and not on a disk that takes no reports, or claims would fill what is kept free. Returns
    /// whether it was.
    pub(super) fn holds(&mut self, peer: NodeId, log: LogId, height: u64) -> Result<bool, Refused> {
        let Some(row) = self.durable_log(&log).copied() else {
            return Ok(false);
        };
        let case = row.writer.case;
        let served = self.cases.get(&case).is_some_and(|c| c.case.serves(&peer));
        let height = height.min(row.head.height);
        if !served || self.store.held(log, &peer)? >= height || !self.store.has_room() {
            return Ok(false);
        }
        self.round.write.held(log, &peer, height, clock::now());
        self.shared.emit(crate::api::types::Event::Held {
            case: case.to_string(),
            node: peer.to_string(),
            org_name: self.org_name(&peer),
            log: log.to_string(),
            height,
        });
        Ok(true)
    }
}

/// The head of a log at `end`, which a run has reached.
fn head_within(run: &VerifiedRun, end: u64) -> Option<Head> {
    let Some(last) = end.checked_sub(1) else {
        return Some(Head::EMPTY);
    };
    let entry = run.entries().iter().find(|e| e.header.seq == last)?;
    Some(Head {
        height: end,
        hash: entry.hash(),
        lamport: entry.header.lamport,
        manifest: entry.header.manifest,
        generation: entry.header.generation,
    })
}
