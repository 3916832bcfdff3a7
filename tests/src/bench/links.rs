//! Two nodes on a link as the field has it: what a report costs, how long it takes, what silence costs.
//!
//! Bytes are those of IP packets of both directions, headers and what was lost included, counted at the interfaces of network
//! namespaces. Where the kernel has no netem the links there have no delay; the latencies with one are then measured again
//! through a proxy that delays TCP.

mod far;

use super::{Figures, note};
use crate::{
    Federation, NodeProcess, Org,
    netns::{Cable, Machine, Network, Shape, Traffic},
};
use focal_node::{
    Link,
    net::{RelayTerms, peer_id},
    store::Store,
};
use focal_protocol::{
    id::{CaseId, LogId},
    record::{Kind, Record},
    signed::Signed,
};
use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};
use tokio::time::sleep;

/// Longest that anything may take here: forty reports at 2.4 kbit/s with losses.
const LONGEST: Duration = Duration::from_secs(1_800);
/// Bytes of text in a report.
const REPORT: usize = 600;
/// Reports that are sent one after the other through a proxy that delays.
const REPORTS: usize = 3;
/// After the last report acknowledgements and news are still under way.
const QUIET: Duration = Duration::from_secs(20);
/// Goal for a report over a standing connection at 2.4 kbit/s and 600 ms.
const GOAL: Duration = Duration::from_secs(10);
/// Goal for an hour of silence, bytes for each partner.
const SILENCE: f64 = 102_400.0;
/// How often in an hour a place at a relay is asked for again: a quarter of an hour before it ends.
const RENEWALS: f64 = 4.0 / 3.0;

/// A report whose text has about [`REPORT`] bytes, each one another.
fn report(org: &Org, case: CaseId, number: usize) -> Signed<Record> {
    let text = format!(
        "{number}: two checkpoints on the road to Dalmat since dawn, one at the bridge with nine men and a pick-up, one at the mill \
         with some twenty. Papers are looked at, telephones taken, four men led away to the school; their names are with us. About \
         {} families are on the way to Lower Teres on foot, the old and the sick among them, without water since yesterday. Shots \
         were heard from the north between four and six. The clinic is closed, its nurse has left with the last bus. We stay \
         until tomorrow noon, need chlorine tablets, blankets and a second telephone, and report again at eighteen hours.",
        40 + number * 7 % 90
    );
    let text: String = text.chars().take(REPORT).collect();
    let content = serde_json::json!({ "title": "Dalmat road", "situation": text });
    org.record(case, Kind::Sitrep, content)
}

fn alert(org: &Org, case: CaseId) -> Signed<Record> {
    let content = serde_json::json!({
        "headline": "Attack on Lower Teres expected tonight",
        "urgency": "immediate",
        "severity": "extreme",
        "certainty": "likely",
        "category": ["security"],
    });
    org.record(case, Kind::Alert, content)
}

/// How many records a node reads; none while it does not run.
async fn records(org: &Org, case: CaseId) -> Option<u64> {
    let path = format!("/v1/cases/{case}");
    let detail: serde_json::Value = org.api().get(&path).await.ok()?;
    detail["records"].as_u64()
}

/// Waits until a node reads so many records; how long it took.
async fn reads(org: &Org, case: CaseId, count: u64) -> Duration {
    let start = Instant::now();
    while records(org, case).await.is_none_or(|n| n < count) {
        assert!(
            start.elapsed() < LONGEST,
            "{} reads {count}",
            org.member.name
        );
        sleep(Duration::from_millis(20)).await;
    }
    start.elapsed()
}

/// A report that was submitted.
struct Sent {
    org: usize,
    /// Bytes as its author signed it.
    signed: u64,
    log: LogId,
    seq: u64,
}

/// Two nodes with a case, on one cable.
struct Pair {
    nodes: Vec<NodeProcess>,
    network: Network,
    cable: Cable,
    machines: [Machine; 2],
    federation: Federation,
    case: CaseId,
    program: PathBuf,
    _base: tempfile::TempDir,
}

impl Pair {
    async fn new(program: &Path, link: Link) -> Option<Self> {
        Self::of(program, link, false).await
    }

    /// The second node is reached by way of the first, which is its relay.
    async fn with_relay(program: &Path, link: Link) -> Option<Self> {
        Self::of(program, link, true).await
    }

