//! Files that go with records: they come to every member whole, to nobody else, and only when all of them is there.

use focal_node::api::types::{AttachmentHere, CaseAction, Stored};
use focal_protocol::random::{Random, SystemRandom};
use focal_tests::{Federation, SealedFile, Tap, until};
use hyper::Method;
use std::path::Path;

const NODE: &str = env!("CARGO_BIN_EXE_test-node");

/// Bytes that nothing compresses.
fn noise(length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    SystemRandom.fill(&mut bytes);
    bytes
}

#[tokio::test]
async fn photographs_come_to_every_member_and_open_there() {
    let base = tempfile::tempdir().expect("a directory");
    let federation = Federation::found(base.path(), &["Norland", "UN office", "Monitor"]);
    let _nodes = federation.start(Path::new(NODE)).await;
    let case = federation.shared_case("Varenia").await;
    let monitor = &federation.orgs[2];
    let photographs = [noise(900_000), noise(10), Vec::new()];
    let files: Vec<SealedFile> = photographs
        .iter()
        .map(|bytes| SealedFile::new("market.jpg", bytes))
        .collect();
    for file in &files {
        monitor.hand_over(file).await.expect("kept");
    }
    let named: Vec<&SealedFile> = files.iter().collect();
    let record = monitor.note_with(case, "the market", &named);
    monitor.submit(case, &record).await.expect("stored");
    federation.converged(case, 1).await;
    for org in &federation.orgs {
        for (file, bytes) in files.iter().zip(&photographs) {
            assert_eq!(org.opened(case, file).await, *bytes);
        }
    }
}

#[tokio::test]
async fn a_record_is_stored_only_with_all_of_its_files() {
    let base = tempfile::tempdir().expect("a directory");
    let federation = Federation::found(base.path(), &["Norland"]);
    let _nodes = federation.start(Path::new(NODE)).await;
    let org = &federation.orgs[0];
    let case = org.open_case("Varenia").await;
    let file = SealedFile::new("a", &noise(600_000));
    let record = org.note_with(case, "with a file", &[&file]);
    let refused = org
        .submit(case, &record)
        .await
        .expect_err("nothing is there");
    assert_eq!(refused.code, "missing-chunks");

    let mut part = file.clone();
    part.chunks.truncate(2);
    org.hand_over(&part).await.expect("kept");
    let refused = org.submit(case, &record).await.expect_err("one is missing");
    assert!(refused.message.starts_with("1 chunks"), "{refused:?}");
    let names: Vec<u8> = file
        .chunks
        .iter()
        .flat_map(|c| focal_protocol::id::Hash::of(&[c]).0)
        .collect();
    let path = format!("/v1/attachments/{}/lacking", file.attachment.list);
    let lacking: Vec<u32> = org
        .api()
        .post_bytes(&path, names)
        .await
        .expect("an answer")
        .expect("a list");
    assert_eq!(lacking, [2]);

    // A piece under another's name is not kept.
    let (api, path) = (org.api(), file.path(&file.chunks[2]));
    let put = api.bytes(Method::PUT, &path, file.chunks[0].clone());
    let refused = put.await.expect("an answer").expect_err("refused");
    assert_eq!(refused.code, "bad-chunk");

    org.hand_over(&file).await.expect("kept");
    org.submit(case, &record).await.expect("stored");
    let again = org.submit(case, &record).await.expect("stored before");
    assert!(again.already);
}

