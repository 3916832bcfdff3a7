use super::{
    super::made::{Made, record},
    *,
};
use focal_protocol::{id::LogId, record::CaseOrder};
use serde_json::{Value, json};

fn read(request: &ExportRequest) -> Result<Option<Choice>, Refused> {
    Choice::read(request, |text| {
        text.parse().map_err(|_| Refused::UnknownRecord)
    })
}

fn why(request: &ExportRequest) -> String {
    match read(request).expect_err("refused") {
        Refused::BadRequest(why) => why.to_string(),
        other => panic!("{other}"),
    }
}

fn words(word: &str, times: usize) -> Vec<String> {
    vec![word.to_string(); times]
}

#[test]
fn more_than_is_read_and_what_is_not_understood_is_refused_by_name() {
    let id = RecordId([1; 32]).to_string();
    let named = |times| ExportRequest {
        records: words(&id, times),
        ..ExportRequest::default()
    };
    assert!(read(&named(NAMED)).is_ok());
    assert_eq!(
        why(&named(NAMED + 1)),
        "records: \"501\" was given where a number up to 500 is allowed"
    );
    let kinds = |word: &str, times| ExportRequest {
        kinds: words(word, times),
        ..ExportRequest::default()
    };
    assert!(read(&kinds("note", Kind::ALL.len())).is_ok());
    let long = why(&kinds("note", Kind::ALL.len() + 1));
    assert!(long.contains("each kind once"), "{long}");
    // Cut short: it may be as long as a request.
    let party = why(&kinds(&"party".repeat(1_000), 1));
    assert!(
        party.starts_with("kinds: \"partyparty") && party.len() < 120,
        "{party}"
    );
    let since = |text: &str| ExportRequest {
        since: Some(text.into()),
        ..ExportRequest::default()
    };
    assert!(read(&since("2026-11-03T00:00:00Z")).is_ok());
    assert!(why(&since("yesterday")).starts_with("since: \"yesterday\""));
    assert!(read(&ExportRequest::default()).is_ok_and(|choice| choice.is_none()));
}

/// The places of those that are taken.
fn taken(made: &[Made], request: &ExportRequest) -> Vec<u64> {
    let placed = made.iter().map(|(n, id, summary)| {
        let place = CaseOrder {
            lamport: *n,
            log: LogId([1; 16]),
            seq: *n,
        };
        (place, *id, summary.clone())
    });
    let state = CaseState::from_records(placed);
    let choice = read(request).expect("understood").expect("not everything");
    let mut known = BTreeMap::new();
    let taken = made.iter().filter(|(_, id, summary)| {
        choice.takes(id, summary) || choice.follows(&state, id, &mut known)
    });
    taken.map(|(n, ..)| *n).collect()
}

fn asks(kinds: &[&str], amendments: bool, answers: bool) -> ExportRequest {
    ExportRequest {
        kinds: kinds.iter().map(ToString::to_string).collect(),
        amendments,
        answers,
        ..ExportRequest::default()
    }
}

fn about(n: u64, kind: &str, of: &Made, more: &Value) -> Made {
    let target = if kind == "pledge" {
        "request"
    } else {
        "record"
    };
    let mut content = json!({"kind": kind, target: of.1});
    for (name, value) in more.as_object().into_iter().flatten() {
        content[name] = value.clone();
    }
    record(1, n, &content)
}

/// 1 a request, 2 a pledge for it, 3 a correction of that, 4 its retraction, 5 an acknowledgement of the request; 6 a note.
fn wanted() -> Vec<Made> {
    let request = json!({"kind": "request", "capability": "funds", "quantity": 9});
    let first = record(1, 1, &request);
    let pledge = about(2, "pledge", &first, &json!({"quantity": 5}));
    let amended = json!({"kind": "pledge", "request": first.1, "quantity": 3});
    let less = json!({"reason": "less", "amended": amended});
    let less = about(3, "correction", &pledge, &less);
    let none = about(4, "retraction", &pledge, &json!({"reason": "none"}));
    let read = about(5, "ack", &first, &json!({}));
    let note = record(1, 6, &json!({"kind": "note", "text": "x"}));
    vec![first, pledge, less, none, read, note]
}

#[test]
fn what_becomes_of_an_answer_comes_with_what_it_answers() {
    let made = wanted();
    assert_eq!(taken(&made, &asks(&["request"], false, false)), [1]);
    assert_eq!(taken(&made, &asks(&["request"], true, false)), [1]);
    assert_eq!(taken(&made, &asks(&["request"], false, true)), [1, 2, 5]);
    assert_eq!(
        taken(&made, &asks(&["request"], true, true)),
        [1, 2, 3, 4, 5]
    );
    assert_eq!(taken(&made, &asks(&["pledge"], true, false)), [2, 3, 4]);
    let named = ExportRequest {
        records: vec![made[1].1.to_string()],
        amendments: true,
        ..ExportRequest::default()
    };
    assert_eq!(taken(&made, &named), [2, 3, 4]);
}

#[test]
fn what_overtakes_a_correction_that_was_chosen_comes_with_it() {
    let note = |text: &str| json!({"kind": "note", "text": text});
    let first = record(1, 1, &note("one"));
    let amended = |text: &str| json!({"reason": "r", "amended": note(text)});
    let early = about(2, "correction", &first, &amended("two"));
    let late = about(3, "correction", &first, &amended("three"));
    let gone = about(4, "retraction", &first, &json!({"reason": "r"}));
    let made = [first, early, late, gone];
    let named = ExportRequest {
        records: vec![made[1].1.to_string()],
        amendments: true,
        ..ExportRequest::default()
    };
    assert_eq!(taken(&made, &named), [2, 3, 4]);
    let since = ExportRequest {
        since: Some(Time(3).to_string()),
        amendments: true,
        ..ExportRequest::default()
    };
    // With its whole history: which of two corrections is the last one only both together say.
    assert_eq!(taken(&made, &since), [2, 3, 4]);
}