    async fn of(program: &Path, link: Link, relayed: bool) -> Option<Self> {
        let network = Network::new()?;
        let machines = ["north", "south"].map(|name| network.machine(name));
        let [north, south] = &machines;
        let cable = network.cable((north, "10.0.0.1/24"), (south, "10.0.0.2/24"));
        let base = tempfile::tempdir().expect("a directory");
        let org = |name, n| Org::at(base.path(), name, &format!("/ip4/10.0.0.{n}/tcp/4711"));
        let norland = org("Norland", 1);
        let monitor = if relayed {
            norland.set(|s| s.relay = Some(RelayTerms::default()));
            let relay = peer_id(&norland.node).expect("a node");
            let by = format!("{}/p2p/{relay}/p2p-circuit", norland.address());
            Org::at(base.path(), "Monitor", &by)
        } else {
            org("Monitor", 2)
        };
        let federation = Federation::of(vec![norland, monitor]);
        let mut pair = Self {
            network,
            cable,
            machines,
            federation,
            nodes: Vec::new(),
            case: CaseId([0; 32]),
            program: program.to_path_buf(),
            _base: base,
        };
        // What a case is founded with crosses a fast link.
        pair.start().await;
        pair.case = pair.federation.shared_case("Varenia").await;
        pair.submit(0, 0).await;
        pair.federation.converged(pair.case, 1).await;
        pair.stop();
        for org in &pair.federation.orgs {
            org.set(|s| s.link = link);
        }
        Some(pair)
    }

    async fn start(&mut self) {
        for (machine, org) in self.machines.iter().zip(&self.federation.orgs) {
            let node = NodeProcess::start_on(machine, &self.program, &org.dir).await;
            self.nodes.push(node);
        }
        let start = Instant::now();
        for org in &self.federation.orgs {
            while org.status().await.peers_connected == 0 {
                assert!(start.elapsed() < LONGEST, "no connection");
                sleep(Duration::from_millis(20)).await;
            }
        }
    }

    fn stop(&mut self) {
        for node in &mut self.nodes {
            assert!(node.stop().success());
        }
        self.nodes.clear();
    }

    async fn submit(&self, org: usize, number: usize) -> Sent {
        let report = report(&self.federation.orgs[org], self.case, number);
        let org_of = &self.federation.orgs[org];
        let stored = org_of.submit(self.case, &report).await.expect("stored");
        Sent {
            org,
            signed: focal_protocol::codec::encode(&report).len() as u64,
            log: stored.log.parse().expect("a log"),
            seq: stored.seq,
        }
    }

    /// Bytes of the entries in which reports were sealed. The nodes have stopped.
    fn sealed(&self, sent: &[Sent]) -> u64 {
        let length = |one: &Sent| {
            let org = &self.federation.orgs[one.org];
            let store = Store::open(&org.dir.join("store"), org.keys().storage()).expect("a store");
            let logs = store.logs().expect("logs");
            let row = logs.iter().find(|(log, _)| *log == one.log);
            let writer = row.expect("its log").1.writer;
            let mut run = store.run(one.log, writer, one.seq).expect("its entry");
            run.entries.truncate(1);
            focal_protocol::codec::encode_packed(&run.entries).len() as u64
        };
        sent.iter().map(length).sum()
    }

    /// What has passed since, once nothing passes any more.
    async fn quiet(&self, since: Traffic) -> Traffic {
        sleep(QUIET).await;
        self.cable.traffic().since(since)
    }
}

/// Everything, silence measured over so many minutes. None where there are no network namespaces.
///
/// # Panics
/// Something does not work: then there is nothing to measure.
pub async fn run(program: &Path, minutes: u64) -> Option<Figures> {
    let mut figures = Figures::new(0);
    satellite(program, &mut figures).await?;
    far::latencies(program, REPORTS, &mut figures).await;
    lossy(program, &mut figures).await?;
    silence(program, &mut figures, minutes).await?;
    Some(figures)
}

/// Only reports through a proxy that delays: so many.
///
/// # Panics
/// Something does not work: then there is nothing to measure.
pub async fn reports(program: &Path, reports: usize) -> Figures {
    let mut figures = Figures::new(0);
    far::latencies(program, reports, &mut figures).await;
    figures
}

async fn satellite(program: &Path, figures: &mut Figures) -> Option<()> {
    let mut pair = Pair::new(program, Link::Satellite).await?;
    pair.cable.shape(Shape::satellite());
    let case = pair.case;
    let delayed = if pair.network.delays() {
        "600 ms"
    } else {
        "no delay"
    };

    note("connecting at 2.4 kbit/s");
    let (before, start) = (pair.cable.traffic(), Instant::now());
    pair.start().await;
    let took = start.elapsed();
    let traffic = pair.quiet(before).await;
    let [norland, monitor] = &pair.federation.orgs[..] else {
        return None;
    };
    figures.latency(
        &format!("starting and connecting, {delayed}"),
        took,
        Duration::from_secs(90),
        "patience",
        None,
    );
    figures.amount(
        "bytes of a fresh connection",
        bytes(traffic),
        4_096.0,
        "4 KiB",
        None,
    );

    note("a report over a standing connection");
    let (before, start) = (pair.cable.traffic(), Instant::now());
    let sent = pair.submit(0, 1).await;
    reads(monitor, case, 2).await;
    let took = start.elapsed();
    let report = pair.quiet(before).await;
    figures.latency(
        &format!("report, standing, {delayed}"),
        took,
        GOAL,
        "goal",
        Some(1.0),
    );
    figures.amount(
        "bytes of a report, standing",
        bytes(report),
        count(sent.signed),
        "the signed record",
        None,
    );

    note("an alert behind forty reports");
    for number in 0..40 {
        pair.submit(0, 2 + number).await;
    }
    sleep(Duration::from_secs(5)).await;
    let (earlier, start) = (
        records(monitor, case).await.unwrap_or_default(),
        Instant::now(),
    );
    let stored = norland.submit(case, &alert(norland, case)).await;
    let path = format!("/v1/records/{}", stored.expect("stored").record);
    while monitor.api().get::<serde_json::Value>(&path).await.is_err() {
        assert!(start.elapsed() < LONGEST, "the alert comes");
        sleep(Duration::from_millis(20)).await;
    }
    let took = start.elapsed();
    // The alert is one of them.
    let reports = records(monitor, case)
        .await
        .unwrap_or_default()
        .saturating_sub(earlier + 1);
    figures.latency(
        "alert behind forty reports",
        took,
        GOAL * 2,
        "20 s",
        Some(1.0),
    );
    figures.amount(
        "reports that came before it",
        count(reports),
        40.0,
        "all",
        None,
    );
    reads(monitor, case, 43).await;
    pair.stop();
    overhead(figures, bytes(report), pair.sealed(&[sent]));
    Some(())
}

