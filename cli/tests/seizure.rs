//! Somebody takes the machine: what is wiped, or opened under duress, is in no file any more.

mod support;

use focal_tests::{Org, free_port};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Stdio,
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

/// Nothing below a directory says what was secret.
fn silent(dir: &Path, org: &Org) {
    let mut canaries: Vec<Vec<u8>> = ["CANARY", "Dalmat"].map(|c| c.as_bytes().to_vec()).into();
    canaries.extend(org.secrets());
    for path in files(dir) {
        let bytes = fs::read(&path).expect("read");
        for canary in &canaries {
            let found = bytes.windows(canary.len()).any(|w| w == canary);
            assert!(
                !found,
                "{} in {}",
                String::from_utf8_lossy(canary),
                path.display()
            );
        }
    }
}

/// A node's home with an author: reports in the node, in the outbox, and as a draft.
async fn in_the_field(stage: &Stage) -> Officer {
    let mut node = stage.node().await;
    stage.org().open_case(CASE).await;
    let home = stage.org().dir.join("home");
    let officer = Officer::new(&home, "officer", stage.org(), &stage.org().author);
    officer.note(CASE, CANARY);
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
    let waiting = officer.note(CASE, "CANARYTEXT waits");
    assert_eq!(waiting["waiting"], true, "{waiting}");
    officer
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
    let said = officer.types(&["wipe", "--now"]);
    assert_eq!(
        (said.code, said.out.as_str(), said.err.as_str()),
        (0, "", "")
    );
    assert!(!node.wait().success(), "it was killed");
    blocks.are_gone();
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
        "the node: 1 case, 1 report",
        "1 entry of its own is at no other node",
    ] {
        assert!(refused.err.contains(line), "{line}: {}", refused.err);
    }
    assert_eq!(names(&officer.home.join("authors")), before);
    let lost = officer.json(&["wipe"]);
    assert_eq!(lost["outbox"], 1, "{lost}");
    assert_eq!(lost["node"]["held_by_nobody_else"], 1, "{lost}");
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
            silent(dir, stage.org());
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
    forced(&officer);
    let text = "CANARYTEXT typed under duress";
    let said = officer.types(&["report", "send", CASE, "--kind", "note", "--text", text]);
    assert_eq!((said.code, said.err.as_str()), (0, ""), "{said:?}");
    assert!(!node.wait().success(), "it was killed");
    blocks.are_gone();
    assert_eq!(names(&officer.home), ["authors/officer.key", "passphrase"]);
    silent(&stage.org().dir, stage.org());
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
