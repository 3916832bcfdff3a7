//! A disk that is full: a clear refusal, nothing acknowledged that is not there, and on it goes when there is space.

use focal_node::Settings;
use focal_protocol::{
    id::CaseId,
    random::{Random, SystemRandom},
    record::Record,
    signed::Signed,
};
use focal_tests::{Federation, NodeProcess, Org, SmallDisk, until};
use std::{
    cell::RefCell,
    fs::{self, File},
    io::Write,
    os::unix::fs::MetadataExt,
    path::Path,
};

const NODE: &str = env!("CARGO_BIN_EXE_test-node");
/// Room for the store, some hundreds of reports and the reserve.
const SMALL: &str = "44m";
/// Room enough.
const LARGE: &str = "256m";

/// Text that does not compress.
fn report(org: &Org, case: CaseId) -> Signed<Record> {
    org.note(case, &hex::encode(SystemRandom.array::<2_000>()))
}

#[tokio::test]
async fn a_full_disk_refuses_by_name_loses_nothing_and_goes_on_when_there_is_space() {
    let base = tempfile::tempdir().expect("a directory");
    let federation = Federation::found(base.path(), &["Norland", "Monitor"]);
    let [large, small] = &federation.orgs[..] else {
        panic!("two organisations")
    };
    let Some(disk) = SmallDisk::mount(&small.dir.join("store"), SMALL) else {
        return;
    };
    let mut nodes: Vec<NodeProcess> = federation.start(Path::new(NODE)).await;
    let case = federation.shared_case("Varenia").await;

    // The node with the small disk is written to until it refuses.
    let mut stored = 0;
    let refused = loop {
        match small.submit(case, &report(small, case)).await {
            Ok(_) => stored += 1,
            Err(problem) => break problem,
        }
        assert!(stored < 100_000, "the disk is small");
    };
    assert_eq!(refused.code, "disk-full", "{refused:?}");
    let status = small.status().await;
    assert!(!status.alarms.is_empty(), "an operator sees it");

    // Its partner goes on, and knows that the other does not hold what follows.
    for _ in 0..50 {
        large
            .submit(case, &report(large, case))
            .await
            .expect("its own disk has room");
    }
    large.wait_records(case, stored + 50).await;

    // There is space again.
    disk.resize(LARGE);
    until("the node stores again", || async {
        small.submit(case, &small.note(case, "after")).await.ok()
    })
    .await;
    federation.converged(case, stored + 51).await;
    until("no alarm is left", || async {
        small.status().await.alarms.is_empty().then_some(())
    })
    .await;
    for node in &mut nodes {
        assert!(node.stop().success());
    }
    for org in &federation.orgs {
        focal_node::store::audit::chains(&org.dir.join("store"), org.keys().storage())
            .expect("every chain is whole and every signature holds");
    }
}

#[tokio::test]
async fn a_node_on_a_disk_without_a_byte_left_shows_what_it_has_or_says_why_not() {
    let base = tempfile::tempdir().expect("a directory");
    let federation = Federation::found(base.path(), &["Norland", "Monitor"]);
    let small = &federation.orgs[1];
    let store = small.dir.join("store");
    let Some(_disk) = SmallDisk::mount(&store, SMALL) else {
        return;
    };
    let mut nodes: Vec<NodeProcess> = federation.start(Path::new(NODE)).await;
    let case = federation.shared_case("Varenia").await;
    for _ in 0..20 {
        let stored = small.submit(case, &report(small, case)).await;
        stored.expect("there is room");
    }
    federation.converged(case, 20).await;
    assert!(nodes[1].stop().success());
    let ballast = store.join("ballast");
    let full = std::fs::File::create(&ballast)
        .and_then(|mut file| std::io::copy(&mut std::io::repeat(0), &mut file));
    assert!(full.is_err());

    let starving = RefCell::new(NodeProcess::spawn(Path::new(NODE), &small.dir));
    let ended = until("it serves or has ended", || async {
        let status = small.api().get::<serde_json::Value>("/v1/status").await;
        status
            .ok()
            .map(|_| None)
            .or(starving.borrow_mut().ended().map(Some))
    })
    .await;
    match ended {
        Some(status) => assert!(!status.success()),
        None => {
            let refused = small.submit(case, &report(small, case)).await;
            assert_eq!(refused.err().map(|p| p.code).as_deref(), Some("disk-full"));
            starving.borrow_mut().kill();
        }
    }

    std::fs::remove_file(ballast).expect("removed");
    nodes[1] = small.start(Path::new(NODE)).await;
    federation.converged(case, 20).await;
    small
        .submit(case, &report(small, case))
        .await
        .expect("room");
    federation.converged(case, 21).await;
}

#[test]
fn settings_that_find_no_room_stay_as_they_were() {
    let base = tempfile::tempdir().expect("a directory");
    let dir = base.path().join("node");
    let Some(_disk) = SmallDisk::mount(&dir, "256k") else {
        return;
    };
    let settings = |count: usize| Settings {
        announce: vec!["/dns/node.example.org/tcp/4711".into(); count],
        ..Settings::default()
    };
    settings(1).save(&dir).expect("saved");
    let file = dir.join("node.toml");
    let before = fs::read(&file).expect("read");
    let mut rest = File::create(dir.join("rest")).expect("a file");
    while rest.write_all(&[0; 4096]).is_ok() {}
    settings(1_000).save(&dir).expect_err("no room");
    assert_eq!(fs::read(&file).expect("read"), before);
    assert_eq!(Settings::load(&dir).expect("whole").announce.len(), 1);
    assert!(!dir.join("node.partial").exists(), "no half of it is left");
    drop(rest);
    fs::remove_file(dir.join("rest")).expect("removed");
    settings(2).save(&dir).expect("saved");
    assert_eq!(Settings::load(&dir).expect("whole").announce.len(), 2);
    assert_eq!(fs::metadata(&file).expect("there").mode() & 0o777, 0o600);
}
