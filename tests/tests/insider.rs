//! What a member with valid keys cannot do: its entries are stored as it signed them, and nothing of what it may not say
//! is shown.

use focal_node::api::types::{CaseAction, CaseDetail};
use focal_protocol::{
    codec,
    directory::{Directory, Role},
    group::{CaseRole, Change, MlsIdentity},
    id::{CaseId, Hash, LogId, NodeId},
    key::SecretKey,
    limits,
    log::{Commit, EpochGrant, Head, Header, Lane, Payload, Request, Run, Writer},
    random::SystemRandom,
    record::{Kind, Record},
    seal::EpochSecret,
    signed::Signed,
    sync::{CaseHeads, Frame, ParcelNote},
    time::Time,
};
use focal_tests::{DEADLINE, Federation, Insider, NodeProcess, Org, Peer, until};
use serde_json::json;
use std::{collections::BTreeSet, path::Path, time::Duration};
use tempfile::TempDir;

const NODE: &str = env!("CARGO_BIN_EXE_test-node");

struct Stage {
    federation: Federation,
    insider: Insider,
    case: CaseId,
    _node: NodeProcess,
    _base: TempDir,
}

/// A node with a case, and a second member played by the test; `prepare` may change the insider's organisation first.
async fn stage(prepare: impl FnOnce(&mut Org)) -> Stage {
    stage_as(CaseRole::Contributor, prepare).await
}

async fn stage_as(role: CaseRole, prepare: impl FnOnce(&mut Org)) -> Stage {
    let base = tempfile::tempdir().expect("a directory");
    let mut federation = Federation::found(base.path(), &["Norland", "Monitor"]);
    prepare(&mut federation.orgs[1]);
    federation.bundle.manifests = federation
        .orgs
        .iter()
        .flat_map(|o| o.manifests.clone())
        .collect();
    federation.orgs.iter().for_each(|o| federation.hand_to(o));
    let node = federation.orgs[0].start(Path::new(NODE)).await;
    let case = federation.orgs[0].open_case("Varenia").await;
    let insider = Insider::join_as(&federation, 0, 1, case, role).await;
    Stage {
        federation,
        insider,
        case,
        _node: node,
        _base: base,
    }
}

impl Stage {
    fn host(&self) -> &Org {
        &self.federation.orgs[0]
    }

    fn org(&self) -> &Org {
        &self.federation.orgs[1]
    }

    fn signed_by(&self, key: &SecretKey, change: impl FnOnce(&mut Record)) -> Payload {
        let honest = self.org().note(self.case, "as written");
        let mut record = honest.unverified().expect("readable");
        record.author = key.public();
        change(&mut record);
        Payload::Record(Signed::new(&record, key))
    }

    /// The refusal is counted, nothing is shown, and an honest record that follows is read.
    async fn counted(&self, code: &str) {
        until(code, || async {
            let refused = self.host().status().await.refused;
            refused.contains_key(code).then_some(())
        })
        .await;
    }

    async fn refused(&mut self, code: &str) {
        self.counted(code).await;
        let path = format!("/v1/cases/{}", self.case);
        let detail: serde_json::Value = self.host().api().get(&path).await.expect("an answer");
        assert_eq!(detail["records"], 0);
        let record = self.host().note(self.case, "still serving");
        self.host()
            .submit(self.case, &record)
            .await
            .expect("stored");
        self.host().wait_records(self.case, 1).await;
    }
}

#[tokio::test]
async fn an_insider_who_keeps_the_rules_is_read() {
    let mut stage = stage(|_| {}).await;
    let note = stage.org().note(stage.case, "honest");
    stage.insider.write(&Payload::Record(note)).await;
    stage.host().wait_records(stage.case, 1).await;
}

#[tokio::test]
async fn a_record_that_was_changed_after_it_was_signed_is_refused() {
    let mut stage = stage(|_| {}).await;
    let mut bytes = codec::encode(&stage.org().note(stage.case, "as signed"));
    let at = bytes.windows(9).position(|w| w == b"as signed");
    bytes[at.expect("the text")] ^= 1;
    let tampered = codec::decode(&bytes, limits::RECORD * 2).expect("still readable");
    stage.insider.write(&Payload::Record(tampered)).await;
    stage.refused("bad-signature").await;
}

