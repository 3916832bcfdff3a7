//! Entries from peers.

use super::{After, Host};
use crate::sim::disk::{Log, Write};
use focal_protocol::{
    case::{Holding, NotAdmitted, Standing, admit},
    id::{CaseId, LogId, NodeId, OrgId},
    limits,
    log::{Entry, Error, Head, Lane, Run, Writer},
    sync::Input,
    time::Time,
};

enum Refusal {
    Log(Error),
    /// It does not count, which is not the sender's fault.
    Passed(&'static str),
    /// Its epochs of a case are not known here yet.
    Late(CaseId),
    /// The sender should know better.
    Blamed(&'static str),
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Log(error)
    }
}

impl Host {
    /// Checks a run from a peer and stores what is new of it.
    pub(super) fn take(&mut self, now: Time, peer: NodeId, run: Run) -> Option<Input> {
        let (log, end) = (run.log, run_reaches(&run));
        match self.take_run(now, run) {
            Ok(answer) => return answer,
            Err(Refusal::Log(Error::Gap { have, .. })) => return Some(Input::Rewind(log, have)),
            Err(Refusal::Log(Error::Fork { shown, .. })) => return self.parted(log, *shown),
            Err(Refusal::Log(e)) => self.close(peer, e.to_string()),
            Err(Refusal::Blamed(why)) => self.close(peer, why.into()),
            Err(Refusal::Passed(why)) => {
                // It may count later: it is asked for again, less and less often.
                self.fetch.refused(log);
                self.refuse(why);
            }
            Err(Refusal::Late(case)) => {
                self.fetch.late((peer, end), log, case, now);
                self.refuse("so much of it waits already");
            }
        }
        None
    }

    fn take_run(&mut self, now: Time, run: Run) -> Result<Option<Input>, Refusal> {
        let (log, writer) = (run.log, run.writer);
        let org = self.check_writer(log, &writer)?;
        let grew = |head: Head| Input::Grew {
            log,
            writer,
            head,
            fresh: None,
        };
        let known = self.now.logs.get(&log);
        if let Some(ended) = known.filter(|l| l.has_ended()) {
            let head = ended.counted();
            // Nothing more of it counts; but whether all hold the same of what does must be seen.
            let meeting = ended.head_at(run_reaches(&run).min(head.height));
            if let Err(fork @ Error::Fork { .. }) = run.verify(&meeting) {
                return Err(fork.into());
            }
            return Ok(Some(grew(head)));
        }
        let head = known.map_or(Head::EMPTY, Log::head);
        let mut end = known.and_then(|l| l.end);
        let first = known.and_then(Log::first);
        // A run that ends below what is held is compared with what is held there.
        let meeting = known.map_or(head, |l| l.head_at(run_reaches(&run).min(head.height)));
        let run = run.verify(&meeting)?;
        if run.entries().is_empty() {
            return Ok(Some(grew(head)));
        }
        let info = self.info(writer.case);
        let info = info.ok_or(Refusal::Passed("a case that is not known"))?;
        let first = first.or_else(|| run.entries().first().map(super::epoch_of));
        end = end.or_else(|| info.rules.end(&org, &writer.node, log, first?));
        if end.is_none() {
            let standing = Standing {
                rules: &info.rules,
                now: info.epoch,
                member: info.members.contains(&writer.node),
                earlier: info.earlier.contains(&writer.node),
                leads: writer.lane == Lane::Flash && info.custodians.contains(&writer.node),
            };
            let admitted = admit(&standing, &writer.node, &org, &run, || {
                self.held_of(&writer)
            });
            admitted.map_err(|why| match why {
                NotAdmitted::AfterRemoval => {
                    Refusal::Passed("it was written after its node was removed")
                }
                NotAdmitted::NotAMember => Refusal::Passed("its node is no member"),
                NotAdmitted::TooLate => Refusal::Late(writer.case),
            })?;
        }
        let shared = |e: &Entry| self.interner.entry(e.clone());
        let entries = run.entries().iter().map(shared).collect();
        self.write(Write::Entries(log, writer, entries));
        let own = writer.node == self.me();
        self.flag(log, |flags| {
            flags.end = end;
            // Of this node's own, from before it was restored: read, and never continued.
            flags.retired |= own;
        });
        self.stirred = now;
        self.after.push(After::Grew(log, None));
        self.after.push(After::Stored(log, run.head().height));
        self.after.push(After::Open(log));
        Ok(None)
    }

