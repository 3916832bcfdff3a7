//! Chunks of which one of this organisation's authors has sent the beginning: over a narrow link they come in slices, and
//! after a break they go on with the byte that was under way.
//!
//! `attachments/coming/<attachment>.<chunk>.<author>.part`, written as what partners have [begun](super::begun). Each author
//! goes on with their own alone, and has few; a whole that is not what its name says is dropped.

use super::{
    Error, Files, PARTIAL, Result,
    begun::{BEGUN, HEAD, beginning, read_part},
    listed, private_dir, there,
};
use focal_protocol::{id::Hash, limits};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::PoisonError,
    time::{Duration, SystemTime},
};

/// Where they are.
const COMING: &str = "coming";
/// Chunks that one author has begun, 4 MiB: four times as many as a command sends at once.
pub(super) const BY_ONE: usize = 16;
/// Those of all, 64 MiB.
pub(super) const BY_ALL: usize = 256;

/// One that is begun.
struct Part {
    path: PathBuf,
    list: Hash,
    name: Hash,
    author: Hash,
    length: u64,
    changed: SystemTime,
}

impl Files {
    fn coming_dir(&self) -> PathBuf {
        self.root.join(COMING)
    }

    fn coming_path(&self, list: &Hash, name: &Hash, author: &[u8; 32]) -> PathBuf {
        let author = Hash(*author);
        self.coming_dir()
            .join(format!("{list}.{name}.{author}{BEGUN}"))
    }

    /// Adds what an author has sent of a chunk of length `of`, from byte `from`; returns how much of it is here then. What is
    /// here already is passed over, and nothing is taken beyond a gap. Of a whole that is not its name nothing is left.
    pub(crate) fn add(
        &self,
        list: &Hash,
        name: &Hash,
        author: &[u8; 32],
        (from, of): (usize, usize),
        bytes: &[u8],
    ) -> Result<usize> {
        let end = from.checked_add(bytes.len());
        if of > limits::CHUNK_SEALED || end.is_none_or(|end| end > of) {
            return Err(Error::NotItsName);
        }
        let path = self.coming_path(list, name, author);
        // One after the other: of two commands of one author neither undoes what the other has brought.
        let _one = self.adding.lock().unwrap_or_else(PoisonError::into_inner);
        if self.has(list, name, of) {
            self.remove_file(&path)?;
            return Ok(of);
        }
        let kept = read_part(&path)?;
        let kept = kept.and_then(|kept| beginning(&kept, author));
        let mut whole = kept.filter(|kept| kept.len() < of).unwrap_or_default();
        let here = whole.len();
        let new = here.checked_sub(from).and_then(|known| bytes.get(known..));
        match new {
            Some(new) if !new.is_empty() => whole.extend_from_slice(new),
            _ => return Ok(here),
        }
        if whole.len() == of {
            let put = self.put(list, name, &whole);
            if matches!(put, Ok(()) | Err(Error::NotItsName)) {
                self.remove_file(&path)?;
            }
            return put.map(|()| of);
        }
        self.room((HEAD + whole.len()) as u64)?;
        let dir = self.coming_dir();
        private_dir(&dir)?;
        if here == 0 {
            self.make_way(author)?;
        }
        self.write_part(&self.aside(&dir, name), &path, author, &whole)?;
        Ok(whole.len())
    }

    /// How much is here of the chunks of an attachment that an author has begun.
    pub(crate) fn coming(&self, list: &Hash, author: &[u8; 32]) -> Result<BTreeMap<Hash, usize>> {
        let parts = self.parts()?.into_iter();
        let ours = parts.filter(|part| part.list == *list && part.author.0 == *author);
        Ok(ours
            .filter_map(|part| Some((part.name, usize::try_from(part.length).ok()?)))
            .filter_map(|(name, length)| Some((name, length.checked_sub(HEAD)?)))
            .collect())
    }

    /// A chunk has come whole: what its author has begun of it is worth nothing.
    pub(crate) fn forget_coming(&self, list: &Hash, name: &Hash, author: &[u8; 32]) -> Result<()> {
        self.remove_file(&self.coming_path(list, name, author))
    }

    /// Removes what was begun of an attachment.
    pub(super) fn clear_coming_of(&self, list: &Hash) -> Result<()> {
        let parts = self.parts()?.into_iter();
        for part in parts.filter(|part| part.list == *list) {
            self.remove_file(&part.path)?;
        }
        Ok(())
    }

    /// Removes what nobody has gone on with for so long; returns how many bytes it took.
    pub(crate) fn clear_old_coming(&self, age: Duration) -> Result<u64> {
        // Nothing that is being gone on with now.
        let _adding = self.adding.lock().unwrap_or_else(PoisonError::into_inner);
        let now = SystemTime::now();
        let mut bytes = 0;
        for part in self.parts()? {
            // A clock that was set back makes it young: it is kept longer.
            if now.duration_since(part.changed).is_ok_and(|is| is >= age) {
                self.remove_file(&part.path)?;
                bytes += part.length;
            }
        }
        Ok(bytes)
    }

    /// Bytes that all of them take.
    pub(super) fn coming_bytes(&self) -> Result<u64> {
        Ok(self.parts()?.iter().map(|part| part.length).sum())
    }

    /// Removes what a crash left half written here; what this run is writing stays.
    pub(super) fn clear_partial_coming(&self, ours: &str) -> Result<()> {
        for file in listed(&self.coming_dir())? {
            let name = file.file_name();
            let name = name.to_string_lossy();
            if name.ends_with(PARTIAL) && !name.ends_with(ours) {
                there(fs::remove_file(file.path()))?;
            }
        }
        Ok(())
    }

    /// Makes way for one more: the oldest of this author goes if they have too many, or else of who has most.
    fn make_way(&self, author: &[u8; 32]) -> Result<()> {
        let parts = self.parts()?;
        let mut counts: BTreeMap<Hash, usize> = BTreeMap::new();
        for part in &parts {
            *counts.entry(part.author).or_default() += 1;
        }
        let author = Hash(*author);
        let whose = if counts.get(&author).is_some_and(|n| *n >= BY_ONE) {
            Some(author)
        } else if parts.len() >= BY_ALL {
            counts.iter().max_by_key(|(_, n)| **n).map(|(who, _)| *who)
        } else {
            None
        };
        let theirs = parts.iter().filter(|part| Some(part.author) == whose);
        match theirs.min_by_key(|part| part.changed) {
            Some(oldest) => self.remove_file(&oldest.path),
            None => Ok(()),
        }
    }

    fn parts(&self) -> Result<Vec<Part>> {
        let mut parts = Vec::new();
        for file in listed(&self.coming_dir())? {
            let name = file.file_name();
            let Some([list, name, author]) = name.to_str().and_then(ids) else {
                continue;
            };
            // It may go while this looks: then it is not there.
            let Some(data) = there(file.metadata())? else {
                continue;
            };
            parts.push(Part {
                path: file.path(),
                list,
                name,
                author,
                length: data.len(),
                changed: data.modified()?,
            });
        }
        Ok(parts)
    }

    fn aside(&self, dir: &Path, name: &Hash) -> PathBuf {
        dir.join(self.partial_name(name))
    }
}

/// Attachment, chunk and author, as the name of a file says them.
fn ids(name: &str) -> Option<[Hash; 3]> {
    let mut ids = name.strip_suffix(BEGUN)?.split('.').map(str::parse);
    let mut next = || ids.next()?.ok();
    let found = [next()?, next()?, next()?];
    ids.next().is_none().then_some(found)
}

#[cfg(test)]
mod tests;
