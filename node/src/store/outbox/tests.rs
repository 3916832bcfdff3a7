use super::*;
use crate::store::{
    dump::{Filling, trees},
    tests::{files, open, put_back, storage_key},
};
use focal_protocol::{id::CaseId, key::SecretKey};
use std::{fs, path::Path};
use zeroize::Zeroizing;

const CASE: CaseId = CaseId([7; 32]);

fn key(n: u8) -> SecretKey {
    SecretKey::from_seed(Zeroizing::new([n; 32]))
}

fn id(key: &SecretKey) -> NodeId {
    NodeId(key.public().0)
}

fn sender() -> SecretKey {
    key(3)
}

fn recipient() -> SecretKey {
    key(4)
}

fn parcel(sealed: Vec<u8>) -> Signed<Parcel> {
    let parcel = Parcel {
        from: id(&sender()),
        to: id(&recipient()),
        created: Time(7),
        sealed,
    };
    Signed::new(&parcel, &sender())
}

fn note(parcel: &Signed<Parcel>) -> ParcelNote {
    ParcelNote {
        parcel: parcel.hash(),
        to: id(&recipient()),
        from: id(&sender()),
    }
}

fn kept(store: &Store, parcels: &[&Signed<Parcel>]) {
    let mut write = Write::default();
    for parcel in parcels {
        let kept = write.parcel(store, &note(parcel), parcel);
        kept.expect("it can be read again");
    }
    store.apply(&write).expect("stored");
    store.flush().expect("durable");
}

/// They wait at their recipient.
fn waits(store: &Store, parcels: &[&Signed<Parcel>]) {
    let mut write = Write::default();
    for parcel in parcels {
        let kept = write.waiting(store, &note(parcel), parcel);
        kept.expect("it can be read again");
    }
    store.apply(&write).expect("stored");
    store.flush().expect("durable");
}

fn dropped(store: &Store, parcel: &Signed<Parcel>) {
    let mut write = Write::default();
    write.drop_parcel(&note(parcel));
    store.apply(&write).expect("stored");
}

fn waiting(store: &Store) -> Vec<Signed<Parcel>> {
    let waiting = store.waiting_parcels();
    waiting.collect::<Result<_>>().expect("parcels")
}

/// A store at its recipient, with a case.
fn at_recipient(path: &Path) -> Store {
    let store = open(path, storage_key(1)).expect("opens");
    store.make_case_key(CASE).expect("a key");
    store
}

/// Its purge is marked, not done.
fn marked(store: &Store) {
    let mut write = Write::default();
    write.purge(store, CASE, Time(7)).expect("marked");
    store.apply(&write).expect("stored");
    store.flush().expect("durable");
}

#[test]
fn a_receipt_takes_the_place_of_its_parcel_and_both_survive_a_restart() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("store");
    let (first, second) = (parcel(vec![1; 100]), parcel(vec![2; 100]));
    let receipt = KeptReceipt {
        receipt: Receipt::sign(first.hash(), &recipient()),
        from: id(&sender()),
        until: Time(9),
    };
    {
        let store = open(&path, storage_key(1)).expect("opens");
        kept(&store, &[&first, &second]);
        let mut write = Write::default();
        write.drop_parcel(&note(&first));
        write.receipt(&store, &receipt);
        store.apply(&write).expect("stored");
        store.flush().expect("durable");
    }
    let store = open(&path, storage_key(1)).expect("opens again");
    let notes = store.parcel_notes().expect("notes");
    assert_eq!(notes, [(note(&second), Time(7))]);
    assert_eq!(store.parcel(&note(&first)).expect("a look"), None);
    assert_eq!(store.parcel(&note(&second)).expect("a look"), Some(second));
    assert_eq!(store.receipts().expect("receipts"), [receipt]);
    let mut write = Write::default();
    write.drop_receipt(&id(&recipient()), &first.hash());
    store.apply(&write).expect("stored");
    assert_eq!(store.receipts().expect("receipts"), []);
}

