//! The conversation with one peer.

mod asking;
mod directory;
mod greeting;
mod heads;
mod io;
mod parting;
mod sizes;

pub use io::{Input, Output};
pub use sizes::Sizes;

use super::{CaseHeads, Error, Frame, LogHead, Point, Portion, Weight};
use crate::{
    directory::Versions,
    id::{CaseId, FederationId, Hash, LogId, NodeId},
    limits,
    log::{Head, Lane, Run, Writer},
};
use asking::Asked;
use greeting::Greeting;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// What is said about a case to this peer.
#[derive(Debug, Clone, Copy, Default)]
struct Terms {
    /// Both are members: the peer is served. Else what it offers is taken, and it is told nothing.
    served: bool,
    /// The peer's heads of the case have come.
    heard: bool,
}

#[derive(Debug)]
struct Log {
    case: CaseId,
    node: NodeId,
    lane: Lane,
    /// Entries held here, durably, and the hash of the last.
    ours: u64,
    hash: Hash,
    /// Entries that the peer holds, as far as it has said.
    theirs: u64,
    /// Those of them that are held here too, as was last said in [`Output::Holds`].
    both: u64,
    /// Entries that it holds or that are under way to it.
    sent: u64,
    /// How far to send.
    goal: u64,
    /// How far the peer has sent us this log: it wants acknowledgements.
    receiving: Option<u64>,
    /// From where the peer was told to begin again, the last time.
    rewound: Option<u64>,
    /// Ends and sizes of what is under way.
    unacked: VecDeque<(u64, usize)>,
}

/// The conversation with one peer.
#[derive(Debug)]
pub struct Session {
    me: NodeId,
    peer: NodeId,
    federation: FederationId,
    /// Until it is known what the peer's directory holds.
    greeting: Option<Greeting>,
    greeted: bool,
    /// Heads that came before this side knew which cases are shared; none once it does.
    early: Option<Vec<CaseHeads>>,
    /// Heads of cases that are not known here, the last ones: this node may have been let in, and not know it yet.
    unknown: VecDeque<CaseHeads>,
    cases: BTreeMap<CaseId, Terms>,
    logs: BTreeMap<LogId, Log>,
    /// Those of which there is more to send, flash lanes first: none of the others is looked at for that.
    due: BTreeSet<(Lane, LogId)>,
    /// The one of which an [`Output::Load`] is under way, and from where on.
    loading: Option<(LogId, u64)>,
    /// Logs of which an [`Output::Compare`] is under way, and what is to be compared after it: the last that came.
    comparing: BTreeMap<LogId, Option<Vec<Point>>>,
    announce: BTreeSet<LogId>,
    /// What the peer has offered and is not held yet: what comes, from whomever, is compared with it.
    offered: BTreeMap<LogId, Point>,
    /// Logs that are not known here yet and were asked for.
    asked: BTreeMap<LogId, Asked>,
    /// Logs with two histories, of which the peer was sent the proof, and where they part: nobody acknowledges more of
    /// them.
    proven: BTreeMap<LogId, u64>,
    in_flight: usize,
    portion: Portion,
    out: Vec<Output>,
}

impl Session {
    /// Begins: the first output is our greeting.
    #[must_use]
    pub fn new(
        me: NodeId,
        peer: NodeId,
        federation: FederationId,
        versions: Versions,
    ) -> (Self, Frame) {
        let (greeting, hello) = Greeting::new(federation, versions);
        let session = Self {
            me,
            peer,
            federation,
            greeting: Some(greeting),
            greeted: false,
            early: Some(Vec::new()),
            unknown: VecDeque::new(),
            cases: BTreeMap::new(),
            logs: BTreeMap::new(),
            due: BTreeSet::new(),
            loading: None,
            comparing: BTreeMap::new(),
            announce: BTreeSet::new(),
            offered: BTreeMap::new(),
            asked: BTreeMap::new(),
            proven: BTreeMap::new(),
            in_flight: 0,
            portion: Portion::default(),
            out: Vec::new(),
        };
        (session, hello)
    }

    /// Sends no more at once than this from now on: what a narrow link takes.
    pub fn send_at_most(&mut self, portion: Portion) {
        self.portion = portion;
    }

