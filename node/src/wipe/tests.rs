use super::*;
use crate::{lock::DirLock, store::Store};
use std::os::unix::fs::symlink;

fn passphrase(text: &str) -> Unlock {
    Unlock::Passphrase(Zeroizing::new(text.into()))
}

/// A node's directory with a bit of everything.
fn node(dir: &Path) -> NodeKeys {
    let keys = NodeKeys::generate();
    keys.save(dir, &passphrase("right")).expect("saved");
    Settings::default().save(dir).expect("settings");
    drop(Store::open(&dir.join("store"), keys.storage()).expect("a store"));
    for (path, text) in [
        ("node.card", "card"),
        ("store/cases/0011", "case key"),
        ("store/waiting/0", "waiting key"),
        ("attachments/ab/cdef/01", "chunk"),
        ("inbox/1", "manifest"),
    ] {
        let path = dir.join(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
        fs::write(path, text).expect("written");
    }
    keys
}

#[test]
fn nothing_of_a_node_is_left() {
    let base = tempfile::tempdir().expect("dir");
    let dir = base.path().join("node");
    node(&dir);
    Wipe::node(&dir).run().expect("wiped");
    assert!(!dir.exists());
    Wipe::node(&dir).run().expect("nothing to do");
}

#[test]
fn a_link_goes_and_what_it_leads_to_stays() {
    let base = tempfile::tempdir().expect("dir");
    let (dir, outside) = (base.path().join("node"), base.path().join("outside"));
    node(&dir);
    fs::create_dir(&outside).expect("a directory");
    fs::write(outside.join("letter"), "of somebody").expect("written");
    symlink(&outside, dir.join("inbox/link")).expect("a link");
    symlink(outside.join("letter"), dir.join("store/cases/link")).expect("a link");
    Wipe::node(&dir).run().expect("wiped");
    assert!(!dir.exists());
    assert_eq!(
        fs::read(outside.join("letter")).expect("there"),
        b"of somebody"
    );
}

#[test]
fn what_is_not_of_the_node_stays() {
    let base = tempfile::tempdir().expect("dir");
    let dir = base.path().join("node");
    node(&dir);
    fs::write(dir.join("letter"), "of somebody").expect("written");
    Wipe::node(&dir).run().expect("wiped");
    let left: Vec<_> = fs::read_dir(&dir).expect("a directory").flatten().collect();
    assert_eq!(left.len(), 1, "{left:?}");
}

#[test]
fn wherever_it_is_cut_short_the_next_call_ends_it() {
    let base = tempfile::tempdir().expect("dir");
    for step in 0..4 {
        let dir = base.path().join("node");
        node(&dir);
        let wipe = Wipe::node_but_decoy(&dir, Some("decoy".into()));
        let mark = wipe.begin().expect("begun");
        assert!(Wipe::begun(&dir).is_none(), "somebody is at it");
        drop(mark);
        let decoy = wipe.decoy.as_ref().expect("a decoy");
        if step > 0 {
            destroy(&decoy.path).expect("destroyed");
        }
        if step > 1 {
            fs::rename(decoy.staged(), &decoy.path).expect("renamed");
        }
        if step > 2 {
            fs::remove_dir_all(dir.join("store")).expect("removed");
        }
        let begun = Wipe::begun(&dir).expect("it was begun");
        assert_eq!(begun.decoy, Some(NodeKeys::path(&dir)), "{step}");
        assert!(Wipe::begun(&dir).is_none(), "one goes on with it");
        Wipe::node_but_decoy(&dir, None).run().expect("ended");
        drop(begun);
        assert!(Wipe::begun(&dir).is_none());
        assert_eq!(
            fs::read(NodeKeys::path(&dir)).expect("there"),
            b"decoy",
            "{step}"
        );
        let mut left: Vec<_> = fs::read_dir(&dir)
            .expect("a directory")
            .flatten()
            .map(|e| e.file_name().to_string_lossy().into_owned())
            .collect();
        left.sort();
        assert_eq!(left, ["node.key", "node.toml"], "{step}");
        fs::remove_dir_all(&dir).expect("removed");
    }
}

#[test]
fn without_room_to_stage_it_the_decoy_takes_the_bytes_of_the_key() {
    let base = tempfile::tempdir().expect("dir");
    node(base.path());
    let decoy = Decoy {
        path: NodeKeys::path(base.path()),
        text: Some("decoy".into()),
    };
    decoy.swap().expect("swapped");
    assert_eq!(fs::read(&decoy.path).expect("there"), b"decoy");
}

#[test]
fn a_wipe_that_was_not_begun_is_none() {
    let base = tempfile::tempdir().expect("dir");
    node(base.path());
    assert!(Wipe::begun(base.path()).is_none());
}

#[test]
fn the_duress_passphrase_leaves_a_new_node_that_only_it_opens() {
    let base = tempfile::tempdir().expect("dir");
    let dir = base.path().join("node");
    let keys = node(&dir);
    let before = fs::read_to_string(NodeKeys::path(&dir)).expect("read");
    NodeKeys::set_duress(&dir, &passphrase("right"), Some(&passphrase("duress"))).expect("set");
    let after = fs::read_to_string(NodeKeys::path(&dir)).expect("read");
    assert_eq!(before.len(), after.len(), "nobody sees that it is set");
    // The right passphrase changes nothing.
    let opened = NodeKeys::load(&dir, &passphrase("right")).expect("opened");
    assert_eq!(opened.node(), keys.node());
    assert!(dir.join("attachments/ab/cdef/01").exists());

    let decoy = NodeKeys::load(&dir, &passphrase("duress")).expect("opened");
    assert_ne!(decoy.node(), keys.node());
    assert!(!dir.join("attachments").exists() && !dir.join("store").exists());
    assert!(!dir.join("inbox").exists() && !dir.join("node.card").exists());
    assert!(NodeKeys::load(&dir, &passphrase("right")).is_err());
    // Used again, it is a passphrase as any other.
    Store::open(&dir.join("store"), decoy.storage()).expect("an empty store");
    let again = NodeKeys::load(&dir, &passphrase("duress")).expect("opened");
    assert_eq!(again.node(), decoy.node());
    assert!(dir.join("store").exists());
}

#[test]
fn a_duress_passphrase_that_was_taken_away_opens_nothing() {
    let base = tempfile::tempdir().expect("dir");
    let keys = node(base.path());
    let set = |duress: Option<&Unlock>| {
        NodeKeys::set_duress(base.path(), &passphrase("right"), duress).expect("set");
    };
    set(Some(&passphrase("duress")));
    set(None);
    assert!(NodeKeys::load(base.path(), &passphrase("duress")).is_err());
    let opened = NodeKeys::load(base.path(), &passphrase("right")).expect("opened");
    assert_eq!(opened.node(), keys.node());
}

#[test]
fn a_lock_that_nobody_holds_is_taken_and_one_of_this_process_is_not_ours_to_end() {
    let base = tempfile::tempdir().expect("dir");
    let lock = DirLock::take(base.path()).expect("held");
    let text = fs::read_to_string(base.path().join("lock")).expect("read");
    assert_eq!(text.trim(), std::process::id().to_string());
    drop(lock);
    let held = process::end(&base.path().join("lock")).expect("taken");
    assert!(DirLock::take(base.path()).is_err());
    drop(held);
}