/// What passes beside what is sealed, of both directions: headers, acknowledgements, news, what was lost.
fn overhead(figures: &mut Figures, passed: f64, sealed: u64) {
    figures.amount(
        "bytes of it beside the sealed entry",
        passed - count(sealed),
        count(sealed),
        "the sealed entry",
        None,
    );
}

async fn lossy(program: &Path, figures: &mut Figures) -> Option<()> {
    let mut pair = Pair::new(program, Link::Satellite).await?;
    let shape = Shape {
        loss: 20,
        ..Shape::satellite()
    };
    pair.cable.shape(shape);
    note("2.4 kbit/s, every fifth packet lost, cut every few seconds");
    let start = Instant::now();
    pair.start().await;
    figures.latency(
        "starting and connecting with losses",
        start.elapsed(),
        Duration::from_secs(90),
        "patience",
        None,
    );
    let connected = pair.cable.traffic();
    let start = Instant::now();
    let mut sent = Vec::new();
    for number in 0..5 {
        for org in 0..2 {
            sent.push(pair.submit(org, number + 1).await);
        }
    }
    let [a, b] = &pair.federation.orgs[..] else {
        return None;
    };
    // Looked at all the time, not only between two cuts.
    let converged = async {
        reads(a, pair.case, 11).await;
        reads(b, pair.case, 11).await;
        start.elapsed()
    };
    let cuts = async {
        loop {
            sleep(Duration::from_secs_f64(3.0 + 6.0 * rand::random::<f64>())).await;
            pair.cable.cut();
            sleep(Duration::from_secs_f64(1.0 + 3.0 * rand::random::<f64>())).await;
            pair.cable.mend();
        }
    };
    let took = tokio::select! {
        took = converged => took,
        () = cuts => return None,
    };
    pair.cable.mend();
    let traffic = pair.quiet(connected).await;
    figures.latency(
        "ten reports, losses and cuts",
        took,
        LONGEST,
        "half an hour",
        Some(1.0),
    );
    let signed: u64 = sent.iter().map(|s| s.signed).sum();
    figures.amount(
        "bytes for each, connecting again included",
        bytes(traffic) / 10.0,
        count(signed) / 10.0,
        "the signed record",
        None,
    );
    pair.stop();
    overhead(figures, bytes(traffic), pair.sealed(&sent));
    Some(())
}

async fn silence(program: &Path, figures: &mut Figures, minutes: u64) -> Option<()> {
    for (link, relayed) in [
        (Link::Narrow, false),
        (Link::Narrow, true),
        (Link::Normal, false),
    ] {
        let (mut pair, with) = if relayed {
            let pair = Pair::with_relay(program, link).await?;
            (pair, " with a place at its relay")
        } else {
            (Pair::new(program, link).await?, "")
        };
        let before = pair.cable.traffic();
        pair.start().await;
        let fresh = bytes(pair.quiet(before).await);
        note(&format!("{minutes} minutes of silence, {link}{with}"));
        let before = pair.cable.traffic();
        sleep(Duration::from_secs(60 * minutes)).await;
        let traffic = pair.cable.traffic().since(before);
        let mut hour =
            bytes(traffic) * 60.0 / f64::from(u32::try_from(minutes).unwrap_or(u32::MAX));
        if relayed {
            // Asking again goes over a connection that stands: it costs no more than a fresh one on which it is asked first.
            figures.amount(
                "bytes of a fresh connection and a place",
                fresh,
                4_096.0,
                "4 KiB",
                None,
            );
            hour += fresh * RENEWALS;
        }
        let goal = (link == Link::Narrow).then_some(1.0);
        figures.amount(
            &format!("bytes of an hour of silence, {link}{with}"),
            hour,
            SILENCE,
            "100 KiB",
            goal,
        );
    }
    Some(())
}

fn bytes(traffic: Traffic) -> f64 {
    count(traffic.bytes)
}

fn count(n: u64) -> f64 {
    f64::from(u32::try_from(n).unwrap_or(u32::MAX))
}
