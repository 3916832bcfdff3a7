//! Where backups are kept: a directory that many share, or one file.

use super::{Error, LIST, List, PIECE};
use focal_protocol::{id::Hash, time::Time};
use std::{
    collections::{HashMap, HashSet},
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Read, Seek, SeekFrom, Write},
    os::unix::fs::{DirBuilderExt, FileExt, MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

const PIECES: &str = "pieces";
const ENDING: &str = "backup";
/// What is written and has no name yet.
const PARTIAL: &str = ".new";
/// How a backup in one file begins.
const MAGIC: &[u8] = b"focal-backup-file/1\n";

/// Where backups are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A directory: what has not changed since the last one is there already.
    Dir(PathBuf),
    /// One file for one backup.
    File(PathBuf),
}

impl Place {
    /// A directory that is there, or a path that ends like one; else a file.
    #[must_use]
    pub fn of(path: &Path) -> Self {
        if path.is_dir() || path.as_os_str().as_encoded_bytes().ends_with(b"/") {
            Self::Dir(path.to_path_buf())
        } else {
            Self::File(path.to_path_buf())
        }
    }

    /// Begins to write. What was written before stays as it is, whatever happens.
    ///
    /// # Errors
    /// The file exists, another command writes there, or the disk fails.
    pub fn write(&self) -> Result<Writing, Error> {
        match self {
            Self::Dir(root) => {
                make_dir(&root.join(PIECES))?;
                let lock = lock(root)?;
                let there = pieces(root)?.into_iter().map(|(name, _)| name).collect();
                Ok(Writing::Dir {
                    root: root.clone(),
                    there,
                    ended: None,
                    _lock: lock,
                })
            }
            Self::File(path) => {
                if path.exists() {
                    return Err(Error::Exists(path.clone()));
                }
                let mut partial = path.as_os_str().to_owned();
                partial.push(PARTIAL);
                let partial = PathBuf::from(partial);
                let mut file = create(&partial).map_err(Error::io(&partial))?;
                match file.try_lock() {
                    Ok(()) => {}
                    Err(TryLockError::WouldBlock) => return Err(Error::Busy(partial)),
                    Err(TryLockError::Error(e)) => return Err(Error::io(&partial)(e)),
                }
                // Who held it may have ended in between, and given it its name.
                if path.exists() || !is_at(&file, &partial) {
                    return Err(Error::Exists(path.clone()));
                }
                file.set_len(0).map_err(Error::io(&partial))?;
                file.write_all(MAGIC).map_err(Error::io(&partial))?;
                Ok(Writing::File {
                    path: path.clone(),
                    partial,
                    file,
                })
            }
        }
    }

    /// What is there to be read.
    ///
    /// # Errors
    /// There is no backup, or it cannot be read.
    pub fn read(&self) -> Result<Reading, Error> {
        let mut reading = match self {
            Self::Dir(root) => {
                let (lists, damaged) = lists(root)?;
                Reading {
                    pieces: Pieces::Dir(root.clone()),
                    lists,
                    damaged,
                }
            }
            Self::File(path) => Reading::file(path)?,
        };
        if reading.lists.is_empty() {
            let (Self::Dir(path) | Self::File(path)) = self;
            let damaged = reading.damaged.pop().map(|(_, why)| why);
            return Err(damaged.unwrap_or_else(|| Error::None(path.clone())));
        }
        Ok(reading)
    }
}

/// A backup that is being written.
#[derive(Debug)]
pub enum Writing {
    /// Into a directory.
    Dir {
        /// The directory.
        root: PathBuf,
        /// Pieces that are in it.
        there: HashSet<Hash>,
        /// The list, once it is written.
        ended: Option<PathBuf>,
        /// Held as long as it is written to.
        _lock: File,
    },
    /// Into a file, which gets its name in the end.
    File {
        /// Its name.
        path: PathBuf,
        /// Where it is until then.
        partial: PathBuf,
        /// The file.
        file: File,
    },
}

impl Writing {
    /// Pieces that need not be written.
    #[must_use]
    pub fn there(&self) -> Vec<Hash> {
        match self {
            Self::Dir { there, .. } => there.iter().copied().collect(),
            Self::File { .. } => Vec::new(),
        }
    }

