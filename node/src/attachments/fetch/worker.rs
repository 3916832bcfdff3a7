//! What one partner is asked for.

use super::{
    super::files,
    plan::{Item, Plan, Taken},
    storing::Storing,
    window::Window,
};
use crate::net::ChunkStream;
use focal_protocol::id::NodeId;
use std::{
    collections::{BTreeSet, VecDeque},
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// No partner takes longer to begin.
const OPEN: Duration = Duration::from_secs(30);
/// A partner that sends nothing for this long is left.
const SILENCE: Duration = Duration::from_secs(120);
/// After a link broke, what had arrived is read for so long at most.
const ARRIVED: Duration = Duration::from_secs(1);

/// Why a worker ended.
#[derive(Debug)]
pub(super) enum End {
    /// There is nothing left to take.
    Done,
    /// The partner has no more of what is missing.
    Lacks,
    /// The link, or the partner's patience.
    Broke(String),
    /// The partner sent something else than what was asked for.
    Junk,
    /// The disk.
    NotKept(files::Error),
}

/// A piece that was asked for and has not come.
pub(super) struct Asked {
    pub(super) index: usize,
    pub(super) length: usize,
    pub(super) at: Instant,
}

/// An item that comes piece by piece.
struct Coming {
    taken: Taken,
    item: Item,
    asked: usize,
    bytes: Vec<u8>,
}

/// Takes what is missing from one partner until there is no more to take.
pub(super) async fn work(plan: Arc<Plan>, node: NodeId) -> End {
    let opening = plan.at.net.open_chunks(node);
    let stream = match tokio::time::timeout(OPEN, opening).await {
        Ok(Ok(stream)) => stream,
        Ok(Err(why)) => return End::Broke(why),
        Err(_) => return End::Broke("it does not answer".into()),
    };
    let mut worker = Worker {
        plan,
        node,
        stream,
        window: Window::new(),
        asked: VecDeque::new(),
        coming: VecDeque::new(),
        lacks: BTreeSet::new(),
        storing: Storing::default(),
    };
    let end = worker.run().await;
    // Of a case that is not shared any more nothing is kept.
    if matches!(end, Err(End::Broke(_))) && worker.plan.allows(&worker.node) {
        worker.keep_what_arrived().await;
    }
    let stored = worker.storing.finish().await;
    match (end, stored) {
        (_, Err(end)) | (Err(end), Ok(())) => end,
        (Ok(()), Ok(())) if worker.lacks.is_empty() => End::Done,
        (Ok(()), Ok(())) => End::Lacks,
    }
}

struct Worker {
    plan: Arc<Plan>,
    node: NodeId,
    stream: ChunkStream,
    window: Window,
    asked: VecDeque<Asked>,
    /// Items asked for, in order; pieces come in the order in which they were asked for.
    coming: VecDeque<Coming>,
    /// What this partner does not have.
    lacks: BTreeSet<usize>,
    storing: Storing,
}

impl Worker {
    async fn run(&mut self) -> Result<(), End> {
        loop {
            // A removal or a purge ends it at once.
            if !self.plan.allows(&self.node) {
                return Err(End::Broke("the case is not shared any more".into()));
            }
            self.ask().await?;
            if self.asked.is_empty() {
                return Ok(());
            }
            self.receive().await?;
            self.storing.make_room().await?;
        }
    }

    /// The link broke: what had arrived by then is read, and the beginning of a chunk is kept for when it is back.
    async fn keep_what_arrived(&mut self) {
        let arrived = async { while !self.asked.is_empty() && self.receive().await.is_ok() {} };
        // Nothing is lost if it takes too long: it is asked for again.
        let _ = tokio::time::timeout(ARRIVED, arrived).await;
        // Pieces come in order: of later ones nothing has.
        let Some(Coming { taken, bytes, .. }) = self.coming.pop_front() else {
            return;
        };
        if bytes.is_empty() {
            return;
        }
        let node = self.node;
        let kept = tokio::task::spawn_blocking(move || taken.begin(&node, &bytes)).await;
        if let Ok(Err(why)) = kept {
            tracing::debug!("the beginning of a chunk is not kept: {why}");
        }
    }

    /// The next item, with what this partner has begun of it.
    async fn next(&mut self) -> Result<Option<Coming>, End> {
        let Some(taken) = self.plan.take(&self.lacks) else {
            return Ok(None);
        };
        if !taken.is_begun() {
            let item = taken.item();
            return Ok(Some(Coming {
                taken,
                item,
                asked: 0,
                bytes: Vec::with_capacity(item.length),
            }));
        }
        let node = self.node;
        let begun = tokio::task::spawn_blocking(move || {
            let mut bytes = taken.begun(&node)?;
            bytes.reserve_exact(taken.item().length - bytes.len());
            Ok((taken, bytes))
        });
        let (taken, bytes) = begun
            .await
            .map_err(|e| End::Broke(e.to_string()))?
            .map_err(End::NotKept)?;
        Ok(Some(Coming {
            item: taken.item(),
            asked: bytes.len(),
            taken,
            bytes,
        }))
    }

    /// Asks for as much as may be under way.
    async fn ask(&mut self) -> Result<(), End> {
        let mut requests = Vec::new();
        while self.window.is_open() {
            let more = self.coming.back().is_some_and(|c| c.asked < c.item.length);
            if !more {
                let Some(next) = self.next().await? else {
                    break;
                };
                self.coming.push_back(next);
            }
            let Some(last) = self.coming.back_mut() else {
                break;
            };
            let length = self.window.piece().min(last.item.length - last.asked);
            let request = self.plan.request(&last.item, last.asked, length).to_bytes();
            let prefix = u32::try_from(request.len()).unwrap_or(u32::MAX);
            requests.extend_from_slice(&prefix.to_be_bytes());
            requests.extend_from_slice(&request);
            last.asked += length;
            self.window.asked(length);
            self.asked.push_back(Asked {
                index: last.taken.index,
                length,
                at: Instant::now(),
            });
        }
        if requests.is_empty() {
            return Ok(());
        }
        let stream = &mut self.stream;
        within(async {
            stream.write_all(&requests).await?;
            stream.flush().await
        })
        .await
    }

    /// The answer to the oldest piece.
    async fn receive(&mut self) -> Result<(), End> {
        let Some(asked) = self.asked.pop_front() else {
            return Ok(());
        };
        let length = within(self.stream.read_u32()).await? as usize;
        if length != 0 && length != asked.length {
            return Err(End::Junk);
        }
        // Of an item that the partner does not have, later pieces may have been asked for already.
        let current = self
            .coming
            .front_mut()
            .filter(|c| c.taken.index == asked.index);
        if length == 0 {
            if current.is_some() {
                self.lacks.insert(asked.index);
                self.coming.pop_front();
            }
        } else if let Some(coming) = current {
            read_all(&mut self.stream, &mut coming.bytes, length).await?;
            if coming.bytes.len() == coming.item.length
                && let Some(whole) = self.coming.pop_front()
            {
                self.storing.begin(move || whole.taken.keep(&whole.bytes));
            }
        } else {
            read_all(&mut self.stream, &mut Vec::new(), length).await?;
        }
        self.window.came(&asked);
        Ok(())
    }
}

async fn within<T>(io: impl Future<Output = std::io::Result<T>>) -> Result<T, End> {
    match tokio::time::timeout(SILENCE, io).await {
        Ok(done) => done.map_err(|e| End::Broke(e.to_string())),
        Err(_) => Err(End::Broke("it sends nothing any more".into())),
    }
}

/// Adds so many bytes; what has come before a link broke as well.
async fn read_all(stream: &mut ChunkStream, to: &mut Vec<u8>, length: usize) -> Result<(), End> {
    let mut come = to.len();
    let end = come + length;
    to.resize(end, 0);
    while come < end {
        // A slow link brings a piece over minutes: each part of it is a sign of life.
        let why = match within(stream.read(&mut to[come..])).await {
            Ok(read @ 1..) => {
                come += read;
                continue;
            }
            Ok(0) => End::Broke("the partner closed it".into()),
            Err(why) => why,
        };
        to.truncate(come);
        return Err(why);
    }
    Ok(())
}