#[test]
fn a_parcel_that_cannot_be_read_is_not_kept_and_a_damaged_one_costs_no_other() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("store");
    let mut swollen = parcel(vec![3; 905_000]);
    let store = open(&path, storage_key(1)).expect("opens");
    let mut write = Write::default();
    let largest = write.parcel(&store, &note(&swollen), &swollen);
    largest.expect("with one signature it can be read again");
    for n in 0..400_u16 {
        let mut seed = [9; 32];
        seed[..2].copy_from_slice(&n.to_be_bytes());
        swollen.countersign(&SecretKey::from_seed(Zeroizing::new(seed)));
    }
    let mut write = Write::default();
    let refused = write.parcel(&store, &note(&swollen), &swollen);
    assert!(matches!(refused, Err(Error::TooLarge(_))), "{refused:?}");
    assert!(write.is_empty());

    let sound = [parcel(vec![1; 100]), parcel(vec![2; 100])];
    kept(&store, &sound.each_ref());
    // What an earlier version has written, what does not open, and what is of another name.
    let row = |hash: Hash| super::key(PARCEL, &id(&recipient()), &hash);
    let rows = [
        (row(swollen.hash()), codec::encode_packed(&swollen)),
        (row(Hash([1; 32])), codec::encode_packed(&sound[0])),
        (row(Hash([2; 32])), b"no parcel".to_vec()),
    ];
    let outbox = store.tree(Tree::Outbox);
    for (key, plain) in rows {
        let sealed = store.seal(Table::Outbox, &key, &plain);
        outbox.insert(key, sealed).expect("written");
    }
    let torn = outbox.insert(row(Hash([3; 32])), b"torn");
    torn.expect("written");
    store.flush().expect("durable");
    drop(store);

    let store = open(&path, storage_key(1)).expect("opens again");
    let held: Vec<_> = store.parcels().collect::<Result<_>>().expect("parcels");
    assert_eq!(held.len(), 2);
    assert!(sound.iter().all(|parcel| held.contains(parcel)));
    let notes: Vec<_> = held.iter().map(|p| (note(p), Time(7))).collect();
    assert_eq!(store.parcel_notes().expect("notes"), notes);
}

/// Its purge is marked and done.
fn purged(store: &Store) {
    marked(store);
    store.finish_purge(CASE).expect("purged");
}

#[test]
fn what_waits_here_is_carried_to_nobody() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("store");
    let waited = parcel(vec![1; 100]);
    let store = at_recipient(&path);
    waits(&store, &[&waited]);
    drop(store);
    let store = open(&path, storage_key(1)).expect("opens again");
    assert_eq!(store.parcels().count(), 0, "nobody else is to get it");
    assert_eq!(store.parcel_notes().expect("notes"), []);
    assert_eq!(
        store.waiting_notes().expect("notes"),
        [(note(&waited), Time(7))]
    );
    assert_eq!(waiting(&store), std::slice::from_ref(&waited));
    dropped(&store, &waited);
    assert_eq!(waiting(&store), []);
}

#[test]
fn what_has_waited_before_a_purge_opens_from_no_copy_of_the_files() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("store");
    let (taken, left) = (parcel(vec![1; 100]), parcel(vec![2; 100]));
    let store = at_recipient(&path);
    waits(&store, &[&taken, &left]);
    let rows = store.waiting_rows().expect("rows");
    let sealed = |row: &IVec| store.tree(Tree::Outbox).get(row).expect("a look");
    let old: Vec<_> = rows.iter().filter_map(sealed).collect();
    assert_eq!(old.len(), 2);
    for (row, sealed) in rows.iter().zip(&old) {
        store.unseal_waiting(row, sealed).expect("it opens now");
        let stored = store.unseal(Table::Outbox, row, sealed);
        stored.expect_err("never with the key that stays");
    }
    let key = fs::read(path.join("waiting/0")).expect("the key");
    dropped(&store, &taken);
    purged(&store);
    waits(&store, &[&left]);
    let look = |store: &Store| {
        for (row, sealed) in rows.iter().zip(&old) {
            let opened = store.unseal_waiting(row, sealed);
            opened.expect_err("what the database's files may still have");
        }
        assert_eq!(waiting(store), std::slice::from_ref(&left), "it came again");
    };
    look(&store);
    drop(store);
    for (path, bytes) in files(&path) {
        let found = bytes.windows(key.len()).any(|w| w == key);
        assert!(!found, "{} still has the key", path.display());
    }
    let store = open(&path, storage_key(1)).expect("opens again");
    look(&store);
    // So it is once nothing waits any more.
    assert!(store.has_waiting_key());
    dropped(&store, &left);
    store.forget_waiting().expect("forgotten");
    assert!(!store.has_waiting_key());
    assert_eq!(fs::read_dir(path.join("waiting")).expect("keys").count(), 0);
}

