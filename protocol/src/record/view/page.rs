//! Which rows of a table are wanted: a case may have more than anybody reads at once.

use super::{CaseOrder, CaseState, state::Held};
use crate::{id::RecordId, record::Kind};
use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Bound,
};

/// A page of a table, counted from its newest rows. From a number: so many of the newest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// Only rows that stand before this record's: rows that have come since shift nothing.
    pub before: Option<RecordId>,
    /// Rows that are passed over, newest first.
    pub skip: usize,
    /// Rows at most.
    pub count: usize,
}

impl From<usize> for Page {
    fn from(count: usize) -> Self {
        Self {
            before: None,
            skip: 0,
            count,
        }
    }
}

impl CaseState {
    /// Where a page ends; none if the record before which it stands is not here.
    fn end(&self, page: &Page) -> Option<Bound<CaseOrder>> {
        match page.before {
            None => Some(Bound::Unbounded),
            Some(id) => self.at.get(&id).map(|held| Bound::Excluded(held.order)),
        }
    }

    /// Records of one kind that were not withdrawn and that a page may show, newest first.
    pub(super) fn newest(&self, kind: Kind, page: &Page) -> impl Iterator<Item = &Held> {
        let of = self.kinds.get(&kind).zip(self.end(page));
        let of = of.map(|(of, end)| BTreeSet::range(of, (Bound::Unbounded, end)));
        of.into_iter()
            .flatten()
            .rev()
            .filter_map(|order| Some(&**self.records.get(order)?))
            .filter(|held| self.withdrawn_by(held).is_none() && self.invalid(held).is_none())
            .skip(page.skip)
    }

    /// All records that a page may show, newest first.
    pub(super) fn newest_of_all(&self, page: &Page) -> impl Iterator<Item = &Held> {
        let end = self.end(page);
        end.map(|end| BTreeMap::range(&self.records, (Bound::Unbounded, end)))
            .into_iter()
            .flatten()
            .map(|(_, held)| &**held)
            .rev()
            .skip(page.skip)
    }
}
