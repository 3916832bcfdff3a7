//! A case that was purged on one node: what is left, and how the node comes back to it.

use focal_node::{
    api::types::{AlarmRow, CaseAction, CaseDetail},
    store::{LogRow, Store, Write},
};
use focal_protocol::{
    group::{Delivery, DeliveryPart},
    id::{CaseId, Hash, NodeId},
    log::{Part, Payload},
    random::{Random, SystemRandom},
    sync::Frame,
};
use focal_tests::{
    DEADLINE, Federation, Insider, Org, Ring, SmallDisk,
    courier::{load, pack, report},
    files_with, until,
};
use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

const NODE: &str = env!("CARGO_BIN_EXE_test-node");

fn purge() -> CaseAction {
    CaseAction::Purge {
        everywhere: false,
        reason: String::new(),
        abandon: false,
    }
}

fn remove(org: &Org) -> CaseAction {
    CaseAction::Remove {
        org: org.member.org.to_string(),
        reason: "it has purged the case".into(),
    }
}

async fn purged(org: &Org, case: CaseId) {
    org.act(case, &purge()).await.expect("purged");
    until("it is gone", || async {
        org.case(case).await.is_none().then_some(())
    })
    .await;
}

/// The logs of a case in the store of a node that does not run.
fn logs(org: &Org, case: CaseId) -> Vec<LogRow> {
    let store = Store::open(&org.dir.join("store"), org.keys().storage()).expect("a store");
    let logs = store.logs().expect("logs").into_iter().map(|(_, row)| row);
    logs.filter(|row| row.writer.case == case).collect()
}

fn of(rows: &[LogRow], node: NodeId) -> usize {
    rows.iter().filter(|row| row.writer.node == node).count()
}

#[tokio::test]
async fn a_node_that_has_purged_a_case_reads_it_again_once_it_is_invited_anew() {
    let base = tempfile::tempdir().expect("a directory");
    let federation = Federation::found(base.path(), &["Norland", "UN Office", "Monitor"]);
    let mut nodes = federation.start(Path::new(NODE)).await;
    let case = federation.shared_case("Varenia").await;
    let [norland, un, monitor] = &federation.orgs[..] else {
        panic!("three organisations")
    };
    for org in [norland, un, monitor] {
        report(org, case, "before the purge").await;
    }
    federation.converged(case, 3).await;
    purged(un, case).await;
    report(norland, case, "meanwhile").await;
    monitor.wait_records(case, 4).await;
    assert!(
        un.case(case).await.is_none(),
        "for the others it is a member, for itself it is none"
    );
    norland.act(case, &remove(un)).await.expect("removed");
    norland.let_in(case, un).await;
    federation.converged(case, 4).await;
    report(un, case, "back again").await;
    federation.converged(case, 5).await;
    // The index follows what can be read.
    until("it is found", || async {
        let found: serde_json::Value = un.api().get("/v1/search?q=meanwhile").await.ok()?;
        found.to_string().contains("meanwhile").then_some(())
    })
    .await;
    // A stop changes nothing: neither is the case purged again, nor is fewer entries than once damage.
    assert!(nodes[1].stop().success());
    let rows = logs(un, case);
    assert!(of(&rows, un.node) >= 2, "it writes a new log: {rows:?}");
    nodes[1] = un.start(Path::new(NODE)).await;
    federation.converged(case, 5).await;
    for org in &federation.orgs {
        let alarms: Vec<AlarmRow> = org.api().get("/v1/alarms").await.expect("alarms");
        assert!(alarms.iter().all(|a| a.code == "removed"), "{alarms:?}");
    }
    // And once more.
    purged(un, case).await;
    norland.act(case, &remove(un)).await.expect("removed");
    norland.let_in(case, un).await;
    federation.converged(case, 5).await;
}