    /// Writes a piece; in a directory it is on the disk when this returns.
    ///
    /// # Errors
    /// The disk is full or fails.
    pub fn piece(&mut self, name: &Hash, sealed: &[u8]) -> Result<(), Error> {
        match self {
            Self::Dir { root, .. } => put(&piece_path(root, name), sealed),
            Self::File { partial, file, .. } => {
                let length = u32::try_from(sealed.len()).unwrap_or(u32::MAX);
                file.write_all(name.as_bytes())
                    .and_then(|()| file.write_all(&length.to_be_bytes()))
                    .and_then(|()| file.write_all(sealed))
                    .map_err(Error::io(partial))
            }
        }
    }

    /// Writes the list, last of all: with it the backup is there. Returns where.
    ///
    /// # Errors
    /// The disk is full or fails: there is no backup, and what was there before is as it was.
    pub fn end(&mut self, created: Time, list: &[u8]) -> Result<PathBuf, Error> {
        match self {
            Self::Dir { root, ended, .. } => {
                // The pieces' own directories were synced with them.
                sync(&root.join(PIECES))?;
                let time: String = created.to_string().replace(':', "-");
                let last = list_paths(root)?.iter().map(|path| number(path)).max();
                let number = last.unwrap_or(0).saturating_add(1);
                let path = root.join(format!("{time}.{number}.{ENDING}"));
                put(&path, list)?;
                *ended = Some(path.clone());
                Ok(path)
            }
            Self::File {
                path,
                partial,
                file,
            } => {
                let length = list.len() as u64;
                file.write_all(list)
                    .and_then(|()| file.write_all(&length.to_be_bytes()))
                    .and_then(|()| file.sync_all())
                    .map_err(Error::io(partial))?;
                name_new(partial, path)?;
                sync(path.parent().unwrap_or(Path::new(".")))?;
                Ok(path.clone())
            }
        }
    }

    /// When the newest backup that is there was made, by the node's clock then: a later one is younger.
    ///
    /// # Errors
    /// The disk fails.
    pub fn newest(&self) -> Result<Option<Time>, Error> {
        match self {
            Self::Dir { root, .. } => {
                let (lists, _) = lists(root)?;
                Ok(lists.last().map(|(_, list)| list.created))
            }
            Self::File { .. } => Ok(None),
        }
    }

    /// Removes the oldest lists of a directory, so that `keep` stay, and the pieces that none of these names. The one that was
    /// just written stays in any case. As long as one is there that cannot be read, no piece goes: it may need it. Returns how
    /// many lists and pieces went.
    ///
    /// # Errors
    /// The disk fails.
    pub fn keep(&self, keep: usize) -> Result<(usize, usize), Error> {
        let Self::Dir { root, ended, .. } = self else {
            return Ok((0, 0));
        };
        let (mut lists, damaged) = lists(root)?;
        let is_new = |path: &PathBuf| ended.as_ref() == Some(path);
        let old = lists.len().saturating_sub(keep.max(1));
        let old = lists[..old].iter().take_while(|(path, _)| !is_new(path));
        let old = old.count();
        let mut named = HashSet::new();
        for (_, list) in &lists[old..] {
            named.extend(list.names.iter().copied());
        }
        for (path, _) in lists.drain(..old) {
            fs::remove_file(&path).map_err(Error::io(&path))?;
        }
        sync(root)?;
        if !damaged.is_empty() {
            return Ok((old, 0));
        }
        let mut gone = 0;
        for (name, path) in pieces(root)? {
            if !named.contains(&name) {
                fs::remove_file(&path).map_err(Error::io(&path))?;
                gone += 1;
            }
        }
        Ok((old, gone))
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        // What has its name has it no more.
        if let Self::File { partial, file, .. } = self
            && is_at(file, partial)
        {
            let _ = fs::remove_file(partial);
        }
    }
}

/// Backups that can be read.
#[derive(Debug)]
pub struct Reading {
    pieces: Pieces,
    /// The lists, oldest first, and where they are.
    pub lists: Vec<(PathBuf, List)>,
    /// Lists that cannot be read, and why: the others are none the worse.
    pub damaged: Vec<(PathBuf, Error)>,
}

#[derive(Debug)]
enum Pieces {
    Dir(PathBuf),
    File(File, HashMap<Hash, (u64, usize)>),
}

