//! A node that tries all ways says what works, what does not and what to do.

use focal_node::{
    api::types::{Diagnosis, Finding, Problem},
    net::Trouble,
};
use focal_tests::{Federation, Insider, Org, until};
use std::{
    path::Path,
    time::{Duration, Instant},
};
use tokio::net::TcpListener;

const NODE: &str = env!("CARGO_BIN_EXE_test-node");

async fn examine(org: &Org) -> Diagnosis {
    let answer: Result<Diagnosis, Problem> =
        org.api().post("/v1/doctor", &()).await.expect("an answer");
    answer.expect("a diagnosis")
}

fn of<'a>(diagnosis: &'a Diagnosis, org: &Org, subject: &str) -> &'a Finding {
    let node = org.node.to_string();
    let mut findings = diagnosis.findings.iter();
    findings
        .find(|f| f.node == node && f.subject == subject)
        .expect("a finding")
}

#[tokio::test]
async fn every_way_is_tried_and_what_does_not_work_is_said_with_what_to_do() {
    let base = tempfile::tempdir().expect("a directory");
    let federation = Federation::found(base.path(), &["Norland", "Monitor"]);
    let [norland, monitor] = &federation.orgs[..] else {
        panic!("two organisations")
    };
    let mut nodes = federation.start(Path::new(NODE)).await;
    let all_well = examine(norland).await;
    assert!(all_well.well, "{:?}", all_well.findings);
    for (org, subject) in [
        (norland, norland.address()),
        (monitor, monitor.address()),
        (monitor, ""),
        (monitor, "clock"),
    ] {
        assert!(of(&all_well, org, subject).works, "{subject}");
    }
    assert!(nodes.pop().expect("the second").stop().success());
    until("it is known", || async {
        (norland.status().await.peers_connected == 0).then_some(())
    })
    .await;
    let alone = examine(norland).await;
    assert!(!alone.well && of(&alone, norland, norland.address()).works);
    let address = of(&alone, monitor, monitor.address());
    assert_eq!(
        address.trouble,
        Some(Trouble::PortClosed),
        "{:?}",
        address.why
    );
    assert!(address.next.is_some() && !address.needs_action);
    let conversation = of(&alone, monitor, "");
    assert!(conversation.needs_action);
    // What is to be done is the same as said of the address.
    assert_eq!(conversation.next, address.next);
}

#[tokio::test]
async fn a_clock_that_is_wrong_is_named_with_how_much() {
    for (ahead, works) in [(60, true), (600, false)] {
        let base = tempfile::tempdir().expect("a directory");
        let federation = Federation::found(base.path(), &["Norland", "Monitor"]);
        let [norland, monitor] = &federation.orgs[..] else {
            panic!("two organisations")
        };
        let _node = norland.start(Path::new(NODE)).await;
        let case = norland.open_case("Varenia").await;
        let insider = Insider::join(&federation, 0, 1, case).await;
        insider.peer.tells_time(Duration::from_secs(ahead));
        let diagnosis = examine(norland).await;
        let clock = of(&diagnosis, monitor, "clock");
        assert_eq!(clock.works, works, "{:?}", clock.why);
        if works {
            continue;
        }
        assert_eq!(clock.trouble, Some(Trouble::ClockOff), "{:?}", clock.why);
        assert!(clock.needs_action && clock.next.is_some());
        let why = clock.why.as_deref().unwrap_or_default();
        let seconds = why.split(' ').find_map(|word| word.parse::<u64>().ok());
        assert!(
            seconds.is_some_and(|s| (590..=610).contains(&s)) && why.contains("ahead of"),
            "{why}"
        );
    }
}

#[tokio::test]
async fn it_ends_within_its_time_however_many_addresses_are_silent() {
    /// What the node promises, and a machine with other things to do.
    const BOUND: Duration = Duration::from_secs(45 + 10);
    let base = tempfile::tempdir().expect("a directory");
    let mut federation = Federation::found(base.path(), &["Norland", "Monitor"]);
    // Somebody listens and says nothing: more addresses than eight seconds each would be enough for.
    let silent = TcpListener::bind(("0.0.0.0", 0)).await.expect("a port");
    let port = silent.local_addr().expect("an address").port();
    let addresses: Vec<String> = (1..=8)
        .map(|n| format!("/ip4/127.0.0.{n}/tcp/{port}"))
        .collect();
    let manifest = federation.orgs[1].issue(|m| m.nodes[0].addresses = addresses.clone());
    federation.bundle.manifests.push(manifest);
    let [norland, monitor] = &federation.orgs[..] else {
        panic!("two organisations")
    };
    federation.hand_to(norland);
    let _node = norland.start(Path::new(NODE)).await;
    let start = Instant::now();
    let diagnosis = examine(norland).await;
    let took = start.elapsed();
    assert!(took < BOUND, "{took:?}");
    let first = of(&diagnosis, monitor, &addresses[0]);
    assert_eq!(first.trouble, Some(Trouble::Silent), "{:?}", first.why);
    let last = of(&diagnosis, monitor, &addresses[7]);
    assert_eq!(last.trouble, Some(Trouble::Untried), "{:?}", last.why);
    drop(silent);
}
