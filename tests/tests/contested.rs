//! A case that somebody has made up under the id of another, at a real node: the true invitation waits, and a person decides.

use focal_node::api::types::CaseAction;
use focal_tests::{Federation, Insider};
use std::path::Path;

const NODE: &str = env!("CARGO_BIN_EXE_test-node");

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
    let follow = CaseAction::Vote {
        node: Some(norland.node.to_string()),
        cause: "lost".into(),
    };
    un.act(case, &follow).await.expect("decided");
    un.wait_case(case, "the true one", |d| d.summary.title == "Varenia")
        .await;
    un.wait_records(case, 1).await;
    let record = un.note(case, "in the true one");
    un.submit(case, &record).await.expect("stored");
    norland.wait_records(case, 2).await;
}
