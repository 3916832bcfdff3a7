//! Chunks of which a link that broke has brought the beginning: the rest is asked for when it is back. On a link of
//! 2.4 kbit/s a chunk takes a quarter of an hour, and none would ever be whole on one that breaks more often.
//!
//! What is kept cannot be judged before it is whole. It goes on with the partner of which it came, so that nobody's junk
//! is laid at another's door, and stands under its own hash, so that a crash that tore it is not either.

use super::{Error, Files, Result, private_dir, there};
use focal_protocol::{
    id::{Hash, NodeId},
    limits,
};
use std::{
    collections::BTreeSet,
    fs,
    io::{self, Read as _, Write as _},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

/// What is begun is named so.
pub(super) const BEGUN: &str = ".part";
/// Bytes before it: who sent it, and the hash of that and the bytes.
pub(super) const HEAD: usize = 64;

impl Files {
    fn begun_path(&self, list: &Hash, name: &Hash) -> PathBuf {
        self.dir(list).join(format!("{name}{BEGUN}"))
    }

    /// The chunks of an attachment that are begun.
    pub(crate) fn begun(&self, list: &Hash) -> Result<BTreeSet<Hash>> {
        let dir = match fs::read_dir(self.dir(list)) {
            Ok(dir) => dir,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(BTreeSet::new()),
            Err(e) => return Err(e.into()),
        };
        let mut begun = BTreeSet::new();
        for file in dir {
            let name = file?.file_name();
            let name = name.to_str().and_then(|name| name.strip_suffix(BEGUN));
            begun.extend(name.and_then(|name| name.parse::<Hash>().ok()));
        }
        Ok(begun)
    }

    /// Keeps the beginning of a chunk that a partner sent.
    pub(crate) fn begin(
        &self,
        list: &Hash,
        name: &Hash,
        from: &NodeId,
        bytes: &[u8],
    ) -> Result<()> {
        if bytes.len() > limits::CHUNK_SEALED {
            return Err(Error::NotItsName);
        }
        self.room((HEAD + bytes.len()) as u64)?;
        let path = self.begun_path(list, name);
        // Another partner's is worth more if it is longer: of two on links that break, neither must undo the other's.
        let more = |other: fs::Metadata| other.len() > (HEAD + bytes.len()) as u64;
        if fs::metadata(&path).is_ok_and(more) {
            return Ok(());
        }
        self.forget_begun(list, name)?;
        let dir = self.dir(list);
        if !dir.is_dir() {
            private_dir(&dir)?;
        }
        self.write_part(&self.partial(list, name), &path, &from.0, bytes)
    }

    /// Writes a beginning aside, and puts it in the place of what was there.
    pub(super) fn write_part(
        &self,
        partial: &Path,
        path: &Path,
        from: &[u8; 32],
        bytes: &[u8],
    ) -> Result<()> {
        let written = fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(partial)
            .and_then(|mut file| {
                file.write_all(from)?;
                file.write_all(&Hash::of(&[from, bytes]).0)?;
                file.write_all(bytes)
            })
            .and_then(|()| self.place(partial, path, (HEAD + bytes.len()) as u64));
        if let Err(e) = written {
            let _ = fs::remove_file(partial);
            return Err(e.into());
        }
        Ok(())
    }

    /// Takes what a partner has begun of a chunk of this length, if it is as it was kept; it is not here any more then. What
    /// another has begun stays.
    pub(crate) fn take_begun(
        &self,
        list: &Hash,
        name: &Hash,
        from: &NodeId,
        length: usize,
    ) -> Result<Vec<u8>> {
        let Some(kept) = read_part(&self.begun_path(list, name))? else {
            return Ok(Vec::new());
        };
        if kept.len() > HEAD && !kept.starts_with(&from.0) {
            return Ok(Vec::new());
        }
        self.forget_begun(list, name)?;
        let bytes = beginning(&kept, &from.0);
        Ok(bytes.filter(|b| b.len() < length).unwrap_or_default())
    }

    /// The chunk is whole, or begun anew.
    pub(super) fn forget_begun(&self, list: &Hash, name: &Hash) -> Result<()> {
        self.remove_file(&self.begun_path(list, name))
    }
}

/// What is kept of a beginning, its head included; none if there is nothing.
pub(super) fn read_part(path: &Path) -> Result<Option<Vec<u8>>> {
    let Some(file) = there(fs::File::open(path))? else {
        return Ok(None);
    };
    let mut kept = Vec::new();
    file.take((HEAD + limits::CHUNK_SEALED) as u64)
        .read_to_end(&mut kept)?;
    Ok(Some(kept))
}

/// The bytes of a beginning, if it is as it was kept and from this one.
pub(super) fn beginning(kept: &[u8], from: &[u8; 32]) -> Option<Vec<u8>> {
    let (head, bytes) = kept.split_at_checked(HEAD)?;
    let is_so = head.starts_with(from) && head[32..] == Hash::of(&[from, bytes]).0;
    is_so.then(|| bytes.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: Hash = Hash([1; 32]);
    const PARTNER: NodeId = NodeId([2; 32]);

    fn begun(bytes: &[u8]) -> (tempfile::TempDir, Files, Hash) {
        let dir = tempfile::tempdir().expect("a directory");
        let files = Files::open(dir.path(), 1 << 20).expect("open");
        // Something of it is here already, as its list is.
        files
            .put(&LIST, &Hash::of(&[b"list"]), b"list")
            .expect("kept");
        let name = Hash::of(&[b"sealed"]);
        files.begin(&LIST, &name, &PARTNER, bytes).expect("kept");
        (dir, files, name)
    }

    #[test]
    fn what_was_begun_goes_on_once_with_the_same_partner() {
        let (_dir, files, name) = begun(b"sea");
        assert_eq!((files.used(), files.count(&LIST)), (4 + 64 + 3, 1));
        assert_eq!(files.begun(&LIST), Ok(BTreeSet::from([name])));
        let take = || files.take_begun(&LIST, &name, &PARTNER, 6);
        assert_eq!(take(), Ok(b"sea".to_vec()));
        assert_eq!((take(), files.used()), (Ok(Vec::new()), 4));
        assert_eq!(files.begun(&LIST), Ok(BTreeSet::new()));
    }

    #[test]
    fn another_partner_begins_anew_and_undoes_nothing_that_is_longer() {
        let (_dir, files, name) = begun(b"sea");
        let other = NodeId([3; 32]);
        let take = |from| files.take_begun(&LIST, &name, from, 6).expect("read");
        assert_eq!(take(&other), b"");
        files
            .begin(&LIST, &name, &other, b"s")
            .expect("passed over");
        assert_eq!(take(&other), b"");
        assert_eq!(take(&PARTNER), b"sea");
        files.begin(&LIST, &name, &PARTNER, b"s").expect("kept");
        files.begin(&LIST, &name, &other, b"sea").expect("kept");
        assert_eq!(take(&PARTNER), b"");
        assert_eq!(take(&other), b"sea");
        assert_eq!(files.used(), 4);
    }

    #[test]
    fn a_list_of_which_nothing_else_is_here_is_begun_too() {
        let dir = tempfile::tempdir().expect("a directory");
        let files = Files::open(dir.path(), 1 << 20).expect("open");
        files.begin(&LIST, &LIST, &PARTNER, b"li").expect("kept");
        assert_eq!(files.begun(&LIST), Ok(BTreeSet::from([LIST])));
        let taken = files.take_begun(&LIST, &LIST, &PARTNER, 4);
        assert_eq!(taken, Ok(b"li".to_vec()));
    }

    #[test]
    fn what_a_crash_tore_or_is_too_long_is_not_gone_on_with() {
        let (_dir, files, name) = begun(b"sea");
        let path = files.begun_path(&LIST, &name);
        let mut torn = fs::read(&path).expect("read");
        torn[HEAD + 1] = 0;
        fs::write(&path, torn).expect("torn");
        assert_eq!(files.take_begun(&LIST, &name, &PARTNER, 6), Ok(Vec::new()));
        let (_dir, files, name) = begun(b"sealed");
        assert_eq!(files.take_begun(&LIST, &name, &PARTNER, 6), Ok(Vec::new()));
    }

    #[test]
    fn of_a_chunk_that_is_whole_no_beginning_is_left() {
        let (_dir, files, name) = begun(b"sea");
        files.put(&LIST, &name, b"sealed").expect("kept");
        assert!(!files.begun_path(&LIST, &name).exists());
        assert_eq!(files.used(), 4 + 6);
    }
}