    /// Where a frame of this session stands among those that wait.
    #[must_use]
    pub fn weight(&self, frame: &Frame) -> Weight {
        let flash = match frame {
            Frame::Entries(run) => self
                .logs
                .get(&run.log)
                .is_some_and(|l| l.lane == Lane::Flash),
            _ => false,
        };
        Weight::of(frame, flash)
    }

    /// Whether there is room for entries of a lane. Alerts have room of their own: they do not wait until reports are
    /// acknowledged.
    fn has_room(&self, lane: Lane) -> bool {
        let window = self.portion.window;
        self.in_flight
            < if lane == Lane::Flash {
                window.saturating_mul(2)
            } else {
                window
            }
    }

    /// Bytes of entries that are under way to the peer without its acknowledgement.
    #[must_use]
    pub fn under_way(&self) -> usize {
        self.in_flight
    }

    /// Takes an input and says what to do.
    ///
    /// # Errors
    /// The peer broke the rules: the session must be closed.
    pub fn handle(&mut self, input: Input) -> Result<Vec<Output>, Error> {
        match input {
            Input::Frame(frame) => self.frame(frame)?,
            Input::Accepts(cases) => self.accepts(cases),
            Input::Shares { cases, first } => self.shares(cases, first),
            Input::Unshares(case) => self.unshares(case),
            Input::Grew {
                log,
                writer,
                head,
                fresh,
            } => self.grew(log, writer, head, fresh),
            Input::Lacks(log) => {
                if let Some(known) = self.logs.get(&log).filter(|l| l.theirs > l.ours) {
                    self.out.push(Output::Offers(log, known.theirs));
                }
            }
            Input::Loaded(run) => {
                if run.entries.is_empty() {
                    self.nothing_loaded(run.log);
                } else {
                    self.loading = self.loading.filter(|(log, _)| *log != run.log);
                    self.send_run(run);
                }
            }
            Input::NotLoaded(log) => self.nothing_loaded(log),
            Input::Fetch(log, from) => self.want(log, from),
            Input::Rewind(log, from) => self.rewind(log, from)?,
            Input::Directory(items) => self.directory(items),
            Input::Parcels(notes) => {
                for part in notes.chunks(limits::PARCELS_KEPT) {
                    self.out.push(Output::Send(Frame::Parcels(part.to_vec())));
                }
            }
            Input::WantParcels(hashes) => {
                self.out.push(Output::Send(Frame::WantParcels(hashes)));
            }
            Input::Parcel(parcel) => self.out.push(Output::Send(Frame::Parcel(parcel))),
            Input::Receipts(receipts) => {
                for part in receipts.chunks(limits::RECEIPTS_KEPT) {
                    self.out.push(Output::Send(Frame::Receipts(part.to_vec())));
                }
            }
            Input::Proof(proof) => self.proof(proof),
            Input::Ended { log, writer, head } => self.ended(log, &writer, head),
            Input::Points(log, points) => self.points(log, points),
            Input::Side(side) => self.side(side),
            Input::Same(log) => self.compared(log),
            Input::Announce => self.announce(),
        }
        self.pump();
        Ok(std::mem::take(&mut self.out))
    }

