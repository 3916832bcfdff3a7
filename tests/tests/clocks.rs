//! Clocks that are wrong, at the node that takes a record and at its partner: shown as doubtful, and nothing is ordered by them.

use focal_node::api::types::ReportRequest;
use focal_protocol::{
    id::CaseId,
    record::{Draft, Kind, Record},
    signed::Signed,
    time::Time,
};
use focal_tests::{Federation, Org};
use serde_json::{Value, json};
use std::{
    path::Path,
    time::{SystemTime, UNIX_EPOCH},
};

const NODE: &str = env!("CARGO_BIN_EXE_test-node");
const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

/// A note written by a clock that is wrong by so many milliseconds.
fn note(org: &Org, case: CaseId, text: &str, wrong_by: i64) -> Signed<Record> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("now");
    let now = u64::try_from(now.as_millis()).expect("fits");
    let time = Time(now.saturating_add_signed(wrong_by));
    let content = json!({ "text": text });
    let record = Draft::from_json(Some(Kind::Note), &content)
        .and_then(|d| d.into_record(case, org.author.public(), org.member.org, time))
        .expect("a record");
    Signed::new(&record, &org.author)
}

#[tokio::test]
async fn records_stand_by_cause_and_times_that_cannot_be_are_shown() {
    let base = tempfile::tempdir().expect("a directory");
    let federation = Federation::found(base.path(), &["Norland", "Monitor"]);
    let _nodes = federation.start(Path::new(NODE)).await;
    let case = federation.shared_case("Varenia").await;
    let written = [
        ("right", 0, false),
        ("three days ahead", 3 * DAY, true),
        ("an hour ahead", HOUR, false),
        ("a year behind", -365 * DAY, true),
        ("right again", 0, false),
        ("23 hours behind", -23 * HOUR, false),
    ];
    // By turns: whoever writes has read what was before.
    for (number, (text, wrong_by, _)) in (0u64..).zip(written) {
        let org = &federation.orgs[usize::from(number % 2 == 1)];
        org.wait_records(case, number).await;
        org.submit(case, &note(org, case, text, wrong_by))
            .await
            .expect("a wrong clock is no reason to refuse");
    }
    federation.converged(case, 6).await;
    for org in &federation.orgs {
        let rows: Vec<Value> = org
            .api()
            .get(&format!("/v1/cases/{case}/records"))
            .await
            .expect("records");
        let found: Vec<(&str, bool)> = rows
            .iter()
            .map(|row| {
                let title = row["summary"]["title"].as_str().expect("a title");
                (title, row["doubtful_clock"].as_bool().expect("said"))
            })
            .collect();
        assert_eq!(
            found,
            written.map(|(text, _, doubtful)| (text, doubtful)),
            "at {}",
            org.member.name
        );
        let why = |row: usize| rows[row]["clock_doubt"].as_str().unwrap_or_default();
        assert_eq!(why(1), "its time is later than its arrival here");
        assert_eq!(why(3), "its time is before the case was opened");

        let view: Value = org
            .api()
            .get(&format!("/v1/cases/{case}/view"))
            .await
            .expect("a view");
        let clocks: Vec<&Value> = view["timeline"]
            .as_array()
            .expect("a timeline")
            .iter()
            .map(|row| &row["clock"])
            .collect();
        assert_eq!(clocks[1], "after-arrival");
        assert_eq!(clocks[3], "before-the-case");
        assert!(
            [0, 2, 4, 5].iter().all(|n| clocks[*n].is_null()),
            "{clocks:?}"
        );

        let request = ReportRequest {
            purpose: "own-use".into(),
            ..ReportRequest::default()
        };
        let path = format!("/v1/cases/{case}/report.html");
        let page = org.api().post_for_text(&path, &request).await;
        let page = page.expect("an answer").expect("a page");
        assert!(
            page.contains("Doubtful clock: its time is before the case was opened."),
            "{}",
            page.len()
        );
        assert!(
            page.contains("the times of"),
            "what is this node's own word is said where the page is made"
        );
    }
    let hashes = [
        federation.orgs[0].view_hash(case).await,
        federation.orgs[1].view_hash(case).await,
    ];
    assert_eq!(hashes[0], hashes[1]);
}
