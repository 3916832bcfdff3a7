//! Measuring a node against the limits of the machine it runs on.

pub mod attachments;
pub mod evidence;
mod figures;
mod limits;
pub mod links;
pub mod membership;
mod node;
pub mod search;
pub mod tables;

pub use figures::{Figure, Figures, report, table};

use crate::{Federation, NodeProcess, Org, free_port, until};
use focal_node::store::yardstick;
use limits::Limits;
use std::{
    path::Path,
    time::{Duration, Instant},
};

/// Samples of each latency.
const SAMPLES: usize = 1_000;

/// Runs everything with `reports` reports of 1 KiB.
///
/// # Panics
/// Something does not work: then there is nothing to measure.
pub async fn run(program: &Path, reports: u64) -> Figures {
    let base = tempfile::tempdir().expect("a directory");
    let federation = Federation::found(base.path(), &["Norland", "Monitor"]);
    let (a, b) = (&federation.orgs[0], &federation.orgs[1]);
    let mut nodes = federation.start(program).await;
    let case = federation.shared_case("Benchmark").await;

    note("latencies");
    let append = node::append_latency(a, case, SAMPLES).await;
    let readable = node::readable_latency(a, b, case, SAMPLES).await;

    note("filling one node");
    assert!(nodes[1].stop().success());
    let before = a.status().await.entries;
    let filled = node::fill(a, case, reports).await;

    note("catching up");
    let total = a.status().await.entries;
    let caught = node::catch_up(b, program, total, total - before).await;
    nodes[1] = caught.process;
    let resident = nodes[1].resident_kib().unwrap_or_default();
    let equal =
        a.view_hash(case).await.is_some() && a.view_hash(case).await == b.view_hash(case).await;
    assert!(equal, "both nodes show the same case");

    note("starting again");
    assert!(nodes[1].stop().success() && nodes[0].stop().success());
    drop(nodes);
    let store = b.dir.join("store");
    let entries = total;
    let disk = size_of(&store);
    // Both open what a node that was stopped has left, for the first time: sled a copy of it.
    let copy = b.dir.join("copy");
    copy_dir(&store, &copy);
    let opening = yardstick::opening(&copy).expect("sled opens");
    let start = Instant::now();
    let mut again = b.start(program).await;
    let started = start.elapsed();
    let resident_started = again.resident_kib().unwrap_or_default();
    let (first_table, tables) = node::tables(b, case, SAMPLES / 10).await;
    assert!(again.stop().success());

    note("the limits");
    let values = yardstick::entry_values(&store).expect("entries");
    let limits = Limits::measure(base.path(), &values).await;

    let floor = limits.flush_p50 * 2 + limits.round_trip_p50;
    let mut f = Figures::new(entries);
    f.latency(
        "append to stored, p50",
        append.p50,
        limits.flush_p50,
        "one flush",
        None,
    );
    f.latency(
        "append to stored, p99",
        append.p99,
        limits.flush_p50,
        "one flush",
        None,
    );
    let sum = "two flushes and a round trip";
    f.latency("send to readable, p50", readable.p50, floor, sum, Some(5.0));
    f.latency(
        "send to readable, p99",
        readable.p99,
        floor,
        sum,
        Some(20.0),
    );
    f.rate(
        "append, 64 at a time",
        filled,
        limits.sled_per_s,
        "sled alone",
        None,
    );
    f.rate(
        "catch-up, stored",
        caught.stored_per_s,
        limits.sled_per_s,
        "sled alone",
        Some(0.5),
    );
    f.rate(
        "catch-up, readable",
        caught.readable_per_s,
        limits.verify_per_s,
        "Ed25519 verify, one core",
        Some(0.4),
    );
    let sealed: f64 = values.iter().map(|v| v.len() as f64).sum();
    f.rate(
        "catch-up, bytes",
        caught.stored_per_s * sealed / values.len().max(1) as f64,
        limits.stream_bytes_per_s,
        "libp2p stream alone",
        None,
    );
    f.rate(
        "catch-up, bytes",
        caught.stored_per_s * sealed / values.len().max(1) as f64,
        limits.sha256_bytes_per_s,
        "SHA-256",
        None,
    );
    f.amount(
        "disk, bytes for each report",
        disk as f64 / entries as f64,
        limits.sled_disk as f64 / values.len().max(1) as f64,
        "sled alone",
        Some(1.5),
    );
    f.amount(
        "resident after catch-up, MiB",
        resident as f64 / 1024.0,
        150.0,
        "goal",
        Some(1.0),
    );
    f.amount(
        "resident after start, MiB",
        resident_started as f64 / 1024.0,
        150.0,
        "goal",
        Some(1.0),
    );
    let goal = Duration::from_millis;
    f.latency(
        "first table after start",
        first_table,
        goal(200),
        "goal",
        Some(1.0),
    );
    f.latency(
        "all tables after a report, p50",
        tables.p50,
        goal(10),
        "goal",
        Some(1.0),
    );
    f.latency(
        "all tables after a report, p99",
        tables.p99,
        goal(10),
        "goal",
        Some(1.0),
    );
    f.latency("start-up", started, opening, "sled opens alone", Some(2.0));
    f
}

fn note(what: &str) {
    // Progress is for a person; if standard error is gone, there is none.
    let _ = std::io::Write::write_all(&mut std::io::stderr(), format!("{what} …\n").as_bytes());
}

fn copy_dir(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a directory");
    for entry in std::fs::read_dir(from).expect("a directory").flatten() {
        let target = to.join(entry.file_name());
        if entry.file_type().is_ok_and(|t| t.is_dir()) {
            copy_dir(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("copied");
        }
    }
}

fn size_of(path: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(path) else {
        return std::fs::metadata(path).map_or(0, |m| m.len());
    };
    entries.filter_map(|e| Some(size_of(&e.ok()?.path()))).sum()
}

/// Two percentiles of a latency.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Latency {
    p50: Duration,
    p99: Duration,
}

impl Latency {
    fn of(mut samples: Vec<Duration>) -> Self {
        samples.sort_unstable();
        let at = |share: usize| {
            let index = (samples.len() * share / 100).min(samples.len().saturating_sub(1));
            samples.get(index).copied().unwrap_or_default()
        };
        Self {
            p50: at(50),
            p99: at(99),
        }
    }
}
