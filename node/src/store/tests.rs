use super::*;
use focal_protocol::{
    codec,
    id::{CaseId, Hash, LogId, NodeId},
    key::SecretKey,
    log::{Entry, Epoch, Head, Header, Lane, Run, Salt, VerifiedRun, Writer},
    random::{Random, SystemRandom},
    time::Time,
};
use std::{collections::BTreeMap, fs, path::Path};
use zeroize::Zeroizing;

const SALT: Salt = Salt([7; 16]);

pub(super) fn storage_key(seed: u8) -> StorageKey {
    StorageKey::new(&Zeroizing::new([seed; 32]))
}

/// Entries of one node's log, as a partner would send them.
pub(super) struct Author {
    key: SecretKey,
    head: Head,
}

impl Author {
    pub(super) fn new() -> Self {
        Self {
            key: SecretKey::from_seed(Zeroizing::new([3; 32])),
            head: Head::EMPTY,
        }
    }

    pub(super) fn writer(&self) -> Writer {
        Writer {
            case: CaseId([1; 32]),
            node: NodeId(self.key.public().0),
            lane: Lane::Routine,
        }
    }

    pub(super) fn log(&self) -> LogId {
        self.writer().log_id(&SALT)
    }

    pub(super) fn run(&mut self, count: u64) -> VerifiedRun {
        let writer = self.writer();
        let mut entries = Vec::new();
        let mut previous = self.head.hash;
        for seq in self.head.height..self.head.height + count {
            let header = Header {
                log: self.log(),
                case: writer.case,
                node: writer.node,
                lane: writer.lane,
                seq,
                previous,
                lamport: seq + 1,
                generation: 0,
                epoch: 0,
                manifest: 1,
                salt: SALT,
            };
            let bytes = codec::encode_packed(&header);
            let noise = SystemRandom.array::<700>().to_vec();
            let entry = Entry::sign(header, bytes, noise, &self.key);
            previous = entry.hash();
            entries.push(entry.raw().clone());
        }
        let run = Run {
            log: self.log(),
            writer,
            from: self.head.height,
            entries,
        };
        let run = run.verify(&self.head).expect("an honest run");
        self.head = run.head();
        run
    }
}

/// Opens a store. sled's own threads may hold the file for a moment after the last handle is gone.
pub(super) fn open(path: &Path, key: StorageKey) -> Result<Store> {
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(10);
    let key = Arc::new(key);
    loop {
        let opened = Store::open_shared(path, key.clone());
        match opened {
            Err(Error::Io(_)) if std::time::Instant::now() < deadline => std::thread::yield_now(),
            opened => return opened,
        }
    }
}

/// Stores runs with a flush each, and returns the hash of every entry.
fn fill(store: &Store, author: &mut Author, runs: u64) -> Vec<Hash> {
    let mut hashes = Vec::new();
    for _ in 0..runs {
        let run = author.run(20);
        let mut write = Write::default();
        write.run(
            &run,
            &LogRow::new(*run.writer(), Epoch::default(), run.head()),
        );
        store.apply(&write).expect("stored");
        store.flush().expect("flushed");
        hashes.extend(run.entries().iter().map(Entry::hash));
    }
    hashes
}

/// Every file below a directory.
pub(super) fn files(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut all = BTreeMap::new();
    for entry in fs::read_dir(dir).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            all.extend(files(&path));
        } else {
            let content = fs::read(&path).expect("a file");
            all.insert(path, content);
        }
    }
    all
}

pub(super) fn put_back(files: &BTreeMap<PathBuf, Vec<u8>>, dir: &Path) {
    fs::remove_dir_all(dir).expect("removed");
    for (path, content) in files {
        fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
        fs::write(path, content).expect("written");
    }
}

#[test]
fn what_was_flushed_is_there_when_the_store_is_opened_again() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("store");
    let mut author = Author::new();
    let store = open(&path, storage_key(1)).expect("a store");
    let hashes = fill(&store, &mut author, 5);
    drop(store);
    let store = open(&path, storage_key(1)).expect("the store");
    let held = store
        .entries(Author::new().log(), 0, usize::MAX, 1000)
        .expect("entries");
    assert_eq!(held.iter().map(Entry::hash).collect::<Vec<_>>(), hashes);
}

#[test]
fn the_wrong_key_is_named_and_changes_nothing() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("store");
    let store = open(&path, storage_key(1)).expect("a store");
    let hashes = fill(&store, &mut Author::new(), 1);
    drop(store);
    assert!(matches!(open(&path, storage_key(2)), Err(Error::WrongKey)));
    let store = open(&path, storage_key(1)).expect("the store");
    let held = store
        .entries(Author::new().log(), 0, usize::MAX, 1000)
        .expect("entries");
    assert_eq!(held.len(), hashes.len());
}

