//! An officer without a link: what is written waits, sealed, and goes out once.

mod support;

use focal_protocol::{directory::Revocation, time::Time};
use focal_tests::{SmallDisk, until};
use std::{fs, time::Instant};
use support::{CASE, Stage, alert, at_the_checkpoint, files, titles};

const CANARY: &str = "Dalmat-canary-7731";

#[tokio::test]
async fn what_is_written_without_a_link_goes_out_by_itself_alerts_first() {
    let stage = Stage::new(&["Monitor"]);
    let (officer, case) = at_the_checkpoint(&stage).await;
    let waiting = officer.note("varenia: o", &format!("first {CANARY}"));
    assert_eq!(waiting["waiting"], true, "{waiting}");
    assert_eq!(waiting["case"], case.as_str());
    officer.note(&case[..8], "second");
    alert(&officer, "attack expected");
    let list = officer.json(&["outbox", "list"]);
    assert_eq!(list.as_array().map(Vec::len), Some(3));
    assert_eq!(list[0]["record"], waiting["record"]);

    // Nothing of it is in the clear.
    for file in files(&officer.home) {
        let bytes = fs::read(&file).expect("read");
        for secret in [CANARY, CASE] {
            let found = bytes.windows(secret.len()).any(|w| w == secret.as_bytes());
            assert!(!found, "{secret} in {}", file.display());
        }
    }

    let _node = stage.node().await;
    let said = officer.types(&["case", "list"]);
    assert_eq!(said.code, 0, "{said:?}");
    let line = "3 reports from the outbox were stored (1 alert first)";
    assert_eq!(said.err.trim(), line, "{said:?}");
    assert_eq!(officer.json(&["outbox", "list"]), serde_json::json!([]));
    let titles = titles(stage.org(), &case).await;
    assert_eq!(titles.len(), 4, "{titles:?}");
    // The next command has nothing to say.
    assert_eq!(officer.types(&["case", "list"]).err, "");
}

#[tokio::test]
async fn a_report_goes_with_all_that_waits_before_it() {
    let stage = Stage::new(&["Monitor"]);
    let (officer, case) = at_the_checkpoint(&stage).await;
    officer.note(&case, "first");
    alert(&officer, "attack expected");
    let _node = stage.node().await;
    let sent = officer.json(&["outbox", "send"]);
    let kinds: Vec<u64> = sent["stored"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|s| s["seq"].as_u64())
        .collect();
    assert_eq!(kinds.len(), 2, "{sent}");
    let alert_log = sent["stored"][0]["log"].clone();
    assert_ne!(
        alert_log, sent["stored"][1]["log"],
        "an alert goes in its own lane, first"
    );
    assert_eq!(sent["waiting"], 0);
}

#[tokio::test]
async fn a_case_that_was_never_seen_is_refused_and_the_text_is_a_draft() {
    let stage = Stage::new(&["Monitor"]);
    let (officer, _) = at_the_checkpoint(&stage).await;
    let args = [
        "report",
        "send",
        "Elsewhere",
        "--kind",
        "note",
        "--text",
        "typed text",
    ];
    let said = officer.types(&args);
    assert_eq!(said.code, 6, "{said:?}");
    assert!(said.err.contains("the case list is of"), "{said:?}");
    let drafts = files(&officer.home.join("drafts"));
    assert_eq!(drafts.len(), 1);
    let draft = fs::read_to_string(&drafts[0]).expect("read");
    assert!(draft.contains("typed text"));
}

#[tokio::test]
async fn what_the_node_refuses_for_good_stays_with_the_reason_until_it_is_cancelled() {
    let mut stage = Stage::new(&["Monitor"]);
    let (officer, case) = at_the_checkpoint(&stage).await;
    let waiting = officer.note(&case, "too late");
    let record = waiting["record"].as_str().expect("an id").to_string();
    let org = &mut stage.federation.orgs[0];
    let key = org.author.public();
    let manifest = org.issue(|m| {
        m.authors.clear();
        m.revoked.push(Revocation {
            key,
            at: Time(1),
            reason: "laptop lost".into(),
        });
    });
    stage.federation.bundle.manifests.push(manifest);
    stage.federation.hand_to(stage.org());
    let _node = stage.node().await;
    let said = officer.types(&["case", "list"]);
    assert!(said.err.contains("1 report refused"), "{said:?}");
    let list = officer.json(&["outbox", "list"]);
    assert_eq!(list[0]["state"], "refused", "{list}");
    assert_eq!(list[0]["code"], "revoked-author", "{list}");
    // It is not tried again by itself, but on request.
    assert_eq!(officer.types(&["case", "list"]).err, "");
    let said = officer.types(&["outbox", "send", &record[..8]]);
    assert_eq!(said.code, 4, "{said:?}");
    officer.json(&["outbox", "cancel", &record[..8]]);
    assert_eq!(officer.json(&["outbox", "list"]), serde_json::json!([]));
}

