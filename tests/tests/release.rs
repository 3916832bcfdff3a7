//! What may leave a node, what may not and why, and that somebody is answerable for it.

use base64::{Engine, engine::general_purpose::STANDARD};
use focal_node::api::types::{AuditPage, Export, ExportRequest, Problem};
use focal_protocol::{
    audit::{Act, Actor, Deed, Item, Trail},
    codec,
    id::CaseId,
    record::{Audience, Kind, ReleaseRequest},
};
use focal_tests::{Federation, Org, until};
use serde_json::json;
use std::path::Path;

const NODE: &str = env!("CARGO_BIN_EXE_test-node");
/// Stands in every record, and must stand in no trail.
const CONTENT: &str = "the-witness-of-lower-teres";

fn public() -> ExportRequest {
    ExportRequest {
        purpose: "public".into(),
        ..ExportRequest::default()
    }
}

async fn export(org: &Org, case: CaseId, request: &ExportRequest) -> Result<Export, Problem> {
    let path = format!("/v1/cases/{case}/export");
    org.api().post(&path, request).await.expect("an answer")
}

async fn send(org: &Org, case: CaseId, kind: Kind, content: serde_json::Value) -> String {
    let record = org.record(case, kind, content);
    org.submit(case, &record).await.expect("stored").record
}

async fn note(org: &Org, case: CaseId, more: serde_json::Value) -> String {
    let mut content = json!({ "text": CONTENT });
    for (name, value) in more.as_object().expect("fields") {
        content[name] = value.clone();
    }
    send(org, case, Kind::Note, content).await
}

/// The whole trail, followed from its beginning to its signed end.
async fn trail(org: &Org) -> Vec<Item> {
    let mut trail = Trail::default();
    let mut items = Vec::new();
    let mut from = Some(0);
    while let Some(seq) = from {
        let path = format!("/v1/audit?from={seq}&limit=7");
        let page: AuditPage = org.api().get(&path).await.expect("a page");
        assert_eq!(page.node, org.node.to_string());
        let mut signed = page.checkpoints.iter().peekable();
        for item in &page.items {
            let bytes = hex::decode(&item.bytes).expect("hex");
            assert!(!String::from_utf8_lossy(&bytes).contains(CONTENT));
            items.push(trail.follow(bytes).expect("the chain holds"));
            if let Some(checkpoint) = signed.next_if(|c| c.seq == item.seq) {
                let bytes = STANDARD.decode(&checkpoint.signed).expect("base64");
                let checkpoint = codec::decode(&bytes, 1 << 10).expect("a checkpoint");
                trail.check(org.node, &checkpoint).expect("signed");
            }
        }
        from = page.next;
    }
    trail.finish().expect("signed to the end");
    items
}

fn acts(items: &[Item], deed: Deed) -> Vec<&Act> {
    let acts = items.iter().map(|item| &item.act);
    acts.filter(|act| act.deed == deed).collect()
}

fn counts(act: &Act) -> (u64, Vec<(String, u64)>) {
    let barred = act.barred.iter().map(|(w, n)| (w.to_string(), *n));
    (act.records.map_or(0, |r| r.count), barred.collect())
}

