//! Partners that serve junk for pieces of attachments, or ask for what is not theirs.

use focal_node::api::types::{AttachmentHere, CaseAction, Invite, Invited, Stored};
use focal_protocol::{
    id::{CaseId, Hash},
    random::{Random, SystemRandom},
    sync::ChunkRequest,
};
use focal_tests::{DEADLINE, Federation, Insider, Org, Peer, SealedFile, until};
use hyper::Method;
use std::path::Path;

const NODE: &str = env!("CARGO_BIN_EXE_test-node");

fn noise(length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    SystemRandom.fill(&mut bytes);
    bytes
}

async fn invite(host: &Org, guest: &Org, case: CaseId) {
    let body = Invite {
        org: guest.member.org.to_string(),
        role: "contributor".into(),
    };
    let path = format!("/v1/cases/{case}/invite");
    until("its key package is known", || async {
        let answer: Result<Invited, _> = host.api().post(&path, &body).await.ok()?;
        answer.ok()
    })
    .await;
    guest
        .wait_case(case, "joined", |c| c.members.len() == 2)
        .await;
}

fn request(case: CaseId, file: &SealedFile, chunk: Option<u32>, length: usize) -> ChunkRequest {
    ChunkRequest {
        case,
        attachment: file.attachment.list,
        chunk,
        from: 0,
        length: u32::try_from(length).expect("fits"),
    }
}

#[tokio::test]
async fn who_serves_junk_is_asked_no_more_and_another_is() {
    let base = tempfile::tempdir().expect("a directory");
    let federation = Federation::found(base.path(), &["Norland", "Monitor", "Forger"]);
    let [norland, monitor, _] = &federation.orgs[..] else {
        panic!("three organisations")
    };
    // Nothing comes by itself: the test says when.
    norland.set(|s| s.attachment_auto_mib = 0);
    let _norland = norland.start(Path::new(NODE)).await;
    let mut monitors = monitor.start(Path::new(NODE)).await;
    let case = norland.open_case("Varenia").await;
    invite(norland, monitor, case).await;
    let insider = Insider::join(&federation, 0, 2, case).await;
    let junk = insider.peer.serve_junk();
    let bytes = noise(1 << 20);
    let file = SealedFile::new("film.mp4", &bytes);
    monitor.hand_over(&file).await.expect("kept");
    let record = monitor.note_with(case, "the film", &[&file]);
    monitor.submit(case, &record).await.expect("stored");
    norland.wait_records(case, 1).await;

    // The forger is the only one there is to ask.
    assert!(monitors.stop().success());
    until("the monitor is away", || async {
        (norland.status().await.peers_connected == 1).then_some(())
    })
    .await;
    let path = format!("/v1/attachments/{}/fetch", file.attachment.list);
    let asked = norland.api().bytes(Method::POST, &path, Vec::new()).await;
    asked.expect("an answer").expect("asked");
    until("the forger is found out", || async {
        (norland.status().await.refused.get("bad-chunk") == Some(&1)).then_some(())
    })
    .await;
    let served = junk.served();
    assert!(served > 0, "it was asked");
    let row = norland.attachment(case, &file).await.expect("named");
    assert_ne!(row.state, AttachmentHere::Complete);
    assert_eq!(row.held, 0, "nothing of the junk is kept");

    let _again = monitor.start(Path::new(NODE)).await;
    assert_eq!(norland.opened(case, &file).await, bytes);
    assert_eq!(junk.served(), served, "the forger was asked no more");
    let refused = norland.status().await.refused;
    assert_eq!(refused.get("bad-chunk"), Some(&1), "{refused:?}");
}

