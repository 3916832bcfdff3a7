//! Photographs and films without a link: they wait sealed with their report, and follow it.

mod support;

use focal_tests::SmallDisk;
use serde_json::Value;
use std::{fs, time::Instant};
use support::{Officer, Stage, alert, at_node, at_the_checkpoint, files, photograph, titles};

fn with_photograph(case: &str, text: &str, path: &str) -> Vec<String> {
    let args = [
        "report", "send", case, "--kind", "note", "--text", text, "--attach", path, "--json",
        "--yes",
    ];
    args.map(ToString::to_string).to_vec()
}

fn send_with(officer: &Officer, case: &str, text: &str, path: &str) -> Value {
    let args = with_photograph(case, text, path);
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    officer.types(&args).json()
}

#[tokio::test]
async fn photographs_wait_sealed_with_their_report_and_follow_it() {
    let stage = Stage::new(&["Monitor"]);
    let (officer, case) = at_the_checkpoint(&stage).await;
    let (path, market) = photograph(&officer, "market-canary.jpg", 700_000);
    let waiting = send_with(&officer, &case, "the market", &path);
    assert_eq!(
        (&waiting["waiting"], &waiting["files"]),
        (&true.into(), &1.into())
    );
    // From here on it need not be where it was.
    fs::remove_file(&path).expect("removed");
    let (film_path, film) = photograph(&officer, "film.mp4", (8 << 20) + 5);
    send_with(&officer, &case, "the film", &film_path);
    alert(&officer, "attack expected");
    let list = officer.json(&["outbox", "list"]);
    assert_eq!(list[0]["files"], 1, "{list}");
    // Neither the picture nor its name nor what opens it is there in the clear.
    for file in files(&officer.home) {
        let bytes = fs::read(&file).expect("read");
        for secret in [&market[1_000..1_016], b"market-canary"] {
            let found = bytes.windows(secret.len()).any(|w| w == secret);
            assert!(!found, "in {}", file.display());
        }
    }
    assert!(files(&officer.home.join("attaching")).is_empty());

    let _node = stage.node().await;
    let said = officer.types(&["case", "list"]);
    let line = "3 reports from the outbox were stored (1 alert first); 1 file handed over; \
                files of 1 report wait: send them with `focal outbox send`";
    assert_eq!(said.err.trim(), line, "{said:?}");
    let there = at_node(stage.org(), &case, "market-canary.jpg").await;
    assert_eq!(there, Some(market));
    // A film does not go by itself; its report has.
    assert_eq!(titles(stage.org(), &case).await.len(), 4);
    let list = officer.json(&["outbox", "list"]);
    assert_eq!(list[0]["state"], "follows", "{list}");
    let sent = officer.json(&["outbox", "send"]);
    assert_eq!((&sent["files"], &sent["following"]), (&1.into(), &0.into()));
    assert_eq!(at_node(stage.org(), &case, "film.mp4").await, Some(film));
    assert_eq!(officer.json(&["outbox", "list"]), serde_json::json!([]));
    assert!(files(&officer.outbox().join("files")).is_empty());
}

#[tokio::test]
async fn a_report_that_is_cancelled_takes_its_files_with_it() {
    let stage = Stage::new(&["Monitor"]);
    let (officer, case) = at_the_checkpoint(&stage).await;
    let (path, _) = photograph(&officer, "market.jpg", 300_000);
    let waiting = send_with(&officer, &case, "the market", &path);
    assert_eq!(files(&officer.outbox().join("files")).len(), 1);
    let record = waiting["record"].as_str().expect("an id");
    officer.json(&["outbox", "cancel", &record[..8]]);
    assert!(files(&officer.outbox().join("files")).is_empty());
}

