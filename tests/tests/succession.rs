//! Who becomes custodian where the partners do not agree, with real nodes: a hostile custodian, what it let others write on
//! its side, and two successors at once.

use focal_node::api::types::{CaseAction, CaseDetail};
use focal_protocol::{id::CaseId, record::Kind};
use focal_tests::{Federation, NodeProcess, Org, Ring, copy_dir, courier::report, until};
use serde_json::json;
use std::{fs, path::Path};
use tempfile::TempDir;

const NODE: &str = env!("CARGO_BIN_EXE_test-node");
const NAMES: [&str; 4] = ["Norland", "UN Office", "Monitor", "Watch"];

async fn custodian(org: &Org, case: CaseId) -> String {
    let detail = org.case(case).await.expect("a case");
    detail.summary.custodian
}

struct Stage {
    base: TempDir,
    federation: Federation,
    nodes: Vec<NodeProcess>,
    case: CaseId,
}

impl Stage {
    async fn new() -> Self {
        let base = tempfile::tempdir().expect("a directory");
        let federation = Federation::found(base.path(), &NAMES);
        let nodes = federation.start(Path::new(NODE)).await;
        let case = federation.shared_case("Varenia: Orsk province").await;
        Self {
            base,
            federation,
            nodes,
            case,
        }
    }

    fn org(&self, i: usize) -> &Org {
        &self.federation.orgs[i]
    }

    async fn start(&mut self, i: usize) {
        self.nodes[i] = self.org(i).start(Path::new(NODE)).await;
    }

    fn stop(&mut self, i: usize) {
        assert!(self.nodes[i].stop().success());
    }

    /// The second votes for the first, who stands.
    async fn elect(&self, successor: usize, voter: usize, cause: &str) {
        let stands = vote(None, cause);
        let stands = self.org(successor).act(self.case, &stands).await;
        stands.expect("stands");
        let known = |d: &CaseDetail| !d.votes.is_empty() || d.generation == 1;
        let voter = self.org(voter);
        voter.wait_case(self.case, "somebody stands", known).await;
        let yes = vote(Some(self.org(successor)), cause);
        voter.act(self.case, &yes).await.expect("voted");
    }
}

fn vote(successor: Option<&Org>, cause: &str) -> CaseAction {
    CaseAction::Vote {
        node: successor.map(|o| o.node.to_string()),
        cause: cause.into(),
        out: None,
        agrees: None,
    }
}

#[tokio::test]
async fn every_member_is_told_who_stands_against_whom_before_its_own_vote_decides() {
    let stage = Stage::new().await;
    let (custodian, successor) = (stage.org(0), stage.org(1));
    let stands = vote(None, "lost");
    successor.act(stage.case, &stands).await.expect("stands");
    for i in [0, 2, 3] {
        let alarm = stage.org(i).wait_alarm("voting").await;
        for node in [custodian.node, successor.node] {
            assert!(alarm.message.contains(&node.short()), "{alarm:?}");
        }
        let detail = stage.org(i).case(stage.case).await.expect("a case");
        assert_eq!((detail.generation, detail.votes.len()), (0, 1));
    }
    assert!(successor.alarms().await.is_empty(), "its operator knows");
    let yes = vote(Some(successor), "lost");
    stage.org(2).act(stage.case, &yes).await.expect("voted");
    let next = |d: &CaseDetail| d.generation == 1;
    for i in 1..4 {
        let next = stage
            .org(i)
            .wait_case(stage.case, "the next generation", next);
        next.await;
    }
}

#[tokio::test]
async fn a_custodian_that_showed_two_histories_is_named_by_an_alarm_voted_out_and_sees_why() {
    let mut stage = Stage::new().await;
    for i in [0, 3] {
        report(stage.org(i), stage.case, "before").await;
    }
    stage.federation.converged(stage.case, 2).await;
    (0..4).for_each(|i| stage.stop(i));
    let dir = stage.org(0).dir.clone();
    let copy = stage.base.path().join("copy");
    copy_dir(&dir, &copy);
    // It runs twice from one copy, and shows each of two partners another history.
    for (i, text) in [(1, "one side"), (2, "other side")] {
        stage.start(0).await;
        stage.start(i).await;
        report(stage.org(0), stage.case, text).await;
        stage.org(i).wait_records(stage.case, 3).await;
        stage.stop(0);
        stage.stop(i);
        if i == 1 {
            fs::remove_dir_all(&dir).expect("removed");
            copy_dir(&copy, &dir);
        }
    }
    for i in 1..4 {
        stage.start(i).await;
    }
    for i in 1..4 {
        let org = stage.org(i);
        until("it finds out", || async {
            let alarms = org.alarms().await;
            let found = alarms.iter().any(|a| a.code == "fork");
            let detail = org.case(stage.case).await?;
            (found && detail.summary.records == 2).then_some(())
        })
        .await;
        let alarm = org.wait_alarm("custodian-forked").await;
        let node = stage.org(0).node.short();
        assert!(alarm.message.contains(&node), "{alarm:?}");
    }
    stage.elect(1, 2, "hostile").await;
    let next = |d: &CaseDetail| d.generation == 1 && d.members.len() == 3;
    for i in 1..4 {
        let next = stage
            .org(i)
            .wait_case(stage.case, "the next generation", next);
        next.await;
    }
    // Of what it writes now nobody takes anything, in whichever of its logs.
    stage.nodes[0] = NodeProcess::start_offline(Path::new(NODE), &dir).await;
    let alert = json!({"headline": "beyond the cut", "urgency": "immediate", "severity": "severe",
        "certainty": "observed", "category": ["security"], "marking": "TLP:AMBER"});
    let alert = stage.org(0).record(stage.case, Kind::Alert, alert);
    stage
        .org(0)
        .submit(stage.case, &alert)
        .await
        .expect("it does not know yet");
    stage.stop(0);
    stage.start(0).await;
    let norland = stage.org(0);
    let told = norland.wait_case(stage.case, "it knows", |d| {
        d.summary.stage.contains("voted") && d.summary.stage.contains("hostile")
    });
    told.await;
    norland.wait_alarm("succeeded").await;
    let refused = norland
        .submit(stage.case, &norland.note(stage.case, "too late"))
        .await;
    assert_eq!(refused.expect_err("it is out").code, "no-longer-a-member");
    report(stage.org(3), stage.case, "after").await;
    for i in 1..4 {
        let org = stage.org(i);
        org.wait_records(stage.case, 3).await;
        let detail = org.case(stage.case).await.expect("a case");
        assert_eq!(detail.summary.records, 3, "nothing more of Norland counts");
        let out = norland.node.to_string();
        assert!(detail.former.iter().any(|f| f.node == out));
    }
}

