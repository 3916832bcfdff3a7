use super::*;

const LIST: Hash = Hash([1; 32]);

fn files(quota: u64) -> (tempfile::TempDir, Files) {
    let dir = tempfile::tempdir().expect("a directory");
    let files = Files::open(&dir.path().join("attachments"), quota).expect("open");
    (dir, files)
}

fn put(files: &Files, bytes: &[u8]) -> Result<Hash> {
    let name = Hash::of(&[bytes]);
    files.put(&LIST, &name, bytes).map(|()| name)
}

#[test]
fn a_chunk_that_was_kept_is_read_back_and_counted() {
    let (_dir, files) = files(1 << 20);
    let name = put(&files, b"sealed").expect("kept");
    assert_eq!(put(&files, b"sealed"), Ok(name));
    files.settle(&LIST, &[name]).expect("durable");
    assert_eq!(files.read(&LIST, &name, 2, 3), Ok(Some(b"ale".to_vec())));
    assert_eq!(files.read(&LIST, &name, 2, 9), Ok(None));
    assert_eq!((files.used(), files.count(&LIST)), (6, 1));
    assert_eq!(files.walk().expect("walked").len(), 1);
    assert_eq!((files.remove(&LIST), files.used()), (Ok(6), 0));
    assert_eq!(files.read(&LIST, &name, 0, 1), Ok(None));
}

#[test]
fn what_the_system_could_not_write_is_not_held_the_next_time() {
    let (_dir, mut files) = files(1 << 20);
    let names = [b"sealed", b"chunks"].map(|bytes| put(&files, bytes).expect("kept"));
    let broken = |_: &File| Err(io::Error::from(io::ErrorKind::StorageFull));
    files.sync = broken;
    assert_eq!(files.settle(&LIST, &names), Err(Error::Full));
    // The system has said it, and says it no more.
    files.sync = File::sync_all;
    for name in names {
        assert_eq!(files.checked(&LIST, &name, 6), Ok(None));
    }
    assert_eq!(files.used(), 0);
    // Where it is the directory that is not written, no name in it is sure either.
    let name = put(&files, b"sealed").expect("kept");
    files.sync = |file| match file.metadata()?.is_dir() {
        true => Err(io::Error::other("the disk fails")),
        false => Ok(()),
    };
    files.settle(&LIST, &[name]).expect_err("not durable");
    assert!(!files.exists(&LIST, &name));
}

#[test]
fn what_is_looked_at_for_a_partner_stays_when_the_disk_fails_and_counts_once_it_is_written_anew() {
    use std::os::unix::fs::MetadataExt;
    let (_dir, mut files) = files(1 << 20);
    let names = [b"sealed", b"chunks"].map(|bytes| put(&files, bytes).expect("kept"));
    files.settle(&LIST, &names).expect("durable");
    let written = |files: &Files| names.map(|name| fs::metadata(files.path(&LIST, &name)));
    let inodes = |files: &Files| written(files).map(|file| file.expect("there").ino());
    let before = inodes(&files);
    // As long as they are open, no new file gets their numbers.
    let _open = names.map(|name| File::open(files.path(&LIST, &name)).expect("there"));
    let failures: [fn(&File) -> io::Result<()>; 2] = [
        |file| match file.metadata()?.is_dir() {
            true => Err(io::Error::other("the disk fails")),
            false => Ok(()),
        },
        |_| Err(io::ErrorKind::StorageFull.into()),
    ];
    for failure in failures {
        files.sync = failure;
        assert_eq!(files.durable(&LIST, &names), BTreeSet::new());
    }
    files.sync = File::sync_all;
    let there = names.map(|name| files.checked(&LIST, &name, 6));
    assert_eq!(
        there,
        [Ok(Some(b"sealed".to_vec())), Ok(Some(b"chunks".to_vec()))]
    );
    // The system has said it, and says it no more.
    assert_eq!(files.durable(&LIST, &names), BTreeSet::from(names));
    let after = inodes(&files);
    let same = before.iter().zip(&after).filter(|(a, b)| a == b);
    assert_eq!(same.count(), 0, "written anew");
    assert_eq!((files.used(), files.count(&LIST)), (12, 2));
    assert_eq!(files.durable(&LIST, &names), BTreeSet::from(names));
    assert_eq!(inodes(&files), after, "once");
}

#[test]
fn chunks_that_were_let_go_are_read_from_the_disk() {
    let (_dir, files) = files(1 << 20);
    let names: Vec<Hash> = (0..3_u8)
        .map(|n| put(&files, &[n; 9_000]).expect("kept"))
        .collect();
    files.settle(&LIST, &names).expect("durable");
    files.let_go(&LIST, &[names.clone(), vec![Hash([9; 32])]].concat());
    for (name, n) in names.iter().zip(0..) {
        assert_eq!(files.checked(&LIST, name, 9_000), Ok(Some(vec![n; 9_000])));
    }
    assert_eq!((files.used(), files.count(&LIST)), (27_000, 3));
}

