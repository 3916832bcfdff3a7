use super::{AUTHOR, CASE, FIRST_ROOT, NOW, compare, key, log, public};
use focal_protocol::{
    codec,
    directory::Role,
    id::OrgId,
    record::{CaseOrder, CaseState, Draft, Record},
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
    let id_of = |content: &Value, ms: u64| {
        let signed = record(content, NOW.plus_ms(ms));
        (Record::id_of(&signed), signed)
    };
    let (request_id, request) = id_of(
        &json!({
            "kind": "request", "capability": "monitors", "quantity": 12, "unit": "ceasefire monitors",
            "place": "Lower Teres", "needed_by": "2026-11-08",
        }),
        6,
    );
    let (designation_id, designation) = id_of(
        &json!({
            "kind": "designation", "subject": "person", "name": "Commander of the Orsk militia",
            "aliases": ["The Miller"], "birth_date": "1971-04", "nationalities": ["VR"],
            "identifiers": ["passport X123456"], "grounds": "Ordered the shelling.",
            "measures": ["visa-ban", "asset-freeze"], "evidence": [id],
        }),
        8,
    );
    let (mistaken_id, mistaken) = id_of(&json!({"kind": "note", "text": "Wrong case."}), 11);
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
        request,
        record(
            &json!({"kind": "pledge", "request": request_id, "quantity": 8, "available": "2026-11-06"}),
            NOW.plus_ms(7),
        ),
        designation,
        record(
            &json!({
                "kind": "position", "record": designation_id, "stand": "imposed", "date": "2026-11-10", "act": "Decree 7",
            }),
            NOW.plus_ms(9),
        ),
        record(
            &json!({
                "kind": "assessment", "judgement": "Attacks on civilians are likely.", "horizon": 3,
                "factors": [{"factor": 7, "level": 4, "trend": "rising", "evidence": [id], "comment": "Militia musters."}, "8 3"],
            }),
            NOW.plus_ms(10),
        ),
        mistaken,
        record(
            &json!({"kind": "retraction", "record": mistaken_id, "reason": "It belongs to another case."}),
            NOW.plus_ms(12),
        ),
        record(
            &json!({
                "kind": "activity", "activity": "Protection presence", "cluster": "protection",
                "responsibility": "gender-based-violence", "place": "Lower Teres", "start": "2026-11-04",
                "for_whom": "displaced families", "targeted": 550, "status": "ongoing",
            }),
            NOW.plus_ms(13),
        ),
        record(
            &json!({
                "kind": "convening", "title": "Call of focal points", "start": "2026-11-04T14:00:00Z",
                "end": "2026-11-04T15:00:00Z", "link": "https://meet.example", "agenda": "Orsk province.",
                "invited": [OrgId::of_root(&public(FIRST_ROOT))],
            }),
            NOW.plus_ms(14),
        ),
    ];
    let mut state = CaseState::from_records(records.iter().zip(0..).map(|(signed, seq)| {
        let record = signed.unverified().expect("readable");
        let order = CaseOrder {
            lamport: 60 + seq,
            log: log(),
            seq,
        };
        // The author is taken for a focal point.
        (
            order,
            Record::id_of(signed),
            record.summary().by(Role::FocalPoint),
        )
    }));
    let view = state.view(usize::MAX);
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
            "first lamport": 60,
            "timeline": hex::encode(codec::encode(&view.timeline)),
            "view hash": state.hash(),
        }),
    );
}
