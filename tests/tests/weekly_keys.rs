//! Keys in a case that grow old: every node makes fresh ones by itself, with real nodes whose clocks the test sets ahead.

use focal_tests::{Federation, until};
use std::{cell::Cell, path::Path, time::Duration};

const NODE: &str = env!("CARGO_BIN_EXE_test-node");
const DAY: Duration = Duration::from_secs(24 * 3_600);
/// The custodian commits what has gathered at most once a minute.
const MINUTE: Duration = Duration::from_secs(61);

#[tokio::test]
async fn after_a_week_every_node_has_fresh_keys_without_anybody_asking() {
    let base = tempfile::tempdir().expect("a directory");
    let federation = Federation::found(base.path(), &["Norland", "UN Office", "Monitor"]);
    let nodes = federation.start(Path::new(NODE)).await;
    let case = federation.shared_case("Varenia: Orsk province").await;
    let mut before = Vec::new();
    for org in &federation.orgs {
        before.push(org.case(case).await.expect("a case"));
    }
    let past = Cell::new(7 * DAY);
    let pass = |time: Duration| {
        past.set(past.get() + time);
        nodes.iter().for_each(|node| node.set_ahead(past.get()));
    };
    pass(Duration::ZERO);
    // The custodian's own at once, in a commit that all follow.
    for (org, before) in federation.orgs.iter().zip(&before) {
        org.wait_case(case, "the next epoch", |d| d.epoch > before.epoch)
            .await;
    }
    // Those of the others with the commits of the minutes after: each minute passes once all have seen the last one.
    until("all have fresh keys", || async {
        let mut fresh = 0;
        let mut epochs = Vec::new();
        for (org, before) in federation.orgs.iter().zip(&before) {
            let now = org.case(case).await?;
            fresh += usize::from(now.keys_since != before.keys_since);
            epochs.push(now.epoch);
        }
        if fresh == epochs.len() {
            return Some(());
        }
        if epochs.iter().all(|epoch| *epoch == epochs[0]) {
            pass(MINUTE);
        }
        None
    })
    .await;
    // What is written then is read by all.
    let record = federation.orgs[2].note(case, "under fresh keys");
    federation.orgs[2]
        .submit(case, &record)
        .await
        .expect("stored");
    federation.converged(case, 1).await;
    let week = 7 * u64::try_from(DAY.as_millis()).expect("fits");
    for (org, before) in federation.orgs.iter().zip(&before) {
        let now = org.case(case).await.expect("a case");
        let time = |text: &str| text.parse::<focal_protocol::time::Time>().expect("a time");
        let age = time(&now.keys_since).since(time(&before.keys_since));
        assert!(age >= week, "{}: {age} ms", org.member.name);
        assert!(now.epoch >= before.epoch + 2, "two commits at least");
    }
}