#[tokio::test]
async fn a_record_of_another_organisations_author_is_refused() {
    let mut stage = stage(|_| {}).await;
    let theirs = stage.host().note(stage.case, "by the host's author");
    stage.insider.write(&Payload::Record(theirs)).await;
    stage.refused("other-organisation").await;
}

#[tokio::test]
async fn a_record_in_another_organisations_name_is_refused() {
    let mut stage = stage(|_| {}).await;
    let host = stage.host().member.org;
    let key = SecretKey::from_seed(stage.org().author.seed().clone());
    let forged = stage.signed_by(&key, |record| record.organisation = host);
    stage.insider.write(&forged).await;
    stage.refused("other-organisation").await;
}

#[tokio::test]
async fn a_record_from_another_case_is_refused() {
    let mut stage = stage(|_| {}).await;
    let elsewhere = stage.org().note(CaseId([9; 32]), "from another case");
    stage.insider.write(&Payload::Record(elsewhere)).await;
    stage.refused("other-case").await;
}

#[tokio::test]
async fn a_record_of_nobodys_author_is_refused() {
    let mut stage = stage(|_| {}).await;
    let stranger = SecretKey::generate(&SystemRandom);
    let forged = stage.signed_by(&stranger, |_| {});
    stage.insider.write(&forged).await;
    stage.refused("unknown-author").await;
}

#[tokio::test]
async fn a_record_of_a_revoked_author_is_refused_from_the_manifest_that_revokes_on() {
    // In the year 2100 by somebody's clock: that says nothing.
    let at = Time(4_102_444_800_000);
    let mut stage = stage(|org| {
        let key = org.author.public();
        org.issue(|manifest| {
            manifest
                .revoked
                .push(focal_protocol::directory::Revocation {
                    key,
                    at,
                    reason: "laptop seized".into(),
                });
        });
    })
    .await;
    // What names the manifest before counts, also where the later one is known.
    let note = stage.org().note(stage.case, "before it was stolen");
    stage.insider.write(&Payload::Record(note)).await;
    stage.host().wait_records(stage.case, 1).await;
    let note = stage.org().note(stage.case, "by a stolen key");
    let payload = Payload::Record(note);
    stage
        .insider
        .write_with(&payload, |header| header.manifest = 2)
        .await;
    stage.counted("revoked-author").await;
    let detail = stage.host().case(stage.case).await.expect("the case");
    assert_eq!(detail.summary.records, 1);
}

/// The node answers what is asked now; all that comes before may come.
async fn answered(peer: &mut Peer, me: &Org, to: &Org, n: u8, may_come: impl Fn(&Frame) -> bool) {
    let note = ParcelNote {
        parcel: Hash([n; 32]),
        to: to.node,
        from: me.node,
    };
    peer.send(&Frame::Parcels(vec![note])).await;
    let coming = async {
        loop {
            let frame = peer.next().await.expect("the link holds");
            assert!(may_come(&frame), "{frame:?}");
            if matches!(&frame, Frame::WantParcels(wanted) if wanted.contains(&note.parcel)) {
                break;
            }
        }
    };
    let come = tokio::time::timeout(DEADLINE, coming);
    come.await.expect("in time");
}

