//! All rows as they are at one moment, while others go on writing; and a store that is made from them.
//!
//! sled has no snapshots. So rows are read one after the other while a tap notes which are written meanwhile; in the end
//! writers wait for the moment in which the noted ones are read again. What was read first, with these over it, is the store
//! as it was at that moment.

use super::{
    Error, Result, Store, TREES, Tree, case_keys, key_dir::KeyDir, open, space, waiting_keys,
    write::CHANGE,
};
use focal_protocol::{id::CaseId, seal::StorageKey};
use sled::IVec;
use std::{
    collections::HashSet,
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard},
};

/// Rows that may be noted before they are read again: what is left for the end is read while writers wait.
const NOTED: usize = 10_000;
/// Rows between two looks at how many are noted.
const LOOK: usize = 1_000;
/// Rows that are put into a new store at once, and bytes: never more is under way than the database can carry, see `pace`.
const BATCH: usize = 2_000;
const BATCH_BYTES: usize = 512 << 10;

/// A row: tree, key, and its value, or that it is gone.
pub(crate) type Row<'a> = (u8, &'a [u8], Option<&'a [u8]>);

/// The keys beside the rows, as they are on the disk: sealed under the storage key.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    /// The cases' own, but for those of purged cases.
    pub(crate) cases: Vec<(CaseId, Vec<u8>)>,
    /// Of parcels that wait for what they rest on, by their numbers.
    pub(crate) waiting: Vec<(u64, Vec<u8>)>,
}

/// The names of the trees, by the numbers that rows have.
pub(crate) fn trees() -> Vec<String> {
    TREES.iter().map(|(name, _)| (*name).to_string()).collect()
}

/// Between writers and whoever reads everything.
#[derive(Debug, Default)]
pub(super) struct Tap {
    /// Held by writers while they write, and against them for the moment at the end.
    gate: RwLock<()>,
    /// What was written since somebody began to read; none if nobody does.
    noted: Mutex<Option<HashSet<(Tree, IVec)>>>,
}

impl Tap {
    /// Before a write: it waits for the moment of a dump to pass.
    pub(super) fn enter(&self) -> RwLockReadGuard<'_, ()> {
        self.gate.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// After a write, before the gate is left.
    pub(super) fn note<'a>(&self, rows: impl Iterator<Item = (Tree, &'a IVec)>) {
        if let Some(noted) = &mut *self.noted() {
            for (tree, key) in rows {
                noted.insert((tree, key.clone()));
                // A write numbers itself in one of its trees.
                noted.insert((tree, CHANGE.into()));
            }
        }
    }

    fn noted(&self) -> MutexGuard<'_, Option<HashSet<(Tree, IVec)>>> {
        self.noted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self) -> HashSet<(Tree, IVec)> {
        self.noted()
            .as_mut()
            .map(std::mem::take)
            .unwrap_or_default()
    }
}

/// A dump under way. There is one at a time: see [`Store::dump`].
pub(crate) struct Dump<'a>(&'a Store);

impl Drop for Dump<'_> {
    fn drop(&mut self) {
        *self.0.tap.noted() = None;
    }
}

impl Store {
    /// Begins to read everything. None if somebody does already.
    pub(crate) fn dump(&self) -> Option<Dump<'_>> {
        let mut noted = self.tap.noted();
        if noted.is_some() {
            return None;
        }
        *noted = Some(HashSet::new());
        Some(Dump(self))
    }
}

