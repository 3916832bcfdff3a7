use super::*;
use crate::exchange::{
    Change, Format, Options, import,
    tests_support::{Case, NOON, common, fields, line, place, prose, read_back},
    xml,
};
use focal_protocol::record::{Draft, Kind};
use proptest::{collection::vec, option, prelude::*, sample::select};
use roxmltree::Node;
use serde_json::{Value, json};

/// The schema of CAP 1.2, section 3.4: elements in order, those that must be there marked with `!`, those that may be
/// there several times with `*`.
const ALERT: &str = "identifier! sender! sent! status! msgType! source scope! restriction addresses code* note references incidents info*";
const INFO: &str = "language category!* event! responseType* urgency! severity! certainty! audience eventCode* effective onset expires senderName headline description instruction web contact parameter* resource* area*";
const AREA: &str = "areaDesc! polygon* circle* geocode* altitude ceiling";

fn in_order(parent: Node<'_, '_>, schema: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut children = parent.children().filter(Node::is_element).peekable();
    for rule in schema.split(' ') {
        let name = rule.trim_end_matches(['!', '*']);
        let mut count = 0;
        while children.next_if(|c| c.tag_name().name() == name).is_some() {
            count += 1;
        }
        if (count == 0 && rule.contains('!')) || (count > 1 && !rule.contains('*')) {
            wrong.push(format!("{count} of {name}"));
        }
    }
    wrong.extend(children.map(|c| format!("{} out of order", c.tag_name().name())));
    wrong
}

/// Everything in a message that breaks a rule of CAP 1.2.
fn against_the_rules(text: &str) -> Vec<String> {
    let document = xml::parse(text).expect("well-formed");
    let root = document.root_element();
    assert_eq!(root.tag_name().namespace(), Some(NAMESPACE));
    let mut wrong = in_order(root, ALERT);
    let is_time = |text: &str| {
        let shape: String = text
            .chars()
            .map(|c| if c.is_ascii_digit() { '9' } else { c })
            .collect();
        shape == "9999-99-99T99:99:99-99:99"
    };
    for node in root.descendants().filter(Node::is_element) {
        let (name, text) = (node.tag_name().name(), xml::text_of(node));
        let list: Option<&[&str]> = match name {
            "status" => Some(&["Actual", "Exercise", "System", "Test", "Draft"]),
            "msgType" => Some(&["Alert", "Update", "Cancel", "Ack", "Error"]),
            "scope" => Some(&["Public", "Restricted", "Private"]),
            "category" => Some(&[
                "Geo",
                "Met",
                "Safety",
                "Security",
                "Rescue",
                "Fire",
                "Health",
                "Env",
                "Transport",
                "Infra",
                "CBRNE",
                "Other",
            ]),
            "responseType" => Some(&[
                "Shelter", "Evacuate", "Prepare", "Execute", "Avoid", "Monitor", "Assess",
                "AllClear", "None",
            ]),
            "urgency" => Some(&["Immediate", "Expected", "Future", "Past", "Unknown"]),
            "severity" => Some(&["Extreme", "Severe", "Moderate", "Minor", "Unknown"]),
            "certainty" => Some(&["Observed", "Likely", "Possible", "Unlikely", "Unknown"]),
            _ => None,
        };
        let good = match name {
            "identifier" | "sender" => is_name(&text),
            "sent" | "expires" => is_time(&text),
            "references" => text
                .split(' ')
                .all(|r| r.parse::<Reference>().is_ok_and(|r| is_time(&r.sent))),
            "circle" => text.split_once(' ').is_some_and(|(point, radius)| {
                let in_range = |t: &str, most: f64| t.parse().is_ok_and(|n: f64| n.abs() <= most);
                point
                    .split_once(',')
                    .is_some_and(|(lat, lon)| in_range(lat, 90.0) && in_range(lon, 180.0))
                    && radius.parse().is_ok_and(|n: f64| n >= 0.0)
            }),
            "info" => {
                wrong.extend(in_order(node, INFO));
                true
            }
            "area" => {
                wrong.extend(in_order(node, AREA));
                true
            }
            "geocode" | "parameter" => {
                wrong.extend(in_order(node, "valueName! value!"));
                true
            }
            _ => list.is_none_or(|list| list.contains(&text.as_str())),
        };
        if !good {
            wrong.push(format!("{name}: {text}"));
        }
    }
    let text = |name| {
        root.children()
            .find(|c| c.tag_name().name() == name)
            .map(xml::text_of)
    };
    if text("scope").as_deref() == Some("Restricted") && text("restriction").is_none() {
        wrong.push("no restriction".into());
    }
    wrong
}

fn alert() -> Value {
    json!({
        "kind": "alert", "headline": "Attack on Lower Teres expected", "urgency": "expected", "severity": "extreme",
        "certainty": "likely", "response_type": ["all-clear"], "category": ["cbrne"], "expires": "2026-11-05T12:00:00Z",
        "area": {"name": "Lower Teres", "lat": 44.812, "lon": 21.377, "precision": "near", "country": "VR", "code": "VR03"},
    })
}

