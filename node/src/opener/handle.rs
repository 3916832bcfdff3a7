//! How the others speak to the opener.

use crate::{ledger::LedgerHandle, store::Position};
use focal_protocol::{
    id::{CaseId, LogId, RecordId},
    log::{Epoch, Lane},
    record::Summary,
};
use std::sync::mpsc;

/// What the opener is told.
pub(super) enum Job {
    Log(Lane, LogId),
    Bulk,
    Epoch(CaseId, Epoch),
    Rules(CaseId),
    Manifests,
    Cut(CaseId, LogId),
    Readable(RecordId, Position, Box<Summary>),
    Places,
    Start(LedgerHandle),
    Stop,
}

/// A handle on the opener. Jobs carry no entries, so the queue stays small.
#[derive(Clone)]
pub(crate) struct OpenerHandle(mpsc::Sender<Job>);

impl OpenerHandle {
    pub(super) fn new(jobs: mpsc::Sender<Job>) -> Self {
        Self(jobs)
    }

    fn tell(&self, job: Job) {
        // The opener ends last; if it is gone, the node is stopping.
        let _ = self.0.send(job);
    }

    /// A log has grown.
    pub(crate) fn grew(&self, log: LogId, lane: Lane) {
        self.tell(Job::Log(lane, log));
    }

    /// A large run has been stored, and more may come at once.
    pub(crate) fn bulk(&self) {
        self.tell(Job::Bulk);
    }

    /// The secret of an epoch is known now.
    pub(crate) fn epoch(&self, case: CaseId, at: Epoch) {
        self.tell(Job::Epoch(case, at));
    }

    /// The rules of a case have changed.
    pub(crate) fn rules(&self, case: CaseId) {
        self.tell(Job::Rules(case));
    }

    /// Manifests have changed.
    pub(crate) fn manifests(&self) {
        self.tell(Job::Manifests);
    }

    /// A log of the case has ended, and records in it may be gone.
    pub(crate) fn cut(&self, case: CaseId, log: LogId) {
        self.tell(Job::Cut(case, log));
    }

    /// A record of this node's own is stored and can be read.
    pub(crate) fn readable(&self, id: RecordId, position: Position, summary: Summary) {
        self.tell(Job::Readable(id, position, Box::new(summary)));
    }

    /// Nothing more urgent is read of the store: time to read where all records are, before somebody has to wait for it.
    pub(crate) fn load_places(&self) {
        self.tell(Job::Places);
    }

    /// The ledger runs.
    pub(crate) fn start_with(&self, ledger: LedgerHandle) {
        self.tell(Job::Start(ledger));
    }

    pub(crate) fn stop(&self) {
        self.tell(Job::Stop);
    }
}
