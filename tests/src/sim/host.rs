//! One simulated node: the same state machines as the real one, with a [`Disk`] in memory. It knows no network and no
//! clock: it is told what happens and when, and says what it wants sent.
//!
//! As in the real node, nothing is acknowledged, sent or opened before the flush that makes it durable.

mod append;
mod cases;
mod open;
mod parcels;
mod sessions;
mod take;

pub use cases::Action;

use super::{
    disk::{Changed, Disk, Flags, Value, Write},
    partners::Partner,
    prng::Prng,
};
use focal_protocol::{
    case::{Alarm, Case, Ended},
    directory::{Directory, Item},
    group::{GroupKey, Rank, Rules},
    id::{CaseId, Hash, LogId, NodeId, RecordId},
    log::{Epoch, EpochGrant, Run},
    seal::EpochSecret,
    sync::{Fetch, Frame, Session},
    time::Time,
};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{Arc, Mutex, PoisonError, Weak},
};

/// What a host wants done or known.
#[derive(Debug)]
pub enum Out {
    /// Send a frame.
    Send(NodeId, Frame),
    /// End a session, and why.
    Close(NodeId, String),
    /// For whoever watches.
    Told(Told),
}

/// What whoever watches is told.
#[derive(Debug, Clone)]
pub enum Told {
    /// A record was flushed, and its author told so.
    Stored(StoredRecord),
    /// A secret is kept. `derived` with the group it was derived from and the members of its epoch; else it was granted.
    Secret {
        /// The case.
        case: CaseId,
        /// The secret.
        grant: EpochGrant,
        /// The group and its members.
        derived: Option<(GroupKey, BTreeSet<NodeId>)>,
    },
    /// A record can be read.
    Readable(CaseId, RecordId),
    /// An alarm.
    Alarm(CaseId, Alarm),
    /// A log was found to have two histories.
    Forked(LogId),
    /// Something was refused.
    Refused(String),
}

/// A record that a node has acknowledged to its author.
#[derive(Debug, Clone)]
pub struct StoredRecord {
    /// The case.
    pub case: CaseId,
    /// The record.
    pub record: RecordId,
    /// Where it stands.
    pub log: LogId,
    /// Its sequence there.
    pub seq: u64,
    /// The secret under which it is sealed.
    pub secret: EpochSecret,
}

/// What follows a flush.
#[derive(Debug)]
enum After {
    Grew(LogId, Option<Run>),
    Open(LogId),
    Stored(LogId, u64),
    Share(CaseId),
    Rules(CaseId),
    Epoch(CaseId, Epoch),
    Directory(Vec<Item>, Option<NodeId>),
    Offer(Hash),
    Taken(NodeId, Hash),
    Pieces,
    Proof(LogId),
    Told(Told),
}

/// How a host's time passes.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// How old its keys in a group may become, milliseconds.
    pub rekey_ms: u64,
    /// Whether cases stay in memory between two uses; else they are loaded for each.
    pub keep_loaded: bool,
}

/// Values of rows that many nodes hold: each is in memory once.
#[derive(Debug, Clone, Default)]
pub struct Interner(Arc<Mutex<Shared>>);

type Shared = HashMap<Hash, Weak<zeroize::Zeroizing<Vec<u8>>>>;

/// Smaller values are not worth a look.
const SHARED: usize = 4096;

impl Interner {
    fn share(&self, value: zeroize::Zeroizing<Vec<u8>>) -> Value {
        if value.len() < SHARED {
            return Arc::new(value);
        }
        let hash = Hash::of(&[&value]);
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(held) = known.get(&hash).and_then(Weak::upgrade) {
            return held;
        }
        known.retain(|_, held| held.strong_count() > 0);
        let value = Arc::new(value);
        known.insert(hash, Arc::downgrade(&value));
        value
    }
}

/// What is often asked about a case.
#[derive(Debug)]
pub struct Info {
    /// The rules in force.
    pub rules: Rules,
    /// The group in force, its rank, and its epoch.
    pub group: GroupKey,
    /// See [`Info::group`].
    pub rank: Rank,
    /// See [`Info::group`].
    pub epoch: Epoch,
    /// Its members.
    pub members: BTreeSet<NodeId>,
    /// Nodes that were members in some group that is followed.
    pub earlier: BTreeSet<NodeId>,
    /// The first epoch that this node has joined.
    pub joined: Epoch,
    /// The epoch on which the succession that began the group rests.
    pub base: Option<Epoch>,
    /// Who was elected then.
    pub successor: Option<NodeId>,
    /// Why this node takes part no more.
    pub ended: Option<Ended>,
    /// Whether it is a custodian that may have forgotten commits.
    pub restored: bool,
}