    fn frame(&mut self, frame: Frame) -> Result<(), Error> {
        match (self.greeted, frame) {
            (false, Frame::Hello(hello)) => self.greeted(&hello)?,
            (false, _) | (true, Frame::Hello(_)) => return Err(Error::OutOfTurn),
            (true, Frame::Directory(items)) => self.out.push(Output::TakeDirectory(items)),
            (true, Frame::Heads(cases)) => match &mut self.early {
                Some(early) => {
                    early.extend(cases);
                    let logs: usize = early.iter().map(|c| c.logs.len() + 1).sum();
                    if logs > limits::LOGS_OFFERED {
                        return Err(Error::TooMany(limits::LOGS_OFFERED));
                    }
                }
                None => {
                    cases.into_iter().for_each(|c| self.their_heads(c));
                    if self.offered.len() > limits::LOGS_OFFERED {
                        return Err(Error::TooMany(limits::LOGS_OFFERED));
                    }
                }
            },
            (true, Frame::Want(id, from)) => {
                // Unknown logs are passed over: the case may have ceased to be shared meanwhile.
                let cases = &self.cases;
                let served = |l: &&mut Log| cases.get(&l.case).is_some_and(|c| c.served);
                if let Some(log) = self.logs.get_mut(&id).filter(served) {
                    // What is below it has come, and the rest is sent again: nothing is under way any more.
                    self.in_flight -= log.settle();
                    log.sent = from.min(log.ours);
                    log.goal = log.ours;
                    self.weigh(id);
                }
            }
            (true, Frame::Entries(run)) => {
                let end = run.from.saturating_add(run.entries.len() as u64);
                let come = match self.logs.get_mut(&run.log) {
                    Some(log) => Some(log.receiving.get_or_insert(0)),
                    None => self.asked.get_mut(&run.log).map(|asked| &mut asked.come),
                };
                if let Some(come) = come {
                    *come = end.max(*come);
                }
                self.out.push(Output::Take(run));
            }
            (true, Frame::Ack(heights)) => {
                for (log, height) in heights {
                    self.theirs(log, height);
                    // It may have got more than was sent from here, from somebody else.
                    if let Some(known) = self.logs.get(&log)
                        && height > known.ours
                        && known.node != self.peer
                        && known.node != self.me
                    {
                        self.out.push(Output::Offers(log, height));
                    }
                }
            }
            (true, Frame::Parcels(notes)) => self.out.push(Output::NoteParcels(notes)),
            (true, Frame::WantParcels(hashes)) => self.out.push(Output::LoadParcels(hashes)),
            (true, Frame::Parcel(parcel)) => self.out.push(Output::TakeParcel(parcel)),
            (true, Frame::Receipts(receipts)) => self.out.push(Output::TakeReceipts(receipts)),
            (true, Frame::Proof(proof)) => self.out.push(Output::TakeProof(proof)),
            (true, Frame::Points(log, points)) => self.their_points(log, points),
            (true, Frame::Versions(listed)) => self.listed(listed),
            (true, Frame::Side(side)) => self.out.push(Output::TakeSide(side)),
        }
        Ok(())
    }

    /// What is held here of a log. Whatever the peer has offered of it, it holds, also if the log was not known here then.
    fn know(&mut self, case: CaseId, head: &LogHead) {
        let asked = self.asked.remove(&head.log);
        let log = self.logs.entry(head.log).or_insert_with(|| Log {
            case,
            node: head.node,
            lane: head.lane,
            ours: 0,
            hash: Hash([0; 32]),
            theirs: 0,
            both: 0,
            sent: 0,
            goal: 0,
            receiving: asked.map(|asked| asked.come),
            rewound: asked.and_then(|asked| asked.rewound),
            unacked: VecDeque::new(),
        });
        let offered = self.offered.get(&head.log).copied();
        if head.height > log.ours {
            let before = log.ours;
            log.ours = head.height;
            log.hash = head.hash;
            let reached = |height| height > before && height <= head.height;
            // It may have come from somebody else than the peer that holds it, too: that is told with the next news.
            if (reached(log.theirs) || offered.is_some_and(|point| reached(point.height)))
                && ![self.me, self.peer].contains(&head.node)
            {
                self.announce.insert(head.log);
            }
        }
        if let Some(point) = offered {
            if point.height <= head.height {
                self.offered.remove(&head.log);
                self.compare_head(head.log, point);
            }
            self.theirs(head.log, point.height);
        }
        // What it has claimed of a log that was not held as far, or before it was served; who writes it holds it anyway.
        let claimed = |log: &Log| log.theirs <= log.ours && log.node != self.peer;
        if self.logs.get(&head.log).is_some_and(claimed) {
            self.both_hold(head.log);
        }
    }

    fn grew(&mut self, id: LogId, writer: Writer, head: Head, fresh: Option<Run>) {
        let Some(Terms { served, heard }) = self.cases.get(&writer.case).copied() else {
            return;
        };
        let (me, peer) = (self.me, self.peer);
        let (room, batch) = (self.has_room(writer.lane), self.portion.batch);
        self.know(
            writer.case,
            &LogHead {
                log: id,
                node: writer.node,
                lane: writer.lane,
                height: head.height,
                hash: head.hash,
            },
        );
        let Some(log) = self.logs.get_mut(&id) else {
            return;
        };
        if log.receiving.is_some() || (served && log.node == peer) {
            // Who is told nothing of the case hears what has come of what it has sent itself.
            let height = match log.receiving {
                Some(come) if !served => log.ours.min(come),
                _ => log.ours,
            };
            if log.node == peer {
                log.theirs = log.theirs.max(height);
            }
            self.announce.remove(&id);
            self.out.push(Output::Send(Frame::Ack(vec![(id, height)])));
        } else if served && log.node == me {
            if heard {
                log.goal = log.ours;
                // Over the window it waits: `pump` loads it again once the peer has acknowledged.
                let one = |run: &Run| run.entries.len() == 1 || bytes(run) <= batch;
                let sent = log.sent;
                self.weigh(id);
                if let Some(run) = fresh.filter(|r| r.from == sent && one(r))
                    && self.loading.is_none_or(|(log, _)| log != id)
                    && room
                {
                    self.send_run(run);
                }
            }
        } else if served && log.theirs < log.ours {
            self.announce.insert(id);
        }
    }