#[tokio::test]
async fn who_was_removed_is_told_of_no_log_of_the_case_and_sent_no_entry() {
    let Stage {
        federation,
        mut insider,
        case,
        _node,
        _base,
    } = stage(|_| {}).await;
    let (host, org) = (&federation.orgs[0], &federation.orgs[1]);
    let note = host.note(case, "from before");
    host.submit(case, &note).await.expect("stored");
    // As a member it hears of the log, and gets what it asks for.
    let node = host.node;
    let asking = async {
        let peer = &mut insider.peer;
        let log = loop {
            if let Frame::Heads(cases) = peer.next().await.expect("the link holds") {
                let mut logs = cases
                    .iter()
                    .filter(|c| c.case == case)
                    .flat_map(|c| &c.logs);
                if let Some(head) = logs.find(|head| head.node == node) {
                    break head.log;
                }
            }
        };
        peer.send(&Frame::Want(log, 0)).await;
        loop {
            match peer.next().await.expect("the link holds") {
                Frame::Entries(run) if run.log == log => return log,
                _ => {}
            }
        }
    };
    let log = tokio::time::timeout(DEADLINE, asking);
    let log = log.await.expect("in time");

    let removal = CaseAction::Remove {
        org: org.member.org.to_string(),
        reason: "laptop seized".into(),
    };
    host.act(case, &removal).await.expect("removed");
    answered(&mut insider.peer, org, host, 1, |_| true).await;
    let note = host.note(case, "from after");
    host.submit(case, &note).await.expect("stored");
    // Not on the link that stood when it was removed either.
    insider.peer.send(&Frame::Want(log, 0)).await;
    let nothing = |frame: &Frame| match frame {
        Frame::Heads(cases) => cases.iter().all(|c| c.case != case),
        Frame::Entries(run) => run.writer.case != case,
        _ => true,
    };
    answered(&mut insider.peer, org, host, 2, nothing).await;
    // Two links of one node at once are one too many.
    drop(insider);
    until("the first link is closed", || async {
        (host.status().await.peers_connected == 0).then_some(())
    })
    .await;
    let mut peer = Peer::greet(&federation, org, host).await;
    let heads = CaseHeads {
        case,
        complete: true,
        ask: true,
        logs: Vec::new(),
    };
    peer.send(&Frame::Heads(vec![heads])).await;
    peer.send(&Frame::Want(log, 0)).await;
    // What it asks for after that it gets: by then the rest was passed over.
    let fetching = async {
        loop {
            match peer.next().await.expect("the link holds") {
                Frame::Parcels(notes) => {
                    let hashes = notes.iter().map(|n| n.parcel).collect();
                    peer.send(&Frame::WantParcels(hashes)).await;
                }
                Frame::Parcel(_) => break,
                Frame::Heads(cases) => assert!(cases.iter().all(|c| c.case != case)),
                Frame::Entries(run) => panic!("entries of {:?}", run.log),
                _ => {}
            }
        }
    };
    let fetched = tokio::time::timeout(DEADLINE, fetching);
    fetched.await.expect("in time");
}

#[tokio::test]
async fn a_report_by_an_observer_is_refused() {
    let mut stage = stage(|org| {
        org.issue(|manifest| manifest.authors[0].role = Role::Observer);
    })
    .await;
    let payload = Payload::Record(stage.org().note(stage.case, "by an observer"));
    stage
        .insider
        .write_with(&payload, |header| header.manifest = 2)
        .await;
    stage.refused("not-allowed").await;
}

#[tokio::test]
async fn a_record_that_breaks_its_own_rules_is_refused() {
    let mut stage = stage(|_| {}).await;
    let key = SecretKey::from_seed(stage.org().author.seed().clone());
    let forged = stage.signed_by(&key, |record| {
        record.body = focal_protocol::record::Body::Note(focal_protocol::record::Note {
            text: "\u{1b}[2J it clears the reader's screen".into(),
        });
    });
    stage.insider.write(&forged).await;
    stage.refused("bad-record").await;
}

#[tokio::test]
async fn a_record_under_a_manifest_that_does_not_list_its_node_is_refused_as_no_court_would_take_it()
 {
    let mut stage = stage(|org| {
        let mut listed = Vec::new();
        org.issue(|m| listed = std::mem::take(&mut m.nodes));
        org.issue(|m| m.nodes = listed);
    })
    .await;
    let note = Payload::Record(stage.org().note(stage.case, "shown, and not proven"));
    stage.insider.write_with(&note, |h| h.manifest = 2).await;
    stage.refused("unknown-node").await;
    let note = Payload::Record(stage.org().note(stage.case, "both"));
    stage.insider.write_with(&note, |h| h.manifest = 3).await;
    stage.host().wait_records(stage.case, 2).await;
}

#[tokio::test]
async fn an_entry_that_unpacks_to_a_flood_is_refused() {
    let mut stage = stage(|_| {}).await;
    let secret = stage.insider.group.secret().expect("a member");
    let bomb = vec![0; limits::PAYLOAD];
    stage.insider.write_bytes(&bomb, &secret, |_| {}).await;
    stage.refused("unreadable").await;
}

#[tokio::test]
async fn an_entry_that_no_known_secret_of_the_current_epoch_opens_is_read_once_its_own_is_granted()
{
    let mut stage = stage(|_| {}).await;
    let other = EpochSecret([7; 32]);
    let payload = Payload::Record(stage.org().note(stage.case, "from the other side")).to_bytes();
    stage.insider.write_bytes(&payload, &other, |_| {}).await;
    let waits = |d: &CaseDetail| d.summary.pending == 1 && d.summary.records == 0;
    stage.host().wait_case(stage.case, "it waits", waits).await;
    let grant = EpochGrant {
        generation: 0,
        epoch: stage.insider.group.epoch().number,
        secret: other,
    };
    stage.insider.write(&Payload::Grant(vec![grant])).await;
    stage.host().wait_records(stage.case, 1).await;
}

