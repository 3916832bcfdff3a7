use super::*;
use crate::exchange::{
    Filter, Format, Options, import,
    tests_support::{Case, common, fields, prose},
};
use focal_protocol::record::Tlp;
use proptest::prelude::*;

fn case() -> Case {
    let mut case = Case::default();
    let first = case.add(
        1,
        &json!({"kind": "note", "text": "one\nتيريس", "marking": "TLP:GREEN"}),
    );
    case.add(2, &json!({"kind": "ack", "record": first}));
    case.add(
        1,
        &json!({"kind": "retraction", "record": first, "reason": "x", "marking": "TLP:RED"}),
    );
    case
}

fn read_text(text: &str) -> Import {
    import(None, text.as_bytes(), &Options::default()).expect("read")
}

fn left_out(import: &Import) -> Vec<(String, String)> {
    let found = import.found.iter();
    found
        .filter_map(|f| match &f.became {
            Became::LeftOut { why } => Some((f.at.clone(), why.clone())),
            _ => None,
        })
        .collect()
}

#[test]
fn a_case_comes_back_as_it_was_signed() {
    let case = case();
    let document = case.one(Format::Ndjson);
    assert_eq!((document.records, document.marking.tlp), (3, Tlp::Red));
    let import = read_text(&document.text);
    assert_eq!((import.format, import.reports.len()), (Format::Ndjson, 0));
    assert_eq!(left_out(&import), []);
    let back: Vec<_> = import
        .signed
        .iter()
        .map(|l| (l.record, &l.signed))
        .collect();
    let sent: Vec<_> = case.records.iter().map(|p| (p.id, &p.signed)).collect();
    assert_eq!(back, sent);
    assert_eq!(import.signed[0].at, "line 2");
}

#[test]
fn a_line_that_does_not_hold_is_left_out_by_name_and_the_others_stand() {
    let text = case().one(Format::Ndjson).text;
    let lines: Vec<&str> = text.lines().collect();
    let change = |change: &dyn Fn(&mut Value)| {
        let mut value: Value = serde_json::from_str(lines[1]).expect("JSON");
        change(&mut value);
        let import = read_text(&format!("{}\n{value}\n{}\n", lines[0], lines[2]));
        assert_eq!(import.signed.len(), 1);
        left_out(&import).remove(0)
    };
    let flipped = |v: &mut Value| {
        let text = v["signed"]
            .as_str()
            .expect("hex")
            .replace("6f6e65", "6f6e66");
        v["signed"] = json!(text);
    };
    assert!(change(&flipped).1.contains("signature"));
    let (at, why) = change(&|v| v["content"]["body"]["note"]["text"] = json!("two"));
    assert_eq!(
        (at.as_str(), why.as_str()),
        (
            "line 2",
            "what stands beside the signed bytes is not what was signed"
        )
    );
    assert!(
        change(&|v| v["record"] = json!("00"))
            .1
            .contains("another record")
    );
    assert!(change(&|v| v["signed"] = json!("zz")).1.contains("hex"));
    let long = format!(
        "{}\n{{\"signed\":\"{}\"}}\n{}\n",
        lines[0],
        "0".repeat(limits::LINE),
        lines[1]
    );
    assert!(left_out(&read_text(&long))[0].1.contains("bytes"));
    let later = text.replacen("\"focal-case\":1", "\"focal-case\":2", 1);
    assert_eq!(left_out(&read_text(&later))[0].1, "version 2 is not read");
}

#[test]
fn who_chooses_a_record_gets_what_corrects_and_withdraws_it_as_well() {
    let mut case = Case::default();
    let note = |text: &str| json!({"kind": "note", "text": text});
    let first = case.add(1, &note("one"));
    let other = case.add(1, &note("other"));
    let amend = |of: RecordId| json!({"kind": "correction", "record": of, "reason": "r", "amended": note("two")});
    let once = case.add(1, &amend(first));
    let twice = case.add(1, &amend(once));
    let apart = case.add(1, &amend(other));
    let read = case.add(2, &json!({"kind": "ack", "record": first}));
    let gone = case.add(
        1,
        &json!({"kind": "retraction", "record": first, "reason": "r"}),
    );
    let mut written = |filter: Filter| {
        case.filter = filter;
        let import = read_text(&case.one(Format::Ndjson).text);
        import.signed.iter().map(|l| l.record).collect::<Vec<_>>()
    };
    let named = |id| Filter {
        records: [id].into(),
        ..Filter::default()
    };
    assert_eq!(written(named(first)), [first, once, twice, gone]);
    // Whoever names a version is told what became of it.
    assert_eq!(written(named(once)), [once, twice, gone]);
    let kinds = |kinds: &[Kind]| Filter {
        kinds: kinds.to_vec(),
        ..Filter::default()
    };
    let notes = [first, other, once, twice, apart, gone];
    assert_eq!(written(kinds(&[Kind::Note])), notes);
    assert_eq!(written(kinds(&[Kind::Ack])), [read]);
}

proptest! {
    #[test]
    fn records_of_any_text_come_back_as_they_were_signed(
        notes in proptest::collection::vec((1u8..4, prose(), common(), any::<bool>()), 1..6),
    ) {
        let mut case = Case::default();
        for (org, text, mut all, amended) in notes {
            let note = json!({"kind": "note", "text": text});
            all.extend([("kind", Some(json!("note"))), ("text", Some(json!(text)))]);
            let id = case.add(org, &fields(all));
            if amended {
                case.add(org, &json!({"kind": "correction", "record": id, "reason": text.lines().next(), "amended": note}));
            }
        }
        let import = read_text(&case.one(Format::Ndjson).text);
        prop_assert_eq!(left_out(&import), []);
        let back: Vec<_> = import.signed.into_iter().map(|l| (l.record, l.signed, l.content)).collect();
        let sent: Vec<_> = case.records.into_iter().map(|p| (p.id, p.signed, p.record)).collect();
        prop_assert_eq!(back, sent);
    }
}