#[tokio::test]
async fn what_may_not_leave_is_named_with_the_reason_and_whom_to_ask() {
    let base = tempfile::tempdir().expect("a directory");
    let federation = Federation::found(base.path(), &["Norland", "Monitor"]);
    let mut nodes = federation.start(Path::new(NODE)).await;
    let case = federation.shared_case("Varenia").await;
    let (norland, monitor) = (&federation.orgs[0], &federation.orgs[1]);
    let amber = note(monitor, case, json!({})).await;
    let unasked = json!({"marking": "TLP:CLEAR", "identifies_person": true});
    let unasked = note(monitor, case, unasked).await;
    let clear = note(monitor, case, json!({"marking": "TLP:CLEAR"})).await;
    let asks = json!({"marking": {"tlp": "TLP:CLEAR", "originator_control": true}});
    let asks = note(monitor, case, asks).await;
    federation.converged(case, 4).await;

    let given = export(norland, case, &public()).await.expect("an answer");
    let leaves: Vec<_> = given.records.iter().map(|r| r.row.record.clone()).collect();
    assert_eq!(leaves, std::slice::from_ref(&clear));
    assert_eq!(given.marking.as_deref(), Some("TLP:CLEAR"));
    let refused: Vec<_> = given
        .refused
        .iter()
        .map(|r| (r.record.clone(), r.code.as_str(), r.ask.as_deref()))
        .collect();
    let ask = Some("Monitor");
    let expected = [
        (amber.clone(), "tlp", ask),
        (unasked.clone(), "no-consent", None),
        (asks.clone(), "originator-control", ask),
    ];
    assert_eq!(refused, expected);
    let text = serde_json::to_string(&given.refused).expect("json");
    assert!(
        !text.contains(CONTENT),
        "a refused record is not half-shown"
    );
    // For its own use an organisation may take all of it.
    let own = ExportRequest {
        purpose: "own-use".into(),
        limit: Some(3),
        ..ExportRequest::default()
    };
    let first = export(norland, case, &own).await.expect("an answer");
    assert_eq!((first.records.len(), first.refused.len()), (3, 0));
    assert_eq!(first.marking.as_deref(), Some("TLP:AMBER"));
    let rest = ExportRequest {
        after: first.next.clone(),
        ..own
    };
    let rest = export(norland, case, &rest).await.expect("an answer");
    assert_eq!((rest.records.len(), rest.next), (1, None));

    // The originator agrees, and only to what it was asked.
    let asked = ReleaseRequest {
        record: asks.parse().expect("an id"),
        to: Audience::Public,
    };
    let text = json!({"text": format!("{asked}\n\nfor the press")});
    let asked = send(norland, case, Kind::Note, text).await;
    monitor.wait_records(case, 5).await;
    let stand = json!({"record": asked, "stand": "concur"});
    send(monitor, case, Kind::Position, stand).await;
    norland.wait_records(case, 6).await;
    let named = ExportRequest {
        records: vec![asks.clone(), amber.clone()],
        ..public()
    };
    let given = export(norland, case, &named).await.expect("an answer");
    assert_eq!(given.records.len(), 1);
    assert_eq!(given.records[0].row.record, asks);
    let court = ExportRequest {
        purpose: "court".into(),
        records: vec![asks],
        ..ExportRequest::default()
    };
    let given = export(norland, case, &court).await.expect("an answer");
    assert_eq!(given.refused[0].code, "originator-control");

    // Nonsense is refused by name.
    for (request, code) in [
        (
            ExportRequest {
                purpose: "friends".into(),
                ..public()
            },
            "bad-field",
        ),
        (
            ExportRequest {
                purpose: "organisations".into(),
                ..public()
            },
            "bad-field",
        ),
        (
            ExportRequest {
                recipients: vec!["Monitor".into()],
                ..public()
            },
            "bad-field",
        ),
        (
            ExportRequest {
                records: vec!["0000".into()],
                ..public()
            },
            "not-found",
        ),
    ] {
        let refused = export(norland, case, &request).await.expect_err("refused");
        assert_eq!(refused.code, code);
    }

    // Each was noted before it was answered, also after a crash.
    nodes[0].kill();
    nodes[0] = norland.start(Path::new(NODE)).await;
    let items = trail(norland).await;
    let exports = acts(&items, Deed::Export);
    let said: Vec<_> = exports.iter().map(|act| counts(act)).collect();
    let barred = |codes: &[&str]| codes.iter().map(|c| ((*c).to_string(), 1)).collect();
    assert_eq!(
        said,
        [
            (1, barred(&["no-consent", "originator-control", "tlp"])),
            (3, vec![]),
            (1, vec![]),
            (1, barred(&["tlp"])),
            (0, barred(&["originator-control"])),
        ]
    );
    assert!(exports.iter().all(|act| act.case == Some(case)));
    let by = items
        .iter()
        .find(|i| i.act.deed == Deed::Export)
        .map(|i| &i.actor);
    assert!(matches!(by, Some(Actor::User(_))), "{by:?}");
    assert_eq!(acts(&items, Deed::Started).len(), 2);
    assert_eq!(acts(&items, Deed::Stopped).len(), 0);
}

