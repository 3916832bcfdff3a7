//! Whatever stands in a field, it is text on the page and nothing else.

use super::*;
use proptest::prelude::*;

/// What an attacker writes, or a careless person pastes.
fn hostile() -> impl Strategy<Value = String> {
    let known = proptest::sample::select(vec![
        "<script>alert(1)</script>",
        "</title><script>alert(1)</script>",
        "</style><img src=x onerror=alert(1)>",
        "\"><svg onload=alert(1)>",
        "' onmouseover='alert(1)",
        "&lt;b&gt;&#60;script&#62;",
        "<!--",
        "-->",
        "]]>",
        "</bdi></td></table></main>",
        "<a href=\"javascript:alert(1)\">x</a>",
        "https://evil.example/x.png",
        "\u{202e}txt.exe",
        "\u{2028}\u{feff}",
        "{{7*7}} ${7*7}",
    ]);
    prop_oneof![
        known.prop_map(str::to_string),
        "[<>&\"'=/a-z \u{e9}\u{639}\u{5d0}\u{1f4a3}]{1,40}",
        "\\PC{1,40}",
    ]
    // A field that has only blanks is an empty one.
    .prop_filter("something is written", |text| !text.trim().is_empty())
}

/// A case with the text in every field that a page shows.
fn filled(text: &str) -> Option<Case> {
    let mut case = Case::default();
    let place = json!({"name": text, "lat": 1.5, "lon": 2.5});
    let fits = |content: &Value| {
        Draft::from_json(None, content).is_ok_and(|d| {
            d.into_record(
                CaseId([1; 32]),
                PublicKey([1; 32]),
                OrgId([1; 32]),
                Time(START),
            )
            .is_ok()
        })
    };
    // What no record may hold never gets as far as a page.
    if !fits(
        &json!({"kind": "incident", "type": "killing", "title": text, "place": place, "weapons": [text]}),
    ) {
        return None;
    }
    let sitrep = json!({
        "kind": "sitrep", "type": "situation-information", "title": text, "displaced": 5, "place": place, "language": "ar",
    });
    case.write(1, sitrep);
    let incident =
        json!({"kind": "incident", "type": "killing", "title": text, "killed": 1, "place": place});
    let incident = case.write(1, incident);
    case.write(1, json!({
        "kind": "correction", "record": incident.to_string(), "reason": text,
        "amended": {"kind": "incident", "type": "killing", "title": format!("{text}!"), "killed": 2, "place": text},
    }));
    let alert = json!({
        "kind": "alert", "headline": text, "urgency": "expected", "severity": "extreme", "certainty": "likely",
        "area": text, "description": text,
    });
    case.write(1, alert);
    case.write(1, json!({"kind": "request", "capability": "other", "quantity": 1, "unit": text, "place": place}));
    case.write(1, json!({
        "kind": "activity", "activity": text, "cluster": "protection", "status": "ongoing", "who": text,
        "for_whom": text, "place": place,
    }));
    case.write(
        1,
        json!({"kind": "assessment", "judgement": text, "factors": ["7 4 rising"]}),
    );
    let designation = case.write(1, json!({
        "kind": "designation", "subject": "entity", "name": text, "grounds": text, "measures": ["other"],
    }));
    case.write(2, json!({
        "kind": "position", "record": designation.to_string(), "stand": "imposed", "date": "2026-11-03", "act": text,
        "comment": text,
    }));
    let convening = json!({
        "kind": "convening", "title": text, "start": "2026-11-10T10:00:00Z", "link": text, "agenda": text, "place": place,
    });
    if fits(&convening) {
        case.write(1, convening);
    }
    case.write(1, json!({"kind": "note", "text": text}));
    Some(case)
}

/// Names of elements and attributes, in order, with the values of attributes that may lead somewhere.
fn shape(html: &str) -> Vec<String> {
    let page = Html::parse_document(html);
    let mut shape: Vec<String> = Vec::new();
    for node in page.tree.root().descendants() {
        let value = node.value();
        if let Some(element) = value.as_element() {
            shape.push(element.name().to_string());
            shape.extend(element.attrs().map(|(name, value)| match name {
                "href" | "id" | "class" | "style" | "content" => format!("{name}={value}"),
                _ => name.to_string(),
            }));
        } else if value.is_comment() || value.as_processing_instruction().is_some() {
            shape.push("a comment".into());
        }
    }
    shape
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn hostile_text_in_every_field_is_text(text in hostile()) {
        let Some(case) = filled(&text) else {
            return Ok(());
        };
        let html = write(&case.page(case.state(), ROWS, &text));
        let page = Html::parse_document(&html);
        prop_assert!(page.errors.is_empty(), "{:?}", page.errors);
        // The same elements and attributes as with a harmless word in every field, or it has become markup.
        let harmless = filled("word").expect("it fits");
        let mut harmless = harmless;
        if harmless.records.len() > case.records.len() {
            // A link that is none.
            harmless = without_convening(&harmless);
        }
        let plain = write(&harmless.page(harmless.state(), ROWS, "word"));
        prop_assert_eq!(shape_of(&html), shape_of(&plain));
        // It can be read on it as it was written.
        let shown: String = page.root_element().text().collect();
        let wanted = words::plain(text.trim());
        prop_assert!(shown.contains(wanted.as_ref()), "{wanted:?}");
    }

    #[test]
    fn the_order_in_which_records_come_does_not_show(
        keys in proptest::collection::vec(any::<u32>(), 32),
        portion in 1usize..7,
    ) {
        let case = story();
        let once = write(&case.page(case.state(), ROWS, ""));
        let mut other = case.page(case.shuffled(&keys, portion), ROWS, "");
        other.made = Made { node: "ef".repeat(32), at: Time(START + 99_000_000), ..Made::default() };
        let other = write(&other);
        prop_assert_ne!(&once, &other);
        prop_assert_eq!(common(&once), common(&other));
    }
}

/// The shape without what follows from ids and numbers alone.
fn shape_of(html: &str) -> Vec<String> {
    shape(html)
        .into_iter()
        .filter(|part| !part.starts_with("id=r") && !part.starts_with("href=#r"))
        .collect()
}

fn without_convening(case: &Case) -> Case {
    let mut case = case.clone();
    case.records
        .retain(|(_, _, s)| s.kind.as_str() != "convening");
    case
}

#[test]
fn the_same_test_finds_markup_if_there_is_some() {
    let case = filled("word").expect("it fits");
    let html = write(&case.page(case.state(), ROWS, ""));
    let broken = html.replacen("word", "<b>word</b>", 3);
    assert_ne!(shape_of(&html), shape_of(&broken));
}
