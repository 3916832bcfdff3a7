//! Walks through a whole case, for what is counted or drawn from every record without a row for each.

use super::{
    state::{CaseState, Held},
    timeline::TimelineEntry,
};
use crate::{
    id::RecordId,
    record::{Kind, Summary, Tlp, Verification},
};
use std::borrow::Cow;

impl CaseState {
    /// The narrowest label of all records: what a page with any of them is marked with. None if there is no record.
    #[must_use]
    pub fn narrowest(&self) -> Option<Tlp> {
        self.records.values().map(|held| held.summary.tlp).min()
    }

    /// The last `count` rows of the timeline other than acknowledgements, oldest first.
    #[must_use]
    pub fn reports(&self, count: usize) -> Vec<TimelineEntry> {
        let rows = self.records.values().rev();
        let rows = rows.filter(|held| held.summary.kind != Kind::Ack);
        super::last(rows.map(|held| self.shown(held)), count)
    }

    /// The incidents that count, one for each event, as corrected, in case order. What was refuted is left out.
    pub fn counted(&self) -> impl Iterator<Item = (RecordId, Cow<'_, Summary>)> {
        self.in_force(Kind::Incident)
            .filter(|held| self.events.counts(&held.id))
            .map(|held| (held.id, self.now(held)))
            .filter(|(_, now)| now.verification != Some(Verification::Refuted))
    }

    /// What a map shows: everything that has a place, as corrected, in case order. Of incidents those that count; nothing
    /// that was withdrawn or refuted.
    pub fn placed(&self) -> impl Iterator<Item = (RecordId, Cow<'_, Summary>)> {
        self.records
            .values()
            .filter(|held| self.is_on_the_map(held))
            .map(|held| (held.id, self.now(held)))
            .filter(|(_, now)| {
                now.place.is_some() && now.verification != Some(Verification::Refuted)
            })
    }

    fn is_on_the_map(&self, held: &Held) -> bool {
        match held.summary.kind {
            Kind::Incident => self.events.counts(&held.id),
            kind => kind.can_be_amended() && self.withdrawn_by(held).is_none(),
        }
    }

    /// The record in whose words a record is shown now: its correction in force, else itself.
    #[must_use]
    pub fn speaks(&self, id: RecordId) -> RecordId {
        let correction = self.find(&id).and_then(|held| self.amended(held));
        correction.map_or(id, |(by, _)| by)
    }
}
