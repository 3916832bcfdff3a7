//! A key that stays open for a while, and is forgotten in time.

mod support;

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};
use support::{Officer, Said, Stage};

const LIST: [&str; 2] = ["outbox", "list"];

fn officer(base: &Path) -> Officer {
    let stage = Stage::new(&["Monitor"]);
    Officer::new(&base.join("home"), "eli", stage.org(), &stage.org().author).through(&[])
}

/// Opens the key, then forgets the passphrase.
fn unlocks(officer: &Officer, time: &str) -> Said {
    let said = officer.types(&["unlock", "--for", time]);
    assert_eq!(said.code, 0, "{said:?}");
    fs::write(officer.home.join("passphrase"), "not that one at all").expect("written");
    said
}

fn is_gone(officer: &Officer) {
    let deadline = Instant::now() + Duration::from_secs(20);
    let socket = officer.home.join("agent.sock");
    while socket.exists() {
        assert!(Instant::now() < deadline, "the agent stays");
        std::thread::sleep(Duration::from_millis(20));
    }
    // Nothing of it is left.
    assert!(!officer.home.join("agent.lock").exists());
    assert_eq!(officer.types(&LIST).code, 3, "the passphrase is asked for");
}

#[test]
fn a_key_that_is_open_needs_no_passphrase_until_it_is_locked() {
    let base = tempfile::tempdir().expect("dir");
    let officer = officer(base.path());
    let said = unlocks(&officer, "10m");
    assert!(said.out.contains("10 min"), "{said:?}");
    assert_eq!(officer.types(&LIST).code, 0);
    let socket = fs::metadata(officer.home.join("agent.sock")).expect("there");
    assert_eq!(std::os::unix::fs::MetadataExt::mode(&socket) & 0o777, 0o600);
    let locked = officer.json(&["lock"]);
    assert_eq!(locked["handle"], "eli");
    is_gone(&officer);
    assert_eq!(officer.json(&["lock"])["handle"], serde_json::Value::Null);
}

#[test]
fn a_key_that_nobody_uses_is_forgotten() {
    let base = tempfile::tempdir().expect("dir");
    let officer = officer(base.path());
    unlocks(&officer, "8s");
    let opened = Instant::now();
    // Each use counts from anew.
    while opened.elapsed() < Duration::from_secs(9) {
        assert_eq!(officer.types(&LIST).code, 0, "after {:?}", opened.elapsed());
        std::thread::sleep(Duration::from_millis(200));
    }
    is_gone(&officer);
}

#[test]
fn a_key_whose_file_is_gone_is_forgotten() {
    let base = tempfile::tempdir().expect("dir");
    let officer = officer(base.path());
    unlocks(&officer, "10m");
    let (key, aside) = (
        officer.home.join("authors/eli.key"),
        officer.home.join("aside"),
    );
    fs::rename(&key, &aside).expect("moved");
    assert_eq!(officer.types(&LIST).code, 6);
    let deadline = Instant::now() + Duration::from_secs(20);
    while officer.home.join("agent.sock").exists() {
        assert!(Instant::now() < deadline, "the agent stays");
        std::thread::sleep(Duration::from_millis(20));
    }
    fs::rename(&aside, &key).expect("moved back");
    is_gone(&officer);
}

#[test]
fn a_wipe_ends_the_agent_and_a_new_unlock_takes_its_place() {
    let base = tempfile::tempdir().expect("dir");
    let officer = officer(base.path());
    unlocks(&officer, "10m");
    let pid = |officer: &Officer| {
        let text = fs::read_to_string(officer.home.join("agent.lock")).expect("its number");
        format!("/proc/{}", text.trim())
    };
    let first = pid(&officer);
    // A wrong passphrase leaves no key open: whoever types it is not the one who opened it.
    assert_eq!(officer.types(&["unlock"]).code, 3);
    is_gone(&officer);
    fs::write(officer.home.join("passphrase"), "correct horse battery").expect("written");
    unlocks(&officer, "10m");
    let second = pid(&officer);
    assert_ne!(first, second);
    let said = officer.types(&["wipe", "--now"]);
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    let ended = |process: &str| {
        let status = fs::read_to_string(format!("{process}/status")).unwrap_or_default();
        // One that nobody has waited for yet has no memory any more.
        status.is_empty() || status.contains("State:\tZ")
    };
    assert!(ended(&second));
    let left: Vec<_> = fs::read_dir(&officer.home)
        .expect("the home")
        .flatten()
        .collect();
    assert_eq!(left.len(), 1, "{left:?}");
}

#[test]
fn the_seed_is_in_no_file() {
    let base = tempfile::tempdir().expect("dir");
    let stage = Stage::new(&["Monitor"]);
    let author = &stage.org().author;
    let home = base.path().join("home");
    let officer = Officer::new(&home, "eli", stage.org(), author).through(&[]);
    unlocks(&officer, "10m");
    for file in fs::read_dir(&home).expect("the home").flatten() {
        let bytes = fs::read(file.path()).unwrap_or_default();
        assert!(!bytes.windows(32).any(|w| w == **author.seed()));
    }
    officer.json(&["lock"]);
}
