//! The largest evidence bundle.

mod support;

use focal_protocol::limits;
use serde_json::Value;
use support::Stage;

#[tokio::test]
async fn a_bundle_holds_as_many_reports_as_it_may_and_not_one_more() {
    let stage = Stage::new(&["Monitor"]);
    let _node = stage.node().await;
    let (org, officer) = (stage.org(), stage.officer());
    let case = org.open_case("Orsk").await;
    let most = limits::EVIDENCE_RECORDS;
    let note = |n: u64| org.note(case, &format!("report {n}"));
    org.fill(case, most as u64, note).await;

    let bundle = stage.base.path().join("orsk.zip").display().to_string();
    let make = |file: &str| officer.types(&["evidence", "make", "Orsk", "-o", file, "--json"]);
    let made = make(&bundle).json();
    assert_eq!(made["records"], most);
    let proven: Value = officer.json(&["verify", &bundle]);
    assert_eq!(proven["records"].as_array().map(Vec::len), Some(most));

    org.submit(case, &note(0)).await.expect("stored");
    let more = stage.base.path().join("more.zip").display().to_string();
    let refused = make(&more);
    assert_ne!(refused.code, 0);
    assert!(refused.err.contains("at most 10000 records"), "{refused:?}");
    assert!(!stage.base.path().join("more.zip").exists());
}