#[tokio::test]
async fn what_a_reader_wrote_whom_an_outvoted_custodian_let_write_is_shown_no_more_also_by_itself()
{
    let mut stage = Stage::new().await;
    let role = |role: &str| CaseAction::Role {
        org: stage.org(1).member.org.to_string(),
        role: role.into(),
    };
    let (lowered, raised) = (role("reader"), role("contributor"));
    stage.org(0).act(stage.case, &lowered).await.expect("done");
    for i in 0..4 {
        let un = stage.org(1).member.org.to_string();
        let reads = |d: &CaseDetail| {
            let mut in_case = d.in_case.iter();
            in_case.any(|o| o.org == un && o.role == "reader")
        };
        stage.org(i).wait_case(stage.case, "it reads", reads).await;
    }
    stage.stop(2);
    stage.stop(3);
    stage.org(0).act(stage.case, &raised).await.expect("done");
    let writes = |d: &CaseDetail| d.summary.role == "contributor";
    stage
        .org(1)
        .wait_case(stage.case, "it writes", writes)
        .await;
    report(stage.org(1), stage.case, "let write on one side").await;
    stage.org(0).wait_records(stage.case, 1).await;
    stage.org(1).wait_records(stage.case, 1).await;
    stage.stop(0);
    stage.stop(1);
    // The others know nothing of it, and elect another.
    stage.start(2).await;
    stage.start(3).await;
    stage.elect(2, 3, "hostile").await;
    let next = |d: &CaseDetail| d.generation == 1;
    for i in [2, 3] {
        let next = stage
            .org(i)
            .wait_case(stage.case, "the next generation", next);
        next.await;
    }
    stage.start(1).await;
    for i in 1..4 {
        let waits =
            |d: &CaseDetail| d.generation == 1 && (d.summary.records, d.summary.pending) == (0, 1);
        stage.org(i).wait_case(stage.case, "it waits", waits).await;
    }
}

#[tokio::test]
async fn two_successors_at_once_settle_on_one_everywhere_and_both_sides_are_read() {
    let mut ring = Ring::of(Path::new(NODE), &NAMES).await;
    let case = ring.case().await;
    let next = |d: &CaseDetail| d.generation == 1;
    // One member votes for each, and each hears of its own vote alone.
    for i in [1, 2] {
        let yes = vote(Some(ring.org(i)), "lost");
        ring.org(3).act(case, &yes).await.expect("voted");
        ring.carry(3, i).await;
        let stands = vote(None, "lost");
        ring.org(i).act(case, &stands).await.expect("stands");
        ring.org(i).wait_case(case, "it is elected", next).await;
        report(ring.org(i), case, NAMES[i]).await;
    }
    assert_ne!(
        custodian(ring.org(1), case).await,
        custodian(ring.org(2), case).await
    );
    for i in 0..4 {
        assert!(ring.nodes[i].stop().success());
        ring.nodes[i] = ring.org(i).start(Path::new(NODE)).await;
    }
    for i in 1..4 {
        let settled =
            |d: &CaseDetail| d.generation == 1 && d.members.len() == 3 && d.summary.records == 2;
        ring.org(i).wait_case(case, "they settle", settled).await;
    }
    until("on one", || async {
        let first = custodian(ring.org(1), case).await;
        let [second, third] = [2, 3].map(|i| custodian(ring.org(i), case));
        (second.await == first && third.await == first).then_some(())
    })
    .await;
    let out = |d: &CaseDetail| d.summary.stage.contains("voted");
    ring.org(0).wait_case(case, "it is out", out).await;
    report(ring.org(3), case, "for all").await;
    for i in 1..4 {
        ring.org(i).wait_records(case, 3).await;
    }
    let hash = async |i: usize| ring.org(i).view_hash(case).await;
    until("all views are equal", || async {
        let first = hash(1).await?;
        (hash(2).await? == first && hash(3).await? == first).then_some(())
    })
    .await;
}