#[test]
fn an_alert_its_update_and_its_end_are_three_messages_that_name_each_other() {
    let mut case = Case::default();
    let first = case.add(1, &alert());
    let mut amended = alert();
    amended["severity"] = json!("severe");
    let correction = case.add(
        1,
        &json!({"kind": "correction", "record": first, "reason": "fewer men", "amended": amended}),
    );
    case.add(
        1,
        &json!({"kind": "correction", "record": correction, "reason": "again", "amended": amended}),
    );
    case.add(
        2,
        &json!({"kind": "correction", "record": first, "reason": "not theirs", "amended": amended}),
    );
    case.add(
        1,
        &json!({"kind": "retraction", "record": first, "reason": "withdrawn"}),
    );
    case.add(1, &json!({"kind": "note", "text": "no alert"}));
    let messages = case.export(Format::Cap);
    assert_eq!(messages.len(), 4);
    let mut own = Vec::new();
    for message in &messages {
        assert_eq!(
            against_the_rules(&message.text),
            [""; 0],
            "{}",
            message.text
        );
        assert!(message.name.ends_with(".cap.xml"));
        let read = import(None, message.text.as_bytes(), &Options::default()).expect("read");
        own.push(read.reports[0].amends.clone());
    }
    assert_eq!(own[0], None);
    let sent = date_time(focal_protocol::time::Time(NOON));
    for (at, change) in [
        (1, Change::Update),
        (2, Change::Update),
        (3, Change::Cancel),
    ] {
        let amends = own[at].as_ref().expect("an amendment");
        assert_eq!(amends.change, change);
        assert_eq!(amends.references[0].record(), Some(first));
        assert_eq!(amends.references[0].sent, sent);
    }
    assert!(
        messages[3].text.contains("<note>withdrawn</note>") && !messages[3].text.contains("<info>")
    );
    case.filter.records = [first].into();
    assert_eq!(case.export(Format::Cap).len(), 4);
    case.filter.since = Some(focal_protocol::time::Time(NOON + 1));
    assert_eq!(case.export(Format::Cap).len(), 0);
}

#[test]
fn what_is_not_for_everybody_says_so_in_the_message() {
    for (marking, scope, restriction) in [
        ("TLP:CLEAR", "Public", None),
        ("TLP:GREEN", "Restricted", Some("TLP:GREEN")),
        ("TLP:AMBER+STRICT", "Restricted", Some("TLP:AMBER+STRICT")),
        ("TLP:RED", "Restricted", Some("TLP:RED")),
    ] {
        let mut content = alert();
        content["marking"] = json!(marking);
        let mut case = Case::default();
        case.add(1, &content);
        let text = case.one(Format::Cap).text;
        assert!(text.contains(&format!("<scope>{scope}</scope>")), "{text}");
        assert_eq!(text.contains("<restriction>"), restriction.is_some());
        assert!(
            restriction.is_none_or(|r| text.contains(&format!("<restriction>{r}</restriction>")))
        );
    }
}

#[test]
fn an_update_of_others_becomes_a_correction_and_their_cancel_a_retraction() {
    let message = |kind: &str, info: &str| {
        format!(
            "<alert xmlns='{NAMESPACE}'><identifier>b</identifier><sender>s</sender><sent>2026-11-03T11:00:00+01:00</sent>\
             <status>Actual</status><msgType>{kind}</msgType><scope>Restricted</scope><restriction>TLP:GREEN</restriction>\
             <note>new orders</note><references>s,a,2026-11-03T10:00:00+01:00</references>{info}</alert>"
        )
    };
    let info = "<info><category>Security</category><event>Attack</event><urgency>Future</urgency><severity>Minor</severity>\
                <certainty>Possible</certainty></info>";
    let read = |text: &str| {
        import(Some(Format::Cap), text.as_bytes(), &Options::default())
            .expect("read")
            .reports
            .remove(0)
    };
    let target = focal_protocol::id::RecordId([9; 32]);
    let now = focal_protocol::time::Time(NOON);
    let update = read(&message("Update", info));
    assert_eq!(
        update
            .amends
            .as_ref()
            .map(|a| a.references[0].source_line())
            .as_deref(),
        Some("Source: CAP s,a,2026-11-03T10:00:00+01:00")
    );
    let correction = update.into_correction(target, "CAP update");
    assert_eq!(
        correction.check(now).map(|d| d.body.kind()),
        Ok(Kind::Correction)
    );
    assert_eq!(correction.fields["marking"]["tlp"], "TLP:GREEN");
    assert!(
        correction.fields["amended"]["description"]
            .as_str()
            .is_some_and(|t| t.ends_with("Source: CAP s,b,2026-11-03T11:00:00+01:00"))
    );
    let cancel = read(&message("Cancel", ""));
    assert_eq!(
        cancel.amends.as_ref().map(|a| a.change),
        Some(Change::Cancel)
    );
    let reason = cancel.fields["reason"]
        .as_str()
        .expect("a reason")
        .to_string();
    assert!(reason.starts_with("new orders"));
    let retraction = cancel.into_retraction(target, &reason);
    assert_eq!(
        retraction.check(now).map(|d| d.body.kind()),
        Ok(Kind::Retraction)
    );
}

