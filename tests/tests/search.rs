//! Reports are found by their words and fields: as they are now, at once, by whoever may see them, and by nobody else.

use focal_node::api::types::{CaseAction, Found, Problem};
use focal_protocol::{
    directory::Role, id::CaseId, key::SecretKey, random::SystemRandom, record::Kind,
};
use focal_tests::{Federation, NodeProcess, Org, Visitor, until};
use http_body_util::BodyExt;
use hyper::Method;
use serde_json::{Value, json};
use std::path::Path;
use tempfile::TempDir;

const NODE: &str = env!("CARGO_BIN_EXE_test-node");

fn path(query: &str, more: &str) -> String {
    let query: String = query.bytes().map(|b| format!("%{b:02X}")).collect();
    format!("/v1/search?q={query}{more}")
}

async fn ask(org: &Org, query: &str, more: &str) -> Result<Found, Problem> {
    let (api, path) = (org.api(), path(query, more));
    let answer = api.call(Method::GET, &path, Vec::new());
    answer.await.expect("an answer")
}

/// The titles of what is found as it is now, once all is indexed; the newest first.
async fn titles(org: &Org, query: &str) -> Vec<String> {
    let found = until("the index is up to date", || async {
        let found = ask(org, query, "").await;
        let found = found.unwrap_or_else(|e| panic!("{query}: {}", e.message));
        (!found.behind).then_some(found)
    })
    .await;
    assert_eq!(found.total, found.records.len() as u64);
    let title = |summary: &Value| summary["title"].as_str().unwrap_or_default().to_string();
    let records = found.records.iter();
    records
        .map(|record| title(record.now.as_ref().unwrap_or(&record.row.summary)))
        .collect()
}

async fn report(org: &Org, case: CaseId, kind: Kind, content: Value) -> String {
    let record = org.record(case, kind, content);
    org.submit(case, &record).await.expect("stored").record
}

async fn incident(org: &Org, case: CaseId, title: &str, more: Value) -> String {
    let mut content = json!({"type": "killing", "title": title});
    let (Some(content_), Value::Object(more)) = (content.as_object_mut(), more) else {
        panic!("fields")
    };
    content_.extend(more);
    report(org, case, Kind::Incident, content).await
}

struct Stage {
    federation: Federation,
    nodes: Vec<NodeProcess>,
    case: CaseId,
    _base: TempDir,
}

impl Stage {
    /// Two nodes and a case of both.
    async fn new() -> Self {
        let base = tempfile::tempdir().expect("a directory");
        let federation = Federation::found(base.path(), &["Norland", "Monitor"]);
        let nodes = federation.start(Path::new(NODE)).await;
        let case = federation.shared_case("Varenia").await;
        Self {
            federation,
            nodes,
            case,
            _base: base,
        }
    }

    fn org(&self, at: usize) -> &Org {
        &self.federation.orgs[at]
    }
}