impl Dump<'_> {
    /// Hands out every row, in order of tree and key; and, to `changed`, what has been written since it was read.
    ///
    /// # Errors
    /// The disk fails, or whoever takes them has enough.
    pub(crate) fn rows<E: From<Error>>(
        &self,
        rows: &mut dyn FnMut(Row) -> std::result::Result<(), E>,
        changed: &mut dyn FnMut(Row) -> std::result::Result<(), E>,
    ) -> std::result::Result<(), E> {
        for (number, (_, tree)) in (0u8..).zip(TREES) {
            for (count, row) in self.0.tree(tree).iter().enumerate() {
                let (key, value) = row.map_err(Error::from)?;
                rows((number, &key, Some(&value)))?;
                let many = count % LOOK == 0
                    && self.0.tap.noted().as_ref().is_some_and(|n| n.len() > NOTED);
                if many {
                    for (tree, key, value) in self.read(self.0.tap.take())? {
                        changed((tree, &key, value.as_deref()))?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Reads what was noted again, while nobody writes: with this, what was handed out is the store at this moment. Returns
    /// the keys.
    ///
    /// # Errors
    /// As [`Dump::rows`].
    pub(crate) fn end<E: From<Error>>(
        self,
        changed: &mut dyn FnMut(Row) -> std::result::Result<(), E>,
    ) -> std::result::Result<Keys, E> {
        let (rows, keys) = {
            let gate = &self.0.tap.gate;
            let _nobody = gate.write().unwrap_or_else(PoisonError::into_inner);
            let rows = self.read(self.0.tap.take())?;
            let purged = self.0.purged()?;
            let mut cases = KeyDir::sealed::<CaseId>(&self.0.path, case_keys::DIR)?;
            let held = cases.len();
            cases.retain(|(case, _)| !purged.contains_key(case));
            // A purge that is not finished takes what waits along.
            let waiting = match cases.len() < held {
                true => Vec::new(),
                false => KeyDir::sealed(&self.0.path, waiting_keys::DIR)?,
            };
            (rows, Keys { cases, waiting })
        };
        // Whoever takes them may be slow: nobody waits for that.
        for (tree, key, value) in rows {
            changed((tree, &key, value.as_deref()))?;
        }
        Ok(keys)
    }

    fn read(&self, noted: HashSet<(Tree, IVec)>) -> Result<Vec<Read>> {
        let mut noted: Vec<_> = noted.into_iter().collect();
        noted.sort_unstable();
        let read = noted.into_iter().map(|(tree, key)| {
            let value = self.0.tree(tree).get(&key)?;
            Ok((u8::try_from(tree as usize).unwrap_or(u8::MAX), key, value))
        });
        read.collect()
    }
}

/// A row that was read again.
type Read = (u8, IVec, Option<IVec>);

/// Rows that are put into a tree at once.
#[derive(Default)]
struct Batch {
    rows: sled::Batch,
    count: usize,
    bytes: usize,
}

/// A new store below a directory, filled with rows of a dump.
pub(crate) struct Filling {
    db: sled::Db,
    trees: Vec<sled::Tree>,
    batches: Vec<Batch>,
    /// Numbers of trees in the dump → ours.
    numbers: Vec<usize>,
    path: std::path::PathBuf,
}

impl Filling {
    /// Begins a store for rows whose trees have these names.
    ///
    /// # Errors
    /// A tree that this version does not know, or the disk fails.
    pub(crate) fn begin(path: &Path, names: &[String]) -> Result<Self> {
        let known = trees();
        let number = |name: &String| {
            known.iter().position(|k| k == name).ok_or(Error::Damaged {
                path: path.to_path_buf(),
                what: format!("it has rows \"{name}\", which this version does not know"),
            })
        };
        let numbers = names.iter().map(number).collect::<Result<_>>()?;
        let (db, trees) = open::open_db(path)?;
        Ok(Self {
            db,
            batches: trees.iter().map(|_| Batch::default()).collect(),
            trees,
            numbers,
            path: path.to_path_buf(),
        })
    }

    /// Puts a row, or takes one away. A later row of a key replaces an earlier one.
    ///
    /// # Errors
    /// The disk is full or fails.
    pub(crate) fn row(&mut self, (tree, key, value): Row) -> Result<()> {
        let tree = self.numbers.get(usize::from(tree)).copied();
        let batch = tree.and_then(|tree| Some((tree, self.batches.get_mut(tree)?)));
        let Some((tree, batch)) = batch else {
            return Err(Error::Damaged {
                path: self.path.clone(),
                what: "a row of no tree".into(),
            });
        };
        match value {
            Some(value) => batch.rows.insert(key, value),
            None => batch.rows.remove(key),
        }
        batch.count += 1;
        batch.bytes += key.len() + value.map_or(0, <[u8]>::len);
        if batch.count >= BATCH || batch.bytes >= BATCH_BYTES {
            self.put(tree)?;
        }
        Ok(())
    }

    fn put(&mut self, tree: usize) -> Result<()> {
        space::check(&self.path, super::space::RESERVE)?;
        let batch = std::mem::take(&mut self.batches[tree]);
        self.trees[tree].apply_batch(batch.rows)?;
        // Never more under way than the database can carry: see `pace`.
        self.db.flush()?;
        Ok(())
    }

    /// Ends it, with the keys, and opens it as any other store: what is in it must fit together.
    ///
    /// # Errors
    /// It does not, or the disk fails.
    pub(crate) fn end(mut self, key: StorageKey, keys: &Keys) -> Result<Store> {
        for tree in 0..self.trees.len() {
            self.put(tree)?;
        }
        KeyDir::put_sealed(&self.path, case_keys::DIR, &keys.cases)?;
        KeyDir::put_sealed(&self.path, waiting_keys::DIR, &keys.waiting)?;
        self.db.flush()?;
        // It was flushed, so it is no first start that was cut short; how much it holds is counted when it is opened.
        super::mark::Mark::open(&self.path, super::mark::Extent::default())?;
        Store::of_db(self.db, self.trees, &self.path, key.into())
    }
}

#[cfg(test)]
mod tests;
