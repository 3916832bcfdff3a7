//! Where a case's index is kept: files that are sealed block by block under the case's key, so that nothing of it is on
//! the disk in the clear, and none of it opens once the case is purged.

mod cache;

use crate::store::Store;
use cache::Cache;
use focal_protocol::{
    id::CaseId,
    random::{Random, SystemRandom},
    seal::{BLOCK, BLOCK_SEALED, BLOCKS_SALT, Blocks},
};
use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufWriter, Read, Write},
    ops::Range,
    os::unix::fs::{DirBuilderExt, FileExt, OpenOptionsExt},
    path::{Path, PathBuf},
    sync::Arc,
};
use tantivy::{
    HasLen,
    directory::{
        AntiCallToken, Directory, DirectoryLock, FileHandle, Lock, OwnedBytes, TerminatingWrite,
        WatchCallback, WatchHandle, WritePtr,
        error::{DeleteError, LockError, OpenReadError, OpenWriteError},
    },
};

/// The file that says what counts. Others that are replaced are made again if they are lost.
const META: &str = "meta.json";
/// What is written and not yet named ends so.
const PARTIAL: &str = ".new";
/// Bytes of a file that is read as a whole: a list of files.
const WHOLE: u64 = 16 << 20;

/// A directory of sealed files. The key is asked of the store for each file: of a purged case none opens any more.
#[derive(Clone)]
pub(super) struct SealedDirectory {
    dir: PathBuf,
    case: CaseId,
    store: Store,
    cache: Arc<Cache>,
}

impl std::fmt::Debug for SealedDirectory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SealedDirectory({})", self.dir.display())
    }
}

fn sealed_otherwise(_: focal_protocol::seal::Error) -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        "a file of the search index does not open",
    )
}

impl SealedDirectory {
    /// Opens the directory, which is made.
    pub(super) fn open(dir: &Path, case: CaseId, store: &Store) -> io::Result<Self> {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true).mode(0o700).create(dir)?;
        Ok(Self {
            dir: dir.to_path_buf(),
            case,
            store: store.clone(),
            cache: Arc::default(),
        })
    }

    fn blocks(&self, path: &Path, salt: &[u8; BLOCKS_SALT]) -> io::Result<Blocks> {
        let name = path.as_os_str().as_encoded_bytes();
        let blocks = self.store.case_blocks(&self.case, name, salt);
        blocks.ok_or_else(|| io::Error::other("the case has no key here"))
    }

    fn at(&self, path: &Path) -> PathBuf {
        self.dir.join(path)
    }

    /// Begins a sealed file that seals itself under a name, which need not be that of the file yet.
    fn create(&self, path: &Path, file: &Path, new: bool) -> io::Result<Sealing> {
        let salt = SystemRandom.array();
        let blocks = self.blocks(path, &salt)?;
        let mut options = OpenOptions::new();
        options.write(true).create_new(new).create(true);
        let mut file = options.truncate(!new).mode(0o600).open(file)?;
        file.write_all(&salt)?;
        Ok(Sealing {
            file,
            blocks,
            next: 0,
            block: Vec::with_capacity(BLOCK_SEALED),
        })
    }

    fn opened(&self, path: &Path) -> io::Result<Opening> {
        let mut file = File::open(self.at(path))?;
        let mut salt = [0; BLOCKS_SALT];
        file.read_exact(&mut salt)?;
        let sealed = file.metadata()?.len().saturating_sub(BLOCKS_SALT as u64);
        let (count, length) = Blocks::extent(sealed).map_err(sealed_otherwise)?;
        let opening = Opening {
            file,
            blocks: self.blocks(path, &salt)?,
            count,
            length: usize::try_from(length).map_err(io::Error::other)?,
            number: self.cache.number(),
            cache: self.cache.clone(),
        };
        // Its end says that it is whole.
        opening.read(opening.length.saturating_sub(1)..opening.length)?;
        Ok(opening)
    }
}

/// A file that is being written. Its content is never on the disk in the clear, and in memory for one block.
struct Sealing {
    file: File,
    blocks: Blocks,
    next: u32,
    block: Vec<u8>,
}

impl Sealing {
    fn seal(&mut self, last: bool) -> io::Result<()> {
        self.blocks.seal(self.next, last, &mut self.block);
        let next = self.next.checked_add(1);
        self.next =
            next.ok_or_else(|| io::Error::other("a file of the search index is too long"))?;
        self.file.write_all(&self.block)?;
        self.block.clear();
        Ok(())
    }

    fn finish(&mut self, durably: bool) -> io::Result<()> {
        self.seal(true)?;
        if durably {
            self.file.sync_data()?;
        }
        Ok(())
    }
}

