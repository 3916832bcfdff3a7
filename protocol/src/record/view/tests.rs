use super::*;
use crate::{
    id::CaseId,
    record::{Draft, Record},
};
use serde_json::{Value, json};

fn record(org: u8, created: u64, content: &Value) -> (RecordId, Summary) {
    let record: Record = Draft::from_json(None, content)
        .and_then(|d| {
            d.into_record(
                CaseId([0; 32]),
                PublicKey([org; 32]),
                OrgId([org; 32]),
                Time(created),
            )
        })
        .expect("a record");
    let id = RecordId(Hash::of(&[&codec::encode(&record)]).0);
    (id, record.summary())
}

fn incident(org: u8, created: u64, killed: &str) -> (RecordId, Summary) {
    record(
        org,
        created,
        &json!({"kind": "incident", "type": "killing", "title": "market", "killed": killed}),
    )
}

fn correction(org: u8, created: u64, of: RecordId, killed: &str) -> (RecordId, Summary) {
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

#[test]
fn a_corrected_incident_counts_once_with_its_amended_numbers() {
    let first = incident(1, 1, "6/9/14");
    let second = correction(1, 2, first.0, "11");
    let third = correction(1, 3, second.0, "12");
    let view = CaseView::from_summaries([first.clone(), second.clone()]);
    assert_eq!(view.totals.killed.to_string(), "11");
    assert_eq!(view.timeline[0].superseded_by, Some(second.0));
    let view = CaseView::from_summaries([first, second, third.clone()]);
    assert_eq!(view.totals.killed.to_string(), "12");
    assert_eq!(view.timeline[0].superseded_by, Some(third.0));
    let now = view.timeline[0].now.as_ref().expect("amended");
    assert_eq!(now.grading.map(|g| g.to_string()).as_deref(), Some("B2"));
}

#[test]
fn only_the_same_organisation_corrects_a_record() {
    let first = incident(1, 1, "9");
    let foreign = correction(2, 2, first.0, "0");
    let view = CaseView::from_summaries([first, foreign]);
    assert_eq!(view.totals.killed.to_string(), "9");
    assert_eq!(view.timeline[0].superseded_by, None);
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
    let view = CaseView::from_summaries([first, again, other]);
    assert_eq!(view.totals.killed.best, Some(12));
}

#[test]
fn acknowledgements_stand_with_what_was_read() {
    let alert = record(
        1,
        1,
        &json!({"kind": "alert", "headline": "attack expected", "urgency": "expected", "severity": "extreme", "certainty": "likely"}),
    );
    let ack = record(2, 2, &json!({"kind": "ack", "record": alert.0.to_string()}));
    let view = CaseView::from_summaries([alert, ack]);
    assert_eq!(
        view.timeline[0].acknowledged[0].organisation,
        OrgId([2; 32])
    );
    assert_eq!(view.kinds["ack"], 1);
}

#[test]
fn a_circle_of_corrections_ends() {
    let a = correction(1, 1, RecordId([9; 32]), "1");
    let mut b = correction(1, 2, a.0, "2");
    let mut a = a;
    a.1.target = Some(b.0);
    b.1.target = Some(a.0);
    let view = CaseView::from_summaries([a, b]);
    assert!(view.totals.is_empty());
}

proptest::proptest! {
    #[test]
    fn the_same_records_in_case_order_give_the_same_view(killed in proptest::collection::vec(0u32..50, 1..20)) {
        let records: Vec<_> = killed.iter().enumerate()
            .map(|(i, n)| incident(1, i as u64, &n.to_string()))
            .collect();
        let a = CaseView::from_summaries(records.clone());
        let b = CaseView::from_summaries(records);
        proptest::prop_assert_eq!(a.hash(), b.hash());
        proptest::prop_assert_eq!(a.totals.killed.best, Some(killed.iter().sum()));
    }
}
