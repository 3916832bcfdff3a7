//! What a simulated node keeps: one state in memory, and the same as of its last flush.
//!
//! A node changes its state by [`Write`]s, as the real one does, so that both states come from the same writes and a crash
//! loses exactly those that were not flushed.

mod log;
mod rows;

pub use log::{Flags, Log};
pub use rows::{Awaited, CaseRow, Changed, GroupRows, Kept, Value};

use focal_protocol::{
    case::{Case, Keyring, State},
    directory::Directory,
    group::{Attested, GroupKey, Rows},
    id::{CaseId, Hash, LogId, NodeId, RecordId},
    log::{Entry, EpochGrant, Equivocation, Writer},
    time::Time,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// Everything that outlives the process.
#[derive(Debug, Clone)]
pub struct Disk {
    /// Who is who.
    pub directory: Arc<Directory>,
    /// Private rows of the key packages that were published, by time of issue.
    pub packages: BTreeMap<Time, Arc<Rows>>,
    /// The cases.
    pub cases: BTreeMap<CaseId, CaseRow>,
    /// Cases of which the content was destroyed.
    pub purged: BTreeSet<CaseId>,
    /// The logs.
    pub logs: BTreeMap<LogId, Log>,
    /// Entries that cannot be opened yet.
    pub pending: BTreeSet<(Awaited, LogId, u64)>,
    /// Parcels, by hash.
    pub parcels: BTreeMap<Hash, Kept>,
    /// Receipts for those that their recipients are done with, and the times until which they are kept.
    pub receipts: BTreeMap<(NodeId, Hash), (Arc<Attested>, Time)>,
    /// Proofs of forked logs.
    pub proofs: BTreeMap<LogId, Arc<Equivocation>>,
}

/// One change.
#[derive(Debug)]
pub enum Write {
    /// Entries that a log has grown by.
    Entries(LogId, Writer, Vec<Arc<Entry>>),
    /// What else is known of a log.
    Flags(LogId, Flags),
    /// How far a log is opened.
    Opened(LogId, u64),
    /// An entry waits, or does not any more.
    Pending(Awaited, LogId, u64, bool),
    /// A record can be read, or cannot any more.
    Record(CaseId, RecordId, Option<(LogId, u64)>),
    /// A case's state, the changes of its groups, and those that are gone.
    Case(Arc<State>, Vec<Changed>, Vec<GroupKey>),
    /// A secret of a case.
    Secret(CaseId, EpochGrant, Option<NodeId>),
    /// The content of a case is destroyed.
    Purge(CaseId),
    /// A parcel is kept.
    Parcel(Kept),
    /// A parcel is not kept any more.
    Dropped(Hash),
    /// A receipt is kept until a time.
    Receipt(Arc<Attested>, Time),
    /// A receipt is not kept any more.
    Forgotten(NodeId, Hash),
    /// The directory.
    Directory(Arc<Directory>),
    /// A new key package's private rows.
    Package(Time, Arc<Rows>),
    /// A proof.
    Proof(Arc<Equivocation>),
}

/// Private rows of key packages that are kept.
const PACKAGES: usize = 9;

impl Disk {
    /// Of a node that has just been set up.
    #[must_use]
    pub fn new(directory: Arc<Directory>, package: Arc<Rows>) -> Self {
        Self {
            directory,
            packages: [(super::partners::START, package)].into(),
            cases: BTreeMap::new(),
            purged: BTreeSet::new(),
            logs: BTreeMap::new(),
            pending: BTreeSet::new(),
            parcels: BTreeMap::new(),
            receipts: BTreeMap::new(),
            proofs: BTreeMap::new(),
        }
    }

    /// Makes a change.
    pub fn apply(&mut self, write: &Write) {
        match write {
            Write::Entries(log, writer, entries) => {
                let log = self.logs.entry(*log).or_insert_with(|| Log::new(*writer));
                log.entries.extend(entries.iter().cloned());
            }
            Write::Flags(log, flags) => {
                if let Some(log) = self.logs.get_mut(log) {
                    (log.end, log.frozen, log.retired) = (flags.end, flags.frozen, flags.retired);
                }
            }
            Write::Opened(log, opened) => {
                if let Some(log) = self.logs.get_mut(log) {
                    log.opened = *opened;
                }
            }
            Write::Pending(on, log, seq, true) => {
                self.pending.insert((*on, *log, *seq));
            }
            Write::Pending(on, log, seq, false) => {
                self.pending.remove(&(*on, *log, *seq));
            }
            Write::Record(case, id, place) => {
                if let Some(row) = self.cases.get_mut(case) {
                    match place {
                        Some(place) => row.records.insert(*id, *place),
                        None => row.records.remove(id),
                    };
                }
            }
            Write::Case(state, changes, gone) => self.store_case(state, changes, gone),
            Write::Secret(case, grant, by) => {
                if let Some(row) = self.cases.get_mut(case) {
                    let _ = row.secrets.keep(grant.clone(), *by);
                }
            }
            Write::Purge(case) => self.purge(*case),
            Write::Parcel(kept) => {
                self.parcels.insert(kept.note.parcel, kept.clone());
            }
            Write::Dropped(hash) => {
                self.parcels.remove(hash);
            }
            Write::Receipt(receipt, until) => {
                let key = (receipt.receipt().to, receipt.receipt().parcel);
                self.receipts.insert(key, (receipt.clone(), *until));
            }
            Write::Forgotten(to, parcel) => {
                self.receipts.remove(&(*to, *parcel));
            }
            Write::Directory(directory) => self.directory = directory.clone(),
            Write::Package(issued, rows) => {
                self.packages.insert(*issued, rows.clone());
                if self.packages.len() > PACKAGES {
                    self.packages.pop_first();
                }
            }
            Write::Proof(proof) => {
                self.proofs.insert(proof.log, proof.clone());
            }
        }
    }

    fn store_case(&mut self, state: &Arc<State>, changes: &[Changed], gone: &[GroupKey]) {
        let row = self
            .cases
            .entry(state.active.case)
            .or_insert_with(|| CaseRow {
                state: state.clone(),
                groups: BTreeMap::new(),
                secrets: Keyring::default(),
                records: BTreeMap::new(),
            });
        row.state = state.clone();
        for changed in changes {
            let rows = row.groups.entry(changed.key).or_default();
            for (k, v) in &changed.put {
                rows.insert(k.clone(), v.clone());
            }
            for k in &changed.delete {
                rows.remove(k);
            }
        }
        for key in gone {
            row.groups.remove(key);
        }
    }

    /// Destroys the content of a case.
    pub fn purge(&mut self, case: CaseId) {
        self.purged.insert(case);
        self.cases.remove(&case);
        self.logs.retain(|_, log| log.writer.case != case);
        let logs = &self.logs;
        self.pending.retain(|(_, log, _)| logs.contains_key(log));
    }

    /// What a case's state machine begins with.
    #[must_use]
    pub fn load_case(&self, me: focal_protocol::id::NodeId, id: CaseId) -> Option<Case> {
        let row = self.cases.get(&id)?;
        let case = Case::load(me, (*row.state).clone(), |key| row.rows(key));
        Some(case.expect("what was stored can be loaded"))
    }

    /// The logs of a case.
    pub fn logs_of(&self, case: CaseId) -> impl Iterator<Item = (&LogId, &Log)> {
        self.logs.iter().filter(move |(_, l)| l.writer.case == case)
    }
}
