use super::*;
use crate::{
    codec,
    directory::Role,
    id::{CaseId, Hash, LogId, OrgId, RecordId},
    key::PublicKey,
    record::{Draft, Record, Summary},
    time::Time,
};
use serde_json::{Value, json};

mod clock;
mod history;
mod pages;
mod releases;
mod same_everywhere;
mod standing;
mod tables;
mod validity;

type Made = (RecordId, Summary);

/// A record of the focal point of organisation `org`; its clock also gives its place in the case.
fn record(org: u8, created: u64, content: &Value) -> Made {
    record_by(org, org, Role::FocalPoint, created, content)
}

/// A record by somebody of organisation `org`.
fn record_by(org: u8, author: u8, role: Role, created: u64, content: &Value) -> Made {
    let record: Record = Draft::from_json(None, content)
        .and_then(|d| {
            d.into_record(
                CaseId([0; 32]),
                PublicKey([author; 32]),
                OrgId([org; 32]),
                Time(created),
            )
        })
        .expect("a record");
    let id = RecordId(Hash::of(&[&codec::encode(&record)]).0);
    (id, record.summary().by(role))
}

fn incident(org: u8, created: u64, killed: &str) -> Made {
    record(
        org,
        created,
        &json!({"kind": "incident", "type": "killing", "title": "market", "killed": killed}),
    )
}

fn correction(org: u8, created: u64, of: RecordId, killed: &str) -> Made {
    record(
        org,
        created,
        &json!({
            "kind": "correction", "record": of.to_string(), "reason": "hospital list",
            "amended": {"kind": "incident", "type": "killing", "title": "market", "killed": killed},
            "amended_grading": "B2",
        }),
    )
}

fn retraction(org: u8, created: u64, of: RecordId) -> Made {
    record(
        org,
        created,
        &json!({"kind": "retraction", "record": of.to_string(), "reason": "a mistake"}),
    )
}

fn same_event(org: u8, created: u64, of: &[RecordId], killed: &str) -> Made {
    let refs: Vec<_> = of.iter().map(|id| format!("same-event-as {id}")).collect();
    record(
        org,
        created,
        &json!({"kind": "incident", "type": "killing", "title": "the same", "killed": killed, "refs": refs}),
    )
}

fn at(place: u64) -> CaseOrder {
    CaseOrder {
        lamport: place * 20,
        log: LogId([1; 16]),
        seq: place,
    }
}

fn placed(records: impl IntoIterator<Item = Made>) -> Vec<(CaseOrder, RecordId, Summary)> {
    let placed = records.into_iter();
    placed.map(|(id, s)| (at(s.created.0), id, s)).collect()
}

fn state(records: impl IntoIterator<Item = Made>) -> CaseState {
    CaseState::from_records(placed(records))
}

fn view(records: impl IntoIterator<Item = Made>) -> CaseView {
    state(records).view(usize::MAX)
}

fn killed(records: impl IntoIterator<Item = Made>) -> String {
    state(records).totals().killed.to_string()
}

#[test]
fn a_corrected_incident_counts_once_with_its_amended_numbers() {
    let first = incident(1, 1, "6/9/14");
    let second = correction(1, 2, first.0, "11");
    let third = correction(1, 3, second.0, "12");
    let shown = view([first.clone(), second.clone()]);
    assert_eq!(shown.totals.killed.to_string(), "11");
    assert_eq!(shown.timeline[0].superseded_by, Some(second.0));
    let shown = view([first, second, third.clone()]);
    assert_eq!(shown.totals.killed.to_string(), "12");
    assert_eq!(shown.timeline[0].superseded_by, Some(third.0));
    let now = shown.timeline[0].now.as_ref().expect("amended");
    assert_eq!(now.grading.map(|g| g.to_string()).as_deref(), Some("B2"));
}

#[test]
fn only_the_same_organisation_corrects_a_record() {
    let first = incident(1, 1, "9");
    let foreign = correction(2, 2, first.0, "0");
    let shown = view([first, foreign]);
    assert_eq!(shown.totals.killed.to_string(), "9");
    assert_eq!(shown.timeline[0].superseded_by, None);
}

