//! `kill -9` at random moments: what said `stored` is there, chains are whole, everybody converges.

use focal_protocol::{
    id::CaseId,
    random::{Random, SystemRandom},
};
use focal_tests::{Federation, NodeProcess, Org};
use std::{collections::BTreeSet, path::Path, time::Duration};

const NODE: &str = env!("CARGO_BIN_EXE_test-node");
/// Rounds when nobody says otherwise; `FOCAL_CRASH_ROUNDS=100 cargo test --release -p focal-tests --test crash` for more.
const ROUNDS: usize = 6;

fn below(n: u64) -> u64 {
    u64::from_be_bytes(SystemRandom.array()) % n
}

/// Submits reports until the node dies; returns those that were answered with `stored`.
async fn write_until_death(org: &Org, case: CaseId, round: usize) -> BTreeSet<String> {
    let mut stored = BTreeSet::new();
    for i in 0.. {
        let record = org.note(
            case,
            &format!("round {round}, report {i} of {}", org.member.name),
        );
        let path = format!("/v1/cases/{case}/records");
        let bytes = focal_protocol::codec::encode(&record);
        let answer = org
            .api()
            .post_bytes::<focal_node::api::types::Stored>(&path, bytes)
            .await;
        match answer {
            Ok(Ok(answer)) => stored.insert(answer.record),
            // Without an answer it may be stored or not: nothing was promised.
            _ => break,
        };
    }
    stored
}

/// Fresh keys again and again: each one a commit, an epoch, and new group state with its entry.
async fn commit_until_death(org: &Org, case: CaseId) {
    let path = format!("/v1/cases/{case}/actions");
    let rekey = focal_node::api::types::CaseAction::Rekey;
    loop {
        let answer = org.api().post::<serde_json::Value>(&path, &rekey).await;
        if !matches!(answer, Ok(Ok(_))) {
            return;
        }
    }
}

async fn readable(org: &Org, case: CaseId) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    let mut after = String::new();
    loop {
        let path = format!("/v1/cases/{case}/records?limit=1000{after}");
        let rows: Vec<serde_json::Value> = org.api().get(&path).await.expect("records");
        let Some(last) = rows.last() else { return ids };
        after = format!("&after={}", last["record"].as_str().expect("an id"));
        ids.extend(
            rows.iter()
                .filter_map(|r| Some(r["record"].as_str()?.to_string())),
        );
    }
}

#[tokio::test]
async fn what_was_stored_survives_kill_nine_of_sender_and_receiver() {
    let rounds = std::env::var("FOCAL_CRASH_ROUNDS")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(ROUNDS);
    let base = tempfile::tempdir().expect("a directory");
    let federation = Federation::found(base.path(), &["Norland", "Monitor"]);
    let mut nodes: Vec<NodeProcess> = federation.start(Path::new(NODE)).await;
    let case = federation.shared_case("Varenia").await;
    let mut promised = BTreeSet::new();
    for round in 0..rounds {
        let [a, b] = &federation.orgs[..] else {
            panic!("two organisations")
        };
        let pause = Duration::from_millis(20 + below(400));
        // The moment is random: that is what is tested, nothing waits for it to have passed.
        let victims = 1 + below(3);
        let (from_a, (), from_b, ()) = tokio::join!(
            write_until_death(a, case, round),
            commit_until_death(a, case),
            write_until_death(b, case, round),
            async {
                tokio::time::sleep(pause).await;
                for (i, node) in nodes.iter_mut().enumerate() {
                    if victims & (1 << i) != 0 {
                        node.kill();
                    }
                }
                // Whoever was spared goes on until it is stopped in order.
                tokio::time::sleep(Duration::from_millis(below(100))).await;
                for (i, node) in nodes.iter_mut().enumerate() {
                    if victims & (1 << i) == 0 {
                        assert!(node.stop().success());
                    }
                }
            }
        );
        promised.extend(from_a);
        promised.extend(from_b);
        // Opening checks that every log ends where its head says and that every group loads.
        nodes = federation.start(Path::new(NODE)).await;
        federation.converged(case, promised.len() as u64).await;
        // The groups match their logs: both are in the epoch of the last commit that was stored.
        focal_tests::until("both are in one epoch", || async {
            let mut epochs = Vec::new();
            for org in &federation.orgs {
                let detail = org.case(case).await?;
                epochs.push((detail.generation, detail.epoch));
            }
            (epochs.first() == epochs.last()).then_some(())
        })
        .await;
        for org in &federation.orgs {
            let have = readable(org, case).await;
            let lost: Vec<_> = promised.difference(&have).collect();
            assert!(
                lost.is_empty(),
                "round {round}: {} lost {lost:?}",
                org.member.name
            );
            let status = org.status().await;
            assert!(status.alarms.is_empty(), "{:?}", status.alarms);
            assert_eq!(status.pending, 0);
        }
    }
    for node in &mut nodes {
        assert!(node.stop().success());
    }
    for org in &federation.orgs {
        focal_node::store::audit::chains(&org.dir.join("store"), org.keys().storage())
            .expect("every chain is whole and every signature holds");
    }
}