#[tokio::test]
async fn nothing_from_before_a_purge_brings_the_case_back() {
    let ring = Ring::of(Path::new(NODE), &["Norland", "UN Office"]).await;
    ring.key_packages().await;
    // All that the custodian sends before the purge is kept by somebody; and the custodian knows only the key package of then.
    let case = ring.org(0).open_case("Varenia").await;
    report(ring.org(0), case, "before").await;
    ring.org(0).invite(case, ring.org(1)).await;
    let kept = pack(ring.org(0), ring.org(1), None).await.0;
    for volume in &kept {
        load(ring.org(1), volume.clone()).await.expect("loaded");
    }
    ring.org(1).wait_records(case, 1).await;
    let before = ring.org(0).case(case).await.expect("a case");
    assert_eq!(before.members.len(), 2);
    purged(ring.org(1), case).await;
    for volume in &kept {
        load(ring.org(1), volume.clone()).await.expect("loaded");
    }
    assert!(ring.org(1).case(case).await.is_none(), "it is repeated");
    // A second invitation to the node as it was before.
    ring.org(0)
        .act(case, &remove(ring.org(1)))
        .await
        .expect("removed");
    let invited = ring.org(0).invite(case, ring.org(1)).await;
    assert_eq!(
        invited.added.len(),
        1,
        "by the key package from before the purge"
    );
    ring.carry(0, 1).await;
    let refused = until("it is refused", || async {
        let refused = ring.org(1).status().await.refused;
        refused
            .into_iter()
            .find(|(code, _)| code == "no-longer-a-member")
    });
    refused.await;
    assert!(ring.org(1).case(case).await.is_none(), "it is from before");
    // By the one that it has made since, it comes back.
    ring.carry(1, 0).await;
    ring.org(0)
        .act(case, &remove(ring.org(1)))
        .await
        .expect("removed");
    ring.org(0).invite(case, ring.org(1)).await;
    ring.carry(0, 1).await;
    ring.org(1).wait_records(case, 1).await;
    report(ring.org(1), case, "back again").await;
    ring.carry(1, 0).await;
    ring.federation.converged(case, 2).await;
}

#[tokio::test]
async fn a_key_that_could_not_be_destroyed_raises_an_alarm_and_is_destroyed_later() {
    let base = tempfile::tempdir().expect("a directory");
    let federation = Federation::found(base.path(), &["Norland"]);
    let norland = &federation.orgs[0];
    let node = norland.start(Path::new(NODE)).await;
    let case = norland.open_case("Varenia").await;
    let key = norland.dir.join("store/cases").join(case.to_string());
    let aside = base.path().join("key");
    // Something that cannot be overwritten stands in its place.
    fs::rename(&key, &aside).expect("aside");
    fs::create_dir(&key).expect("in its place");
    let refused = norland.act(case, &purge()).await;
    assert_eq!(refused.expect_err("it is not done").code, "store-failed");
    until("its operator is told", || async {
        let alarms: Vec<AlarmRow> = norland.api().get("/v1/alarms").await.ok()?;
        let alarm = alarms.first()?;
        assert_eq!(alarm.code, "undestroyed");
        Some(())
    })
    .await;
    assert_eq!(norland.status().await.alarms.len(), 1);
    fs::remove_dir(&key).expect("removed");
    fs::rename(&aside, &key).expect("back");
    node.set_ahead(Duration::from_secs(120));
    until("its key is destroyed", || async {
        (!key.exists()).then_some(())
    })
    .await;
}

#[tokio::test]
async fn what_waits_when_a_case_is_purged_waits_on_if_it_is_of_another_and_is_asked_for_again_if_nobody_can_tell()
 {
    let base = tempfile::tempdir().expect("a directory");
    let federation = Federation::found(base.path(), &["Norland", "UN Office"]);
    let un = &federation.orgs[1];
    let mut node = un.start(Path::new(NODE)).await;
    let (case, other) = (CaseId([7; 32]), CaseId([8; 32]));
    let mut norland = Insider::open(&federation, 0, 1, case, "Varenia").await;
    // Secrets of a case to which the node is not invited yet, and a piece of something.
    let piece = Part::cut(&[1; 2_000], 1_000).swap_remove(0);
    let whole = Hash::of(&[&[1; 2_000]]);
    let early = norland.sealed(un, &Delivery::Grants(other, Vec::new()));
    let piece = norland.sealed(un, &Delivery::Part(DeliveryPart { whole, part: piece }));
    for parcel in [&early, &piece] {
        let frame = Frame::Parcel(Box::new(parcel.clone()));
        norland.peer.send(&frame).await;
    }
    // What it says after that is read: they have come.
    let note = federation.orgs[0].note(case, "both are there");
    norland.write(&Payload::Record(note)).await;
    un.wait_records(case, 1).await;
    let keys = un.dir.join("store/waiting");
    let key = fs::read(keys.join("0")).expect("they wait");
    assert_eq!(files_with(&un.dir, &key), [keys.join("0")]);
    purged(un, case).await;
    assert_eq!(files_with(&un.dir, &key), Vec::<PathBuf>::new());
    assert!(keys.join("1").exists(), "what is of another case waits on");
    // Whoever has sent it keeps it until there is a receipt.
    let asked = tokio::time::timeout(DEADLINE, async {
        while let Some(frame) = norland.peer.next().await {
            if let Frame::WantParcels(hashes) = frame {
                return hashes;
            }
        }
        Vec::new()
    });
    let asked = asked.await.expect("in time");
    assert_eq!(asked, [piece.hash()], "the piece is asked for again");
    assert!(node.stop().success());
    let store = Store::open(&un.dir.join("store"), un.keys().storage()).expect("a store");
    let waits: Vec<_> = store
        .waiting_parcels()
        .map(|p| p.expect("a parcel").hash())
        .collect();
    assert_eq!(waits, [early.hash()]);
}

