//! Fetching one attachment: from every member in reach that has some of it, at the same time.
//!
//! One worker for each partner takes pieces that are still missing, keeps a few under way, and judges each chunk as soon as
//! it is whole. Whatever ends a worker, what it had taken and not finished is there for the others.

mod worker;

use super::{Attachments, Listed, blocking, files};
use crate::{
    refused::Refused,
    store::{AttachmentState, Write},
};
use focal_protocol::{
    id::{CaseId, Hash, NodeId},
    sync::ChunkRequest,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::task::JoinSet;
use worker::End;

/// How often it is looked whether another partner has come.
const LOOK: Duration = Duration::from_secs(1);
/// How long a partner is left alone that had nothing more, or whose link broke.
const LEAVE: Duration = Duration::from_secs(3);
/// Chunks that are made durable together.
const SETTLE: usize = 64;

/// How a fetch ended.
#[derive(Debug)]
pub(super) enum Outcome {
    /// All of it is durable: so many bytes of the file.
    Complete(u64),
    /// Nobody in reach has more of it; whether something came.
    Absent { some: bool },
    /// There is no room.
    NoRoom(&'static str),
    /// Nothing names it any more.
    Gone,
    /// It is not what a record says.
    Unusable,
    /// The disk fails.
    Failed(Refused),
}

/// How far a fetch is, for who looks on.
#[derive(Debug, Default)]
pub(super) struct Progress {
    pub(super) held: AtomicU32,
    pub(super) of: AtomicU32,
}

/// One sealed piece that is wanted: a chunk, or the list.
#[derive(Debug, Clone, Copy)]
struct Item {
    chunk: Option<u32>,
    name: Hash,
    length: usize,
}

/// What all workers of a fetch share. The lock is held to take or give back, never longer.
struct Plan {
    at: Arc<Attachments>,
    case: CaseId,
    list: Hash,
    items: Vec<Item>,
    missing: Mutex<BTreeSet<usize>>,
    unsettled: Mutex<Vec<Hash>>,
    /// Those that are durable.
    settled: Mutex<BTreeSet<Hash>>,
    progress: Arc<Progress>,
    came: AtomicU32,
}

impl Plan {
    fn missing(&self) -> std::sync::MutexGuard<'_, BTreeSet<usize>> {
        self.missing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next item that this partner may have.
    fn take(self: &Arc<Self>, lacks: &BTreeSet<usize>) -> Option<Taken> {
        let mut missing = self.missing();
        let index = missing.iter().find(|i| !lacks.contains(i)).copied()?;
        missing.remove(&index);
        Some(Taken {
            plan: self.clone(),
            index,
            kept: false,
        })
    }

    fn request(&self, item: &Item, from: usize, length: usize) -> ChunkRequest {
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

    /// Keeps a piece if it is what its name says; now and then makes those so far durable.
    fn keep(&self, item: &Item, bytes: &[u8]) -> Result<(), files::Error> {
        self.at.files.put(&self.list, &item.name, bytes)?;
        self.came.fetch_add(1, Ordering::Relaxed);
        self.progress.held.fetch_add(1, Ordering::Relaxed);
        let due = {
            let mut unsettled = self.unsettled();
            unsettled.push(item.name);
            if unsettled.len() < SETTLE {
                return Ok(());
            }
            std::mem::take(&mut *unsettled)
        };
        self.at.files.settle(&self.list, &due)?;
        self.settled().extend(due);
        Ok(())
    }

    fn settled(&self) -> std::sync::MutexGuard<'_, BTreeSet<Hash>> {
        self.settled.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn unsettled(&self) -> std::sync::MutexGuard<'_, Vec<Hash>> {
        self.unsettled
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether both this node and the other are still members.
    fn allows(&self, node: &NodeId) -> bool {
        let cases = self.at.shared.cases();
        cases
            .get(&self.case)
            .is_some_and(|info| info.ended.is_none() && info.members.contains(node))
    }

    fn partners(&self) -> Vec<NodeId> {
        let connected = self.at.shared.connected();
        connected.into_iter().filter(|n| self.allows(n)).collect()
    }
}

/// An item that a worker has taken: given back when it is dropped before it is kept.
struct Taken {
    plan: Arc<Plan>,
    index: usize,
    kept: bool,
}

impl Taken {
    fn item(&self) -> Item {
        self.plan.items[self.index]
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        if !self.kept {
            self.plan.missing().insert(self.index);
        }
    }
}

/// Fetches an attachment as far as it can be had now.
pub(super) async fn fetch(
    at: &Arc<Attachments>,
    case: CaseId,
    list: Hash,
    progress: &Arc<Progress>,
) -> Outcome {
    let outcome = all(at, case, list, progress).await;
    outcome.unwrap_or_else(Outcome::from)
}

impl From<Refused> for Outcome {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Full => Self::NoRoom("the disk is full"),
            Refused::NoSpaceForAttachments => {
                Self::NoRoom("attachments take all the room that node.toml gives them")
            }
            other => Self::Failed(other),
        }
    }
}

async fn all(
    at: &Arc<Attachments>,
    case: CaseId,
    list: Hash,
    progress: &Arc<Progress>,
) -> Result<Outcome, Refused> {
    let listed = match listed(at, case, list, progress).await? {
        Ok(listed) => listed,
        Err(outcome) => return Ok(outcome),
    };
    let items: Vec<Item> = listed
        .names
        .iter()
        .zip(0..)
        .map(|(name, index)| Item {
            chunk: Some(index),
            name: *name,
            length: listed.chunks.sealed_length(index),
        })
        .collect();
    progress
        .of
        .store(listed.chunks.count() + 1, Ordering::Relaxed);
    let size: u64 = (0..listed.chunks.count())
        .map(|i| listed.chunks.length(i) as u64)
        .sum();
    // All or nothing: half a video is no use to anybody, and takes the room of photographs.
    let here = at.clone();
    let missing = blocking(move || here.missing(&list, &items)).await?;
    let (items, missing) = missing;
    let bytes: u64 = missing.iter().map(|i| items[*i].length as u64).sum();
    at.files.room(bytes)?;
    let held = items.len() + 1 - missing.len();
    let held = u32::try_from(held).unwrap_or(u32::MAX);
    progress.held.store(held, Ordering::Relaxed);
    let plan = Arc::new(Plan {
        at: at.clone(),
        case,
        list,
        items,
        missing: Mutex::new(missing),
        unsettled: Mutex::default(),
        settled: Mutex::default(),
        progress: progress.clone(),
        came: AtomicU32::new(0),
    });
    gather(&plan).await?;
    if !plan.missing().is_empty() {
        let some = plan.came.load(Ordering::Relaxed) > 0;
        return Ok(Outcome::Absent { some });
    }
    let done = plan.clone();
    let named = blocking(move || {
        // Its case may have been purged meanwhile: then nothing of it is kept.
        if done.at.store.naming_cases(&list)?.is_empty() {
            done.at.files.remove(&list)?;
            return Ok(false);
        }
        // Those found at the start as well: a crash may have come before they were durable.
        let settled = std::mem::take(&mut *done.settled());
        let names = done.items.iter().map(|i| i.name).chain([list]);
        let names: Vec<Hash> = names.filter(|name| !settled.contains(name)).collect();
        done.at.files.settle(&list, &names)?;
        let mut write = Write::default();
        write.attachment_state(&list, AttachmentState::Complete);
        done.at.store.apply(&write)?;
        done.at.store.flush()?;
        Ok(true)
    })
    .await?;
    Ok(if named {
        Outcome::Complete(size)
    } else {
        Outcome::Gone
    })
}

/// The attachment's list: from here, or from a partner.
async fn listed(
    at: &Arc<Attachments>,
    case: CaseId,
    list: Hash,
    progress: &Arc<Progress>,
) -> Result<Result<Listed, Outcome>, Refused> {
    let here = at.clone();
    if let Some(listed) = blocking(move || here.listed(&case, &list)).await? {
        return Ok(Ok(listed));
    }
    let descriptions = at.descriptions(&case, &list)?;
    if descriptions.is_empty() {
        return Ok(Err(Outcome::Gone));
    }
    let mut lengths: Vec<usize> = descriptions
        .iter()
        .filter_map(|row| Some(row.attachment.chunks().ok()?.list_length()))
        .collect();
    lengths.sort_unstable();
    lengths.dedup();
    for length in lengths {
        at.files.room(length as u64)?;
        let item = Item {
            chunk: None,
            name: list,
            length,
        };
        let plan = Arc::new(Plan {
            at: at.clone(),
            case,
            list,
            items: vec![item],
            missing: Mutex::new(BTreeSet::from([0])),
            unsettled: Mutex::default(),
            settled: Mutex::default(),
            progress: progress.clone(),
            came: AtomicU32::new(0),
        });
        gather(&plan).await?;
        if plan.missing().is_empty() {
            let here = at.clone();
            let listed = blocking(move || here.listed(&case, &list)).await?;
            return Ok(listed.ok_or(Outcome::Unusable));
        }
    }
    Ok(Err(Outcome::Absent { some: false }))
}

impl Attachments {
    /// Which items are not here. What was there at the start of this node is read as a whole: a crash may have torn it.
    fn missing(
        &self,
        list: &Hash,
        items: &[Item],
    ) -> Result<(Vec<Item>, BTreeSet<usize>), Refused> {
        let known = self.keep().checked.contains(list);
        let mut missing = BTreeSet::new();
        for (item, index) in items.iter().zip(0..) {
            let here = if known {
                self.files.has(list, &item.name, item.length)
            } else {
                self.files.checked(list, &item.name, item.length)?.is_some()
            };
            if !here {
                missing.insert(index);
            }
        }
        self.keep().checked.insert(*list);
        Ok((items.to_vec(), missing))
    }
}

/// Lets partners bring what is missing, until nothing is or nobody has more.
async fn gather(plan: &Arc<Plan>) -> Result<(), Refused> {
    let mut workers: JoinSet<(NodeId, End)> = JoinSet::new();
    let mut busy: BTreeSet<NodeId> = BTreeSet::new();
    let mut left: BTreeMap<NodeId, (Instant, u64)> = BTreeMap::new();
    loop {
        let arrivals = plan.at.shared.arrivals();
        for node in plan.partners() {
            let rests = left
                .get(&node)
                .is_some_and(|(since, arrived)| *arrived == arrivals && since.elapsed() < LEAVE);
            let blamed = plan.at.keep().is_blamed(&node);
            let enough = busy.len() >= plan.at.sources || plan.missing().is_empty();
            if enough || rests || blamed || busy.contains(&node) {
                continue;
            }
            busy.insert(node);
            let plan = plan.clone();
            workers.spawn(async move { (node, worker::work(plan, node).await) });
        }
        if workers.is_empty() {
            return Ok(());
        }
        let ended = tokio::select! {
            ended = workers.join_next() => ended,
            () = tokio::time::sleep(LOOK) => continue,
        };
        let Some(Ok((node, end))) = ended else {
            continue;
        };
        busy.remove(&node);
        left.insert(node, (Instant::now(), arrivals));
        match end {
            End::Done => {
                left.remove(&node);
            }
            End::Lacks => {}
            End::Broke(why) => tracing::debug!("attachment from {}: {why}", node.short()),
            End::Junk => {
                plan.at.keep().blame(node);
                plan.at.shared.refuse(&Refused::BadChunk);
                plan.at.net.drop_peer(node);
            }
            End::NotKept(e) => return Err(e.into()),
        }
    }
}
