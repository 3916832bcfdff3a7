//! One simulated node: the same state machines as the real one, with a [`Disk`] in memory. It knows no network and no
//! clock: it is told what happens and when, and says what it wants sent.
//!
//! As in the real node, nothing is acknowledged, sent or opened before the flush that makes it durable.

mod append;
mod cases;
mod forks;
mod info;
mod interner;
mod life;
mod open;
mod parcels;
mod rejudge;
mod sessions;
mod take;
mod told;

pub use cases::Action;
pub use info::Info;
pub use interner::{Interner, Shared};
pub use told::{Out, Recipients, StoredRecord, Told};

use super::{
    disk::{Changed, Disk, Flags, Write},
    partners::Partner,
    prng::Prng,
};
use focal_protocol::{
    case::Case,
    directory::{Item, PackagePace},
    group::{Delivery, Receipt},
    id::{CaseId, Hash, LogId, NodeId},
    log::{Epoch, Run},
    sync::{Fetch, Input, Post, Session},
    time::Time,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// What follows a flush.
#[derive(Debug)]
enum After {
    Grew(LogId, Option<Run>),
    Open(LogId),
    More(LogId),
    Stored(LogId, u64),
    Share(CaseId),
    Rules(CaseId),
    Epoch(CaseId, Epoch),
    Directory(Vec<Item>, Option<NodeId>),
    Offer(Hash),
    Receipts,
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
    /// Commits that one look at a case may lead to.
    pub commits: usize,
    /// A key package is replaced after this long, milliseconds.
    pub package_ms: u64,
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
    pace_of_packages: PackagePace,
    post: Post,
    /// Parcels for this node that wait for what they rest on, opened.
    waiting: BTreeMap<Hash, Delivery>,
    /// Receipts that wait for a flush, by the peers that are to know.
    receipts: BTreeMap<NodeId, Vec<Receipt>>,
    /// When something last happened that is to be announced.
    stirred: Time,
    ticks: u64,
    /// How its time passes.
    pub pace: Pace,
    /// By how much its clock is wrong, milliseconds.
    pub skew_ms: i64,
    /// Whether its disk has no room: it stores nothing, and says so.
    pub full: bool,
    at_work: bool,
    dice: Prng,
    interner: Interner,
    /// Documents that are new since this host last looked whether others hold the same directory.
    unlike: usize,
    /// Claims to the office that are contested here.
    claims: BTreeSet<(CaseId, NodeId)>,
    /// By what the records of each case were last judged.
    judged: BTreeMap<CaseId, Arc<Info>>,
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
            post: parcels::post(partner.node, &disk),
            waiting: BTreeMap::new(),
            receipts: BTreeMap::new(),
            partner,
            now: disk.clone(),
            disk,
            journal: Vec::new(),
            after: Vec::new(),
            cases: BTreeMap::new(),
            infos: BTreeMap::new(),
            sessions: BTreeMap::new(),
            fetch: Fetch::default(),
            pace_of_packages: PackagePace::default(),
            stirred: Time(0),
            ticks: 0,
            pace,
            skew_ms: 0,
            full: false,
            at_work: false,
            dice,
            interner,
            unlike: 0,
            judged: BTreeMap::new(),
            claims: BTreeSet::new(),
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

    /// Changes that wait for a flush.
    #[must_use]
    pub fn unflushed(&self) -> usize {
        self.journal.len()
    }

    /// Receipts that its post has at hand.
    #[must_use]
    pub fn receipts(&self) -> usize {
        self.post.receipts()
    }

    /// Parcels that its peers are known to hold, those of all peers together.
    #[must_use]
    pub fn known_of_peers(&self) -> usize {
        self.post.known_of_peers()
    }

    /// What it shares with the other hosts of its world.
    #[must_use]
    pub fn shared(&self) -> Vec<Shared> {
        self.interner.held()
    }

    /// What it shares with the other hosts of its world, for one more.
    #[must_use]
    pub fn interner(&self) -> Interner {
        self.interner.clone()
    }

    /// Groups that are loaded, and the bytes of their rows.
    #[must_use]
    pub fn loaded_groups(&self) -> (usize, usize) {
        let loaded = self.cases.keys().filter_map(|id| self.now.cases.get(id));
        let groups = loaded.flat_map(|row| row.groups.values());
        groups.fold((0, 0), |(count, bytes), rows| {
            let of_group: usize = rows.iter().map(|(k, v)| k.len() + v.len()).sum();
            (count + 1, bytes + of_group)
        })
    }

    /// Cases that are loaded.
    #[must_use]
    pub fn loaded(&self) -> usize {
        self.cases.len()
    }

    /// After how long it is to be ticked, milliseconds; not at all if nothing is to be announced or asked for.
    #[must_use]
    pub fn tick_in(&self, now: Time) -> Option<u64> {
        if now.since(self.stirred) <= 2_000 {
            Some(250)
        } else {
            let waits = !self.fetch.is_empty() || self.post.is_waiting();
            waits.then_some(5_000)
        }
    }

    /// What its clock shows. How long things take it measures by another, which only goes forward.
    fn clock(&self, now: Time) -> Time {
        Time(now.0.saturating_add_signed(self.skew_ms))
    }

    /// Everything since the last flush becomes durable, and what waited for that happens.
    pub fn flush(&mut self, now: Time) {
        if self.full {
            return self.refuse_to_store();
        }
        for write in std::mem::take(&mut self.journal) {
            self.disk.apply(&write);
        }
        for after in std::mem::take(&mut self.after) {
            self.follow(now, after);
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
        let changed: Vec<Changed> = changes
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
        let held = self.now.cases.get(&id);
        let same = held.is_some_and(|row| *row.state == *case.state());
        if !same || !changed.is_empty() || !gone.is_empty() {
            let info = Info::of(&case, &self.now.directory);
            self.infos.insert(id, Arc::new(info));
            let state = Arc::new(case.state().clone());
            self.write(Write::Case(state, changed, gone));
        }
        self.keep_at_hand(id, case);
    }

    /// Keeps a case in memory, if this host has room for it, or may need it again at once.
    fn keep_at_hand(&mut self, id: CaseId, case: Case) {
        if self.pace.keep_loaded || self.at_work {
            self.cases.insert(id, case);
        }
    }

    /// Begins or ends something that may need a case several times.
    pub fn work(&mut self, begins: bool) {
        self.at_work = begins;
        if !begins && !self.pace.keep_loaded {
            self.cases.clear();
        }
    }

    /// Looks at a case.
    pub fn see<T>(&mut self, id: CaseId, look: impl FnOnce(&Case) -> T) -> Option<T> {
        let case = self.take_case(id)?;
        let seen = look(&case);
        self.keep_at_hand(id, case);
        Some(seen)
    }

    /// What it knows of its cases and has told its sessions; nothing as long as that waits for a flush.
    #[must_use]
    pub fn known(&self) -> BTreeMap<CaseId, Arc<Info>> {
        if self.wants_flush() {
            return BTreeMap::new();
        }
        self.infos.clone()
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
            After::More(log) => {
                self.announce(now, log, None);
                for peer in self.peers() {
                    self.input(now, peer, Input::Lacks(log));
                }
            }
            After::Share(case) => self.share_case(now, case),
            After::Rules(case) => {
                self.apply_cuts(case);
                self.rejudge(case);
                self.retry(now, super::disk::Awaited::Rules(case));
                self.retry_parcels(now, Some(case));
            }
            After::Epoch(case, at) => self.retry(now, super::disk::Awaited::Epoch(case, at)),
            After::Directory(items, from) => self.directory_changed(now, &items, from),
            After::Offer(hash) => self.offer_parcel(now, hash),
            After::Receipts => self.tell_receipts(now),
            After::Pieces => self.retry_pieces(now),
            After::Proof(log) => self.pass_on_proof(now, log),
            After::Told(told) => self.tell(told),
        }
    }
}
