//! What one node stores, all can read, also after days apart.

use focal_tests::Federation;
use std::path::Path;

const NODE: &str = env!("CARGO_BIN_EXE_test-node");

#[tokio::test]
async fn three_nodes_share_a_case_and_read_what_each_writes() {
    let base = tempfile::tempdir().expect("a directory");
    let federation = Federation::found(base.path(), &["Norland", "UN Office", "Monitor"]);
    let _nodes = federation.start(Path::new(NODE)).await;
    let case = federation.shared_case("Varenia: Orsk province").await;
    for (i, org) in federation.orgs.iter().enumerate() {
        let record = org.note(case, &format!("report {i}"));
        let stored = org.submit(case, &record).await.expect("stored");
        let again = org.submit(case, &record).await.expect("stored");
        assert!(!stored.already && again.already);
        assert_eq!(stored.record, again.record);
    }
    federation.converged(case, 3).await;
    // Everybody comes to know who holds what, also of what neither of the two has written.
    for org in &federation.orgs {
        let all =
            |d: &focal_node::api::types::CaseDetail| d.members.iter().all(|m| m.holds == m.of);
        org.wait_case(case, "all hold all", all).await;
    }
}

#[tokio::test]
async fn a_node_that_was_away_has_everything_when_it_comes_back() {
    let base = tempfile::tempdir().expect("a directory");
    let federation = Federation::found(base.path(), &["Norland", "UN Office", "Monitor"]);
    let mut nodes = federation.start(Path::new(NODE)).await;
    let case = federation.shared_case("Varenia").await;
    assert!(nodes[2].stop().success());
    for i in 0..20 {
        let record = federation.orgs[i % 2].note(case, &format!("while away {i}"));
        federation.orgs[i % 2]
            .submit(case, &record)
            .await
            .expect("stored");
    }
    // The first writer goes as well: its entries come from the one that holds them.
    federation.orgs[1].wait_records(case, 20).await;
    nodes[0].kill();
    nodes[2] = federation.orgs[2].start(Path::new(NODE)).await;
    federation.orgs[2].wait_records(case, 20).await;
    nodes[0] = federation.orgs[0].start(Path::new(NODE)).await;
    federation.converged(case, 20).await;
}
