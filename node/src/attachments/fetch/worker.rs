//! What one partner is asked for.
//!
//! How much is under way follows the link: as little as keeps it busy, so that a report written meanwhile does not wait
//! behind photographs in somebody's buffers. The delay that pieces meet beyond the shortest one seen says whether there is
//! a queue (as in RFC 6817).

use super::{Item, Plan, Taken, files};
use crate::net::ChunkStream;
use focal_protocol::{id::NodeId, limits};
use std::{
    collections::{BTreeSet, VecDeque},
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    task::JoinHandle,
};

/// No partner takes longer to begin.
const OPEN: Duration = Duration::from_secs(30);
/// A partner that sends nothing for this long is left.
const SILENCE: Duration = Duration::from_secs(120);
/// Bytes asked for at first, and at least: seconds of the slowest link in use (2.4 kbit/s).
const SMALLEST_WINDOW: usize = 2 << 10;
/// Bytes under way at most: more than fast links hold between two cities.
const LARGEST_WINDOW: usize = 2 << 20;
/// A window is asked for in so many pieces, so that the link is never idle.
const PIECES: usize = 4;
/// Pieces are never smaller: a request has 88 bytes.
const SMALLEST_PIECE: usize = 512;
/// Delay in queues below which more is asked for, and above which less.
const LITTLE: Duration = Duration::from_millis(150);
const MUCH: Duration = Duration::from_millis(600);
/// Chunks that wait for the disk.
const STORING: usize = 4;

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
struct Asked {
    index: usize,
    length: usize,
    at: Instant,
}

/// An item that comes piece by piece.
struct Coming {
    taken: Taken,
    item: Item,
    asked: usize,
    bytes: Vec<u8>,
}

/// How much is under way.
struct Window {
    size: usize,
    under_way: usize,
    least: Duration,
    shrunk: Instant,
}

impl Window {
    fn new() -> Self {
        Self {
            size: SMALLEST_WINDOW,
            under_way: 0,
            least: Duration::MAX,
            shrunk: Instant::now(),
        }
    }

    fn piece(&self) -> usize {
        (self.size / PIECES).clamp(SMALLEST_PIECE, limits::CHUNK_SEALED)
    }

    /// A piece came.
    fn came(&mut self, asked: &Asked) {
        self.under_way = self.under_way.saturating_sub(asked.length);
        let took = asked.at.elapsed();
        self.least = self.least.min(took);
        let queued = took.saturating_sub(self.least);
        if queued < LITTLE {
            // Twice as much for each round.
            self.size = (self.size + asked.length).min(LARGEST_WINDOW);
        } else if queued > MUCH && asked.at > self.shrunk {
            // Once for each round: what is under way was asked for before.
            self.size = (self.size / 2).max(SMALLEST_WINDOW);
            self.shrunk = Instant::now();
        }
    }
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
        storing: VecDeque::new(),
    };
    let end = worker.run().await;
    let stored = worker.stored(0).await;
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
    storing: VecDeque<JoinHandle<Result<(), files::Error>>>,
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
            self.stored(STORING).await?;
        }
    }

    /// Asks for as much as may be under way.
    async fn ask(&mut self) -> Result<(), End> {
        let mut requests = Vec::new();
        while self.window.under_way < self.window.size {
            let more = self.coming.back().is_some_and(|c| c.asked < c.item.length);
            if !more {
                let Some(taken) = self.plan.take(&self.lacks) else {
                    break;
                };
                let item = taken.item();
                self.coming.push_back(Coming {
                    taken,
                    item,
                    asked: 0,
                    bytes: Vec::with_capacity(item.length),
                });
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
            self.window.under_way += length;
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
            let start = coming.bytes.len();
            coming.bytes.resize(start + length, 0);
            let (stream, bytes) = (&mut self.stream, &mut coming.bytes);
            // A slow link brings a piece over minutes: each part of it is a sign of life.
            read_all(stream, &mut bytes[start..]).await?;
            if coming.bytes.len() == coming.item.length
                && let Some(whole) = self.coming.pop_front()
            {
                self.store(whole);
            }
        } else {
            let mut passed = vec![0; length];
            read_all(&mut self.stream, &mut passed).await?;
        }
        self.window.came(&asked);
        Ok(())
    }

    /// Judges a piece and writes it, while the next one comes.
    fn store(&mut self, whole: Coming) {
        self.storing.push_back(tokio::task::spawn_blocking(move || {
            let Coming {
                mut taken,
                item,
                bytes,
                ..
            } = whole;
            let kept = taken.plan.clone().keep(&item, &bytes);
            taken.kept = kept.is_ok();
            kept
        }));
    }

    /// Waits until at most `most` pieces wait for the disk.
    async fn stored(&mut self, most: usize) -> Result<(), End> {
        while self.storing.len() > most
            && let Some(storing) = self.storing.pop_front()
        {
            match storing.await {
                Ok(Ok(())) => {}
                Ok(Err(files::Error::NotItsName)) => return Err(End::Junk),
                Ok(Err(e)) => return Err(End::NotKept(e)),
                Err(e) => return Err(End::Broke(e.to_string())),
            }
        }
        Ok(())
    }
}

async fn within<T>(io: impl Future<Output = std::io::Result<T>>) -> Result<T, End> {
    match tokio::time::timeout(SILENCE, io).await {
        Ok(done) => done.map_err(|e| End::Broke(e.to_string())),
        Err(_) => Err(End::Broke("it sends nothing any more".into())),
    }
}

async fn read_all(stream: &mut ChunkStream, mut into: &mut [u8]) -> Result<(), End> {
    while !into.is_empty() {
        let read = within(stream.read(into)).await?;
        if read == 0 {
            return Err(End::Broke("the partner closed it".into()));
        }
        into = &mut into[read..];
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(length: usize, ago: Duration) -> Asked {
        Asked {
            index: 0,
            length,
            at: Instant::now().checked_sub(ago).expect("a clock that runs"),
        }
    }

    #[test]
    fn a_fast_link_is_filled_and_a_slow_one_is_not_stuffed() {
        let mut window = Window::new();
        for _ in 0..5_000 {
            window.came(&asked(window.piece(), Duration::from_millis(20)));
        }
        assert_eq!(window.size, LARGEST_WINDOW);
        window.shrunk = Instant::now()
            .checked_sub(Duration::from_secs(60))
            .expect("a clock that runs");
        window.came(&asked(window.piece(), Duration::from_secs(5)));
        assert_eq!(window.size, LARGEST_WINDOW / 2);
        // Of the same round: no more.
        window.came(&asked(window.piece(), Duration::from_secs(5)));
        assert_eq!(window.size, LARGEST_WINDOW / 2);
    }

    #[test]
    fn a_long_way_is_not_taken_for_a_queue() {
        let mut window = Window::new();
        for _ in 0..100 {
            window.came(&asked(512, Duration::from_millis(700)));
        }
        assert!(window.size > 40 << 10, "{}", window.size);
    }
}