#[tokio::test]
async fn a_report_may_come_before_its_files_and_they_count_once_all_is_there() {
    let base = tempfile::tempdir().expect("a directory");
    let federation = Federation::found(base.path(), &["Norland", "Monitor"]);
    let _nodes = federation.start(Path::new(NODE)).await;
    let case = federation.shared_case("Varenia").await;
    let [norland, monitor] = &federation.orgs[..] else {
        panic!("two organisations")
    };
    // Above what a node fetches by itself: for its own people's files that does not count.
    let bytes = noise((8 << 20) + 300_000);
    let file = SealedFile::new("market.jpg", &bytes);
    let record = monitor.note_with(case, "the market", &[&file]);
    let path = format!("/v1/cases/{case}/records?files=follow");
    let body = focal_protocol::codec::encode(&record);
    let stored: Stored = monitor
        .api()
        .post_bytes(&path, body)
        .await
        .expect("an answer")
        .expect("stored without its file");
    assert!(!stored.already);
    federation.converged(case, 1).await;
    // Its node may be asking the partner for it at this very moment.
    until("it waits for its file", || async {
        let row = monitor.attachment(case, &file).await?;
        assert_eq!(row.held, 0);
        (row.state == AttachmentHere::Waiting).then_some(())
    })
    .await;

    let complete = || async {
        let path = format!("/v1/attachments/{}/complete", file.attachment.list);
        let api = monitor.api();
        let said = api.bytes(Method::POST, &path, Vec::new());
        said.await.expect("an answer").map(drop)
    };
    let mut part = file.clone();
    part.chunks.truncate(3);
    monitor.hand_over(&part).await.expect("kept");
    assert_eq!(
        complete().await.expect_err("not all").code,
        "missing-chunks"
    );
    let row = monitor.attachment(case, &file).await.expect("named");
    assert_eq!(row.state, AttachmentHere::Waiting);
    monitor.hand_over(&file).await.expect("kept");
    complete().await.expect("all of it");
    complete().await.expect("said twice");
    assert_eq!(monitor.opened(case, &file).await, bytes);

    // From there on it goes its way.
    let path = format!("/v1/attachments/{}/fetch", file.attachment.list);
    let api = norland.api();
    let asked = api.bytes(Method::POST, &path, Vec::new());
    asked.await.expect("an answer").expect("asked");
    assert_eq!(norland.opened(case, &file).await, bytes);

    // What no record names cannot be said to be here.
    let other = SealedFile::new("b", b"other");
    monitor.hand_over(&other).await.expect("kept");
    let path = format!("/v1/attachments/{}/complete", other.attachment.list);
    let api = monitor.api();
    let said = api.bytes(Method::POST, &path, Vec::new());
    let refused = said.await.expect("an answer").expect_err("unnamed");
    assert_eq!(refused.code, "unknown-attachment");
}

#[tokio::test]
async fn a_large_file_comes_when_somebody_asks_for_it() {
    let base = tempfile::tempdir().expect("a directory");
    let federation = Federation::found(base.path(), &["Norland", "Monitor"]);
    let _nodes = federation.start(Path::new(NODE)).await;
    let case = federation.shared_case("Varenia").await;
    let [norland, monitor] = &federation.orgs[..] else {
        panic!("two organisations")
    };
    // Above 8 MiB, which is what a node fetches by itself.
    let bytes = noise((9 << 20) + 77);
    let film = SealedFile::new("film.mp4", &bytes);
    let photograph = SealedFile::new("photograph.jpg", &noise(3_000));
    for file in [&film, &photograph] {
        monitor.hand_over(file).await.expect("kept");
    }
    let record = monitor.note_with(case, "the film", &[&film, &photograph]);
    monitor.submit(case, &record).await.expect("stored");
    norland.opened(case, &photograph).await;
    let row = norland.attachment(case, &film).await.expect("named");
    assert_eq!((row.state, row.held), (AttachmentHere::OnDemand, 0));

    let path = format!("/v1/attachments/{}/fetch", film.attachment.list);
    let api = norland.api();
    let asked = api.bytes(Method::POST, &path, Vec::new());
    asked.await.expect("an answer").expect("asked");
    assert_eq!(norland.opened(case, &film).await, bytes);
}

