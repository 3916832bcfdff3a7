//! Two manifests or two rosters of one version: real nodes find out and say so.

use focal_node::api::types::{AlarmRow, Event, Problem};
use focal_protocol::{
    codec,
    directory::{Bundle, Directory},
    signed::Signed,
};
use focal_tests::{DEADLINE, Federation, NodeProcess, Org, until};
use std::path::Path;

const NODE: &str = env!("CARGO_BIN_EXE_test-node");

type Answer = Result<serde_json::Value, Problem>;

/// Two nodes, connected, of a federation of three.
async fn stage(base: &Path) -> (Federation, [NodeProcess; 2]) {
    let federation = Federation::found(base, &["Norland", "UN Office", "Monitor"]);
    let nodes = [
        federation.orgs[0].start(Path::new(NODE)).await,
        federation.orgs[1].start(Path::new(NODE)).await,
    ];
    until("they are connected", || async {
        let status = federation.orgs[0].status().await;
        (status.peers_connected == 1).then_some(())
    })
    .await;
    (federation, nodes)
}

async fn post(org: &Org, path: &str, bytes: Vec<u8>) -> Answer {
    org.api().post_bytes(path, bytes).await.expect("an answer")
}

/// Hands each of two nodes its document, and waits until both have raised an alarm, told it to who listens, and are not well.
async fn both_find_out(federation: &Federation, path: &str, documents: [Vec<u8>; 2], code: &str) {
    let nodes = &federation.orgs[..2];
    let mut streams = Vec::new();
    for org in nodes {
        assert_eq!(org.status().await.alarms, Vec::<String>::new());
        streams.push(org.api().events().await.expect("events"));
    }
    for (org, document) in nodes.iter().zip(documents) {
        // The other's may have come first: then this one is the second of its version.
        if let Err(refused) = post(org, path, document).await {
            assert_eq!(refused.code, "conflict");
        }
    }
    for (org, events) in nodes.iter().zip(&mut streams) {
        let told = async {
            while let Some(event) = events.next().await {
                if matches!(&event, Event::Alarm { code: told, .. } if told == code) {
                    return;
                }
            }
            panic!("no alarm");
        };
        tokio::time::timeout(DEADLINE, told)
            .await
            .expect("an alarm in time");
        let alarms: Vec<AlarmRow> = org.api().get("/v1/alarms").await.expect("alarms");
        let codes: Vec<&str> = alarms.iter().map(|a| a.code.as_str()).collect();
        assert_eq!(codes, [code]);
        assert_eq!(org.status().await.alarms.len(), 1, "it is not well");
    }
}

#[tokio::test]
async fn two_manifests_of_one_version_are_found_by_two_nodes_that_were_shown_one_each() {
    let base = tempfile::tempdir().expect("a directory");
    let (mut federation, _nodes) = stage(base.path()).await;
    let forger = &mut federation.orgs[2];
    let one = forger.issue(|m| m.authors[0].name = "One".into());
    forger.manifests.pop();
    let other = forger.issue(|m| m.authors[0].name = "Other".into());
    let documents = [one, other].map(|m| codec::encode(&m));
    both_find_out(
        &federation,
        "/v1/directory/manifest",
        documents,
        "two-manifests",
    )
    .await;
}

#[tokio::test]
async fn two_rosters_of_one_version_are_found_by_two_nodes_that_were_shown_one_each() {
    let base = tempfile::tempdir().expect("a directory");
    let (federation, _nodes) = stage(base.path()).await;
    let directory = Directory::from_bundle(&federation.bundle).expect("a sound federation");
    let documents = ["One", "Other"].map(|name| {
        let newcomer = Org::new(base.path(), name);
        let (hash, now) = (directory.roster_hash(), newcomer.manifests[0].unverified());
        let now = now.expect("a manifest").issued;
        let next = directory.roster().admitting(hash, newcomer.member, now);
        let mut signed = Signed::new(&next.expect("a new member"), &federation.orgs[0].root);
        for org in &federation.orgs[1..] {
            signed.countersign(&org.root);
        }
        let bundle = Bundle {
            rosters: vec![signed],
            ..federation.bundle.clone()
        };
        bundle.to_bytes()
    });
    both_find_out(
        &federation,
        "/v1/directory/bundle",
        documents,
        "two-rosters",
    )
    .await;
}
