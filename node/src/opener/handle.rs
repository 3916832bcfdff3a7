//! How the others speak to the opener.

use crate::{ledger::LedgerHandle, store::Position};
use focal_protocol::{
    id::{CaseId, LogId, RecordId},
    log::{Epoch, Lane},
    record::Summary,
};
use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc},
    time::Duration,
};

/// What the opener is told.
pub(super) enum Job {
    News(News),
    Readable(RecordId, Position, Box<Summary>),
    Places,
    Start(LedgerHandle),
    Stop,
}

/// What has happened, after which something is to be looked at: told twice before that, it is looked at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum News {
    Log(Lane, LogId),
    Bulk,
    Epoch(CaseId, Epoch),
    Rules(CaseId),
    Manifests,
    Cut(CaseId, LogId),
}

/// News that are in the queue.
#[derive(Clone, Default)]
struct Queued(Arc<Mutex<BTreeSet<News>>>);

impl Queued {
    fn all(&self) -> MutexGuard<'_, BTreeSet<News>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A handle on the opener. Jobs carry no entries, and the same news stand in the queue once, so that it stays small.
#[derive(Clone)]
pub(crate) struct OpenerHandle {
    jobs: mpsc::Sender<Job>,
    queued: Queued,
}

/// The opener's end of the queue.
pub(super) struct Jobs {
    jobs: mpsc::Receiver<Job>,
    queued: Queued,
}

/// Both ends of a queue.
pub(super) fn queue() -> (OpenerHandle, Jobs) {
    let (sender, jobs) = mpsc::channel();
    let queued = Queued::default();
    let handle = OpenerHandle {
        jobs: sender,
        queued: queued.clone(),
    };
    (handle, Jobs { jobs, queued })
}

impl Jobs {
    /// What is told from now on is looked at after this.
    fn taken(&self, job: Job) -> Job {
        if let Job::News(news) = &job {
            self.queued.all().remove(news);
        }
        job
    }

    pub(super) fn recv(&self) -> Result<Job, mpsc::RecvError> {
        self.jobs.recv().map(|job| self.taken(job))
    }

    pub(super) fn try_recv(&self) -> Result<Job, mpsc::TryRecvError> {
        self.jobs.try_recv().map(|job| self.taken(job))
    }

    pub(super) fn recv_timeout(&self, wait: Duration) -> Result<Job, mpsc::RecvTimeoutError> {
        self.jobs.recv_timeout(wait).map(|job| self.taken(job))
    }
}

impl OpenerHandle {
    fn tell(&self, job: Job) {
        // The opener ends last; if it is gone, the node is stopping.
        let _ = self.jobs.send(job);
    }

    fn say(&self, news: News) {
        if self.queued.all().insert(news) {
            self.tell(Job::News(news));
        }
    }

    /// A log has grown.
    pub(crate) fn grew(&self, log: LogId, lane: Lane) {
        self.say(News::Log(lane, log));
    }

    /// A large run has been stored, and more may come at once.
    pub(crate) fn bulk(&self) {
        self.say(News::Bulk);
    }

    /// The secret of an epoch is known now.
    pub(crate) fn epoch(&self, case: CaseId, at: Epoch) {
        self.say(News::Epoch(case, at));
    }

    /// The rules of a case have changed.
    pub(crate) fn rules(&self, case: CaseId) {
        self.say(News::Rules(case));
    }

    /// Manifests have changed.
    pub(crate) fn manifests(&self) {
        self.say(News::Manifests);
    }

    /// A log of the case has ended, and records in it may be gone.
    pub(crate) fn cut(&self, case: CaseId, log: LogId) {
        self.say(News::Cut(case, log));
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
