//! Search over many reports: how long answers take, what the index costs, and whether it holds up what is stored.

mod corpus;

use super::{Figures, Latency, node, note, size_of};
use crate::{Federation, NodeProcess, Org};
pub(super) use corpus::Corpus;
use focal_node::api::types::Found;
use std::{
    path::Path,
    time::{Duration, Instant},
};

/// Answers that are timed.
const SAMPLES: usize = 2_000;
/// How often it is looked whether the index is up to date.
const LOOK: Duration = Duration::from_millis(20);
/// Rounds in which reports are stored with the index and without it.
const ROUNDS: usize = 4;
/// Reports in a round.
const ROUND: u64 = 2_500;

/// Answers under this are at once for a person.
const GOAL: Duration = Duration::from_millis(100);

/// Searches over `reports` reports of about 1 KiB, of which some are corrected and withdrawn.
///
/// # Panics
/// Something does not work: then there is nothing to measure.
pub async fn run(program: &Path, reports: u64) -> Figures {
    let base = tempfile::tempdir().expect("a directory");
    let federation = Federation::found(base.path(), &["Monitor"]);
    let org = &federation.orgs[0];
    let mut process = org.start(program).await;
    let case = org.open_case("Benchmark").await;
    let corpus = Corpus::new(org, case);

    note("filling one node, without an index");
    assert!(process.stop().success());
    // A file in its place: nothing can be indexed.
    let dir = org.dir.join("search");
    // It is not there yet if the node was stopped before it indexed anything.
    if dir.exists() {
        std::fs::remove_dir_all(&dir).expect("removed");
    }
    std::fs::write(&dir, b"").expect("written");
    process = org.start(program).await;
    corpus.fill(reports).await;
    let without = process.resident_kib().unwrap_or_default();
    assert!(process.stop().success());

    note("the first table and the first index");
    process = org.start(program).await;
    let started_without = process.resident_kib().unwrap_or_default();
    let (first_table, _) = node::tables(org, case, 0).await;
    assert!(process.stop().success());
    std::fs::remove_file(&dir).expect("removed");
    process = org.start(program).await;
    let start = Instant::now();
    let peak = up_to_date(org, &process).await;
    let built = reports as f64 / start.elapsed().as_secs_f64();
    let disk = size_of(&dir);

    note("answers after a start");
    assert!(process.stop().success());
    process = org.start(program).await;
    let began = Instant::now();
    let first = ask(org, corpus::QUERIES[0]).await;
    assert!(first.total > 0);
    let first = began.elapsed();
    let all = answers(org).await;
    up_to_date(org, &process).await;
    let resident = process.resident_kib().unwrap_or_default();

    note("storing with the index and without it");
    let (mut with, mut alone, mut fresh) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        with.push(corpus.fill(ROUND).await);
        let began = Instant::now();
        up_to_date(org, &process).await;
        fresh.push(began.elapsed());
        assert!(process.stop().success());
        std::fs::rename(&dir, dir.with_extension("kept")).expect("moved");
        std::fs::write(&dir, b"").expect("written");
        process = org.start(program).await;
        alone.push(corpus.fill(ROUND).await);
        assert!(process.stop().success());
        std::fs::remove_file(&dir).expect("removed");
        std::fs::rename(dir.with_extension("kept"), &dir).expect("moved back");
        process = org.start(program).await;
        up_to_date(org, &process).await;
    }
    assert!(process.stop().success());

    let mib = |kib: u64| kib as f64 / 1024.0;
    let best = |rates: &[f64]| rates.iter().copied().fold(0.0, f64::max);
    let mut f = Figures::new(reports);
    f.latency("search, p50", all.p50, GOAL, "goal", Some(1.0));
    f.latency("search, p99", all.p99, GOAL, "goal", Some(1.0));
    f.latency("first search after a start", first, GOAL, "goal", None);
    f.latency(
        "first table after a start",
        first_table,
        Duration::from_millis(200),
        "goal",
        Some(1.0),
    );
    f.rate(
        "index built",
        built,
        best(&alone),
        "stored, 64 at a time",
        None,
    );
    f.amount(
        "index, bytes for each report",
        disk as f64 / reports as f64,
        1024.0,
        "a report",
        None,
    );
    f.amount(
        "resident with the index, MiB",
        mib(resident),
        mib(started_without),
        "after a start, without",
        None,
    );
    f.amount(
        "resident while it is built, MiB",
        mib(peak),
        mib(without),
        "after filling, without",
        None,
    );
    f.rate(
        "stored with the index, 64 at a time",
        best(&with),
        best(&alone),
        "stored without",
        Some(0.9),
    );
    let fresh = Latency::of(fresh);
    f.latency(
        "stored to found, after a stream",
        fresh.p50,
        Duration::from_secs(2),
        "patience",
        None,
    );
    f
}

async fn ask(org: &Org, query: &str) -> Found {
    let query: String = query.bytes().map(|b| format!("%{b:02X}")).collect();
    let found = org.api().get(&format!("/v1/search?q={query}")).await;
    found.expect("an answer")
}

/// Waits until all is indexed; the most memory meanwhile, KiB.
pub(super) async fn up_to_date(org: &Org, process: &NodeProcess) -> u64 {
    let mut peak = 0;
    while ask(org, "zzz").await.behind {
        peak = peak.max(process.resident_kib().unwrap_or_default());
        tokio::time::sleep(LOOK).await;
    }
    peak
}

/// Answers to all queries in turn, one at a time.
async fn answers(org: &Org) -> Latency {
    let mut times = Vec::with_capacity(SAMPLES);
    let mut slowest = (Duration::ZERO, "");
    for query in corpus::QUERIES.iter().cycle().take(SAMPLES) {
        let start = Instant::now();
        let found = ask(org, query).await;
        let took = start.elapsed();
        if took > slowest.0 {
            slowest = (took, query);
        }
        assert!(found.records.len() as u64 <= found.total);
        times.push(took);
    }
    note(&format!(
        "the slowest answer took {:?}: {}",
        slowest.0, slowest.1
    ));
    Latency::of(times)
}

impl Corpus<'_> {
    /// Stores so many more of them; how many a second.
    pub(super) async fn fill(&self, reports: u64) -> f64 {
        self.org.fill(self.case, reports, |_| self.report()).await
    }
}
