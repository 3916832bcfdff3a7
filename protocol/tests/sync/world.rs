//! Nodes of one case with logs in memory, the real sessions between them, and links that a test opens, drains and cuts.

use focal_protocol::{
    codec,
    directory::Versions,
    id::{CaseId, FederationId, Hash, LogId, NodeId},
    key::SecretKey,
    limits,
    log::{Entry, Error, Head, Header, Lane, Raw, Run, Salt, Writer},
    sync::{CaseHeads, Fetch, Frame, Input, LogHead, Output, Session},
    time::Time,
};
use std::collections::{BTreeMap, VecDeque};
use zeroize::Zeroizing;

pub(crate) const CASE: CaseId = CaseId([0xca; 32]);
pub(crate) const FEDERATION: FederationId = FederationId([0xfe; 32]);
/// Between two looks at the clock, milliseconds.
const TICK_MS: u64 = 250;
/// Ticks between announcements.
const ANNOUNCE: u64 = 4;

/// No documents: the directory travels by the same frames, and is tested where it is kept.
pub(crate) fn versions() -> Versions {
    Versions::default()
}

pub(crate) fn node_key(n: usize) -> SecretKey {
    SecretKey::from_seed(Zeroizing::new(
        [u8::try_from(n).expect("few nodes") + 1; 32],
    ))
}

pub(crate) fn node_id(n: usize) -> NodeId {
    NodeId(node_key(n).public().0)
}

const SALT: Salt = Salt([7; 16]);

pub(crate) fn log_id(n: usize, lane: Lane) -> LogId {
    let writer = Writer {
        case: CASE,
        node: node_id(n),
        lane,
    };
    writer.log_id(&SALT)
}

/// All heads of the one case.
pub(crate) fn heads(logs: Vec<LogHead>) -> CaseHeads {
    CaseHeads {
        case: CASE,
        complete: true,
        ask: false,
        logs,
    }
}

/// The next entry of a node's own log.
pub(crate) fn next_entry(
    n: usize,
    lane: Lane,
    before: Option<&Entry>,
    ciphertext: Vec<u8>,
) -> Entry {
    let header = Header {
        log: log_id(n, lane),
        case: CASE,
        node: node_id(n),
        lane,
        seq: before.map_or(0, |e| e.header.seq + 1),
        previous: before.map_or(Hash([0; 32]), Entry::hash),
        lamport: before.map_or(1, |e| e.header.lamport + 1),
        generation: 0,
        epoch: 1,
        manifest: 1,
        salt: SALT,
    };
    let bytes = codec::encode_packed(&header);
    Entry::sign(header, bytes, ciphertext, &node_key(n))
}

pub(crate) struct Node {
    pub(crate) logs: BTreeMap<LogId, (Writer, Vec<Entry>)>,
    pub(crate) sessions: BTreeMap<usize, Session>,
    fetch: Fetch,
    /// What partners have acknowledged, in this session or an earlier one.
    acknowledged: BTreeMap<(usize, LogId), u64>,
    /// Where logs were found to part, as is proven.
    pub(crate) forks: BTreeMap<LogId, u64>,
    /// Frames that it sent to find such places.
    pub(crate) compared: usize,
    /// Entries that came over the wire, also those that were held already.
    pub(crate) received: usize,
}

impl Node {
    fn new() -> Self {
        Self {
            logs: BTreeMap::new(),
            sessions: BTreeMap::new(),
            fetch: Fetch::default(),
            acknowledged: BTreeMap::new(),
            forks: BTreeMap::new(),
            compared: 0,
            received: 0,
        }
    }

    pub(crate) fn heights(&self) -> BTreeMap<LogId, u64> {
        let height = |log: &LogId| (*log, self.head(*log).height);
        self.logs.keys().map(height).collect()
    }

    /// How far a log counts.
    pub(crate) fn head(&self, log: LogId) -> Head {
        let held = self.logs.get(&log).map_or(0, |(_, entries)| entries.len());
        let end = self.forks.get(&log).copied().unwrap_or(u64::MAX);
        self.head_at(log, end.min(held as u64))
    }

    pub(crate) fn head_at(&self, log: LogId, height: u64) -> Head {
        let at = usize::try_from(height).expect("small").checked_sub(1);
        let entry = at.and_then(|at| self.logs.get(&log)?.1.get(at));
        entry.map_or(Head::EMPTY, |e| Head {
            height: e.header.seq + 1,
            hash: e.hash(),
            lamport: e.header.lamport,
            manifest: e.header.manifest,
            generation: e.header.generation,
        })
    }

    fn shares(&self) -> CaseHeads {
        let logs = self.logs.iter().map(|(log, (writer, _))| {
            let head = self.head(*log);
            LogHead {
                log: *log,
                node: writer.node,
                lane: writer.lane,
                height: head.height,
                hash: head.hash,
            }
        });
        CaseHeads {
            case: CASE,
            complete: true,
            ask: false,
            logs: logs.collect(),
        }
    }

