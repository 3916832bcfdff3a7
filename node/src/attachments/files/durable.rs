//! Making chunks durable, and what is not when the system cannot write it.

use super::{Error, Files, Result};
use focal_protocol::id::Hash;
use std::{
    collections::BTreeSet,
    fs::File,
    io,
    sync::{MutexGuard, PoisonError},
};

/// Files that are made durable at the same time.
const SYNCS: usize = 16;

/// A chunk that may not be on the disk.
struct Failed {
    name: Hash,
    /// Whether the system could not write it. It says so once, and would say the next time that all is well.
    unwritten: bool,
    why: Error,
}

impl Files {
    /// Makes chunks durable that have just come. What the system could not write is removed, as it would be taken for held the
    /// next time.
    pub(crate) fn settle(&self, list: &Hash, names: &[Hash]) -> Result<()> {
        let failed = self.sync(list, names);
        for failed in failed.iter().filter(|failed| failed.unwritten) {
            self.remove_chunk(list, &failed.name)?;
        }
        let first = failed.into_iter().next();
        first.map_or(Ok(()), |failed| Err(failed.why))
    }

    /// Those of some chunks that are durable, or are made so now. What the system could not write is not, and stays: it may have
    /// been on the disk before. Such a chunk is written anew before it counts again.
    pub(crate) fn durable(&self, list: &Hash, names: &[Hash]) -> BTreeSet<Hash> {
        let failed = self.sync(list, names);
        if let Some(first) = failed.first() {
            tracing::warn!(
                "{} chunks may not be on the disk: {}",
                failed.len(),
                first.why
            );
        }
        let unwritten = failed.iter().filter(|failed| failed.unwritten);
        self.unsure()
            .extend(unwritten.map(|failed| (*list, failed.name)));
        let failed: BTreeSet<Hash> = failed.into_iter().map(|failed| failed.name).collect();
        let names = names.iter().filter(|name| !failed.contains(name));
        names.copied().collect()
    }

    pub(super) fn unsure(&self) -> MutexGuard<'_, BTreeSet<(Hash, Hash)>> {
        self.unsure.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes chunks to the disk, then their directory and those above it. Returns those of which that is not sure.
    fn sync(&self, list: &Hash, names: &[Hash]) -> Vec<Failed> {
        let sync = &|part: &[Hash]| -> Vec<Failed> {
            let names = part.iter();
            names
                .filter_map(|name| self.sync_one(list, *name).err())
                .collect()
        };
        // Several at once: a journal that is written for one is written for all.
        let failed = std::thread::scope(|scope| {
            let parts = names.chunks(names.len().div_ceil(SYNCS).max(1));
            let syncing: Vec<_> = parts
                .map(|part| (part, scope.spawn(move || sync(part))))
                .collect();
            let ended = syncing.into_iter().map(|(part, one)| {
                let why = || Error::Io("a thread has ended".into());
                one.join().unwrap_or_else(|_| all(part, false, &why()))
            });
            ended.flatten().collect()
        });
        let dir = self.dir(list);
        let above = dir.parent().unwrap_or(&self.root);
        for dir in [&dir, above, &self.root] {
            let opened = File::open(dir);
            let unwritten = opened.is_ok();
            if let Err(why) = opened.and_then(|dir| (self.sync)(&dir)) {
                return all(names, unwritten, &why.into());
            }
        }
        failed
    }

    fn sync_one(&self, list: &Hash, name: Hash) -> std::result::Result<(), Failed> {
        let failed = |unwritten, why| Failed {
            name,
            unwritten,
            why,
        };
        let unsure = self.unsure().contains(&(*list, name));
        if unsure {
            let anew = self.whole(list, &name).and_then(|bytes| match bytes {
                Some(bytes) => self.write(list, &name, &bytes),
                None => Err(io::Error::from(io::ErrorKind::NotFound).into()),
            });
            anew.map_err(|why| failed(true, why))?;
        }
        let file = File::open(self.path(list, &name)).map_err(|why| failed(false, why.into()))?;
        (self.sync)(&file).map_err(|why| failed(true, why.into()))?;
        if unsure {
            self.unsure().remove(&(*list, name));
        }
        Ok(())
    }
}

fn all(names: &[Hash], unwritten: bool, why: &Error) -> Vec<Failed> {
    let failed = |name: &Hash| Failed {
        name: *name,
        unwritten,
        why: why.clone(),
    };
    names.iter().map(failed).collect()
}
