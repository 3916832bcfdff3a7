//! The one writer of logs, groups and directory: a thread that owns them and is spoken to by messages.
//!
//! Requests that arrive together share one transaction and one flush (group commit); only after the flush is anybody
//! answered, told or pushed to. If the disk refuses, everything of that round is answered with the refusal and the
//! state in memory is read again from the store, so memory never runs ahead of the disk.

mod alarms;
mod append;
mod cases;
pub(crate) use cases::Action;
use cases::CaseHere;
mod command;
pub(crate) use command::{
    Command, ContentAt, Files, InviteOutcome, LedgerHandle, Recount, Reply, StoredAt,
};
mod compartments;
mod courier;
mod cuts;
mod directory;
mod failures;
mod forks;
mod parcels;
mod purge;
mod retention;
mod rhythm;
mod round;
use round::Round;
mod sessions;
mod take;
mod trail;
mod votes;
pub(crate) use votes::{Meant, VoteHere};

use crate::{
    alarms::KeptAlarm,
    api::types::Event,
    clock,
    keys::NodeKeys,
    mailbox::Mailbox,
    opener::OpenerHandle,
    settings::Settings,
    shared::{CaseInfo, Shared},
    store::{Cursor, Error, LogRow, Store},
};
use focal_protocol::{
    audit::{Act, Actor, Deed},
    directory::{Directory, Item, PackagePace},
    group::{MlsIdentity, Receipt, Rows},
    id::{CaseId, Hash, LogId, NodeId},
    key::SecretKey,
    log::{Epoch, Run},
    seal::ContactKey,
    sync::{Fetch, Post},
    time::Time,
};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap, VecDeque},
    sync::Arc,
    time::Duration,
};
use tokio::sync::mpsc;

/// Requests that may wait; senders then wait too, and with them the peers. Each may hold a whole run.
const QUEUE: usize = 32;
/// Requests that share one flush.
const ROUND: usize = 128;
/// Bytes of partners' entries that share one flush: a part of what a session has under way, so that the rest arrives
/// while the disk works.
const ROUND_BYTES: usize = 512 << 10;
/// How often time-driven work is looked at.
pub(crate) const TICK: Duration = Duration::from_millis(250);

/// The node's secrets that the ledger signs and opens with.
struct Identity {
    key: SecretKey,
    mls: MlsIdentity,
    contact: ContactKey,
}

pub(crate) struct Ledger {
    store: Store,
    shared: Arc<Shared>,
    opener: OpenerHandle,
    identity: Identity,
    directory: Option<Directory>,
    pace: PackagePace,
    next_document: u64,
    cases: BTreeMap<CaseId, CaseHere>,
    /// Cases whose content was destroyed here, with when the last key package was issued by which this node may have been
    /// invited before.
    purged: BTreeMap<CaseId, Time>,
    /// Those of them whose key could not be destroyed yet, with their logs.
    undestroyed: BTreeMap<CaseId, Vec<LogId>>,
    /// Those of which sealed rows are left, with their logs.
    left_over: VecDeque<(CaseId, Vec<LogId>)>,
    /// Whether that has failed since it was tended last.
    cannot_clear: bool,
    /// Whether ends of logs that are stored may not have been applied.
    ends_due: bool,
    /// Cases whose retention time is over.
    retention: retention::Retention,
    /// How old this node's keys in a case may become, milliseconds.
    rekey_ms: u64,
    alarms: BTreeMap<Hash, KeptAlarm>,
    logs: HashMap<LogId, LogRow>,
    cursors: HashMap<LogId, Cursor>,
    post: Post,
    /// Of this round, by the peers that are to know.
    receipts_to_tell: BTreeMap<NodeId, Vec<Receipt>>,
    packages: BTreeMap<Time, Rows>,
    /// When the last of them was made in this run, by the clock that is never set.
    package_made: Option<Time>,
    sessions: BTreeMap<NodeId, Mailbox>,
    fetch: Fetch,
    rhythm: rhythm::Rhythm,
    round: Round,
    audit: trail::Audit,
    /// How long the audit trail is kept, milliseconds.
    audit_ms: u64,
    /// Why the store takes no more writes.
    failed: Option<Error>,
}