impl Write for Sealing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // A full block is sealed once something follows it: the last one must say that it is.
        if self.block.len() == BLOCK && !bytes.is_empty() {
            self.seal(false)?;
        }
        let taken = bytes.len().min(BLOCK - self.block.len());
        self.block.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl TerminatingWrite for Sealing {
    fn terminate_ref(&mut self, _: AntiCallToken) -> io::Result<()> {
        self.finish(true)
    }
}

/// A file that is read: of what is asked for only the blocks around it.
#[derive(Debug)]
struct Opening {
    file: File,
    blocks: Blocks,
    count: u32,
    length: usize,
    /// Its number in the cache.
    number: u64,
    cache: Arc<Cache>,
}

impl Opening {
    fn block(&self, index: usize) -> io::Result<Vec<u8>> {
        let inside = (self.length - index * BLOCK).min(BLOCK);
        let mut sealed = vec![0; inside + BLOCK_SEALED - BLOCK];
        let at = BLOCKS_SALT as u64 + (index * BLOCK_SEALED) as u64;
        self.file.read_exact_at(&mut sealed, at)?;
        let number = u32::try_from(index).map_err(io::Error::other)?;
        let is_last = number + 1 == self.count;
        let opened = self.blocks.open(number, is_last, &mut sealed);
        let length = opened.map_err(sealed_otherwise)?.len();
        sealed.truncate(length);
        Ok(sealed)
    }

    fn read(&self, range: Range<usize>) -> io::Result<Vec<u8>> {
        if range.start > range.end || range.end > self.length {
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof));
        }
        let mut plain = Vec::with_capacity(range.len());
        // An empty file still has a block, which must open.
        let (first, last) = (range.start / BLOCK, range.end.saturating_sub(1) / BLOCK);
        // What is read from end to end would only drive out what is read over and over.
        let is_small = last <= first + 1;
        for index in first..=last {
            let from = index * BLOCK;
            let part = range.start.saturating_sub(from)..(range.end - from).min(BLOCK);
            let mut take = |block: &[u8]| {
                plain.extend_from_slice(block.get(part.clone()).unwrap_or_default());
            };
            if is_small {
                let block = self.cache.get((self.number, index), || self.block(index))?;
                take(&block);
            } else {
                take(&self.block(index)?);
            }
        }
        Ok(plain)
    }
}

impl HasLen for Opening {
    fn len(&self) -> usize {
        self.length
    }
}

impl FileHandle for Opening {
    fn read_bytes(&self, range: Range<usize>) -> io::Result<OwnedBytes> {
        self.read(range).map(OwnedBytes::new)
    }
}

fn reading(error: io::Error, path: &Path) -> OpenReadError {
    if error.kind() == io::ErrorKind::NotFound {
        OpenReadError::FileDoesNotExist(path.to_path_buf())
    } else {
        OpenReadError::wrap_io_error(error, path.to_path_buf())
    }
}

impl Directory for SealedDirectory {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        let opened = self.opened(path).map_err(|e| reading(e, path))?;
        Ok(Arc::new(opened))
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        fs::remove_file(self.at(path)).map_err(|e| {
            if e.kind() == io::ErrorKind::NotFound {
                DeleteError::FileDoesNotExist(path.to_path_buf())
            } else {
                DeleteError::IoError {
                    io_error: Arc::new(e),
                    filepath: path.to_path_buf(),
                }
            }
        })
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        self.at(path).try_exists().map_err(|e| reading(e, path))
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        let created = self.create(path, &self.at(path), true);
        let sealing = created.map_err(|e| {
            if e.kind() == io::ErrorKind::AlreadyExists {
                OpenWriteError::FileAlreadyExists(path.to_path_buf())
            } else {
                OpenWriteError::wrap_io_error(e, path.to_path_buf())
            }
        })?;
        Ok(BufWriter::new(Box::new(sealing)))
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        let read = self.opened(path).and_then(|opened| {
            if opened.length as u64 > WHOLE {
                return Err(io::Error::from(io::ErrorKind::FileTooLarge));
            }
            opened.read(0..opened.length)
        });
        read.map_err(|e| reading(e, path))
    }

    fn atomic_write(&self, path: &Path, data: &[u8]) -> io::Result<()> {
        let mut partial = self.at(path).into_os_string();
        partial.push(PARTIAL);
        let mut sealing = self.create(path, Path::new(&partial), false)?;
        sealing.write_all(data)?;
        sealing.finish(path == Path::new(META))?;
        fs::rename(&partial, self.at(path))
    }

    fn sync_directory(&self) -> io::Result<()> {
        File::open(&self.dir)?.sync_all()
    }

    /// The node's own lock keeps others out, and one thread in it writes.
    fn acquire_lock(&self, _: &Lock) -> Result<DirectoryLock, LockError> {
        Ok(DirectoryLock::from(Box::new(())))
    }

    /// Whoever commits says so: nobody has to watch for it.
    fn watch(&self, _: WatchCallback) -> tantivy::Result<WatchHandle> {
        Ok(WatchHandle::empty())
    }
}

#[cfg(test)]
mod tests;
