//! Sealed chunks in files beside the database: `attachments/<first two digits>/<attachment>/<chunk>`.
//!
//! Each file is named by the SHA-256 of what is in it, and stands in the directory of the one attachment it is a chunk of:
//! what two attachments might share is kept twice, so nobody can ask by way of one for what belongs to another. sled is
//! made for small values and doubles large ones on the disk.

mod begun;
mod coming;
mod durable;
mod unnamed;

use begun::BEGUN;
use focal_protocol::{
    id::Hash,
    limits,
    random::{Random, SystemRandom},
};
use std::{
    collections::BTreeSet,
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::{DirBuilderExt, FileExt, OpenOptionsExt},
    path::{Path, PathBuf},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::SystemTime,
};
use unnamed::UNNAMED;

/// Bytes that attachments leave free on the disk: twice what the store keeps, so that reports are still stored when
/// photographs are not.
const RESERVE: u64 = 64 << 20;
/// What is written and not yet named ends so, after the number of who writes it.
const PARTIAL: &str = ".new";

/// Why a chunk is not kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Error {
    /// Nothing of it was kept; it goes on when there is room.
    #[error("the disk is full")]
    Full,
    /// The operator's limit.
    #[error("attachments take all the room that node.toml gives them")]
    Quota,
    /// Not what its name says.
    #[error("a chunk is not what its name says")]
    NotItsName,
    /// The operating system refuses.
    #[error("a chunk cannot be read or written: {0}")]
    Io(String),
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::StorageFull
            || error.kind() == io::ErrorKind::QuotaExceeded
        {
            Self::Full
        } else {
            Self::Io(error.to_string())
        }
    }
}

type Result<T> = std::result::Result<T, Error>;

/// The chunks that are here.
#[derive(Debug)]
pub(crate) struct Files {
    root: PathBuf,
    /// Most bytes they may take.
    quota: u64,
    used: Mutex<Used>,
    /// Which files without a name are of this run.
    run: u64,
    partial: AtomicU64,
    /// Chunks, with their lists, that the system could not write when they were looked at.
    unsure: Mutex<BTreeSet<(Hash, Hash)>>,
    /// Held while something is added to what an author has begun.
    adding: Mutex<()>,
    /// How one is made durable.
    sync: fn(&File) -> io::Result<()>,
}

/// Bytes that all chunks take. Held while one gets its name or goes, so that a count is of one moment.
#[derive(Debug, Default)]
struct Used {
    bytes: u64,
    /// What was added and what has gone since the last count began.
    added: u64,
    gone: u64,
}

impl Used {
    fn less(&mut self, bytes: u64) {
        self.bytes = self.bytes.saturating_sub(bytes);
        self.gone = self.gone.saturating_add(bytes);
    }
}

/// What is found of one attachment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) list: Hash,
    pub(crate) files: u32,
    pub(crate) bytes: u64,
    /// When the last chunk came.
    pub(crate) changed: SystemTime,
}

impl Files {
    /// Below a directory, which is made.
    pub(crate) fn open(root: &Path, quota: u64) -> Result<Self> {
        private_dir(root)?;
        let files = Self {
            root: root.to_path_buf(),
            quota,
            used: Mutex::default(),
            run: u64::from_be_bytes(SystemRandom.array()),
            partial: AtomicU64::new(0),
            unsure: Mutex::default(),
            adding: Mutex::default(),
            sync: File::sync_all,
        };
        Ok(files)
    }

    fn dir(&self, list: &Hash) -> PathBuf {
        let name = list.to_string();
        self.root.join(&name[..2]).join(name)
    }

    fn path(&self, list: &Hash, name: &Hash) -> PathBuf {
        self.dir(list).join(name.to_string())
    }

    /// Whether a chunk is here, whole as far as its length tells.
    pub(crate) fn has(&self, list: &Hash, name: &Hash, length: usize) -> bool {
        fs::metadata(self.path(list, name)).is_ok_and(|m| m.is_file() && m.len() == length as u64)
    }

    /// Whether a chunk is here at all.
    pub(crate) fn exists(&self, list: &Hash, name: &Hash) -> bool {
        self.path(list, name).is_file()
    }

    /// The length of a chunk that is here.
    pub(crate) fn length(&self, list: &Hash, name: &Hash) -> Option<u64> {
        fs::metadata(self.path(list, name)).ok().map(|m| m.len())
    }

    /// Bytes that all chunks take.
    pub(crate) fn used(&self) -> u64 {
        self.counted().bytes
    }

    fn counted(&self) -> MutexGuard<'_, Used> {
        self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A name for what is written and has none yet: no other is the same.
    fn partial(&self, list: &Hash, name: &Hash) -> PathBuf {
        self.dir(list).join(self.partial_name(name))
    }

