//! Backups of a node that runs: whole, sealed, and only what has changed.

mod support;

use focal_tests::{NodeProcess, SealedFile, SmallDisk, until};
use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};
use support::{Officer, Stage, titles};

const CASE: &str = "Varenia: Orsk CANARYTITLE";

fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        if entry.path().is_dir() {
            found.extend(files(&entry.path()));
        } else {
            found.push(entry.path());
        }
    }
    found.sort();
    found
}

/// Two partners, one of which has an officer at its node and makes backups.
struct Scene {
    stage: Stage,
    officer: Officer,
    case: String,
    nodes: Vec<NodeProcess>,
    place: PathBuf,
}

impl Scene {
    async fn new() -> Self {
        let stage = Stage::new(&["Monitor", "CANARYORGNORLAND"]);
        let nodes = stage.federation.start(&stage.program).await;
        let case = stage.federation.shared_case(CASE).await.to_string();
        let officer = stage.officer();
        let place = stage.base.path().join("backups");
        fs::create_dir(&place).expect("a directory");
        Self {
            stage,
            officer,
            case,
            nodes,
            place,
        }
    }

    fn backs_up(&self, more: &[&str]) -> Value {
        let place = self.place.display().to_string();
        let args = [&["node", "backup", place.as_str()], more].concat();
        self.officer.json(&args)
    }

    fn key_file(&self) -> String {
        self.stage.org().dir.join("unlock").display().to_string()
    }

    fn verifies(&self, place: &Path, more: &[&str]) -> support::Said {
        let (place, key) = (place.display().to_string(), self.key_file());
        let args = [
            "node",
            "verify-backup",
            &place,
            "--key-file",
            &key,
            "--json",
        ];
        self.officer.types(&[&args, more].concat())
    }

    /// The node is gone for good, and made anew from a backup, in a home of its own.
    fn restores(&mut self, place: &Path, more: &[&str]) -> PathBuf {
        self.nodes[0].kill();
        let home = self.stage.base.path().join("new-home");
        let (place, key) = (place.display().to_string(), self.key_file());
        let args = [
            "node",
            "restore",
            "--from",
            &place,
            "--key-file",
            &key,
            "--yes",
        ];
        let said = self
            .officer
            .command(&[&args, more].concat())
            .env("FOCAL_HOME", &home)
            .output()
            .expect("run");
        assert!(said.status.success(), "{said:?}");
        home.join("node")
    }

    /// Runs what was restored in the place of the node that is gone.
    async fn goes_on(&mut self, dir: &Path) {
        let org = &self.stage.federation.orgs[0];
        // The key file stands for one that is kept elsewhere.
        let kept = fs::read(org.dir.join("unlock")).expect("read");
        let home = org.dir.join("home");
        fs::remove_dir_all(&home).expect("removed");
        fs::remove_dir_all(&org.dir).expect("removed");
        fs::rename(dir, &org.dir).expect("renamed");
        fs::write(org.dir.join("unlock"), kept).expect("written");
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        fs::set_permissions(org.dir.join("unlock"), mode).expect("chmod");
        fs::create_dir_all(&home).expect("a directory");
        std::os::unix::fs::symlink(&org.dir, home.join("node")).expect("a link");
        self.nodes[0] = org.start(&self.stage.program).await;
    }
}