impl Ledger {
    /// Loads the state and starts the thread. It ends after [`Command::Stop`].
    pub(crate) fn start(
        store: Store,
        keys: &NodeKeys,
        shared: Arc<Shared>,
        opener: OpenerHandle,
        settings: &Settings,
    ) -> Result<(LedgerHandle, std::thread::JoinHandle<Result<(), Error>>), crate::Error> {
        let identity = Identity {
            key: keys.identity(),
            mls: MlsIdentity::new(keys.node(), keys.mls()),
            contact: keys.contact()?,
        };
        let mut ledger = Self {
            store,
            shared,
            opener,
            identity,
            directory: None,
            pace: PackagePace::default(),
            next_document: 0,
            cases: BTreeMap::new(),
            purged: BTreeMap::new(),
            undestroyed: BTreeMap::new(),
            left_over: VecDeque::new(),
            cannot_clear: false,
            ends_due: false,
            retention: retention::Retention::default(),
            rekey_ms: settings.rekey_ms(),
            alarms: BTreeMap::new(),
            logs: HashMap::new(),
            cursors: HashMap::new(),
            post: Post::new(keys.node(), [], []),
            receipts_to_tell: BTreeMap::new(),
            packages: BTreeMap::new(),
            package_made: None,
            sessions: BTreeMap::new(),
            fetch: Fetch::default(),
            rhythm: rhythm::Rhythm::new(clock::steady()),
            round: Round::default(),
            audit: trail::Audit::default(),
            audit_ms: settings.audit_ms(),
            failed: None,
        };
        ledger.load()?;
        let (sender, receiver) = mpsc::channel(QUEUE);
        let thread = std::thread::Builder::new()
            .name("ledger".into())
            .spawn(move || ledger.run(receiver))
            .map_err(|e| crate::Error::io(std::path::Path::new("ledger"), e))?;
        Ok((LedgerHandle(sender), thread))
    }

    fn me(&self) -> NodeId {
        self.identity.mls.node()
    }

    /// Reads everything from the store: at the start, and when a write has failed.
    fn load(&mut self) -> Result<(), Error> {
        self.directory = self.store.directory()?;
        self.next_document = self.store.next_document()?;
        self.purged = self.store.purged()?;
        self.retention.load(self.store.due()?);
        let (gone, logs): (Vec<_>, Vec<_>) = (self.store.logs()?.into_iter())
            .partition(|(_, row)| self.purged.contains_key(&row.writer.case));
        self.logs = logs.into_iter().collect();
        let mut left_over: BTreeMap<CaseId, Vec<LogId>> = BTreeMap::new();
        for (log, row) in gone {
            left_over.entry(row.writer.case).or_default().push(log);
        }
        // What could not be destroyed before.
        for case in self.purged.keys() {
            if !self.store.is_case_key_left(case) {
                continue;
            }
            let logs = left_over.get(case).cloned().unwrap_or_default();
            self.undestroyed.entry(*case).or_insert(logs);
        }
        self.left_over = left_over.into_iter().collect();
        self.ends_due = true;
        self.cursors.clear();
        let me = self.me();
        for (log, row) in &self.logs {
            if row.writer.node == me {
                self.cursors.insert(*log, self.store.cursor(*log)?);
            }
        }
        let mut lamports: HashMap<CaseId, u64> = HashMap::new();
        for row in self.logs.values() {
            let lamport = lamports.entry(row.writer.case).or_insert(0);
            *lamport = (*lamport).max(row.head.followed());
        }
        self.cases.clear();
        for case in self.store.cases(me)? {
            let id = case.id();
            let here = CaseHere {
                secrets: self.store.secrets(id)?,
                lamport: lamports.get(&id).copied().unwrap_or(0),
                reached: Epoch::default(),
                // Claims that wait are looked at anew.
                claims: BTreeSet::new(),
                case,
            };
            self.cases.insert(id, here);
        }
        let receipts = self.store.receipts()?.into_iter();
        let receipts = receipts.map(|kept| (kept.receipt, kept.until));
        let mut notes = self.store.parcel_notes()?;
        // An earlier version has kept among the rest what waits for this node: it is asked for again.
        for (note, _) in notes.extract_if(.., |(note, _)| note.to == me) {
            self.round.write.drop_parcel(&note);
        }
        notes.extend(self.store.waiting_notes()?);
        self.post = Post::new(me, notes, receipts);
        self.receipts_to_tell.clear();
        self.packages = self.store.key_packages()?;
        self.alarms = self.store.alarms()?;
        self.audit.load(&self.store)?;
        self.publish_directory();
        self.publish_cases();
        self.publish_alarms();
        Ok(())
    }

    fn publish_directory(&self) {
        self.shared
            .set_directory(self.directory.clone().map(Arc::new));
    }

    fn publish_cases(&self) {
        self.shared.set_cases(
            self.cases
                .iter()
                .map(|(id, here)| (*id, Arc::new(CaseInfo::of(&here.case))))
                .collect(),
        );
    }

    /// Works until it is told to stop, or the store has failed.
    fn run(mut self, mut receiver: mpsc::Receiver<Command>) -> Result<(), Error> {
        let mut stop = false;
        self.note(
            Actor::Node,
            Act::new(Deed::Started).word(env!("CARGO_PKG_VERSION")),
        );
        self.retire_cases(clock::steady());
        self.apply_ends();
        self.then(Self::destroy_again);
        // What waited for a better disk may have it now.
        self.retry_parcels();
        self.commit();
        while !stop && self.failed.is_none() {
            let Some(first) = receiver.blocking_recv() else {
                break;
            };
            stop |= self.handle(first);
            for _ in 1..ROUND {
                if self.round.taken >= ROUND_BYTES || self.round.write.bytes() >= ROUND_BYTES {
                    break;
                }
                match receiver.try_recv() {
                    Ok(command) => stop |= self.handle(command),
                    Err(_) => break,
                }
            }
            self.commit();
        }
        if self.failed.is_none() {
            self.note(Actor::Node, Act::new(Deed::Stopped));
            self.commit();
        }
        match self.failed {
            Some(error) => Err(error),
            None => self.store.flush(),
        }
    }

