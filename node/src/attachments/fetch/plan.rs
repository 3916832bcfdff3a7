//! What all workers of a fetch share: what is missing, what has come, what of it is durable.

use super::{super::files, Attachments, Progress};
use focal_protocol::{
    id::{CaseId, Hash, NodeId},
    sync::ChunkRequest,
};
use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
};

/// Chunks that are made durable together, while others come. Of a file that has more the system keeps none in memory: a
/// video would push out what reports are read from, and memory that is used again takes the next chunk faster than memory
/// that nobody has used before.
const SETTLE: usize = 64;
/// So many that are not durable, and the disk is waited for.
const UNSETTLED: usize = 4 * SETTLE;

/// One sealed piece that is wanted: a chunk, or the list.
#[derive(Debug, Clone, Copy)]
pub(super) struct Item {
    pub(super) chunk: Option<u32>,
    pub(super) name: Hash,
    pub(super) length: usize,
}

/// What is not here of an attachment.
#[derive(Debug, Default)]
pub(super) struct Lacking {
    /// Which items are not here whole.
    pub(super) missing: BTreeSet<usize>,
    /// The names of those that are begun.
    pub(super) begun: BTreeSet<Hash>,
}

/// The locks are held to take or give back, never longer.
pub(super) struct Plan {
    pub(super) at: Arc<Attachments>,
    case: CaseId,
    pub(super) list: Hash,
    items: Vec<Item>,
    missing: Mutex<BTreeSet<usize>>,
    /// Those of which a beginning may be here.
    begun: Mutex<BTreeSet<Hash>>,
    unsettled: Mutex<Vec<Hash>>,
    /// Those that are durable. Held while some are being made so: one batch after the other.
    settled: Mutex<BTreeSet<Hash>>,
    /// Why some could not be made durable.
    failed: Mutex<Option<files::Error>>,
    progress: Arc<Progress>,
    came: AtomicU32,
    /// Of a list that has not come: how long it is by what somebody says of it. If what comes is not its name, that may be the
    /// beginning of a longer one, and nobody is blamed.
    pub(super) guessed: Option<usize>,
}

fn whole<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Plan {
    pub(super) fn new(
        at: &Arc<Attachments>,
        case: CaseId,
        list: Hash,
        items: Vec<Item>,
        lacking: Lacking,
        progress: &Arc<Progress>,
    ) -> Self {
        Self {
            at: at.clone(),
            case,
            list,
            items,
            missing: Mutex::new(lacking.missing),
            begun: Mutex::new(lacking.begun),
            unsettled: Mutex::default(),
            settled: Mutex::default(),
            failed: Mutex::default(),
            progress: progress.clone(),
            came: AtomicU32::new(0),
            guessed: None,
        }
    }

    pub(super) fn missing(&self) -> MutexGuard<'_, BTreeSet<usize>> {
        whole(&self.missing)
    }

    /// How many pieces have come.
    pub(super) fn came(&self) -> u32 {
        self.came.load(Ordering::Relaxed)
    }

    /// The next item that this partner may have.
    pub(super) fn take(self: &Arc<Self>, lacks: &BTreeSet<usize>) -> Option<Taken> {
        let mut missing = self.missing();
        let index = missing.iter().find(|i| !lacks.contains(i)).copied()?;
        missing.remove(&index);
        Some(Taken {
            plan: self.clone(),
            index,
            kept: false,
        })
    }

    pub(super) fn request(&self, item: &Item, from: usize, length: usize) -> ChunkRequest {
        // Both are within a chunk.
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        ChunkRequest {
            case: self.case,
            attachment: self.list,
            chunk: item.chunk,
            from: number(from),
            length: number(length),
        }
    }

    /// Keeps a piece if it is what its name says; now and then those so far are made durable, beside what comes.
    fn keep(self: &Arc<Self>, item: &Item, bytes: &[u8]) -> Result<(), files::Error> {
        if let Some(why) = whole(&self.failed).clone() {
            return Err(why);
        }
        self.at.files.put(&self.list, &item.name, bytes)?;
        self.came.fetch_add(1, Ordering::Relaxed);
        self.progress.held.fetch_add(1, Ordering::Relaxed);
        let unsettled = {
            let mut unsettled = whole(&self.unsettled);
            unsettled.push(item.name);
            unsettled.len()
        };
        if unsettled >= UNSETTLED {
            // The disk is slower than the link.
            self.settle()?;
        } else if unsettled.is_multiple_of(SETTLE) {
            let plan = self.clone();
            tokio::task::spawn_blocking(move || {
                if let Err(why) = plan.settle() {
                    *whole(&plan.failed) = Some(why);
                }
            });
        }
        Ok(())
    }

    /// Makes durable what has come so far.
    fn settle(&self) -> Result<(), files::Error> {
        let mut settled = whole(&self.settled);
        let due = std::mem::take(&mut *whole(&self.unsettled));
        if due.is_empty() {
            return Ok(());
        }
        self.at.files.settle(&self.list, &due)?;
        if self.items.len() > SETTLE {
            self.at.files.let_go(&self.list, &due);
        }
        settled.extend(due);
        Ok(())
    }

    /// Makes all of it durable: what was here before as well, as a crash may have come before it was.
    pub(super) fn settle_all(&self) -> Result<(), files::Error> {
        self.settle()?;
        if let Some(why) = whole(&self.failed).clone() {
            return Err(why);
        }
        let settled = whole(&self.settled);
        let names = self.items.iter().map(|i| i.name).chain([self.list]);
        let names: Vec<Hash> = names.filter(|name| !settled.contains(name)).collect();
        self.at.files.settle(&self.list, &names)
    }

    /// Whether both this node and the other are still members.
    pub(super) fn allows(&self, node: &NodeId) -> bool {
        let cases = self.at.shared.cases();
        cases
            .get(&self.case)
            .is_some_and(|info| info.ended.is_none() && info.members.contains(node))
    }

    pub(super) fn partners(&self) -> Vec<NodeId> {
        let connected = self.at.shared.connected();
        connected.into_iter().filter(|n| self.allows(n)).collect()
    }
}

/// An item that a worker has taken: given back when it is dropped before it is kept.
pub(super) struct Taken {
    plan: Arc<Plan>,
    pub(super) index: usize,
    kept: bool,
}

impl Taken {
    pub(super) fn item(&self) -> Item {
        self.plan.items[self.index]
    }

    /// Whether there may be a beginning of it.
    pub(super) fn is_begun(&self) -> bool {
        whole(&self.plan.begun).remove(&self.item().name)
    }

    /// What a partner has begun of it before.
    pub(super) fn begun(&self, from: &NodeId) -> Result<Vec<u8>, files::Error> {
        let (plan, item) = (&self.plan, self.item());
        let files = &plan.at.files;
        files.take_begun(&plan.list, &item.name, from, item.length)
    }

    /// Keeps its beginning for when the link is back.
    pub(super) fn begin(self, from: &NodeId, bytes: &[u8]) -> Result<(), files::Error> {
        let (plan, item) = (&self.plan, self.item());
        plan.at.files.begin(&plan.list, &item.name, from, bytes)?;
        whole(&plan.begun).insert(item.name);
        Ok(())
    }

    /// Keeps all of it.
    pub(super) fn keep(mut self, bytes: &[u8]) -> Result<(), files::Error> {
        let (plan, item) = (self.plan.clone(), self.item());
        plan.keep(&item, bytes)?;
        self.kept = true;
        Ok(())
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        if !self.kept {
            self.plan.missing().insert(self.index);
        }
    }
}