#[tokio::test]
async fn a_backup_is_whole_sealed_and_brings_the_node_back() {
    let mut scene = Scene::new().await;
    let org = scene.stage.org();
    let case = scene.case.parse().expect("an id");
    for number in 0..20 {
        scene.officer.note(CASE, &format!("CANARYTEXT {number}"));
    }
    let photograph = "CANARYFILE of the market".repeat(30_000);
    let file = SealedFile::new("CANARYNAME.jpg", photograph.as_bytes());
    org.hand_over(&file).await.expect("kept");
    let record = org.note_with(case, "with a file", &[&file]);
    org.submit(case, &record).await.expect("stored");
    let federation = &scene.stage.federation;
    federation.converged(case, 21).await;
    // What partners ask for and say that they hold is written here, too.
    for org in &federation.orgs {
        org.opened(case, &file).await;
    }

    let first = scene.backs_up(&[]);
    assert!(first["chunks"].as_u64() > Some(2), "{first}");
    // Nothing has changed but the trail, which has the backup itself.
    let second = scene.backs_up(&[]);
    assert!(second["new"].as_u64() <= Some(4), "{second}");
    scene.officer.note(CASE, "CANARYTEXT one more");
    let third = scene.backs_up(&[]);
    assert!(third["new"].as_u64() <= Some(6), "{third}");
    assert!(
        third["bytes_written"].as_u64() < first["bytes_written"].as_u64(),
        "{third}"
    );
    let said = scene.verifies(&scene.place, &["--all"]);
    let checked = said.json();
    assert_eq!(checked.as_array().map(Vec::len), Some(3));
    assert!(
        checked
            .as_array()
            .expect("a list")
            .iter()
            .all(|c| c["whole"] == true),
        "{checked}"
    );

    // In one file it is the same.
    let one = scene.stage.base.path().join("node.backup");
    scene
        .officer
        .json(&["node", "backup", &one.display().to_string()]);
    assert_eq!(scene.verifies(&one, &[]).json()[0]["whole"], true);

    // Who steals it finds nothing, in the clear or as a key.
    let mut canaries: Vec<Vec<u8>> = ["CANARY", "Officer of", "Test federation", "127.0.0.1"]
        .map(|c| c.as_bytes().to_vec())
        .into();
    canaries.push(file.attachment.key.0.to_vec());
    canaries.push(file.attachment.hash.0.to_vec());
    canaries.push(file.attachment.hash.to_string().into_bytes());
    canaries.push(scene.case.clone().into_bytes());
    for org in &scene.stage.federation.orgs {
        canaries.extend(org.secrets());
    }
    let mut searched = 0;
    for path in files(&scene.place).into_iter().chain([one.clone()]) {
        let bytes = fs::read(&path).expect("read");
        searched += bytes.len();
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
    assert!(searched > 1_000_000, "there was something to search");

    // The node is gone; what was written after the backup is at the partner.
    scene.officer.note(CASE, "after the backup");
    scene.stage.federation.converged(case, 23).await;
    let dir = scene.restores(&scene.place.clone(), &[]);
    scene.goes_on(&dir).await;
    let org = scene.stage.org();
    org.wait_records(case, 23).await;
    assert_eq!(org.opened(case, &file).await, photograph.as_bytes());
    let titles = titles(org, &scene.case).await;
    assert!(
        titles.iter().any(|t| t.contains("after the backup")),
        "{titles:?}"
    );
    // It writes new logs: partners see no fork, and take what it writes.
    let record = org.note(case, "from the node that came back");
    org.submit(case, &record).await.expect("stored");
    scene.stage.federation.converged(case, 24).await;
    for org in &scene.stage.federation.orgs {
        let alarms = org.status().await.alarms;
        assert!(
            !alarms
                .iter()
                .any(|a| a.contains("fork") || a.contains("old copy")),
            "{alarms:?}"
        );
    }
}

#[tokio::test]
async fn files_come_back_from_partners_after_a_backup_without_them() {
    let mut scene = Scene::new().await;
    let case = scene.case.parse().expect("an id");
    let photograph = "the market".repeat(60_000);
    let file = SealedFile::new("market.jpg", photograph.as_bytes());
    let org = scene.stage.org();
    org.hand_over(&file).await.expect("kept");
    let record = org.note_with(case, "with a file", &[&file]);
    org.submit(case, &record).await.expect("stored");
    scene.stage.federation.converged(case, 1).await;
    scene.stage.federation.orgs[1].opened(case, &file).await;
    let made = scene.backs_up(&["--without-attachments"]);
    assert_eq!(made["chunks"], 0, "{made}");
    let dir = scene.restores(&scene.place.clone(), &[]);
    assert!(!dir.join("attachments").exists(), "none is in it");
    scene.goes_on(&dir).await;
    let back = scene.stage.org().opened(case, &file).await;
    assert_eq!(back, photograph.as_bytes());
}

#[tokio::test]
async fn a_backup_made_while_reports_come_in_is_of_one_moment() {
    let mut scene = Scene::new().await;
    let case: focal_protocol::id::CaseId = scene.case.parse().expect("an id");
    let dir = scene.stage.org().dir.clone();
    // Somebody else writes all the while, through the same door.
    let api = focal_tests::Api::new(dir.join("api.sock"));
    let org = scene.stage.org();
    let notes: Vec<Vec<u8>> = (0..400)
        .map(|n| {
            focal_protocol::codec::encode(&org.note(case, &format!("{n} {}", "x".repeat(800))))
        })
        .collect();
    let path = format!("/v1/cases/{case}/records");
    let writer = tokio::spawn(async move {
        for note in notes {
            let stored: Result<Value, _> = api.post_bytes(&path, note).await.expect("an answer");
            stored.expect("stored");
        }
    });
    let mut entries = Vec::new();
    while !writer.is_finished() {
        let place = scene.place.display().to_string();
        let mut command = scene.officer.command(&["node", "backup", &place, "--json"]);
        let made = tokio::task::spawn_blocking(move || command.output().expect("run"));
        let made = made.await.expect("ended");
        assert!(made.status.success(), "{made:?}");
        let made: Value = serde_json::from_slice(&made.stdout).expect("JSON");
        entries.push(made["entries"].as_u64().expect("a number"));
    }
    writer.await.expect("all stored");
    assert!(
        entries.len() > 1 && entries.first() < entries.last(),
        "{entries:?}"
    );
    let checked = scene.verifies(&scene.place, &["--all"]).json();
    assert!(
        checked
            .as_array()
            .expect("a list")
            .iter()
            .all(|c| c["whole"] == true),
        "{checked}"
    );
    // One from the middle: the store checks itself when it is opened, and every log ends in the entry that its head names.
    let middle = &checked[entries.len() / 2];
    let name = PathBuf::from(middle["file"].as_str().expect("a path"));
    let name = name
        .file_stem()
        .and_then(|n| n.to_str())
        .expect("a name")
        .to_string();
    let dir = scene.restores(&scene.place.clone(), &["--at", &name]);
    scene.goes_on(&dir).await;
    scene.stage.org().wait_records(case, 400).await;
}

#[tokio::test]
async fn what_is_damaged_or_missing_is_named_and_nothing_is_restored_from_it() {
    let scene = Scene::new().await;
    scene.officer.note(CASE, "CANARYTEXT");
    scene.backs_up(&[]);
    let pieces = files(&scene.place.join("pieces"));
    let largest = pieces
        .iter()
        .max_by_key(|p| fs::metadata(p).expect("there").len());
    let piece = largest.expect("a piece");
    let mut torn = fs::read(piece).expect("read");
    torn[100] ^= 1;
    let found = |scene: &Scene, sort: &str| {
        let said = scene.verifies(&scene.place, &[]);
        assert_eq!(said.code, 8, "{said:?}");
        let checked: Value = serde_json::from_str(&said.out).expect("JSON");
        checked[0][sort].as_array().map_or(0, Vec::len)
    };
    fs::write(piece, &torn).expect("written");
    assert_eq!(found(&scene, "damaged"), 1);
    let home = scene.stage.base.path().join("new-home");
    let (place, key) = (scene.place.display().to_string(), scene.key_file());
    let args = [
        "node",
        "restore",
        "--from",
        &place,
        "--key-file",
        &key,
        "--yes",
    ];
    let restore = || {
        let mut command = scene.officer.command(&args);
        command.env("FOCAL_HOME", &home).output().expect("run")
    };
    assert_eq!(restore().status.code(), Some(1));
    assert!(files(&home).is_empty(), "nothing is left of it");
    fs::remove_file(piece).expect("removed");
    assert_eq!(found(&scene, "lacking"), 1);
    assert_eq!(restore().status.code(), Some(1));
    // The next backup writes what it needs again.
    scene.backs_up(&[]);
    let checked = scene.verifies(&scene.place, &[]).json();
    assert_eq!(checked[0]["whole"], true);
    // Another key opens nothing.
    let wrong = scene.stage.federation.orgs[1]
        .dir
        .join("unlock")
        .display()
        .to_string();
    let said = scene
        .officer
        .types(&["node", "verify-backup", &place, "--key-file", &wrong]);
    assert_eq!(said.code, 3, "{said:?}");
}

#[tokio::test]
async fn older_backups_go_when_they_are_asked_to_and_the_rest_stays_whole() {
    let scene = Scene::new().await;
    for number in 0..4 {
        scene.officer.note(CASE, &format!("CANARYTEXT {number}"));
        scene.backs_up(&[]);
    }
    let kept = scene.backs_up(&["--keep", "2"]);
    assert_eq!(kept["removed_backups"], 3, "{kept}");
    assert!(kept["removed_pieces"].as_u64() > Some(0), "{kept}");
    let checked = scene.verifies(&scene.place, &["--all"]).json();
    assert_eq!(checked.as_array().map(Vec::len), Some(2));
    assert!(
        checked
            .as_array()
            .expect("a list")
            .iter()
            .all(|c| c["whole"] == true),
        "{checked}"
    );
    // A purge, and what is older than it is said.
    let org = scene.stage.org();
    let case = org.open_case("to be purged").await.to_string();
    scene.backs_up(&[]);
    scene
        .officer
        .json(&["case", "close", &case, "--reason", "ended"]);
    scene.officer.json(&["case", "purge", &case]);
    until("the purge is noted", || async {
        let place = scene.place.display().to_string();
        let said = scene.officer.types(&["node", "backup", &place]);
        assert_eq!(said.code, 0, "{said:?}");
        said.err.contains("from before the purge").then_some(())
    })
    .await;
    let kept = scene.backs_up(&["--keep", "1"]);
    assert_eq!(kept["older_than_purge"], 0, "{kept}");
}

#[tokio::test]
async fn one_that_cannot_be_read_is_named_and_the_others_are_used() {
    let mut scene = Scene::new().await;
    let mut made = Vec::new();
    for number in 0..3 {
        scene.officer.note(CASE, &format!("CANARYTEXT {number}"));
        let kept = scene.backs_up(&[]);
        made.push(PathBuf::from(kept["file"].as_str().expect("a path")));
    }
    // The newest, by a bad sector, and something that is none.
    let newest = fs::read(&made[2]).expect("read");
    fs::write(&made[2], &newest[..newest.len() / 2]).expect("written");
    fs::write(scene.place.join("x.backup"), "not one").expect("written");
    let said = scene.verifies(&scene.place, &["--all"]);
    assert_eq!(said.code, 8, "{said:?}");
    let checked: Value = serde_json::from_str(&said.out).expect("JSON");
    let whole = |path: &Path| {
        let all = checked.as_array().expect("a list");
        let one = all.iter().find(|c| c["file"] == path.display().to_string());
        one.expect("it is named")["whole"].clone()
    };
    assert_eq!(
        (whole(&made[0]), whole(&made[1])),
        (true.into(), true.into())
    );
    assert_eq!(whole(&made[2]), false);
    assert_eq!(whole(&scene.place.join("x.backup")), false);
    // No older one takes its place unasked.
    let (place, key) = (scene.place.display().to_string(), scene.key_file());
    let args = [
        "node",
        "restore",
        "--from",
        &place,
        "--key-file",
        &key,
        "--yes",
    ];
    let home = scene.stage.base.path().join("new-home");
    let mut command = scene.officer.command(&args);
    let refused = command.env("FOCAL_HOME", &home).output().expect("run");
    assert_eq!(refused.status.code(), Some(1), "{refused:?}");
    assert!(files(&home).is_empty());
    // What is kept is counted among those that can be read.
    let kept = scene.backs_up(&["--keep", "2"]);
    assert_eq!(
        (&kept["removed_backups"], &kept["removed_pieces"]),
        (&1.into(), &0.into())
    );
    let name = made[1]
        .file_stem()
        .and_then(|n| n.to_str())
        .expect("a name");
    let name = name.to_string();
    let place = scene.place.clone();
    let dir = scene.restores(&place, &["--at", &name]);
    assert!(dir.join("node.key").exists());
}

#[tokio::test]
async fn killed_anywhere_the_backups_before_stay_whole() {
    let scene = Scene::new().await;
    for number in 0..8 {
        scene.officer.note(CASE, &format!("CANARYTEXT {number}"));
    }
    scene.backs_up(&[]);
    for round in 0..12u64 {
        scene.officer.note(CASE, &format!("round {round}"));
        let place = scene.place.display().to_string();
        let mut child = scene.officer.begins(&["node", "backup", &place]);
        tokio::time::sleep(Duration::from_millis(5 + round * 6)).await;
        let _ = child.kill();
        child.wait().expect("reaped");
    }
    // The node may still make the one whose command was killed.
    let place = scene.place.display().to_string();
    let last = until("another backup can be made", || async {
        let said = scene.officer.types(&["node", "backup", &place, "--json"]);
        (said.code == 0).then(|| said.json())
    })
    .await;
    assert!(last["pieces"].as_u64() > Some(0), "{last}");
    let checked = scene.verifies(&scene.place, &["--all"]).json();
    let all = checked.as_array().expect("a list");
    assert!(
        all.len() >= 2 && all.iter().all(|c| c["whole"] == true),
        "{checked}"
    );
    let left: Vec<_> = files(&scene.place)
        .into_iter()
        .filter(|p| p.extension().is_some_and(|e| e == "new"))
        .collect();
    assert!(left.len() <= 1, "{left:?}");
}

#[tokio::test]
async fn a_full_disk_is_said_and_the_backup_before_stays() {
    let mut scene = Scene::new().await;
    let disk = scene.stage.base.path().join("disk");
    let Some(small) = SmallDisk::mount(&disk, "2m") else {
        return;
    };
    scene.place = disk.join("backups");
    fs::create_dir(&scene.place).expect("a directory");
    scene.officer.note(CASE, "CANARYTEXT");
    scene.backs_up(&[]);
    let org = scene.stage.org();
    let case = scene.case.parse().expect("an id");
    // Nothing that could be packed.
    let noise: Vec<u8> = (0u32..800_000)
        .flat_map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes())
        .collect();
    let file = SealedFile::new("film.mp4", &noise);
    org.hand_over(&file).await.expect("kept");
    let record = org.note_with(case, "with a film", &[&file]);
    org.submit(case, &record).await.expect("stored");
    let place = scene.place.display().to_string();
    let said = scene.officer.types(&["node", "backup", &place]);
    assert_eq!(said.code, 7, "{said:?}");
    assert!(said.err.contains("make room on the disk"), "{said:?}");
    let checked = scene.verifies(&scene.place, &["--all"]).json();
    assert_eq!(checked.as_array().map(Vec::len), Some(1));
    assert_eq!(checked[0]["whole"], true);
    small.resize("32m");
    let made = scene.backs_up(&[]);
    assert!(made["chunks"].as_u64() > Some(10), "{made}");
    assert_eq!(scene.verifies(&scene.place, &[]).json()[0]["whole"], true);
}

