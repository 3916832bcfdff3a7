//! A case as its records show it: the same wherever the same records are.
//!
//! [`CaseState`] takes records one by one, in any order; each table is read from it when it is wanted. A [`CaseView`] is
//! all of them at one moment. In reading order: `state` (what is kept), `validity` (who may say it), `standing` (what has
//! become of a record), `following` (what is about it), `events` (what counts once), then the tables, `whole` (what is counted or
//! drawn from every record), `clock` (times that cannot be right), and `hash`.

mod activities;
mod alerts;
mod clock;
mod convenings;
mod designations;
mod displacement;
mod events;
mod following;
mod hash;
mod history;
mod order;
mod page;
mod positions;
mod releases;
mod requests;
mod risks;
mod standing;
mod state;
mod timeline;
mod validity;
mod whole;

pub use activities::ActivityRow;
pub use alerts::AlertRow;
pub use clock::ClockDoubt;
pub use convenings::ConveningRow;
pub use designations::DesignationRow;
pub use displacement::Displacement;
pub use history::{Step, StepKind};
pub use order::CaseOrder;
pub use page::Page;
pub use positions::{PositionRow, Positions};
pub use requests::{PledgeRow, RequestRow};
pub use risks::OrganisationRisk;
pub use standing::Standing;
pub use state::{CaseState, Placed};
pub use timeline::{Reading, TimelineEntry};
pub use validity::Invalid;

use super::Totals;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// All tables of a case.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct CaseView {
    /// Every record, in case order.
    pub timeline: Vec<TimelineEntry>,
    /// People counted in incidents: each event once, as corrected, nothing that was withdrawn or refuted.
    pub totals: Totals,
    /// Number of records by kind.
    pub kinds: BTreeMap<String, u64>,
    /// Displacement over time.
    pub displacement: Vec<Displacement>,
    /// Who does what, where, when, for whom.
    pub activities: Vec<ActivityRow>,
    /// Help wanted, offered, open.
    pub requests: Vec<RequestRow>,
    /// Organisations' assessments side by side.
    pub risks: Vec<OrganisationRisk>,
    /// Designations with positions.
    pub designations: Vec<DesignationRow>,
    /// Meetings with answers.
    pub convenings: Vec<ConveningRow>,
    /// Alerts with acknowledgements.
    pub alerts: Vec<AlertRow>,
}

impl CaseState {
    /// All tables, of each a page; where there is one row for each organisation, all of them.
    #[must_use]
    pub fn view(&self, page: impl Into<Page>) -> CaseView {
        let page = page.into();
        CaseView {
            timeline: self.timeline(page),
            totals: self.totals(),
            kinds: self.kinds(),
            displacement: self.displacement(page),
            activities: self.activities(page),
            requests: self.requests(page),
            risks: self.risks(),
            designations: self.designations(page),
            convenings: self.convenings(page),
            alerts: self.alerts(page),
        }
    }
}

/// The first `count` rows of those that come newest first, oldest first.
fn last<T>(newest_first: impl Iterator<Item = T>, count: usize) -> Vec<T> {
    let mut rows: Vec<T> = newest_first.take(count).collect();
    rows.reverse();
    rows
}

#[cfg(test)]
mod tests;
