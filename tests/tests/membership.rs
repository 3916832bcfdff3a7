//! Who is removed, who takes over, what is closed and purged: real nodes, real keys, real disks.

use focal_node::api::types::{
    AlarmRow, CaseAction, CaseDetail, CaseSummary, FindCompartment, Invitations, Invited, Problem,
};
use focal_protocol::{
    codec,
    directory::{Manifest, Revocation},
    id::CaseId,
    record::Kind,
    seal::Unlock,
    signed::Signed,
    time::Time,
};
use focal_tests::{Federation, NodeProcess, Org, copy_dir, files_with, until};
use serde_json::json;
use std::{
    fs,
    path::{Path, PathBuf},
};
use tempfile::TempDir;
use zeroize::Zeroizing;

const NODE: &str = env!("CARGO_BIN_EXE_test-node");
const DAY_MS: u64 = 24 * 3_600_000;

struct Stage {
    base: TempDir,
    federation: Federation,
    nodes: Vec<NodeProcess>,
    case: CaseId,
}

impl Stage {
    async fn of(names: &[&str]) -> Self {
        let base = tempfile::tempdir().expect("a directory");
        let federation = Federation::found(base.path(), names);
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

    async fn report(&self, i: usize, text: &str) {
        let org = self.org(i);
        let record = org.note(self.case, text);
        org.submit(self.case, &record).await.expect("stored");
    }
}

fn remove(org: &Org) -> CaseAction {
    CaseAction::Remove {
        org: org.member.org.to_string(),
        reason: "laptop seized".into(),
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

/// The next manifest of an organisation, which revokes its node.
fn revoked(org: &mut Org) -> Signed<Manifest> {
    let key = org.node.key();
    org.issue(|m| {
        m.nodes.clear();
        m.revoked.push(Revocation {
            key,
            // By a clock it would count in some seventy years only.
            at: Time(4_102_444_800_000),
            reason: "seized".into(),
        });
    })
}

/// Hands a manifest to an organisation's node, which tells the others.
async fn hand_in(org: &Org, manifest: &Signed<Manifest>) {
    let bytes = codec::encode(manifest);
    let api = org.api();
    let taken = api.post_bytes::<serde_json::Value>("/v1/directory/manifest", bytes);
    taken.await.expect("an answer").expect("taken");
}

#[tokio::test]
async fn a_removed_node_cannot_open_what_follows_and_its_operator_sees_why() {
    let stage = Stage::of(&["Norland", "UN Office", "Monitor"]).await;
    let (custodian, un, monitor) = (stage.org(0), stage.org(1), stage.org(2));
    stage.report(2, "before").await;
    stage.federation.converged(stage.case, 1).await;
    let refused = un.act(stage.case, &remove(monitor)).await;
    assert_eq!(
        refused.expect_err("not the custodian").code,
        "not-custodian"
    );
    custodian
        .act(stage.case, &remove(monitor))
        .await
        .expect("removed");
    stage.report(0, "after").await;
    un.wait_records(stage.case, 2).await;
    let detail = monitor
        .wait_case(stage.case, "it is out", |d| {
            d.summary.stage.contains("laptop seized")
        })
        .await;
    assert_eq!(detail.summary.records, 1, "what it held stays readable");
    let record = monitor.note(stage.case, "from a seized laptop");
    let refused = monitor.submit(stage.case, &record).await;
    assert_eq!(refused.expect_err("refused").code, "no-longer-a-member");
    let alarms: Vec<AlarmRow> = monitor.api().get("/v1/alarms").await.expect("alarms");
    assert!(alarms.iter().any(|a| a.code == "removed"), "{alarms:?}");
    assert!(!monitor.status().await.alarms.is_empty());
    let path = format!("/v1/alarms/{}/resolve", alarms[0].id);
    let decision = json!({"decision": "called Norland"});
    let after: Result<Vec<AlarmRow>, Problem> = monitor
        .api()
        .post(&path, &decision)
        .await
        .expect("an answer");
    assert_eq!(
        after.expect("resolved")[0].decision.as_deref(),
        Some("called Norland")
    );
    assert!(monitor.status().await.alarms.is_empty());
    // Invited again, it comes back and reads what it missed.
    custodian.invite(stage.case, monitor).await;
    monitor
        .wait_case(stage.case, "it is back", |d| d.summary.stage == "open")
        .await;
    stage.report(2, "back again").await;
    stage.federation.converged(stage.case, 3).await;
}

#[tokio::test]
async fn who_leaves_is_out_and_the_custodian_hands_over_first() {
    let stage = Stage::of(&["Norland", "UN Office", "Monitor"]).await;
    let leave = CaseAction::Leave {
        reason: "mandate ended".into(),
    };
    let refused = stage.org(0).act(stage.case, &leave).await;
    assert_eq!(
        refused.expect_err("the custodian stays").code,
        "custodian-stays"
    );
    stage.org(2).act(stage.case, &leave).await.expect("asked");
    let gone = |d: &focal_node::api::types::CaseDetail| d.members.len() == 2;
    stage
        .org(1)
        .wait_case(stage.case, "two are left", gone)
        .await;
    let to_un = CaseAction::HandOver {
        node: stage.org(1).node.to_string(),
    };
    stage
        .org(0)
        .act(stage.case, &to_un)
        .await
        .expect("handed over");
    stage
        .org(1)
        .wait_case(stage.case, "it is custodian", |d| {
            d.summary.role == "custodian"
        })
        .await;
    stage.org(0).act(stage.case, &leave).await.expect("asked");
    let alone = |d: &focal_node::api::types::CaseDetail| d.members.len() == 1;
    stage
        .org(1)
        .wait_case(stage.case, "it is alone", alone)
        .await;
}

#[tokio::test]
async fn a_lost_custodian_is_succeeded_and_follows_when_it_is_back() {
    let mut stage = Stage::of(&["Norland", "UN Office", "Monitor", "Aid Network"]).await;
    for i in 1..4 {
        stage.nodes[i].kill();
    }
    stage.report(0, "alone, before it is voted out").await;
    stage.nodes[0].kill();
    for i in 1..4 {
        stage.nodes[i] = stage.org(i).start(Path::new(NODE)).await;
    }
    stage.report(1, "without the custodian").await;
    let refused = stage
        .org(1)
        .act(stage.case, &remove(stage.org(3)))
        .await
        .expect_err("no custodian");
    assert_eq!(refused.code, "not-custodian");
    stage
        .org(1)
        .act(stage.case, &vote(None, "lost"))
        .await
        .expect("stands");
    let stands = |d: &focal_node::api::types::CaseDetail| !d.votes.is_empty();
    stage
        .org(2)
        .wait_case(stage.case, "somebody stands", stands)
        .await;
    stage
        .org(2)
        .act(stage.case, &vote(Some(stage.org(1)), "lost"))
        .await
        .expect("voted");
    for i in 1..4 {
        let next =
            |d: &focal_node::api::types::CaseDetail| d.generation == 1 && d.members.len() == 3;
        stage
            .org(i)
            .wait_case(stage.case, "the next generation", next)
            .await;
    }
    stage.report(3, "in the next generation").await;
    for i in 1..4 {
        stage.org(i).wait_records(stage.case, 2).await;
    }
    stage.nodes[0] = stage.org(0).start(Path::new(NODE)).await;
    stage
        .org(0)
        .wait_case(stage.case, "it knows", |d| {
            d.summary.stage.contains("voted")
        })
        .await;
    for i in 1..4 {
        stage.org(i).wait_records(stage.case, 3).await;
    }
    stage.org(1).invite(stage.case, stage.org(0)).await;
    stage.federation.converged(stage.case, 3).await;
    stage.report(0, "back from the dead").await;
    stage.federation.converged(stage.case, 4).await;
}

#[tokio::test]
async fn a_closed_case_is_read_only_until_it_is_reopened() {
    let stage = Stage::of(&["Norland", "UN Office"]).await;
    stage.report(1, "before").await;
    let close = CaseAction::Close {
        reason: "mission ended".into(),
        retain_days: Some(30),
    };
    stage.org(0).act(stage.case, &close).await.expect("closed");
    stage
        .org(1)
        .wait_case(stage.case, "closed", |d| {
            d.summary.stage == "closed: mission ended"
        })
        .await;
    let late = stage.org(1).note(stage.case, "too late");
    let refused = stage.org(1).submit(stage.case, &late).await;
    assert_eq!(refused.expect_err("refused").code, "case-closed");
    let reopen = CaseAction::Reopen {
        reason: "new attacks".into(),
    };
    stage.org(0).act(stage.case, &reopen).await.expect("open");
    stage
        .org(1)
        .wait_case(stage.case, "open", |d| d.summary.stage == "open")
        .await;
    stage.report(1, "after").await;
    stage.federation.converged(stage.case, 2).await;
}

#[tokio::test]
async fn after_a_purge_neither_the_store_nor_a_copy_of_its_files_opens_anything() {
    let mut stage = Stage::of(&["Norland", "UN Office"]).await;
    for i in 0..20 {
        stage.report(i % 2, "to be destroyed").await;
    }
    stage.federation.converged(stage.case, 20).await;
    let sealed_keys: Vec<Vec<u8>> = stage
        .federation
        .orgs
        .iter()
        .map(|org| fs::read(key_of(org, stage.case)).expect("the case's key"))
        .collect();
    let purge = CaseAction::Purge {
        everywhere: true,
        reason: "end of retention".into(),
        abandon: false,
    };
    stage.org(0).act(stage.case, &purge).await.expect("purged");
    for i in 0..2 {
        until("it is gone", || async {
            stage.org(i).case(stage.case).await.is_none().then_some(())
        })
        .await;
        assert!(stage.nodes[i].stop().success());
    }
    for org in &stage.federation.orgs {
        // All that a thief of disk and key file could do: open the store, and every row that its files still hold.
        let store = focal_node::store::Store::open(&org.dir.join("store"), org.keys().storage())
            .expect("the store itself is sound");
        assert!(store.cases(org.node).expect("readable").is_empty());
        assert!(store.secrets(stage.case).expect("readable").is_empty());
        assert!(
            store
                .records(stage.case, None, 100)
                .expect("readable")
                .is_empty()
        );
        drop(store);
        assert!(!key_of(org, stage.case).exists(), "the case's key is gone");
        for sealed in &sealed_keys {
            assert_eq!(files_with(&org.dir, sealed), Vec::<PathBuf>::new());
        }
    }
}

#[tokio::test]
async fn at_the_end_of_its_retention_time_each_node_purges_a_closed_case_by_itself() {
    let mut stage = Stage::of(&["Norland", "UN Office"]).await;
    stage.report(1, "to be kept for a while").await;
    stage.federation.converged(stage.case, 1).await;
    let close = CaseAction::Close {
        reason: "mission ended".into(),
        retain_days: Some(0),
    };
    stage.org(0).act(stage.case, &close).await.expect("closed");
    let closed = |d: &focal_node::api::types::CaseDetail| d.summary.stage.starts_with("closed");
    for i in 0..2 {
        stage.org(i).wait_case(stage.case, "closed", closed).await;
        assert!(stage.nodes[i].stop().success());
        let org = &stage.federation.orgs[i];
        let open = || {
            focal_node::store::Store::open(&org.dir.join("store"), org.keys().storage())
                .expect("a store")
        };
        // It has run for nearly a day since: not long enough, as its clock may just have been set.
        let mut write = focal_node::store::Write::default();
        let store = open();
        write.due(&store, stage.case, DAY_MS - 3_600_000);
        store.apply(&write).expect("written");
        drop(store);
        let mut node = org.start(Path::new(NODE)).await;
        assert!(org.case(stage.case).await.is_some());
        until("its operator is told in time", || async {
            let alarms: Vec<AlarmRow> = org.api().get("/v1/alarms").await.ok()?;
            alarms.iter().any(|a| a.code == "retention").then_some(())
        })
        .await;
        assert!(node.stop().success());
        let store = open();
        assert!(store.due().expect("readable")[&stage.case] >= DAY_MS - 3_600_000);
        let mut write = focal_node::store::Write::default();
        write.due(&store, stage.case, DAY_MS);
        store.apply(&write).expect("written");
        drop(store);
        stage.nodes[i] = org.start(Path::new(NODE)).await;
        until("it is purged", || async {
            org.case(stage.case).await.is_none().then_some(())
        })
        .await;
        until("its key is destroyed", || async {
            (!key_of(org, stage.case).exists()).then_some(())
        })
        .await;
    }
}

#[tokio::test]
async fn a_report_for_some_goes_to_a_compartment_of_which_the_others_learn_nothing() {
    let stage = Stage::of(&["Norland", "UN Office", "Monitor"]).await;
    let (norland, un, monitor) = (stage.org(0), stage.org(1), stage.org(2));
    let path = format!("/v1/cases/{}/compartments", stage.case);
    let body = FindCompartment {
        orgs: vec![un.member.org.to_string()],
    };
    let made: Result<CaseSummary, Problem> =
        norland.api().post(&path, &body).await.expect("answer");
    let made = made.expect("a compartment");
    let again: Result<CaseSummary, Problem> =
        norland.api().post(&path, &body).await.expect("answer");
    assert_eq!(again.expect("the same").case, made.case);
    let inside: CaseId = made.case.parse().expect("an id");
    let red = json!({"text": "for two", "marking":
        {"tlp": "TLP:RED", "releasable_to": [un.member.org]}});
    let record = norland.record(inside, Kind::Note, red);
    norland.submit(inside, &record).await.expect("stored");
    un.wait_records(inside, 1).await;
    un.wait_case(stage.case, "shown inside its parent", |d| {
        d.compartments.len() == 1
    })
    .await;
    // A report in the parent, so that it is known that all that is to come has come.
    stage.report(0, "for all").await;
    monitor.wait_records(stage.case, 1).await;
    let cases: Vec<CaseSummary> = monitor.api().get("/v1/cases").await.expect("cases");
    assert_eq!(cases.len(), 1);
    assert_eq!(
        monitor
            .case(stage.case)
            .await
            .expect("a case")
            .compartments
            .len(),
        0
    );
}

#[tokio::test]
async fn a_revoked_node_is_removed_from_every_case_whoever_is_its_custodian() {
    let mut stage = Stage::of(&["Norland", "UN Office", "Monitor"]).await;
    let second = stage.org(1).open_case("Varenia: Teres valley").await;
    for i in [0, 2] {
        stage.org(1).let_in(second, stage.org(i)).await;
    }
    let joined = |d: &CaseDetail| d.members.len() == 3;
    for org in &stage.federation.orgs {
        org.wait_case(second, "all are in", joined).await;
    }
    let manifest = revoked(&mut stage.federation.orgs[2]);
    hand_in(stage.org(0), &manifest).await;
    let out = |d: &CaseDetail| d.members.len() == 2;
    for i in 0..2 {
        for case in [stage.case, second] {
            stage.org(i).wait_case(case, "it is out", out).await;
        }
    }
}

#[tokio::test]
async fn partners_of_a_custodian_whose_node_was_revoked_are_told_to_vote_and_go_on_without_it() {
    let mut stage = Stage::of(&["Norland", "UN Office", "Monitor"]).await;
    let gone = stage.org(0).node;
    let manifest = revoked(&mut stage.federation.orgs[0]);
    hand_in(stage.org(1), &manifest).await;
    for i in 1..3 {
        let alarm = stage.org(i).wait_alarm("custodian-revoked").await;
        assert!(alarm.message.contains(&gone.short()), "{alarm:?}");
    }
    let stands = vote(None, "hostile");
    stage.org(1).act(stage.case, &stands).await.expect("stands");
    let stands = |d: &CaseDetail| !d.votes.is_empty();
    stage
        .org(2)
        .wait_case(stage.case, "somebody stands", stands)
        .await;
    let yes = vote(Some(stage.org(1)), "hostile");
    stage.org(2).act(stage.case, &yes).await.expect("voted");
    let next = |d: &CaseDetail| d.generation == 1 && d.members.len() == 2;
    for i in 1..3 {
        stage
            .org(i)
            .wait_case(stage.case, "the next generation", next)
            .await;
    }
    stage.report(2, "without it").await;
    stage.org(1).wait_records(stage.case, 1).await;
}

#[tokio::test]
async fn a_node_on_an_old_copy_is_told_so_by_what_its_partners_hold_and_is_no_fork_once_restored() {
    let mut stage = Stage::of(&["Norland", "UN Office"]).await;
    stage.report(1, "in the copy").await;
    stage.federation.converged(stage.case, 1).await;
    assert!(stage.nodes[1].stop().success());
    let dir = stage.org(1).dir.clone();
    let copy = stage.base.path().join("copy");
    copy_dir(&dir, &copy);
    stage.nodes[1] = stage.org(1).start(Path::new(NODE)).await;
    stage.report(1, "after the copy was made").await;
    stage.federation.converged(stage.case, 2).await;
    assert!(stage.nodes[1].stop().success());
    fs::remove_dir_all(&dir).expect("the original is lost");
    copy_dir(&copy, &dir);
    stage.nodes[1] = stage.org(1).start(Path::new(NODE)).await;
    stage.org(1).wait_alarm("old-copy").await;
    assert!(stage.nodes[1].stop().success());
    let unlock = fs::read(dir.join("unlock")).expect("a key file");
    let unlock = Unlock::KeyFile(Zeroizing::new(unlock));
    focal_node::restore(&dir, &unlock).expect("restored");
    stage.nodes[1] = stage.org(1).start(Path::new(NODE)).await;
    stage.report(1, "after the restore").await;
    stage.federation.converged(stage.case, 3).await;
    assert!(stage.org(0).alarms().await.is_empty());
}

#[tokio::test]
async fn a_restored_node_begins_new_logs_and_nobody_takes_it_for_a_fork() {
    let mut stage = Stage::of(&["Norland", "UN Office", "Monitor"]).await;
    stage.report(2, "in the copy").await;
    stage.federation.converged(stage.case, 1).await;
    assert!(stage.nodes[2].stop().success());
    let dir = stage.org(2).dir.clone();
    let copy = stage.base.path().join("copy");
    copy_dir(&dir, &copy);
    stage.nodes[2] = stage.org(2).start(Path::new(NODE)).await;
    stage.report(2, "after the copy was made").await;
    stage.federation.converged(stage.case, 2).await;
    stage.nodes[2].kill();
    fs::remove_dir_all(&dir).expect("the original is lost");
    copy_dir(&copy, &dir);
    let unlock = fs::read(dir.join("unlock")).expect("a key file");
    let unlock = Unlock::KeyFile(Zeroizing::new(unlock));
    let restored = focal_node::restore(&dir, &unlock).expect("restored");
    assert_eq!((restored.cases, restored.custodian_of), (1, 0));
    stage.nodes[2] = stage.org(2).start(Path::new(NODE)).await;
    // What it forgot comes back from the others, and what it writes now is taken.
    stage.org(2).wait_records(stage.case, 2).await;
    stage.report(2, "after the restore").await;
    stage.federation.converged(stage.case, 3).await;
    for org in &stage.federation.orgs {
        assert_eq!(org.status().await.alarms, Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_restored_custodian_commits_again_after_the_others_have_voted() {
    let mut stage = Stage::of(&["Norland", "UN Office", "Monitor"]).await;
    assert!(stage.nodes[0].stop().success());
    let dir = stage.org(0).dir.clone();
    let unlock = fs::read(dir.join("unlock")).expect("a key file");
    let restored = focal_node::restore(&dir, &Unlock::KeyFile(Zeroizing::new(unlock)));
    assert_eq!(restored.expect("restored").custodian_of, 1);
    stage.nodes[0] = stage.org(0).start(Path::new(NODE)).await;
    let refused = stage.org(0).act(stage.case, &remove(stage.org(2))).await;
    assert_eq!(
        refused.expect_err("it may have forgotten commits").code,
        "restored"
    );
    stage
        .org(0)
        .act(stage.case, &vote(None, "lost"))
        .await
        .expect("stands");
    for i in 1..3 {
        let stands = |d: &focal_node::api::types::CaseDetail| !d.votes.is_empty();
        stage
            .org(i)
            .wait_case(stage.case, "it stands", stands)
            .await;
        let yes = vote(Some(stage.org(0)), "lost");
        stage.org(i).act(stage.case, &yes).await.expect("voted");
    }
    for i in 0..3 {
        let next =
            |d: &focal_node::api::types::CaseDetail| d.generation == 1 && d.members.len() == 3;
        stage
            .org(i)
            .wait_case(stage.case, "the next generation", next)
            .await;
    }
    stage.report(1, "as before").await;
    stage.federation.converged(stage.case, 1).await;
}

/// The file without which no row of a case opens.
fn key_of(org: &Org, case: CaseId) -> std::path::PathBuf {
    org.dir.join("store/cases").join(case.to_string())
}

#[tokio::test]
async fn several_organisations_are_invited_at_once_and_each_learns_what_came_of_it() {
    let stage = Stage::of(&["Norland", "UN Office", "Monitor"]).await;
    let host = stage.org(0);
    let case = host.open_case("Varenia: Teres valley").await;
    let path = format!("/v1/cases/{case}/invitations");
    let invite = async |orgs: &[&str]| -> Result<Vec<Invited>, Problem> {
        let body = Invitations {
            orgs: orgs.iter().map(ToString::to_string).collect(),
            role: Some("reader".into()),
        };
        host.api().post(&path, &body).await.expect("an answer")
    };
    // One that is not known: nobody is invited.
    let refused = invite(&["UN Office", "Nobody at all"]).await;
    assert!(refused.is_err());
    let first = invite(&["UN Office"]).await.expect("invited");
    assert_eq!((first[0].added.len(), first[0].already), (1, false));
    let both = invite(&["UN Office", "Monitor", "Monitor"])
        .await
        .expect("invited");
    let outcomes: Vec<_> = both
        .iter()
        .map(|o| (o.org_name.as_str(), o.added.len(), o.already))
        .collect();
    assert_eq!(outcomes, [("UN Office", 0, true), ("Monitor", 1, false)]);
    let again = invite(&["UN Office", "Monitor"]).await;
    assert_eq!(again.expect_err("all are in").code, "already-invited");
    let record = host.note(case, "for both");
    host.submit(case, &record).await.expect("stored");
    for i in [1, 2] {
        stage.org(i).wait_records(case, 1).await;
    }
}
