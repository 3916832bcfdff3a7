//! Somebody takes the machine: what is wiped, or opened under duress, is in no file any more.

mod support;

use focal_node::remote::NodeAddress;
use focal_tests::{Org, SealedFile, free_port, until};
use std::{
    cell::RefCell,
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::Stdio,
    sync::OnceLock,
    time::Duration,
};
use support::{Officer, Stage};

const CASE: &str = "Varenia: Orsk CANARYTITLE";
const CANARY: &str = "CANARYTEXT-7731";
const DURESS: &str = "paper lantern under snow";

fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() && !path.is_symlink() {
            found.extend(files(&path));
        } else if path.is_file() {
            found.push(path);
        }
    }
    found
}

fn names(dir: &Path) -> Vec<String> {
    let below = |path: PathBuf| path.strip_prefix(dir).expect("below").display().to_string();
    let mut names: Vec<String> = files(dir).into_iter().map(below).collect();
    names.sort();
    names
}

/// Other names for the files of a directory: what is on the disk where they were, after they are unlinked.
struct Blocks(Vec<(PathBuf, Vec<u8>, PathBuf)>);

impl Blocks {
    fn of(base: &Path, paths: impl IntoIterator<Item = PathBuf>) -> Self {
        let beside = base.join("blocks");
        fs::create_dir_all(&beside).expect("a directory");
        let linked = paths.into_iter().map(|path| {
            let number = fs::read_dir(&beside).expect("a directory").count();
            let block = beside.join(number.to_string());
            fs::hard_link(&path, &block).expect("linked");
            (path.clone(), fs::read(&path).expect("read"), block)
        });
        Self(linked.collect())
    }

    /// What is still on the disk of them tells nothing: no text, no name, no key.
    fn tell_nothing(&self, secrets: &[Vec<u8>]) {
        assert!(!self.0.is_empty());
        for (path, _, block) in &self.0 {
            let now = fs::read(block).expect("read");
            if let Some(found) = found_in(&now, secrets) {
                panic!("{found} in what was {}", path.display());
            }
        }
    }

    /// Nothing of what they were is left, to the last 16 bytes.
    fn are_gone(&self) {
        assert!(!self.0.is_empty());
        for (path, before, block) in &self.0 {
            let now = fs::read(block).expect("read");
            for piece in before.chunks_exact(16) {
                let found = now.windows(16).any(|w| w == piece);
                assert!(!found, "{} is still on the disk", path.display());
            }
        }
    }
}

fn found_in(bytes: &[u8], secrets: &[Vec<u8>]) -> Option<String> {
    let found = secrets
        .iter()
        .find(|secret| bytes.windows(secret.len()).any(|w| w == **secret));
    found.map(|secret| String::from_utf8_lossy(secret).into_owned())
}

/// What nobody may find: what was written, and every key, of files too.
fn secrets(org: &Org) -> Vec<Vec<u8>> {
    let mut secrets: Vec<Vec<u8>> = ["CANARY", "Dalmat"].map(|c| c.as_bytes().to_vec()).into();
    secrets.extend(org.secrets());
    secrets
}

/// Nothing below a directory says what was secret.
fn silent(dir: &Path, secrets: &[Vec<u8>]) {
    for path in files(dir) {
        let bytes = fs::read(&path).expect("read");
        if let Some(found) = found_in(&bytes, secrets) {
            panic!("{found} in {}", path.display());
        }
    }
}

/// A picture that says more than it shows.
fn picture() -> Vec<u8> {
    let segment = |marker: u8, content: &[u8]| {
        let length = u16::try_from(content.len() + 2).expect("short");
        [&[0xff, marker], &length.to_be_bytes()[..], content].concat()
    };
    [
        b"\xff\xd8".to_vec(),
        segment(0xfe, b"CANARYMETADATA of the telephone"),
        segment(0xdb, &[1; 65]),
        segment(0xc0, &[8, 0, 1, 0, 1, 1, 1, 0x11, 0]),
        segment(0xc4, &[2; 20]),
        segment(0xda, b"\x01\x01\0\0\0\0"),
        b"CANARYPIXELS".repeat(4_000),
        b"\xff\xd9".to_vec(),
    ]
    .concat()
}