#[tokio::test]
async fn reports_are_found_by_words_fields_and_numbers_on_every_node() {
    let stage = Stage::new().await;
    let (norland, monitor, case) = (stage.org(0), stage.org(1), stage.case);
    incident(
        norland,
        case,
        "Market",
        json!({
            "killed": "9/11/14", "description": "Armed men of the Orsk militia fired a mortar.",
            "place": {"name": "Dalmát", "country": "VR", "code": "VR0301"},
            "time": "2026-10-03", "alleged_perpetrators": ["Orsk militia"], "weapons": ["mortar"],
        }),
    )
    .await;
    incident(
        monitor,
        case,
        "Bridge",
        json!({
            "killed": "3", "place": {"name": "Teres", "country": "VR", "code": "VR0402"},
            "time": "2026-09-12", "verification": "verified", "grading": "B2",
        }),
    )
    .await;
    report(
        monitor,
        case,
        Kind::Note,
        json!({"text": "نقطة تفتيش للميليشيا المسلّحة\nقرب السوق", "language": "ar"}),
    )
    .await;
    report(
        norland,
        case,
        Kind::Request,
        json!({"capability": "monitors", "quantity": 12, "unit": "people"}),
    )
    .await;
    stage.federation.converged(case, 4).await;
    for org in [norland, monitor] {
        for (query, expected) in [
            ("killed > 10 place:VR03 since:2026-10-01", vec!["Market"]),
            ("killed > 2", vec!["Bridge", "Market"]),
            ("killed <= 3", vec!["Bridge"]),
            ("quantity >= 12", vec!["12 people (monitors)"]),
            ("ORSK militía", vec!["Market"]),
            ("\"men of the Orsk\"", vec!["Market"]),
            ("\"Orsk men\"", vec![]),
            ("milit*", vec!["Market"]),
            ("place:dalmat", vec!["Market"]),
            ("place:vr", vec!["Bridge", "Market"]),
            ("weapons:mortar OR title:bridge", vec!["Bridge", "Market"]),
            ("title:mortar", vec![]),
            ("kind:incident -mortar", vec!["Bridge"]),
            ("kind:incident NOT org:norland", vec!["Bridge"]),
            ("until:2026-09-30 country:VR", vec!["Bridge"]),
            ("verification:verified grading:B", vec!["Bridge"]),
            (
                "alleged_perpetrators:\"orsk militia\" marking:amber",
                vec!["Market"],
            ),
            ("type:killing -place:VR03", vec!["Bridge"]),
            (
                "author:\"officer of norland\" kind:incident",
                vec!["Market"],
            ),
            ("case:varenia killed:11", vec!["Market"]),
        ] {
            let found = titles(org, query).await;
            assert_eq!(found, expected, "{query}");
        }
        let found = titles(org, "المسلحة language:ar").await;
        assert_eq!(found.len(), 1);
    }
    let found = ask(norland, "militia", "").await.expect("found");
    let record = &found.records[0];
    assert_eq!(record.case_title, "Varenia");
    let marked: Vec<String> = record
        .marked
        .iter()
        .map(|[from, to]| record.snippet.chars().skip(*from).take(to - from).collect())
        .collect();
    assert!(marked.contains(&"militia".to_string()), "{record:?}");
}

#[tokio::test]
async fn a_query_that_is_not_understood_is_refused_with_its_column() {
    let stage = Stage::new().await;
    let refused = ask(stage.org(0), "market kiled:10", "")
        .await
        .expect_err("refused");
    assert_eq!(refused.code, "bad-query");
    assert!(
        refused.message.starts_with("column 8: "),
        "{}",
        refused.message
    );
    assert!(refused.message.contains("killed"));
    let refused = ask(stage.org(0), "x", "&case=0000")
        .await
        .expect_err("refused");
    assert_eq!(refused.code, "unknown-case");
}

#[tokio::test]
async fn what_is_found_is_what_a_record_says_now() {
    let stage = Stage::new().await;
    let (monitor, norland, case) = (stage.org(1), stage.org(0), stage.case);
    let market = incident(
        monitor,
        case,
        "Market",
        json!({"killed": "9", "description": "grenade"}),
    )
    .await;
    incident(monitor, case, "Bridge", json!({"killed": "3"})).await;
    assert_eq!(titles(monitor, "grenade killed:9").await, ["Market"]);
    let amended = json!({"kind": "incident", "type": "killing", "title": "Market square", "killed": "11", "description": "mortar"});
    let correction = json!({"record": market, "reason": "hospital list", "amended": amended});
    let correction = report(monitor, case, Kind::Correction, correction).await;
    for org in [monitor, norland] {
        stage.federation.converged(case, 3).await;
        assert_eq!(titles(org, "mortar killed:11").await, ["Market square"]);
        assert_eq!(
            titles(org, "hospital corrected:yes").await,
            ["Market square"]
        );
        for old in ["grenade", "killed:9", "grenade retracted:any"] {
            assert_eq!(titles(org, old).await, Vec::<String>::new(), "{old}");
        }
        // The correction itself only if somebody asks for such.
        assert_eq!(titles(org, "kind:correction hospital").await.len(), 1);
    }
    let found = ask(monitor, "mortar", "").await.expect("found");
    assert_eq!(found.records[0].row.record, market);
    assert_eq!(found.records[0].corrected_by.as_deref(), Some(&*correction));
    // What somebody else says of it changes nothing.
    let amended = json!({"kind": "incident", "type": "killing", "title": "Nothing", "killed": "0"});
    let foreign = json!({"record": market, "reason": "denial", "amended": amended});
    let foreign = norland.record(case, Kind::Correction, foreign);
    norland.submit(case, &foreign).await.expect_err("refused");
    // The correction is withdrawn, then the report.
    report(
        monitor,
        case,
        Kind::Retraction,
        json!({"record": correction, "reason": "too early"}),
    )
    .await;
    assert_eq!(titles(monitor, "grenade killed:9").await, ["Market"]);
    assert_eq!(titles(monitor, "mortar").await, Vec::<String>::new());
    report(
        monitor,
        case,
        Kind::Retraction,
        json!({"record": market, "reason": "wrong place"}),
    )
    .await;
    assert_eq!(titles(monitor, "killed > 0").await, ["Bridge"]);
    assert_eq!(titles(monitor, "grenade retracted:yes").await, ["Market"]);
    assert_eq!(
        titles(monitor, "killed > 0 retracted:any").await,
        ["Bridge", "Market"]
    );
    let found = ask(monitor, "retracted:yes \"wrong place\"", "")
        .await
        .expect("found");
    assert!(found.records[0].withdrawn_by.is_some());
}

