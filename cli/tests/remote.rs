//! An officer away from the node, on a laptop and a link of their own.

mod support;

use focal_node::remote::NodeAddress;
use focal_protocol::{
    codec,
    directory::Revocation,
    random::{Random, SystemRandom},
    time::Time,
};
use focal_tests::{Org, SealedFile, SlowLink, free_port, until};
use serde_json::Value;
use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};
use support::{FOCAL, Officer, Stage, titles};

const CASE: &str = "Varenia: Orsk province";
/// 600 ms there and back, 2.4 kbit/s.
const SATELLITE: (Duration, u32) = (Duration::from_millis(300), 300);

fn address(org: &Org, port: Option<u16>) -> String {
    let address = match port {
        Some(port) => format!("/ip4/127.0.0.1/tcp/{port}"),
        None => org.address().to_string(),
    };
    NodeAddress::full(&address, &org.node).expect("an address")
}

fn away(stage: &Stage, port: Option<u16>) -> Officer {
    stage
        .officer()
        .through(&["--node", &address(stage.org(), port)])
}

fn port(org: &Org) -> u16 {
    let port = org
        .address()
        .rsplit('/')
        .next()
        .and_then(|p| p.parse().ok());
    port.expect("a port in the address")
}

#[tokio::test]
async fn the_same_commands_work_from_afar() {
    let stage = Stage::new(&["Monitor"]);
    let _node = stage.node().await;
    let case = stage.org().open_case(CASE).await.to_string();
    let officer = away(&stage, None);
    let watch = officer
        .command(&["watch", "--json"])
        .stdout(Stdio::piped())
        .spawn();
    let watch = std::cell::RefCell::new(watch.expect("started"));
    let lines = BufReader::new(watch.borrow_mut().stdout.take().expect("piped")).lines();
    let (sender, seen) = std::sync::mpsc::channel();
    let reading = std::thread::spawn(move || {
        for line in lines.map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    let id = case.parse().expect("an id");
    let round = std::cell::Cell::new(0);
    until("somebody listens", || async {
        let ended = watch.borrow_mut().try_wait().expect("asked");
        assert!(ended.is_none(), "it goes on: {ended:?}");
        round.set(round.get() + 1);
        let note = stage
            .org()
            .note(id, &format!("for the watch {}", round.get()));
        stage.org().submit(id, &note).await.expect("stored");
        seen.try_recv().ok()
    })
    .await;
    let stored = officer.note("varenia: o", "market");
    let record = stored["record"].as_str().expect("an id").to_string();
    until("the watch shows what was sent", || async {
        let shown = seen.try_iter().any(|line| line.contains(&record));
        shown.then_some(())
    })
    .await;
    let mut watch = watch.into_inner();
    watch.kill().expect("killed");
    watch.wait().expect("reaped");
    reading.join().expect("read to the end");

    assert_eq!(officer.json(&["case", "list"])[0]["title"], CASE);
    assert_eq!(officer.json(&["case", "show", &case[..8]])["title"], CASE);
    let timeline = officer.json(&["case", "timeline", &case[..8]]);
    assert!(timeline.to_string().contains(&record), "{timeline}");
    let list = officer.json(&["report", "list", &case]);
    assert!(list.to_string().contains(&record), "{list}");
    let shown = officer.json(&["report", "show", &record[..8]]);
    assert_eq!(shown["content"]["body"]["note"]["text"], "market");
    officer.json(&["report", "status", &record[..8]]);
    officer.json(&[
        "report",
        "correct",
        &record[..8],
        "--text",
        "bridge",
        "--reason",
        "misheard",
    ]);
    // A focal point may open cases; nobody is the operator from afar.
    officer.json(&["case", "open", "--title", "From afar"]);
    let said = officer.types(&["federation", "accept", "/dev/null", "--yes"]);
    assert_ne!(said.code, 0, "{said:?}");
}

#[tokio::test]
async fn without_a_link_reports_wait_and_go_out_when_it_is_back() {
    let stage = Stage::new(&["Monitor"]);
    let mut node = stage.node().await;
    let case = stage.org().open_case(CASE).await.to_string();
    let officer = away(&stage, None);
    // Once at the node is enough to know the case.
    officer.json(&["case", "list"]);
    node.kill();
    let waiting = officer.note("varenia: orsk", "first");
    assert_eq!(waiting["waiting"], true, "{waiting}");
    let said = officer.types(&["case", "list", "--json"]);
    assert_eq!(said.json()[0]["title"], CASE);
    assert!(said.err.contains("as they were known"), "{said:?}");
    let _node = stage.node().await;
    let said = officer.types(&["report", "list", "--json"]);
    assert_eq!(
        said.err.trim(),
        "1 report from the outbox was stored",
        "{said:?}"
    );
    assert_eq!(titles(stage.org(), &case).await, ["first"]);
}

#[tokio::test]
async fn a_revoked_officer_is_told_so_and_keeps_what_waits() {
    let mut stage = Stage::new(&["Monitor"]);
    let _node = stage.node().await;
    let case = stage.org().open_case(CASE).await.to_string();
    let officer = away(&stage, None);
    officer.note(&case, "before");
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
    let taken: Result<Value, _> = org
        .api()
        .post_bytes("/v1/directory/manifest", codec::encode(&manifest))
        .await
        .expect("an answer");
    taken.expect("taken");
    let said = officer.types(&["case", "list"]);
    assert_eq!(said.code, 4, "{said:?}");
    assert!(
        said.err.contains("revoked by their organisation"),
        "{said:?}"
    );
    let args = ["report", "send", &case, "--kind", "note", "--text", "after"];
    let said = officer.types(&args);
    assert_eq!(said.code, 4, "{said:?}");
    assert_eq!(titles(stage.org(), &case).await, ["before"]);
}

// The link is in this process, which waits for others meanwhile.
#[tokio::test(flavor = "multi_thread")]
async fn on_a_satellite_link_that_breaks_a_report_arrives_once() {
    let stage = Stage::new(&["Monitor"]);
    let mut node = stage.node().await;
    let case = stage.org().open_case(CASE).await.to_string();
    let link = SlowLink::to(port(stage.org()), SATELLITE.0, SATELLITE.1).await;
    let near = away(&stage, None);
    near.json(&["case", "list"]);
    node.kill();
    let text = "Militia checkpoint on the Dalmat road, families on foot. ".repeat(10);
    near.json(&[
        "report",
        "send",
        &case,
        "--kind",
        "note",
        "--text",
        &text[..570],
    ]);
    let _node = stage.node().await;
    let far = away(&stage, Some(link.port()));

    // Killed and cut at any moment, it is there at most once, and waits until it is there.
    for after in [2_000, 5_000] {
        let mut child = far.begins(&["outbox", "send"]);
        tokio::time::sleep(Duration::from_millis(after)).await;
        link.cut();
        child.kill().expect("killed");
        child.wait().expect("reaped");
    }
    let before = link.passed();
    let start = Instant::now();
    let said = far.types(&["outbox", "send", "--json"]);
    let (took, bytes) = (start.elapsed(), link.passed() - before);
    assert_eq!(said.json()["waiting"], 0);
    let figures = format!("one report of 570 bytes: {bytes} bytes and {took:?} on the link\n");
    let _ = std::io::Write::write_all(&mut std::io::stderr(), figures.as_bytes());
    assert!(bytes < 6_000, "{bytes}");
    assert_eq!(titles(stage.org(), &case).await.len(), 1);
    assert_eq!(
        far.types(&["outbox", "list", "--json"]).json(),
        serde_json::json!([])
    );
}

/// Types a command with a home, as a new user does.
fn types(home: &Path, args: &[&str]) -> Value {
    let output = Command::new(FOCAL)
        .args(args)
        .args(["--json", "--yes"])
        .env_remove("FOCAL_SOCKET")
        .env_remove("FOCAL_NODE")
        .env("FOCAL_HOME", home)
        .env("FOCAL_PASSPHRASE_FILE", home.join("passphrase"))
        .stdin(Stdio::null())
        .output()
        .expect("run");
    assert!(output.status.success(), "focal {args:?}: {output:?}");
    serde_json::from_slice(&output.stdout).unwrap_or_default()
}

#[tokio::test]
async fn a_card_leads_a_new_officer_to_the_node() {
    use std::os::unix::fs::PermissionsExt;
    let base = tempfile::tempdir().expect("a directory");
    let (office, laptop) = (base.path().join("office"), base.path().join("laptop"));
    for home in [&office, &laptop] {
        std::fs::create_dir_all(home).expect("a directory");
        let file = home.join("passphrase");
        std::fs::write(&file, "correct horse battery").expect("written");
        std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o600)).expect("chmod");
    }
    let file = |name: &str| base.path().join(name).display().to_string();
    let listen = format!("/ip4/127.0.0.1/tcp/{}", free_port());
    types(
        &office,
        &[
            "org",
            "init",
            "--name",
            "Monitor",
            "--kind",
            "ngo",
            "--country",
            "NO",
        ],
    );
    types(
        &office,
        &["node", "init", "--listen", &listen, "--announce", &listen],
    );
    let made = types(&laptop, &["org", "author", "key", "--handle", "eli"]);
    let key = made["key"].as_str().expect("a key");
    types(
        &office,
        &[
            "org",
            "author",
            "add",
            "--handle",
            "eli",
            "--name",
            "Eli",
            "--role",
            "officer",
            "--public-key",
            key,
        ],
    );
    types(
        &office,
        &[
            "federation",
            "found",
            "--name",
            "Watch",
            "-o",
            &file("w.bundle"),
        ],
    );
    types(&office, &["federation", "accept", &file("w.bundle")]);
    types(
        &office,
        &["org", "author", "card", "eli", "-o", &file("eli.card")],
    );
    let mut node = Command::new(FOCAL)
        .args(["node", "run"])
        .env("FOCAL_HOME", &office)
        .env("FOCAL_PASSPHRASE_FILE", office.join("passphrase"))
        .stderr(Stdio::null())
        .spawn()
        .expect("started");
    let taken = types(&laptop, &["org", "author", "take", &file("eli.card")]);
    assert_eq!(taken["organisation"], "Monitor");
    until("the officer reaches the node", || async {
        let status = Command::new(FOCAL)
            .args(["case", "list"])
            .env("FOCAL_HOME", &laptop)
            .env("FOCAL_PASSPHRASE_FILE", laptop.join("passphrase"))
            .output();
        status.is_ok_and(|s| s.status.success()).then_some(())
    })
    .await;
    types(&office, &["case", "open", "--title", "Varenia"]);
    let stored = types(
        &laptop,
        &[
            "report", "send", "Varenia", "--kind", "note", "--text", "here",
        ],
    );
    assert!(stored["log"].is_string(), "{stored}");
    let list = types(&office, &["report", "list", "Varenia"]);
    assert_eq!(list[0]["record"], stored["record"]);
    node.kill().expect("killed");
    node.wait().expect("reaped");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_fetched_over_a_link_that_breaks_goes_on_where_it_was() {
    let stage = Stage::new(&["Monitor"]);
    let _node = stage.node().await;
    let org = stage.org();
    let case = org.open_case(CASE).await;
    let mut bytes = vec![0; 2 << 20];
    SystemRandom.fill(&mut bytes);
    let film = SealedFile::new("film.mp4", &bytes);
    org.hand_over(&film).await.expect("kept");
    let record = org.note_with(case, "the film", &[&film]);
    org.submit(case, &record).await.expect("stored");
    let link = SlowLink::to(port(org), Duration::from_millis(5), 600_000).await;
    let far = away(&stage, Some(link.port()));
    let to = stage.base.path().join("film.mp4");
    let list = film.attachment.list.to_string();
    let args = [
        "attachment",
        "fetch",
        &list,
        "-o",
        to.to_str().expect("text"),
    ];
    let home = far.home.join("fetching").join(&list);
    // So many pieces are whole, the list among them, and half of another is here.
    let is_amid = |least: usize| {
        let entries = std::fs::read_dir(&home).into_iter().flatten().flatten();
        let (begun, whole): (Vec<_>, Vec<_>) = entries
            .map(|entry| entry.path())
            .partition(|path| path.extension().is_some_and(|e| e == "part"));
        let half = |path: &PathBuf| std::fs::metadata(path).is_ok_and(|m| m.len() > 128 << 10);
        let amid = begun
            .iter()
            .any(|path| half(path) && !path.with_extension("").exists());
        whole.len() >= least && amid
    };
    for round in 1..=4 {
        let child = std::cell::RefCell::new(far.begins(&args));
        until("another chunk has come, and half of the next", || async {
            let ended = child.borrow_mut().try_wait().expect("asked");
            assert!(ended.is_none(), "it goes on: {ended:?}");
            is_amid(round).then_some(())
        })
        .await;
        link.cut();
        let ended = child.into_inner().wait().expect("ended");
        assert!(!ended.success());
        assert!(!to.exists());
    }
    let said = far.types(&args);
    assert_eq!(said.code, 0, "{said:?}");
    assert_eq!(std::fs::read(&to).expect("read"), bytes);
    // What was in somebody's buffers each time, and the greetings: less than chunks that were begun would be.
    let most = bytes.len() as u64 + (300 << 10);
    assert!(link.passed() < most, "{} bytes", link.passed());
    assert!(!home.exists(), "nothing is left of it");
}
