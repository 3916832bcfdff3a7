//! Which records of a case an export is about, before the door says which of them may leave.

use super::Views;
use crate::{
    api::types::ExportRequest,
    case_views::order,
    refused::{Fault, Refused},
    store::{Position, StoredRecord},
};
use focal_protocol::{
    id::{CaseId, RecordId},
    record::{CaseState, Kind, Summary},
    time::Time,
};
use std::collections::{BTreeMap, BTreeSet};

/// Records that may be named in one request.
const NAMED: usize = 500;

/// What was asked for, apart from the page.
#[derive(Debug)]
pub(super) struct Choice {
    kinds: BTreeSet<Kind>,
    since: Option<Time>,
    /// None: any record.
    records: Option<BTreeSet<RecordId>>,
    /// Kinds of those that come with what they are about.
    following: Vec<Kind>,
}

impl Choice {
    /// Reads what was asked for; none if that is everything. `find` finds a record of the case by its first digits.
    fn read(
        request: &ExportRequest,
        find: impl Fn(&str) -> Result<RecordId, Refused>,
    ) -> Result<Option<Self>, Refused> {
        let bad = |field: &str, given: &str, allowed: &str| {
            Refused::BadRequest(Fault::Field {
                field: field.into(),
                given: given.chars().take(40).collect(),
                allowed: allowed.into(),
            })
        };
        if request.kinds.is_empty() && request.since.is_none() && request.records.is_empty() {
            return Ok(None);
        }
        if request.kinds.len() > Kind::ALL.len() {
            return Err(bad("kinds", "a longer list", "each kind once"));
        }
        if request.records.len() > NAMED {
            let given = request.records.len().to_string();
            return Err(bad("records", &given, &format!("a number up to {NAMED}")));
        }
        let kinds = request.kinds.iter().map(|text| {
            let kind = text.parse::<Kind>();
            kind.map_err(|_| bad("kinds", text, "a kind of report"))
        });
        let since = request.since.as_ref().map(|text| {
            let since = text.parse::<Time>();
            since.map_err(|_| bad("since", text, "a time as in 2026-11-03T00:00:00Z"))
        });
        let named: BTreeSet<RecordId> = request
            .records
            .iter()
            .map(|text| find(text))
            .collect::<Result<_, _>>()?;
        let mut following = Vec::new();
        if request.amendments {
            following.extend(Kind::AMENDING);
        }
        if request.answers {
            following.extend(Kind::ANSWERING);
        }
        Ok(Some(Self {
            kinds: kinds.collect::<Result<_, _>>()?,
            since: since.transpose()?,
            records: (!request.records.is_empty()).then_some(named),
            following,
        }))
    }

    fn takes(&self, id: &RecordId, summary: &Summary) -> bool {
        (self.kinds.is_empty() || self.kinds.contains(&summary.kind))
            && self.since.is_none_or(|since| summary.created >= since)
            && self.records.as_ref().is_none_or(|named| named.contains(id))
    }

    /// Whether a record was asked for, or one of its corrections: what overtakes one overtakes the other.
    fn takes_version(&self, state: &CaseState, of: RecordId) -> bool {
        let corrections = state.follow_ups(&of, &[Kind::Correction]);
        let mut versions = std::iter::once(of).chain(corrections);
        versions.any(|id| state.summary(&id).is_some_and(|said| self.takes(&id, said)))
    }

    /// Whether a record follows one that was asked for. `known` keeps what was found out about those that are followed, as
    /// one may have many that follow it.
    fn follows(
        &self,
        state: &CaseState,
        id: &RecordId,
        known: &mut BTreeMap<RecordId, bool>,
    ) -> bool {
        let steps = state.follows(id).into_iter();
        let mut followed = steps.take_while(|(kind, _)| self.following.contains(kind));
        followed.any(|(_, of)| {
            let taken = known.entry(of);
            *taken.or_insert_with(|| self.takes_version(state, of))
        })
    }
}

impl Views {
    /// What is asked for, if that is not everything.
    pub(super) fn choice(
        &self,
        case: CaseId,
        request: &ExportRequest,
    ) -> Result<Option<Choice>, Refused> {
        Choice::read(request, |text| Ok(self.in_case(case, text)?.id))
    }

    /// The records that are named, with what follows them if that was asked for, in case order: those behind a place, so
    /// many of them. None if no record is named.
    pub(super) fn named(
        &self,
        case: CaseId,
        choice: &Choice,
        after: Option<Position>,
        most: usize,
    ) -> Result<Option<Vec<StoredRecord>>, Refused> {
        let Some(named) = &choice.records else {
            return Ok(None);
        };
        let page: Vec<RecordId> = self.case_view(case, |state| {
            let followed = named
                .iter()
                .flat_map(|id| state.follow_ups(id, &choice.following));
            let all = state.in_order(named.iter().copied().chain(followed));
            let rest = all
                .into_iter()
                .filter(|(place, _)| after.is_none_or(|after| *place > order(&after)));
            rest.map(|(_, id)| id).take(most).collect()
        })?;
        let mut records = Vec::with_capacity(page.len());
        for id in page {
            records.extend(self.store.record(&id)?);
        }
        Ok(Some(records))
    }

    /// A record of this case, by its id or first digits.
    pub(super) fn in_case(&self, case: CaseId, text: &str) -> Result<StoredRecord, Refused> {
        let stored = self.find_record(text)?;
        stored
            .filter(|stored| stored.position.case == case)
            .ok_or(Refused::UnknownRecord)
    }

    /// Leaves of these records those that were asked for and, if it was said, those that follow them.
    pub(super) fn choose(
        &self,
        case: CaseId,
        choice: &Choice,
        records: &mut Vec<StoredRecord>,
    ) -> Result<(), Refused> {
        if choice.following.is_empty() {
            records.retain(|stored| choice.takes(&stored.id, &stored.summary));
            return Ok(());
        }
        self.case_view(case, |state| {
            let mut known = BTreeMap::new();
            records.retain(|stored| {
                choice.takes(&stored.id, &stored.summary)
                    || choice.follows(state, &stored.id, &mut known)
            });
        })
    }
}

#[cfg(test)]
mod tests;
