//! Changes that belong together.

use super::{Error, Result, Store, Tree, logs::is_entry, space};
use focal_protocol::id::{CaseId, RecordId};
use sled::{
    IVec, Transactional,
    transaction::{ConflictableTransactionError, TransactionError, TransactionalTree},
};
use std::convert::Infallible;

/// Rows to put and to delete, applied as one transaction. A later change of a row replaces an earlier one.
#[derive(Debug, Default)]
pub struct Write {
    rows: Vec<Row>,
    /// Whether it destroys what opens a case: a full disk must not keep it.
    pub(super) purges: bool,
    /// Records that can be read no more.
    forgotten: Vec<(RecordId, CaseId)>,
}

/// A row to put, or to delete. In sled's own bytes, which it shares rather than copies.
type Row = (Tree, IVec, Option<IVec>);

/// A write that a nearly full disk still takes has no more bytes.
const SMALL: usize = 128 << 10;

/// Where a tree keeps the number of the last change in it; before all other keys of every tree.
pub(super) const CHANGE: &[u8] = &[0];

impl Write {
    pub(super) fn put(&mut self, tree: Tree, key: impl Into<IVec>, value: Vec<u8>) {
        self.rows.push((tree, key.into(), Some(value.into())));
    }

    pub(super) fn delete(&mut self, tree: Tree, key: impl Into<IVec>) {
        self.rows.push((tree, key.into(), None));
    }

    /// A record leaves the reading index for good.
    pub(super) fn forget(&mut self, key: impl Into<IVec>, id: RecordId) {
        let key = key.into();
        if let Some(case) = key
            .get(..CaseId::LEN)
            .and_then(|b| CaseId::try_from(b).ok())
        {
            self.forgotten.push((id, case));
        }
        self.delete(Tree::Record, key);
    }

    pub(super) fn forgotten(&self) -> &[(RecordId, CaseId)] {
        &self.forgotten
    }

    /// Adds what another one does.
    pub fn append(&mut self, other: Self) {
        self.rows.extend(other.rows);
        self.forgotten.extend(other.forgotten);
        self.purges |= other.purges;
    }

    /// Whether there is nothing to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Bytes of its rows.
    pub(crate) fn bytes(&self) -> usize {
        let row = |(_, key, value): &Row| key.len() + value.as_ref().map_or(0, |v| v.len());
        self.rows.iter().map(row).sum()
    }

    /// Bytes that the disk must have left for it.
    pub(super) fn reserve(&self) -> u64 {
        let brings = |(tree, key, value): &Row| {
            let new = matches!(tree, Tree::Directory | Tree::Outbox | Tree::Record);
            value.is_some() && (new || (*tree == Tree::Log && is_entry(key)))
        };
        let puts = self.rows.iter().filter(|(.., value)| value.is_some());
        let put: usize = puts
            .map(|(_, key, value)| key.len() + value.as_ref().map_or(0, |v| v.len()))
            .sum();
        let large = put > SMALL || self.rows.iter().any(brings);
        if large && !self.purges {
            space::RESERVE
        } else {
            space::LAST
        }
    }

    /// The rows that it changes.
    pub(super) fn keys(&self) -> impl Iterator<Item = (Tree, &IVec)> {
        self.rows.iter().map(|(tree, key, _)| (*tree, key))
    }

    /// What is put into a tree, in order.
    pub(super) fn puts(&self, tree: Tree) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.rows
            .iter()
            .filter(move |(t, ..)| *t == tree)
            .filter_map(|(_, key, value)| Some((&**key, value.as_deref()?)))
    }

    /// Entries that it adds.
    fn entries(&self) -> u64 {
        let entries = self.puts(Tree::Log).filter(|(key, _)| is_entry(key));
        entries.count() as u64
    }

    pub(super) fn apply(&self, store: &Store) -> Result<()> {
        let mut used: Vec<Tree> = self.rows.iter().map(|(t, ..)| *t).collect();
        used.sort_unstable();
        used.dedup();
        let entries = self.entries();
        // What follows from entries is not acknowledged, and entries count themselves: all else is numbered.
        let numbered = used.iter().find(|t| !t.is_derived());
        let change = numbered
            .filter(|_| entries == 0)
            .map(|tree| (*tree, store.mark.next_change()));
        let number = change.map(|(tree, n)| (tree, CHANGE.into(), Some((&n.to_be_bytes()).into())));
        let rows: Vec<&Row> = self.rows.iter().chain(&number).collect();
        match used[..] {
            [] => return Ok(()),
            // A batch on one tree is atomic by itself, and cheaper.
            [tree] => {
                let mut batch = sled::Batch::default();
                for (_, key, value) in rows {
                    match value {
                        Some(value) => batch.insert(key, value),
                        None => batch.remove(key),
                    }
                }
                store.tree(tree).apply_batch(batch)?;
            }
            _ => {
                let trees: Vec<sled::Tree> = used.iter().map(|t| store.tree(*t).clone()).collect();
                trees
                    .transaction(|trees| fill(&rows, &used, trees))
                    .map_err(|e| match e {
                        TransactionError::Storage(e) => Error::from(e),
                        TransactionError::Abort(never) => match never {},
                    })?;
            }
        }
        store.mark.applied(entries, change.map(|(_, n)| n));
        Ok(())
    }
}

fn fill(
    rows: &[&Row],
    used: &[Tree],
    trees: &[TransactionalTree],
) -> std::result::Result<(), ConflictableTransactionError<Infallible>> {
    for (tree, key, value) in rows {
        let Ok(index) = used.binary_search(tree) else {
            continue;
        };
        match value {
            Some(value) => trees[index].insert(key, value)?,
            None => trees[index].remove(key)?,
        };
    }
    Ok(())
}
