//! An officer on a narrow link that breaks or goes silent: nothing that has passed passes again.

mod support;

use focal_node::remote::NodeAddress;
use focal_tests::{Org, SlowLink, until};
use std::{
    cell::RefCell,
    io::Write,
    process::Child,
    time::{Duration, Instant},
};
use support::{Officer, Said, Stage, at_node, files, photograph};

const CASE: &str = "Varenia: Orsk province";

/// The officer, with the node at the other end of a link.
fn away(stage: &Stage, link: &SlowLink, kind: &str) -> Officer {
    let address = format!("/ip4/127.0.0.1/tcp/{}", link.port());
    let node = NodeAddress::full(&address, &stage.org().node).expect("an address");
    stage.officer().through(&["--node", &node, "--link", kind])
}

fn port(org: &Org) -> u16 {
    let port = org.address().rsplit('/').next();
    port.and_then(|p| p.parse().ok())
        .expect("a port in the address")
}

/// Waits until so much has passed, with the command still at it.
async fn until_passed(link: &SlowLink, bytes: u64, child: &RefCell<Child>) {
    until("more of it has passed", || async {
        let ended = child.borrow_mut().try_wait().expect("asked");
        assert!(ended.is_none(), "it goes on: {ended:?}");
        (link.passed() >= bytes).then_some(())
    })
    .await;
}

/// Figures, for who runs it.
fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// A report with a photograph that was written without a link.
fn with_a_photograph_that_waits(
    officer: &Officer,
    case: &str,
    link: &SlowLink,
    length: usize,
) -> Vec<u8> {
    let (path, bytes) = photograph(officer, "market.jpg", length);
    officer.note(case, "once at the node");
    link.take_down();
    officer.json(&[
        "report", "send", case, "--kind", "note", "--text", "market", "--attach", &path,
    ]);
    link.restore();
    bytes
}

// The link is in this process, which waits for others meanwhile.
#[tokio::test(flavor = "multi_thread")]
async fn a_photograph_goes_on_amid_a_chunk_after_each_break() {
    let stage = Stage::new(&["Monitor"]);
    let _node = stage.node().await;
    let case = stage.org().open_case(CASE).await.to_string();
    let link = SlowLink::to(port(stage.org()), Duration::from_millis(5), 40_000).await;
    let officer = away(&stage, &link, "narrow");
    let bytes = with_a_photograph_that_waits(&officer, &case, &link, 600_000);
    let before = link.passed();
    let send = ["outbox", "send"];
    for part in [100_000, 210_000, 330_000, 500_000] {
        let child = RefCell::new(officer.begins(&send));
        until_passed(&link, before + part, &child).await;
        // Else the same command goes on at once.
        link.take_down();
        let ended = child.into_inner().wait().expect("ended");
        assert_eq!(ended.code(), Some(5));
        assert_eq!(files(&officer.outbox().join("files")).len(), 1);
        link.restore();
    }
    let said = officer.types(&[&send[..], &["--json"]].concat()).json();
    assert_eq!((&said["files"], &said["following"]), (&1.into(), &0.into()));
    let passed = link.passed() - before;
    let of = bytes.len();
    say(&format!(
        "a photograph of {of} bytes: {passed} on a link that broke four times"
    ));
    // Chunk by chunk it would be more than 900,000.
    assert!(passed < 780_000, "{passed}");
    let there = at_node(stage.org(), &case, "market.jpg").await;
    assert!(there == Some(bytes));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chunk_that_takes_longer_than_an_answer_may_gets_through() {
    let stage = Stage::new(&["Monitor"]);
    let _node = stage.node().await;
    let case = stage.org().open_case(CASE).await.to_string();
    let link = SlowLink::to(port(stage.org()), Duration::from_millis(5), 13_000).await;
    let officer = away(&stage, &link, "narrow");
    let bytes = with_a_photograph_that_waits(&officer, &case, &link, 262_000);
    // Twenty seconds for the chunk, and ten for an answer.
    let sent = officer.json(&["outbox", "send", "--patience", "10"]);
    assert_eq!((&sent["files"], &sent["following"]), (&1.into(), &0.into()));
    let there = at_node(stage.org(), &case, "market.jpg").await;
    assert!(there == Some(bytes));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_goes_silent_is_noticed_and_what_waits_is_kept() {
    let stage = Stage::new(&["Monitor"]);
    let _node = stage.node().await;
    let case = stage.org().open_case(CASE).await.to_string();
    let link = SlowLink::to(port(stage.org()), Duration::from_millis(5), 20_000).await;
    let officer = away(&stage, &link, "normal");
    let bytes = with_a_photograph_that_waits(&officer, &case, &link, 60_000);
    let before = link.passed();
    let child = RefCell::new(officer.begins(&["outbox", "send"]));
    until_passed(&link, before + 20_000, &child).await;
    link.fall_silent();
    let silent = Instant::now();
    // It would be a quarter of an hour.
    let said = tokio::task::spawn_blocking(|| {
        Said::of(child.into_inner().wait_with_output().expect("ended"))
    });
    let said = tokio::time::timeout(Duration::from_secs(240), said);
    let said = said.await.expect("it ends").expect("joined");
    let after = silent.elapsed();
    say(&format!("a dead link was noticed after {after:?}"));
    assert!(after < Duration::from_secs(100), "{after:?}");
    assert_eq!(said.code, 5, "{said:?}");
    assert!(said.err.contains("gone silent"), "{said:?}");
    assert_eq!(files(&officer.outbox().join("files")).len(), 1);
    link.restore();
    let sent = officer.json(&["outbox", "send"]);
    assert_eq!((&sent["files"], &sent["following"]), (&1.into(), &0.into()));
    assert!(at_node(stage.org(), &case, "market.jpg").await == Some(bytes));
}