#[test]
fn what_is_not_its_name_is_not_kept() {
    let (_dir, files) = files(1 << 20);
    let name = Hash::of(&[b"sealed"]);
    assert_eq!(files.put(&LIST, &name, b"junk"), Err(Error::NotItsName));
    let long = vec![0; limits::CHUNK_SEALED + 1];
    assert_eq!(put(&files, &long), Err(Error::NotItsName));
    assert_eq!(files.used(), 0);
}

#[test]
fn attachments_take_no_more_than_they_are_given() {
    let (_dir, files) = files(10);
    put(&files, b"sealed").expect("kept");
    assert_eq!(put(&files, b"more of it"), Err(Error::Quota));
    files.remove(&LIST).expect("removed");
    put(&files, b"more of it").expect("there is room again");
}

#[test]
fn a_chunk_that_was_damaged_is_removed_and_not_served() {
    let (_dir, files) = files(1 << 20);
    let name = put(&files, b"sealed").expect("kept");
    fs::write(files.path(&LIST, &name), b"SEALED").expect("damaged");
    assert_eq!(files.checked(&LIST, &name, 6), Ok(None));
    assert!(!files.has(&LIST, &name, 6));
    assert_eq!(files.used(), 0);
}

#[test]
fn a_wrong_length_in_a_record_removes_nothing() {
    let (_dir, files) = files(1 << 20);
    let name = put(&files, b"sealed").expect("kept");
    for wrong in [0, 3, 9] {
        assert_eq!(files.checked(&LIST, &name, wrong), Ok(None));
    }
    assert_eq!(files.checked(&LIST, &name, 6), Ok(Some(b"sealed".to_vec())));
}

#[test]
fn what_a_crash_left_half_written_is_removed() {
    let (_dir, files) = files(1 << 20);
    let name = put(&files, b"sealed").expect("kept");
    let partial = files.dir(&LIST).join(format!("{name}.9{PARTIAL}"));
    fs::write(&partial, b"sea").expect("written");
    // Somebody hands over a chunk already.
    let ours = files.partial(&LIST, &name);
    fs::write(&ours, b"sea").expect("written");
    files.clear_partial().expect("cleared");
    assert!(!partial.exists() && files.has(&LIST, &name, 6));
    assert!(ours.exists());
}

#[test]
fn what_comes_and_goes_disturbs_nobody_who_looks() {
    let (_dir, files) = files(1 << 20);
    let kept = put(&files, b"sealed").expect("kept");
    let looked = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        let (files, looked) = (&files, &looked);
        // Each has chunks of its own, so that a look always meets some that go.
        for hand in 0..4u8 {
            scope.spawn(move || {
                let from = focal_protocol::id::NodeId([2; 32]);
                while !looked.load(Ordering::Relaxed) {
                    let names = [0, 1, 2].map(|n| put(files, &[hand, n]).expect("kept"));
                    for name in names {
                        files.remove_chunk(&LIST, &name).expect("removed");
                        files.begin(&LIST, &name, &from, &[hand]).expect("begun");
                        files.forget_begun(&LIST, &name).expect("removed");
                    }
                }
            });
        }
        for _ in 0..2_000 {
            let found = files.walk();
            let count = files.count(&LIST);
            let both = found.is_ok() && (1..=13).contains(&count);
            if !both {
                looked.store(true, Ordering::Relaxed);
            }
            assert!(both, "{found:?} {count}");
        }
        looked.store(true, Ordering::Relaxed);
    });
    files.walk().expect("walked");
    assert!(files.has(&LIST, &kept, 6));
    assert_eq!(files.used(), 6, "nothing is counted twice, or lost");
}

#[test]
fn it_is_known_since_when_nothing_names_what_is_here() {
    let (_dir, files) = files(1 << 20);
    assert_eq!(files.is_unnamed(&LIST), Ok(None), "nothing is here");
    let name = put(&files, b"sealed").expect("kept");
    let since = files.is_unnamed(&LIST).expect("noted");
    assert!(since.is_some());
    assert_eq!(files.is_unnamed(&LIST), Ok(since), "from the first look on");
    assert_eq!((files.used(), files.count(&LIST)), (6, 1));
    assert_eq!(files.names(&LIST), Ok([name].into()));
    let old = SystemTime::UNIX_EPOCH;
    let mark = File::open(files.dir(&LIST).join(UNNAMED)).expect("there");
    mark.set_modified(old).expect("set");
    assert_eq!(files.is_unnamed(&LIST), Ok(Some(old)));
    files.is_named(&LIST).expect("noted");
    assert!(files.is_unnamed(&LIST).expect("noted") > Some(old));
    files.remove(&LIST).expect("removed");
    assert_eq!(files.is_unnamed(&LIST), Ok(None));
}
