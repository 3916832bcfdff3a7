//! What follows a record: what amends, withdraws and answers it, and what does so to that in turn.

use super::{CaseOrder, CaseState, state::Held};
use crate::{
    id::RecordId,
    record::{Kind, Summary},
};
use std::collections::{BTreeMap, BTreeSet};

/// Steps from a record up to what it is about in the end. The longest that means something has four: an acknowledgement of
/// a retraction of a correction of a pledge for a request. Anybody can write longer ones, and nobody is to walk them.
pub(super) const STEPS: usize = 8;

impl CaseState {
    /// What a record said when it was written; none if it is not here.
    #[must_use]
    pub fn summary(&self, id: &RecordId) -> Option<&Summary> {
        self.find(id).map(|held| &held.summary)
    }

    /// These records in case order, without those that are not here.
    #[must_use]
    pub fn in_order(
        &self,
        ids: impl IntoIterator<Item = RecordId>,
    ) -> BTreeMap<CaseOrder, RecordId> {
        let ids = ids.into_iter();
        ids.filter_map(|id| Some((self.at.get(&id)?.order, id)))
            .collect()
    }

    /// The record that a correction, or a correction of a correction, amends; of any other record, itself.
    #[must_use]
    pub fn original(&self, id: &RecordId) -> RecordId {
        let withdraws = |held: &Held| {
            held.summary
                .target
                .filter(|_| held.summary.kind == Kind::Retraction)
        };
        let id = self.find(id).and_then(withdraws).unwrap_or(*id);
        self.root(id)
    }

    /// Records of these kinds that are about a record or its corrections, and those that are about them in turn: with all of
    /// [`Kind::AMENDING`] and [`Kind::ANSWERING`], everything that follows it. The other way round: [`Self::follows`].
    #[must_use]
    pub fn follow_ups(&self, id: &RecordId, kinds: &[Kind]) -> BTreeSet<RecordId> {
        let root = self.original(id);
        let (mut found, mut next) = (BTreeSet::new(), vec![root]);
        while let Some(of) = next.pop() {
            let about = kinds.iter().flat_map(|kind| self.about(of, *kind));
            next.extend(about.map(|held| held.id).filter(|id| found.insert(*id)));
        }
        found.remove(&root);
        found
    }

    /// What a record amends, withdraws or answers, and what that does so to in turn, the next first; each with the kind of
    /// the record that leads there. Of a correction of a correction the next is that one, then what the first amended.
    #[must_use]
    pub fn follows(&self, id: &RecordId) -> Vec<(Kind, RecordId)> {
        let mut found = Vec::new();
        let mut from = self.find(id);
        for _ in 0..STEPS {
            let Some((kind, target)) =
                from.and_then(|held| Some((held.summary.kind, held.summary.target?)))
            else {
                break;
            };
            found.push((kind, target));
            let root = self.root(target);
            if root != target {
                found.push((Kind::Correction, root));
            }
            from = self.find(&root);
        }
        found
    }
}
