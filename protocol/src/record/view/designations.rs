//! Designations, and where the organisations stand on each.

use super::{positions::Positions, state::CaseState};
use crate::{
    id::{OrgId, RecordId},
    record::{Facts, Kind, Measure, Subject},
};
use serde::{Deserialize, Serialize};

/// A designation, as corrected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DesignationRow {
    /// The record.
    pub record: RecordId,
    /// Who proposes it.
    pub organisation: OrgId,
    /// What is designated.
    pub subject: Subject,
    /// Its name.
    pub name: String,
    /// What is to be done.
    pub measures: Vec<Measure>,
    /// Where the organisations stand.
    #[serde(flatten)]
    pub positions: Positions,
}

impl CaseState {
    /// The last `count` designations that were not withdrawn, in case order.
    #[must_use]
    pub fn designations(&self, count: usize) -> Vec<DesignationRow> {
        let rows = self.in_force(Kind::Designation).rev().filter_map(|held| {
            let now = self.now(held).into_owned();
            match *now.facts? {
                Facts::Designation { subject, measures } => Some(DesignationRow {
                    record: held.id,
                    organisation: held.summary.organisation,
                    subject,
                    name: now.title,
                    measures,
                    positions: self.positions(held.id),
                }),
                _ => None,
            }
        });
        super::last(rows, count)
    }
}