    /// Entries of one frame, from a sequence on.
    fn run(&self, log: LogId, from: u64, until: u64) -> Option<Run> {
        let (writer, entries) = self.logs.get(&log)?;
        let mut size = 0;
        let mut entries: Vec<Raw> = entries
            .iter()
            .skip(usize::try_from(from).expect("small"))
            .take(limits::BATCH_ENTRIES.min(usize::try_from(until - from).expect("small")))
            .map(|e| e.raw().clone())
            .take_while(|raw| {
                size += raw.len();
                size <= limits::BATCH
            })
            .collect();
        if let Some((_, before)) = entries.split_last_mut() {
            before.iter_mut().for_each(Raw::unsign);
        }
        Some(Run {
            log,
            writer: *writer,
            from,
            entries,
        })
    }
}

pub(crate) struct World {
    pub(crate) nodes: Vec<Node>,
    /// Frames under way from one to another, as bytes.
    pub(crate) links: BTreeMap<(usize, usize), VecDeque<Vec<u8>>>,
    now: Time,
    ticks: u64,
}

impl World {
    pub(crate) fn new(nodes: usize) -> Self {
        Self {
            nodes: (0..nodes).map(|_| Node::new()).collect(),
            links: BTreeMap::new(),
            now: Time(1_000_000),
            ticks: 0,
        }
    }

    /// A node writes, and tells its sessions.
    pub(crate) fn write(&mut self, n: usize, lane: Lane, ciphertext: Vec<u8>) {
        let log = log_id(n, lane);
        let writer = Writer {
            case: CASE,
            node: node_id(n),
            lane,
        };
        let (_, entries) = self.nodes[n]
            .logs
            .entry(log)
            .or_insert_with(|| (writer, Vec::new()));
        let entry = next_entry(n, lane, entries.last(), ciphertext);
        let fresh = Run {
            log,
            writer,
            from: entry.header.seq,
            entries: vec![entry.raw().clone()],
        };
        entries.push(entry);
        self.grew(n, log, Some(&fresh), None);
    }

    pub(crate) fn connect(&mut self, a: usize, b: usize) {
        if a == b || self.nodes[a].sessions.contains_key(&b) {
            return;
        }
        for (me, peer) in [(a, b), (b, a)] {
            let (session, hello) = Session::new(node_id(me), node_id(peer), FEDERATION, versions());
            self.nodes[me].sessions.insert(peer, session);
            self.links.insert((me, peer), [hello.to_bytes()].into());
        }
    }

    /// Ends a session on both sides; what is under way is lost.
    pub(crate) fn cut(&mut self, a: usize, b: usize) {
        for (me, peer) in [(a, b), (b, a)] {
            self.nodes[me].sessions.remove(&peer);
            self.nodes[me].fetch.lost(node_id(peer));
            self.links.remove(&(me, peer));
        }
    }

    /// Delivers the oldest frame of a link. False if there is none.
    pub(crate) fn deliver(&mut self, from: usize, to: usize) -> bool {
        let Some(bytes) = self
            .links
            .get_mut(&(from, to))
            .and_then(VecDeque::pop_front)
        else {
            return false;
        };
        let frame = Frame::from_bytes(&bytes).expect("what a session sends can be read");
        self.input(to, from, Input::Frame(frame));
        true
    }

    /// Feeds a session, and does what it asks for.
    pub(crate) fn input(&mut self, me: usize, peer: usize, input: Input) {
        let mut inputs = VecDeque::from([input]);
        while let Some(input) = inputs.pop_front() {
            let Some(session) = self.nodes[me].sessions.get_mut(&peer) else {
                return;
            };
            let outputs = session.handle(input).expect("honest nodes keep the rules");
            for output in outputs {
                inputs.extend(self.act(me, peer, output));
            }
        }
    }

    fn act(&mut self, me: usize, peer: usize, output: Output) -> Option<Input> {
        let now = self.now;
        match output {
            Output::Send(frame) => {
                let compares = matches!(frame, Frame::Points(..) | Frame::Side(_));
                self.nodes[me].compared += usize::from(compares);
                let link = self.links.get_mut(&(me, peer)).expect("connected");
                link.push_back(frame.to_bytes());
            }
            Output::Ready { .. } => {
                return Some(Input::Shares {
                    cases: vec![self.nodes[me].shares()],
                    first: true,
                });
            }
            Output::Load { log, from, until } => {
                let run = self.nodes[me].run(log, from, until);
                return Some(run.map_or(Input::NotLoaded(log), Input::Loaded));
            }
            Output::Take(run) => return self.take(me, peer, run),
            Output::Holds(_, log, height) => {
                // The promise: what a peer has acknowledged, it holds.
                let theirs = self.nodes[peer].head(log).height;
                assert!(theirs >= height, "{height} acknowledged, {theirs} held");
                self.nodes[me].acknowledged.insert((peer, log), height);
            }
            Output::Offers(log, height) => {
                self.nodes[me]
                    .fetch
                    .offered(node_id(peer), log, height, now);
            }
            Output::Compare(log, points) => {
                let found = self.nodes[me].compare(log, &points);
                return Some(found.unwrap_or(Input::Same(log)));
            }
            Output::TakeSide(side) => self.take_side(me, side.log, side.seq, side.chain),
            Output::TakeProof(proof) => self.take_proof(me, &proof),
            other => panic!("nothing else is said among these nodes: {other:?}"),
        }
        None
    }

