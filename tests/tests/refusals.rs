//! What a node refuses, by name, with nothing stored and the node still serving.

use focal_node::{
    api::types::{DirectoryUpdate, Problem},
    store::{LogRow, Store, Write},
};
use focal_protocol::{
    codec,
    directory::{Bundle, Manifest, Revocation, Role},
    id::{CaseId, Hash, NodeId},
    key::SecretKey,
    limits,
    log::{Entry, Epoch, Head, Header, Lane, Run, Salt, Writer},
    random::{Random, SystemRandom},
    record::{Kind, Record},
    signed::Signed,
    sync::Frame,
    time::Time,
};
use focal_tests::{Federation, NodeProcess, Org, Peer, until};
use std::path::Path;
use tempfile::TempDir;

const NODE: &str = env!("CARGO_BIN_EXE_test-node");

/// Two organisations' nodes; the second one is played by the test.
struct Stage {
    federation: Federation,
    _node: NodeProcess,
    case: CaseId,
    _base: TempDir,
}

async fn stage() -> Stage {
    let base = tempfile::tempdir().expect("a directory");
    let federation = Federation::found(base.path(), &["Norland", "Monitor"]);
    let node = federation.orgs[0].start(Path::new(NODE)).await;
    let case = federation.orgs[0].open_case("Varenia").await;
    Stage {
        federation,
        _node: node,
        case,
        _base: base,
    }
}

impl Stage {
    fn org(&self) -> &Org {
        &self.federation.orgs[0]
    }

    fn other(&self) -> &Org {
        &self.federation.orgs[1]
    }

    /// The other organisation's node, played by the test, after the greetings.
    async fn peer(&self) -> Peer {
        Peer::greet(&self.federation, self.other(), self.org()).await
    }

    /// Nothing was stored since `entries` were, the refusal was counted, and the node still stores.
    async fn refused(&self, entries: u64, code: &str) {
        until(code, || async {
            let status = self.org().status().await;
            status.refused.contains_key(code).then_some(())
        })
        .await;
        assert_eq!(self.org().status().await.entries, entries);
        let record = self.org().note(self.case, "still serving");
        self.org().submit(self.case, &record).await.expect("stored");
    }

    async fn submit_refused(&self, case: CaseId, record: &Signed<Record>, code: &str) {
        let before = self.org().status().await.entries;
        let problem = self.org().submit(case, record).await.expect_err(code);
        assert_eq!(problem.code, code, "{}", problem.message);
        assert_eq!(self.org().status().await.entries, before);
        let good = self.org().note(self.case, "still serving");
        self.org().submit(self.case, &good).await.expect("stored");
    }

    async fn offer(&self, bundle: &Bundle) -> Result<DirectoryUpdate, Problem> {
        self.org()
            .api()
            .post_bytes("/v1/directory/bundle", bundle.to_bytes())
            .await
            .expect("an answer")
    }

    async fn offer_manifest(
        &self,
        manifest: &Signed<Manifest>,
    ) -> Result<DirectoryUpdate, Problem> {
        self.org()
            .api()
            .post_bytes("/v1/directory/manifest", codec::encode(manifest))
            .await
            .expect("an answer")
    }
}

/// An entry of a log that the other organisation's node writes into a case.
fn entry(node: &SecretKey, case: CaseId, seq: u64, previous: Hash) -> Entry {
    let (salt, writer) = (
        Salt([1; 16]),
        Writer {
            case,
            node: NodeId(node.public().0),
            lane: Lane::Routine,
        },
    );
    let header = Header {
        log: writer.log_id(&salt),
        case,
        node: writer.node,
        lane: writer.lane,
        seq,
        previous,
        lamport: seq + 1,
        generation: 0,
        epoch: 9,
        manifest: 1,
        salt,
    };
    let bytes = codec::encode_packed(&header);
    Entry::sign(header, bytes, vec![0; 64], node)
}

fn run(entries: &[Entry]) -> Run {
    let h = &entries[0].header;
    Run {
        log: h.log,
        writer: Writer {
            case: h.case,
            node: h.node,
            lane: h.lane,
        },
        from: h.seq,
        entries: entries.iter().map(|e| e.raw().clone()).collect(),
    }
}

#[tokio::test]
async fn a_node_in_no_manifest_is_refused() {
    let stage = stage().await;
    let before = stage.org().status().await.entries;
    let base = tempfile::tempdir().expect("a directory");
    let stranger = Org::new(base.path(), "Stranger");
    assert!(Peer::try_connect(&stranger, stage.org()).await.is_none());
    let status = until("the refusal has a name", || async {
        let status = stage.org().status().await;
        status
            .refused
            .contains_key("unlisted-node")
            .then_some(status)
    })
    .await;
    assert_eq!((status.entries, status.peers_connected), (before, 0));
    // The same in an entry that a member passes on.
    let mut peer = stage.peer().await;
    let foreign = SecretKey::generate(&SystemRandom);
    let first = entry(&foreign, stage.case, 0, Hash([0; 32]));
    peer.send(&Frame::Entries(run(&[first]))).await;
    stage.refused(before, "unknown-node").await;
}