impl Reading {
    fn file(path: &Path) -> Result<Self, Error> {
        let not_one = || Error::NotOne(path.to_path_buf());
        let read = |e: io::Error| match e.kind() {
            io::ErrorKind::UnexpectedEof => not_one(),
            io::ErrorKind::NotFound => Error::None(path.to_path_buf()),
            _ => Error::io(path)(e),
        };
        let mut file = File::open(path).map_err(read)?;
        let size = file.metadata().map_err(read)?.len();
        let mut magic = [0; MAGIC.len()];
        file.read_exact(&mut magic).map_err(read)?;
        if magic != *MAGIC {
            return Err(not_one());
        }
        let mut last = [0; 8];
        file.read_exact_at(&mut last, size.saturating_sub(8))
            .map_err(read)?;
        let length = usize::try_from(u64::from_be_bytes(last)).unwrap_or(usize::MAX);
        let begins = size.checked_sub(8 + length as u64);
        let begins = begins.filter(|at| length <= LIST && *at >= MAGIC.len() as u64);
        let begins = begins.ok_or_else(not_one)?;
        let mut list = vec![0; length];
        file.read_exact_at(&mut list, begins).map_err(read)?;
        let list = List::from_bytes(path, &list)?;
        let mut places = HashMap::new();
        let mut at = MAGIC.len() as u64;
        while at < begins {
            let mut head = [0; Hash::LEN + 4];
            file.read_exact_at(&mut head, at).map_err(read)?;
            let (name, length) = head.split_at(Hash::LEN);
            let name = Hash::try_from(name).map_err(|_| not_one())?;
            let length = length.try_into().map_err(|_| not_one())?;
            let length = u32::from_be_bytes(length) as usize;
            at += head.len() as u64;
            places.insert(name, (at, length));
            at += length as u64;
        }
        if at != begins {
            return Err(not_one());
        }
        file.seek(SeekFrom::Start(0)).map_err(read)?;
        Ok(Self {
            pieces: Pieces::File(file, places),
            lists: vec![(path.to_path_buf(), list)],
            damaged: Vec::new(),
        })
    }

    /// The newest backup.
    ///
    /// # Errors
    /// It cannot be read: another one is to be chosen by a person.
    pub fn newest(&self) -> Result<Option<&(PathBuf, List)>, &Error> {
        let newest = self.lists.last();
        match self.damaged.last() {
            Some((path, why)) if newest.is_none_or(|(other, _)| order(other) < order(path)) => {
                Err(why)
            }
            _ => Ok(newest),
        }
    }

    /// A sealed piece.
    ///
    /// # Errors
    /// [`Error::Lacking`], [`Error::Damaged`] if it is longer than a piece can be, or the disk fails.
    pub(super) fn piece(&self, name: &Hash) -> Result<Vec<u8>, Error> {
        match &self.pieces {
            Pieces::Dir(root) => {
                let path = piece_path(root, name);
                let file = File::open(&path).map_err(|e| match e.kind() {
                    io::ErrorKind::NotFound => Error::Lacking(*name),
                    _ => Error::io(&path)(e),
                })?;
                let mut bytes = Vec::new();
                file.take(PIECE as u64 + 1)
                    .read_to_end(&mut bytes)
                    .map_err(Error::io(&path))?;
                if bytes.len() > PIECE {
                    return Err(Error::Damaged(*name));
                }
                Ok(bytes)
            }
            Pieces::File(file, places) => {
                let (at, length) = places.get(name).ok_or(Error::Lacking(*name))?;
                if *length > PIECE {
                    return Err(Error::Damaged(*name));
                }
                let mut bytes = vec![0; *length];
                file.read_exact_at(&mut bytes, *at)
                    .map_err(|_| Error::Damaged(*name))?;
                Ok(bytes)
            }
        }
    }

    /// The file of a piece, if it has one of its own.
    #[must_use]
    pub fn piece_path(&self, name: &Hash) -> Option<PathBuf> {
        match &self.pieces {
            Pieces::Dir(root) => Some(piece_path(root, name)),
            Pieces::File(..) => None,
        }
    }
}

fn piece_path(root: &Path, name: &Hash) -> PathBuf {
    let name = name.to_string();
    root.join(PIECES).join(&name[..2]).join(name)
}

/// Opens a file to be written, which what was killed may have left. No link is followed: the medium may be anybody's.
fn create(path: &Path) -> io::Result<File> {
    let no_link = rustix::fs::OFlags::NOFOLLOW.bits().cast_signed();
    OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .custom_flags(no_link)
        .open(path)
}

/// Whether an open file still has this name.
fn is_at(file: &File, path: &Path) -> bool {
    let (Ok(open), Ok(named)) = (file.metadata(), fs::symlink_metadata(path)) else {
        return false;
    };
    (open.dev(), open.ino()) == (named.dev(), named.ino())
}

