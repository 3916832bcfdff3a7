//! Changes that belong together.

use super::{Error, Result, Store, Tree};
use sled::{
    Transactional,
    transaction::{ConflictableTransactionError, TransactionError, TransactionalTree},
};
use std::convert::Infallible;

/// Rows to put and to delete, applied as one transaction. A later change of a row replaces an earlier one.
#[derive(Debug, Default)]
pub struct Write {
    rows: Vec<(Tree, Vec<u8>, Option<Vec<u8>>)>,
}

impl Write {
    pub(super) fn put(&mut self, tree: Tree, key: impl Into<Vec<u8>>, value: Vec<u8>) {
        self.rows.push((tree, key.into(), Some(value)));
    }

    pub(super) fn delete(&mut self, tree: Tree, key: impl Into<Vec<u8>>) {
        self.rows.push((tree, key.into(), None));
    }

    /// Whether there is nothing to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// How many changes there are, for [`Write::truncate`].
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Gives up the changes after the first `len`.
    pub fn truncate(&mut self, len: usize) {
        self.rows.truncate(len);
    }

    /// What is put into a tree, in order.
    pub(super) fn puts(&self, tree: Tree) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.rows
            .iter()
            .filter(move |(t, ..)| *t == tree)
            .filter_map(|(_, key, value)| Some((key.as_slice(), value.as_deref()?)))
    }

    pub(super) fn apply(&self, store: &Store) -> Result<()> {
        let mut used: Vec<Tree> = self.rows.iter().map(|(t, ..)| *t).collect();
        used.sort_unstable();
        used.dedup();
        match used[..] {
            [] => Ok(()),
            // A batch on one tree is atomic by itself, and cheaper.
            [tree] => {
                let mut batch = sled::Batch::default();
                for (_, key, value) in &self.rows {
                    match value {
                        Some(value) => batch.insert(key.as_slice(), value.as_slice()),
                        None => batch.remove(key.as_slice()),
                    }
                }
                Ok(store.tree(tree).apply_batch(batch)?)
            }
            _ => {
                let trees: Vec<sled::Tree> = used.iter().map(|t| store.tree(*t).clone()).collect();
                trees
                    .transaction(|trees| self.fill(&used, trees))
                    .map_err(|e| match e {
                        TransactionError::Storage(e) => Error::from(e),
                        TransactionError::Abort(never) => match never {},
                    })
            }
        }
    }

    fn fill(
        &self,
        used: &[Tree],
        trees: &[TransactionalTree],
    ) -> std::result::Result<(), ConflictableTransactionError<Infallible>> {
        for (tree, key, value) in &self.rows {
            let Ok(index) = used.binary_search(tree) else {
                continue;
            };
            match value {
                Some(value) => trees[index].insert(key.as_slice(), value.as_slice())?,
                None => trees[index].remove(key.as_slice())?,
            };
        }
        Ok(())
    }
}