#[tokio::test]
async fn a_commit_by_a_member_who_is_not_the_custodian_is_refused() {
    let mut stage = stage(|_| {}).await;
    let junk = Commit {
        updates: Vec::new(),
        message: vec![0; 100],
    };
    stage.insider.write(&Payload::Commit(junk)).await;
    stage.refused("not-custodian").await;
}

#[tokio::test]
async fn a_commit_of_the_custodian_that_does_not_hold_raises_an_alarm_and_the_next_is_followed() {
    let base = tempfile::tempdir().expect("a directory");
    let federation = Federation::found(base.path(), &["Norland", "Monitor"]);
    let [norland, monitor] = &federation.orgs[..] else {
        panic!("two organisations")
    };
    let _node = norland.start(Path::new(NODE)).await;
    let case = CaseId([7; 32]);
    let mut custodian = Insider::open(&federation, 1, 0, case, "Varenia").await;
    let directory = Directory::from_bundle(&federation.bundle).expect("a sound federation");
    let identity = MlsIdentity::new(monitor.node, monitor.keys().mls());
    let (before, secret) = (custodian.group.epoch(), custodian.group.secret());
    let secret = secret.expect("a member");
    let change = Change {
        add: Vec::new(),
        remove: BTreeSet::new(),
        updates: Vec::new(),
        rules: custodian.group.rules().clone(),
    };
    let committed = custodian.group.commit(&identity, change, &directory);
    let commit = committed.expect("committed").commit;
    let mut spoilt = commit.clone();
    *spoilt.message.last_mut().expect("bytes") ^= 1;
    let of_before = |header: &mut Header| header.epoch = before.number;
    let payload = Payload::Commit(spoilt).to_bytes();
    custodian.write_bytes(&payload, &secret, of_before).await;
    let alarm = norland.wait_alarm("cannot-follow").await;
    assert!(alarm.message.contains(&case.short()), "{alarm:?}");
    assert_eq!(norland.status().await.refused["bad-group"], 1);
    let detail = norland.case(case).await.expect("a case");
    assert_eq!((detail.epoch, detail.members.len()), (before.number, 2));
    let payload = Payload::Commit(commit).to_bytes();
    custodian.write_bytes(&payload, &secret, of_before).await;
    let note = Payload::Record(monitor.note(case, "in the next epoch"));
    custodian.write(&note).await;
    norland.wait_records(case, 1).await;
}

#[tokio::test]
async fn a_grant_of_what_is_still_to_come_waits_and_nothing_waits_for_it() {
    let mut stage = stage(|_| {}).await;
    let grant = EpochGrant {
        generation: 0,
        epoch: 77,
        secret: EpochSecret([7; 32]),
    };
    stage.insider.write(&Payload::Grant(vec![grant])).await;
    let waits = |d: &CaseDetail| d.summary.pending == 1;
    stage.host().wait_case(stage.case, "it waits", waits).await;
    let note = stage.org().note(stage.case, "honest");
    stage.insider.write(&Payload::Record(note)).await;
    stage.host().wait_records(stage.case, 1).await;
}

#[tokio::test]
async fn a_record_for_some_members_only_is_not_shared_with_all() {
    let stage = stage(|_| {}).await;
    let host = stage.host();
    for marking in [
        json!("TLP:RED"),
        json!({"tlp": "TLP:AMBER", "releasable_to": [host.member.org]}),
    ] {
        let content = json!({"text": "for some only", "marking": marking});
        let record = host.record(stage.case, Kind::Note, content);
        let refused = host.submit(stage.case, &record).await.expect_err("refused");
        assert_eq!(refused.code, "too-wide");
    }
    let content = json!({"text": "for these", "marking":
        {"tlp": "TLP:RED", "releasable_to": [stage.org().member.org]}});
    let record = host.record(stage.case, Kind::Note, content);
    host.submit(stage.case, &record).await.expect("stored");
}