#[tokio::test]
async fn a_command_killed_at_any_moment_loses_nothing_and_doubles_nothing() {
    let stage = Stage::new(&["Monitor"]);
    let (officer, case) = at_the_checkpoint(&stage).await;
    let node = stage.node().await;
    let start = Instant::now();
    officer.note(&case, "for the clock");
    let whole = start.elapsed();
    let mut told = Vec::new();
    for round in 0..16_u32 {
        let text = format!("round {round}");
        let args = [
            "report", "send", &case, "--kind", "note", "--text", &text, "--json",
        ];
        let mut child = officer.begins(&args);
        // The moments around signing, keeping, sending and removing are at the end.
        std::thread::sleep(whole.mul_f64(0.5 + 0.04 * f64::from(round)));
        let _ = child.kill();
        let output = child.wait_with_output().expect("reaped");
        if output.status.success() {
            told.push(text);
        }
    }
    officer.json(&["outbox", "send"]);
    assert_eq!(officer.json(&["outbox", "list"]), serde_json::json!([]));
    let there = titles(stage.org(), &case).await;
    for round in 0..16 {
        let text = format!("round {round}");
        let copies = there.iter().filter(|t| **t == text).count();
        assert!(copies <= 1, "{text} is there {copies} times");
        assert!(copies == 1 || !told.contains(&text), "{text} was lost");
    }
    let left = files(&officer.outbox());
    let staged = |f: &std::path::PathBuf| {
        let name = f.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with(".tmp")
    };
    assert!(!left.iter().any(staged), "{left:?}");
    drop(node);
}

#[tokio::test]
async fn many_commands_at_once_keep_and_send_each_report_once() {
    let stage = Stage::new(&["Monitor"]);
    let (officer, case) = at_the_checkpoint(&stage).await;
    let texts: Vec<String> = (0..6).map(|n| format!("note {n}")).collect();
    let senders = texts.iter().map(|text| {
        officer.begins(&[
            "report", "send", &case, "--kind", "note", "--text", text, "--json",
        ])
    });
    for child in senders.collect::<Vec<_>>() {
        let output = child.wait_with_output().expect("ended");
        assert!(output.status.success(), "{output:?}");
    }
    let list = officer.json(&["outbox", "list"]);
    assert_eq!(list.as_array().map(Vec::len), Some(6));
    let _node = stage.node().await;
    let senders: Vec<_> = (0..3)
        .map(|_| officer.begins(&["outbox", "send", "--json"]))
        .collect();
    for child in senders {
        let output = child.wait_with_output().expect("ended");
        assert!(output.status.success(), "{output:?}");
    }
    let there = titles(stage.org(), &case).await;
    for text in texts {
        assert_eq!(there.iter().filter(|t| **t == text).count(), 1, "{text}");
    }
}

#[tokio::test]
async fn a_full_disk_is_named_and_what_was_typed_is_a_draft() {
    let stage = Stage::new(&["Monitor"]);
    let (officer, case) = at_the_checkpoint(&stage).await;
    let known = fs::read(officer.outbox().join("known.sealed")).expect("known");
    let Some(_disk) = SmallDisk::mount(&officer.outbox(), "64k") else {
        return;
    };
    fs::write(officer.outbox().join("known.sealed"), known).expect("room for that");
    let ballast = officer.outbox().join("ballast");
    let full = fs::File::create(&ballast)
        .and_then(|mut file| std::io::copy(&mut std::io::repeat(0), &mut file));
    assert!(full.is_err());
    let args = [
        "report",
        "send",
        &case,
        "--kind",
        "note",
        "--text",
        "typed text",
    ];
    let said = officer.types(&args);
    assert_eq!(said.code, 7, "{said:?}");
    assert!(
        said.err.contains("could neither be sent nor kept"),
        "{said:?}"
    );
    let drafts = files(&officer.home.join("drafts"));
    assert!(
        fs::read_to_string(&drafts[0])
            .expect("a draft")
            .contains("typed text")
    );
    assert!(
        said.err.contains(&drafts[0].display().to_string()),
        "{said:?}"
    );

    // With the node in reach it need not be kept here.
    let _node = stage.node().await;
    let sent = officer.json(&["report", "send", &case, &drafts[0].display().to_string()]);
    assert!(sent["log"].is_string(), "{sent}");
    assert!(files(&officer.home.join("drafts")).is_empty());
    until("it can be read", || async {
        let there = titles(stage.org(), &case).await;
        there.contains(&"typed text".to_string()).then_some(())
    })
    .await;
}
