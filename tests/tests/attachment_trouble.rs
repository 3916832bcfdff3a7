//! Files that go with records on full disks, over slow links, and through crashes.

use focal_node::api::types::{AttachmentHere, AttachmentRow};
use focal_protocol::{
    id::{CaseId, Hash},
    random::{Random, SystemRandom},
};
use focal_tests::{Federation, Org, SealedFile, SmallDisk, Tap, until};
use hyper::Method;
use std::path::Path;

const NODE: &str = env!("CARGO_BIN_EXE_test-node");

fn noise(length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    SystemRandom.fill(&mut bytes);
    bytes
}

/// Bytes of all sealed pieces.
fn sealed(file: &SealedFile) -> u64 {
    let pieces = file.chunks.iter().chain([&file.list]);
    pieces.map(|piece| piece.len() as u64).sum()
}

async fn ask_for(org: &Org, file: &SealedFile) {
    let path = format!("/v1/attachments/{}/fetch", file.attachment.list);
    let asked = org.api().bytes(Method::POST, &path, Vec::new()).await;
    asked.expect("an answer").expect("asked");
}

/// Waits until a file waits for a reason.
async fn waits(org: &Org, case: CaseId, file: &SealedFile, why: &str) -> AttachmentRow {
    until(&format!("it waits: {why}"), || async {
        let row = org.attachment(case, file).await?;
        (row.state == AttachmentHere::Waiting && row.why.as_deref()?.contains(why)).then_some(row)
    })
    .await
}

/// Hands over until the node says that there is room.
async fn hand_over_when_there_is_room(org: &Org, file: &SealedFile) {
    until("there is room", || async { org.hand_over(file).await.ok() }).await;
}

#[tokio::test]
async fn attachments_take_no_more_than_the_operator_gives_them_and_go_on_with_more() {
    let base = tempfile::tempdir().expect("a directory");
    let federation = Federation::found(base.path(), &["Norland", "Monitor"]);
    let [norland, monitor] = &federation.orgs[..] else {
        panic!("two organisations")
    };
    norland.set(|s| s.attachment_space_mib = 1);
    let mut nodes = federation.start(Path::new(NODE)).await;
    let case = federation.shared_case("Varenia").await;
    let bytes = noise(2 << 20);
    let film = SealedFile::new("film.mp4", &bytes);

    // The sender's node: nothing is acknowledged that is not there.
    let refused = norland.hand_over(&film).await.expect_err("no room");
    assert_eq!(refused.code, "attachments-full");
    assert!(refused.hint.is_some(), "what to do next");
    let record = norland.note_with(case, "the film", &[&film]);
    let refused = norland.submit(case, &record).await.expect_err("not whole");
    assert_eq!(refused.code, "missing-chunks");

    // The receiver's: reports come, the file waits as a whole, and an operator sees it.
    let second = SealedFile::new("second.mp4", &bytes);
    monitor.hand_over(&second).await.expect("kept");
    let record = monitor.note_with(case, "the second film", &[&second]);
    monitor.submit(case, &record).await.expect("stored");
    federation.converged(case, 1).await;
    let row = waits(norland, case, &second, "node.toml").await;
    assert!(row.held <= 1, "at most its list: {}", row.held);
    assert_eq!(norland.status().await.alarms.len(), 1);

    assert!(nodes[0].stop().success());
    norland.set(|s| s.attachment_space_mib = 64);
    nodes[0] = norland.start(Path::new(NODE)).await;
    assert_eq!(norland.opened(case, &second).await, bytes);
    norland.hand_over(&film).await.expect("kept");
    let record = norland.note_with(case, "the film", &[&film]);
    norland.submit(case, &record).await.expect("stored");
    assert_eq!(monitor.opened(case, &film).await, bytes);
}

#[tokio::test]
async fn a_full_disk_keeps_files_waiting_on_both_sides_and_they_go_on_by_themselves() {
    let base = tempfile::tempdir().expect("a directory");
    let federation = Federation::found(base.path(), &["Norland", "Monitor"]);
    let [norland, monitor] = &federation.orgs[..] else {
        panic!("two organisations")
    };
    // 64 MiB of it are left free for reports.
    let Some(disk) = SmallDisk::mount(&norland.dir.join("attachments"), "66m") else {
        return;
    };
    let _nodes = federation.start(Path::new(NODE)).await;
    let case = federation.shared_case("Varenia").await;
    let bytes = noise(4 << 20);
    let (film, second) = (
        SealedFile::new("film.mp4", &bytes),
        SealedFile::new("second.mp4", &bytes),
    );
    let refused = norland.hand_over(&film).await.expect_err("no room");
    assert_eq!(refused.code, "disk-full");
    let record = norland.note_with(case, "the film", &[&film]);
    let refused = norland.submit(case, &record).await.expect_err("not whole");
    assert_eq!(refused.code, "missing-chunks");

    monitor.hand_over(&second).await.expect("kept");
    let note = monitor.note_with(case, "the second film", &[&second]);
    monitor.submit(case, &note).await.expect("stored");
    federation.converged(case, 1).await;
    waits(norland, case, &second, "the disk is full").await;
    assert!(!norland.status().await.alarms.is_empty());

    disk.resize("256m");
    assert_eq!(norland.opened(case, &second).await, bytes);
    until("no alarm is left", || async {
        norland.status().await.alarms.is_empty().then_some(())
    })
    .await;
    hand_over_when_there_is_room(norland, &film).await;
    norland.submit(case, &record).await.expect("stored");
    assert_eq!(monitor.opened(case, &film).await, bytes);
}

