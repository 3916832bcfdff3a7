//! Help wanted, what was offered, and what is still open.

use super::{
    Page,
    state::{CaseState, Held},
};
use crate::{
    id::{OrgId, RecordId},
    record::{Capability, Edtf, Facts, Kind, Place},
};
use serde::{Deserialize, Serialize};

/// A request, as corrected, with what answers it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RequestRow {
    /// The record.
    pub record: RecordId,
    /// Who asks.
    pub organisation: OrgId,
    /// What kind of help.
    pub capability: Capability,
    /// How much.
    pub quantity: u32,
    /// Of what.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// By when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub needed_by: Option<Edtf>,
    /// What was offered, in case order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pledges: Vec<PledgeRow>,
    /// What was offered in all.
    pub pledged: u32,
    /// What nobody has offered yet.
    pub open: u32,
}

/// A pledge, as corrected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PledgeRow {
    /// The record.
    pub record: RecordId,
    /// Who offers.
    pub organisation: OrgId,
    /// How much.
    pub quantity: u32,
    /// From when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub available: Option<Edtf>,
}

impl CaseState {
    /// A page of the requests that were not withdrawn, in case order.
    #[must_use]
    pub fn requests(&self, page: impl Into<Page>) -> Vec<RequestRow> {
        let page = page.into();
        let rows = self.newest(Kind::Request, &page).filter_map(|held| {
            let now = self.now(held).into_owned();
            let Facts::Request {
                capability,
                quantity,
                unit,
                needed_by,
            } = *now.facts?
            else {
                return None;
            };
            let pledges: Vec<_> = self
                .about(held.id, Kind::Pledge)
                .filter_map(|pledge| self.pledge(pledge))
                .collect();
            let pledged = pledges
                .iter()
                .fold(0u32, |sum, p| sum.saturating_add(p.quantity));
            Some(RequestRow {
                record: held.id,
                organisation: held.summary.organisation,
                capability,
                quantity,
                unit,
                place: now.place.map(|place| *place),
                needed_by,
                pledges,
                pledged,
                open: quantity.saturating_sub(pledged),
            })
        });
        super::last(rows, page.count)
    }

    fn pledge(&self, held: &Held) -> Option<PledgeRow> {
        if self.withdrawn_by(held).is_some() {
            return None;
        }
        match *self.now(held).into_owned().facts? {
            Facts::Pledge {
                quantity,
                available,
            } => Some(PledgeRow {
                record: held.id,
                organisation: held.summary.organisation,
                quantity,
                available,
            }),
            _ => None,
        }
    }
}
