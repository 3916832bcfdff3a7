use super::*;

const LIST: Hash = Hash([1; 32]);
const AUTHOR: [u8; 32] = [2; 32];
const OTHER: [u8; 32] = [3; 32];
const SEALED: &[u8] = b"sealed";

fn files() -> (tempfile::TempDir, Files, Hash) {
    let dir = tempfile::tempdir().expect("a directory");
    let files = Files::open(&dir.path().join("attachments"), 64 << 20).expect("open");
    (dir, files, Hash::of(&[SEALED]))
}

fn add(files: &Files, name: &Hash, author: &[u8; 32], from: usize, bytes: &[u8]) -> Result<usize> {
    files.add(&LIST, name, author, (from, SEALED.len()), bytes)
}

#[test]
fn slices_make_a_chunk_and_leave_nothing_else() {
    let (_dir, files, name) = files();
    assert_eq!(add(&files, &name, &AUTHOR, 0, b"se"), Ok(2));
    assert_eq!(files.coming(&LIST, &AUTHOR), Ok([(name, 2)].into()));
    // What was answered and did not arrive is sent again, and passed over.
    assert_eq!(add(&files, &name, &AUTHOR, 0, b"se"), Ok(2));
    assert_eq!(add(&files, &name, &AUTHOR, 1, b"eal"), Ok(4));
    // Nothing behind a gap; and nothing new is no harm.
    assert_eq!(add(&files, &name, &AUTHOR, 5, b"d"), Ok(4));
    assert_eq!(add(&files, &name, &AUTHOR, 4, b""), Ok(4));
    assert_eq!(files.used(), (HEAD + 4) as u64);
    assert!(!files.exists(&LIST, &name));
    assert_eq!(add(&files, &name, &AUTHOR, 4, b"ed"), Ok(6));
    assert_eq!(files.checked(&LIST, &name, 6), Ok(Some(SEALED.to_vec())));
    assert_eq!(files.coming(&LIST, &AUTHOR), Ok(BTreeMap::new()));
    assert_eq!(files.used(), 6);
    // It is here: whatever comes late of it.
    assert_eq!(add(&files, &name, &AUTHOR, 0, b"s"), Ok(6));
    assert_eq!(files.used(), 6);
}

#[test]
fn a_whole_that_is_not_its_name_is_dropped_and_begins_anew() {
    let (_dir, files, name) = files();
    assert_eq!(add(&files, &name, &AUTHOR, 0, b"junk"), Ok(4));
    assert_eq!(
        add(&files, &name, &AUTHOR, 4, b"ed"),
        Err(Error::NotItsName)
    );
    assert_eq!((files.used(), files.count(&LIST)), (0, 0));
    assert_eq!(add(&files, &name, &AUTHOR, 0, SEALED), Ok(6));
}

#[test]
fn places_that_no_chunk_has_are_refused() {
    let (_dir, files, name) = files();
    let long = limits::CHUNK_SEALED + 1;
    for (from, of) in [(0, 1), (5, 6), (usize::MAX, usize::MAX), (0, long)] {
        let added = files.add(&LIST, &name, &AUTHOR, (from, of), b"se");
        assert_eq!(added, Err(Error::NotItsName), "{from} of {of}");
    }
    assert_eq!(files.used(), 0);
}

#[test]
fn nobody_goes_on_with_what_another_has_begun() {
    let (_dir, files, name) = files();
    assert_eq!(add(&files, &name, &OTHER, 0, b"junk"), Ok(4));
    assert_eq!(add(&files, &name, &AUTHOR, 4, b"ed"), Ok(0));
    assert_eq!(add(&files, &name, &AUTHOR, 0, b"seal"), Ok(4));
    assert_eq!(add(&files, &name, &AUTHOR, 4, b"ed"), Ok(6));
    assert_eq!(files.coming(&LIST, &OTHER), Ok([(name, 4)].into()));
    // What is left of another's goes with the attachment, or when it is old.
    files.remove(&LIST).expect("removed");
    assert_eq!(files.used(), 0);
    add(&files, &name, &OTHER, 0, b"junk").expect("begun");
    assert_eq!(files.clear_old_coming(Duration::from_secs(60)), Ok(0));
    let all = (HEAD + 4) as u64;
    assert_eq!(files.clear_old_coming(Duration::ZERO), Ok(all));
    assert_eq!(files.used(), 0);
}

#[test]
fn what_a_crash_tore_is_not_gone_on_with_and_what_is_left_of_one_goes() {
    let (_dir, files, name) = files();
    add(&files, &name, &AUTHOR, 0, b"seal").expect("begun");
    let path = files.coming_path(&LIST, &name, &AUTHOR);
    let mut torn = fs::read(&path).expect("read");
    torn[HEAD + 1] ^= 1;
    fs::write(&path, torn).expect("torn");
    assert_eq!(add(&files, &name, &AUTHOR, 4, b"ed"), Ok(0));
    let half = files.coming_dir().join(format!("{name}.0.0{PARTIAL}"));
    fs::write(&half, b"half").expect("written");
    files.clear_partial().expect("cleared");
    assert!(!half.exists() && path.exists());
    files.walk().expect("counted");
    assert_eq!(files.used(), (HEAD + 4) as u64);
}

#[test]
fn one_author_has_few_begun_and_all_have_not_many() {
    let (_dir, files, _) = files();
    let begin = |author: u8, n: usize| {
        let name = Hash::of(&[&n.to_be_bytes(), &[author]]);
        let added = files.add(&LIST, &name, &[author; 32], (0, 9), b"s");
        assert_eq!(added, Ok(1));
    };
    let of = |author: u8| files.coming(&LIST, &[author; 32]).expect("read").len();
    begin(0, 0);
    for n in 0..2 * BY_ONE {
        begin(1, n);
    }
    assert_eq!((of(0), of(1)), (1, BY_ONE));
    // Who has most makes way, never who has one.
    for author in 2..=20 {
        for n in 0..BY_ONE {
            begin(author, n);
        }
    }
    let all = files.parts().expect("read");
    assert_eq!((all.len(), of(0)), (BY_ALL, 1));
    let bytes: u64 = all.iter().map(|part| part.length).sum();
    assert_eq!(files.used(), bytes);
}
