//! A removal that ceases to count: of a custodian that was voted out meanwhile, with real nodes.

use focal_node::api::types::{CaseAction, CaseDetail};
use focal_tests::{Federation, NodeProcess, Org};
use std::path::Path;

const NODE: &str = env!("CARGO_BIN_EXE_test-node");

fn vote(successor: Option<&Org>) -> CaseAction {
    CaseAction::Vote {
        node: successor.map(|org| org.node.to_string()),
        cause: "lost".into(),
        out: None,
        agrees: None,
    }
}

#[tokio::test]
async fn a_custodian_that_removed_a_member_and_was_voted_out_reads_what_that_member_wrote_since() {
    let base = tempfile::tempdir().expect("a directory");
    let names = ["Norland", "UN Office", "Monitor", "Watch"];
    let federation = Federation::found(base.path(), &names);
    let mut nodes = federation.start(Path::new(NODE)).await;
    let case = federation.shared_case("Varenia: Orsk province").await;
    let [norland, un, monitor, watch] = &federation.orgs[..] else {
        panic!("four organisations")
    };
    let report = async |org: &Org, text: &str| {
        let record = org.note(case, text);
        org.submit(case, &record).await.expect("stored");
    };
    report(watch, "before").await;
    federation.converged(case, 1).await;
    // Cut off from all others, the custodian removes one: the cut stands in a commit that nobody else has.
    assert!(nodes[0].stop().success());
    nodes[0] = NodeProcess::start_offline(Path::new(NODE), &norland.dir).await;
    let remove = CaseAction::Remove {
        org: watch.member.org.to_string(),
        reason: "laptop seized".into(),
    };
    norland.act(case, &remove).await.expect("removed");
    norland
        .wait_case(case, "three are left", |d| d.members.len() == 3)
        .await;
    assert!(nodes[0].stop().success());
    // The others go on without it, and choose another.
    report(watch, "beyond the cut").await;
    un.act(case, &vote(None)).await.expect("stands");
    for org in [monitor, watch] {
        org.wait_case(case, "somebody stands", |d| {
            !d.votes.is_empty() || d.generation == 1
        })
        .await;
    }
    monitor.act(case, &vote(Some(un))).await.expect("voted");
    let next = |d: &CaseDetail| d.generation == 1 && d.members.len() == 3;
    for org in [un, monitor, watch] {
        org.wait_case(case, "the next generation", next).await;
        org.wait_records(case, 2).await;
    }
    report(watch, "in the next generation").await;
    // Back, and let in again, it follows a group that knows of no cut: what lay beyond it counts, and is fetched.
    nodes[0] = norland.start(Path::new(NODE)).await;
    norland
        .wait_case(case, "it knows", |d| d.summary.stage.contains("voted"))
        .await;
    un.let_in(case, norland).await;
    federation.converged(case, 3).await;
    let detail = norland.case(case).await.expect("a case");
    assert!(
        detail
            .former
            .iter()
            .all(|f| f.node != watch.node.to_string())
    );
    report(watch, "as before").await;
    federation.converged(case, 4).await;
}
