//! What records say now: as their own organisations have corrected them, without what was withdrawn (SPEC, section 5).

use super::{Permitted, marking_text::narrower};
use focal_protocol::{
    id::RecordId,
    record::{Body, Grading, Marking, Record, Verification},
    time::Time,
};
use std::collections::HashMap;

/// A record as it stands.
#[derive(Debug, Clone)]
pub(super) struct Standing<'a> {
    pub(super) permitted: &'a Permitted,
    /// What it says now.
    pub(super) body: &'a Body,
    pub(super) grading: Option<Grading>,
    pub(super) verification: Option<Verification>,
    /// Its conditions and those of its correction.
    pub(super) marking: Marking,
    /// The correction that says it.
    pub(super) corrected_by: Option<RecordId>,
    /// How many corrections there were.
    pub(super) corrections: u32,
    /// When it was written or last corrected.
    pub(super) changed: Time,
}

impl<'a> Standing<'a> {
    pub(super) fn record(&self) -> &'a Record {
        &self.permitted.record
    }
}

/// All records that are not corrections or retractions and were not withdrawn, in the order given, which is the case's.
pub(super) fn standing(records: &[Permitted]) -> Vec<Standing<'_>> {
    let by_id: HashMap<RecordId, &Permitted> = records.iter().map(|p| (p.id, p)).collect();
    let same_org = |a: &Permitted, b: &Permitted| a.record.organisation == b.record.organisation;
    let withdrawn = withdrawn(records);
    let originals = Originals::of(records);
    // The last one in case order that holds; a correction of a correction amends what the first amended.
    let mut corrections: HashMap<RecordId, (&Permitted, u32)> = HashMap::new();
    for permitted in records.iter().filter(|p| !withdrawn.contains_key(&p.id)) {
        let Body::Correction(correction) = &permitted.record.body else {
            continue;
        };
        let amended = &correction.amended;
        let target = by_id.get(&originals.find(permitted)).copied();
        if let Some(target) = target
            && same_org(permitted, target)
            && amended.kind() == target.record.kind()
        {
            let count = corrections.get(&target.id).map_or(0, |(_, n)| *n);
            corrections.insert(target.id, (permitted, count + 1));
        }
    }
    let mut result = Vec::new();
    for permitted in records {
        let record = &permitted.record;
        let about_others = matches!(record.body, Body::Correction(_) | Body::Retraction(_));
        if about_others || withdrawn.contains_key(&permitted.id) {
            continue;
        }
        let correction = corrections.get(&permitted.id).map(|(c, _)| *c);
        let (mut body, mut marking) = (&record.body, record.marking.clone());
        let (mut grading, mut verification) = (record.grading, record.verification);
        if let Some(by) = correction
            && let Body::Correction(correction) = &by.record.body
        {
            body = &correction.amended;
            grading = correction.amended_grading.or(grading);
            verification = correction.amended_verification.or(verification);
            marking = narrower(&marking, &by.record.marking);
        }
        result.push(Standing {
            permitted,
            body,
            grading,
            verification,
            marking,
            corrected_by: correction.map(|c| c.id),
            corrections: corrections.get(&permitted.id).map_or(0, |(_, n)| *n),
            changed: correction.map_or(record.created, |c| c.record.created),
        });
    }
    result
}

/// Records of which their own organisations have written retractions.
pub(super) fn withdrawn(records: &[Permitted]) -> HashMap<RecordId, &Permitted> {
    let by_id: HashMap<RecordId, &Permitted> = records.iter().map(|p| (p.id, p)).collect();
    let mut withdrawn = HashMap::new();
    for permitted in records {
        if let Body::Retraction(retraction) = &permitted.record.body
            && let Some(target) = by_id.get(&retraction.record)
            && target.record.organisation == permitted.record.organisation
        {
            withdrawn.insert(target.id, permitted);
        }
    }
    withdrawn
}

/// What corrections and retractions are about in the end.
pub(super) struct Originals(HashMap<RecordId, RecordId>);

impl Originals {
    /// Of records in any order.
    pub(super) fn of(records: &[Permitted]) -> Self {
        let links = records.iter().filter_map(|permitted| {
            let Body::Correction(correction) = &permitted.record.body else {
                return None;
            };
            Some((permitted.id, correction.record))
        });
        let mut found: HashMap<RecordId, RecordId> = links.collect();
        for permitted in records {
            let (mut passed, mut at) = (Vec::new(), permitted.id);
            // Ids are hashes of what names them: no circle can be made.
            while let Some(next) = found.get(&at) {
                passed.push(at);
                at = *next;
            }
            // So that no chain is walked twice.
            found.extend(passed.into_iter().map(|id| (id, at)));
        }
        Self(found)
    }

    /// The record that a correction amends, however many corrections lie between, or that a retraction withdraws a version
    /// of; of any other record, itself.
    pub(super) fn find(&self, permitted: &Permitted) -> RecordId {
        let id = match &permitted.record.body {
            Body::Retraction(retraction) => retraction.record,
            _ => permitted.id,
        };
        self.0.get(&id).copied().unwrap_or(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::tests_support::{Case, note_text};
    use serde_json::json;

    #[test]
    fn the_last_correction_that_holds_speaks_and_what_was_withdrawn_is_silent() {
        let mut case = Case::default();
        let first = case.add(1, &json!({"kind": "note", "text": "one"}));
        let gone = case.add(1, &json!({"kind": "note", "text": "two"}));
        let amend = |record: RecordId, text: &str| {
            json!({"kind": "correction", "record": record, "reason": "r", "amended": {"kind": "note", "text": text},
                   "amended_grading": "B2", "marking": "TLP:RED"})
        };
        let once = case.add(1, &amend(first, "corrected"));
        case.add(2, &amend(first, "by another organisation"));
        case.add(1, &amend(once, "corrected twice"));
        let undone = case.add(1, &amend(first, "undone"));
        for target in [gone, undone] {
            case.add(
                1,
                &json!({"kind": "retraction", "record": target, "reason": "r"}),
            );
        }
        case.add(
            2,
            &json!({"kind": "retraction", "record": first, "reason": "not theirs"}),
        );
        let now = standing(&case.records);
        assert_eq!(now.len(), 1);
        assert_eq!(note_text(now[0].body), "corrected twice");
        assert_eq!(now[0].grading.map(|g| g.to_string()).as_deref(), Some("B2"));
        assert_eq!(now[0].marking.tlp.as_str(), "TLP:RED");
    }
}