/// A node's home with an author: reports with files in the node, in the outbox, and as a draft; a file at the node whose key is
/// known to the test.
async fn in_the_field(stage: &Stage) -> Officer {
    let mut node = stage.node().await;
    let case = stage.org().open_case(CASE).await;
    let film = film();
    stage.org().hand_over(&film).await.expect("kept");
    let record = stage.org().note_with(case, CANARY, &[&film]);
    stage.org().submit(case, &record).await.expect("stored");
    let home = stage.org().dir.join("home");
    let officer = Officer::new(&home, "officer", stage.org(), &stage.org().author);
    let photograph = stage.base.path().join("CANARYNAME.jpg");
    fs::write(&photograph, picture()).expect("written");
    let photograph = photograph.display().to_string();
    let sends = |text: &str| {
        officer.json(&[
            "report",
            "send",
            CASE,
            "--kind",
            "note",
            "--text",
            text,
            "--attach",
            &photograph,
            "--strip-metadata",
        ])
    };
    sends(CANARY);
    let draft = [
        "report",
        "send",
        "Elsewhere",
        "--kind",
        "note",
        "--text",
        CANARY,
    ];
    assert_eq!(officer.types(&draft).code, 6);
    assert!(node.stop().success());
    let waiting = sends("CANARYTEXT waits");
    assert_eq!(waiting["waiting"], true, "{waiting}");
    fs::remove_file(&photograph).expect("removed");
    for dir in ["originals", "outbox"] {
        assert!(!files(&officer.home.join(dir)).is_empty(), "{dir}");
    }
    assert!(!files(&stage.org().dir.join("attachments")).is_empty());
    officer
}

/// A file whose key the test knows: the same each time.
fn film() -> SealedFile {
    static FILM: OnceLock<SealedFile> = OnceLock::new();
    let content = b"CANARYFILM ".repeat(30_000);
    FILM.get_or_init(|| SealedFile::new("CANARYNAME.mp4", &content))
        .clone()
}

/// All files of a node's home, whose blocks stay on the disk for a while after they are unlinked.
fn all_blocks(stage: &Stage) -> Blocks {
    let mut paths = files(&stage.org().dir);
    // What stands for things that are kept elsewhere, and what a test has put there.
    paths.retain(|path| {
        let name = path.file_name().and_then(|name| name.to_str());
        !matches!(name, Some("unlock" | "passphrase" | "duress"))
    });
    Blocks::of(stage.base.path(), paths)
}

/// What must be overwritten, not only unlinked.
fn secret_files(stage: &Stage, officer: &Officer) -> Vec<PathBuf> {
    let mut paths = vec![stage.org().dir.join("node.key")];
    for dir in ["authors", "drafts", "outbox"] {
        paths.extend(files(&officer.home.join(dir)));
    }
    paths.extend(files(&stage.org().dir.join("store/cases")));
    paths.retain(|path| fs::metadata(path).is_ok_and(|m| m.len() >= 16));
    assert!(paths.len() > 4, "{paths:?}");
    paths
}

#[tokio::test]
async fn a_wipe_without_a_word_ends_the_node_and_leaves_nothing() {
    let stage = Stage::new(&["Monitor"]);
    let officer = in_the_field(&stage).await;
    let mut node = stage.node().await;
    let blocks = Blocks::of(stage.base.path(), secret_files(&stage, &officer));
    let all = all_blocks(&stage);
    let said = officer.types(&["wipe", "--now"]);
    assert_eq!(
        (said.code, said.out.as_str(), said.err.as_str()),
        (0, "", "")
    );
    assert!(!node.wait().success(), "it was killed");
    blocks.are_gone();
    // Also in what is only unlinked, as it is sealed: photographs, films, originals, the store, the index.
    let mut secrets = secrets(stage.org());
    secrets.push(film().attachment.key.0.to_vec());
    all.tell_nothing(&secrets);
    assert_eq!(names(&officer.home), ["passphrase"]);
    // The key file stands for one that is kept elsewhere.
    assert_eq!(names(&stage.org().dir), ["home/passphrase", "unlock"]);
    let again = officer.types(&["wipe", "--now"]);
    assert_eq!((again.code, again.err.as_str()), (0, ""));
}