impl Info {
    fn of(case: &Case, directory: &Directory) -> Self {
        let state = case.state();
        let active = state.groups.iter().find(|g| g.key == state.active);
        let nodes = directory.nodes().map(|(_, entry)| entry.id);
        let succession = active.and_then(|g| g.succession.as_ref()?.unverified().ok());
        Self {
            rules: case.rules().clone(),
            group: state.active,
            rank: active.map_or(Rank::FIRST, |g| g.rank),
            epoch: case.epoch(),
            members: case.members(),
            earlier: nodes.filter(|n| case.was_member(n)).collect(),
            joined: state.joined,
            base: succession.as_ref().map(|s| s.base),
            successor: succession.map(|s| s.motion.successor),
            ended: state.ended.clone(),
            restored: state.restored,
        }
    }

    /// Whether a case's entries go to a peer: while both are members.
    #[must_use]
    pub fn shares_with(&self, peer: &NodeId) -> bool {
        self.ended.is_none() && self.members.contains(peer)
    }
}

/// The epoch of an entry.
#[must_use]
pub fn epoch_of(entry: &focal_protocol::log::Entry) -> Epoch {
    Epoch::new(entry.header.generation, entry.header.epoch)
}

/// A node.
#[derive(Debug)]
pub struct Host {
    /// Whose it is.
    pub partner: Arc<Partner>,
    /// Its state.
    pub now: Disk,
    /// Its state as of the last flush.
    pub disk: Disk,
    journal: Vec<Write>,
    after: Vec<After>,
    cases: BTreeMap<CaseId, Case>,
    infos: BTreeMap<CaseId, Arc<Info>>,
    sessions: BTreeMap<NodeId, Session>,
    fetch: Fetch,
    /// When something last happened that is to be announced.
    stirred: Time,
    ticks: u64,
    pace: Pace,
    dice: Prng,
    interner: Interner,
    out: Vec<Out>,
}

impl Host {
    /// A node that is set up and has not run yet.
    #[must_use]
    pub fn new(
        partner: Arc<Partner>,
        disk: Disk,
        pace: Pace,
        dice: Prng,
        interner: Interner,
    ) -> Self {
        Self {
            partner,
            now: disk.clone(),
            disk,
            journal: Vec::new(),
            after: Vec::new(),
            cases: BTreeMap::new(),
            infos: BTreeMap::new(),
            sessions: BTreeMap::new(),
            fetch: Fetch::default(),
            stirred: Time(0),
            ticks: 0,
            pace,
            dice,
            interner,
            out: Vec::new(),
        }
    }

    /// Another one with the same keys and the same disk, as after a dishonest copy.
    #[must_use]
    pub fn twin(&self) -> Self {
        Self::new(
            self.partner.clone(),
            self.disk.clone(),
            self.pace,
            self.dice.branch(1),
            self.interner.clone(),
        )
    }

    /// Its id.
    #[must_use]
    pub fn me(&self) -> NodeId {
        self.partner.node
    }

    /// What it wants since it was last asked.
    pub fn take_out(&mut self) -> Vec<Out> {
        std::mem::take(&mut self.out)
    }

    /// Whether something waits for a flush.
    #[must_use]
    pub fn wants_flush(&self) -> bool {
        !self.journal.is_empty() || !self.after.is_empty()
    }

    /// Whether it is to be ticked.
    #[must_use]
    pub fn is_busy(&self, now: Time) -> bool {
        !self.fetch.is_empty() || now.since(self.stirred) <= 2_000
    }

    /// Everything since the last flush becomes durable, and what waited for that happens.
    pub fn flush(&mut self, now: Time) {
        for write in std::mem::take(&mut self.journal) {
            self.disk.apply(&write);
        }
        for after in std::mem::take(&mut self.after) {
            self.follow(now, after);
        }
    }

    /// The process ends at once: what was not flushed is lost.
    pub fn crash(&mut self) {
        self.journal.clear();
        self.after.clear();
        self.cases.clear();
        self.infos.clear();
        self.sessions.clear();
        self.out.clear();
        self.fetch = Fetch::default();
        self.now = self.disk.clone();
    }

    /// It starts again from its disk.
    pub fn start(&mut self, now: Time) {
        let logs: Vec<LogId> = self.now.logs.keys().copied().collect();
        self.after.extend(logs.into_iter().map(After::Open));
        self.tend(now);
    }