#[test]
fn a_purge_that_was_cut_short_takes_what_waits_along_at_the_next_start() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("store");
    let store = at_recipient(&path);
    waits(&store, &[&parcel(vec![1; 100])]);
    marked(&store);
    drop(store);
    let cut = files(&path);
    let file = path.join("waiting/0");
    let key = cut[&file].clone();
    let zeroed = |count: usize| [&vec![0; count], &key[count..]].concat();
    for end in [
        Some(key.clone()),
        Some(zeroed(20)),
        Some(zeroed(key.len())),
        None,
    ] {
        put_back(&cut, &path);
        match &end {
            Some(end) => fs::write(&file, end).expect("written"),
            None => fs::remove_file(&file).expect("removed"),
        }
        let store = open(&path, storage_key(1)).expect("opens");
        assert_eq!(store.waiting_rows().expect("rows"), Vec::<IVec>::new());
        assert!(!store.is_case_key_left(&CASE), "it is purged");
        assert!(!file.exists(), "{end:?}");
        // What comes then stays: the purge is done.
        let next = parcel(vec![2; 100]);
        waits(&store, &[&next]);
        drop(store);
        let store = open(&path, storage_key(1)).expect("opens again");
        assert_eq!(waiting(&store), [next]);
    }
}

#[test]
fn a_key_that_does_not_open_costs_what_waits_and_not_the_start_and_a_wrong_one_costs_nothing() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("store");
    let (waited, other) = (parcel(vec![1; 100]), parcel(vec![2; 100]));
    let store = at_recipient(&path);
    waits(&store, &[&waited]);
    drop(store);
    // The key file of another node.
    let opened = open(&path, storage_key(2));
    assert!(matches!(opened, Err(Error::WrongKey)), "{opened:?}");
    let store = open(&path, storage_key(1)).expect("opens");
    assert_eq!(waiting(&store), std::slice::from_ref(&waited));
    drop(store);
    fs::write(path.join("waiting/0"), b"damaged").expect("written");
    fs::write(path.join("waiting/7.new"), b"half").expect("written");
    fs::create_dir(path.join("waiting/lost+found")).expect("somebody else's");
    let store = open(&path, storage_key(1)).expect("opens");
    // It is not noted as here, so that it is asked for again.
    assert_eq!(store.waiting_notes().expect("notes"), []);
    waits(&store, &[&waited, &other]);
    assert_eq!(waiting(&store).len(), 2);
    assert!(!path.join("waiting/7.new").exists());
}

/// A store that is filled from another while something happens there.
fn copied(store: &Store, path: &Path, meanwhile: impl FnOnce()) -> Store {
    let mut filling = Filling::begin(path, &trees()).expect("begun");
    let dump = store.dump().expect("nobody else");
    dump.rows::<Error>(&mut |row| filling.row(row), &mut |_| Ok(()))
        .expect("read");
    meanwhile();
    let mut changed = Vec::new();
    let keys = dump.end::<Error>(&mut |(tree, key, value)| {
        changed.push((tree, key.to_vec(), value.map(<[u8]>::to_vec)));
        Ok(())
    });
    for (tree, key, value) in &changed {
        let row = filling.row((*tree, key, value.as_deref()));
        row.expect("written");
    }
    let keys = keys.expect("ended");
    filling
        .end(storage_key(1), &keys)
        .expect("it fits together")
}

#[test]
fn a_copy_has_what_waits_and_none_of_what_a_purge_is_about_to_take_along() {
    let dir = tempfile::tempdir().expect("a directory");
    let at = |name: &str| dir.path().join(name);
    let store = at_recipient(&at("store"));
    let waited = parcel(vec![1; 100]);
    waits(&store, &[&waited]);
    let copy = copied(&store, &at("before"), || {});
    assert_eq!(waiting(&copy), std::slice::from_ref(&waited));
    let copy = copied(&store, &at("marked"), || marked(&store));
    assert_eq!(copy.waiting_rows().expect("rows"), Vec::<IVec>::new());
    let copy = copied(&store, &at("after"), || {
        store.finish_purge(CASE).expect("purged");
        waits(&store, &[&waited]);
    });
    assert_eq!(waiting(&copy), [waited]);
    assert!(!copy.is_case_key_left(&CASE));
}
