//! What nodes send on links of a kind or a number: no more than that, an alert first, and next to nothing when nothing happens.

use focal_node::{
    Kbit, Link, Width,
    api::types::{Diagnosis, Peer, SendLimit},
};
use focal_protocol::{
    directory::Role,
    id::CaseId,
    key::SecretKey,
    random::{Random, SystemRandom},
    record::{Kind, Record},
    signed::Signed,
};
use focal_tests::{Federation, NodeProcess, Org, SealedFile, Tap, Visitor, until};
use http_body_util::BodyExt;
use hyper::Method;
use std::{
    path::Path,
    time::{Duration, Instant},
};
use tempfile::TempDir;
use tokio::time::sleep;

const NODE: &str = env!("CARGO_BIN_EXE_test-node");
/// Reports that wait before the alert.
const REPORTS: u64 = 10;
/// 100 KiB in an hour are as much in a minute.
const MINUTE_OF_SILENCE: u64 = (100 << 10) / 60;

/// Two nodes with a case of both, and what passes between them.
struct Pair {
    federation: Federation,
    tap: Tap,
    case: CaseId,
    nodes: Vec<NodeProcess>,
    /// When they met again, and what had passed before.
    since: (Instant, u64),
    _base: TempDir,
}

impl Pair {
    /// The case is founded on a fast link; then the nodes are set otherwise, and meet again.
    async fn set(change: impl Fn(&Org, &Federation)) -> Self {
        let base = tempfile::tempdir().expect("a directory");
        let mut federation = Federation::found(base.path(), &["Norland", "Monitor"]);
        let tap = Tap::counting(&mut federation, 1).await;
        let mut nodes = federation.start(Path::new(NODE)).await;
        let case = federation.shared_case("Varenia").await;
        for node in &mut nodes {
            assert!(node.stop().success());
        }
        for org in &federation.orgs {
            change(org, &federation);
        }
        let since = (Instant::now(), tap.passed());
        let nodes = federation.start(Path::new(NODE)).await;
        federation.connected().await;
        Self {
            since,
            federation,
            tap,
            case,
            nodes,
            _base: base,
        }
    }

    fn orgs(&self) -> [&Org; 2] {
        [&self.federation.orgs[0], &self.federation.orgs[1]]
    }

    /// Waits until nothing has passed for some seconds.
    async fn quiet(&self) {
        until("nothing passes any more", || async {
            let before = self.tap.passed();
            sleep(Duration::from_secs(4)).await;
            (self.tap.passed() == before).then_some(())
        })
        .await;
    }
}