#[test]
fn a_store_of_a_later_version_is_named() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("store");
    let store = open(&path, storage_key(1)).expect("a store");
    store
        .tree(Tree::Meta)
        .insert("format", &99u64.to_be_bytes())
        .expect("written");
    store.flush().expect("flushed");
    drop(store);
    assert!(matches!(
        open(&path, storage_key(1)),
        Err(Error::Format { found: 99, .. })
    ));
}

#[test]
fn a_log_whose_last_entry_is_gone_is_damage() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("store");
    let store = open(&path, storage_key(1)).expect("a store");
    fill(&store, &mut Author::new(), 1);
    let last = store.tree(Tree::Log).pop_max().expect("read");
    assert!(last.is_some());
    store.flush().expect("flushed");
    drop(store);
    assert!(matches!(
        open(&path, storage_key(1)),
        Err(Error::Damaged { .. })
    ));
}

/// Flips a byte in many places of the files: the damage is named, or nothing that was acknowledged is missing.
#[test]
fn damage_is_never_taken_for_a_shorter_history() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("store");
    let store = open(&path, storage_key(1)).expect("a store");
    let hashes = fill(&store, &mut Author::new(), 10);
    drop(store);
    let sound = files(&path);
    let mut named = 0;
    for (file, content) in &sound {
        let step = (content.len() / 40).max(1);
        for at in (0..content.len()).step_by(step) {
            put_back(&sound, &path);
            let mut torn = content.clone();
            torn[at] ^= 0x40;
            fs::write(file, &torn).expect("written");
            let Ok(store) = open(&path, storage_key(1)) else {
                named += 1;
                continue;
            };
            let held = store
                .entries(Author::new().log(), 0, usize::MAX, 1000)
                .expect("entries");
            let held: Vec<Hash> = held.iter().map(Entry::hash).collect();
            assert_eq!(held, hashes, "{} at {at}", file.display());
        }
    }
    assert!(named > 40, "only {named} damages were found");
}

#[test]
fn a_lost_document_is_damage_too() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("store");
    let store = open(&path, storage_key(1)).expect("a store");
    fill(&store, &mut Author::new(), 1);
    drop(store);
    let before = fs::read(path.join("db")).expect("a file");
    let store = open(&path, storage_key(1)).expect("the store");
    let mut write = Write::default();
    write.put(Tree::Directory, b"x".to_vec(), vec![1; 100]);
    store.apply(&write).expect("stored");
    store.flush().expect("flushed");
    drop(store);
    let after = files(&path);
    // The database's file of before, with the mark of after.
    fs::write(path.join("db"), before).expect("written");
    for path in after
        .keys()
        .filter(|p| p.to_string_lossy().contains("snap."))
    {
        fs::remove_file(path).expect("removed");
    }
    assert!(matches!(
        open(&path, storage_key(1)),
        Err(Error::Damaged { .. })
    ));
}

/// A first start that was cut short before its marks were on disk is begun again.
#[test]
fn an_empty_store_is_begun_again() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("store");
    let store = open(&path, storage_key(1)).expect("a store");
    for tree in store.trees.iter() {
        tree.clear().expect("cleared");
    }
    store.flush().expect("flushed");
    drop(store);
    assert!(open(&path, storage_key(1)).is_ok());
}

/// A record that stands at a time of a case.
fn stand(store: &Store, case: CaseId, n: u64) -> (focal_protocol::id::RecordId, Position) {
    use focal_protocol::{
        id::{OrgId, RecordId},
        key::PublicKey,
        record::Draft,
    };
    let content = serde_json::json!({"kind": "note", "text": "x"});
    let summary = Draft::from_json(None, &content)
        .and_then(|d| d.into_record(case, PublicKey([2; 32]), OrgId([3; 32]), Time(n)))
        .expect("a record")
        .summary();
    let position = Position {
        case,
        lamport: n,
        log: Author::new().log(),
        seq: n,
    };
    let id = RecordId(Hash::of(&[&n.to_be_bytes()]).0);
    let mut write = Write::default();
    write.record(store, id, &position, &summary);
    store.apply(&write).expect("stored");
    (id, position)
}