#[test]
fn records_of_the_same_event_count_once() {
    let first = incident(1, 1, "9");
    let again = record(
        2,
        2,
        &json!({
            "kind": "incident", "type": "killing", "title": "the same", "killed": "10",
            "refs": [format!("same-event-as {}", first.0)],
        }),
    );
    let other = incident(1, 3, "2");
    let shown = view([first, again, other]);
    assert_eq!(shown.totals.killed.best, Some(12));
}

#[test]
fn acknowledgements_stand_with_what_was_read() {
    let alert = record(
        1,
        1,
        &json!({"kind": "alert", "headline": "attack expected", "urgency": "expected", "severity": "extreme", "certainty": "likely"}),
    );
    let ack = record(2, 2, &json!({"kind": "ack", "record": alert.0.to_string()}));
    let shown = view([alert, ack]);
    assert_eq!(
        shown.timeline[0].acknowledged[0].organisation,
        OrgId([2; 32])
    );
    assert_eq!(shown.kinds["ack"], 1);
}

#[test]
fn a_circle_of_corrections_ends() {
    let a = correction(1, 1, RecordId([9; 32]), "1");
    let mut b = correction(1, 2, a.0, "2");
    let mut a = a;
    a.1.target = Some(b.0);
    b.1.target = Some(a.0);
    assert!(view([a.clone(), b.clone()]).totals.is_empty());
    assert!(view([b, a]).totals.is_empty());
}

#[test]
fn a_link_holds_both_ways_and_through_others() {
    let (a, b, c) = (
        incident(1, 1, "3"),
        incident(2, 2, "5"),
        incident(3, 3, "7"),
    );
    let link = same_event(4, 4, &[a.0, b.0], "6");
    assert_eq!(killed([a.clone(), b.clone(), c.clone()]), "15");
    assert_eq!(
        killed([a.clone(), b.clone(), c.clone(), link.clone()]),
        "13"
    );
    let withdrawn = retraction(4, 5, link.0);
    assert_eq!(killed([a, b, c, link, withdrawn]), "15");
}

#[test]
fn what_was_withdrawn_counts_nowhere_and_is_shown_as_withdrawn() {
    let (a, b) = (incident(1, 1, "3"), incident(1, 2, "5"));
    let foreign = retraction(2, 3, a.0);
    assert_eq!(killed([a.clone(), b.clone(), foreign.clone()]), "8");
    let own = retraction(1, 4, a.0);
    let shown = view([a.clone(), b.clone(), foreign, own.clone()]);
    assert_eq!(shown.totals.killed.to_string(), "5");
    assert_eq!(shown.timeline[0].withdrawn_by, Some(own.0));
    assert_eq!(shown.timeline[1].withdrawn_by, None);
    // It stays withdrawn: a retraction is not taken back.
    let back = retraction(1, 5, own.0);
    assert_eq!(killed([a, b, own, back]), "5");
}

#[test]
fn a_withdrawn_correction_leaves_what_stood_before() {
    let first = incident(1, 1, "9");
    let (second, third) = (
        correction(1, 2, first.0, "11"),
        correction(1, 3, first.0, "20"),
    );
    let all = [
        first.clone(),
        second.clone(),
        third.clone(),
        retraction(1, 4, third.0),
    ];
    let shown = view(all);
    assert_eq!(shown.totals.killed.to_string(), "11");
    assert_eq!(shown.timeline[0].superseded_by, Some(second.0));
    assert_eq!(killed([first, second, third]), "20");
}

#[test]
fn what_was_found_to_be_untrue_counts_nothing() {
    let first = incident(1, 1, "9");
    let refuted = record(
        1,
        2,
        &json!({
            "kind": "correction", "record": first.0.to_string(), "reason": "it did not happen",
            "amended": {"kind": "incident", "type": "killing", "title": "market", "killed": 9},
            "amended_verification": "refuted",
        }),
    );
    assert_eq!(killed([first.clone()]), "9");
    assert!(view([first, refuted]).totals.is_empty());
}
