use super::*;
use crate::NodeKeys;
use focal_protocol::{
    seal::{KeyFile, Unlock},
    time::Time,
};
use zeroize::Zeroizing;

struct Shelf {
    dir: tempfile::TempDir,
    keys: NodeKeys,
    key_file: String,
}

impl Shelf {
    fn new() -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let keys = NodeKeys::generate();
        let unlock = Unlock::KeyFile(Zeroizing::new(vec![7; 32]));
        keys.save(dir.path(), &unlock).expect("saved");
        let key_file = fs::read_to_string(dir.path().join("node.key")).expect("read");
        KeyFile::from_text(&key_file).expect("a key file");
        Self {
            dir,
            keys,
            key_file,
        }
    }

    fn place(&self) -> Place {
        Place::Dir(self.dir.path().join("backups"))
    }

    /// A backup of one piece, which no other has.
    fn backup(&self, created: Time) -> (Writing, PathBuf, Hash) {
        let mut writing = self.place().write().expect("a place");
        let key = self.keys.backup();
        let plain = created.0.to_be_bytes();
        let name = Hash::of(&[&plain]);
        writing.piece(&name, &plain).expect("written");
        let listed = super::super::Listed::empty(self.keys.node(), created);
        let list = listed.to_bytes(&self.key_file, &key, &[name]);
        let path = writing.end(created, &list).expect("written");
        (writing, path, name)
    }

    fn made(&self) -> Vec<Time> {
        let reading = self.place().read().expect("read");
        reading.lists.iter().map(|(_, list)| list.created).collect()
    }
}

#[test]
fn a_backup_made_after_the_clock_was_set_back_is_the_newest() {
    let shelf = Shelf::new();
    drop(shelf.backup(Time(2_000)));
    let (writing, path, name) = shelf.backup(Time(1_000));
    assert_eq!(shelf.made(), [Time(2_000), Time(1_000)]);
    assert_eq!(writing.newest().expect("read"), Some(Time(1_000)));
    assert_eq!(writing.keep(1).expect("kept"), (1, 1));
    assert!(path.exists());
    let reading = shelf.place().read().expect("read");
    assert_eq!(reading.lists.len(), 1);
    reading.piece(&name).expect("whole");
    drop(writing);
    // Twice in the same moment.
    let (writing, ..) = shelf.backup(Time(1_000));
    assert_eq!(shelf.made(), [Time(1_000), Time(1_000)]);
    // One that has no number is older, whatever its time says.
    let old = shelf
        .dir
        .path()
        .join("backups/2099-01-01T00-00-00.000Z.backup");
    fs::rename(&path, &old).expect("renamed");
    assert_eq!(writing.keep(1).expect("kept"), (1, 0));
    assert!(!old.exists());
}

#[test]
fn one_file_replaces_nothing_follows_no_link_and_is_written_by_one() {
    let shelf = Shelf::new();
    let path = shelf.dir.path().join("node.backup");
    let place = Place::File(path.clone());
    let mut writing = place.write().expect("a place");
    assert!(matches!(place.write(), Err(Error::Busy(_))));
    let listed = super::super::Listed::empty(shelf.keys.node(), Time(1));
    let list = listed.to_bytes(&shelf.key_file, &shelf.keys.backup(), &[]);
    writing.end(Time(1), &list).expect("written");
    drop(writing);
    // One name, as on a stick that knows no more.
    let names = fs::read_dir(shelf.dir.path()).expect("read");
    let backups = names.flatten().map(|entry| entry.file_name());
    let backups = backups.filter(|name| name.to_string_lossy().contains("backup"));
    assert_eq!(backups.count(), 1);
    assert_eq!(fs::metadata(&path).expect("there").nlink(), 1);
    place.read().expect("whole");
    assert!(matches!(place.write(), Err(Error::Exists(_))));
    // It came meanwhile.
    let other = shelf.dir.path().join("other");
    let mut writing = Place::File(other.clone()).write().expect("a place");
    fs::write(&other, b"somebody else's").expect("written");
    assert!(matches!(writing.end(Time(1), &list), Err(Error::Exists(_))));
    drop(writing);
    assert_eq!(fs::read(&other).expect("read"), b"somebody else's");
    assert!(!shelf.dir.path().join("other.new").exists());
    // What somebody has put on the stick leads nowhere else.
    let third = shelf.dir.path().join("third");
    std::os::unix::fs::symlink(&other, shelf.dir.path().join("third.new")).expect("a link");
    assert!(matches!(Place::File(third).write(), Err(Error::Io { .. })));
    assert_eq!(fs::read(&other).expect("read"), b"somebody else's");
}

#[test]
fn a_list_that_cannot_be_read_spoils_no_other() {
    let shelf = Shelf::new();
    let (writing, first, _) = shelf.backup(Time(1_000));
    drop(writing);
    let (writing, second, piece) = shelf.backup(Time(2_000));
    drop(writing);
    let torn = fs::read(&second).expect("read");
    fs::write(&second, &torn[..40]).expect("torn");
    let reading = shelf.place().read().expect("read");
    assert_eq!(shelf.made(), [Time(1_000)]);
    assert_eq!(reading.damaged[0].0, second);
    assert!(reading.newest().is_err(), "a person chooses");
    // Two more: of the readable ones one goes, and no piece, for the torn one may be made whole.
    drop(shelf.backup(Time(3_000)));
    let (writing, ..) = shelf.backup(Time(4_000));
    assert_eq!(writing.keep(2).expect("kept"), (1, 0));
    assert!(!first.exists() && second.exists());
    assert_eq!(shelf.made(), [Time(3_000), Time(4_000)]);
    let reading = shelf.place().read().expect("read");
    assert!(reading.newest().is_ok());
    reading.piece(&piece).expect("it is there");
    fs::write(&second, torn).expect("whole again");
    assert_eq!(writing.keep(1).expect("kept"), (2, 3));
}
