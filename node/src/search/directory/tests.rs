use super::*;
use focal_protocol::seal::StorageKey;
use zeroize::Zeroizing;

const CASE: CaseId = CaseId([1; 32]);
const NAME: &str = "segment.idx";

fn directory(dir: &Path) -> SealedDirectory {
    let key = StorageKey::new(&Zeroizing::new([1; 32]));
    let store = Store::open(&dir.join("store"), key).expect("a store");
    store.make_case_key(CASE).expect("a key");
    SealedDirectory::open(&dir.join("index"), CASE, &store).expect("a directory")
}

fn write(directory: &SealedDirectory, name: &str, content: &[u8]) {
    let mut writing = directory.open_write(Path::new(name)).expect("a file");
    // In pieces that end nowhere near a block.
    for piece in content.chunks(1_000) {
        writing.write_all(piece).expect("written");
    }
    writing.terminate().expect("whole");
}

fn bytes(length: usize) -> Vec<u8> {
    (0..=250).cycle().take(length).collect()
}

#[test]
fn every_part_of_a_file_is_read_as_it_was_written() {
    let dir = tempfile::tempdir().expect("dir");
    let directory = directory(dir.path());
    for length in [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK, 3 * BLOCK + 7] {
        let (name, content) = (format!("{length}.idx"), bytes(length));
        write(&directory, &name, &content);
        let file = directory.get_file_handle(Path::new(&name)).expect("opened");
        assert_eq!(file.len(), length);
        let whole = file.read_bytes(0..length).expect("read");
        assert_eq!(whole.as_slice(), content, "{length}");
        for at in [0, 1, BLOCK - 1, BLOCK, 2 * BLOCK + 1] {
            for end in [at, at + 1, at + BLOCK, length] {
                let read = file.read_bytes(at..end);
                match content.get(at..end) {
                    Some(part) => assert_eq!(read.expect("read").as_slice(), part),
                    None => assert!(read.is_err(), "{at}..{end} of {length}"),
                }
            }
        }
    }
}

#[test]
fn a_file_that_is_cut_changed_moved_or_of_a_purged_case_does_not_open() {
    let dir = tempfile::tempdir().expect("dir");
    let directory = directory(dir.path());
    let content = bytes(2 * BLOCK + 100);
    write(&directory, NAME, &content);
    let path = directory.at(Path::new(NAME));
    let sealed = fs::read(&path).expect("there");
    let read = || {
        let file = directory.get_file_handle(Path::new(NAME)).ok()?;
        file.read_bytes(0..file.len()).ok()
    };
    assert_eq!(read().expect("read").as_slice(), content);
    for length in [
        0,
        10,
        BLOCKS_SALT,
        BLOCKS_SALT + BLOCK_SEALED,
        sealed.len() - 1,
    ] {
        fs::write(&path, &sealed[..length]).expect("cut");
        assert!(read().is_none(), "{length}");
    }
    for at in [0, BLOCKS_SALT, sealed.len() / 2, sealed.len() - 1] {
        let mut changed = sealed.clone();
        changed[at] ^= 1;
        fs::write(&path, changed).expect("changed");
        assert!(read().is_none(), "{at}");
    }
    fs::write(&path, &sealed).expect("as it was");
    fs::copy(&path, directory.at(Path::new("other.idx"))).expect("copied");
    assert!(directory.get_file_handle(Path::new("other.idx")).is_err());
    assert!(read().is_some());
    directory.store.finish_purge(CASE).expect("purged");
    assert!(read().is_none());
    assert!(directory.open_write(Path::new("new.idx")).is_err());
}

#[test]
fn nothing_is_on_the_disk_in_the_clear() {
    let dir = tempfile::tempdir().expect("dir");
    let directory = directory(dir.path());
    let canary = b"CANARY".repeat(BLOCK);
    write(&directory, NAME, &canary);
    let list = Path::new("meta.json");
    directory
        .atomic_write(list, b"CANARY one")
        .expect("written");
    directory
        .atomic_write(list, b"CANARY two")
        .expect("written again");
    assert_eq!(directory.atomic_read(list).expect("read"), b"CANARY two");
    let mut files = 0;
    for entry in fs::read_dir(&directory.dir).expect("a directory").flatten() {
        let bytes = fs::read(entry.path()).expect("a file");
        assert!(
            !bytes.windows(6).any(|w| w == b"CANARY"),
            "{:?}",
            entry.path()
        );
        files += 1;
    }
    assert_eq!(files, 2, "nothing half-written is left");
}

#[test]
fn what_is_not_there_is_said_so() {
    let dir = tempfile::tempdir().expect("dir");
    let directory = directory(dir.path());
    let path = Path::new(NAME);
    assert!(!directory.exists(path).expect("looked"));
    assert!(matches!(
        directory.get_file_handle(path),
        Err(OpenReadError::FileDoesNotExist(_))
    ));
    assert!(matches!(
        directory.delete(path),
        Err(DeleteError::FileDoesNotExist(_))
    ));
    write(&directory, NAME, b"x");
    assert!(matches!(
        directory.open_write(path),
        Err(OpenWriteError::FileAlreadyExists(_))
    ));
    directory.delete(path).expect("deleted");
    assert!(!directory.exists(path).expect("looked"));
}