#[tokio::test]
async fn a_wipe_says_what_will_be_lost_and_does_nothing_unasked() {
    let stage = Stage::new(&["Monitor"]);
    let officer = in_the_field(&stage).await;
    let _node = stage.node().await;
    let before = names(&officer.home.join("authors"));
    let refused = officer.types(&["wipe"]);
    assert_eq!(refused.code, 2, "{refused:?}");
    for line in [
        "the key of officer",
        "1 report in the outbox that no node has",
        "1 draft",
        "the node: 1 case, 2 reports",
        "2 entries of its own are at no other node",
    ] {
        assert!(refused.err.contains(line), "{line}: {}", refused.err);
    }
    assert_eq!(names(&officer.home.join("authors")), before);
    let lost = officer.json(&["wipe"]);
    assert_eq!(lost["outbox"], 1, "{lost}");
    assert_eq!(lost["node"]["held_by_nobody_else"], 2, "{lost}");
    assert_eq!(names(&officer.home), ["passphrase"]);
}

#[tokio::test]
async fn the_node_alone_can_be_wiped() {
    let stage = Stage::new(&["Monitor"]);
    let officer = in_the_field(&stage).await;
    let said = officer.types(&["node", "wipe", "--yes"]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.err.contains("it does not run"), "{said:?}");
    assert!(!stage.org().dir.join("store").exists());
    assert_eq!(names(&officer.home.join("authors")), ["officer.key"]);
}

#[tokio::test]
async fn killed_anywhere_in_a_wipe_the_next_command_ends_it() {
    let stage = Stage::new(&["Monitor"]);
    let officer = in_the_field(&stage).await;
    let copy = stage.base.path().join("copy");
    let dir = &stage.org().dir;
    let copied = |from: &Path, to: &Path| {
        let done = std::process::Command::new("cp")
            .args(["-a", &from.display().to_string(), &to.display().to_string()])
            .status();
        assert!(done.expect("cp").success());
    };
    copied(dir, &copy);
    let (mut cut, mut whole) = (0, 0);
    for round in 0..24u64 {
        let mut child = officer.begins(&["wipe", "--now"]);
        tokio::time::sleep(Duration::from_micros(500 + round * 400)).await;
        let _ = child.kill();
        child.wait().expect("reaped");
        // Nothing was begun, or it is gone on with.
        let begun = officer.home.join(".wipe").exists();
        officer.types(&["outbox", "list"]);
        let left = names(&officer.home);
        if left == ["passphrase"] {
            cut += usize::from(begun);
            silent(dir, &secrets(stage.org()));
            fs::remove_dir_all(dir).expect("removed");
            copied(&copy, dir);
        } else {
            assert!(!begun, "{left:?}");
            assert!(
                left.iter().any(|name| name == "authors/officer.key"),
                "{left:?}"
            );
            whole += 1;
        }
    }
    assert!(cut + whole > 0, "every wipe was too fast to be killed");
}

/// The officer, who is made to type the duress passphrase from now on.
fn forced(officer: &Officer) {
    fs::write(officer.home.join("passphrase"), DURESS).expect("written");
}

fn set_duress(officer: &Officer, noun: &[&str]) {
    let file = officer.home.with_file_name("duress");
    fs::write(&file, DURESS).expect("written");
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    fs::set_permissions(&file, mode).expect("chmod");
    let file = file.display().to_string();
    let args = [noun, &["duress", "--duress-passphrase-file", &file]].concat();
    let said = officer.types(&args);
    assert_eq!(said.code, 0, "{said:?}");
}

