use super::*;
use crate::exchange::{
    Format,
    tests_support::{Case, line, prose},
};
use proptest::prelude::*;
use serde_json::json;

/// Folded lines joined again (RFC 5545, section 3.1).
fn unfolded(text: &str) -> String {
    text.replace("\r\n ", "")
}

fn value(text: &str, name: &str) -> String {
    let text = unfolded(text);
    let line = text
        .lines()
        .find(|l| l.split([':', ';']).next() == Some(name));
    line.and_then(|l| l.split_once(':'))
        .map(|(_, v)| v.to_string())
        .unwrap_or_default()
}

fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (c, c == '\\') {
            (_, true) => match chars.next() {
                Some('n' | 'N') => out.push('\n'),
                Some(other) => out.push(other),
                None => {}
            },
            (c, _) => out.push(c),
        }
    }
    out
}

fn convening() -> serde_json::Value {
    json!({"kind": "convening", "title": "Focal points, weekly; call", "start": "2026-11-06T14:00:00Z", "end": "2026-11-06T15:00:00Z",
        "link": "https://meet.example/x?a=1,2", "agenda": "1. Dalmat road\n2. Monitors", "place": {"name": "Room 4", "lat": 44.8, "lon": 21.4},
        "invited": [focal_protocol::id::OrgId([2; 32])], "marking": "TLP:AMBER+STRICT"})
}

#[test]
fn a_convening_is_an_event_with_its_marking() {
    let mut case = Case::default();
    let id = case.add(1, &convening());
    let text = case.one(Format::Icalendar).text;
    for (name, expected) in [
        ("UID", format!("focal.{id}")),
        ("DTSTART", "20261106T140000Z".into()),
        ("DTEND", "20261106T150000Z".into()),
        ("DTSTAMP", date_time(case.records[0].record.created)),
        (
            "SUMMARY",
            "[TLP:AMBER+STRICT] Focal points\\, weekly\\; call".into(),
        ),
        ("CLASS", "CONFIDENTIAL".into()),
        ("X-FOCAL-MARKING", "TLP:AMBER+STRICT".into()),
        ("STATUS", "CONFIRMED".into()),
        ("SEQUENCE", "0".into()),
        ("GEO", "44.8;21.4".into()),
        ("URL", "https://meet.example/x?a=1,2".into()),
    ] {
        assert_eq!(value(&text, name), expected, "{text}");
    }
    let description = unescaped(&value(&text, "DESCRIPTION"));
    assert_eq!(
        description,
        "Marking: TLP:AMBER+STRICT\nCalled by: Organisation 1\nInvited: Organisation 2\nLink: https://meet.example/x?a=1,2\n\n1. Dalmat road\n2. Monitors"
    );
    assert!(text.starts_with("BEGIN:VCALENDAR\r\n") && text.ends_with("END:VCALENDAR\r\n"));
}

#[test]
fn a_meeting_that_moved_counts_up_and_one_that_was_withdrawn_is_cancelled() {
    let mut case = Case::default();
    let first = case.add(1, &convening());
    let mut amended = convening();
    amended["start"] = json!("2026-11-06T14:30:00Z");
    amended.as_object_mut().expect("fields").remove("marking");
    case.add(
        1,
        &json!({"kind": "correction", "record": first, "reason": "later", "amended": amended}),
    );
    let text = case.one(Format::Icalendar).text;
    assert_eq!(
        (value(&text, "SEQUENCE"), value(&text, "DTSTART")),
        ("1".into(), "20261106T143000Z".into())
    );
    case.add(
        1,
        &json!({"kind": "retraction", "record": first, "reason": "off"}),
    );
    let text = case.one(Format::Icalendar).text;
    assert_eq!(
        (value(&text, "STATUS"), value(&text, "SEQUENCE")),
        ("CANCELLED".into(), "3".into())
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_text_breaks_a_line_or_is_lost(title in line(), agenda in prose(), link in line()) {
        let mut case = Case::default();
        let agenda = vec![agenda; 3].join("\n");
        case.add(1, &json!({"kind": "convening", "title": title, "start": "2026-11-06T14:00:00Z", "link": link, "agenda": agenda}));
        let text = case.one(Format::Icalendar).text;
        for line in text.split("\r\n") {
            prop_assert!(line.len() <= 75, "{line}");
            prop_assert!(!line.contains(['\r', '\n']));
        }
        prop_assert_eq!(unescaped(&value(&text, "SUMMARY")), format!("[TLP:AMBER] {title}"));
        prop_assert!(unescaped(&value(&text, "DESCRIPTION")).ends_with(&agenda));
    }
}