#[test]
fn a_node_with_a_passphrase_comes_back_with_it() {
    let base = tempfile::tempdir().expect("dir");
    let stage = Stage::new(&["Monitor"]);
    let home = base.path().join("home");
    let officer = Officer::new(&home, "officer", stage.org(), &stage.org().author).through(&[]);
    let address = format!("/ip4/127.0.0.1/tcp/{}", focal_tests::free_port());
    let made = officer.json(&["node", "init", "--listen", &address]);
    let mut node: std::process::Child = run(&officer);
    let place = base.path().join("node.backup").display().to_string();
    officer.json(&["node", "backup", &place]);
    let again = officer.types(&["node", "backup", &place]);
    assert!(again.err.contains("exists already"), "{again:?}");
    node.kill().expect("killed");
    node.wait().expect("reaped");
    let refused = officer.types(&["node", "restore", "--from", &place, "--yes"]);
    assert!(refused.err.contains("exists already"), "{refused:?}");
    fs::remove_dir_all(home.join("node")).expect("removed");
    officer.json(&["node", "restore", "--from", &place]);
    let mut node = run(&officer);
    assert_eq!(officer.json(&["node", "status"])["node"], made["node"]);
    node.kill().expect("killed");
    node.wait().expect("reaped");
}

fn run(officer: &Officer) -> std::process::Child {
    let mut command: Command = officer.command(&["node", "run", "--offline"]);
    let mut child = command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("run");
    while officer.types(&["node", "status"]).code != 0 {
        assert!(child.try_wait().expect("asked").is_none(), "it ended");
        std::thread::sleep(Duration::from_millis(20));
    }
    child
}
