//! What goes out in other systems' formats, what comes back, and what the audit trail says of it.

mod support;

use focal_protocol::{
    audit::{Act, Deed, Item},
    codec,
};
use focal_tests::Org;
use serde_json::{Value, json};
use std::{fs, path::Path};
use support::{CASE as CASE_THERE, Officer, Stage, files, titles};

const CASE: &str = "Orsk";
/// An alert of somebody else.
const ALERT: &str = "<alert xmlns='urn:oasis:names:tc:emergency:cap:1.2'><identifier>a</identifier><sender>s</sender>\
    <sent>2026-11-03T11:00:00+01:00</sent><status>Actual</status><msgType>Alert</msgType><scope>Public</scope><info>\
    <category>Security</category><event>Attack</event><urgency>Future</urgency><severity>Minor</severity>\
    <certainty>Possible</certainty></info></alert>";

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

#[tokio::test]
async fn what_is_taken_from_a_file_without_a_link_waits_and_goes_out_once() {
    let stage = Stage::new(&["Monitor"]);
    let (officer, case) = support::at_the_checkpoint(&stage).await;
    let base = stage.base.path();
    let write = |name: &str, text: &str| {
        let path = base.join(name);
        fs::write(&path, text).expect("written");
        path.display().to_string()
    };
    let table = write(
        "3w.csv",
        "#activity,#sector,#status\nclinic,health,ongoing\npatrol,police,ongoing\nschool,education,planned\n",
    );
    let alert = write("alert.cap", ALERT);
    let place = write(
        "incidents.geojson",
        r#"{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"Point","coordinates":[21.4,44.8]},
            "properties":{"title":"Bridge","type":"killing","killed":2}}]}"#,
    );

    // Two of three rows; the third is named with what is wrong, and the command says that not all of it is done.
    let said = officer.types(&["import", "auto", &table, "--case", "varenia", "--yes"]);
    assert_eq!(said.code, 4, "{said:?}");
    assert!(
        said.out.contains("2 reports wait in the outbox"),
        "{said:?}"
    );
    assert!(said.out.contains("\"police\""), "{said:?}");
    for file in [&place, &alert] {
        let said = officer.json(&["import", "auto", file, "--case", "varenia"]);
        assert_eq!(said[0]["waiting"], true, "{said}");
    }
    let drafts = files(&officer.home.join("drafts"));
    assert_eq!(drafts, Vec::<std::path::PathBuf>::new());
    let again = officer.types(&["import", "auto", &place, "--case", "varenia", "--yes"]);
    assert_eq!(again.code, 4, "{again:?}");
    assert!(again.err.contains("waits in the outbox"), "{again:?}");
    let list = officer.json(&["outbox", "list"]);
    assert_eq!(list.as_array().map(Vec::len), Some(4), "{list}");

    let _node = stage.node().await;
    // What waits is not taken once more either, now that the node is there.
    let again = officer.types(&["import", "auto", &alert, "--case", "varenia", "--yes"]);
    assert!(again.err.contains("waits in the outbox"), "{again:?}");
    let line = "4 reports from the outbox were stored (1 alert first)";
    assert!(again.err.contains(line), "{again:?}");
    let titles = titles(stage.org(), &case).await;
    assert_eq!(titles.len(), 5, "{titles:?}");
    let mut told: Vec<(String, Option<u64>)> = acts(stage.org(), Deed::Import)
        .await
        .into_iter()
        .map(|act| {
            (
                act.word.map(|w| w.to_string()).unwrap_or_default(),
                act.times,
            )
        })
        .collect();
    told.sort();
    // One is not counted.
    let expected = [("cap", None), ("geojson", None), ("hxl", Some(2))];
    assert_eq!(told, expected.map(|(format, n)| (format.to_string(), n)));
}

#[tokio::test]
async fn records_as_they_were_signed_wait_without_a_link_too() {
    let stage = Stage::new(&["Monitor"]);
    let (officer, case) = support::at_the_checkpoint(&stage).await;
    let mut node = stage.node().await;
    let lines = stage.base.path().join("lines").display().to_string();
    officer.json(&["export", "ndjson", "--case", CASE_THERE, "-o", &lines]);
    assert!(node.stop().success());
    let said = officer.json(&["import", "ndjson", &lines, "--case", "varenia"]);
    assert_eq!(said[0]["outcome"], "waits in the outbox", "{said}");
    let _node = stage.node().await;
    officer.json(&["outbox", "send"]);
    assert_eq!(titles(stage.org(), &case).await.len(), 1, "it was there");
    assert_eq!(officer.json(&["outbox", "list"]), json!([]));
}