#[tokio::test]
async fn a_purge_on_a_full_disk_is_done_and_makes_room() {
    let base = tempfile::tempdir().expect("a directory");
    let federation = Federation::found(base.path(), &["Norland"]);
    let norland = &federation.orgs[0];
    let Some(_disk) = SmallDisk::mount(&norland.dir.join("store"), "44m") else {
        return;
    };
    let _node = norland.start(Path::new(NODE)).await;
    let [large, small] = [
        norland.open_case("Large").await,
        norland.open_case("Small").await,
    ];
    let noise = || hex::encode(SystemRandom.array::<2_000>());
    let refused = loop {
        if let Err(refused) = norland.submit(large, &norland.note(large, &noise())).await {
            break refused;
        }
    };
    assert_eq!(refused.code, "disk-full");
    let detail: CaseDetail = norland.case(large).await.expect("a case");
    assert!(detail.summary.records > 100, "{}", detail.summary.records);
    purged(norland, large).await;
    // Where the case was, as the files of the database do not become smaller.
    until("there is room", || async {
        let note = norland.note(small, "after");
        norland.submit(small, &note).await.ok()
    })
    .await;
    until("no alarm is left", || async {
        norland.status().await.alarms.is_empty().then_some(())
    })
    .await;
}

#[tokio::test]
async fn an_end_that_a_stop_kept_from_being_applied_is_applied_at_the_start() {
    let base = tempfile::tempdir().expect("a directory");
    let federation = Federation::found(base.path(), &["Norland", "UN Office", "Monitor"]);
    let mut nodes = federation.start(Path::new(NODE)).await;
    let case = federation.shared_case("Varenia").await;
    let [norland, un, monitor] = &federation.orgs[..] else {
        panic!("three organisations")
    };
    report(monitor, case, "before").await;
    federation.converged(case, 1).await;
    norland.act(case, &remove(monitor)).await.expect("removed");
    un.wait_case(case, "two are left", |d| d.members.len() == 2)
        .await;
    let ended = |rows: &[LogRow]| {
        let mut of_monitor = rows.iter().filter(|r| r.writer.node == monitor.node);
        of_monitor.all(|row| row.end.is_some() && row.ended.is_some())
    };
    assert!(nodes[1].stop().success());
    let rows = logs(un, case);
    assert!(of(&rows, monitor.node) > 0 && ended(&rows), "{rows:?}");
    // As it is between the round that stores the commit and the one that ends the logs.
    let store = Store::open(&un.dir.join("store"), un.keys().storage()).expect("a store");
    let mut write = Write::default();
    for (log, row) in store.logs().expect("logs") {
        if row.writer.node == monitor.node {
            let row = LogRow {
                end: None,
                ended: None,
                ..row
            };
            write.log(log, &row);
        }
    }
    store.apply(&write).expect("stored");
    store.flush().expect("flushed");
    drop(store);
    nodes[1] = un.start(Path::new(NODE)).await;
    assert!(nodes[1].stop().success());
    let rows = logs(un, case);
    assert!(ended(&rows), "{rows:?}");
}
