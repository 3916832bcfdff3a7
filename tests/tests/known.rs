//! A case as a node knew it at an earlier time, and a report with its corrections side by side.

use focal_node::api::types::{CaseAction, CaseKnown, Problem, RecordHistory, RecordRow};
use focal_protocol::{
    id::CaseId,
    record::{Kind, TimelineEntry, Totals},
};
use focal_tests::{Federation, Org, until};
use serde_json::json;
use std::{
    path::Path,
    time::{SystemTime, UNIX_EPOCH},
};

const NODE: &str = env!("CARGO_BIN_EXE_test-node");

/// A moment that is past when this returns, and after which nothing of what came before is still to come.
async fn moment() -> String {
    let now = || {
        let ms = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .expect("after 1970");
        focal_protocol::time::Time(u64::try_from(ms.as_millis()).expect("a time"))
    };
    let at = now();
    until("a millisecond has passed", || async {
        (now() > at).then_some(())
    })
    .await;
    at.to_string()
}

async fn incident(org: &Org, case: CaseId, killed: &str) -> String {
    let content = json!({"type": "killing", "title": "market", "killed": killed});
    let record = org.record(case, Kind::Incident, content);
    org.submit(case, &record).await.expect("stored").record
}

async fn correct(org: &Org, case: CaseId, of: &str, killed: &str) -> String {
    let content = json!({
        "record": of, "reason": "hospital list", "amended_grading": "B2",
        "amended": {"kind": "incident", "type": "killing", "title": "market square", "killed": killed},
    });
    let record = org.record(case, Kind::Correction, content);
    org.submit(case, &record).await.expect("stored").record
}

async fn killed(org: &Org, case: CaseId, at: &str) -> Option<u32> {
    let path = format!("/v1/cases/{case}/view/totals?at={at}");
    let totals: Totals = org.api().get(&path).await.expect("totals");
    totals.killed.best
}

async fn known(org: &Org, case: CaseId, at: &str) -> CaseKnown {
    let path = format!("/v1/cases/{case}/known?at={at}");
    org.api().get(&path).await.expect("an answer")
}

#[tokio::test]
async fn a_case_is_shown_as_it_was_known_here_also_after_a_restart() {
    let base = tempfile::tempdir().expect("a directory");
    let federation = Federation::found(base.path(), &["Norland", "Monitor"]);
    let mut nodes = federation.start(Path::new(NODE)).await;
    let case = federation.shared_case("Varenia").await;
    let (norland, monitor) = (&federation.orgs[0], &federation.orgs[1]);
    let market = incident(monitor, case, "9").await;
    federation.converged(case, 1).await;
    let first = moment().await;
    // Norland is away: what comes meanwhile it knows only later, whatever the records' clocks say.
    assert!(nodes[0].stop().success());
    correct(monitor, case, &market, "11").await;
    incident(monitor, case, "5").await;
    let second = moment().await;
    nodes[0] = norland.start(Path::new(NODE)).await;
    federation.converged(case, 3).await;
    let third = moment().await;
    let at = async |org: &Org| {
        let mut seen = Vec::new();
        for at in [&first, &second, &third] {
            seen.push(killed(org, case, at).await);
        }
        seen
    };
    assert_eq!(at(norland).await, [Some(9), Some(9), Some(16)]);
    assert_eq!(at(monitor).await, [Some(9), Some(16), Some(16)]);
    let then = known(norland, case, &second).await;
    assert_eq!(
        (then.records, then.later, then.undated, then.left),
        (1, 2, 0, 0)
    );
    let now = norland.view_hash(case).await.expect("a hash");
    assert_eq!(known(norland, case, &third).await.view_hash, now);
    assert!(nodes[0].stop().success());
    nodes[0] = norland.start(Path::new(NODE)).await;
    federation.converged(case, 3).await;
    assert_eq!(at(norland).await, [Some(9), Some(9), Some(16)]);
    assert_eq!(
        known(norland, case, &second).await.view_hash,
        then.view_hash
    );

    // Lists and tables, page by page.
    let rows = async |query: &str| -> Vec<RecordRow> {
        let path = format!("/v1/cases/{case}/records?at={third}&limit=2{query}");
        norland.api().get(&path).await.expect("rows")
    };
    let page = rows("").await;
    assert_eq!(page.len(), 2);
    assert!(page.iter().all(|row| row.known_since.is_some()));
    let rest = rows(&format!("&after={}", page[1].record)).await;
    assert_eq!(rest.len(), 1);
    let table = async |query: &str| -> Vec<TimelineEntry> {
        let path = format!("/v1/cases/{case}/view/timeline?limit=2{query}");
        norland.api().get(&path).await.expect("rows")
    };
    let newest = table("").await;
    let older = table(&format!("&before={}", newest[0].record)).await;
    assert_eq!((newest.len(), older.len()), (2, 1));
    assert_eq!(older, table("&skip=2").await);
    assert_eq!(older[0].record.to_string(), market);

    // What is still to come nobody knows.
    let path = format!("/v1/cases/{case}/view/totals?at=2999-01-01T00:00:00Z");
    let refused: Result<Totals, Problem> = norland
        .api()
        .call(hyper::Method::GET, &path, Vec::new())
        .await
        .expect("an answer");
    assert_eq!(refused.expect_err("refused").code, "bad-field");
}