#[tokio::test]
async fn only_members_are_served_and_others_cannot_tell_what_is_there() {
    let base = tempfile::tempdir().expect("a directory");
    let federation = Federation::found(base.path(), &["Norland", "Guest"]);
    let [norland, guest] = &federation.orgs[..] else {
        panic!("two organisations")
    };
    let _node = norland.start(Path::new(NODE)).await;
    let case = norland.open_case("Varenia").await;
    let bytes = noise(300_000);
    let file = SealedFile::new("a", &bytes);
    norland.hand_over(&file).await.expect("kept");
    let record = norland.note_with(case, "with a file", &[&file]);
    norland.submit(case, &record).await.expect("stored");
    let whole = request(case, &file, None, file.list.len());
    let first = request(case, &file, Some(0), file.chunks[0].len());
    let elsewhere = ChunkRequest {
        attachment: Hash([7; 32]),
        ..first
    };

    // A node of the federation that is in no case with it.
    let stranger = Peer::connect(guest, norland).await;
    for asked in [&whole, &first, &elsewhere] {
        assert_eq!(stranger.piece(norland, asked).await, Some(Vec::new()));
    }
    drop(stranger);

    // A member, of what records name in the case: by another case it gets nothing.
    let insider = Insider::join(&federation, 0, 1, case).await;
    let other = norland.open_case("Elsewhere").await;
    until("it is served", || async {
        let got = insider.peer.piece(norland, &first).await?;
        (got == file.chunks[0]).then_some(())
    })
    .await;
    assert_eq!(
        insider.peer.piece(norland, &whole).await,
        Some(file.list.clone())
    );
    for asked in [
        elsewhere,
        request(other, &file, None, file.list.len()),
        request(other, &file, Some(0), 1),
        request(case, &file, Some(2), 1),
    ] {
        assert_eq!(insider.peer.piece(norland, &asked).await, Some(Vec::new()));
    }
    // What is outside any chunk is no request.
    let outside = ChunkRequest {
        from: u32::MAX,
        ..first
    };
    assert_eq!(insider.peer.piece(norland, &outside).await, None);

    // A former member, of what came before its removal and after.
    let remove = CaseAction::Remove {
        org: guest.member.org.to_string(),
        reason: "the end".into(),
    };
    norland.act(case, &remove).await.expect("removed");
    let later = SealedFile::new("b", &noise(1_000));
    norland.hand_over(&later).await.expect("kept");
    let record = norland.note_with(case, "with another", &[&later]);
    norland.submit(case, &record).await.expect("stored");
    for asked in [
        first,
        whole,
        request(case, &later, None, later.list.len()),
        request(case, &later, Some(0), later.chunks[0].len()),
    ] {
        assert_eq!(insider.peer.piece(norland, &asked).await, Some(Vec::new()));
    }
}

#[tokio::test]
async fn who_asked_for_a_file_in_vain_is_told_when_it_is_there() {
    let base = tempfile::tempdir().expect("a directory");
    let federation = Federation::found(base.path(), &["Norland", "Guest"]);
    let [norland, _] = &federation.orgs[..] else {
        panic!("two organisations")
    };
    let _node = norland.start(Path::new(NODE)).await;
    let case = norland.open_case("Varenia").await;
    let insider = Insider::join(&federation, 0, 1, case).await;
    let mut news = insider.peer.hears_of_attachments();
    // The record comes before its files.
    let file = SealedFile::new("a", &noise(300_000));
    let record = norland.note_with(case, "with a file", &[&file]);
    let path = format!("/v1/cases/{case}/records?files=follow");
    let body = focal_protocol::codec::encode(&record);
    let stored: Result<Stored, _> = norland
        .api()
        .post_bytes(&path, body)
        .await
        .expect("an answer");
    stored.expect("stored");
    until("its node waits for it", || async {
        norland.attachment(case, &file).await?.why
    })
    .await;
    let part = request(case, &file, Some(1), file.chunks[1].len());
    assert_eq!(insider.peer.piece(norland, &part).await, Some(Vec::new()));
    assert!(news.try_recv().is_err(), "it is not there yet");

    norland.hand_over(&file).await.expect("kept");
    let path = format!("/v1/attachments/{}/complete", file.attachment.list);
    let said = norland.api().bytes(Method::POST, &path, Vec::new()).await;
    said.expect("an answer").expect("all of it");
    let told = tokio::time::timeout(DEADLINE, news.recv()).await;
    let expected = (norland.node, case, file.attachment.list);
    assert_eq!(told.expect("in time"), Some(expected));
    assert_eq!(
        insider.peer.piece(norland, &part).await,
        Some(file.chunks[1].clone())
    );
}
