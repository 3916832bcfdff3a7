//! Which records of a case an export is about, before the door says which of them may leave.

use super::Views;
use crate::{api::types::ExportRequest, refused::Refused, store::StoredRecord};
use focal_protocol::{
    id::{CaseId, RecordId},
    record::{Kind, Summary},
    time::Time,
};
use std::collections::BTreeSet;

/// Records that may be named in one request.
pub(super) const NAMED: usize = 500;

/// What was asked for, apart from the page.
pub(super) struct Choice {
    kinds: BTreeSet<Kind>,
    since: Option<Time>,
    /// None: any record.
    records: Option<BTreeSet<RecordId>>,
    amendments: bool,
}

impl Choice {
    fn takes(&self, id: &RecordId, summary: &Summary) -> bool {
        (self.kinds.is_empty() || self.kinds.contains(&summary.kind))
            && self.since.is_none_or(|since| summary.created >= since)
            && self.records.as_ref().is_none_or(|named| named.contains(id))
    }
}

impl Views {
    /// What is asked for, if that is not everything.
    pub(super) fn choice(
        &self,
        case: CaseId,
        request: &ExportRequest,
    ) -> Result<Option<Choice>, Refused> {
        let bad = |field: &str, given: &str, allowed: &str| {
            let given: String = given.chars().take(40).collect();
            let why = format!("{field}: \"{given}\" was given where {allowed} is allowed");
            Refused::BadRequest(why)
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
        let named = request.records.iter().map(|text| self.in_case(case, text));
        let named: BTreeSet<RecordId> = named
            .map(|found| found.map(|stored| stored.id))
            .collect::<Result<_, _>>()?;
        Ok(Some(Choice {
            kinds: kinds.collect::<Result<_, _>>()?,
            since: since.transpose()?,
            records: (!request.records.is_empty()).then_some(named),
            amendments: request.amendments,
        }))
    }

    /// The records that are named, with what amends or answers them if that was asked for, in case order.
    pub(super) fn named(
        &self,
        case: CaseId,
        choice: &Choice,
    ) -> Result<Option<Vec<StoredRecord>>, Refused> {
        let Some(mut ids) = choice.records.clone() else {
            return Ok(None);
        };
        if choice.amendments {
            let follow_ups = self.case_view(case, |state| {
                let follow_ups = ids.iter().flat_map(|id| state.follow_ups(id));
                follow_ups.collect::<Vec<_>>()
            })?;
            ids.extend(follow_ups);
        }
        let mut named = Vec::with_capacity(ids.len());
        for id in ids {
            named.extend(self.store.record(&id)?);
        }
        named.sort_by_key(|stored| stored.position);
        Ok(Some(named))
    }

    /// A record of this case, by its id or first digits.
    pub(super) fn in_case(&self, case: CaseId, text: &str) -> Result<StoredRecord, Refused> {
        let stored = self.find_record(text)?;
        stored
            .filter(|stored| stored.position.case == case)
            .ok_or(Refused::UnknownRecord)
    }

    /// Leaves of these records those that were asked for and, if it was said, those that amend or answer them.
    pub(super) fn choose(
        &self,
        case: CaseId,
        choice: &Choice,
        records: &mut Vec<StoredRecord>,
    ) -> Result<(), Refused> {
        // What each is about: a correction of a correction is about what the first amended.
        let about: Vec<Option<RecordId>> = if choice.amendments {
            self.case_view(case, |state| {
                let about = |stored: &StoredRecord| {
                    let target = stored.summary.target?;
                    Some(state.original(&target))
                };
                records.iter().map(about).collect()
            })?
        } else {
            vec![None; records.len()]
        };
        let mut taken = Vec::with_capacity(records.len());
        for (stored, about) in records.drain(..).zip(about) {
            let mut takes = choice.takes(&stored.id, &stored.summary);
            if let Some(about) = about.filter(|_| !takes) {
                let original = self.store.record(&about)?;
                takes = original.is_some_and(|o| choice.takes(&o.id, &o.summary));
            }
            if takes {
                taken.push(stored);
            }
        }
        *records = taken;
        Ok(())
    }
}
