//! Partners that serve junk for pieces of attachments, or ask for what is not theirs.

use focal_node::api::types::{
    AttachmentHere, AttachmentVerified, CaseAction, Invite, Invited, Stored,
};
use focal_protocol::{
    id::{CaseId, Hash},
    random::{Random, SystemRandom},
    record::Record,
    seal::AttachmentKey,
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

/// A description of the same file with another key and size, in a note of an organisation; its files follow, it says.
async fn describe(org: &Org, case: CaseId, file: &SealedFile, size: u64) -> Hash {
    let mut wrong = file.clone();
    wrong.attachment.key = AttachmentKey::generate(&SystemRandom);
    wrong.attachment.size = size;
    let record = org.note_with(case, "another description", &[&wrong]);
    let path = format!("/v1/cases/{case}/records?files=follow");
    let body = focal_protocol::codec::encode(&record);
    let stored: Result<Stored, _> = org.api().post_bytes(&path, body).await.expect("an answer");
    stored.expect("stored");
    Hash(Record::id_of(&record).0)
}

async fn ask_for(org: &Org, file: &SealedFile) {
    let path = format!("/v1/attachments/{}/fetch", file.attachment.list);
    let asked = org.api().bytes(Method::POST, &path, Vec::new()).await;
    asked.expect("an answer").expect("asked");
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
    // How long its pieces are is known.
    let (api, path) = (norland.api(), file.path(&file.list));
    let put = api.bytes(Method::PUT, &path, file.list.clone());
    put.await.expect("an answer").expect("kept");

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
    assert_eq!(row.held, 1, "nothing of the junk is kept");

    let _again = monitor.start(Path::new(NODE)).await;
    assert_eq!(norland.opened(case, &file).await, bytes);
    assert_eq!(junk.served(), served, "the forger was asked no more");
    let refused = norland.status().await.refused;
    assert_eq!(refused.get("bad-chunk"), Some(&1), "{refused:?}");
}

#[tokio::test]
async fn who_sends_another_list_than_a_record_describes_is_not_blamed() {
    let base = tempfile::tempdir().expect("a directory");
    let federation = Federation::found(base.path(), &["Norland", "Forger"]);
    let norland = &federation.orgs[0];
    norland.set(|s| s.attachment_auto_mib = 0);
    let _norland = norland.start(Path::new(NODE)).await;
    let case = norland.open_case("Varenia").await;
    let insider = Insider::join(&federation, 0, 1, case).await;
    let junk = insider.peer.serve_junk();
    let file = SealedFile::new("film.mp4", &noise(1 << 20));
    describe(norland, case, &file, 1 << 20).await;
    until("the fetch has ended", || async {
        norland.attachment(case, &file).await?.why
    })
    .await;
    let served = junk.served();
    assert!(served > 0, "it was asked");
    // It is asked for other files as before.
    let other = SealedFile::new("photo.jpg", &noise(1 << 10));
    describe(norland, case, &other, 1 << 10).await;
    until("the other one was asked for", || async {
        norland.attachment(case, &other).await?.why
    })
    .await;
    assert!(junk.served() > served, "it is asked for others");
    let refused = norland.status().await.refused;
    assert_eq!(refused.get("bad-chunk"), None, "{refused:?}");
    assert_eq!(norland.status().await.peers_connected, 1);
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

#[tokio::test]
async fn who_asked_in_vain_is_told_when_another_record_brings_the_file() {
    let base = tempfile::tempdir().expect("a directory");
    let federation = Federation::found(base.path(), &["Norland", "Guest"]);
    let [norland, _] = &federation.orgs[..] else {
        panic!("two organisations")
    };
    let _node = norland.start(Path::new(NODE)).await;
    let case = norland.open_case("Varenia").await;
    let insider = Insider::join(&federation, 0, 1, case).await;
    let mut news = insider.peer.hears_of_attachments();
    let file = SealedFile::new("a", &noise(300_000));
    norland.hand_over(&file).await.expect("kept");
    // Its list is here and does not open: nobody need be asked for it again.
    describe(norland, case, &file, 300_000).await;
    until("its node knows that the description is wrong", || async {
        norland.attachment(case, &file).await?.why
    })
    .await;
    let part = request(case, &file, Some(1), file.chunks[1].len());
    assert_eq!(insider.peer.piece(norland, &part).await, Some(Vec::new()));
    assert!(news.try_recv().is_err(), "it is not there yet");

    let record = norland.note_with(case, "with the file", &[&file]);
    norland.submit(case, &record).await.expect("stored");
    let told = tokio::time::timeout(DEADLINE, news.recv()).await;
    let expected = (norland.node, case, file.attachment.list);
    assert_eq!(told.expect("in time"), Some(expected));
}

#[tokio::test]
async fn a_film_does_not_come_by_itself_because_a_record_says_that_it_is_small() {
    let base = tempfile::tempdir().expect("a directory");
    let federation = Federation::found(base.path(), &["Norland", "Monitor"]);
    let [norland, monitor] = &federation.orgs[..] else {
        panic!("two organisations")
    };
    norland.set(|s| s.attachment_auto_mib = 1);
    let _nodes = federation.start(Path::new(NODE)).await;
    let case = federation.shared_case("Varenia").await;
    let bytes = noise(3 << 20);
    let film = SealedFile::new("film.mp4", &bytes);
    let second = SealedFile::new("second.mp4", &bytes);
    // Of one even the list is here, by whatever way.
    let (api, path) = (norland.api(), second.path(&second.list));
    let put = api.bytes(Method::PUT, &path, second.list.clone());
    put.await.expect("an answer").expect("kept");
    for file in [&film, &second] {
        describe(monitor, case, file, 0).await;
        monitor.hand_over(file).await.expect("kept");
        let record = monitor.note_with(case, "the film", &[file]);
        monitor.submit(case, &record).await.expect("stored");
    }
    norland.wait_records(case, 4).await;
    until("its list tells how large it is", || async {
        let row = norland.attachment(case, &second).await?;
        (row.state == AttachmentHere::OnDemand && row.held == 1).then_some(())
    })
    .await;
    until("the other one was asked for", || async {
        let row = norland.attachment(case, &film).await?;
        row.why
    })
    .await;
    let sent = monitor.status().await.attachments.sent;
    assert!(sent < 1_000, "{sent} bytes");
    // Nobody is blamed for what a record says.
    let refused = norland.status().await.refused;
    assert_eq!(refused.get("bad-chunk"), None, "{refused:?}");
    for file in [&film, &second] {
        ask_for(norland, file).await;
        assert_eq!(norland.opened(case, file).await, bytes);
    }
}

#[tokio::test]
async fn any_number_of_wrong_descriptions_keep_a_file_from_nobody() {
    let base = tempfile::tempdir().expect("a directory");
    let federation = Federation::found(base.path(), &["Norland", "Hostile", "UN office"]);
    let [norland, hostile, un] = &federation.orgs[..] else {
        panic!("three organisations")
    };
    let _nodes = federation.start(Path::new(NODE)).await;
    let case = federation.shared_case("Varenia").await;
    let bytes = noise(600_000);
    let file = SealedFile::new("market.jpg", &bytes);
    norland.hand_over(&file).await.expect("kept");
    let mut wrong = Vec::new();
    for number in 0..200 {
        // The same size, and others, for which the list would be longer or shorter.
        let size = [600_000, 0, 7 << 20, number][usize::try_from(number % 4).expect("fits")];
        wrong.push(describe(hostile, case, &file, size).await);
    }
    // The true one comes behind most of them.
    let record = (0..)
        .map(|n| norland.note_with(case, &format!("the market {n}"), &[&file]))
        .find(|record| {
            let id = Record::id_of(record).0;
            wrong.iter().filter(|other| other.0 < id).count() > 100
        });
    let record = record.expect("half of all");
    norland.submit(case, &record).await.expect("stored");
    assert_eq!(norland.opened(case, &file).await, bytes);
    for org in [un, hostile] {
        assert_eq!(org.opened(case, &file).await, bytes);
    }
    // A larger size in the first of them makes nothing of it damaged.
    let path = format!("/v1/attachments/{}/verify", file.attachment.list);
    let said = un.api().bytes(Method::POST, &path, Vec::new()).await;
    let said = said.expect("an answer").expect("verified");
    let found: AttachmentVerified = serde_json::from_slice(&said).expect("JSON");
    assert_eq!((found.sound, found.damaged, found.of), (4, 0, 4));
    let row = un.attachment(case, &file).await.expect("named");
    assert_eq!(row.state, AttachmentHere::Complete);
}
