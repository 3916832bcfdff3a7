//! Photographs and films by courier: on request, as much as there is room for, over as many trips as it takes.

use focal_node::api::types::{AttachmentHere, CourierOrder, CourierPacked, RecordRow};
use focal_protocol::{
    id::Hash,
    random::{Random, SystemRandom},
    time::Time,
};
use focal_tests::{
    NodeProcess, Org, Ring, SealedFile, SmallDisk,
    courier::{load, pack, pack_order, receipt, report},
    until,
};
use std::{fs, path::Path, time::SystemTime};

const NODE: &str = env!("CARGO_BIN_EXE_test-node");

fn noise(length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    SystemRandom.fill(&mut bytes);
    bytes
}

fn now() -> Time {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    Time(u64::try_from(since.expect("after 1970").as_millis()).expect("a clock"))
}

async fn pack_with_files(
    from: &Org,
    to: &Org,
    bytes: u64,
    volume: Option<u64>,
) -> (Vec<Vec<u8>>, CourierPacked) {
    let order = CourierOrder {
        to: to.member.org.to_string(),
        attachment_bytes: Some(bytes),
        volume_bytes: volume,
        ..CourierOrder::default()
    };
    pack_order(from, &order).await.expect("packed")
}

#[tokio::test]
async fn files_come_on_request_in_parts_over_several_trips() {
    let ring = Ring::of(Path::new(NODE), &["Norland", "Monitor"]).await;
    let case = ring.case().await;
    let (norland, monitor) = (ring.org(0), ring.org(1));
    let photograph = SealedFile::new("market.jpg", &noise(600_000));
    // More than a node fetches by itself: a person has asked for it.
    let bytes = noise((9 << 20) + 5);
    let film = SealedFile::new("film.mp4", &bytes);
    for file in [&photograph, &film] {
        monitor.hand_over(file).await.expect("kept");
    }
    let record = monitor.note_with(case, "the market", &[&film, &photograph]);
    monitor.submit(case, &record).await.expect("stored");

    // Nobody asked for files: none travel.
    let (volumes, packed) = pack(monitor, norland, None).await;
    assert_eq!(packed.pieces, 0);
    load(norland, volumes[0].clone()).await.expect("loaded");
    norland.wait_records(case, 1).await;

    // Five megabytes on each trip, in small volumes, some of which are lost.
    let (mut trips, mut sent) = (0, 0);
    loop {
        let (mut volumes, packed) = pack_with_files(monitor, norland, 5 << 20, Some(4 << 20)).await;
        sent += packed.piece_bytes;
        if packed.pieces == 0 {
            assert_eq!(packed.files_left, 0);
            break;
        }
        assert!(packed.piece_bytes <= 5 << 20);
        trips += 1;
        assert!(trips < 8, "it ends");
        if trips == 2 {
            // The stick is lost: the same is packed again.
            continue;
        }
        // In any order, and twice.
        volumes.reverse();
        for _ in 0..2 {
            for volume in &volumes {
                load(norland, volume.clone()).await.expect("loaded");
            }
        }
        let back = receipt(norland, monitor).await;
        assert!(load(monitor, back).await.expect("loaded").heights > 0);
    }
    assert_eq!(norland.opened(case, &film).await, bytes);
    norland.opened(case, &photograph).await;
    // What had arrived did not travel again.
    let whole = (bytes.len() + 600_000) as u64;
    assert!(sent < whole + (6 << 20), "{sent} for {whole}");
}

#[tokio::test]
async fn a_piece_that_is_none_and_one_of_a_stranger_are_refused_by_name() {
    let ring = Ring::of(Path::new(NODE), &["Norland", "UN office", "Monitor"]).await;
    ring.key_packages().await;
    let (norland, un, monitor) = (ring.org(0), ring.org(1), ring.org(2));
    let case = norland.open_case("for two").await;
    norland.invite(case, un).await;
    let photograph = SealedFile::new("market.jpg", &noise(300_000));
    norland.hand_over(&photograph).await.expect("kept");
    let record = norland.note_with(case, "the market", &[&photograph]);
    norland.submit(case, &record).await.expect("stored");
    let (_, packed) = pack_with_files(norland, monitor, 1 << 30, None).await;
    assert_eq!(
        (packed.entries, packed.pieces),
        (0, 0),
        "it is not in the case"
    );
    let (volumes, packed) = pack_with_files(norland, un, 1 << 30, None).await;
    assert_eq!(packed.pieces, 3);
    let loaded = load(un, volumes[0].clone()).await.expect("loaded");
    assert_eq!((loaded.pieces, loaded.ahead), (3, 0), "{loaded:?}");
    un.opened(case, &photograph).await;
}

