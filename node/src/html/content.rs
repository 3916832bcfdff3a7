//! What a page takes from a case: bounded, and the same wherever the same records are.

use super::{
    limits,
    map::Map,
    weeks::{Weeks, happened},
};
use focal_protocol::{
    id::{Hash, RecordId},
    record::{CaseState, CaseView, Tlp},
};
use std::collections::{BTreeMap, BTreeSet};

/// The content of a page.
pub(crate) struct Content {
    /// Rows of each table at most.
    pub(super) rows: usize,
    /// The narrowest label.
    pub(super) narrowest: Option<Tlp>,
    /// Records in all.
    pub(super) records: usize,
    /// The view hash of these records.
    pub(super) hash: Hash,
    /// The tables, of each the newest rows; the timeline without acknowledgements.
    pub(super) view: CaseView,
    /// Events that incidents report, each once.
    pub(super) events: u64,
    pub(super) weeks: Weeks,
    pub(super) map: Map,
    /// Records that have a row in the timeline.
    pub(super) in_timeline: BTreeSet<RecordId>,
    /// For each record that is shown, the one in whose words.
    pub(super) speakers: BTreeMap<RecordId, RecordId>,
}

impl Content {
    /// Takes at most `rows` rows for each table.
    pub(crate) fn of(state: &mut CaseState, rows: usize) -> Self {
        let rows = rows.clamp(1, limits::MOST_ROWS);
        let mut view = CaseView {
            timeline: state.reports(rows),
            totals: state.totals(),
            kinds: state.kinds(),
            displacement: state.displacement(rows),
            activities: state.activities(rows),
            requests: state.requests(rows),
            risks: state.risks(),
            designations: state.designations(rows),
            convenings: state.convenings(rows),
            alerts: state.alerts(rows),
        };
        // A newcomer's first question is what is new.
        view.timeline.reverse();
        view.alerts.reverse();
        let mut content = Self {
            rows,
            narrowest: state.narrowest(),
            records: state.len(),
            hash: state.hash(),
            events: state.counted().fold(0, |n, _| n + 1),
            weeks: Weeks::of(state.counted().map(|(_, now)| happened(&now))),
            map: Map::of(state),
            in_timeline: view.timeline.iter().map(|row| row.record).collect(),
            speakers: BTreeMap::new(),
            view,
        };
        let shown = content.ids();
        content.speakers = shown.into_iter().map(|id| (id, state.speaks(id))).collect();
        content
    }

    /// The records whose words are on the page: their languages are wanted.
    pub(crate) fn shown(&self) -> BTreeSet<RecordId> {
        let speakers = self.speakers.values().copied();
        // A corrected report also says what it said before.
        speakers.chain(self.in_timeline.iter().copied()).collect()
    }

    fn ids(&self) -> BTreeSet<RecordId> {
        let view = &self.view;
        let mut ids = self.in_timeline.clone();
        ids.extend(view.activities.iter().map(|row| row.record));
        ids.extend(view.requests.iter().map(|row| row.record));
        ids.extend(view.risks.iter().map(|row| row.record));
        ids.extend(view.alerts.iter().map(|row| row.record));
        ids.extend(view.displacement.iter().map(|row| row.record));
        for (record, positions) in view
            .designations
            .iter()
            .map(|row| (row.record, &row.positions))
            .chain(
                view.convenings
                    .iter()
                    .map(|row| (row.record, &row.positions)),
            )
        {
            ids.insert(record);
            ids.extend(positions.latest.iter().map(|row| row.record));
        }
        ids
    }

    /// What is said below a table that has not everything: it has the newest `shown` rows.
    pub(super) fn cut(&self, kind: &str, shown: usize) -> Option<String> {
        let all = self.view.kinds.get(kind).copied().unwrap_or_default();
        (shown >= self.rows && all > shown as u64).then(|| {
            let n = super::words::number;
            format!(
                "The newest {} are shown; {} were written, withdrawn ones among them.",
                n(shown as u64),
                n(all)
            )
        })
    }
}
