//! Alerts, and who has acknowledged each.

use super::{Page, state::CaseState, timeline::Reading};
use crate::{
    id::{OrgId, RecordId},
    record::{Facts, Kind, Place},
    time::Time,
};
use serde::{Deserialize, Serialize};

/// An alert, as corrected.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AlertRow {
    /// The record.
    pub record: RecordId,
    /// Who warns.
    pub organisation: OrgId,
    /// When it was written.
    pub created: Time,
    /// What threatens.
    pub headline: String,
    /// Severity, urgency and certainty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub area: Option<Place>,
    /// Until when it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Time>,
    /// Who has acknowledged it, each person once. Organisations of the case that are not here have not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub acknowledged: Vec<Reading>,
}

impl CaseState {
    /// A page of the alerts that were not withdrawn, in case order.
    #[must_use]
    pub fn alerts(&self, page: impl Into<Page>) -> Vec<AlertRow> {
        let page = page.into();
        let rows = self.newest(Kind::Alert, &page).map(|held| {
            let now = self.now(held).into_owned();
            AlertRow {
                record: held.id,
                organisation: held.summary.organisation,
                created: held.summary.created,
                headline: now.title,
                detail: now.detail,
                area: now.place.map(|place| *place),
                expires: match now.facts.as_deref() {
                    Some(Facts::Alert { expires }) => *expires,
                    _ => None,
                },
                acknowledged: self.readings(held.id),
            }
        });
        super::last(rows, page.count)
    }
}