#[tokio::test]
async fn a_position_counts_only_if_somebody_takes_it_who_binds_their_organisation() {
    let officer = SecretKey::generate(&SystemRandom);
    let mut stage = stage(|org| {
        let entry = org.author_entry("reporter", &officer, Role::Officer);
        org.issue(|m| m.authors.push(entry));
    })
    .await;
    let content = json!({
        "subject": "entity", "name": "The militia", "grounds": "x", "measures": ["arms-embargo"],
    });
    let designation = stage.host().record(stage.case, Kind::Designation, content);
    let stored = stage.host().submit(stage.case, &designation).await;
    let target = stored.expect("stored").record;
    let position = |stand: &str| {
        let content = json!({"record": target, "stand": stand});
        stage.org().record(stage.case, Kind::Position, content)
    };
    let taken = position("object");
    let content = position("concur").unverified().expect("readable").body;
    let forged = stage.signed_by(&officer, |record| record.body = content);
    // The entry names the manifest in which the officer is listed.
    let listed = |header: &mut Header| header.manifest = 2;
    stage
        .insider
        .write_with(&Payload::Record(taken), listed)
        .await;
    stage.insider.write_with(&forged, listed).await;
    stage.host().wait_records(stage.case, 3).await;
    let path = format!("/v1/cases/{}/view/designations", stage.case);
    let rows: serde_json::Value = stage.host().api().get(&path).await.expect("rows");
    assert_eq!(rows[0]["latest"].as_array().map(Vec::len), Some(1));
    assert_eq!(rows[0]["latest"][0]["stand"], "object");
    assert_eq!(rows[0]["earlier"], serde_json::Value::Null);
}

#[tokio::test]
async fn a_correction_of_a_colleagues_record_by_an_officer_is_shown_as_invalid_and_counts_nowhere()
{
    let officer = SecretKey::generate(&SystemRandom);
    let mut stage = stage(|org| {
        let entry = org.author_entry("reporter", &officer, Role::Officer);
        org.issue(|m| m.authors.push(entry));
    })
    .await;
    let content = json!({"type": "killing", "title": "market", "killed": 9});
    let incident = stage.org().record(stage.case, Kind::Incident, content);
    let target = focal_protocol::record::Record::id_of(&incident);
    let amended = json!({"kind": "incident", "type": "killing", "title": "market", "killed": 0});
    let content = json!({"record": target, "reason": "x", "amended": amended});
    let honest = stage.org().record(stage.case, Kind::Correction, content);
    let body = honest.unverified().expect("readable").body;
    let forged = stage.signed_by(&officer, |record| record.body = body);
    let listed = |header: &mut Header| header.manifest = 2;
    // The correction comes before what it is about.
    stage.insider.write_with(&forged, listed).await;
    stage.host().wait_records(stage.case, 1).await;
    let incident = Payload::Record(incident);
    stage.insider.write_with(&incident, listed).await;
    stage.host().wait_records(stage.case, 2).await;
    let path = format!("/v1/cases/{}/view", stage.case);
    let view: serde_json::Value = stage.host().api().get(&path).await.expect("a view");
    assert_eq!(view["totals"]["killed"]["best"], 9);
    assert_eq!(view["kinds"], json!({"incident": 1}));
    assert_eq!(view["timeline"][0]["invalid"], "other-author");
    assert_eq!(
        view["timeline"][1]["superseded_by"],
        serde_json::Value::Null
    );
}

#[tokio::test]
async fn an_officer_corrects_at_their_own_node_only_what_they_wrote() {
    let stage = stage(|_| {}).await;
    let host = stage.host();
    let own = host.note(stage.case, "by the host");
    let own = host.submit(stage.case, &own).await.expect("stored").record;
    let content = json!({"record": own, "reason": "x"});
    let retraction = host.record(stage.case, Kind::Retraction, content);
    host.submit(stage.case, &retraction).await.expect("stored");
    let mut stage = stage;
    let payload = Payload::Record(stage.org().note(stage.case, "by the insider"));
    stage.insider.write(&payload).await;
    stage.host().wait_records(stage.case, 3).await;
    let Payload::Record(theirs) = payload else {
        unreachable!("it was made so");
    };
    let theirs = focal_protocol::record::Record::id_of(&theirs);
    let content = json!({"record": theirs, "reason": "x"});
    let retraction = stage.host().record(stage.case, Kind::Retraction, content);
    let refused = stage.host().submit(stage.case, &retraction).await;
    assert_eq!(refused.expect_err("refused").code, "not-yours");
}

