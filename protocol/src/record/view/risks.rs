//! The risk matrix: the organisations' assessments side by side.

use super::state::CaseState;
use crate::{
    id::{OrgId, RecordId},
    record::{Facts, JudgedFactor, Kind},
    time::Time,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// An organisation's latest assessment: one column of the matrix.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganisationRisk {
    /// The organisation.
    pub organisation: OrgId,
    /// The record.
    pub record: RecordId,
    /// When it was written.
    pub created: Time,
    /// The judgement's first line.
    pub judgement: String,
    /// How far it looks ahead, months.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub horizon: Option<u32>,
    /// The factors that it judges, in the order of the Framework.
    pub factors: Vec<JudgedFactor>,
}

impl CaseState {
    /// The latest assessment of each organisation that was not withdrawn, as corrected; organisations in order of their
    /// ids.
    #[must_use]
    pub fn risks(&self) -> Vec<OrganisationRisk> {
        let mut seen = BTreeSet::new();
        let mut rows: Vec<_> = self
            .in_force(Kind::Assessment)
            .rev()
            .filter(|held| seen.insert(held.summary.organisation))
            .filter_map(|held| {
                let now = self.now(held).into_owned();
                let Facts::Assessment {
                    horizon,
                    mut factors,
                } = *now.facts?
                else {
                    return None;
                };
                factors.sort_by_key(|f| f.factor);
                Some(OrganisationRisk {
                    organisation: held.summary.organisation,
                    record: held.id,
                    created: held.summary.created,
                    judgement: now.title,
                    horizon,
                    factors,
                })
            })
            .collect();
        rows.sort_by_key(|row| row.organisation);
        rows
    }
}