#[tokio::test]
async fn only_what_is_new_travels_if_that_is_asked_for() {
    let ring = Ring::of(Path::new(NODE), &["Norland", "Monitor"]).await;
    let case = ring.case().await;
    let (norland, monitor) = (ring.org(0), ring.org(1));
    for text in ["old", "older"] {
        report(norland, case, text).await;
    }
    ring.carry(0, 1).await;
    monitor.wait_records(case, 2).await;
    let rows: Vec<RecordRow> = norland
        .api()
        .get(&format!("/v1/cases/{case}/records"))
        .await
        .expect("records");
    let created = |row: &RecordRow| row.summary["created"].as_str()?.parse().ok();
    let last: Option<Time> = rows.iter().filter_map(created).max();
    let since = Time(last.expect("two").0 + 1);
    until("the clock goes on", || async {
        (now() > since).then_some(())
    })
    .await;
    report(norland, case, "new").await;
    // No receipt came back.
    let order = |since: Option<String>| CourierOrder {
        to: monitor.member.org.to_string(),
        since,
        ..CourierOrder::default()
    };
    let (_, all) = pack_order(norland, &order(None)).await.expect("packed");
    let order_new = order(Some(since.to_string()));
    let (volumes, new) = pack_order(norland, &order_new).await.expect("packed");
    assert!(new.entries < all.entries, "{new:?} {all:?}");
    let loaded = load(monitor, volumes[0].clone()).await.expect("loaded");
    assert_eq!((loaded.entries, loaded.ahead), (1, 0), "{loaded:?}");
    monitor.wait_records(case, 3).await;
    let refused = pack_order(norland, &order(Some("yesterday".into()))).await;
    assert_eq!(refused.expect_err("no time").code, "bad-time");
}

#[tokio::test]
async fn a_full_disk_ends_a_load_and_it_goes_on_when_there_is_space() {
    let mut ring = Ring::of(Path::new(NODE), &["Norland", "Monitor"]).await;
    let case = ring.case().await;
    let dir = ring.org(1).dir.clone();
    assert!(ring.nodes[1].stop().success());
    // Room for a part of what comes, beside what is left free for reports.
    let Some(disk) = SmallDisk::mount(&dir.join("attachments"), "68m") else {
        return;
    };
    ring.nodes[1] = NodeProcess::start_offline(Path::new(NODE), &dir).await;
    let (norland, monitor) = (ring.org(0), ring.org(1));
    let bytes = noise(9 << 20);
    let film = SealedFile::new("film.mp4", &bytes);
    norland.hand_over(&film).await.expect("kept");
    let record = norland.note_with(case, "the film", &[&film]);
    norland.submit(case, &record).await.expect("stored");
    let (volumes, packed) = pack_with_files(norland, monitor, 1 << 30, None).await;
    let refused = load(monitor, volumes[0].clone())
        .await
        .expect_err("no room");
    assert_eq!(refused.code, "disk-full", "{refused:?}");
    // What there was room for counts, and nothing else: the receipt says so.
    let back = receipt(monitor, norland).await;
    load(norland, back).await.expect("loaded");
    let (_, again) = pack_with_files(norland, monitor, 1 << 30, None).await;
    assert!(
        again.pieces > 0 && again.pieces < packed.pieces,
        "{again:?}"
    );
    let row = monitor.attachment(case, &film).await.expect("named");
    assert_ne!(row.state, AttachmentHere::Complete);

    disk.resize("256m");
    let loaded = load(monitor, volumes[0].clone()).await.expect("loaded");
    assert_eq!(loaded.pieces + loaded.pieces_known, packed.pieces);
    assert_eq!(monitor.opened(case, &film).await, bytes);
}

