//! A large file between two nodes: over a link that breaks, and over one that does not beside a bare stream.

use super::{Figures, limits};
use crate::{DEADLINE, Federation, NodeProcess, Org, Tap, until};
use focal_node::api::types::{AttachmentHere, AttachmentRow};
use focal_protocol::{
    id::{CaseId, Hash, Hashing},
    limits::CHUNK,
    random::SystemRandom,
    record::{Attachment, Kind},
    seal::{AttachmentKey, Chunks},
};
use hyper::Method;
use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

/// How often memory is looked at.
const LOOK: Duration = Duration::from_millis(20);
/// Memory above the baseline that either side may take, MiB.
const MEMORY: f64 = 64.0;

/// A file that is made as it is read, so that the benchmark does not need its size in memory.
struct Film {
    chunks: Chunks,
    attachment: Attachment,
    names: Vec<Hash>,
}

/// Bytes of one chunk: nothing compresses them, and they are the same each time.
fn content(index: u32, length: usize) -> Vec<u8> {
    let mut state = u64::from(index).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut bytes = Vec::with_capacity(length + 8);
    while bytes.len() < length {
        // Marsaglia's xorshift64.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes.truncate(length);
    bytes
}

impl Film {
    /// Seals it and hands it to a node.
    async fn hand_over(org: &Org, size: u64) -> Self {
        let key = AttachmentKey::generate(&SystemRandom);
        let chunks = Chunks::new(&key, size).expect("fits");
        let (mut whole, mut names) = (Hashing::default(), Vec::new());
        for index in 0..chunks.count() {
            let bytes = content(index, chunks.length(index));
            whole.update(&bytes);
            let sealed = chunks.seal(index, &bytes).expect("sealed");
            names.push(Hash::of(&[&sealed]));
        }
        let list = chunks.seal_list(&names).expect("sealed");
        let id = Hash::of(&[&list]);
        let put = async |name: &Hash, bytes: Vec<u8>| {
            let path = format!("/v1/attachments/{id}/chunks/{name}");
            let answer = org.api().bytes(Method::PUT, &path, bytes).await;
            answer.expect("an answer").expect("kept");
        };
        for (name, index) in names.iter().zip(0..) {
            let bytes = content(index, chunks.length(index));
            put(name, chunks.seal(index, &bytes).expect("sealed")).await;
        }
        put(&id, list).await;
        Self {
            attachment: Attachment {
                name: "film.mp4".into(),
                media_type: "video/mp4".into(),
                size,
                hash: whole.finish(),
                original: None,
                key,
                list: id,
            },
            chunks,
            names,
        }
    }

    /// Bytes of all its sealed pieces.
    fn sealed(&self) -> u64 {
        self.chunks.sealed_size()
    }

    async fn row(&self, org: &Org, case: CaseId) -> Option<AttachmentRow> {
        let list = self.attachment.list.to_string();
        let rows = org.attachments(case).await;
        rows.into_iter().find(|row| row.attachment == list)
    }

    /// Waits until a node has it, however long that takes as long as something comes.
    async fn complete(&self, org: &Org, case: CaseId) {
        let (mut held, mut since) = (0, Instant::now());
        loop {
            let row = self.row(org, case).await.expect("named");
            if row.state == AttachmentHere::Complete {
                return;
            }
            if row.held != held {
                (held, since) = (row.held, Instant::now());
            }
            assert!(since.elapsed() < DEADLINE, "nothing comes: {row:?}");
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Opens it at a node, chunk by chunk, and compares it with what was signed.
    async fn opens(&self, org: &Org) {
        let mut whole = Hashing::default();
        for (name, index) in self.names.iter().zip(0..) {
            let path = format!("/v1/attachments/{}/chunks/{name}", self.attachment.list);
            let got = org.api().bytes(Method::GET, &path, Vec::new()).await;
            let sealed = got.expect("an answer").expect("a chunk");
            whole.update(&self.chunks.open(index, sealed).expect("opens"));
        }
        assert_eq!(whole.finish(), self.attachment.hash, "as it was signed");
    }
}

/// The most memory of two nodes while something goes on, KiB above what they took before.
struct Memory {
    stop: Arc<AtomicBool>,
    most: [Arc<AtomicU64>; 2],
    looking: std::thread::JoinHandle<()>,
}

impl Memory {
    fn watch(nodes: &[NodeProcess]) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let most: [Arc<AtomicU64>; 2] = [Arc::default(), Arc::default()];
        let of: Vec<_> = nodes
            .iter()
            .zip(&most)
            .map(|(node, most)| {
                let look = node.resident();
                let before = look().unwrap_or_default();
                (look, before, most.clone())
            })
            .collect();
        let stopped = stop.clone();
        let looking = std::thread::spawn(move || {
            while !stopped.load(Ordering::Relaxed) {
                for (look, before, most) in &of {
                    let more = look().unwrap_or_default().saturating_sub(*before);
                    most.fetch_max(more, Ordering::Relaxed);
                }
                std::thread::sleep(LOOK);
            }
        });
        Self {
            stop,
            most,
            looking,
        }
    }

    /// MiB of each.
    fn finish(self) -> [f64; 2] {
        self.stop.store(true, Ordering::Relaxed);
        self.looking.join().expect("it looks only");
        self.most.map(|m| m.load(Ordering::Relaxed) as f64 / 1024.0)
    }
}

async fn ask_for(org: &Org, film: &Film) {
    let path = format!("/v1/attachments/{}/fetch", film.attachment.list);
    let asked = org.api().bytes(Method::POST, &path, Vec::new()).await;
    asked.expect("an answer").expect("asked");
}

/// Two nodes of which the second has a film that the first knows of.
struct Stage {
    federation: Federation,
    nodes: Vec<NodeProcess>,
    case: CaseId,
    film: Film,
    tap: Option<Tap>,
    _base: tempfile::TempDir,
}

impl Stage {
    async fn set(program: &Path, size: u64, tapped: bool) -> Self {
        let base = tempfile::tempdir().expect("a directory");
        let mut federation = Federation::found(base.path(), &["Norland", "Monitor"]);
        let tap = if tapped {
            Some(Tap::counting(&mut federation, 1).await)
        } else {
            None
        };
        let nodes = federation.start(program).await;
        let case = federation.shared_case("Benchmark").await;
        let monitor = &federation.orgs[1];
        let film = Film::hand_over(monitor, size).await;
        let content = serde_json::json!({ "text": "film", "attachments": [film.attachment] });
        let record = monitor.record(case, Kind::Note, content);
        monitor.submit(case, &record).await.expect("stored");
        federation.converged(case, 1).await;
        Self {
            federation,
            nodes,
            case,
            film,
            tap,
            _base: base,
        }
    }
}

/// Runs it with a file of `size` bytes and a link that breaks so many times.
///
/// # Panics
/// Something does not work: then there is nothing to measure.
pub async fn run(program: &Path, size: u64, breaks: u64) -> Figures {
    let mut figures = Figures::new(0);
    super::note("a link that breaks");
    let stage = Stage::set(program, size, true).await;
    let (norland, monitor) = (&stage.federation.orgs[0], &stage.federation.orgs[1]);
    let tap = stage.tap.as_ref().expect("it is tapped");
    let memory = Memory::watch(&stage.nodes);
    let before = tap.passed();
    let start = Instant::now();
    ask_for(norland, &stage.film).await;
    for n in 1..=breaks {
        until("a part of it has passed", || async {
            (tap.passed() - before > n * size / (breaks + 1)).then_some(())
        })
        .await;
        tap.cut();
    }
    stage.film.complete(norland, stage.case).await;
    let took = start.elapsed();
    let [receiver, sender] = memory.finish();
    stage.film.opens(norland).await;
    let sent = monitor.status().await.attachments.sent;
    let twice = sent.saturating_sub(stage.film.sealed()) as f64 / CHUNK as f64;
    figures.amount(
        "chunks sent twice",
        twice,
        breaks.max(1) as f64,
        "breaks",
        None,
    );
    let passed = (tap.passed() - before) as f64;
    let sealed = stage.film.sealed() as f64;
    figures.amount("bytes on the wire", passed, sealed, "sealed size", None);
    figures.amount(
        "time with breaks, s",
        took.as_secs_f64(),
        breaks.max(1) as f64,
        "breaks",
        None,
    );
    let goal = Some(1.0);
    figures.amount("receiver's memory, MiB", receiver, MEMORY, "goal", goal);
    figures.amount("sender's memory, MiB", sender, MEMORY, "goal", goal);
    // Its files stay until the end: some file systems search long for numbers that no file had a moment ago.
    let Stage {
        nodes,
        _base: files,
        ..
    } = stage;
    drop(nodes);
    held(program, "loopback, bytes", size, &mut figures).await;
    drop(files);
    figures
}

/// Runs it with a link that holds, so many times with each of these builds of a node, in turns.
///
/// # Panics
/// Something does not work: then there is nothing to measure.
pub async fn compare(programs: &[PathBuf], size: u64, turns: u64) -> Figures {
    let mut figures = Figures::new(0);
    for turn in 1..=turns {
        for program in programs {
            let what = format!("{turn}: {}", program.display());
            held(program, &what, size, &mut figures).await;
        }
    }
    figures
}

/// How fast it is beside a bare stream, with a link that holds.
async fn held(program: &Path, what: &str, size: u64, figures: &mut Figures) {
    super::note("a link that holds");
    let stage = Stage::set(program, size, false).await;
    let norland = &stage.federation.orgs[0];
    let start = Instant::now();
    ask_for(norland, &stage.film).await;
    stage.film.complete(norland, stage.case).await;
    let rate = size as f64 / start.elapsed().as_secs_f64();
    let Stage {
        nodes,
        _base: files,
        ..
    } = stage;
    drop(nodes);
    super::note("a bare stream");
    let (_, bare) = limits::stream().await;
    figures.rate(what, rate, bare, "libp2p stream alone", Some(0.5));
    drop(files);
}
