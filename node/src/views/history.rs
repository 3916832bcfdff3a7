//! What became of one record: the original and its corrections, each with what it changed.

use super::{Views, record_row};
use crate::{api::types as api, refused::Refused, store::StoredRecord};
use focal_protocol::{
    directory::Role,
    id::RecordId,
    record::{Body, Change, Record, Step, StepKind},
};
use serde_json::{Map, Value};

impl Views {
    /// `GET /v1/records/{record}/history`: steps after one of them.
    pub(crate) fn history(
        &self,
        stored: &StoredRecord,
        after: Option<RecordId>,
        limit: usize,
        role: Role,
    ) -> Result<api::RecordHistory, Refused> {
        let case = stored.position.case;
        let (original, steps) = self.case_view(case, |state| {
            (state.original(&stored.id), state.history(&stored.id))
        })?;
        let begin = match after {
            None => 0,
            Some(id) => {
                let at = steps.iter().position(|step| step.record == id);
                at.ok_or(Refused::UnknownRecord)? + 1
            }
        };
        let page = steps.iter().skip(begin).take(limit);
        let mut shown = Vec::new();
        for step in page {
            shown.push(self.version(step, &steps, role)?);
        }
        let last = begin + shown.len();
        let next = shown.last().filter(|_| last < steps.len());
        let withdrawn_by = steps
            .iter()
            .find(|step| step.record == original)
            .and_then(|step| step.withdrawn_by);
        Ok(api::RecordHistory {
            record: original.to_string(),
            case: case.to_string(),
            steps: steps.len() as u64,
            in_force: steps
                .iter()
                .find(|step| step.in_force)
                .map(|step| step.record.to_string()),
            withdrawn_by: withdrawn_by.map(|id| id.to_string()),
            next: next.map(|version| version.row.record.clone()),
            versions: shown,
        })
    }

    fn version(&self, step: &Step, steps: &[Step], role: Role) -> Result<api::Version, Refused> {
        let (stored, record) = self.opened(&step.record, role)?;
        let reason = match &record.body {
            Body::Correction(correction) => Some(correction.reason.clone()),
            Body::Retraction(retraction) => Some(retraction.reason.clone()),
            _ => None,
        };
        let content = said(&record, step);
        let mut changes = Vec::new();
        if step.kind == StepKind::Correction
            && let Some(before) = steps.iter().find(|other| Some(other.record) == step.of)
        {
            let (_, record) = self.opened(&before.record, role)?;
            changes = Change::between(&said(&record, before), &content);
        }
        let invalid = step.invalid.map(|why| why.to_string());
        let other = step.other_kind.then(|| "it is of another kind".to_string());
        Ok(api::Version {
            row: record_row(&stored, &self.shared),
            step: match step.kind {
                StepKind::Original => "original",
                StepKind::Correction => "correction",
                StepKind::Retraction => "retraction",
            }
            .into(),
            of: step.of.map(|id| id.to_string()),
            reason,
            invalid: invalid.or(other),
            withdrawn_by: step.withdrawn_by.map(|id| id.to_string()),
            in_force: step.in_force,
            content: content.into(),
            changes: changes
                .into_iter()
                .map(|change| api::FieldChange {
                    field: change.field,
                    before: change.before,
                    after: change.after,
                })
                .collect(),
        })
    }

    /// A record of the index with its content, if somebody of this role may read it.
    fn opened(&self, id: &RecordId, role: Role) -> Result<(StoredRecord, Record), Refused> {
        let stored = self.store.record(id)?.ok_or(Refused::UnknownRecord)?;
        self.may_show(role, &stored.summary)?;
        let record = self.signed(&stored)?.unverified()?;
        Ok((stored, record))
    }
}

/// What the record says as of a step: its fields, and how it is graded.
fn said(record: &Record, step: &Step) -> Map<String, Value> {
    let mut fields = match &record.body {
        Body::Correction(correction) => correction.amended.fields(),
        Body::Retraction(_) => return Map::new(),
        body => body.fields(),
    };
    if let Some(grading) = step.grading {
        fields.insert("grading".into(), grading.to_string().into());
    }
    if let Some(verification) = step.verification {
        fields.insert("verification".into(), verification.to_string().into());
    }
    fields
}