#[tokio::test]
async fn the_duress_passphrase_opens_an_empty_profile_and_destroys_the_other() {
    let stage = Stage::new(&["Monitor"]);
    let officer = in_the_field(&stage).await;
    let length = || {
        fs::metadata(officer.home.join("authors/officer.key"))
            .expect("there")
            .len()
    };
    let before = length();
    set_duress(&officer, &["org", "author"]);
    assert_eq!(length(), before, "nobody sees that it is set");
    // The right passphrase works as ever.
    assert_eq!(
        officer.json(&["outbox", "list"]).as_array().map(Vec::len),
        Some(1)
    );
    let mut node = stage.node().await;
    let blocks = Blocks::of(stage.base.path(), secret_files(&stage, &officer));
    let all = all_blocks(&stage);
    forced(&officer);
    let text = "CANARYTEXT typed under duress";
    let said = officer.types(&["report", "send", CASE, "--kind", "note", "--text", text]);
    assert_eq!((said.code, said.err.as_str()), (0, ""), "{said:?}");
    assert!(!node.wait().success(), "it was killed");
    blocks.are_gone();
    assert_eq!(names(&officer.home), ["authors/officer.key", "passphrase"]);
    let mut secrets = secrets(stage.org());
    secrets.push(film().attachment.key.0.to_vec());
    silent(&stage.org().dir, &secrets);
    all.tell_nothing(&secrets);
    // An empty profile, which goes on being one.
    let officer = officer.through(&[]);
    fs::remove_file(officer.home.join("node")).expect("the stage's own link");
    assert_eq!(officer.json(&["outbox", "list"]), serde_json::json!([]));
    assert_eq!(officer.json(&["case", "list"]), serde_json::json!([]));
    fs::write(officer.home.join("passphrase"), "correct horse battery").expect("written");
    assert_eq!(
        officer.types(&["outbox", "list"]).code,
        3,
        "the right one opens nothing"
    );
}

#[tokio::test]
async fn of_a_draft_that_was_sent_and_the_keys_of_its_files_nothing_is_left_on_the_disk() {
    let stage = Stage::new(&["Monitor"]);
    let _node = stage.node().await;
    stage.org().open_case(CASE).await;
    let officer = stage.officer();
    let photograph = stage.base.path().join("CANARYNAME.jpg");
    fs::write(&photograph, picture()).expect("written");
    let photograph = photograph.display().to_string();
    let args = [
        "report",
        "send",
        "Elsewhere",
        "--kind",
        "note",
        "--text",
        CANARY,
        "--attach",
        &photograph,
    ];
    assert_eq!(officer.types(&args).code, 6, "there is no such case");
    let drafts = files(&officer.home.join("drafts"));
    let [draft] = &drafts[..] else {
        panic!("one draft: {drafts:?}")
    };
    // What an editor leaves beside it.
    let mut copy = draft.clone().into_os_string();
    copy.push("~");
    fs::copy(draft, &copy).expect("copied");
    let blocks = Blocks::of(stage.base.path(), files(&officer.home.join("drafts")));
    officer.json(&["report", "send", CASE, &draft.display().to_string()]);
    blocks.are_gone();
    assert!(files(&officer.home.join("drafts")).is_empty());
    assert!(files(&officer.home.join("attaching")).is_empty());
}

