//! Fetching one attachment: from every member in reach that has some of it, at the same time.
//!
//! One worker for each partner takes pieces that are still missing, keeps a few under way, and judges each chunk as soon as
//! it is whole. Whatever ends a worker, what it had taken and not finished is there for the others.

mod plan;
mod storing;
mod window;
mod worker;

use super::{Attachments, Listed, blocking, obstacle::Obstacle};
use crate::{
    refused::Refused,
    store::{AttachmentState, Write},
};
use focal_protocol::id::{CaseId, Hash, NodeId, OrgId};
use plan::{Item, Lacking, Plan};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::task::JoinSet;
use worker::End;

/// How often it is looked whether another partner has come.
const LOOK: Duration = Duration::from_secs(1);
/// Lengths of a list that the records of one organisation may say.
const LENGTHS: usize = 16;
/// How long a partner is left alone that had nothing more, or whose link broke.
const LEAVE: Duration = Duration::from_secs(3);

/// How a fetch ended.
#[derive(Debug)]
pub(super) enum Outcome {
    /// All of it is durable: so many bytes of the file.
    Complete(u64),
    /// It is larger than what comes by itself, whatever records say: so many bytes. Its list is here.
    OnDemand(u64),
    /// Nobody in reach has more of it; whether something came.
    Absent { some: bool },
    /// There is no room.
    NoRoom(Obstacle),
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
            Refused::Full => Self::NoRoom(Obstacle::DiskFull),
            Refused::NoSpaceForAttachments => Self::NoRoom(Obstacle::NoRoom),
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
    // What opened the list is true. A record may have said less.
    let size = listed.attachment.size;
    if size > at.automatic && !at.is_wanted(&list)? {
        return Ok(Outcome::OnDemand(size));
    }
    // All or nothing: half a video is no use to anybody, and takes the room of photographs.
    let here = at.clone();
    let (items, lacking) = blocking(move || here.lacking(&list, items)).await?;
    let missing = &lacking.missing;
    let bytes: u64 = missing.iter().map(|i| items[*i].length as u64).sum();
    at.files.room(bytes)?;
    let held = items.len() + 1 - missing.len();
    let held = u32::try_from(held).unwrap_or(u32::MAX);
    progress.held.store(held, Ordering::Relaxed);
    let plan = Arc::new(Plan::new(at, case, list, items, lacking, progress));
    gather(&plan).await?;
    if !plan.missing().is_empty() {
        let some = plan.came() > 0;
        return Ok(Outcome::Absent { some });
    }
    let done = plan.clone();
    let named = blocking(move || {
        // Its case may have been purged meanwhile: then nothing of it is kept.
        if done.at.store.naming_cases(&list)?.is_empty() {
            done.at.files.remove(&list)?;
            return Ok(false);
        }
        done.settle_all()?;
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
    if !at.is_named(&case, &list)? {
        return Ok(Err(Outcome::Gone));
    }
    if at.files.exists(&list, &list) {
        // No other one has its name: another record may open it.
        return Ok(Err(Outcome::Unusable));
    }
    let here = at.clone();
    let lengths = blocking(move || here.list_lengths(&case, &list)).await?;
    for length in lengths {
        at.files.room(length as u64)?;
        let item = Item {
            chunk: None,
            name: list,
            length,
        };
        let lacking = Lacking {
            missing: BTreeSet::from([0]),
            begun: at.files.begun(&list)?,
        };
        let mut plan = Plan::new(at, case, list, vec![item], lacking, progress);
        plan.guessed = Some(length);
        let plan = Arc::new(plan);
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
    /// Whether a person has asked for it.
    pub(super) fn is_wanted(&self, list: &Hash) -> Result<bool, Refused> {
        Ok(self.store.attachment_state(list)? == Some(AttachmentState::Wanted))
    }

    /// Lengths that the list may have, by what the records of a case say: the first of each organisation, then the second of
    /// each, so that nobody's wrong ones are in the way of another's. What comes by itself is small.
    fn list_lengths(&self, case: &CaseId, list: &Hash) -> Result<Vec<usize>, Refused> {
        let most = if self.is_wanted(list)? {
            u64::MAX
        } else {
            self.automatic
        };
        let mut said: BTreeMap<OrgId, Vec<usize>> = BTreeMap::new();
        for record in self.store.naming_records(case, list) {
            let record = record?;
            let row = self.store.attachment(case, list, &record)?;
            let Some(attachment) = row.map(|row| row.attachment) else {
                continue;
            };
            let (Ok(chunks), Some(stored)) = (attachment.chunks(), self.store.record(&record)?)
            else {
                continue;
            };
            let length = chunks.list_length();
            if attachment.size > most {
                continue;
            }
            let lengths = said.entry(stored.summary.organisation).or_default();
            if lengths.len() < LENGTHS && !lengths.contains(&length) {
                lengths.push(length);
            }
        }
        let mut ranked: Vec<(usize, usize)> = said
            .into_values()
            .flat_map(|lengths| lengths.into_iter().enumerate())
            .collect();
        ranked.sort_unstable();
        let mut lengths = Vec::new();
        for (_, length) in ranked {
            if !lengths.contains(&length) {
                lengths.push(length);
            }
        }
        Ok(lengths)
    }

    /// Which items are not here. What was there at the start of this node is read as a whole: a crash may have torn it.
    fn lacking(&self, list: &Hash, items: Vec<Item>) -> Result<(Vec<Item>, Lacking), Refused> {
        let pieces = items.iter().map(|item| (item.name, item.length));
        let whole = self.whole(list, pieces)?;
        let missing = items.iter().zip(0..);
        let missing = missing.filter(|(item, _)| !whole.contains(&item.name));
        let missing = missing.map(|(_, index)| index).collect();
        let begun = self.files.begun(list)?;
        Ok((items, Lacking { missing, begun }))
    }

    /// Which of these chunks, by name and length, are here whole.
    pub(super) fn whole(
        &self,
        list: &Hash,
        pieces: impl Iterator<Item = (Hash, usize)>,
    ) -> Result<BTreeSet<Hash>, Refused> {
        let known = self.keep().checked.contains(list);
        let mut whole = BTreeSet::new();
        for (name, length) in pieces {
            let here = if known {
                self.files.has(list, &name, length)
            } else {
                self.files.checked(list, &name, length)?.is_some()
            };
            if here {
                whole.insert(name);
            }
        }
        self.keep().checked.insert(*list);
        Ok(whole)
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
            let blamed = {
                let keep = plan.at.keep();
                let guess = plan.guessed.map(|length| (node, plan.list, length));
                keep.is_blamed(&node) || guess.is_some_and(|g| keep.has_no_such_list(&g))
            };
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
                if let Some(length) = plan.guessed {
                    tracing::debug!("{} has no list of this length", node.short());
                    let guess = (node, plan.list, length);
                    plan.at.keep().no_such_list(guess);
                    continue;
                }
                plan.at.keep().blame(node);
                plan.at.shared.refuse(&Refused::BadChunk);
                plan.at.net.drop_peer(node);
            }
            End::NotKept(e) => return Err(e.into()),
        }
    }
}