#[tokio::test]
async fn a_report_and_its_corrections_stand_side_by_side() {
    let base = tempfile::tempdir().expect("a directory");
    let federation = Federation::found(base.path(), &["Norland", "Monitor"]);
    let _nodes = federation.start(Path::new(NODE)).await;
    let case = federation.shared_case("Varenia").await;
    let (norland, monitor) = (&federation.orgs[0], &federation.orgs[1]);
    let market = incident(monitor, case, "9").await;
    let first = correct(monitor, case, &market, "10").await;
    let second = correct(monitor, case, &first, "11").await;
    let content = json!({"record": market, "reason": "a rumour"});
    let gone = monitor.record(case, Kind::Retraction, content);
    let gone = monitor.submit(case, &gone).await.expect("stored").record;
    federation.converged(case, 4).await;
    let page = async |query: &str| -> RecordHistory {
        let path = format!("/v1/records/{second}/history{query}");
        norland.api().get(&path).await.expect("a history")
    };
    let history = page("").await;
    assert_eq!(
        (&history.record, history.steps, &history.next),
        (&market, 4, &None)
    );
    assert_eq!(history.withdrawn_by.as_ref(), Some(&gone));
    assert_eq!(history.in_force, None);
    let steps: Vec<_> = history
        .versions
        .iter()
        .map(|v| (v.row.record.clone(), v.step.as_str()))
        .collect();
    let expected = [
        (market.clone(), "original"),
        (first.clone(), "correction"),
        (second.clone(), "correction"),
        (gone.clone(), "retraction"),
    ];
    assert_eq!(steps, expected);
    let changed = |n: usize| -> Vec<_> {
        let changes = history.versions[n].changes.iter();
        changes
            .map(|c| (c.field.as_str(), c.before.clone(), c.after.clone()))
            .collect()
    };
    let fields: Vec<_> = changed(1)
        .into_iter()
        .map(|(field, ..)| field.to_string())
        .collect();
    assert!(
        fields.contains(&"grading".into()) && fields.contains(&"title".into()),
        "{fields:?}"
    );
    let second_changes = changed(2);
    assert_eq!(second_changes.len(), 1, "{second_changes:?}");
    assert!(second_changes[0].0.contains("killed"));
    assert_eq!(history.versions[2].of.as_ref(), Some(&first));
    assert_eq!(history.versions[3].reason.as_deref(), Some("a rumour"));
    assert!(history.versions.iter().all(|v| v.row.known_since.is_some()));
    // A page begins after a step, and still knows what that step said.
    let half = page("?limit=2").await;
    assert_eq!(half.next.as_ref(), Some(&first));
    let rest = page(&format!("?limit=2&after={first}")).await;
    assert_eq!(rest.versions[0].changes, history.versions[2].changes);
    assert_eq!(rest.next, None);
}

#[tokio::test]
async fn what_an_ended_log_said_is_shown_for_the_time_before() {
    let base = tempfile::tempdir().expect("a directory");
    let federation = Federation::found(base.path(), &["Norland", "Monitor", "Office"]);
    let mut nodes = federation.start(Path::new(NODE)).await;
    let case = federation.shared_case("Varenia").await;
    let (norland, monitor) = (&federation.orgs[0], &federation.orgs[1]);
    incident(monitor, case, "3").await;
    federation.converged(case, 1).await;
    // Monitor goes on writing while it is removed elsewhere: what the removal does not cover counts no more.
    let office = &federation.orgs[2];
    assert!(nodes[0].stop().success());
    incident(monitor, case, "4").await;
    office.wait_records(case, 2).await;
    let before = moment().await;
    assert!(nodes[1].stop().success() && nodes[2].stop().success());
    nodes[0] = norland.start(Path::new(NODE)).await;
    let remove = CaseAction::Remove {
        org: monitor.member.org.to_string(),
        reason: "its laptop was seized".into(),
    };
    norland.act(case, &remove).await.expect("removed");
    nodes[2] = office.start(Path::new(NODE)).await;
    until("the log was ended", || async {
        let now: Totals = office
            .api()
            .get(&format!("/v1/cases/{case}/view/totals"))
            .await
            .expect("totals");
        (now.killed.best == Some(3)).then_some(())
    })
    .await;
    assert_eq!(killed(office, case, &before).await, Some(7));
    let then = known(office, case, &before).await;
    assert_eq!((then.records, then.left), (2, 1));
    let path = format!("/v1/cases/{case}/records?at={before}");
    let rows: Vec<RecordRow> = office.api().get(&path).await.expect("rows");
    assert_eq!(rows.iter().filter(|row| row.left.is_some()).count(), 1);
}
