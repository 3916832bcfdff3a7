use super::*;
use crate::store::Write;
use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    time::Duration,
};
use zeroize::Zeroizing;

fn key() -> StorageKey {
    StorageKey::new(&Zeroizing::new([1; 32]))
}

type Rows = BTreeMap<(u8, Vec<u8>), Vec<u8>>;

fn put(rows: &mut Rows, (tree, key, value): Row) {
    match value {
        Some(value) => rows.insert((tree, key.to_vec()), value.to_vec()),
        None => rows.remove(&(tree, key.to_vec())),
    };
}

/// Everything in a store to which nobody writes.
fn all(store: &Store) -> Rows {
    let mut rows = Rows::new();
    for (number, (_, tree)) in (0u8..).zip(TREES) {
        for row in store.tree(tree) {
            let (key, value) = row.expect("a row");
            rows.insert((number, key.to_vec()), value.to_vec());
        }
    }
    rows
}

/// A write that changes two trees in the same way.
fn pair(number: u64) -> Write {
    let mut write = Write::default();
    for tree in [Tree::Group, Tree::Outbox] {
        write.put(
            tree,
            number.to_be_bytes()[4..].to_vec(),
            number.to_be_bytes().to_vec(),
        );
        // This one is written again and again.
        write.put(tree, b"latest".to_vec(), number.to_be_bytes().to_vec());
        if number >= 50 {
            write.delete(tree, (number - 50).to_be_bytes()[4..].to_vec());
        }
    }
    write
}

#[test]
fn a_dump_is_the_store_at_one_moment_while_others_write() {
    let dir = tempfile::tempdir().expect("dir");
    let store = Store::open(&dir.path().join("store"), key()).expect("a store");
    for number in 0..3_000 {
        store.apply(&pair(number)).expect("applied");
    }
    let stop = Arc::new(AtomicBool::new(false));
    let (tell, wrote) = mpsc::channel();
    let writer = std::thread::spawn({
        let (store, stop) = (store.clone(), stop.clone());
        move || {
            for number in 3_000.. {
                if stop.load(Ordering::Relaxed) {
                    return;
                }
                store.apply(&pair(number)).expect("applied");
                // Nobody listens any more towards the end.
                let _ = tell.send(());
            }
        }
    });
    let dump = store.dump().expect("nobody else");
    assert!(store.dump().is_none(), "one at a time");
    // What had been written before the dump began is passed over; then so much is written for certain.
    while wrote.try_recv().is_ok() {}
    for _ in 0..20 {
        let more = wrote.recv_timeout(Duration::from_secs(60));
        more.expect("it writes meanwhile");
    }
    let (mut base, mut changed) = (Rows::new(), Vec::new());
    let mut overlay = |(tree, key, value): Row| {
        changed.push((tree, key.to_vec(), value.map(<[u8]>::to_vec)));
        Ok::<(), Error>(())
    };
    let mut slow = |row: Row| {
        put(&mut base, row);
        std::thread::yield_now();
        Ok::<(), Error>(())
    };
    dump.rows(&mut slow, &mut overlay).expect("read");
    dump.end(&mut overlay).expect("ended");
    stop.store(true, Ordering::Relaxed);
    writer.join().expect("the writer");
    assert!(!changed.is_empty());
    for (tree, key, value) in &changed {
        put(&mut base, (*tree, key, value.as_deref()));
    }
    // Whatever the moment was: both trees are of it, and so is everything in each.
    let of = |tree: Tree| {
        let number = u8::try_from(tree as usize).expect("small");
        let rows = base
            .iter()
            .filter(move |((t, k), _)| *t == number && k != CHANGE);
        rows.map(|((_, key), value)| (key.clone(), value.clone()))
            .collect::<Vec<_>>()
    };
    let (group, outbox) = (of(Tree::Group), of(Tree::Outbox));
    assert_eq!(group, outbox);
    assert_eq!(group.len(), 51, "50 and the latest");
    let latest = group
        .iter()
        .find(|(key, _)| key == b"latest")
        .expect("there");
    let last = group.iter().map(|(_, value)| value).max().expect("rows");
    assert_eq!(&latest.1, last);
    assert!(store.dump().is_some(), "the next one can begin");
}

#[test]
fn a_store_that_was_filled_from_a_dump_is_the_same() {
    let dir = tempfile::tempdir().expect("dir");
    let store = Store::open(&dir.path().join("store"), key()).expect("a store");
    let case = CaseId([7; 32]);
    store.make_case_key(case).expect("a key");
    for number in 0..100 {
        store.apply(&pair(number)).expect("applied");
    }
    store.flush().expect("flushed");
    let mut filling = Filling::begin(&dir.path().join("copy"), &trees()).expect("begun");
    let dump = store.dump().expect("nobody else");
    dump.rows::<Error>(&mut |row| filling.row(row), &mut |_| Ok(()))
        .expect("read");
    let keys = dump
        .end::<Error>(&mut |_| panic!("nobody wrote"))
        .expect("ended");
    assert_eq!(keys.cases.len(), 1);
    let copy = filling.end(key(), &keys).expect("it fits together");
    assert_eq!(all(&store), all(&copy));
    assert!(copy.case_keys.get(&case).is_some());
    let wrong = StorageKey::new(&Zeroizing::new([2; 32]));
    let other = Filling::begin(&dir.path().join("other"), &trees()).expect("begun");
    assert!(
        other.end(wrong, &Keys::default()).is_ok(),
        "an empty one is anybody's"
    );
}

#[test]
fn rows_of_trees_that_are_not_known_are_refused() {
    let dir = tempfile::tempdir().expect("dir");
    let mut names = trees();
    names.push("of a later version".into());
    assert!(Filling::begin(&dir.path().join("store"), &names).is_err());
    let mut filling = Filling::begin(&dir.path().join("store2"), &trees()).expect("begun");
    assert!(filling.row((99, b"k", Some(b"v"))).is_err());
}
