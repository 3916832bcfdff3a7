//! Tables of a large case right after a start of its node, and after one more record.

use super::{Figures, Latency, node, note, search::Corpus};
use crate::{Federation, Org};
use focal_protocol::id::CaseId;
use std::{
    path::Path,
    time::{Duration, Instant},
};

/// Starts that are timed.
const STARTS: usize = 7;
/// Records after each of which all tables are asked for.
const SAMPLES: usize = 200;
/// Who asks for a table after a start waits no longer.
const GOAL: Duration = Duration::from_millis(200);
/// Who asks for all tables after a record waits no longer.
const UPDATE: Duration = Duration::from_millis(10);
/// What a node may take, MiB.
const MEMORY: f64 = 150.0;

/// Tables of `reports` notes, and of as many incidents of which some are corrected and withdrawn.
///
/// # Panics
/// Something does not work: then there is nothing to measure.
pub async fn run(program: &Path, reports: u64) -> Figures {
    let mut f = Figures::new(reports);
    for kind in ["notes", "incidents"] {
        let base = tempfile::tempdir().expect("a directory");
        let federation = Federation::found(base.path(), &["Monitor"]);
        let org = &federation.orgs[0];
        let mut process = org.start(program).await;
        let case = org.open_case("Benchmark").await;
        note(&format!("filling one node with {kind}"));
        if kind == "notes" {
            node::fill(org, case, reports).await;
        } else {
            Corpus::new(org, case).fill(reports).await;
        }
        super::search::up_to_date(org, &process).await;
        assert!(process.stop().success());
        starts(program, org, case, kind, &mut f).await;
    }
    f
}

async fn starts(program: &Path, org: &Org, case: CaseId, kind: &str, f: &mut Figures) {
    note("starting again");
    let (mut first, mut whole) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        let start = Instant::now();
        let mut process = org.start(program).await;
        first.push(node::tables(org, case, 0).await.0);
        whole.push(start.elapsed());
        assert!(process.stop().success());
    }
    let mut process = org.start(program).await;
    let (_, tables) = node::tables(org, case, SAMPLES).await;
    super::search::up_to_date(org, &process).await;
    let resident = process.resident_kib().unwrap_or_default() as f64 / 1024.0;
    assert!(process.stop().success());

    let (first, whole) = (Latency::of(first), Latency::of(whole));
    let mut goal = |what: &str, value, goal| {
        f.latency(&format!("{kind}: {what}"), value, goal, "goal", Some(1.0));
    };
    goal("first table after a start, p50", first.p50, GOAL);
    goal("first table after a start, worst", first.p99, GOAL);
    goal("all tables after a record, p50", tables.p50, UPDATE);
    goal("all tables after a record, p99", tables.p99, UPDATE);
    let what = format!("{kind}: from the start of the program to its first table, p50");
    f.latency(&what, whole.p50, GOAL, "goal for the table alone", None);
    let what = format!("{kind}: resident with the tables, MiB");
    f.amount(&what, resident, MEMORY, "goal", Some(1.0));
}
