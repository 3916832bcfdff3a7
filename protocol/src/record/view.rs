//! A case as its records show it: the same wherever the same records are.

use super::{Kind, Summary, Totals};
use crate::{
    codec,
    id::{Hash, OrgId, RecordId},
    key::PublicKey,
    time::Time,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Somebody has read a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// Who.
    pub author: PublicKey,
    /// For which organisation.
    pub organisation: OrgId,
    /// When, by their clock.
    pub at: Time,
}

/// A record in the timeline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TimelineEntry {
    /// The record.
    pub record: RecordId,
    /// What it said when it was written.
    pub summary: Summary,
    /// The correction in force, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub superseded_by: Option<RecordId>,
    /// What it says now, if it was corrected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub now: Option<Summary>,
    /// Who has read it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub acknowledged: Vec<Reading>,
}

/// A case as its records show it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct CaseView {
    /// Every record, in case order.
    pub timeline: Vec<TimelineEntry>,
    /// People counted in incidents, each event once, with corrections.
    pub totals: Totals,
    /// Number of records by kind.
    pub kinds: BTreeMap<String, u64>,
}

impl CaseView {
    /// From summaries in case order.
    #[must_use]
    pub fn from_summaries(records: impl IntoIterator<Item = (RecordId, Summary)>) -> Self {
        let mut timeline: Vec<TimelineEntry> = Vec::new();
        let mut index: BTreeMap<RecordId, usize> = BTreeMap::new();
        for (record, summary) in records {
            if index.contains_key(&record) {
                continue;
            }
            index.insert(record, timeline.len());
            timeline.push(TimelineEntry {
                record,
                summary,
                superseded_by: None,
                now: None,
                acknowledged: Vec::new(),
            });
        }
        let mut kinds = BTreeMap::new();
        for at in 0..timeline.len() {
            let Some((record, summary)) = timeline.get(at).map(|e| (e.record, e.summary.clone()))
            else {
                continue;
            };
            *kinds.entry(summary.kind.to_string()).or_insert(0) += 1;
            let Some(target) = amended_record(&timeline, &index, &summary) else {
                continue;
            };
            let Some(entry) = timeline.get_mut(target) else {
                continue;
            };
            match (summary.kind, &summary.amended) {
                (Kind::Correction, Some(amended))
                    if amended.kind == entry.summary.kind
                        && summary.organisation == entry.summary.organisation =>
                {
                    let before = entry.now.as_ref().unwrap_or(&entry.summary);
                    let mut now = (**amended).clone();
                    // What a correction does not grade anew keeps its grading.
                    now.grading = now.grading.or(before.grading);
                    now.verification = now.verification.or(before.verification);
                    now.same_event_as = entry.summary.same_event_as.clone();
                    entry.now = Some(now);
                    entry.superseded_by = Some(record);
                }
                (Kind::Ack, _) => entry.acknowledged.push(Reading {
                    author: summary.author,
                    organisation: summary.organisation,
                    at: summary.created,
                }),
                _ => {}
            }
        }
        let totals = totals(&timeline, &index);
        Self {
            timeline,
            totals,
            kinds,
        }
    }

    /// SHA-256 of the view's CBOR: equal on nodes that hold the same records.
    #[must_use]
    pub fn hash(&self) -> Hash {
        Hash::of(&[b"focal/case-view/1\0", &codec::encode(self)])
    }
}

/// The entry that a correction or an acknowledgement is about. A correction of a correction amends the record that the
/// first one amended.
fn amended_record(
    timeline: &[TimelineEntry],
    index: &BTreeMap<RecordId, usize>,
    summary: &Summary,
) -> Option<usize> {
    let mut target = *index.get(&summary.target?)?;
    if summary.kind != Kind::Correction {
        return Some(target);
    }
    // Chains are short; a circle is cut off.
    for _ in 0..timeline.len() {
        let entry = timeline.get(target)?;
        if entry.summary.kind != Kind::Correction {
            return Some(target);
        }
        target = *index.get(&entry.summary.target?)?;
    }
    None
}

/// Sums of incidents: of records that report the same event, the latest in case order counts.
fn totals(timeline: &[TimelineEntry], index: &BTreeMap<RecordId, usize>) -> Totals {
    // Each record points to the first one of its event; links are followed both ways by walking in case order.
    let mut event: Vec<usize> = (0..timeline.len()).collect();
    fn first(event: &[usize], mut at: usize) -> usize {
        while let Some(next) = event.get(at).copied().filter(|next| *next != at) {
            at = next;
        }
        at
    }
    for (at, entry) in timeline.iter().enumerate() {
        for other in entry
            .summary
            .same_event_as
            .iter()
            .filter_map(|r| index.get(r))
        {
            let (a, b) = (first(&event, at), first(&event, *other));
            if let Some(slot) = event.get_mut(a.max(b)) {
                *slot = a.min(b);
            }
        }
    }
    let mut sum = Totals::default();
    let mut counted = BTreeSet::new();
    for (at, entry) in timeline.iter().enumerate().rev() {
        let now = entry.now.as_ref().unwrap_or(&entry.summary);
        if now.kind == Kind::Incident && counted.insert(first(&event, at)) {
            sum = sum.plus(&now.counts);
        }
    }
    sum
}

#[cfg(test)]
mod tests;
