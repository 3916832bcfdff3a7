//! A member that shows two histories of its log: whoever holds the two sides finds out, and no node counts either.

use focal_node::{
    api::types::AlarmRow,
    store::{LogRow, Store, Write},
};
use focal_protocol::{
    id::CaseId,
    log::{Head, Payload, Run},
    sync::Frame,
};
use focal_tests::{Federation, Insider, NodeProcess, Org, Peer, until};
use std::path::Path;
use tempfile::TempDir;

const NODE: &str = env!("CARGO_BIN_EXE_test-node");
/// Records that both sides have in common.
const COMMON: u64 = 4;

/// Two nodes, and a third member that is played by the test.
struct Stage {
    _base: TempDir,
    federation: Federation,
    nodes: Vec<NodeProcess>,
    case: CaseId,
    insider: Insider,
}

impl Stage {
    async fn of(names: &[&str; 3]) -> Self {
        let base = tempfile::tempdir().expect("a directory");
        let federation = Federation::found(base.path(), names);
        let mut nodes = Vec::new();
        for org in &federation.orgs[..2] {
            nodes.push(org.start(Path::new(NODE)).await);
        }
        let case = federation.orgs[0].open_case("Varenia").await;
        federation.orgs[0].let_in(case, &federation.orgs[1]).await;
        federation.orgs[1]
            .wait_case(case, "it has joined", |d| d.members.len() == 2)
            .await;
        let insider = Insider::join(&federation, 0, 2, case).await;
        for org in &federation.orgs[..2] {
            org.wait_case(case, "three are in", |d| d.members.len() == 3)
                .await;
        }
        Self {
            _base: base,
            federation,
            nodes,
            case,
            insider,
        }
    }

    fn org(&self, i: usize) -> &Org {
        &self.federation.orgs[i]
    }

    fn notes(&self, side: &str, count: u64) -> Vec<Payload> {
        let note = |i| self.org(2).note(self.case, &format!("{side} {i}"));
        (0..count).map(|i| Payload::Record(note(i))).collect()
    }

    /// Two histories with [`COMMON`] entries in common, of ten and of seven.
    fn histories(&self) -> [Run; 2] {
        let (common, head) = self
            .insider
            .history(Head::EMPTY, &self.notes("common", COMMON));
        [("one", 6), ("other", 3)].map(|(side, more)| {
            let (rest, _) = self.insider.history(head, &self.notes(side, more));
            let mut run = common.clone();
            run.entries.extend(rest.entries);
            // Only the last signature speaks.
            if let Some((_, before)) = run.entries.split_last_mut() {
                before.iter_mut().for_each(focal_protocol::log::Raw::unsign);
            }
            run
        })
    }

    /// Both raise one alarm, count what the histories have in common, and show the same.
    async fn found(&self) {
        for org in &self.federation.orgs[..2] {
            until(&format!("{} finds out", org.member.name), || async {
                let alarms: Vec<AlarmRow> = org.api().get("/v1/alarms").await.ok()?;
                let forks = alarms.iter().filter(|a| a.code == "fork").count();
                assert!(forks <= 1, "one alarm for one log: {alarms:?}");
                let custodian = alarms.iter().any(|a| a.code == "custodian-forked");
                assert!(!custodian, "it is no custodian: {alarms:?}");
                let detail = org.case(self.case).await?;
                (forks == 1 && detail.summary.records == COMMON).then_some(())
            })
            .await;
        }
        until("both show the same", || async {
            let [one, other] = [self.org(0), self.org(1)].map(|org| org.view_hash(self.case));
            (one.await? == other.await?).then_some(())
        })
        .await;
    }
}

#[tokio::test]
async fn nodes_that_were_shown_histories_that_part_further_back_find_out_when_they_meet() {
    let mut stage = Stage::of(&["Norland", "UN Office", "Monitor"]).await;
    let [one, other] = stage.histories();
    assert!(stage.nodes[1].stop().success());
    stage.insider.peer.send(&Frame::Entries(one)).await;
    stage.org(0).wait_records(stage.case, 10).await;
    assert!(stage.nodes[0].stop().success());
    stage.nodes[1] = stage.org(1).start(Path::new(NODE)).await;
    let mut peer = Peer::greet(&stage.federation, stage.org(2), stage.org(1)).await;
    peer.send(&Frame::Entries(other)).await;
    stage.org(1).wait_records(stage.case, 7).await;
    stage.nodes[0] = stage.org(0).start(Path::new(NODE)).await;
    stage.found().await;
}

#[tokio::test]
async fn nodes_that_are_connected_find_out_at_once() {
    let mut stage = Stage::of(&["Norland", "UN Office", "Monitor"]).await;
    let mut peer = Peer::greet(&stage.federation, stage.org(2), stage.org(1)).await;
    let [one, other] = stage.histories();
    stage.insider.peer.send(&Frame::Entries(one)).await;
    peer.send(&Frame::Entries(other)).await;
    stage.found().await;
}

#[tokio::test]
async fn a_fork_that_was_proven_in_the_moment_before_a_stop_ends_the_log_at_the_start() {
    let mut stage = Stage::of(&["Norland", "UN Office", "Monitor"]).await;
    let mut peer = Peer::greet(&stage.federation, stage.org(2), stage.org(1)).await;
    let [one, other] = stage.histories();
    let log = one.log;
    stage.insider.peer.send(&Frame::Entries(one)).await;
    peer.send(&Frame::Entries(other)).await;
    stage.found().await;
    assert!(stage.nodes[1].stop().success());
    let un = &stage.federation.orgs[1];
    let open = || Store::open(&un.dir.join("store"), un.keys().storage()).expect("a store");
    let store = open();
    let row = store.log(log).expect("read").expect("a log");
    assert_eq!((row.frozen, row.end), (true, Some(COMMON)));
    // As it is between the round that stores the proof and the one that ends the log.
    let mut write = Write::default();
    let before = LogRow {
        end: None,
        ended: None,
        ..row
    };
    write.log(log, &before);
    store.apply(&write).expect("stored");
    store.flush().expect("flushed");
    drop(store);
    stage.nodes[1] = un.start(Path::new(NODE)).await;
    assert!(stage.nodes[1].stop().success());
    assert_eq!(open().log(log).expect("read"), Some(row));
}
