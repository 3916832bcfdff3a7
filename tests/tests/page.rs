//! A case as one HTML page: the same on every node, with nothing on it that may not go to its readers.

use focal_node::api::types::{AuditPage, ReportRequest};
use focal_protocol::{
    audit::{Deed, Item},
    codec,
    id::CaseId,
    record::Kind,
};
use focal_tests::{Federation, Org};
use serde_json::{Value, json};
use std::path::Path;

const NODE: &str = env!("CARGO_BIN_EXE_test-node");

async fn page(org: &Org, case: CaseId, purpose: &str) -> String {
    let request = ReportRequest {
        purpose: purpose.into(),
        ..ReportRequest::default()
    };
    let path = format!("/v1/cases/{case}/report.html");
    let page = org.api().post_for_text(&path, &request).await;
    page.expect("an answer").expect("a page")
}

async fn send(org: &Org, case: CaseId, kind: Kind, content: Value) -> String {
    let record = org.record(case, kind, content);
    org.submit(case, &record).await.expect("stored").record
}

/// The page without the two parts that only the node which made it can say.
fn common(page: &str) -> String {
    let (before, rest) = page.split_once("<p class=\"here\">").expect("who made it");
    let (_, rest) = rest.split_once("</p>").expect("its end");
    let (middle, _) = rest
        .split_once("<div class=\"here\">")
        .expect("who holds what");
    format!("{before}{middle}")
}

/// What the last export gave out and kept back.
async fn last_export(org: &Org) -> (u64, Vec<(String, u64)>) {
    let page: AuditPage = org.api().get("/v1/audit").await.expect("the trail");
    let items = page.items.iter().rev().map(|item| {
        let bytes = hex::decode(&item.bytes).expect("hex");
        codec::decode::<Item>(&bytes, bytes.len()).expect("an item")
    });
    let mut exports = items.filter(|item| item.act.deed == Deed::Export);
    let act = exports.next().expect("it is in the trail").act;
    let barred = act.barred.iter().map(|(w, n)| (w.to_string(), *n));
    (act.records.map_or(0, |r| r.count), barred.collect())
}

#[tokio::test]
async fn two_nodes_make_the_same_page_and_the_public_gets_what_it_may_have() {
    let base = tempfile::tempdir().expect("a directory");
    let federation = Federation::found(base.path(), &["Norland", "Monitor"]);
    let mut nodes = federation.start(Path::new(NODE)).await;
    let case = federation.shared_case("Varenia").await;
    let (norland, monitor) = (&federation.orgs[0], &federation.orgs[1]);
    let incident = |title: &str, killed: u32, tlp: &str| json!({"type": "killing", "title": title, "killed": killed, "marking": tlp});
    let open = send(
        monitor,
        case,
        Kind::Incident,
        incident("The bridge", 3, "TLP:CLEAR"),
    )
    .await;
    send(
        monitor,
        case,
        Kind::Incident,
        incident("The secret farm", 40, "TLP:AMBER"),
    )
    .await;
    let told = send(
        norland,
        case,
        Kind::Incident,
        incident("The mill", 500, "TLP:CLEAR"),
    )
    .await;
    let retraction = json!({"record": told, "reason": "it was a rumour", "marking": "TLP:AMBER"});
    send(norland, case, Kind::Retraction, retraction).await;
    federation.converged(case, 4).await;

    let own = page(norland, case, "print").await;
    assert!(own.contains("The secret farm") && own.contains("<title>TLP:AMBER "));
    assert!(own.contains("Varenia"));
    assert!(own.contains(">43<"), "what was withdrawn is not counted");
    assert_eq!(common(&own), common(&page(monitor, case, "print").await));
    assert_eq!(last_export(norland).await, (4, vec![]));

    let public = page(norland, case, "public").await;
    assert!(public.contains("<title>TLP:CLEAR ") && public.contains(&open));
    assert!(public.contains(">3<") && !public.contains(">43<"));
    // Not what is marked narrower, and not what was withdrawn by somebody who may not be quoted; nor what the case is called.
    for hidden in [
        "The secret farm",
        "The mill",
        "rumour",
        "Who holds what",
        "Varenia",
    ] {
        assert!(!public.contains(hidden), "{hidden}");
    }
    assert!(public.contains(&format!("Case {}", &case.to_string()[..8])));
    let barred = vec![("overtaken".to_string(), 1), ("tlp".to_string(), 2)];
    assert_eq!(last_export(norland).await, (1, barred));
    let served = page(norland, case, "served").await;
    assert!(served.contains("Varenia"));

    let wrong = ReportRequest {
        purpose: "everybody".into(),
        ..ReportRequest::default()
    };
    let path = format!("/v1/cases/{case}/report.html");
    let refused = norland.api().post_for_text(&path, &wrong).await;
    assert!(refused.expect("an answer").is_err());
    for node in &mut nodes {
        assert!(node.stop().success());
    }
}