#[tokio::test]
async fn who_may_not_have_a_correction_does_not_get_what_it_corrects() {
    let base = tempfile::tempdir().expect("a directory");
    let federation = Federation::found(base.path(), &["Norland", "Monitor"]);
    let _nodes = federation.start(Path::new(NODE)).await;
    let case = federation.shared_case("Varenia").await;
    let norland = &federation.orgs[0];
    let clear = json!({"tlp": "TLP:CLEAR"});
    let incident = |killed: u32, marking: &serde_json::Value| {
        let mut content = json!({"type": "killing", "title": CONTENT, "killed": killed});
        content["marking"] = marking.clone();
        content
    };
    let kept = send(norland, case, Kind::Incident, incident(3, &clear)).await;
    let first = send(norland, case, Kind::Incident, incident(9, &clear)).await;
    let given = export(norland, case, &public()).await.expect("an answer");
    assert_eq!((given.records.len(), given.refused.len()), (2, 0));

    let amended = json!({"kind": "incident", "type": "killing", "title": CONTENT, "killed": 11});
    let correction = json!({"record": first, "reason": "hospital list", "amended": amended,
        "marking": {"tlp": "TLP:AMBER"}});
    let correction = send(norland, case, Kind::Correction, correction).await;
    let given = export(norland, case, &public()).await.expect("an answer");
    let leaves: Vec<_> = given.records.iter().map(|r| &r.row.record).collect();
    assert_eq!(leaves, [&kept]);
    let refused: Vec<_> = given
        .refused
        .iter()
        .map(|r| (r.record.as_str(), r.code.as_str()))
        .collect();
    assert_eq!(
        refused,
        [(first.as_str(), "overtaken"), (correction.as_str(), "tlp")]
    );
    // Asked for by name it does not leave either.
    let named = ExportRequest {
        records: vec![first],
        ..public()
    };
    let given = export(norland, case, &named).await.expect("an answer");
    assert_eq!((given.records.len(), given.refused.len()), (0, 1));
    let own = ExportRequest {
        purpose: "own-use".into(),
        ..ExportRequest::default()
    };
    let given = export(norland, case, &own).await.expect("an answer");
    assert_eq!((given.records.len(), given.refused.len()), (3, 0));
}

#[tokio::test]
async fn acts_and_refused_acts_are_noted_and_outlive_the_case() {
    let base = tempfile::tempdir().expect("a directory");
    let federation = Federation::found(base.path(), &["Norland", "Monitor"]);
    let _nodes = federation.start(Path::new(NODE)).await;
    let case = federation.shared_case("Varenia").await;
    let (norland, monitor) = (&federation.orgs[0], &federation.orgs[1]);
    let remove = focal_node::api::types::CaseAction::Remove {
        org: norland.member.org.to_string(),
        reason: CONTENT.into(),
    };
    let refused = monitor.act(case, &remove).await.expect_err("refused");
    // A refusal is answered at once, and noted with the round that it came in.
    let items = until("the refusal is noted", || async {
        let items = trail(monitor).await;
        (!acts(&items, Deed::Membership).is_empty()).then_some(items)
    })
    .await;
    let noted = acts(&items, Deed::Membership);
    assert_eq!(noted.len(), 1);
    assert_eq!(noted[0].orgs, [norland.member.org]);
    assert_eq!(
        noted[0].refused.as_ref().map(ToString::to_string),
        Some(refused.code)
    );

    // Somebody with a key that no manifest lists.
    let mut stranger = norland.note(case, "x").unverified().expect("readable");
    let key = focal_protocol::key::SecretKey::generate(&focal_protocol::random::SystemRandom);
    stranger.author = key.public();
    let signed = focal_protocol::signed::Signed::new(&stranger, &key);
    for _ in 0..3 {
        let refused = norland.submit(case, &signed).await.expect_err("refused");
        assert_eq!(refused.code, "unknown-author");
    }
    let purge = focal_node::api::types::CaseAction::Purge {
        everywhere: false,
        reason: String::new(),
        abandon: true,
    };
    norland.act(case, &purge).await.expect("purged");
    let items = until("the purge is noted", || async {
        let items = trail(norland).await;
        (acts(&items, Deed::Purge).len() == 2).then_some(items)
    })
    .await;
    let failed = acts(&items, Deed::FailedAuthentication);
    assert_eq!(failed.len(), 1, "a guesser does not fill the trail");
    let words: Vec<_> = acts(&items, Deed::Membership)
        .iter()
        .filter(|act| act.refused.is_none())
        .map(|act| act.word.as_ref().map(ToString::to_string))
        .collect();
    assert_eq!(words, [Some("invite".to_string())]);
    assert_eq!(acts(&items, Deed::CaseOpened).len(), 1);
}