/// Text that no compression makes shorter than three quarters.
fn noise(length: usize) -> String {
    let mut bytes = vec![0; length];
    SystemRandom.fill(&mut bytes);
    let letter = |byte: &u8| char::from(b'0' + byte % 64);
    bytes.iter().map(letter).collect()
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

async fn records(org: &Org, case: CaseId) -> u64 {
    let path = format!("/v1/cases/{case}");
    let detail: serde_json::Value = org.api().get(&path).await.expect("the case");
    detail["records"].as_u64().expect("a number")
}

/// Ten reports of so many letters, then an alert: it is there before most of them, and all of them come.
async fn an_alert_goes_before_ten_reports(pair: &Pair, letters: usize) {
    let [norland, monitor] = pair.orgs();
    let case = pair.case;
    let had = records(norland, case).await;
    for _ in 0..REPORTS {
        let note = monitor.note(case, &noise(letters));
        monitor.submit(case, &note).await.expect("stored");
    }
    // On a busy machine some have come before it is written.
    let come = records(norland, case).await;
    let stored = monitor.submit(case, &alert(monitor, case)).await;
    let path = format!("/v1/records/{}", stored.expect("stored").record);
    until("the alert comes", || async {
        norland.api().get::<serde_json::Value>(&path).await.ok()
    })
    .await;
    let before = records(norland, case).await - come - 1;
    assert!(before <= REPORTS / 2, "{before} reports came before it");
    norland.wait_records(case, had + REPORTS + 1).await;
}

async fn a_kind_of_link(link: Link, letters: usize) {
    let pair = Pair::set(|org, _| org.set(|s| s.link = link)).await;
    an_alert_goes_before_ten_reports(&pair, letters).await;
    pair.quiet().await;
    let before = pair.tap.passed();
    sleep(Duration::from_secs(60)).await;
    let passed = pair.tap.passed() - before;
    assert!(passed <= MINUTE_OF_SILENCE, "{passed} bytes in a minute");
    assert_eq!(pair.nodes.len(), 2);
}

#[tokio::test]
async fn on_a_satellite_link_an_alert_goes_before_ten_reports_and_silence_costs_little() {
    a_kind_of_link(Link::Satellite, 200).await;
}

#[tokio::test]
async fn on_a_narrow_link_an_alert_goes_before_ten_reports_and_silence_costs_little() {
    a_kind_of_link(Link::Narrow, 12_000).await;
}

#[tokio::test]
async fn a_partner_is_sent_no_more_than_the_operator_says_and_an_alert_first() {
    const KBIT: u32 = 32;
    let pair = Pair::set(|org, federation| {
        let [norland, monitor] = &federation.orgs[..] else {
            panic!("two organisations")
        };
        if org.node == monitor.node {
            let width = Width {
                link: Link::Normal,
                kbit: Kbit::new(KBIT),
            };
            let partner = norland.member.org.to_string();
            org.set(|s| s.partner_links = [(partner, width)].into());
        }
    })
    .await;
    let [norland, monitor] = pair.orgs();
    let bits = u64::from(KBIT) * 1_000;

    // A film fills what the link may carry, and no more than that.
    let mut bytes = vec![0; 1 << 20];
    SystemRandom.fill(&mut bytes);
    let film = SealedFile::new("film.mp4", &bytes);
    monitor.hand_over(&film).await.expect("kept");
    let note = monitor.note_with(pair.case, "the film", &[&film]);
    monitor.submit(pair.case, &note).await.expect("stored");
    until("the film comes", || async {
        (norland.attachment(pair.case, &film).await?.held > 0).then_some(())
    })
    .await;
    let (before, start) = (pair.tap.passed(), Instant::now());
    sleep(Duration::from_secs(10)).await;
    let coming = ((pair.tap.passed() - before) * 8) as f64 / start.elapsed().as_secs_f64();
    assert!(
        coming > bits as f64 * 0.3,
        "{coming} bits a second: it does not come"
    );
    assert!(coming < bits as f64 * 1.2, "{coming} bits a second");
    // From the first byte on. The partner greets, acknowledges and asks, and a portion may be on its way.
    let (since, before) = pair.since;
    let (passed, took) = ((pair.tap.passed() - before) * 8, since.elapsed());
    let most = bits as f64 * took.as_secs_f64() * 1.1 + f64::from(128 << 10);
    assert!((passed as f64) < most, "{passed} bits in {took:?}");

    // Reports go before the film, and an alert before them.
    an_alert_goes_before_ten_reports(&pair, 4 << 10).await;

    // What is said of it.
    let peers: Vec<Peer> = monitor.api().get("/v1/peers").await.expect("partners");
    assert_eq!(peers[0].bits_per_second, Some(bits));
    let peers: Vec<Peer> = norland.api().get("/v1/peers").await.expect("partners");
    assert_eq!(peers[0].bits_per_second, None);
    let diagnosis = monitor.api().post::<Diagnosis>("/v1/doctor", &()).await;
    let diagnosis = diagnosis.expect("an answer").expect("a diagnosis");
    let limit = SendLimit {
        org_name: norland.member.name.clone(),
        bits_per_second: bits,
    };
    assert_eq!(diagnosis.limits, [limit]);
}

#[tokio::test]
async fn an_officer_away_from_the_node_moves_no_more_than_the_operator_says() {
    const KBIT: u32 = 80;
    let base = tempfile::tempdir().expect("a directory");
    let mut federation = Federation::found(base.path(), &["Norland", "Monitor"]);
    let key = SecretKey::generate(&SystemRandom);
    let org = &mut federation.orgs[0];
    let entry = org.author_entry("away", &key, Role::Officer);
    let manifest = org.issue(|m| m.authors.push(entry));
    federation.bundle.manifests.push(manifest);
    federation.hand_to(&federation.orgs[0]);
    let org = &federation.orgs[0];
    org.set(|s| s.officer_kbit = Kbit::new(KBIT));
    let _node = org.start(Path::new(NODE)).await;
    let visitor = Visitor::new(&key, org);
    until("the officer is let in", || async {
        visitor
            .call(Method::GET, "/v1/status", Vec::new())
            .await
            .ok()
    })
    .await;
    let start = Instant::now();
    let answer = visitor.begin(Method::GET, "/v1/openapi.json", Vec::new());
    let answer = answer.await.expect("an answer").into_body().collect().await;
    let length = answer.expect("whole").to_bytes().len();
    let second = KBIT * 125;
    // A second's worth passes at once.
    let least = (length as f64 / f64::from(second)) - 1.0;
    assert!(least > 1.0, "{length} bytes are too few to see anything");
    let took = start.elapsed().as_secs_f64();
    assert!(took >= least, "{length} bytes in {took} s");
    assert!(took < least * 2.0 + 30.0, "{length} bytes in {took} s");
    let diagnosis = org.api().post::<Diagnosis>("/v1/doctor", &()).await;
    let diagnosis = diagnosis.expect("an answer").expect("a diagnosis");
    assert_eq!(diagnosis.officer_kbit, Some(KBIT));
}