    /// Handles one request: changes go into the round, answers into its effects. True ends the thread.
    fn handle(&mut self, command: Command) -> bool {
        match command {
            Command::Submit(case, signed, files, reply) => {
                let result = self.submit(case, *signed, files);
                self.answer(result, reply);
            }
            Command::OpenCase(title, history, reply) => {
                let result = self.open_case(&title, history, None);
                self.asked_about(result.as_ref().ok().copied());
                self.answer(result, reply);
            }
            Command::Compartment(parent, orgs, reply) => {
                let result = self.compartment(parent, orgs);
                self.asked_about(result.as_ref().ok().copied());
                self.answer(result, reply);
            }
            Command::Act(case, action, reply) => {
                let result = self.act(case, action);
                self.answer_purge(case, result, reply);
            }
            Command::WouldVote(case, successor, cause, reply) => {
                let result = self.vote_here(case, successor, cause);
                self.answer(result, reply);
            }
            Command::Resolve(alarm, decision, reply) => {
                let result = self.resolve(alarm, decision);
                self.answer(result, reply);
            }
            Command::TakeBundle(bundle, reply) => {
                let result = self.take_bundle(*bundle);
                self.answer(result, reply);
            }
            Command::TakeManifest(manifest, reply) => {
                let result = self.take_items(vec![Item::Manifest(*manifest)], None);
                self.answer(result, reply);
            }
            Command::Load(from, frame, reply) => {
                let result = self.load_frame(from, *frame);
                self.answer(result, reply);
            }
            Command::Content(at, reply) => {
                match self.take_content(*at) {
                    Ok(waits) => self.answer(Ok(waits), reply),
                    // The opener knows what merely waits, or is past, from what is refused.
                    Err(refused) => {
                        let _ = reply.send(Err(refused));
                    }
                }
            }
            Command::Recount(log, by) => self.recount(log, by),
            Command::SessionUp(mailbox) => self.session_up(mailbox),
            Command::SessionDown(mailbox) => self.session_down(&mailbox),
            Command::Ready(mailbox, theirs) => self.ready(&mailbox, &theirs),
            Command::Take(mailbox, run) => self.take(&mailbox, *run),
            Command::TakeDirectory(mailbox, items) => {
                if let Err(e) = self.take_items(items, Some(mailbox.peer)) {
                    self.shared.refuse(&e);
                }
            }
            Command::Holds(peer, log, height) => {
                if let Err(e) = self.holds(peer, log, height) {
                    tracing::error!("who holds log {} cannot be noted: {e}", log.short());
                }
            }
            Command::Offers(peer, log, height) => {
                // What is held of a log that has ended is all that counts of it; and what was offered may have come since.
                let lacks = |row: &LogRow| row.ended.is_none() && row.head.height < height;
                if self.logs.get(&log).is_none_or(lacks) {
                    self.fetch
                        .offered(peer, log, height, crate::clock::steady());
                }
            }
            Command::NoteParcels(mailbox, notes) => self.note_parcels(&mailbox, &notes),
            Command::LoadParcels(mailbox, hashes) => self.load_parcels(&mailbox, &hashes),
            Command::TakeParcel(mailbox, parcel) => self.take_parcel(&mailbox, *parcel),
            Command::TakeReceipts(peer, receipts) => self.take_receipts(peer, receipts),
            Command::TakeProof(proof) => self.take_proof(*proof),
            Command::TakeSide(side) => self.take_side(side.log, side.seq, side.chain),
            Command::By(actor, command) => return self.handle_by(actor, *command),
            Command::Note(actor, act, reply) => {
                self.note(actor, *act);
                self.answer(Ok(()), reply);
            }
            Command::NotProven(actor, why, times) => self.not_proven(actor, why, times),
            Command::Tick => self.tick(),
            Command::Failed(error) => self.failed = Some(error),
            Command::Stop => return true,
        }
        false
    }

    /// Tells sessions that a log has grown.
    fn announce(&mut self, log: LogId, fresh: Option<Run>) {
        let Some(row) = self.logs.get(&log).copied() else {
            return;
        };
        self.then(move |ledger| {
            for mailbox in ledger.sessions.values() {
                mailbox.grew(log, row.writer, row.counted(), fresh.as_ref());
            }
        });
    }

    fn emit_case(&mut self, case: CaseId) {
        self.then(move |ledger| {
            if let Some(case) = ledger.cases.get(&case) {
                ledger.shared.emit(Event::Case {
                    case: case.case.id().to_string(),
                    title: case.case.rules().title.clone(),
                    epoch: case.case.epoch().number,
                });
            }
        });
    }
}