    fn take(&mut self, me: usize, peer: usize, run: Run) -> Option<Input> {
        let (log, writer) = (run.log, run.writer);
        let head = self.nodes[me].head(log);
        let now = self.now;
        self.nodes[me].received += run.entries.len();
        let reaches = run.from + run.entries.len() as u64;
        match run.verify(&self.nodes[me].head_at(log, reaches.min(head.height))) {
            Ok(run) if run.entries().is_empty() => {
                // All of it is held: the peer is told so.
                Some(Input::Grew {
                    log,
                    writer,
                    head,
                    fresh: None,
                })
            }
            Ok(run) => {
                let (_, entries) = self.nodes[me]
                    .logs
                    .entry(log)
                    .or_insert_with(|| (writer, Vec::new()));
                entries.extend(run.entries().iter().cloned());
                self.nodes[me].fetch.stored(log, run.head().height, now);
                self.grew(me, log, None, Some(peer))
            }
            Err(Error::Gap { have, .. }) => Some(Input::Rewind(log, have)),
            Err(Error::Fork { shown, .. }) => self.parted(me, log, *shown),
            Err(e) => panic!("honest nodes send whole runs: {e}"),
        }
    }

    /// Tells all sessions that a log has grown; the one that is being worked on gets it as an answer.
    pub(crate) fn grew(
        &mut self,
        me: usize,
        log: LogId,
        fresh: Option<&Run>,
        busy: Option<usize>,
    ) -> Option<Input> {
        let (writer, head) = (self.nodes[me].logs[&log].0, self.nodes[me].head(log));
        let grown = || Input::Grew {
            log,
            writer,
            head,
            fresh: fresh.cloned(),
        };
        let peers: Vec<usize> = self.nodes[me].sessions.keys().copied().collect();
        for peer in peers.into_iter().filter(|p| Some(*p) != busy) {
            self.input(me, peer, grown());
        }
        busy.map(|_| grown())
    }

    /// The case comes to be shared again by one side.
    pub(crate) fn share_again(&mut self, me: usize, peer: usize) {
        let cases = vec![self.nodes[me].shares()];
        let first = false;
        self.input(me, peer, Input::Shares { cases, first });
    }

    /// A quarter of a second passes.
    pub(crate) fn tick(&mut self) {
        self.now = Time(self.now.0 + TICK_MS);
        self.ticks += 1;
        for me in 0..self.nodes.len() {
            for (peer, log) in self.nodes[me].fetch.due(self.now) {
                let from = self.nodes[me].head(log).height;
                if let Some(peer) = (0..self.nodes.len()).find(|n| node_id(*n) == peer) {
                    self.input(me, peer, Input::Fetch(log, from));
                }
            }
            if self.ticks.is_multiple_of(ANNOUNCE) {
                let peers: Vec<usize> = self.nodes[me].sessions.keys().copied().collect();
                for peer in peers {
                    self.input(me, peer, Input::Announce);
                }
            }
        }
    }

    /// Delivers everything that is under way, and what follows from it.
    pub(crate) fn drain(&mut self) {
        loop {
            let links: Vec<(usize, usize)> = self.links.keys().copied().collect();
            let delivered = links
                .into_iter()
                .map(|(a, b)| u32::from(self.deliver(a, b)))
                .sum::<u32>();
            if delivered == 0 {
                return;
            }
        }
    }

    /// Delivers everything while a minute passes: longer than any wait of the conversation.
    pub(crate) fn settle(&mut self) {
        for _ in 0..240 {
            self.drain();
            self.tick();
        }
        self.drain();
    }

    /// Whether all hold the same.
    pub(crate) fn converged(&self) -> bool {
        self.nodes
            .windows(2)
            .all(|pair| pair[0].heights() == pair[1].heights())
    }

    /// How far `me` knows that `peer` holds a log.
    pub(crate) fn acknowledged(&self, me: usize, peer: usize, log: LogId) -> u64 {
        let known = self.nodes[me].acknowledged.get(&(peer, log));
        known.copied().unwrap_or(0)
    }

    /// Bytes under way.
    pub(crate) fn under_way(&self, from: usize, to: usize) -> usize {
        self.links[&(from, to)].iter().map(Vec::len).sum()
    }
}
