//! The conversation with one peer.

use super::{CaseHeads, Error, Frame, Hello, LogHead, ParcelNote, VERSION};
use crate::{
    directory::{Item, Versions},
    group::Parcel,
    id::{CaseId, FederationId, Hash, LogId, NodeId},
    limits,
    log::{Equivocation, Head, Lane, Run, Writer},
    signed::Signed,
};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Entries that may be under way to a peer without its acknowledgement, bytes: enough to keep a fast link busy
/// through a flush, little enough for the peer's memory.
const WINDOW: usize = 4 << 20;

/// Heads that a peer may send before this side is ready for them: all logs of a large federation.
const EARLY: usize = 100_000;

/// What happens to a session.
#[derive(Debug)]
pub enum Input {
    /// The peer sent a frame.
    Frame(Frame),
    /// Cases that both are members of, with all logs held here. `first` right after [`Output::Ready`], later for a case
    /// that has come to be shared.
    Shares {
        /// The cases.
        cases: Vec<CaseHeads>,
        /// Whether this is the answer to [`Output::Ready`].
        first: bool,
    },
    /// The peer is no longer a member, or this node.
    Unshares(CaseId),
    /// A log of a shared case has grown here, durably.
    Grew {
        /// The log.
        log: LogId,
        /// Its writer.
        writer: Writer,
        /// Its end now.
        head: Head,
        /// The new entries, if they are at hand.
        fresh: Option<Run>,
    },
    /// Answer to [`Output::Load`]; a run without entries if there are none.
    Loaded(Run),
    /// Ask the peer for a log, from this height on.
    Fetch(LogId, u64),
    /// Entries that the peer sent did not fit what is held here: it must begin again from this height.
    Rewind(LogId, u64),
    /// Documents new to the directory here.
    Directory(Vec<Item>),
    /// Parcels kept here.
    Parcels(Vec<ParcelNote>),
    /// Ask the peer for parcels.
    WantParcels(Vec<Hash>),
    /// Answer to [`Output::LoadParcels`].
    Parcel(Box<Signed<Parcel>>),
    /// Parcels for this node that it has taken.
    Taken(Vec<Hash>),
    /// A proof to pass on.
    Proof(Box<Equivocation>),
    /// Time to announce what has changed.
    Announce,
}

/// What a session asks its node to do.
#[derive(Debug)]
pub enum Output {
    /// Send a frame.
    Send(Frame),
    /// The greetings fit: what is newer than `theirs` goes to the peer, then [`Input::Shares`] is expected.
    Ready {
        /// What the peer's directory holds.
        theirs: Versions,
    },
    /// Read entries of a log from this sequence on, at most [`limits::BATCH`] bytes.
    Load(LogId, u64),
    /// Check and store entries.
    Take(Run),
    /// Check and store documents.
    TakeDirectory(Vec<Item>),
    /// The peer durably holds a log up to this height.
    Holds(CaseId, LogId, u64),
    /// The peer holds more of a log than is held here, and is not its writer.
    Offers(LogId, u64),
    /// Parcels that the peer keeps.
    NoteParcels(Vec<ParcelNote>),
    /// The peer wants these parcels.
    LoadParcels(Vec<Hash>),
    /// Check and keep a parcel.
    TakeParcel(Box<Signed<Parcel>>),
    /// The peer has these parcels, which were for it.
    DropParcels(Vec<Hash>),
    /// Check and keep a proof.
    TakeProof(Box<Equivocation>),
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
    /// Entries that it holds or that are under way to it.
    sent: u64,
    /// How far to send.
    goal: u64,
    /// Whether a [`Output::Load`] is under way.
    loading: bool,
    /// The peer sends us this log: it wants acknowledgements.
    receiving: bool,
    /// Ends and sizes of what is under way.
    unacked: VecDeque<(u64, usize)>,
}