#[tokio::test]
async fn a_volume_torn_among_its_pieces_and_then_whole_completes_each_file() {
    let mut ring = Ring::of(Path::new(NODE), &["Norland", "Monitor"]).await;
    let case = ring.case().await;
    let dir = ring.org(1).dir.clone();
    for (percent, killed) in [(25, false), (50, true), (75, false), (99, true)] {
        let (norland, monitor) = (ring.org(0), ring.org(1));
        // The smaller one goes first: nothing of it is new when the volume comes whole.
        let photograph = SealedFile::new("market.jpg", &noise(300_000));
        let film = SealedFile::new("film.mp4", &noise(2 << 20));
        for file in [&photograph, &film] {
            norland.hand_over(file).await.expect("kept");
        }
        let record = norland.note_with(case, "the market", &[&film, &photograph]);
        norland.submit(case, &record).await.expect("stored");
        let (volumes, packed) = pack_with_files(norland, monitor, 1 << 30, None).await;
        assert_eq!(packed.pieces, 3 + 9);
        let volume = &volumes[0];
        let torn = volume[..volume.len() * percent / 100].to_vec();
        load(monitor, torn).await.expect_err("it ends early");
        // What came before counts, as far as it goes, and is not sent again.
        let back = receipt(monitor, norland).await;
        load(norland, back).await.expect("loaded");
        let (_, again) = pack_with_files(norland, monitor, 1 << 30, None).await;
        assert!(again.pieces < packed.pieces - 3, "{percent} %: {again:?}");
        let row = monitor.attachment(case, &photograph).await.expect("named");
        assert_eq!(row.state, AttachmentHere::Complete, "{percent} %");
        if killed {
            ring.nodes[1].kill();
            ring.nodes[1] = NodeProcess::start_offline(Path::new(NODE), &dir).await;
        }
        let (norland, monitor) = (ring.org(0), ring.org(1));
        let loaded = load(monitor, volume.clone()).await.expect("loaded");
        assert_eq!(loaded.pieces + loaded.pieces_known, packed.pieces);
        for file in [&photograph, &film] {
            monitor.opened(case, file).await;
        }
        let back = receipt(monitor, norland).await;
        load(norland, back).await.expect("loaded");
    }
}

#[tokio::test]
async fn what_the_disk_has_lost_is_not_said_to_be_held_and_comes_again() {
    let mut ring = Ring::of(Path::new(NODE), &["Norland", "Monitor"]).await;
    let case = ring.case().await;
    let dir = ring.org(1).dir.clone();
    let film = SealedFile::new("film.mp4", &noise(2 << 20));
    let photograph = SealedFile::new("market.jpg", &noise(300_000));
    let (norland, monitor) = (ring.org(0), ring.org(1));
    for file in [&photograph, &film] {
        norland.hand_over(file).await.expect("kept");
    }
    let record = norland.note_with(case, "the market", &[&film, &photograph]);
    norland.submit(case, &record).await.expect("stored");
    let (volumes, packed) = pack_with_files(norland, monitor, 1 << 30, None).await;
    load(monitor, volumes[0].clone()).await.expect("loaded");
    monitor.opened(case, &film).await;
    let back = receipt(monitor, norland).await;
    load(norland, back).await.expect("loaded");
    let (_, none) = pack_with_files(norland, monitor, 1 << 30, None).await;
    assert_eq!(none.pieces, 0, "it is known to hold them");
    // A backup came without files, or a disk has lost some: all of the film, and one chunk of the photograph.
    let of = |file: &SealedFile| {
        let list = file.attachment.list.to_string();
        dir.join("attachments").join(&list[..2]).join(list)
    };
    let lost = of(&photograph).join(Hash::of(&[&photograph.chunks[0]]).to_string());
    let kept = fs::read(&lost).expect("a chunk");
    ring.nodes[1].kill();
    fs::remove_dir_all(of(&film)).expect("removed");
    fs::remove_file(&lost).expect("removed");
    ring.nodes[1] = NodeProcess::start_offline(Path::new(NODE), &dir).await;
    let (norland, monitor) = (ring.org(0), ring.org(1));
    until("the node has looked", || async {
        let film = monitor.attachment(case, &film).await?;
        let photograph = monitor.attachment(case, &photograph).await?;
        let waits = |state| state != AttachmentHere::Complete;
        (waits(film.state) && waits(photograph.state)).then_some(())
    })
    .await;
    let back = receipt(monitor, norland).await;
    load(norland, back).await.expect("loaded");
    let (volumes, again) = pack_with_files(norland, monitor, 1 << 30, None).await;
    assert_eq!((packed.pieces, again.pieces), (3 + 9, 1 + 9));
    load(monitor, volumes[0].clone()).await.expect("loaded");
    for file in [&photograph, &film] {
        monitor.opened(case, file).await;
    }

    // What is all here counts as here after a start, whatever was said of it.
    ring.nodes[1].kill();
    fs::remove_file(&lost).expect("removed");
    ring.nodes[1] = NodeProcess::start_offline(Path::new(NODE), &dir).await;
    let monitor = ring.org(1);
    until("the node has looked", || async {
        let row = monitor.attachment(case, &photograph).await?;
        (row.state != AttachmentHere::Complete).then_some(())
    })
    .await;
    ring.nodes[1].kill();
    fs::write(&lost, kept).expect("written");
    ring.nodes[1] = NodeProcess::start_offline(Path::new(NODE), &dir).await;
    ring.org(1).opened(case, &photograph).await;
}
