//! What is contested, at a real node: the true invitation to a case that somebody has made up, and the custodian's office. It
//! waits, and a person decides.

use focal_node::api::types::CaseAction;
use focal_protocol::{
    group::{Cause, Delivery, Motion, Succession, Vote},
    id::Hash,
    signed::Signed,
};
use focal_tests::{Federation, Insider, Org};
use std::path::Path;

const NODE: &str = env!("CARGO_BIN_EXE_test-node");

fn vote(successor: &Org) -> CaseAction {
    CaseAction::Vote {
        node: Some(successor.node.to_string()),
        cause: "lost".into(),
        out: None,
        agrees: None,
    }
}

/// What `by` says of an election in the epoch of the insider, its node: its own vote, and no other.
fn claim(insider: &Insider, by: &Org, out: &Org) -> Delivery {
    let group = &insider.group;
    let key = by.keys().identity();
    let motion = Motion {
        case: group.key().case,
        generation: 0,
        branch: Hash([0; 32]),
        ballot: 0,
        out: out.node,
        successor: by.node,
        cause: Cause::Lost,
    };
    let vote = Vote {
        voter: by.node,
        motion,
        gone: Vec::new(),
    };
    let succession = Succession {
        motion,
        base: group.epoch(),
        members: group.members().into_iter().collect(),
        cuts: Vec::new(),
        votes: vec![Signed::new(&vote, &key)],
    };
    Delivery::Succeeded(Box::new(Signed::new(&succession, &key)))
}

#[tokio::test]
async fn the_true_invitation_to_a_made_up_case_waits_until_the_operator_votes_for_who_sent_it() {
    let base = tempfile::tempdir().expect("a directory");
    let federation = Federation::found(base.path(), &["Norland", "UN Office", "Monitor"]);
    let [norland, un, _] = &federation.orgs[..] else {
        panic!("three organisations")
    };
    let _nodes = [
        norland.start(Path::new(NODE)).await,
        un.start(Path::new(NODE)).await,
    ];
    let case = norland.open_case("Varenia").await;
    let record = norland.note(case, "the true one");
    norland.submit(case, &record).await.expect("stored");
    Insider::open(&federation, 2, 1, case, "Made up").await;
    norland.let_in(case, un).await;
    let contested = un.wait_alarm("contested").await;
    assert!(
        contested.message.contains(&norland.node.short()),
        "{contested:?}"
    );
    let detail = un.case(case).await.expect("a case");
    assert_eq!(
        (detail.summary.title.as_str(), detail.summary.records),
        ("Made up", 0)
    );
    un.act(case, &vote(norland)).await.expect("decided");
    un.wait_case(case, "the true one", |d| d.summary.title == "Varenia")
        .await;
    un.wait_records(case, 1).await;
    let record = un.note(case, "in the true one");
    un.submit(case, &record).await.expect("stored");
    norland.wait_records(case, 2).await;
}

#[tokio::test]
async fn a_custodians_vote_puts_it_out_only_once_somebody_claims_the_office() {
    let base = tempfile::tempdir().expect("a directory");
    let federation = Federation::found(base.path(), &["Norland", "UN Office", "Monitor"]);
    let [norland, un, monitor] = &federation.orgs[..] else {
        panic!("three organisations")
    };
    let _nodes = [
        norland.start(Path::new(NODE)).await,
        un.start(Path::new(NODE)).await,
    ];
    let case = norland.open_case("Varenia").await;
    let mut insider = Insider::join(&federation, 0, 2, case).await;
    norland.let_in(case, un).await;
    norland
        .wait_case(case, "three are in", |d| d.members.len() == 3)
        .await;
    let refused = norland.act(case, &vote(monitor)).await;
    assert_eq!(refused.expect_err("it hands over").code, "custodian-stays");
    // Its own vote was enough while the two were alone, and is no longer.
    let claim = claim(&insider, monitor, norland);
    insider.deliver(norland, &claim).await;
    let contested = norland.wait_alarm("contested").await;
    assert!(
        contested.message.contains(&monitor.node.short()),
        "{contested:?}"
    );
    let detail = norland.case(case).await.expect("a case");
    assert_eq!(detail.summary.stage, "open", "nobody has decided");
    let refused = norland.act(case, &vote(un)).await;
    let refused = refused.expect_err("another claims it");
    assert_eq!(refused.code, "custodian-stays");
    norland.act(case, &vote(monitor)).await.expect("it agrees");
    norland
        .wait_case(case, "it is out", |d| d.summary.stage.contains("voted"))
        .await;
}