    /// It starts again from a copy of its disk, as an honest operator does it: its logs end, new ones begin.
    pub fn restore(&mut self, copy: Disk) {
        self.disk = copy;
        self.crash();
        let me = self.me();
        let own: Vec<LogId> = self
            .now
            .logs
            .iter()
            .filter(|(_, log)| log.writer.node == me && !log.is_over())
            .map(|(id, _)| *id)
            .collect();
        for log in own {
            self.flag(log, |flags| flags.retired = true);
        }
        for id in self.case_ids() {
            if let Some(mut case) = self.take_case(id) {
                case.restored();
                self.put_case(id, case);
            }
        }
        for write in std::mem::take(&mut self.journal) {
            self.disk.apply(&write);
        }
    }

    fn write(&mut self, write: Write) {
        self.now.apply(&write);
        self.journal.push(write);
    }

    fn flag(&mut self, log: LogId, change: impl FnOnce(&mut Flags)) {
        let Some(held) = self.now.logs.get(&log) else {
            return;
        };
        let mut flags = Flags {
            end: held.end,
            frozen: held.frozen,
            retired: held.retired,
        };
        change(&mut flags);
        self.write(Write::Flags(log, flags));
    }

    fn tell(&mut self, told: Told) {
        self.out.push(Out::Told(told));
    }

    fn refuse(&mut self, why: impl std::fmt::Display) {
        self.out.push(Out::Told(Told::Refused(why.to_string())));
    }

    /// The cases that it knows.
    #[must_use]
    pub fn case_ids(&self) -> Vec<CaseId> {
        self.now.cases.keys().copied().collect()
    }

    fn take_case(&mut self, id: CaseId) -> Option<Case> {
        let loaded = self.cases.remove(&id);
        loaded.or_else(|| self.now.load_case(self.me(), id))
    }

    /// Stores what has changed in a case, and keeps it at hand.
    fn put_case(&mut self, id: CaseId, mut case: Case) {
        let (changes, gone) = case.take_changes();
        let changed = changes
            .into_iter()
            .filter(|(_, c)| !c.put.is_empty() || !c.delete.is_empty())
            .map(|(key, changes)| Changed {
                key,
                put: changes
                    .put
                    .into_iter()
                    .map(|(k, v)| (k, self.interner.share(v)))
                    .collect(),
                delete: changes.delete,
            })
            .collect();
        let info = Info::of(&case, &self.now.directory);
        self.infos.insert(id, Arc::new(info));
        self.write(Write::Case(Box::new(case.state().clone()), changed, gone));
        if self.pace.keep_loaded {
            self.cases.insert(id, case);
        }
    }

    /// Looks at a case.
    pub fn see<T>(&mut self, id: CaseId, look: impl FnOnce(&Case) -> T) -> Option<T> {
        let case = self.take_case(id)?;
        let seen = look(&case);
        if self.pace.keep_loaded {
            self.cases.insert(id, case);
        }
        Some(seen)
    }

    /// What it knows of a case.
    pub fn info(&mut self, id: CaseId) -> Option<Arc<Info>> {
        if let Some(known) = self.infos.get(&id) {
            return Some(known.clone());
        }
        let directory = self.now.directory.clone();
        let info = Arc::new(self.see(id, |case| Info::of(case, &directory))?);
        self.infos.insert(id, info.clone());
        Some(info)
    }

    fn follow(&mut self, now: Time, after: After) {
        match after {
            After::Grew(log, fresh) => self.announce(now, log, fresh.as_ref()),
            After::Stored(log, height) => self.fetch.stored(log, height, now),
            After::Open(log) => self.open_log(now, log),
            After::Share(case) => self.share_case(now, case),
            After::Rules(case) => {
                self.apply_cuts(case);
                self.retry(now, super::disk::Awaited::Rules(case));
                self.retry_parcels(now);
            }
            After::Epoch(case, at) => self.retry(now, super::disk::Awaited::Epoch(case, at)),
            After::Directory(items, from) => self.directory_changed(now, &items, from),
            After::Offer(hash) => self.offer_parcel(now, hash),
            After::Taken(peer, hash) => {
                self.input(now, peer, focal_protocol::sync::Input::Taken(vec![hash]));
            }
            After::Pieces => self.retry_pieces(now),
            After::Proof(log) => self.pass_on_proof(now, log),
            After::Told(told) => self.tell(told),
        }
    }
}