#[tokio::test]
async fn a_revoked_author_is_refused() {
    let mut stage = stage().await;
    let key = stage.org().author.public();
    let manifest = stage.federation.orgs[0].issue(|m| {
        m.revoked.push(Revocation {
            key,
            at: Time(1),
            reason: "laptop seized".into(),
        });
        let fresh = SecretKey::generate(&SystemRandom);
        let mut entry = m.authors[0].clone();
        entry.key = fresh.public();
        entry.handle = "fresh".into();
        entry.role = Role::Officer;
        m.authors.push(entry);
    });
    stage.offer_manifest(&manifest).await.expect("taken");
    let before = stage.org().status().await.entries;
    let record = stage.org().note(stage.case, "by a stolen key");
    let problem = stage
        .org()
        .submit(stage.case, &record)
        .await
        .expect_err("refused");
    assert_eq!(problem.code, "revoked-author");
    assert_eq!(stage.org().status().await.entries, before);
}

#[tokio::test]
async fn a_tampered_record_is_refused() {
    let stage = stage().await;
    let record = stage.org().note(stage.case, "as signed");
    let mut bytes = codec::encode(&record);
    let at = bytes
        .windows(9)
        .position(|w| w == b"as signed")
        .expect("the text");
    bytes[at] ^= 1;
    let tampered = codec::decode(&bytes, limits::RECORD * 2).expect("still readable");
    stage
        .submit_refused(stage.case, &tampered, "bad-signature")
        .await;
}

#[tokio::test]
async fn a_record_replayed_in_another_case_is_refused() {
    let stage = stage().await;
    let second = stage.org().open_case("Another case").await;
    let record = stage.org().note(stage.case, "for the first case");
    stage
        .org()
        .submit(stage.case, &record)
        .await
        .expect("stored");
    stage.submit_refused(second, &record, "other-case").await;
}

#[tokio::test]
async fn a_record_of_another_organisation_is_refused() {
    let stage = stage().await;
    let record = stage.other().note(stage.case, "through the wrong node");
    stage
        .submit_refused(stage.case, &record, "other-organisation")
        .await;
}

#[tokio::test]
async fn a_position_by_an_officer_is_refused() {
    let mut stage = stage().await;
    let demoted = stage.federation.orgs[0].issue(|m| m.authors[0].role = Role::Officer);
    stage.offer_manifest(&demoted).await.expect("taken");
    let note = stage.org().note(stage.case, "something");
    let target = stage.org().submit(stage.case, &note).await;
    let content = serde_json::json!({
        "record": target.expect("an officer reports").record, "stand": "concur",
    });
    let position = stage.org().record(stage.case, Kind::Position, content);
    stage
        .submit_refused(stage.case, &position, "focal-point-only")
        .await;
}

#[tokio::test]
async fn an_entry_with_a_broken_chain_is_refused() {
    let stage = stage().await;
    let before = stage.org().status().await.entries;
    let node = stage.other().keys().identity();
    let first = entry(&node, stage.case, 0, Hash([0; 32]));
    let second = entry(&node, stage.case, 1, Hash([5; 32]));
    let mut peer = stage.peer().await;
    peer.send(&Frame::Entries(run(&[first, second]))).await;
    stage.refused(before, "broken-chain").await;
}

#[tokio::test]
async fn an_entry_that_its_writer_did_not_sign_is_refused() {
    let stage = stage().await;
    let before = stage.org().status().await.entries;
    let forger = SecretKey::generate(&SystemRandom);
    let honest = entry(
        &stage.other().keys().identity(),
        stage.case,
        0,
        Hash([0; 32]),
    );
    let header = honest.header.clone();
    let forged = Entry::sign(header, honest.header_bytes().to_vec(), vec![1; 64], &forger);
    let mut peer = stage.peer().await;
    peer.send(&Frame::Entries(run(&[forged]))).await;
    stage.refused(before, "bad-signature").await;
}

#[tokio::test]
async fn a_rollback_of_a_manifest_or_roster_is_refused() {
    let mut stage = stage().await;
    let first = stage.org().manifests[0].clone();
    let second = stage.federation.orgs[0].issue(|m| m.issued = Time(m.issued.0 + 1));
    stage.offer_manifest(&second).await.expect("taken");
    let problem = stage.offer_manifest(&first).await.expect_err("refused");
    assert_eq!(problem.code, "rollback");
    let status = stage.org().status().await;
    assert_eq!(status.manifest_version, 2);

    let base = tempfile::tempdir().expect("a directory");
    let third = Org::new(base.path(), "Third");
    let one = stage.federation.admit(&third);
    let fourth = Org::new(base.path(), "Fourth");
    let two = stage.federation.admit(&fourth);
    let mut bundle = stage.federation.bundle.clone();
    bundle.rosters = vec![one.clone(), two];
    stage.offer(&bundle).await.expect("taken");
    assert_eq!(stage.org().status().await.roster_version, 2);
    let mut peer = stage.peer().await;
    peer.send(&Frame::Directory(vec![
        focal_protocol::directory::Item::Roster(one),
    ]))
    .await;
    until("the refusal is counted", || async {
        stage.org().status().await.refused.get("rollback").copied()
    })
    .await;
    assert_eq!(stage.org().status().await.roster_version, 2);
}

