//! The same through a proxy that delays: bytes are those of TCP, without its headers.

use super::{GOAL, LONGEST, note, reads, report};
use crate::{Federation, NodeProcess, Org, SlowLink, bench::Figures, free_port};
use focal_node::Link;
use std::{
    path::Path,
    time::{Duration, Instant},
};
use tokio::time::sleep;

/// One way.
const DELAY: Duration = Duration::from_millis(600);
/// 2.4 kbit/s.
const RATE: u32 = 300;
/// As good as none.
const FAST: u32 = 100 << 20;

async fn connected(org: &Org) {
    let start = Instant::now();
    while org.status().await.peers_connected == 0 {
        assert!(start.elapsed() < LONGEST, "no connection");
        sleep(Duration::from_millis(20)).await;
    }
}

/// Connecting, and so many reports over a standing connection, with 600 ms each way.
pub(super) async fn latencies(program: &Path, reports: usize, figures: &mut Figures) {
    let base = tempfile::tempdir().expect("a directory");
    let (target, elsewhere) = (free_port(), free_port());
    let link = SlowLink::to(target, Duration::ZERO, FAST).await;
    let at = |port: u16| format!("/ip4/127.0.0.1/tcp/{port}");
    // Only by the link: nobody answers where the first is said to be.
    let near = Org::at(base.path(), "Norland", &at(1));
    near.set(|s| s.listen = vec![at(elsewhere)]);
    let far = Org::at(base.path(), "Monitor", &at(link.port()));
    far.set(|s| s.listen = vec![at(target)]);
    let federation = Federation::of(vec![near, far]);
    let [near, far] = &federation.orgs[..] else {
        return;
    };
    let mut nodes = federation.start(program).await;
    let case = federation.shared_case("Varenia").await;
    near.submit(case, &report(near, case, 0))
        .await
        .expect("stored");
    federation.converged(case, 1).await;
    for node in &mut nodes {
        assert!(node.stop().success());
    }
    for org in &federation.orgs {
        org.set(|s| s.link = Link::Satellite);
    }
    link.reshape(DELAY, RATE);

    note("connecting at 2.4 kbit/s and 600 ms, through a proxy");
    let (before, start) = (link.passed(), Instant::now());
    let _nodes = [
        NodeProcess::start(program, &far.dir).await,
        NodeProcess::start(program, &near.dir).await,
    ];
    connected(near).await;
    connected(far).await;
    let took = start.elapsed();
    sleep(super::QUIET).await;
    figures.latency(
        "starting and connecting, 600 ms",
        took,
        Duration::from_secs(90),
        "patience",
        None,
    );
    figures.amount(
        "its bytes of TCP",
        super::count(link.passed() - before),
        4_096.0,
        "4 KiB",
        None,
    );

    note("a report at 600 ms, through a proxy");
    for number in 1..=reports {
        let (before, start) = (link.passed(), Instant::now());
        near.submit(case, &report(near, case, number))
            .await
            .expect("stored");
        let stored = start.elapsed();
        reads(far, case, number as u64 + 1).await;
        let took = start.elapsed();
        sleep(super::QUIET).await;
        figures.latency("report, standing, 600 ms", took, GOAL, "goal", Some(1.0));
        figures.latency(
            "until it is stored at home",
            stored,
            took,
            "all of it",
            None,
        );
        figures.amount(
            "its bytes of TCP",
            super::count(link.passed() - before),
            1_024.0,
            "1 KiB",
            None,
        );
    }
}