#[tokio::test]
async fn what_is_in_a_file_can_be_looked_at_as_a_whole_and_in_parts() {
    let base = tempfile::tempdir().expect("a directory");
    let federation = Federation::found(base.path(), &["Norland"]);
    let _nodes = federation.start(Path::new(NODE)).await;
    let org = &federation.orgs[0];
    let case = org.open_case("Varenia").await;
    let bytes = noise(600_000);
    let file = SealedFile::new("film.mp4", &bytes);
    org.hand_over(&file).await.expect("kept");
    let record = org.note_with(case, "with a film", &[&file]);
    let stored = org.submit(case, &record).await.expect("stored");
    let other = org.submit(case, &org.note(case, "without")).await;
    let list = file.attachment.list;
    let path = format!("/v1/attachments/{list}/content?record={}", stored.record);
    let api = org.api();
    let whole = api.bytes(Method::GET, &path, Vec::new()).await;
    assert_eq!(whole.expect("an answer").expect("content"), bytes);
    // Across the edges of chunks, and at the end.
    for (range, part) in [
        ("bytes=262140-524300", 262_140..524_301),
        ("bytes=599999-", 599_999..600_000),
        ("bytes=-5", 599_995..600_000),
        ("bytes=262144-262144", 262_144..262_145),
    ] {
        let got = api.part(&path, range).await.expect("an answer");
        assert_eq!(got, (206, bytes[part].to_vec()), "{range}");
    }
    let beyond = api.part(&path, "bytes=600000-").await.expect("an answer");
    assert_eq!(beyond.0, 416);
    // Only by way of a record that names it.
    let other = other.expect("stored").record;
    let path = format!("/v1/attachments/{list}/content?record={other}");
    let refused = api.bytes(Method::GET, &path, Vec::new()).await;
    let refused = refused.expect("an answer").expect_err("not named there");
    assert_eq!(refused.code, "unknown-attachment");
}

#[tokio::test]
async fn after_a_purge_no_chunk_is_left() {
    let base = tempfile::tempdir().expect("a directory");
    let federation = Federation::found(base.path(), &["Norland", "Monitor"]);
    let _nodes = federation.start(Path::new(NODE)).await;
    let case = federation.shared_case("Varenia").await;
    let monitor = &federation.orgs[1];
    let file = SealedFile::new("a", &noise(300_000));
    monitor.hand_over(&file).await.expect("kept");
    let record = monitor.note_with(case, "with a file", &[&file]);
    monitor.submit(case, &record).await.expect("stored");
    for org in &federation.orgs {
        org.opened(case, &file).await;
        let purge = CaseAction::Purge {
            everywhere: false,
            reason: "the end".into(),
            abandon: true,
        };
        org.act(case, &purge).await.expect("purged");
        until("the chunks are gone", || async {
            let status = org.status().await;
            (status.attachments.bytes == 0 && status.attachments.removed == 1).then_some(())
        })
        .await;
        let path = file.path(&file.list);
        let gone = org.api().bytes(Method::GET, &path, Vec::new()).await;
        assert!(gone.expect("an answer").is_err());
    }
}

#[tokio::test]
async fn a_link_that_breaks_costs_no_more_than_what_was_under_way() {
    const BREAKS: u64 = 5;
    // What may be under way at each break: a chunk and what is asked for ahead, which on a busy machine is more.
    const UNDER_WAY: u64 = 1 << 20;
    let base = tempfile::tempdir().expect("a directory");
    let mut federation = Federation::found(base.path(), &["Norland", "Monitor"]);
    let tap = Tap::counting(&mut federation, 1).await;
    let _nodes = federation.start(Path::new(NODE)).await;
    let case = federation.shared_case("Varenia").await;
    let [norland, monitor] = &federation.orgs[..] else {
        panic!("two organisations")
    };
    let bytes = noise(24 << 20);
    let film = SealedFile::new("film.mp4", &bytes);
    monitor.hand_over(&film).await.expect("kept");
    let record = monitor.note_with(case, "the film", &[&film]);
    monitor.submit(case, &record).await.expect("stored");
    federation.converged(case, 1).await;
    let before = tap.passed();
    let path = format!("/v1/attachments/{}/fetch", film.attachment.list);
    let api = norland.api();
    let asked = api.bytes(Method::POST, &path, Vec::new());
    asked.await.expect("an answer").expect("asked");
    let size = bytes.len() as u64;
    for n in 1..=BREAKS {
        until("a part of it has passed", || async {
            (tap.passed() - before > n * size / (BREAKS + 1)).then_some(())
        })
        .await;
        tap.cut();
    }
    assert_eq!(norland.opened(case, &film).await, bytes);
    // Counted by the sender, what was lost on the way included.
    let sent = monitor.status().await.attachments.sent;
    assert!(
        sent < size + size / 100 + BREAKS * UNDER_WAY,
        "{sent} bytes for a file of {size}"
    );
}