#[test]
fn whoever_asks_first_for_a_record_reads_where_all_are_and_the_others_wait_for_it() {
    let dir = tempfile::tempdir().expect("dir");
    let case = CaseId([1; 32]);
    let store = open(dir.path(), storage_key(1)).expect("a store");
    store.make_case_key(case).expect("a key");
    let stood: Vec<_> = (0..2_000).map(|n| stand(&store, case, n)).collect();
    store.flush().expect("flushed");
    drop(store);
    let store = open(dir.path(), storage_key(1)).expect("a store");
    std::thread::scope(|scope| {
        for (id, position) in stood.iter().step_by(250) {
            let store = store.clone();
            scope.spawn(move || {
                assert_eq!(store.position(id).expect("read"), Some(*position));
            });
        }
    });
    let (id, position) = stand(&store, case, 5_000);
    assert_eq!(store.position(&id).expect("read"), Some(position));
    drop(store);

    let store = open(dir.path(), storage_key(1)).expect("a store");
    let bad = store.tree(Tree::Record).insert([9; 7], b"no row");
    bad.expect("written");
    for _ in 0..2 {
        let found = store.position(&id);
        assert!(matches!(found, Err(Error::Damaged { .. })), "{found:?}");
    }
}

#[test]
fn sealed_rows_open_as_the_records_of_their_case_and_of_no_other() {
    let dir = tempfile::tempdir().expect("dir");
    let (case, other) = (CaseId([1; 32]), CaseId([2; 32]));
    let store = open(dir.path(), storage_key(1)).expect("a store");
    for case in [case, other] {
        store.make_case_key(case).expect("a key");
    }
    for n in 0..5 {
        stand(&store, case, n);
    }
    let sealed: Vec<_> = store
        .sealed_records(case)
        .collect::<Result<_>>()
        .expect("rows");
    let opened: Vec<_> = store
        .open_records(case, &sealed)
        .collect::<Result<_>>()
        .expect("opened");
    assert_eq!(opened, store.records(case, None, 9).expect("records"));
    assert_eq!(opened.len(), 5);
    let with_other = store.open_records(other, &sealed);
    assert_eq!(with_other.filter(Result::is_err).count(), 5);
    store.finish_purge(case).expect("purged");
    let purged = store.open_records(case, &sealed);
    assert_eq!(purged.filter(Result::is_err).count(), 5);
}

#[test]
fn a_store_whose_purge_was_cut_short_anywhere_opens_and_is_cleared_in_the_end() {
    let mut author = Author::new();
    let (case, log) = (author.writer().case, author.log());
    let runs = [1_000, 1_000, 1_000].map(|count| author.run(count));
    for steps in 0..5 {
        let dir = tempfile::tempdir().expect("dir");
        let store = open(dir.path(), storage_key(1)).expect("a store");
        store.make_case_key(case).expect("a key");
        for run in &runs {
            let row = LogRow::new(author.writer(), Epoch::default(), run.head());
            let mut write = Write::default();
            write.run(run, &row);
            write.held(log, &NodeId([9; 32]), run.head().height, Time(1));
            store.apply(&write).expect("stored");
        }
        store.flush().expect("flushed");
        let mut write = Write::default();
        write.purge(&store, case, Time(7)).expect("marked");
        store.apply(&write).expect("stored");
        store.flush().expect("flushed");
        for _ in 0..steps {
            store.clear_some(case, &[log]).expect("cleared");
        }
        store.flush().expect("flushed");
        drop(store);
        let store = open(dir.path(), storage_key(1)).expect("what is left opens");
        assert_eq!(store.purged().expect("read"), [(case, Time(7))].into());
        let again = (0..9).take_while(|_| store.clear_some(case, &[log]).expect("cleared"));
        // 3,001 rows, 1,024 at a time.
        assert_eq!(again.count(), 2_usize.saturating_sub(steps), "{steps}");
        let left = [Tree::Ack, Tree::Cursor].map(|tree| store.tree(tree).len());
        assert_eq!(left, [0, 0]);
        assert!(store.entries(log, 0, 1 << 20, 9).expect("read").is_empty());
        drop(store);
        let store = open(dir.path(), storage_key(1)).expect("it opens again");
        let mut write = Write::default();
        assert_eq!(write.join_again(&store, case).expect("joined"), []);
        store.make_case_key(case).expect("a key");
        store.apply(&write).expect("stored");
        assert_eq!(store.log(log).expect("read"), None, "it begins anew");
        let run = Author::new().run(5);
        let row = LogRow::new(author.writer(), Epoch::default(), run.head());
        let mut write = Write::default();
        write.run(&run, &row);
        store.apply(&write).expect("stored");
        store.flush().expect("flushed");
        drop(store);
        let store = open(dir.path(), storage_key(1)).expect("fewer entries are no damage");
        assert!(store.has_case_key(&case), "its key stays");
        assert_eq!(store.joined_again().expect("read"), [(case, 3_000)].into());
    }
}

