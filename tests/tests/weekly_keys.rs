//! Keys in a case that grow old: every node makes fresh ones by itself, with real nodes whose clocks the test sets ahead.

use focal_protocol::time::Time;
use focal_tests::{Federation, Org, until};
use std::{cell::Cell, path::Path, time::Duration};

const NODE: &str = env!("CARGO_BIN_EXE_test-node");
const DAY: Duration = Duration::from_secs(24 * 3_600);
/// The custodian commits what has gathered at most once a minute.
const MINUTE: Duration = Duration::from_secs(61);

fn between(earlier: &str, later: &str) -> Duration {
    let [earlier, later] = [earlier, later].map(|text| text.parse::<Time>().expect("a time"));
    Duration::from_millis(later.since(earlier))
}

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
    for (org, before) in federation.orgs.iter().zip(&before) {
        let now = org.case(case).await.expect("a case");
        let age = between(&before.keys_since, &now.keys_since);
        assert!(age >= 7 * DAY, "{}: {age:?}", org.member.name);
        assert!(now.epoch >= before.epoch + 2, "two commits at least");
    }
}

#[tokio::test]
async fn a_node_has_fresh_keys_as_often_as_its_operator_says_and_not_every_week() {
    let base = tempfile::tempdir().expect("a directory");
    let federation = Federation::found(base.path(), &["Norland", "UN Office", "Monitor"]);
    let [_, un, monitor] = &federation.orgs[..] else {
        panic!("three organisations")
    };
    // The custodian's keys are fresh with each commit; those of others when it is their time.
    un.set(|settings| settings.rekey_days = 3);
    monitor.set(|settings| settings.rekey_days = 30);
    let nodes = federation.start(Path::new(NODE)).await;
    let case = federation.shared_case("Varenia: Orsk province").await;
    let detail = async |org: &Org| org.case(case).await.expect("a case");
    let (of_un, of_monitor) = (
        detail(un).await.keys_since,
        detail(monitor).await.keys_since,
    );
    let past = Cell::new(Duration::ZERO);
    let pass = |time: Duration| {
        past.set(past.get() + time);
        nodes.iter().for_each(|node| node.set_ahead(past.get()));
    };
    // A minute passes each time that all have seen the last commit.
    let fresh = async |org: &Org, before: &str| {
        until(&format!("{}: fresh keys", org.member.name), || async {
            let mut epochs = Vec::new();
            for org in &federation.orgs {
                epochs.push(detail(org).await.epoch);
            }
            if epochs.iter().any(|epoch| *epoch != epochs[0]) {
                return None;
            }
            let since = detail(org).await.keys_since;
            if since != before {
                return Some(since);
            }
            pass(MINUTE);
            None
        })
        .await
    };
    let mut last = of_un;
    for days in [3, 5, 4] {
        pass(days * DAY);
        let since = fresh(un, &last).await;
        let age = between(&last, &since);
        assert!((3 * DAY..7 * DAY).contains(&age), "{age:?}");
        last = since;
        assert_eq!(detail(monitor).await.keys_since, of_monitor);
    }
    pass(18 * DAY);
    fresh(monitor, &of_monitor).await;
}