#[test]
fn messages_about_different_events_become_different_alerts() {
    let info = |language: &str, severity: &str, headline: &str| {
        format!(
            "<info><language>{language}</language><category>Security</category><event>Attack</event><urgency>Future</urgency>\
             <severity>{severity}</severity><certainty>Possible</certainty><headline>{headline}</headline></info>"
        )
    };
    let text = format!(
        "<alert xmlns='{NAMESPACE}'><identifier>b</identifier><sender>s</sender><sent>2026-11-03T11:00:00+01:00</sent>\
         <status>Actual</status><msgType>Alert</msgType><scope>Public</scope>{}{}{}{}</alert>",
        info("en", "Minor", "one"),
        info("en", "Severe", "two"),
        info("fr", "Severe", "deux"),
        info("en", "Minor", "three"),
    );
    let read = import(None, text.as_bytes(), &Options::default()).expect("read");
    let heads: Vec<_> = read
        .reports
        .iter()
        .map(|r| {
            (
                r.at.as_str(),
                r.fields["headline"].as_str().unwrap_or_default(),
            )
        })
        .collect();
    assert_eq!(
        heads,
        [("info 1", "one"), ("info 2", "two"), ("info 4", "three")]
    );
    assert!(
        read.reports[1].fields["description"]
            .as_str()
            .is_some_and(|t| t.contains("[fr] Headline: deux"))
    );
}

#[test]
fn more_info_than_languages_and_events_can_be_is_refused() {
    use crate::exchange::limits;
    let head = "<identifier>b</identifier><sender>s</sender><sent>2026-11-03T11:00:00+01:00</sent>\
                <status>Actual</status><msgType>Alert</msgType><scope>Public</scope>";
    let infos = "<info/>".repeat(limits::INFOS + 1);
    let text = format!("<alert xmlns='{NAMESPACE}'>{head}{infos}</alert>");
    let error = import(None, text.as_bytes(), &Options::default()).expect_err("refused");
    assert_eq!(error.to_string(), "it has more than 100 <info>");
}

#[test]
fn an_identifier_without_forbidden_characters_is_a_name() {
    for bad in ["", "a b", "a,b", "a<b", "a&b", "a\u{a0}b", "a\nb"] {
        assert!(!is_name(bad), "{bad:?}");
    }
    assert!(is_name("tag:www.rfs.nsw.gov.au2011-10-06:40184"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]
    #[test]
    fn an_alert_that_goes_out_and_comes_back_says_the_same(
        headline in line(),
        description in option::of(prose()),
        instruction in option::of(prose()),
        words in (0usize..5, 0usize..5, 0usize..5),
        category in vec(0usize..12, 1..4),
        response in vec(0usize..9, 0..3),
        area in option::of(place()),
        expires in option::of(1u64..9_999_999),
        common in common(),
        note in select(vec![1u8, 2]),
    ) {
        use focal_protocol::record::{Category, Certainty, ResponseType, Severity, Urgency};
        let category: Vec<_> = category.into_iter().map(|n| Category::ALL[n]).collect();
        let response: Vec<_> = response.into_iter().map(|n| ResponseType::ALL[n]).collect();
        let mut all = common;
        all.extend([
            ("kind", Some(json!("alert"))),
            ("headline", Some(json!(headline))),
            ("description", description.map(Value::from)),
            ("instruction", instruction.map(Value::from)),
            ("urgency", Some(json!(Urgency::ALL[words.0]))),
            ("severity", Some(json!(Severity::ALL[words.1]))),
            ("certainty", Some(json!(Certainty::ALL[words.2]))),
            ("category", Some(json!(category))),
            ("response_type", Some(json!(response))),
            ("area", area),
            // CAP counts whole seconds.
            ("expires", expires.map(|n| json!(focal_protocol::time::Time(NOON + n * 1000)))),
        ]);
        let draft = Draft::from_json(None, &fields(all)).expect("a draft");
        let mut case = Case::default();
        let id = case.draft(note, draft.clone());
        let document = case.one(Format::Cap);
        prop_assert_eq!(against_the_rules(&document.text), [""; 0]);
        let (_, mut back) = read_back(&document, Format::Cap);
        let mut back = back.remove(0);
        prop_assert_eq!(back.refs.remove(0).record, id);
        prop_assert_eq!(back, draft);
    }
}
