//! Designations, and where the organisations stand on each.

use super::{Page, positions::Positions, state::CaseState};
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
    /// A page of the designations that were not withdrawn, in case order.
    #[must_use]
    pub fn designations(&self, page: impl Into<Page>) -> Vec<DesignationRow> {
        let page = page.into();
        let rows = self.newest(Kind::Designation, &page).filter_map(|held| {
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
        super::last(rows, page.count)
    }
}