#[tokio::test]
async fn what_a_source_has_agreed_to_share_inside_only_is_not_sent_to_partners() {
    let stage = stage(|_| {}).await;
    let host = stage.host();
    let content = json!({"text": "x", "consent": "internal"});
    let record = host.record(stage.case, Kind::Note, content.clone());
    let refused = host.submit(stage.case, &record).await.expect_err("refused");
    assert_eq!(refused.code, "consent");
    // In a case of its own an organisation may keep it.
    let alone = host.open_case("Ours alone").await;
    let record = host.record(alone, Kind::Note, content);
    host.submit(alone, &record).await.expect("stored");
}

#[tokio::test]
async fn what_a_reader_writes_is_refused_but_for_its_acknowledgements() {
    let mut stage = stage_as(CaseRole::Reader, |_| {}).await;
    let note = stage.org().note(stage.case, "by a reader");
    stage.insider.write(&Payload::Record(note)).await;
    stage.refused("not-allowed").await;
    let seen = stage.host().note(stage.case, "still serving");
    let seen = stage.host().submit(stage.case, &seen).await;
    let ack = json!({"record": seen.expect("stored").record});
    let ack = stage.org().record(stage.case, Kind::Ack, ack);
    stage.insider.write(&Payload::Record(ack)).await;
    stage.host().wait_records(stage.case, 3).await;
}

#[tokio::test]
async fn a_removed_node_that_writes_in_epochs_to_come_fills_nobodys_disk() {
    let mut stage = stage(|_| {}).await;
    let removal = CaseAction::Remove {
        org: stage.org().member.org.to_string(),
        reason: "test".into(),
    };
    stage.host().act(stage.case, &removal).await.expect("done");
    let before = stage.host().status().await.entries;
    let note = Payload::Record(stage.org().note(stage.case, "of an epoch to come"));
    // No removal lists its log, and nobody has given its organisation a role again.
    let to_come = |header: &mut Header| header.epoch = 1_000_000_000;
    for _ in 0..100 {
        stage.insider.write_with(&note, to_come).await;
    }
    // What comes after it, of a node that nobody lists, is refused by name.
    let stranger = Run {
        log: LogId([9; 16]),
        writer: Writer {
            case: stage.case,
            node: NodeId([9; 32]),
            lane: Lane::Routine,
        },
        from: 0,
        entries: Vec::new(),
    };
    stage.insider.peer.send(&Frame::Entries(stranger)).await;
    until("all of it has come", || async {
        let refused = stage.host().status().await.refused;
        refused.contains_key("unknown-node").then_some(())
    })
    .await;
    let held = stage.host().status().await.entries - before;
    assert!(held <= 1, "{held}");
    let detail: CaseDetail = stage.host().case(stage.case).await.expect("a case");
    assert_eq!(detail.summary.records, 0);
}

#[tokio::test]
async fn of_a_member_so_much_waits_for_a_commit_and_the_rest_is_asked_for_when_it_comes() {
    let mut stage = stage(|_| {}).await;
    let case = stage.case;
    let sealed = vec![Payload::Request(Request::Leave(String::new())); 512];
    let (mut runs, mut head) = (Vec::new(), Head::EMPTY);
    while head.height <= limits::LATE_ENTRIES {
        let early = |header: &mut Header| header.epoch += 1;
        let (run, end) = stage.insider.history_with(head, &sealed, early);
        runs.push(run);
        head = end;
    }
    let log = runs[0].log;
    for run in runs {
        stage.insider.peer.send(&Frame::Entries(run)).await;
    }
    stage.counted("too-late").await;
    let all = |d: &CaseDetail| d.summary.pending == limits::LATE_ENTRIES;
    stage.host().wait_case(case, "they wait", all).await;
    // What was asked before comes before the answer to this.
    let [host, org] = [0, 1].map(|i| &stage.federation.orgs[i]);
    answered(&mut stage.insider.peer, org, host, 1, |_| true).await;
    let rekeyed = stage.federation.orgs[0].act(case, &CaseAction::Rekey).await;
    rekeyed.expect("another epoch");
    let rest = |frame: &Frame| match frame {
        Frame::Want(of, from) => (*of, *from) == (log, limits::LATE_ENTRIES),
        _ => false,
    };
    // What is refused for good is asked for again after a longer time.
    let peer = &mut stage.insider.peer;
    let asked = async { while !rest(&peer.next().await.expect("the link holds")) {} };
    let soon = tokio::time::timeout(Duration::from_secs(15), asked);
    soon.await.expect("asked for at once");
}