#[tokio::test]
async fn what_is_found_comes_page_by_page_the_newest_first_each_once() {
    let stage = Stage::new().await;
    let (org, case) = (stage.org(0), stage.case);
    for n in 0..25 {
        report(
            org,
            case,
            Kind::Note,
            json!({"text": format!("checkpoint {n}")}),
        )
        .await;
    }
    assert_eq!(titles(org, "case:varenia 24").await, ["checkpoint 24"]);
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let found = ask(org, "checkpoint", &format!("&limit=7{after}"))
            .await
            .expect("found");
        assert_eq!(found.total, 25);
        seen.extend(found.records.iter().map(|r| r.row.summary["title"].clone()));
        match found.next {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    let expected: Vec<Value> = (0..25)
        .rev()
        .map(|n| json!(format!("checkpoint {n}")))
        .collect();
    assert_eq!(seen, expected);
    let found = ask(org, "checkpoint", "&limit=100000")
        .await
        .expect("found");
    assert_eq!(found.records.len(), 25);
}

#[tokio::test]
async fn after_a_restart_or_the_loss_of_the_index_all_is_found_once() {
    let mut stage = Stage::new().await;
    let case = stage.case;
    for n in 0..30 {
        report(
            stage.org(0),
            case,
            Kind::Note,
            json!({"text": format!("checkpoint {n}")}),
        )
        .await;
    }
    assert_eq!(titles(stage.org(0), "checkpoint 29").await.len(), 1);
    // Killed in the middle of what it does, with records that may or may not be indexed.
    for n in 30..40 {
        report(
            stage.org(0),
            case,
            Kind::Note,
            json!({"text": format!("checkpoint {n}")}),
        )
        .await;
    }
    stage.nodes[0].kill();
    stage.nodes[0] = stage.org(0).start(Path::new(NODE)).await;
    let count = async |org: &Org| {
        until("all is indexed", || async {
            let found = ask(org, "checkpoint", "&limit=200").await.expect("found");
            (!found.behind).then_some((found.total, found.records.len()))
        })
        .await
    };
    assert_eq!(count(stage.org(0)).await, (40, 40));
    assert!(stage.nodes[0].stop().success());
    let index = stage.org(0).dir.join("search").join(case.to_string());
    let file = std::fs::read_dir(&index)
        .expect("an index")
        .flatten()
        .map(|f| f.path());
    for path in file.filter(|path| path.extension().is_some_and(|e| e == "term")) {
        let mut bytes = std::fs::read(&path).expect("a file");
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        std::fs::write(&path, bytes).expect("damaged");
    }
    stage.nodes[0] = stage.org(0).start(Path::new(NODE)).await;
    assert_eq!(count(stage.org(0)).await, (40, 40));
}

#[tokio::test]
async fn nothing_of_a_purged_case_is_found_and_its_index_is_gone() {
    let base = tempfile::tempdir().expect("a directory");
    let federation = Federation::found(base.path(), &["Norland"]);
    let _nodes = federation.start(Path::new(NODE)).await;
    let org = &federation.orgs[0];
    let (case, other) = (org.open_case("Varenia").await, org.open_case("Orsk").await);
    report(org, case, Kind::Note, json!({"text": "checkpoint here"})).await;
    report(org, other, Kind::Note, json!({"text": "checkpoint there"})).await;
    assert_eq!(titles(org, "checkpoint").await.len(), 2);
    let index = org.dir.join("search").join(case.to_string());
    assert!(index.is_dir());
    let purge = CaseAction::Purge {
        reason: "retention is over".into(),
        everywhere: false,
        abandon: false,
    };
    org.act(case, &purge).await.expect("purged");
    until("the index is gone", || async {
        (!index.exists()).then_some(())
    })
    .await;
    assert_eq!(titles(org, "checkpoint").await, ["checkpoint there"]);
}

/// What an author away from the node is answered.
async fn far(visitor: &Visitor, query: &str, more: &str) -> Result<Found, Problem> {
    let response = visitor
        .begin(Method::GET, &path(query, more), Vec::new())
        .await;
    let response = response.expect("an answer");
    let ok = response.status().is_success();
    let body = response
        .into_body()
        .collect()
        .await
        .expect("whole")
        .to_bytes();
    if ok {
        Ok(serde_json::from_slice(&body).expect("found"))
    } else {
        Err(serde_json::from_slice(&body).expect("a problem"))
    }
}

#[tokio::test]
async fn an_observer_learns_nothing_of_what_they_may_not_see() {
    let base = tempfile::tempdir().expect("a directory");
    let mut federation = Federation::found(base.path(), &["Norland", "Monitor"]);
    let (observer, officer) = (
        SecretKey::generate(&SystemRandom),
        SecretKey::generate(&SystemRandom),
    );
    let org = &mut federation.orgs[0];
    let entries = [
        org.author_entry("visitor-observer", &observer, Role::Observer),
        org.author_entry("visitor-officer", &officer, Role::Officer),
    ];
    let manifest = org.issue(|m| m.authors.extend(entries));
    federation.bundle.manifests.push(manifest);
    federation.hand_to(&federation.orgs[0]);
    let _nodes = federation.start(Path::new(NODE)).await;
    let case = federation.shared_case("Varenia").await;
    let (norland, monitor) = (&federation.orgs[0], &federation.orgs[1]);
    let others = [monitor.member.org.to_string()];
    let made: Value = norland
        .api()
        .post(
            &format!("/v1/cases/{case}/compartments"),
            &json!({"orgs": others}),
        )
        .await
        .expect("an answer")
        .expect("made");
    let hidden: CaseId = made["case"]
        .as_str()
        .expect("an id")
        .parse()
        .expect("an id");
    // Named after those who are in it, in the order of their ids.
    let title = made["title"].as_str().expect("a title");
    assert!(title.starts_with("Varenia / ") && title.contains("Monitor"));
    report(
        norland,
        case,
        Kind::Note,
        json!({"text": "checkpoint for all"}),
    )
    .await;
    report(
        norland,
        hidden,
        Kind::Note,
        json!({
            "text": "checkpoint for few", "marking": {"tlp": "TLP:RED", "releasable_to": others},
        }),
    )
    .await;
    assert_eq!(
        titles(norland, "checkpoint").await,
        ["checkpoint for few", "checkpoint for all"]
    );
    let (observer, officer) = (
        Visitor::new(&observer, norland),
        Visitor::new(&officer, norland),
    );
    let found = far(&officer, "checkpoint", "").await.expect("found");
    assert_eq!(found.total, 2);
    let found = far(&observer, "checkpoint", "").await.expect("found");
    assert_eq!((found.total, found.records.len()), (1, 1));
    assert_eq!(found.records[0].row.summary["title"], "checkpoint for all");
    for query in ["few", "marking:red", "kind:note -all"] {
        let found = far(&observer, query, "").await.expect("found");
        assert_eq!((found.total, found.records.len()), (0, 0), "{query}");
    }
    // The compartment is answered as one that is not there.
    for (query, more) in [
        ("x", format!("&case={hidden}")),
        ("case:monitor", String::new()),
    ] {
        let refused = far(&observer, query, &more).await.expect_err("refused");
        let nowhere = more.replace(&hidden.to_string(), &"0".repeat(64));
        let nowhere = far(&observer, &query.replace("monitor", "whatever"), &nowhere)
            .await
            .expect_err("refused");
        assert_eq!(refused.code, nowhere.code);
        assert_eq!(
            refused.message.replace("monitor", "whatever"),
            nowhere.message
        );
        far(&officer, query, &more).await.expect("found");
    }
    // As something is there for them, it is there.
    report(
        norland,
        hidden,
        Kind::Note,
        json!({
            "text": "checkpoint by list", "marking": {"tlp": "TLP:AMBER", "releasable_to": others},
        }),
    )
    .await;
    assert_eq!(titles(norland, "list").await.len(), 1);
    let found = far(&observer, "case:monitor", "").await.expect("found");
    assert_eq!((found.total, found.records.len()), (1, 1));
}
