//! What goes out in other systems' formats, what comes back, and what the audit trail says of it.

mod support;

use focal_protocol::{
    audit::{Act, Deed, Item},
    codec,
};
use focal_tests::Org;
use serde_json::{Value, json};
use std::{fs, path::Path};
use support::{Officer, Stage};

const CASE: &str = "Orsk";

/// Sends a report with these fields; its record.
fn sends(officer: &Officer, base: &Path, case: &str, report: &Value) -> String {
    let draft = base.join("report.json");
    fs::write(&draft, report.to_string()).expect("written");
    let sent = officer.json(&["report", "send", case, &draft.display().to_string()]);
    sent["record"].as_str().expect("an id").to_string()
}

/// Everything that the audit trail says was done, the newest last.
async fn acts(org: &Org, deed: Deed) -> Vec<Act> {
    let page: Value = org.api().get("/v1/audit").await.expect("the trail");
    let items = page["items"].as_array().expect("items").iter();
    let acts = items.map(|item| {
        let bytes = hex::decode(item["bytes"].as_str().expect("bytes")).expect("hex");
        let item: Item = codec::decode(&bytes, bytes.len()).expect("an item");
        item.act
    });
    acts.filter(|act| act.deed == deed).collect()
}

fn killed(officer: &Officer, case: &str) -> Value {
    officer.json(&["case", "totals", case])["killed"]["best"].clone()
}

#[tokio::test]
async fn an_event_that_comes_back_from_a_file_is_counted_once() {
    let stage = Stage::new(&["Monitor"]);
    let _node = stage.node().await;
    let (officer, base) = (stage.officer(), stage.base.path());
    officer.json(&["case", "open", "--title", CASE]);
    officer.json(&["case", "open", "--title", "Elsewhere"]);
    let market = json!({"kind": "incident", "type": "killing", "title": "Market", "killed": 9, "marking": "TLP:CLEAR"});
    let market = sends(&officer, base, CASE, &market);
    officer.json(&[
        "report",
        "correct",
        &market,
        "--killed",
        "11",
        "--reason",
        "hospital list",
    ]);
    let file = base.join("orsk.geojson").display().to_string();
    officer.json(&["export", "geojson", "--case", CASE, "-o", &file]);

    let again = officer.types(&["import", "auto", &file, "--case", CASE, "--yes"]);
    assert_ne!(again.code, 0, "{again:?}");
    assert!(again.err.contains("which is in the case"), "{}", again.err);
    assert_eq!(killed(&officer, CASE), 11);

    // In another case it is taken; twice is still one event.
    for _ in 0..2 {
        officer.json(&["import", "geojson", &file, "--case", "Elsewhere"]);
    }
    assert_eq!(killed(&officer, "Elsewhere"), 11);
    let imports = acts(stage.org(), Deed::Import).await;
    assert_eq!(imports.len(), 2, "what was refused was not imported");
}

#[tokio::test]
async fn an_export_asks_the_node_for_what_it_writes_and_no_more() {
    let stage = Stage::new(&["Monitor", "Norland"]);
    let _nodes = stage.federation.start(&stage.program).await;
    stage.federation.shared_case(CASE).await;
    let (officer, base) = (stage.officer(), stage.base.path());
    let incident = |title: &str, tlp: &str| json!({"kind": "incident", "type": "killing", "title": title, "killed": 1, "marking": tlp});
    let bridge = sends(&officer, base, CASE, &incident("Bridge", "TLP:CLEAR"));
    let farm = sends(&officer, base, CASE, &incident("Farm", "TLP:AMBER"));
    officer.json(&[
        "report",
        "correct",
        &bridge,
        "--killed",
        "4",
        "--reason",
        "list",
        "--marking",
        "TLP:CLEAR",
    ]);
    officer.note(CASE, "a note");
    let out = |name: &str| base.join(name).display().to_string();

    // The format carries incidents: the note stays where it is.
    let all = officer.json(&["export", "geojson", "--case", CASE, "-o", &out("all")]);
    assert_eq!(all["documents"][0]["records"], 2);
    let taken = |act: &Act| act.records.as_ref().map(|r| r.count);
    let last = |acts: Vec<Act>| acts.last().cloned().expect("it is in the trail");
    let act = last(acts(stage.org(), Deed::Export).await);
    assert_eq!(taken(&act), Some(3), "two incidents and a correction");

    // One of them, as it stands: with its correction.
    let one = out("one");
    officer.json(&[
        "export", "geojson", "--case", CASE, "--record", &bridge, "-o", &one,
    ]);
    let text = fs::read_to_string(&one).expect("written");
    assert!(text.contains("Bridge") && !text.contains("Farm"), "{text}");
    let value: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(value["features"][0]["properties"]["killed"]["best"], 4);
    assert_eq!(taken(&last(acts(stage.org(), Deed::Export).await)), Some(2));

    // For the public only what its marking lets go; the rest is named, and not shown.
    let public = out("public");
    let said = officer.json(&[
        "export", "geojson", "--case", CASE, "--for", "public", "-o", &public,
    ]);
    assert_eq!(said["withheld"][0]["record"], farm.as_str());
    let text = fs::read_to_string(&public).expect("written");
    assert!(text.contains("Bridge") && !text.contains("Farm"), "{text}");
    let title = |text: &str| serde_json::from_str::<Value>(text).expect("JSON")["title"].clone();
    assert!(
        title(&text)
            .as_str()
            .is_some_and(|t| t.starts_with("Case ")),
        "what a case is called is for its members"
    );
    let partner = out("partner");
    let said = officer.json(&[
        "export", "geojson", "--case", CASE, "--to", "Norland", "-o", &partner,
    ]);
    assert_eq!(
        said["withheld"],
        json!([]),
        "a member of the case may have both"
    );
    let text = fs::read_to_string(&partner).expect("written");
    assert_eq!(title(&text), CASE);

    // As they were signed: who has the incident has what became of it, and the trail says so.
    let lines = out("lines");
    let said = officer.json(&[
        "export", "ndjson", "--case", CASE, "--record", &bridge, "-o", &lines,
    ]);
    assert_eq!(said["documents"][0]["records"], 2);
    assert_eq!(taken(&last(acts(stage.org(), Deed::Export).await)), Some(2));
    let future = [
        "export",
        "ndjson",
        "--case",
        CASE,
        "--since",
        "2999-01-01T00:00:00Z",
        "-o",
    ];
    let future: Vec<&str> = future.iter().copied().chain([one.as_str()]).collect();
    let nothing = officer.types(&future);
    assert!(nothing.err.contains("nothing to write"), "{nothing:?}");
}