/// The conversation with one peer.
#[derive(Debug)]
pub struct Session {
    me: NodeId,
    peer: NodeId,
    federation: FederationId,
    greeted: bool,
    /// Heads that came before this side knew which cases are shared; none once it does.
    early: Option<Vec<CaseHeads>>,
    /// Shared cases; true once the peer's heads of the case have come.
    cases: BTreeMap<CaseId, bool>,
    logs: BTreeMap<LogId, Log>,
    announce: BTreeSet<LogId>,
    in_flight: usize,
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
        let hello = Frame::Hello(Hello {
            version: VERSION,
            federation,
            features: 0,
            versions,
        });
        let session = Self {
            me,
            peer,
            federation,
            greeted: false,
            early: Some(Vec::new()),
            cases: BTreeMap::new(),
            logs: BTreeMap::new(),
            announce: BTreeSet::new(),
            in_flight: 0,
            out: Vec::new(),
        };
        (session, hello)
    }

    /// Takes an input and says what to do.
    ///
    /// # Errors
    /// The peer broke the rules: the session must be closed.
    pub fn handle(&mut self, input: Input) -> Result<Vec<Output>, Error> {
        match input {
            Input::Frame(frame) => self.frame(frame)?,
            Input::Shares { cases, first } => self.shares(cases, first),
            Input::Unshares(case) => {
                self.cases.remove(&case);
                self.logs.retain(|_, l| l.case != case);
            }
            Input::Grew {
                log,
                writer,
                head,
                fresh,
            } => self.grew(log, writer, head, fresh),
            Input::Loaded(run) => {
                if let Some(log) = self.logs.get_mut(&run.log) {
                    log.loading = false;
                    if run.entries.is_empty() {
                        log.goal = log.sent;
                    }
                }
                self.send_run(run);
            }
            Input::Fetch(log, from) | Input::Rewind(log, from) => {
                if let Some(known) = self.logs.get_mut(&log) {
                    known.receiving = true;
                }
                self.out.push(Output::Send(Frame::Want(log, from)));
            }
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
            Input::Taken(hashes) => self.out.push(Output::Send(Frame::TakenParcels(hashes))),
            Input::Proof(proof) => self.out.push(Output::Send(Frame::Proof(proof))),
            Input::Announce => self.announce(),
        }
        self.pump();
        Ok(std::mem::take(&mut self.out))
    }

    fn frame(&mut self, frame: Frame) -> Result<(), Error> {
        match (self.greeted, frame) {
            (false, Frame::Hello(hello)) => {
                if hello.version != VERSION {
                    return Err(Error::Version(hello.version));
                }
                if hello.federation != self.federation {
                    return Err(Error::OtherFederation(hello.federation));
                }
                self.greeted = true;
                self.out.push(Output::Ready {
                    theirs: hello.versions,
                });
            }
            (false, _) | (true, Frame::Hello(_)) => return Err(Error::OutOfTurn),
            (true, Frame::Directory(items)) => self.out.push(Output::TakeDirectory(items)),
            (true, Frame::Heads(cases)) => match &mut self.early {
                Some(early) => {
                    early.extend(cases);
                    let logs: usize = early.iter().map(|c| c.logs.len() + 1).sum();
                    if logs > EARLY {
                        return Err(Error::TooMany(EARLY));
                    }
                }
                None => cases.into_iter().for_each(|c| self.their_heads(c)),
            },
            (true, Frame::Want(log, from)) => {
                // Unknown logs are passed over: the case may have ceased to be shared meanwhile.
                if let Some(log) = self.logs.get_mut(&log) {
                    let (mut bytes, from) = (0, from.min(log.ours));
                    log.unacked.retain(|(end, size)| {
                        let keep = *end <= from;
                        bytes += if keep { 0 } else { *size };
                        keep
                    });
                    log.sent = from;
                    log.goal = log.ours;
                    self.in_flight -= bytes;
                }
            }
            (true, Frame::Entries(run)) => {
                if let Some(log) = self.logs.get_mut(&run.log) {
                    log.receiving = true;
                }
                self.out.push(Output::Take(run));
            }
            (true, Frame::Ack(heights)) => {
                for (log, height) in heights {
                    self.theirs(log, height);
                }
            }
            (true, Frame::Parcels(notes)) => self.out.push(Output::NoteParcels(notes)),
            (true, Frame::WantParcels(hashes)) => self.out.push(Output::LoadParcels(hashes)),
            (true, Frame::Parcel(parcel)) => self.out.push(Output::TakeParcel(parcel)),
            (true, Frame::TakenParcels(hashes)) => self.out.push(Output::DropParcels(hashes)),
            (true, Frame::Proof(proof)) => self.out.push(Output::TakeProof(proof)),
        }
        Ok(())
    }

    fn shares(&mut self, cases: Vec<CaseHeads>, first: bool) {
        for mut heads in cases {
            self.cases.entry(heads.case).or_insert(false);
            for head in &heads.logs {
                self.know(heads.case, head);
            }
            heads.complete = true;
            heads.ask = !first;
            self.send_heads(heads);
        }
        if first && let Some(early) = self.early.take() {
            early.into_iter().for_each(|heads| self.their_heads(heads));
        }
    }

    /// Sends heads in as many frames as they need; only the last part of a complete list says so.
    fn send_heads(&mut self, heads: CaseHeads) {
        let parts: Vec<_> = heads.logs.chunks(limits::HEADS_PER_FRAME).collect();
        let last = parts.len().saturating_sub(1);
        let part = |logs: &[LogHead], end: bool| CaseHeads {
            case: heads.case,
            complete: heads.complete && end,
            ask: heads.ask && end,
            logs: logs.to_vec(),
        };
        if parts.is_empty() {
            self.out
                .push(Output::Send(Frame::Heads(vec![part(&[], true)])));
        }
        for (i, logs) in parts.into_iter().enumerate() {
            self.out
                .push(Output::Send(Frame::Heads(vec![part(logs, i == last)])));
        }
    }

    fn know(&mut self, case: CaseId, head: &LogHead) -> &mut Log {
        let log = self.logs.entry(head.log).or_insert_with(|| Log {
            case,
            node: head.node,
            lane: head.lane,
            ours: 0,
            hash: Hash([0; 32]),
            theirs: 0,
            sent: 0,
            goal: 0,
            loading: false,
            receiving: false,
            unacked: VecDeque::new(),
        });
        if head.height > log.ours {
            log.ours = head.height;
            log.hash = head.hash;
        }
        log
    }

    fn their_heads(&mut self, heads: CaseHeads) {
        let Some(heard) = self.cases.get_mut(&heads.case) else {
            return;
        };
        *heard |= heads.complete;
        let (me, peer) = (self.me, self.peer);
        for head in &heads.logs {
            match self.logs.get(&head.log) {
                // A log belongs to one case and one node for ever.
                Some(known) if known.case != heads.case || known.node != head.node => continue,
                Some(_) => self.theirs(head.log, head.height),
                None => {}
            }
            let ours = self.logs.get(&head.log).map_or(0, |l| l.ours);
            if head.height > ours && head.node != peer && head.node != me {
                self.out.push(Output::Offers(head.log, head.height));
            }
        }
        if heads.complete {
            for log in self.logs.values_mut() {
                if log.case == heads.case && log.node == me {
                    log.sent = log.sent.max(log.theirs);
                    log.goal = log.ours;
                }
            }
        }
        if heads.ask {
            let ours = self.our_heads(heads.case, |_| true);
            self.send_heads(ours);
        }
    }

    fn our_heads(&self, case: CaseId, which: impl Fn(&LogId) -> bool) -> CaseHeads {
        let logs = self
            .logs
            .iter()
            .filter(|(id, l)| l.case == case && which(id))
            .map(|(id, l)| LogHead {
                log: *id,
                node: l.node,
                lane: l.lane,
                height: l.ours,
                hash: l.hash,
            })
            .collect();
        CaseHeads {
            case,
            complete: true,
            ask: false,
            logs,
        }
    }

    fn grew(&mut self, id: LogId, writer: Writer, head: Head, fresh: Option<Run>) {
        let Some(heard) = self.cases.get(&writer.case).copied() else {
            return;
        };
        let (me, peer) = (self.me, self.peer);
        let log = self.know(
            writer.case,
            &LogHead {
                log: id,
                node: writer.node,
                lane: writer.lane,
                height: head.height,
                hash: head.hash,
            },
        );
        if log.receiving || log.node == peer {
            let height = log.ours;
            log.theirs = log.theirs.max(height);
            self.out.push(Output::Send(Frame::Ack(vec![(id, height)])));
        } else if log.node == me {
            if heard {
                log.goal = log.ours;
                if let Some(run) = fresh.filter(|r| r.from == log.sent && !log.loading) {
                    self.send_run(run);
                }
            }
        } else if log.theirs < log.ours {
            self.announce.insert(id);
        }
    }

    fn announce(&mut self) {
        let due: BTreeSet<LogId> = std::mem::take(&mut self.announce)
            .into_iter()
            .filter(|id| self.logs.get(id).is_some_and(|l| l.theirs < l.ours))
            .collect();
        let cases: BTreeSet<CaseId> = due
            .iter()
            .filter_map(|id| self.logs.get(id))
            .map(|l| l.case)
            .collect();
        for case in cases {
            let mut heads = self.our_heads(case, |id| due.contains(id));
            heads.complete = false;
            self.send_heads(heads);
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
            let case = log.case;
            self.out.push(Output::Holds(case, id, height));
        }
    }

    fn send_run(&mut self, run: Run) {
        let Some(log) = self.logs.get_mut(&run.log) else {
            return;
        };
        if run.entries.is_empty() || run.from != log.sent {
            return;
        }
        let bytes: usize = run.entries.iter().map(crate::log::Raw::len).sum();
        log.sent += run.entries.len() as u64;
        log.goal = log.goal.max(log.sent);
        log.unacked.push_back((log.sent, bytes));
        self.in_flight += bytes;
        self.out.push(Output::Send(Frame::Entries(run)));
    }

    /// Asks for what can be sent next: flash lanes first, one load at a time.
    fn pump(&mut self) {
        if self.in_flight >= WINDOW || self.logs.values().any(|l| l.loading) {
            return;
        }
        let next = self
            .logs
            .iter_mut()
            .filter(|(_, l)| l.sent < l.goal)
            .min_by_key(|(_, l)| l.lane);
        if let Some((id, log)) = next {
            log.loading = true;
            self.out.push(Output::Load(*id, log.sent));
        }
    }

    fn directory(&mut self, items: Vec<Item>) {
        // One document may be half a frame: each frame takes as many as fit.
        let mut batch = Vec::new();
        let mut size = 0;
        for item in items {
            let length = crate::codec::encode_packed(&item).len();
            if size + length > limits::FRAME - 1024 && !batch.is_empty() {
                self.out
                    .push(Output::Send(Frame::Directory(std::mem::take(&mut batch))));
                size = 0;
            }
            size += length;
            batch.push(item);
        }
        if !batch.is_empty() {
            self.out.push(Output::Send(Frame::Directory(batch)));
        }
    }
}

#[cfg(test)]
mod tests;
