//! The 5W matrix: who does what, where, when, for whom.

use super::{Page, state::CaseState};
use crate::{
    id::{OrgId, RecordId},
    record::{ActivityStatus, Cluster, Edtf, Facts, Kind, Place, Responsibility},
};
use serde::{Deserialize, Serialize};

/// An activity, as corrected.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ActivityRow {
    /// The record.
    pub record: RecordId,
    /// The organisation that reports it.
    pub organisation: OrgId,
    /// Who does it, if it is another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub who: Option<String>,
    /// What is done.
    pub activity: String,
    /// In which cluster.
    pub cluster: Cluster,
    /// The area of responsibility.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub responsibility: Option<Responsibility>,
    /// Where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// First day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<Edtf>,
    /// Last day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<Edtf>,
    /// For whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub for_whom: Option<String>,
    /// People it is meant to reach.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub targeted: Option<u32>,
    /// People it has reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reached: Option<u32>,
    /// How far it is.
    pub status: ActivityStatus,
}

impl CaseState {
    /// A page of the activities that were not withdrawn, in case order.
    #[must_use]
    pub fn activities(&self, page: impl Into<Page>) -> Vec<ActivityRow> {
        let page = page.into();
        let rows = self.newest(Kind::Activity, &page).filter_map(|held| {
            let now = self.now(held).into_owned();
            let Facts::Activity {
                cluster,
                responsibility,
                who,
                end,
                for_whom,
                targeted,
                reached,
                status,
            } = *now.facts?
            else {
                return None;
            };
            Some(ActivityRow {
                record: held.id,
                organisation: held.summary.organisation,
                who,
                activity: now.title,
                cluster,
                responsibility,
                place: now.place.map(|place| *place),
                start: now.time,
                end,
                for_whom,
                targeted,
                reached,
                status,
            })
        });
        super::last(rows, page.count)
    }
}