    /// What is held of a node in a case, in logs of which no rule says where they end.
    fn held_of(&self, writer: &Writer) -> Holding {
        let theirs = self.now.logs_of(writer.case);
        let theirs = theirs.filter(|(_, l)| l.writer.node == writer.node && l.end.is_none());
        let held = theirs.map(|(log, l)| Holding {
            entries: l.height(),
            bytes: l.entries.iter().map(|e| e.raw().len() as u64).sum(),
            waiting: self.waiting_of(*log) + l.height().saturating_sub(l.opened),
        });
        held.fold(Holding::default(), std::ops::Add::add)
    }

    /// Entries of a log that wait for something.
    fn waiting_of(&self, log: LogId) -> u64 {
        let waiting = self.now.pending.iter().filter(|(_, of, _)| *of == log);
        waiting.count() as u64
    }

    fn check_writer(&self, log: LogId, writer: &Writer) -> Result<OrgId, Refusal> {
        let known = self.now.directory.node_ever(&writer.node);
        let (org, _) = known.ok_or(Refusal::Passed("a node that nobody lists"))?;
        if !self.now.cases.contains_key(&writer.case) {
            return Err(Refusal::Passed("a case that is not known"));
        }
        let held = self.now.logs.get(&log);
        if held.is_some_and(|l| l.writer != *writer) {
            return Err(Refusal::Blamed("a log of somebody else"));
        }
        let own = writer.node == self.partner.node;
        if own && held.is_some_and(|l| !l.retired) {
            return Err(Refusal::Passed("this node's own log"));
        }
        let theirs = self.now.logs_of(writer.case);
        let theirs = theirs.filter(|(_, l)| l.writer.node == writer.node);
        if held.is_none() && theirs.count() >= limits::LOGS_PER_NODE {
            return Err(Refusal::Blamed("too many logs"));
        }
        Ok(org)
    }

    /// Ends the logs that the rules say end, wherever they are held further.
    pub(super) fn apply_cuts(&mut self, id: CaseId) {
        let logs: Vec<LogId> = self.now.logs_of(id).map(|(log, _)| *log).collect();
        let Some(info) = self.info(id) else {
            return;
        };
        for log in logs {
            let held = self.now.logs.get(&log);
            let first = held.and_then(|l| Some((l.writer.node, l.first()?)));
            let (Some((node, first)), Some(held)) = (first, held) else {
                continue;
            };
            let Some((org, _)) = self.now.directory.node_ever(&node) else {
                continue;
            };
            let end = info.rules.end(&org, &node, log, first);
            let (was, frozen) = (held.end, held.frozen);
            match (end, was) {
                (Some(end), _) if was.is_none_or(|was| end < was) => self.end_log(log, end),
                // It was ended by rules that are not in force any more.
                (end, Some(was)) if !frozen && end.is_none_or(|end| end > was) => {
                    self.flag(log, |flags| flags.end = end);
                    self.after.push(After::Open(log));
                    self.after.push(After::More(log));
                }
                _ => {}
            }
        }
    }

    /// Ends a log: what is held beyond is kept, and counts no more.
    pub(super) fn end_log(&mut self, log: LogId, end: u64) {
        let Some(held) = self.now.logs.get(&log) else {
            return;
        };
        if held.end.is_some_and(|e| e <= end) {
            return;
        }
        let (case, opened) = (held.writer.case, held.opened);
        self.flag(log, |flags| flags.end = Some(end));
        if opened > end {
            self.write(Write::Opened(log, end));
        }
        let Some(row) = self.now.cases.get(&case) else {
            return;
        };
        let beyond = |place: &(LogId, u64)| place.0 == log && place.1 >= end;
        let gone: Vec<_> = row
            .records
            .iter()
            .filter(|(_, place)| beyond(place))
            .map(|(id, _)| *id)
            .collect();
        for id in gone {
            self.write(Write::Record(case, id, None));
        }
    }
}

/// The height at which a run ends.
fn run_reaches(run: &Run) -> u64 {
    run.from.saturating_add(run.entries.len() as u64)
}