    fn partial_name(&self, name: &Hash) -> String {
        let number = self.partial.fetch_add(1, Ordering::Relaxed);
        let run = self.run;
        format!("{name}.{number}.{run:016x}{PARTIAL}")
    }

    /// Gives what is written its name, in the place of what had it.
    fn place(&self, partial: &Path, path: &Path, length: u64) -> io::Result<()> {
        let mut used = self.counted();
        let before = fs::metadata(path).map_or(0, |m| m.len());
        fs::rename(partial, path)?;
        used.less(before);
        used.bytes = used.bytes.saturating_add(length);
        used.added = used.added.saturating_add(length);
        Ok(())
    }

    /// Most bytes they may take.
    pub(crate) fn quota(&self) -> u64 {
        self.quota
    }

    /// Whether there is room for so many bytes more.
    pub(crate) fn room(&self, bytes: u64) -> Result<()> {
        if self.used().saturating_add(bytes) > self.quota {
            return Err(Error::Quota);
        }
        let disk = rustix::fs::statvfs(&self.root).map_err(|e| Error::from(io::Error::from(e)))?;
        let free = disk.f_bavail.saturating_mul(disk.f_frsize);
        if free < RESERVE.saturating_add(bytes) {
            return Err(Error::Full);
        }
        Ok(())
    }

    /// Keeps a chunk if it is what its name says. Not durable before [`Self::settle`].
    pub(crate) fn put(&self, list: &Hash, name: &Hash, bytes: &[u8]) -> Result<()> {
        if bytes.len() > limits::CHUNK_SEALED || Hash::of(&[bytes]) != *name {
            return Err(Error::NotItsName);
        }
        if self.has(list, name, bytes.len()) {
            return self.forget_begun(list, name);
        }
        self.room(bytes.len() as u64)?;
        let dir = self.dir(list);
        if !dir.is_dir() {
            private_dir(&dir)?;
        }
        self.write(list, name, bytes)?;
        self.forget_begun(list, name)
    }

