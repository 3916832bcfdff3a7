use super::{AUTHOR, CASE, FIRST_ROOT, NOW, compare, key, public};
use focal_protocol::{
    codec,
    id::OrgId,
    record::{CaseView, Draft, Record},
    signed::Signed,
    time::Time,
};
use serde_json::{Value, json};

pub(super) fn record(content: &Value, at: Time) -> Signed<Record> {
    let record = Draft::from_json(None, content)
        .and_then(|d| {
            d.into_record(
                CASE,
                public(AUTHOR),
                OrgId::of_root(&public(FIRST_ROOT)),
                at,
            )
        })
        .expect("a record");
    Signed::new(&record, &key(AUTHOR))
}

pub(super) fn incident() -> Signed<Record> {
    record(
        &json!({
            "kind": "incident",
            "title": "Market shelled in Lower Teres",
            "type": "attack-on-civilians",
            "description": "Two mortar rounds at 09:40.",
            "killed": "6/9/14",
            "injured": 20,
            "place": {"name": "Lower Teres", "country": "VR", "lat": 44.812, "lon": 21.377, "precision": "near"},
            "time": "2026-11-03",
            "grading": "B2",
            "verification": "alleged",
            "language": "en",
            "marking": "TLP:AMBER",
        }),
        NOW,
    )
}

#[test]
fn records_of_every_kind_and_the_view_of_them_are_as_written() {
    let incident = incident();
    let id = Record::id_of(&incident);
    let records = [
        incident,
        record(&json!({"kind": "note", "text": "تقرير 👩🏽‍⚕️"}), NOW.plus_ms(1)),
        record(
            &json!({"kind": "sitrep", "title": "Week 44", "type": "situation-information", "displaced": "400/550/700"}),
            NOW.plus_ms(2),
        ),
        record(
            &json!({
                "kind": "alert", "headline": "Convoy towards Orsk", "urgency": "immediate", "severity": "extreme",
                "certainty": "likely", "category": ["security"], "response_type": ["monitor"], "area": "Orsk",
            }),
            NOW.plus_ms(3),
        ),
        record(
            &json!({
                "kind": "correction", "record": id, "reason": "Hospital list.",
                "amended": {"kind": "incident", "title": "Market shelled in Lower Teres",
                            "type": "attack-on-civilians", "killed": 11},
            }),
            NOW.plus_ms(4),
        ),
        record(&json!({"kind": "ack", "record": id}), NOW.plus_ms(5)),
    ];
    let summaries = records.iter().map(|signed| {
        let record = signed.unverified().expect("readable");
        (Record::id_of(signed), record.summary())
    });
    let view = CaseView::from_summaries(summaries);
    let records: Vec<_> = records
        .iter()
        .map(|signed| {
            json!({
                "content": signed.unverified().expect("readable"),
                "body": hex::encode(signed.body()),
                "id": Record::id_of(signed),
                "packed": hex::encode(codec::encode_packed(signed)),
            })
        })
        .collect();
    compare(
        "records.json",
        &json!({
            "records in case order": records,
            "view": hex::encode(codec::encode(&view)),
            "view hash": view.hash(),
        }),
    );
}
