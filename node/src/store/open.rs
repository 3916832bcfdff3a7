//! Opening a store: what is there must be what was written.

use super::{
    Error, Result, Store, TREES, Tree,
    case_keys::CaseKeys,
    mark::{Extent, Mark},
    waiting_keys::WaitingKeys,
    write::CHANGE,
};
use focal_protocol::{
    random::SystemRandom,
    seal::{StorageKey, Table},
};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    sync::Arc,
};

/// Format of the rows.
const FORMAT: u64 = 3;
/// The format before: its rows of the reading index do not say since when they can be read. They are read as they are,
/// and the store has the new format from then on.
const BEFORE: u64 = 2;
/// Memory for cached pages, bytes.
const CACHE: u64 = 16 << 20;
const CHECK: &[u8] = b"check";

/// How sled is set up.
pub(super) fn config(path: &Path) -> sled::Config {
    sled::Config::new()
        .path(path)
        .cache_capacity(CACHE)
        // Durability is ours to decide: every acknowledgement is preceded by a flush.
        .flush_every_ms(None)
}

fn damaged(path: &Path) -> impl Fn(String) -> Error + Copy + '_ {
    move |what| Error::Damaged {
        path: path.to_path_buf(),
        what,
    }
}

/// Opens the database below a directory, or makes one.
pub(super) fn open_db(path: &Path) -> Result<(sled::Db, Vec<sled::Tree>)> {
    let damaged = damaged(path);
    let config = config(path);
    // sled checks some invariants of its files with assertions: a damaged file must not end in a backtrace.
    let (db, trees) = catch_unwind(AssertUnwindSafe(|| {
        let db = config.open()?;
        let trees: std::result::Result<Vec<_>, _> =
            TREES.iter().map(|(name, _)| db.open_tree(name)).collect();
        Ok::<_, sled::Error>((db, trees?))
    }))
    .map_err(|_| damaged("its files break the database's own rules".into()))?
    .map_err(|e| match e {
        sled::Error::Io(e) => Error::from(e),
        other => damaged(other.to_string()),
    })?;
    Ok((db, trees))
}

impl Store {
    /// Opens the store below `path`, or makes one.
    ///
    /// # Errors
    /// [`Error::Damaged`], [`Error::WrongKey`] or [`Error::Format`] if it is not ours to go on with.
    pub fn open(path: &Path, key: StorageKey) -> Result<Self> {
        Self::open_shared(path, Arc::new(key))
    }

    pub(super) fn open_shared(path: &Path, key: Arc<StorageKey>) -> Result<Self> {
        let (db, trees) = open_db(path)?;
        Self::of_db(db, trees, path, key)
    }

    /// The store in a database that is open: what is in it must fit together.
    pub(super) fn of_db(
        db: sled::Db,
        trees: Vec<sled::Tree>,
        path: &Path,
        key: Arc<StorageKey>,
    ) -> Result<Self> {
        let damaged = damaged(path);
        // A first start may have been cut short before its marks were on disk.
        let flushed = Mark::read(path)?;
        let fresh = trees.iter().all(sled::Tree::is_empty)
            && flushed.is_none_or(|f| f == Extent::default());
        let mut held = Extent::default();
        for tree in &trees {
            if let Some(number) = tree.get(CHANGE)? {
                let number = <[u8; 8]>::try_from(&*number).map(u64::from_be_bytes);
                held.changes = held.changes.max(number.unwrap_or(0));
            }
        }
        let (case_keys, shut) = CaseKeys::open(path, &key)?;
        let waiting_keys = WaitingKeys::open(path, &key)?;
        let mut store = Self {
            db,
            trees: trees.into(),
            key,
            path: Arc::new(path.to_path_buf()),
            places: Arc::default(),
            feed: Arc::default(),
            bell: Arc::default(),
            mark: Arc::new(Mark::open(path, Extent::default())?),
            case_keys: Arc::new(case_keys),
            waiting_keys: Arc::new(waiting_keys),
            tap: Arc::default(),
            pace: Arc::default(),
            room: Arc::default(),
        };
        if fresh {
            let check = store
                .key
                .seal(Table::Meta, CHECK, &FORMAT.to_be_bytes(), &SystemRandom);
            store.tree(Tree::Meta).insert(CHECK, check)?;
            store
                .tree(Tree::Meta)
                .insert("format", &FORMAT.to_be_bytes())?;
            store.flush()?;
        } else {
            held.entries = store.check()?;
            let flushed =
                flushed.ok_or_else(|| damaged("the mark of its last flush is missing".into()))?;
            if held.entries < flushed.entries || held.changes < flushed.changes {
                return Err(damaged(format!(
                    "it holds {} entries and {} other changes where {} and {} were stored",
                    held.entries, held.changes, flushed.entries, flushed.changes
                )));
            }
            store.mark = Arc::new(Mark::open(path, held)?);
        }
        let purged = store.purged()?;
        // That of a purged case was being destroyed. The mark is durable before that begins: any other is damage.
        if let Some(key) = shut.into_iter().find(|key| !purged.contains_key(&key.case)) {
            return Err(Error::Damaged {
                path: key.path,
                what: "the key of a case does not open".into(),
            });
        }
        for case in purged.into_keys() {
            // The node starts all the same, tells its operator, and tries again.
            if let Err(e) = store.finish_purge(case) {
                tracing::error!("what opens case {} is not destroyed: {e}", case.short());
            }
        }
        if !store.has_waiting_key() {
            store.clear_waiting();
        }
        Ok(store)
    }