/// Gives a file its name if nothing has it. Sticks are FAT or exFAT, which know no second name for a file.
fn name_new(partial: &Path, path: &Path) -> Result<(), Error> {
    use rustix::{
        fs::{CWD, RenameFlags, renameat_with},
        io::Errno,
    };
    let named = match renameat_with(CWD, partial, CWD, path, RenameFlags::NOREPLACE) {
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {
            // An old kernel or a network's disk.
            fs::hard_link(partial, path).and_then(|()| fs::remove_file(partial))
        }
        named => named.map_err(io::Error::from),
    };
    named.map_err(|e| match e.kind() {
        io::ErrorKind::AlreadyExists => Error::Exists(path.to_path_buf()),
        _ => Error::io(path)(e),
    })
}

fn make_dir(path: &Path) -> Result<(), Error> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .map_err(Error::io(path))
}

fn sync(dir: &Path) -> Result<(), Error> {
    let dir = if dir.as_os_str().is_empty() {
        Path::new(".")
    } else {
        dir
    };
    File::open(dir)
        .and_then(|dir| dir.sync_all())
        .map_err(Error::io(dir))
}

/// Writes a file whole or not at all.
fn put(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let dir = path.parent().unwrap_or(Path::new("."));
    make_dir(dir)?;
    let mut partial = path.as_os_str().to_owned();
    partial.push(PARTIAL);
    let partial = PathBuf::from(partial);
    let written = create(&partial)
        .and_then(|mut file| {
            file.set_len(0)?;
            file.write_all(bytes)?;
            file.sync_all()
        })
        .and_then(|()| fs::rename(&partial, path));
    if let Err(e) = written {
        // Half of it is worth nothing, and takes room that is wanted.
        let _ = fs::remove_file(&partial);
        return Err(Error::io(path)(e));
    }
    sync(dir)
}

fn lock(root: &Path) -> Result<File, Error> {
    let path = root.join("lock");
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(&path)
        .map_err(Error::io(&path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::Busy(root.to_path_buf())),
        Err(TryLockError::Error(e)) => Err(Error::io(&path)(e)),
    }
}

/// Which backup of its directory a list is: a clock may be set back, a number is not. Those that have none are older.
fn number(list: &Path) -> u64 {
    let stem = list.file_stem().and_then(|stem| stem.to_str());
    let last = stem.and_then(|stem| stem.rsplit_once('.'));
    last.and_then(|(_, number)| number.parse().ok())
        .unwrap_or(0)
}

/// Of those without a number, the names begin with the time.
fn order(list: &Path) -> (u64, &Path) {
    (number(list), list)
}

/// Where the lists are, oldest first.
fn list_paths(root: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(root).map_err(Error::io(root))? {
        let path = entry.map_err(Error::io(root))?.path();
        if path.extension().is_some_and(|e| e == ENDING) {
            paths.push(path);
        }
    }
    paths.sort_by(|one, other| order(one).cmp(&order(other)));
    Ok(paths)
}

/// Lists that can be read, and those that cannot.
type Lists = (Vec<(PathBuf, List)>, Vec<(PathBuf, Error)>);

fn lists(root: &Path) -> Result<Lists, Error> {
    let (mut lists, mut damaged) = (Vec::new(), Vec::new());
    let read = |path: &Path| {
        let mut bytes = Vec::new();
        File::open(path)
            .and_then(|file| file.take(LIST as u64 + 1).read_to_end(&mut bytes))
            .map_err(Error::io(path))?;
        if bytes.len() > LIST {
            return Err(Error::NotOne(path.to_path_buf()));
        }
        List::from_bytes(path, &bytes)
    };
    for path in list_paths(root)? {
        match read(&path) {
            Ok(list) => lists.push((path, list)),
            Err(why) => damaged.push((path, why)),
        }
    }
    Ok((lists, damaged))
}

/// All pieces in a directory. What a command that was killed has left half written goes.
fn pieces(root: &Path) -> Result<Vec<(Hash, PathBuf)>, Error> {
    let mut found = Vec::new();
    let pieces = root.join(PIECES);
    for fan in fs::read_dir(&pieces).map_err(Error::io(&pieces))? {
        let fan = fan.map_err(Error::io(&pieces))?.path();
        for file in fs::read_dir(&fan).into_iter().flatten().flatten() {
            let path = file.path();
            let name = path.file_name().and_then(|n| n.to_str()).unwrap_or("");
            match name.parse() {
                Ok(name) => found.push((name, path)),
                Err(_) if name.ends_with(PARTIAL) => {
                    let _ = fs::remove_file(&path);
                }
                Err(_) => {}
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests;