    /// Writes a chunk, in the place of one that is there.
    fn write(&self, list: &Hash, name: &Hash, bytes: &[u8]) -> Result<()> {
        let partial = self.partial(list, name);
        let written = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&partial)
            .and_then(|mut file| file.write_all(bytes))
            .and_then(|()| self.place(&partial, &self.path(list, name), bytes.len() as u64));
        if let Err(e) = written {
            // What is half written is worth nothing, and takes room that is wanted.
            let _ = fs::remove_file(&partial);
            return Err(e.into());
        }
        Ok(())
    }

    /// A part of a chunk; none if it is not here so far.
    pub(crate) fn read(
        &self,
        list: &Hash,
        name: &Hash,
        from: u64,
        length: usize,
    ) -> Result<Option<Vec<u8>>> {
        self.read_behind(0, list, name, from, length)
    }

    /// The same behind so many zeros: what goes before it on the wire finds room without a copy.
    pub(crate) fn read_behind(
        &self,
        before: usize,
        list: &Hash,
        name: &Hash,
        from: u64,
        length: usize,
    ) -> Result<Option<Vec<u8>>> {
        let file = match File::open(self.path(list, name)) {
            Ok(file) => file,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(e.into()),
        };
        let mut bytes = vec![0; before + length.min(limits::CHUNK_SEALED)];
        match file.read_exact_at(&mut bytes[before..], from) {
            Ok(()) => Ok(Some(bytes)),
            Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
            Err(e) => Err(e.into()),
        }
    }

    /// A whole chunk of this length that is what its name says. One of another length stays: what a record says of it may be
    /// wrong, its name cannot.
    pub(crate) fn checked(
        &self,
        list: &Hash,
        name: &Hash,
        length: usize,
    ) -> Result<Option<Vec<u8>>> {
        let bytes = self.whole(list, name)?;
        Ok(bytes.filter(|bytes| bytes.len() == length))
    }

    /// A chunk of any length that is what its name says. One that is not is removed: it is fetched again.
    pub(crate) fn whole(&self, list: &Hash, name: &Hash) -> Result<Option<Vec<u8>>> {
        let Some(there) = self.length(list, name) else {
            return Ok(None);
        };
        let whole = usize::try_from(there).unwrap_or(usize::MAX);
        let bytes = if whole <= limits::CHUNK_SEALED {
            self.read(list, name, 0, whole)?
        } else {
            None
        };
        match bytes {
            Some(bytes) if Hash::of(&[&bytes]) == *name => Ok(Some(bytes)),
            _ => {
                self.remove_chunk(list, name)?;
                Ok(None)
            }
        }
    }

    /// Removes one chunk.
    pub(crate) fn remove_chunk(&self, list: &Hash, name: &Hash) -> Result<()> {
        self.remove_file(&self.path(list, name))
    }

    fn remove_file(&self, path: &Path) -> Result<()> {
        let mut used = self.counted();
        let length = fs::metadata(path).map_or(0, |m| m.len());
        match fs::remove_file(path) {
            Ok(()) => {
                used.less(length);
                Ok(())
            }
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(e) => Err(e.into()),
        }
    }

    /// Gives back the memory in which the system keeps chunks. They are durable, and read from the disk from now on.
    pub(crate) fn let_go(&self, list: &Hash, names: &[Hash]) {
        for name in names {
            if let Ok(file) = File::open(self.path(list, name)) {
                // It is advice: the system may do otherwise.
                let _ = rustix::fs::fadvise(&file, 0, None, rustix::fs::Advice::DontNeed);
            }
        }
    }

    /// How many files there are of an attachment, its list among them.
    pub(crate) fn count(&self, list: &Hash) -> u32 {
        self.look(list).map_or(0, |found| found.files)
    }

    fn look(&self, list: &Hash) -> Result<Found> {
        let mut found = Found {
            list: *list,
            files: 0,
            bytes: 0,
            changed: SystemTime::UNIX_EPOCH,
        };
        for file in listed(&self.dir(list))? {
            let name = file.file_name();
            let name = name.to_string_lossy();
            if name.ends_with(PARTIAL) || name == UNNAMED {
                continue;
            }
            // It may go while this looks: then it is not there.
            let Some(data) = there(file.metadata())? else {
                continue;
            };
            found.files += u32::from(!name.ends_with(BEGUN));
            found.bytes += data.len();
            found.changed = found.changed.max(data.modified()?);
        }
        Ok(found)
    }

    /// The names of the chunks that are here of an attachment, its list among them.
    pub(crate) fn names(&self, list: &Hash) -> Result<BTreeSet<Hash>> {
        let files = listed(&self.dir(list))?.into_iter();
        Ok(files
            .filter_map(|file| file.file_name().to_str()?.parse().ok())
            .collect())
    }

    /// Looks through everything that is here, while others may write and remove, and counts what it takes anew.
    pub(crate) fn walk(&self) -> Result<Vec<Found>> {
        {
            let mut used = self.counted();
            (used.added, used.gone) = (0, 0);
        }
        let mut all = Vec::new();
        for list in self.lists()? {
            all.push(self.look(&list)?);
        }
        let bytes: u64 = all.iter().map(|found| found.bytes).sum();
        let bytes = bytes.saturating_add(self.coming_bytes()?);
        let mut used = self.counted();
        // What came or went meanwhile may be counted or not.
        let least = bytes.saturating_sub(used.gone);
        used.bytes = used.bytes.clamp(least, bytes.saturating_add(used.added));
        Ok(all)
    }

    /// Attachments of which something is here.
    fn lists(&self) -> Result<Vec<Hash>> {
        let mut lists = Vec::new();
        for fan in listed(&self.root)? {
            if !fan.path().is_dir() {
                continue;
            }
            let dirs = listed(&fan.path())?.into_iter();
            lists.extend(dirs.filter_map(|dir| dir.file_name().to_str()?.parse::<Hash>().ok()));
        }
        Ok(lists)
    }

    /// Removes what a crash left half written; what this run is writing stays.
    pub(crate) fn clear_partial(&self) -> Result<()> {
        let ours = format!(".{:016x}{PARTIAL}", self.run);
        self.clear_partial_coming(&ours)?;
        for list in self.lists()? {
            for file in listed(&self.dir(&list))? {
                let name = file.file_name();
                let name = name.to_string_lossy();
                if name.ends_with(PARTIAL) && !name.ends_with(&ours) {
                    there(fs::remove_file(file.path()))?;
                }
            }
        }
        Ok(())
    }

    /// Removes an attachment; returns how many bytes it took.
    pub(crate) fn remove(&self, list: &Hash) -> Result<u64> {
        self.clear_coming_of(list)?;
        let dir = self.dir(list);
        if !dir.exists() {
            return Ok(0);
        }
        let bytes = self.look(list)?.bytes;
        // If it ends half-way, or something comes meanwhile, the next count says what is left.
        fs::remove_dir_all(&dir)?;
        self.counted().less(bytes);
        self.unsure().retain(|(of, _)| of != list);
        if let Some(fan) = dir.parent() {
            File::open(fan)?.sync_all()?;
        }
        Ok(bytes)
    }
}

/// What a directory lists; nothing if it is not there.
fn listed(dir: &Path) -> Result<Vec<fs::DirEntry>> {
    let Some(entries) = there(fs::read_dir(dir))? else {
        return Ok(Vec::new());
    };
    entries.map(|entry| entry.map_err(Error::from)).collect()
}

/// What is not there any more is no failure.
fn there<T>(found: io::Result<T>) -> Result<Option<T>> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(e.into()),
    }
}

fn private_dir(path: &Path) -> Result<()> {
    Ok(DirBuilder::new().recursive(true).mode(0o700).create(path)?)
}

#[cfg(test)]
mod tests;
