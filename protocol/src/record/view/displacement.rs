//! Displacement over time: what was reported for when.

use super::{
    CaseOrder, Page,
    state::{CaseState, Held},
};
use crate::{
    id::{OrgId, RecordId},
    record::{Grading, Kind, Place, Range, Verification},
    time::Time,
};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, HashMap},
    ops::Bound,
};

/// People displaced at a time, as one record reports it. A situation report says how many are displaced in all, an
/// incident how many it drove out: the two are not added up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Displacement {
    /// The last moment that the report covers; when it was written, if it says none.
    pub at: Time,
    /// The record.
    pub record: RecordId,
    /// `sitrep` or `incident`.
    pub kind: Kind,
    /// Who reports it.
    pub organisation: OrgId,
    /// How many.
    pub displaced: Range,
    /// Where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// How sure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grading: Option<Grading>,
}

/// Where in time.
type At = (Time, CaseOrder);

/// The records that report displacement, in time.
#[derive(Debug, Default)]
pub(super) struct Displaced {
    in_time: BTreeMap<At, RecordId>,
    of: HashMap<RecordId, At>,
}

impl Displaced {
    pub(super) fn set(&mut self, id: RecordId, at: Option<At>) {
        if self.of.get(&id) == at.as_ref() {
            return;
        }
        self.remove(&id);
        if let Some(at) = at {
            self.in_time.insert(at, id);
            self.of.insert(id, at);
        }
    }

    pub(super) fn remove(&mut self, id: &RecordId) {
        if let Some(at) = self.of.remove(id) {
            self.in_time.remove(&at);
        }
    }
}

impl CaseState {
    /// Where a record stands among those that report displacement, if it does.
    pub(super) fn displacement_at(&self, held: &Held) -> Option<At> {
        // Most say nothing of it.
        if held.summary.counts.displaced().is_unknown() && self.stands_alone(held) {
            return None;
        }
        let counts = match held.summary.kind {
            Kind::Sitrep => self.withdrawn_by(held).is_none(),
            Kind::Incident => self.events.counts(&held.id),
            _ => false,
        };
        if !counts {
            return None;
        }
        let now = self.now(held);
        let refuted = now.verification == Some(Verification::Refuted);
        if refuted || now.counts.displaced().is_unknown() {
            return None;
        }
        let at = now.time.as_ref().and_then(crate::record::Edtf::latest);
        Some((at.unwrap_or(now.created), held.order))
    }

    /// A page of the reports of displacement, oldest first.
    #[must_use]
    pub fn displacement(&self, page: impl Into<Page>) -> Vec<Displacement> {
        let page = page.into();
        let end = match page.before {
            None => Some(Bound::Unbounded),
            Some(id) => self.displaced.of.get(&id).map(|at| Bound::Excluded(*at)),
        };
        let rows = end
            .map(|end| self.displaced.in_time.range((Bound::Unbounded, end)))
            .into_iter()
            .flatten()
            .rev()
            .skip(page.skip)
            .filter_map(|((at, order), _)| {
                let held = self.records.get(order)?;
                let now = self.now(held);
                Some(Displacement {
                    at: *at,
                    record: held.id,
                    kind: now.kind,
                    organisation: held.summary.organisation,
                    displaced: now.counts.displaced(),
                    place: now.place.as_deref().cloned(),
                    grading: now.grading,
                })
            });
        super::last(rows, page.count)
    }
}
