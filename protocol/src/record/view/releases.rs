//! What originators have agreed to: a note asks, a position of the originator answers.

use super::state::CaseState;
use crate::{
    id::{OrgId, RecordId},
    record::{Audience, Facts, Kind, Stand},
};

impl CaseState {
    /// To whom `asker` may hand a record on with its originator's agreement.
    ///
    /// Counted is a note of the asker's organisation that asks for it and was not withdrawn, if the originator's latest
    /// position on the note concurs, without reservation.
    #[must_use]
    pub fn released(&self, record: &RecordId, asker: &OrgId) -> Vec<Audience> {
        let Some(held) = self.find(record) else {
            return Vec::new();
        };
        let originator = held.summary.organisation;
        let mut agreed: Vec<Audience> = self
            .about(*record, Kind::Note)
            .filter(|note| note.summary.organisation == *asker && self.withdrawn_by(note).is_none())
            .filter_map(|note| match note.summary.facts.as_deref() {
                Some(Facts::Release { to }) => Some((note.id, *to)),
                _ => None,
            })
            .filter(|(note, _)| {
                let positions = self.positions(*note);
                let mut latest = positions.latest.iter();
                latest.any(|p| p.organisation == originator && p.stand == Stand::Concur)
            })
            .map(|(_, to)| to)
            .collect();
        agreed.sort_unstable();
        agreed.dedup();
        agreed
    }
}