#[tokio::test]
async fn a_federation_file_that_repeats_a_version_founds_what_is_read_again() {
    let base = tempfile::tempdir().expect("a directory");
    let mut federation = Federation::found(base.path(), &["Norland", "Monitor"]);
    let org = &mut federation.orgs[0];
    let first = org.manifests[0].clone();
    let second = org.issue(|m| m.issued = Time(m.issued.0 + 1));
    let manifests = &mut federation.bundle.manifests;
    manifests.extend([second, first]);
    let org = &federation.orgs[0];
    federation.hand_to(org);
    for _ in 0..2 {
        let mut node = org.start(Path::new(NODE)).await;
        assert_eq!(org.status().await.manifest_version, 2);
        assert!(node.stop().success());
    }
}

#[tokio::test]
async fn a_frame_over_the_limit_is_refused_and_the_node_goes_on() {
    let stage = stage().await;
    let before = stage.org().status().await.entries;
    let mut peer = stage.peer().await;
    peer.send_length(limits::FRAME + 1).await;
    peer.closed().await;
    let status = until("the refusal has a name", || async {
        let status = stage.org().status().await;
        status
            .refused
            .contains_key("frame-too-large")
            .then_some(status)
    })
    .await;
    assert_eq!(status.entries, before);
    let record = stage.org().note(stage.case, "still serving");
    stage
        .org()
        .submit(stage.case, &record)
        .await
        .expect("stored");
}

#[tokio::test]
async fn junk_and_frames_out_of_turn_end_the_session_and_not_the_node() {
    let stage = stage().await;
    let mut early = Peer::connect(stage.other(), stage.org()).await;
    early.send(&Frame::Ack(Vec::new())).await;
    early.closed().await;
    // It would come again by itself, in the place of the next one.
    drop(early);
    let mut junk = stage.peer().await;
    junk.send_bytes(vec![0xff; 100]).await;
    junk.closed().await;
    until("the refusals are counted", || async {
        let refused = stage.org().status().await.refused;
        (refused.get("bad-frame").copied()? >= 2).then_some(())
    })
    .await;
    let record = stage.org().note(stage.case, "still serving");
    stage
        .org()
        .submit(stage.case, &record)
        .await
        .expect("stored");
}

#[tokio::test]
async fn a_hostile_lamport_time_stops_nobody_from_writing() {
    let stage = stage().await;
    let before = stage.org().status().await.entries;
    let node = stage.other().keys().identity();
    let mut header = entry(&node, stage.case, 0, Hash([0; 32])).header;
    header.lamport = u64::MAX;
    let bytes = codec::encode_packed(&header);
    let last = Entry::sign(header, bytes, vec![0; 64], &node);
    let mut peer = stage.peer().await;
    peer.send(&Frame::Entries(run(&[last]))).await;
    until("the entry is stored", || async {
        (stage.org().status().await.entries > before).then_some(())
    })
    .await;
    for text in ["one", "two"] {
        let record = stage.org().note(stage.case, text);
        stage
            .org()
            .submit(stage.case, &record)
            .await
            .expect("stored");
    }
}

#[tokio::test]
async fn a_report_that_no_partner_would_take_is_not_called_stored() {
    let base = tempfile::tempdir().expect("a directory");
    let federation = Federation::found(base.path(), &["Norland"]);
    let norland = &federation.orgs[0];
    let mut node = norland.start(Path::new(NODE)).await;
    let case = norland.open_case("Varenia").await;
    norland
        .submit(case, &norland.note(case, "before"))
        .await
        .expect("stored");
    assert!(node.stop().success());
    // As after many restores: as many logs as partners take of one node, and none that goes on.
    let store = Store::open(&norland.dir.join("store"), norland.keys().storage()).expect("a store");
    let mut write = Write::default();
    let begun = store.logs().expect("logs");
    for (log, row) in &begun {
        let retired = true;
        write.log(*log, &LogRow { retired, ..*row });
    }
    for _ in begun.len()..limits::LOGS_PER_NODE {
        let writer = Writer {
            case,
            node: norland.node,
            lane: Lane::Routine,
        };
        let log = writer.log_id(&Salt(SystemRandom.array()));
        let row = LogRow::new(writer, Epoch::new(0, 0), Head::EMPTY);
        let retired = true;
        write.log(log, &LogRow { retired, ..row });
    }
    store.apply(&write).expect("stored");
    store.flush().expect("flushed");
    drop(store);
    let _node = norland.start(Path::new(NODE)).await;
    let refused = norland.submit(case, &norland.note(case, "after")).await;
    assert_eq!(refused.expect_err("nobody takes it").code, "too-many-logs");
}