#[tokio::test]
async fn a_command_killed_while_files_are_kept_or_go_loses_none() {
    let stage = Stage::new(&["Monitor"]);
    let (officer, case) = at_the_checkpoint(&stage).await;
    let start = Instant::now();
    let (path, _) = photograph(&officer, "clock.jpg", 6_000_000);
    send_with(&officer, &case, "for the clock", &path);
    let whole = start.elapsed();
    let mut told = Vec::new();
    for round in 0..6_u32 {
        let name = format!("{round}.jpg");
        let (path, bytes) = photograph(&officer, &name, 6_000_000);
        let text = format!("round {round}");
        let args = with_photograph(&case, &text, &path);
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let mut child = officer.begins(&args);
        std::thread::sleep(whole.mul_f64(0.5 + 0.1 * f64::from(round)));
        let _ = child.kill();
        if child.wait_with_output().expect("reaped").status.success() {
            told.push((name, bytes));
        }
    }
    let _node = stage.node().await;
    // Each time it goes on; in the end it is all there.
    for _ in 0..6 {
        let mut child = officer.begins(&["outbox", "send"]);
        std::thread::sleep(whole.mul_f64(0.6));
        let _ = child.kill();
        child.wait().expect("reaped");
    }
    officer.json(&["outbox", "send"]);
    assert_eq!(officer.json(&["outbox", "list"]), serde_json::json!([]));
    for (name, bytes) in told {
        let there = at_node(stage.org(), &case, &name).await;
        assert!(there == Some(bytes), "{name} was lost");
    }
    assert!(files(&officer.outbox().join("files")).is_empty());
}

#[tokio::test]
async fn a_disk_without_room_for_a_photograph_still_has_room_for_a_report() {
    let stage = Stage::new(&["Monitor"]);
    let (officer, case) = at_the_checkpoint(&stage).await;
    let known = fs::read(officer.outbox().join("known.sealed")).expect("known");
    let Some(_disk) = SmallDisk::mount(&officer.outbox(), "6m") else {
        return;
    };
    fs::write(officer.outbox().join("known.sealed"), known).expect("room for that");
    let (path, bytes) = photograph(&officer, "market.jpg", 3_000_000);
    let args = with_photograph(&case, "typed text", &path);
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let said = officer.types(&args);
    assert_eq!(said.code, 7, "{said:?}");
    assert!(said.err.contains("market.jpg takes"), "{said:?}");
    let drafts = files(&officer.home.join("drafts"));
    let draft = fs::read_to_string(&drafts[0]).expect("a draft");
    assert!(draft.contains("typed text") && draft.contains("market.jpg"));
    assert!(files(&officer.outbox().join("files")).is_empty());
    assert_eq!(officer.note(&case, "without it")["waiting"], true);

    // With the node in reach neither needs room here.
    let _node = stage.node().await;
    let sent = officer.json(&["report", "send", &case, &drafts[0].display().to_string()]);
    assert!(sent["log"].is_string(), "{sent}");
    assert!(at_node(stage.org(), &case, "market.jpg").await == Some(bytes));
}

/// A film of a telephone, with its place where Android writes it.
fn film() -> Vec<u8> {
    let block = |kind: &[u8], content: &[u8]| {
        let length = u32::try_from(8 + content.len()).expect("short");
        [&length.to_be_bytes()[..], kind, content].concat()
    };
    let place = block(b"\xa9xyz", b"\0\x12\x15\xc7+44.5000+021.2500/");
    let start = block(b"ftyp", b"isom\0\0\x02\0isommp41");
    let head = block(b"mvhd", &[0; 100]);
    let index = block(b"moov", &[head, block(b"udta", &place)].concat());
    [start, index, block(b"mdat", &[7; 5_000])].concat()
}

#[tokio::test]
async fn of_a_film_it_is_said_what_it_tells_and_of_a_document_that_nobody_has_looked() {
    let stage = Stage::new(&["Monitor"]);
    let (officer, case) = at_the_checkpoint(&stage).await;
    let (plan, road) = (
        officer.home.with_file_name("plan.pdf"),
        officer.home.with_file_name("road.mp4"),
    );
    fs::write(&plan, b"%PDF-1.7 of somebody").expect("written");
    fs::write(&road, film()).expect("written");
    let (plan, road) = (plan.display().to_string(), road.display().to_string());
    for (language, says, not) in [
        (
            "en",
            "road.mp4 also says: place 44.50000, 21.25000; other parts",
            "plan.pdf was not looked into: it may name place, time, device and people",
        ),
        (
            "fr",
            "road.mp4 dit aussi : lieu 44.50000, 21.25000 ; d’autres parties",
            "plan.pdf n’a pas été examiné : il peut nommer lieu, heure, appareil et personnes",
        ),
    ] {
        let said = officer.types(&[
            "report", "send", &case, "--kind", "note", "--text", "the road", "--attach", &road,
            "--attach", &plan, "--yes", "--lang", language,
        ]);
        assert_eq!(said.code, 0, "{said:?}");
        let words: Vec<&str> = said.err.split_whitespace().collect();
        let line = words.join(" ");
        assert!(line.contains(says) && line.contains(not), "{line}");
    }
}
