//! Meetings, and who comes.

use super::{Page, positions::Positions, state::CaseState};
use crate::{
    id::{OrgId, RecordId},
    record::{Facts, Kind, Place},
    time::Time,
};
use serde::{Deserialize, Serialize};

/// A convening, as corrected.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConveningRow {
    /// The record.
    pub record: RecordId,
    /// Who convenes.
    pub organisation: OrgId,
    /// What it is about.
    pub title: String,
    /// When it begins.
    pub start: Time,
    /// When it ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<Time>,
    /// Where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// Where on the net.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// Who is invited; all of the case if it is empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub invited: Vec<OrgId>,
    /// The answers: who concurs comes.
    #[serde(flatten)]
    pub positions: Positions,
}

impl CaseState {
    /// A page of the convenings that were not withdrawn, in case order.
    #[must_use]
    pub fn convenings(&self, page: impl Into<Page>) -> Vec<ConveningRow> {
        let page = page.into();
        let rows = self.newest(Kind::Convening, &page).filter_map(|held| {
            let now = self.now(held).into_owned();
            match *now.facts? {
                Facts::Convening {
                    start,
                    end,
                    link,
                    invited,
                } => Some(ConveningRow {
                    record: held.id,
                    organisation: held.summary.organisation,
                    title: now.title,
                    start,
                    end,
                    place: now.place.map(|place| *place),
                    link,
                    invited,
                    positions: self.positions(held.id),
                }),
                _ => None,
            }
        });
        super::last(rows, page.count)
    }
}
