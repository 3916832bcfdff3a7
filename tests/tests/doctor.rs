//! A node that tries all ways says what works, what does not and what to do.

use focal_node::{
    api::types::{Diagnosis, Finding, Problem},
    net::Trouble,
};
use focal_tests::{Federation, Org, until};
use std::path::Path;

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
    assert!(conversation.needs_action && conversation.next.is_some());
}
