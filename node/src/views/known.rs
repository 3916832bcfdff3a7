//! A case as this node knew it at an earlier time.

use super::{Views, record_row};
use crate::{
    api::types as api,
    case_views::Built,
    clock,
    refused::{Fault, Refused},
    store::Position,
};
use focal_protocol::{
    directory::Role,
    id::{CaseId, RecordId},
    record::CaseState,
    time::Time,
};
use std::collections::BTreeMap;

/// A time that is past: what is known then changes no more.
pub(crate) fn past(at: Time) -> Result<Time, Refused> {
    let now = clock::now();
    if at >= now {
        return Err(Fault::NotPast { at, now }.into());
    }
    Ok(at)
}

impl Views {
    /// Puts large cases together before anybody asks for them.
    pub(crate) fn warm(&self) {
        let rows = self.store.logs().unwrap_or_default();
        let mut records: BTreeMap<CaseId, u64> = BTreeMap::new();
        for (log, row) in rows {
            let cursor = self.store.cursor(log).unwrap_or_default();
            *records.entry(row.writer.case).or_default() += cursor.records;
        }
        let cases = self.shared.cases();
        let mut here: Vec<_> = records.into_iter().map(|(case, n)| (n, case)).collect();
        here.retain(|(_, case)| cases.contains_key(case));
        self.kept.warm(&self.store, &self.shared, here);
    }

    /// Reads the case view as it is, or as it was known at a time.
    pub(crate) fn case_view_at<T>(
        &self,
        id: CaseId,
        at: Option<Time>,
        read: impl FnOnce(&mut CaseState) -> T,
    ) -> Result<T, Refused> {
        self.built(id, at, |built| read(&mut built.state))
    }

    fn built<T>(
        &self,
        id: CaseId,
        at: Option<Time>,
        read: impl FnOnce(&mut Built) -> T,
    ) -> Result<T, Refused> {
        self.case(id)?;
        let at = at.map(past).transpose()?;
        // Cases that were purged meanwhile leave the memory as well.
        let cases = self.shared.cases();
        let here = |case: &CaseId| cases.contains_key(case);
        self.kept.keep_only(&self.store, here);
        self.kept.read_at(&self.store, &self.shared, (id, at), read)
    }

    /// `GET /v1/cases/{case}/known`: how much of a case was known at a time.
    pub(crate) fn known(&self, id: CaseId, at: Time) -> Result<api::CaseKnown, Refused> {
        let info = self.case(id)?;
        let now = self.summary_of(id, &info)?;
        self.built(id, Some(at), |built| {
            let records = built.state.len() as u64;
            api::CaseKnown {
                case: now.case,
                title: now.title,
                at: at.to_string(),
                records,
                undated: built.undated as u64,
                left: built.left as u64,
                later: (now.records + built.left as u64).saturating_sub(records),
                view_hash: built.state.hash().to_string(),
            }
        })
    }

    /// Records of a case in case order as they could be read here at a time, after one of them, as far as somebody of
    /// this role may read them.
    pub(crate) fn known_records(
        &self,
        id: CaseId,
        at: Time,
        after: Option<RecordId>,
        limit: usize,
        role: Role,
    ) -> Result<Vec<api::RecordRow>, Refused> {
        self.case(id)?;
        let (at, after) = (past(at)?, self.place_of(id, after)?);
        let mut rows = Vec::new();
        for known in self.store.known_at(id, after, at) {
            let known = known?;
            if rows.len() == limit {
                break;
            }
            if self.may_show(role, &known.record.summary).is_ok() {
                rows.push(api::RecordRow {
                    left: known.left.map(|time| time.to_string()),
                    ..record_row(&known.record, &self.shared)
                });
            }
        }
        Ok(rows)
    }

    /// Where a record stands, or stood before it left the index.
    fn place_of(&self, case: CaseId, id: Option<RecordId>) -> Result<Option<Position>, Refused> {
        let Some(id) = id else {
            return Ok(None);
        };
        let here = self.store.position(&id)?.filter(|p| p.case == case);
        let place = match here {
            Some(place) => Some(place),
            None => self.store.left_position(case, &id)?,
        };
        place.map(Some).ok_or(Refused::UnknownRecord)
    }
}
