//! An officer's day, as the README tells it: nothing in reach at the checkpoint, three reports with photographs, a link for two
//! minutes, the alert first.

mod support;

use focal_node::remote::NodeAddress;
use focal_tests::{SlowLink, SmallDisk, free_port, until};
use serde_json::{Value, json};
use std::{fs, path::Path, time::Duration};
use support::{CASE, Officer, Stage, alert, at_node, files, photograph, titles};

fn through(stage: &Stage, port: u16) -> Officer {
    let address = format!("/ip4/127.0.0.1/tcp/{port}");
    let node = NodeAddress::full(&address, &stage.org().node).expect("an address");
    stage
        .officer()
        .through(&["--node", &node, "--link", "narrow"])
}

/// A report in a file, with its photographs beside it, as people write them.
fn written(dir: &Path, name: &str, text: &str) -> String {
    let path = dir.join(name);
    fs::write(&path, text).expect("written");
    path.display().to_string()
}

fn port_of(address: &str) -> u16 {
    let port = address.rsplit('/').next().and_then(|p| p.parse().ok());
    port.expect("a port in the address")
}

#[tokio::test(flavor = "multi_thread")]
async fn three_reports_with_photographs_and_two_minutes_of_link() {
    let stage = Stage::new(&["Monitor", "Norland"]);
    let nodes = stage.federation.start(&stage.program).await;
    let case = stage.federation.shared_case(CASE).await.to_string();
    let [_monitor_node, mut norland_node] = <[_; 2]>::try_from(nodes).expect("two nodes");
    let (monitor, norland) = (&stage.federation.orgs[0], &stage.federation.orgs[1]);
    let link = SlowLink::to(
        port_of(monitor.address()),
        Duration::from_millis(100),
        200_000,
    )
    .await;
    let with_link = through(&stage, link.port());
    // In the morning, in town: which cases there are.
    assert_eq!(with_link.json(&["case", "list"])[0]["title"], CASE);

    // At the checkpoint: nothing is in reach, and the partner's node is down as well.
    let officer = through(&stage, free_port());
    norland_node.kill();
    let dir = stage.base.path();
    let mut photographs = Vec::new();
    for (name, length) in [
        ("road.jpg", 40_000),
        ("market.jpg", 300_000),
        ("bridge.jpg", 700_000),
    ] {
        photographs.push((name, photograph(&officer, name, length).1));
    }
    let reports = [
        written(
            dir,
            "road.md",
            "---\nkind: note\nattachments: [road.jpg]\n---\nMilitia on the Dalmat road",
        ),
        written(
            dir,
            "market.md",
            "---\nkind: note\nattachments: [market.jpg]\n---\nThe market was attacked",
        ),
        written(
            dir,
            "bridge.md",
            "---\nkind: note\nattachments: [bridge.jpg]\n---\nThe bridge is mined",
        ),
    ];
    for report in &reports {
        let waiting = officer.json(&["report", "send", "varenia", report]);
        assert_eq!(
            (&waiting["waiting"], &waiting["files"]),
            (&json!(true), &json!(1))
        );
    }
    // The photographs are searched for at the next checkpoint: they are not where they were any more.
    for (name, _) in &photographs {
        fs::remove_file(dir.join(name)).expect("removed");
    }
    // A slip of the finger: nothing is lost by it.
    let passphrase = officer.home.join("passphrase");
    let right = fs::read(&passphrase).expect("read");
    fs::write(&passphrase, "correct horse buttery").expect("written");
    let said = officer.types(&["outbox", "list"]);
    assert_eq!(said.code, 3, "{said:?}");
    assert!(said.err.contains("nothing was changed"), "{said:?}");
    fs::write(&passphrase, right).expect("written");
    let alerted = alert(&officer, "attack on Lower Teres expected");
    assert_eq!(
        officer.json(&["outbox", "list"]).as_array().map(Vec::len),
        Some(4)
    );

    // A link, for a while: the alert first, then the reports, then as much of the photographs as passes.
    let sending = with_link.begins(&["outbox", "send", "--json"]);
    let before = link.passed();
    until("a part of the photographs has passed", || async {
        (link.passed() - before > 500_000).then_some(())
    })
    .await;
    link.take_down();
    let output = sending.wait_with_output().expect("ended");
    assert_eq!(output.status.code(), Some(5), "{output:?}");
    let sent: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let stored = sent["stored"].as_array().expect("a list");
    assert_eq!(stored.len(), 4, "{sent}");
    assert_eq!(stored[0]["record"], alerted["record"]);
    assert_eq!(titles(monitor, &case).await.len(), 4);
    let list = officer.json(&["outbox", "list"]);
    let rows = list.as_array().expect("rows");
    assert!(
        !rows.is_empty() && rows.iter().all(|r| r["state"] == "follows"),
        "{list}"
    );

    // In the evening any command brings the rest, and not again what has passed.
    link.restore();
    let before = link.passed();
    let said = with_link.types(&["case", "list"]);
    assert!(said.err.contains("handed over"), "{said:?}");
    let passed = link.passed() - before;
    assert!(passed < 800_000, "{passed} bytes of 1,040,000 were left");
    assert_eq!(with_link.json(&["outbox", "list"]), json!([]));
    assert!(files(&officer.outbox().join("files")).is_empty());
    for (name, bytes) in &photographs {
        assert!(
            at_node(monitor, &case, name).await.as_ref() == Some(bytes),
            "{name}"
        );
    }

    // The partner comes back: it has all of it, and the officer sees so.
    let record = alerted["record"].as_str().expect("an id");
    let held = |status: &Value| {
        let rows = status.as_array().expect("rows");
        rows.iter().filter(|r| !r["since"].is_null()).count()
    };
    let status = with_link.json(&["report", "status", record]);
    assert_eq!(held(&status), 0, "{status}");
    let _norland_node = norland.start(&stage.program).await;
    until("the partner has the report and its photographs", || async {
        for (name, bytes) in &photographs {
            (at_node(norland, &case, name).await.as_ref() == Some(bytes)).then_some(())?;
        }
        Some(())
    })
    .await;
    let status = with_link.json(&["report", "status", record]);
    assert_eq!(held(&status), 1, "{status}");
}

#[tokio::test]
async fn a_full_laptop_says_so_and_keeps_what_was_written() {
    let stage = Stage::new(&["Monitor"]);
    let _node = stage.node().await;
    stage.org().open_case(CASE).await;
    let officer = stage.officer();
    officer.json(&["case", "list"]);
    officer.note("varenia", "in the morning");
    let known = fs::read(officer.outbox().join("known.sealed")).expect("known");
    let Some(_disk) = SmallDisk::mount(&officer.outbox(), "6m") else {
        return;
    };
    fs::write(officer.outbox().join("known.sealed"), known).expect("room for that");
    let officer = through(&stage, free_port());
    photograph(&officer, "film.mp4", 4_000_000);
    let dir = stage.base.path();
    let report = written(
        dir,
        "film.md",
        "---\nkind: note\nattachments: [film.mp4]\n---\nThe market was attacked",
    );
    let said = officer.types(&["report", "send", "varenia", &report]);
    assert_eq!(said.code, 7, "{said:?}");
    assert!(said.err.contains("make room on the disk"), "{said:?}");
    // The text goes without the film; the film is where it was.
    let waiting = officer.note("varenia", "The market was attacked");
    assert_eq!(waiting["waiting"], true);
    assert!(dir.join("film.mp4").exists());
}