#[test]
fn a_store_opens_wherever_destroying_the_key_of_a_purged_case_was_cut_short() {
    let dir = tempfile::tempdir().expect("dir");
    let path = dir.path().join("store");
    let (case, other) = (Author::new().writer().case, CaseId([2; 32]));
    let store = open(&path, storage_key(1)).expect("a store");
    for case in [case, other] {
        store.make_case_key(case).expect("a key");
    }
    store.flush().expect("flushed");
    drop(store);
    let unmarked = files(&path);
    let store = open(&path, storage_key(1)).expect("the store");
    let mut write = Write::default();
    write.purge(&store, case, Time(7)).expect("marked");
    store.apply(&write).expect("stored");
    store.flush().expect("flushed");
    drop(store);
    let marked = files(&path);
    let file = path.join("cases").join(case.to_string());
    let whole = marked[&file].clone();
    let zeroed = |count: usize| [&vec![0; count], &whole[count..]].concat();

    let cut = (0..=whole.len()).step_by(8);
    let mut left: Vec<_> = cut
        .flat_map(|count| [zeroed(count), whole[..count].to_vec(), vec![0; count]])
        .collect();
    left.push(zeroed(whole.len()));
    for left in left {
        put_back(&marked, &path);
        fs::write(&file, &left).expect("written");
        let store = open(&path, storage_key(1)).expect("what is left opens");
        assert!(!store.has_case_key(&case) && !file.exists(), "{left:?}");
        assert!(store.has_case_key(&other), "another case keeps its key");
    }

    // Of a case that nobody purged.
    for damaged in [
        zeroed(20),
        whole[..20].to_vec(),
        zeroed(whole.len()),
        Vec::new(),
    ] {
        put_back(&unmarked, &path);
        fs::write(&file, &damaged).expect("written");
        let opened = open(&path, storage_key(1));
        assert!(matches!(opened, Err(Error::Damaged { .. })), "{opened:?}");
        assert_eq!(fs::read(&file).expect("still there"), damaged);
    }

    // A key that was being made when the power went was never used.
    put_back(&unmarked, &path);
    let half = path.join("cases").join(format!("{case}.new"));
    fs::write(&half, &whole[..20]).expect("written");
    let store = open(&path, storage_key(1)).expect("opens");
    assert!(store.has_case_key(&case) && !half.exists());
}

#[test]
fn a_nearly_full_disk_takes_what_brings_nothing_new_and_every_purge() {
    let dir = tempfile::tempdir().expect("dir");
    let store = open(dir.path(), storage_key(1)).expect("a store");
    let mut author = Author::new();
    let case = author.writer().case;
    store.make_case_key(case).expect("a key");
    let run = author.run(1);
    let row = LogRow::new(author.writer(), Epoch::default(), run.head());
    let mut entry = Write::default();
    entry.run(&run, &row);
    assert_eq!(entry.reserve(), space::RESERVE, "a report waits for room");
    let mut note = Write::default();
    note.held(author.log(), &NodeId([9; 32]), 1, Time(1));
    assert_eq!(note.reserve(), space::LAST);
    let mut large = Write::default();
    large.put(Tree::Audit, b"k".to_vec(), vec![0; 200 << 10]);
    assert_eq!(large.reserve(), space::RESERVE, "not whatever its size");
    large.purge(&store, case, Time(7)).expect("marked");
    assert_eq!(large.reserve(), space::LAST, "but a purge is never put off");
}

#[test]
fn what_comes_after_a_purge_goes_where_the_case_was() {
    let dir = tempfile::tempdir().expect("dir");
    let store = open(dir.path(), storage_key(1)).expect("a store");
    let mut author = Author::new();
    let case = author.writer().case;
    store.make_case_key(case).expect("a key");
    let fill = |author: &mut Author| {
        for _ in 0..40 {
            let run = author.run(128);
            let row = LogRow::new(author.writer(), Epoch::default(), run.head());
            let mut write = Write::default();
            write.run(&run, &row);
            store.apply(&write).expect("stored");
            store.flush().expect("flushed");
        }
    };
    fill(&mut author);
    let full = store.size_on_disk().expect("read");
    let mut write = Write::default();
    write.purge(&store, case, Time(7)).expect("marked");
    store.apply(&write).expect("stored");
    while store.clear_some(case, &[author.log()]).expect("cleared") {
        store.flush().expect("flushed");
    }
    let cleared = store.size_on_disk().expect("read");
    fill(&mut author);
    let again = store.size_on_disk().expect("read");
    // Rows of 4.5 MB.
    assert!(
        again < cleared + (1 << 20),
        "{full}, {cleared}, and then {again}"
    );
}