#[tokio::test]
async fn a_node_that_is_killed_while_files_come_goes_on_and_doubles_nothing() {
    let base = tempfile::tempdir().expect("a directory");
    let mut federation = Federation::found(base.path(), &["Norland", "Monitor"]);
    let tap = Tap::counting(&mut federation, 1).await;
    let mut nodes = federation.start(Path::new(NODE)).await;
    let case = federation.shared_case("Varenia").await;
    let [norland, monitor] = &federation.orgs[..] else {
        panic!("two organisations")
    };
    let bytes = noise(16 << 20);
    let film = SealedFile::new("film.mp4", &bytes);

    // While its own officer hands the file over.
    let mut part = film.clone();
    part.chunks.truncate(30);
    monitor.hand_over(&part).await.expect("kept");
    nodes[1].kill();
    nodes[1] = monitor.start(Path::new(NODE)).await;
    let names: Vec<u8> = film.chunks.iter().flat_map(|c| Hash::of(&[c]).0).collect();
    let path = format!("/v1/attachments/{}/lacking", film.attachment.list);
    let lacking: Vec<u32> = monitor
        .api()
        .post_bytes(&path, names)
        .await
        .expect("an answer")
        .expect("a list");
    assert_eq!(lacking, (30..64).collect::<Vec<u32>>());
    monitor.hand_over(&film).await.expect("kept");
    let record = monitor.note_with(case, "the film", &[&film]);
    monitor.submit(case, &record).await.expect("stored");
    until("what is kept is counted", || async {
        (monitor.status().await.attachments.bytes == sealed(&film)).then_some(())
    })
    .await;
    federation.converged(case, 1).await;

    // While the partner's node fetches it: on either side.
    let before = tap.passed();
    ask_for(norland, &film).await;
    for (index, parts) in [(0, 4), (1, 2)] {
        until("a part of it has passed", || async {
            (tap.passed() - before > bytes.len() as u64 / parts).then_some(())
        })
        .await;
        nodes[index].kill();
        nodes[index] = federation.orgs[index].start(Path::new(NODE)).await;
    }
    assert_eq!(norland.opened(case, &film).await, bytes);
    let passed = tap.passed() - before;
    // The window, a chunk that is not whole and the buffers, twice.
    let most = bytes.len() as u64 * 21 / 20 + (8 << 20);
    assert!(passed < most, "{passed} bytes for {}", bytes.len());
    for org in [norland, monitor] {
        until("nothing is doubled", || async {
            (org.status().await.attachments.bytes == sealed(&film)).then_some(())
        })
        .await;
    }
}

#[tokio::test]
async fn a_report_passes_a_film_on_a_slow_link() {
    /// Bytes each second, each way.
    const RATE: u64 = 64 << 10;
    let base = tempfile::tempdir().expect("a directory");
    let mut federation = Federation::found(base.path(), &["Norland", "Monitor"]);
    let tap = Tap::counting(&mut federation, 1).await;
    let _nodes = federation.start(Path::new(NODE)).await;
    let case = federation.shared_case("Varenia").await;
    let [norland, monitor] = &federation.orgs[..] else {
        panic!("two organisations")
    };
    let film = SealedFile::new("film.mp4", &noise(16 << 20));
    monitor.hand_over(&film).await.expect("kept");
    let record = monitor.note_with(case, "the film", &[&film]);
    monitor.submit(case, &record).await.expect("stored");
    federation.converged(case, 1).await;
    tap.pace(RATE);
    let before = tap.passed();
    ask_for(norland, &film).await;
    until("the film fills the link", || async {
        (tap.passed() - before > 4 * RATE).then_some(())
    })
    .await;
    // The film takes four minutes. What is in buffers before a report must be seconds.
    for n in 2..5 {
        let sent = tap.passed();
        let note = monitor.note(case, "the witness has left");
        monitor.submit(case, &note).await.expect("stored");
        norland.wait_records(case, n).await;
        // The link's own time: how busy the machine is does not count.
        let ahead = tap.passed() - sent;
        assert!(ahead < 5 * RATE, "{ahead} bytes passed before report {n}");
    }
    let row = norland.attachment(case, &film).await.expect("named");
    assert_eq!(row.state, AttachmentHere::Coming);
}