    /// The peer has said that it holds a log up to `height`.
    fn theirs(&mut self, id: LogId, height: u64) {
        let Some(log) = self.logs.get_mut(&id) else {
            return;
        };
        // More than exists here can only be true of a log that is not ours; it counts as all of it.
        let height = if log.node == self.me {
            height.min(log.ours)
        } else {
            height
        };
        while let Some((end, size)) = log.unacked.front().copied() {
            if end > height {
                break;
            }
            log.unacked.pop_front();
            self.in_flight -= size;
        }
        if height > log.theirs {
            log.theirs = height;
            log.sent = log.sent.max(height.min(log.ours));
            self.weigh(id);
            self.both_hold(id);
        }
    }

    /// What the peer has said to hold counts as far as it is held here, and of a peer that is served: a claim of more proves
    /// nothing, and each that is noted takes room.
    fn both_hold(&mut self, id: LogId) {
        let Some(log) = self.logs.get_mut(&id) else {
            return;
        };
        let served = self.cases.get(&log.case).is_some_and(|terms| terms.served);
        let both = log.theirs.min(log.ours);
        if served && both > log.both {
            log.both = both;
            self.out.push(Output::Holds(log.case, id, both));
        }
    }

    /// There is nothing of a log to send, as far as it was to be loaded.
    fn nothing_loaded(&mut self, id: LogId) {
        let Some((_, from)) = self.loading.take_if(|(log, _)| *log == id) else {
            return;
        };
        // The peer may have asked for more meanwhile.
        if let Some(log) = self.logs.get_mut(&id).filter(|log| log.sent == from) {
            log.goal = log.sent;
            self.weigh(id);
        }
    }

    fn send_run(&mut self, run: Run) {
        let Some(log) = self.logs.get_mut(&run.log) else {
            return;
        };
        if run.entries.is_empty() || run.from != log.sent {
            return;
        }
        let bytes = bytes(&run);
        log.sent += run.entries.len() as u64;
        log.goal = log.goal.max(log.sent);
        if !self.proven.contains_key(&run.log) {
            // What is beyond the end of a log goes with what speaks for the rest, and is never acknowledged.
            log.unacked.push_back((log.sent.min(log.ours), bytes));
            self.in_flight += bytes;
        }
        self.weigh(run.log);
        self.out.push(Output::Send(Frame::Entries(run)));
    }

    /// What is to be sent of a log may have changed.
    fn weigh(&mut self, id: LogId) {
        let Some(log) = self.logs.get(&id) else {
            return;
        };
        if log.sent < log.goal {
            self.due.insert((log.lane, id));
        } else {
            self.due.remove(&(log.lane, id));
        }
    }

    /// Asks for what can be sent next: flash lanes first, one load at a time. Who has room for routine lanes has it for
    /// flash lanes too.
    fn pump(&mut self) {
        let Some((lane, id)) = self.due.first().copied() else {
            return;
        };
        if self.loading.is_some() || !self.has_room(lane) {
            return;
        }
        if let Some(log) = self.logs.get(&id) {
            self.loading = Some((id, log.sent));
            self.out.push(Output::Load {
                log: id,
                from: log.sent,
                until: log.ours,
            });
        }
    }
}

impl Log {
    /// Nothing of it is under way any more: the bytes that were.
    fn settle(&mut self) -> usize {
        self.unacked.drain(..).map(|(_, size)| size).sum()
    }
}

/// Bytes of a run's entries.
fn bytes(run: &Run) -> usize {
    run.entries.iter().map(crate::log::Raw::len).sum()
}
