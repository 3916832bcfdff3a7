//! What nodes do.

use super::{Latency, NodeProcess, Org, until};
use focal_node::api::types::{Event, Status};
use focal_protocol::{
    id::CaseId,
    random::{Random, SystemRandom},
    record::Record,
    signed::Signed,
};
use std::{
    path::Path,
    time::{Duration, Instant},
};

/// How often progress is looked at.
const LOOK: Duration = Duration::from_millis(20);

/// A report of 1 KiB that does not compress: the worst case for disk and link.
fn report(org: &Org, case: CaseId) -> Signed<Record> {
    let text = hex::encode(SystemRandom.array::<512>());
    org.note(case, &text)
}

/// From the request to `stored`, one at a time.
pub(super) async fn append_latency(org: &Org, case: CaseId, samples: usize) -> Latency {
    let mut times = Vec::with_capacity(samples);
    for _ in 0..samples {
        let record = report(org, case);
        let start = Instant::now();
        org.submit(case, &record).await.expect("stored");
        times.push(start.elapsed());
    }
    Latency::of(times)
}

/// From the request at one node to the event at the other that says that it can be read.
pub(super) async fn readable_latency(
    from: &Org,
    to: &Org,
    case: CaseId,
    samples: usize,
) -> Latency {
    until("the partner has all", || async {
        let (mine, theirs) = (from.status().await, to.status().await);
        (mine.records == theirs.records).then_some(())
    })
    .await;
    let mut events = to.api().events().await.expect("events");
    let mut times = Vec::with_capacity(samples);
    for _ in 0..samples {
        let record = report(from, case);
        let start = Instant::now();
        let stored = from.submit(case, &record).await.expect("stored");
        loop {
            match events.next().await.expect("an event") {
                Event::Record { row } if row.record == stored.record => break,
                _ => {}
            }
        }
        times.push(start.elapsed());
    }
    Latency::of(times)
}

/// Appends reports, many at a time; returns how many a second.
pub(super) async fn fill(org: &Org, case: CaseId, reports: u64) -> f64 {
    org.fill(case, reports, |_| report(org, case)).await
}

/// How a node caught up.
pub(super) struct CaughtUp {
    pub(super) process: NodeProcess,
    pub(super) stored_per_s: f64,
    pub(super) readable_per_s: f64,
}

/// Starts a node that lacks `missing` of `total` entries, and watches it from its first session on.
pub(super) async fn catch_up(org: &Org, program: &Path, total: u64, missing: u64) -> CaughtUp {
    let process = org.start(program).await;
    let api = org.api();
    let mut start = None;
    let mut stored = None;
    loop {
        let status: Status = api.get("/v1/status").await.expect("a status");
        if status.peers_connected > 0 {
            start.get_or_insert_with(Instant::now);
        }
        if let Some(start) = start {
            if status.entries >= total {
                stored.get_or_insert_with(|| start.elapsed());
            }
            if let Some(stored) = stored
                && status.records + missing >= total
                && status.pending == 0
                && status.readable_done(total)
            {
                let rate = |took: Duration| missing as f64 / took.as_secs_f64();
                return CaughtUp {
                    process,
                    stored_per_s: rate(stored),
                    readable_per_s: rate(start.elapsed()),
                };
            }
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// Whether everything that is held can be read.
trait ReadableDone {
    fn readable_done(&self, total: u64) -> bool;
}

impl ReadableDone for Status {
    fn readable_done(&self, total: u64) -> bool {
        // Membership entries are no records: a commit and a grant for the one partner.
        self.records + 2 >= total
    }
}

/// The first table of a case after a start, and each time after one more report: all tables, of each the newest rows.
pub(super) async fn tables(org: &Org, case: CaseId, samples: usize) -> (Duration, Latency) {
    let path = format!("/v1/cases/{case}/view?limit=20");
    let look = async || {
        let start = Instant::now();
        let view: serde_json::Value = org.api().get(&path).await.expect("a view");
        assert!(view["timeline"].is_array());
        start.elapsed()
    };
    let first = look().await;
    let mut times = Vec::with_capacity(samples);
    for _ in 0..samples {
        org.submit(case, &report(org, case)).await.expect("stored");
        times.push(look().await);
    }
    (first, Latency::of(times))
}