    /// Reads enough to know that nothing acknowledged is missing: the marks of the format and the key, and the last
    /// entry of every log. Returns how many entries there are.
    fn check(&self) -> Result<u64> {
        let meta = self.tree(Tree::Meta);
        let format = meta
            .get("format")?
            .ok_or_else(|| self.damaged("its format mark is missing"))?;
        let found = <[u8; 8]>::try_from(&*format)
            .map(u64::from_be_bytes)
            .map_err(|_| self.damaged("its format mark cannot be read"))?;
        if found != FORMAT && found != BEFORE {
            return Err(Error::Format {
                found,
                known: FORMAT,
            });
        }
        let check = meta
            .get(CHECK)?
            .ok_or_else(|| self.damaged("its key mark is missing"))?;
        self.key
            .open(Table::Meta, CHECK, &check)
            .map_err(|_| Error::WrongKey)?;
        if found == BEFORE {
            // An earlier version would not understand the rows that are written from here on.
            meta.insert("format", &FORMAT.to_be_bytes())?;
            self.db.flush()?;
        }
        // Also those that were held of cases before a purge.
        let mut entries = self.joined_again()?.into_values().sum();
        let purged = self.purged()?;
        for (log, row) in self.logs()? {
            entries += row.head.height;
            // Clearing a purged case may have been cut short anywhere.
            if row.head.height > 0 && !row.cleared && !purged.contains_key(&row.writer.case) {
                let last = self.entry(log, row.head.height - 1)?.ok_or_else(|| {
                    self.damaged(format!("the last entry of log {} is missing", log.short()))
                })?;
                if last.hash() != row.head.hash {
                    return Err(self.damaged(format!("log {} ends in another entry", log.short())));
                }
            }
        }
        Ok(entries)
    }

    /// A sealed row for a tree that seals its values.
    pub(super) fn seal(&self, table: Table, key: &[u8], plain: &[u8]) -> Vec<u8> {
        self.key.seal(table, key, plain, &SystemRandom)
    }

    /// Opens a sealed row.
    pub(super) fn unseal(
        &self,
        table: Table,
        key: &[u8],
        sealed: &[u8],
    ) -> Result<zeroize::Zeroizing<Vec<u8>>> {
        self.key
            .open(table, key, sealed)
            .map_err(|_| self.damaged("a sealed row does not open"))
    }

    /// Reads a sealed row, if there is one.
    pub(super) fn sealed_row(
        &self,
        tree: Tree,
        table: Table,
        key: &[u8],
    ) -> Result<Option<zeroize::Zeroizing<Vec<u8>>>> {
        match self.tree(tree).get(key)? {
            Some(sealed) => self.unseal(table, key, &sealed).map(Some),
            None => Ok(None),
        }
    }
}
