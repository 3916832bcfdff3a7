//! Where the organisations stand on a record.

use super::state::{CaseState, Held};
use crate::{
    id::{OrgId, RecordId},
    record::{Edtf, Facts, Kind, Stand},
    time::Time,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// An organisation's stand on a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PositionRow {
    /// The record that says so.
    pub record: RecordId,
    /// The organisation.
    pub organisation: OrgId,
    /// When it was written.
    pub created: Time,
    /// The stand.
    pub stand: Stand,
    /// Since when measures are imposed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Edtf>,
    /// By which act.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub act: Option<String>,
    /// The beginning of the comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// All positions on one record.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Positions {
    /// The latest of each organisation, in order of their ids: these count.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub latest: Vec<PositionRow>,
    /// Those that a later one of the same organisation has replaced, in case order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier: Vec<PositionRow>,
}

impl CaseState {
    /// The positions on a record.
    pub(super) fn positions(&self, id: RecordId) -> Positions {
        let mut seen = BTreeSet::new();
        let mut positions = Positions::default();
        let valid = |held: &&Held| self.invalid(held).is_none();
        for held in self.about(id, Kind::Position).rev().filter(valid) {
            let summary = &held.summary;
            let Some(Facts::Position {
                stand,
                date,
                act,
                comment,
            }) = summary.facts.as_deref()
            else {
                continue;
            };
            let row = PositionRow {
                record: held.id,
                organisation: summary.organisation,
                created: summary.created,
                stand: *stand,
                date: date.clone(),
                act: act.clone(),
                comment: comment.clone(),
            };
            if seen.insert(summary.organisation) {
                positions.latest.push(row);
            } else {
                positions.earlier.push(row);
            }
        }
        positions.latest.sort_by_key(|row| row.organisation);
        positions.earlier.reverse();
        positions
    }
}