#[tokio::test]
async fn a_watch_from_afar_ends_when_the_key_is_locked_or_everything_is_wiped() {
    let stage = Stage::new(&["Monitor"]);
    let _node = stage.node().await;
    let case = stage.org().open_case(CASE).await;
    let node = NodeAddress::full(stage.org().address(), &stage.org().node).expect("an address");
    let officer = stage.officer().through(&["--node", &node]);
    for (ends, with_agent) in [("lock", true), ("lock", false), ("wipe", false)] {
        if with_agent {
            assert_eq!(officer.types(&["unlock"]).code, 0);
        }
        let watch = officer
            .command(&["watch", "--json"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("started");
        let watch = RefCell::new(watch);
        let out = watch.borrow_mut().stdout.take().expect("piped");
        let mut lines = BufReader::new(out).lines();
        // It is there once it shows something.
        let (stop, stopped) = std::sync::mpsc::channel();
        let shown = tokio::task::spawn_blocking(move || {
            let line = lines.next();
            stop.send(()).expect("somebody waits");
            (line, lines)
        });
        while stopped.try_recv().is_err() {
            let note = stage.org().note(case, "for the watch");
            stage.org().submit(case, &note).await.expect("stored");
            let ended = watch.borrow_mut().try_wait().expect("asked");
            assert!(ended.is_none(), "it goes on");
        }
        let (line, rest) = shown.await.expect("read");
        line.expect("a line").expect("text");
        let args: &[&str] = if ends == "lock" {
            &["lock"]
        } else {
            &["wipe", "--now"]
        };
        assert_eq!(officer.types(args).code, 0);
        let ended = until("the watch has ended", || async {
            watch.borrow_mut().try_wait().expect("asked")
        })
        .await;
        assert!(!ended.success());
        drop(rest);
    }
    assert_eq!(names(&officer.home), ["passphrase"]);
}

#[tokio::test]
async fn a_duress_passphrase_that_is_typed_to_send_what_waits_leaves_nothing_of_what_was_heard() {
    let stage = Stage::new(&["Monitor"]);
    let mut node = stage.node().await;
    stage.org().open_case(CASE).await;
    let officer = stage.officer();
    officer.note(CASE, CANARY);
    assert!(node.stop().success());
    officer.note(CASE, "CANARYTEXT waits");
    set_duress(&officer, &["org", "author"]);
    let _node = stage.node().await;
    forced(&officer);
    // The list is the node's, which is somebody else's here; then what waits would go out.
    let said = officer.types(&["case", "list"]);
    assert_eq!((said.code, said.err.as_str()), (0, ""), "{said:?}");
    assert_eq!(names(&officer.home), ["authors/officer.key", "passphrase"]);
}

#[test]
fn the_duress_passphrase_of_a_node_starts_an_empty_one() {
    let base = tempfile::tempdir().expect("dir");
    let stage = Stage::new(&["Monitor"]);
    let home = base.path().join("home");
    let officer = Officer::new(&home, "officer", stage.org(), &stage.org().author).through(&[]);
    let address = format!("/ip4/127.0.0.1/tcp/{}", free_port());
    let made = officer.json(&["node", "init", "--listen", &address]);
    fs::create_dir_all(home.join("node/attachments/ab")).expect("a directory");
    fs::write(home.join("node/attachments/ab/1"), "sealed").expect("written");
    set_duress(&officer, &["node"]);
    let run = |officer: &Officer| {
        let mut command = officer.command(&["node", "run", "--offline"]);
        let mut child = command
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("run");
        let status = loop {
            let said = officer.types(&["node", "status", "--json"]);
            if said.code == 0 {
                break said.json();
            }
            assert!(child.try_wait().expect("asked").is_none(), "it ended");
            std::thread::sleep(Duration::from_millis(20));
        };
        let pid = child.id().to_string();
        std::process::Command::new("kill")
            .arg(pid)
            .status()
            .expect("kill");
        assert!(child.wait().expect("reaped").success());
        status
    };
    assert_eq!(
        run(&officer)["node"],
        made["node"],
        "the right one works as ever"
    );
    assert!(home.join("node/attachments/ab/1").exists());
    forced(&officer);
    let decoy = run(&officer);
    assert_ne!(decoy["node"], made["node"]);
    assert_eq!(
        (&decoy["cases"], &decoy["org"]),
        (&0.into(), &serde_json::Value::Null)
    );
    assert!(!home.join("authors").exists() && !home.join("node/attachments/ab").exists());
    assert!(
        home.join("node/node.card").exists(),
        "as a node that was just made"
    );
    assert_eq!(
        run(&officer)["node"],
        decoy["node"],
        "it goes on being that node"
    );
}
