use super::*;
use focal_protocol::record::Verification;

/// One of each, by these names.
struct Few;

impl Names for Few {
    fn organisations(&self, text: &str) -> Vec<OrgId> {
        (text == "norland")
            .then_some(OrgId([1; 32]))
            .into_iter()
            .collect()
    }
    fn authors(&self, text: &str) -> Vec<PublicKey> {
        (text == "amira")
            .then_some(PublicKey([2; 32]))
            .into_iter()
            .collect()
    }
    fn cases(&self, text: &str) -> Vec<CaseId> {
        (text == "varenia")
            .then_some(CaseId([3; 32]))
            .into_iter()
            .collect()
    }
}

fn read(text: &str) -> Expr<Asked> {
    resolve(text, &Few).unwrap_or_else(|e| panic!("{text}: {e}"))
}

fn wrong(text: &str) -> QueryError {
    resolve(text, &Few).expect_err(text)
}

fn leaf(asked: Asked) -> Expr<Asked> {
    Expr::Leaf(asked)
}

fn words(field: Option<&str>, words: &[&str]) -> Expr<Asked> {
    leaf(Asked::Words {
        field: field.map(Into::into),
        words: words.iter().map(ToString::to_string).collect(),
        goes_on: false,
    })
}

#[test]
fn what_the_issue_asks_is_understood() {
    let october = "2026-10-01T00:00:00Z"
        .parse::<focal_protocol::time::Time>()
        .expect("a time");
    assert_eq!(
        read("killed > 10 place:VR03 since:2026-10-01"),
        Expr::All(vec![
            leaf(Asked::Number("killed", Compare::More, 10)),
            leaf(Asked::Place {
                words: vec!["vr03".into()],
                code: "vr03".into(),
            }),
            leaf(Asked::Since(october.0)),
        ])
    );
}

#[test]
fn or_binds_less_than_what_stands_side_by_side_and_not_binds_most() {
    let (a, b, c) = (
        words(None, &["a"]),
        words(None, &["b"]),
        words(None, &["c"]),
    );
    let all = |parts: &[&Expr<Asked>]| Expr::All(parts.iter().map(|p| (*p).clone()).collect());
    let either =
        |parts: &[&Expr<Asked>]| Expr::Either(parts.iter().map(|p| (*p).clone()).collect());
    let not = |part: &Expr<Asked>| Expr::Not(Box::new(part.clone()));
    for text in ["a b OR c", "a AND b OR c", "(a b) OR (c)"] {
        assert_eq!(read(text), either(&[&all(&[&a, &b]), &c]), "{text}");
    }
    assert_eq!(read("a (b OR c)"), all(&[&a, &either(&[&b, &c])]));
    assert_eq!(read("a -b"), all(&[&a, &not(&b)]));
    assert_eq!(read("NOT (a b)"), not(&all(&[&a, &b])));
    assert_eq!(
        read("a -(b OR -c)"),
        all(&[&a, &not(&either(&[&b, &not(&c)]))])
    );
    // Only in capitals, and only where they are words of the language.
    assert_eq!(read("\"OR\""), words(None, &["or"]));
    assert_eq!(read("a or b"), all(&[&a, &words(None, &["or"]), &b]));
}

#[test]
fn phrases_fields_and_comparisons_are_written_as_people_write_them() {
    assert_eq!(read("“grain store”"), words(None, &["grain", "store"]));
    assert_eq!(read("mass-killing"), words(None, &["mass", "killing"]));
    assert_eq!(
        read("weapons:\"heavy mortar\""),
        words(Some("weapons"), &["heavy", "mortar"])
    );
    assert_eq!(
        read("Alleged-Perpetrators:militia"),
        words(Some("alleged_perpetrators"), &["militia"])
    );
    assert_eq!(read("قتلى"), words(None, &["قتلي"]));
    for (text, compare) in [
        ("killed>10", Compare::More),
        ("killed:>10", Compare::More),
        ("killed >= 10", Compare::AtLeast),
        ("killed≥10", Compare::AtLeast),
        ("killed<10", Compare::Less),
        ("killed <= 10", Compare::AtMost),
        ("killed:10", Compare::Equal),
        ("killed = 10", Compare::Equal),
        ("killed > ١٠", Compare::More),
    ] {
        assert_eq!(
            read(text),
            leaf(Asked::Number("killed", compare, 10)),
            "{text}"
        );
    }
    assert_eq!(
        read("sexual-violence > 0"),
        leaf(Asked::Number("sexual_violence", Compare::More, 0))
    );
    assert_eq!(
        read("milit*"),
        leaf(Asked::Words {
            field: None,
            words: vec!["milit".into()],
            goes_on: true,
        })
    );
    // A colon makes no field of a time, nor of what is in quotes.
    assert_eq!(read("14:30"), words(None, &["14", "30"]));
    assert_eq!(
        read("\"https://x.org\""),
        words(None, &["https", "x", "org"])
    );
}

#[test]
fn values_are_checked_by_their_field() {
    for (text, asked) in [
        ("kind:Incident", Asked::Kind(Kind::Incident)),
        ("marking:amber+strict", Asked::Marking(Tlp::AmberStrict)),
        ("marking:TLP:RED", Asked::Marking(Tlp::Red)),
        (
            "verification:refuted",
            Asked::Code("verification", Verification::Refuted.to_string()),
        ),
        ("grading:B2", Asked::Code("grading", "b2".into())),
        ("language:ar", Asked::Code("language", "ar".into())),
        ("org:norland", Asked::Organisation(vec![OrgId([1; 32])])),
        ("author:amira", Asked::Author(vec![PublicKey([2; 32])])),
        ("case:varenia", Asked::Case(vec![CaseId([3; 32])])),
        ("retracted:yes", Asked::Withdrawn(true)),
        ("retracted:any", Asked::Any),
        ("corrected:no", Asked::Corrected(false)),
    ] {
        assert_eq!(read(text), leaf(asked), "{text}");
    }
    let time = |text: &str| {
        text.parse::<focal_protocol::time::Time>()
            .expect("a time")
            .0
    };
    let (first, last) = (
        time("2026-11-01T00:00:00Z"),
        time("2026-11-30T23:59:59.999Z"),
    );
    assert_eq!(read("until:2026-11"), leaf(Asked::Until(last)));
    assert_eq!(
        read("written > 2026-11"),
        leaf(Asked::Written(Compare::More, last))
    );
    assert_eq!(
        read("written < 2026-11"),
        leaf(Asked::Written(Compare::Less, first))
    );
    assert_eq!(
        read("written:2026-11"),
        leaf(Asked::WrittenWithin(first, last))
    );
    assert_eq!(
        read("since:2026-11-01T00:00:00Z"),
        leaf(Asked::Since(first))
    );
}

#[test]
fn what_is_wrong_is_named_with_its_column_and_what_is_allowed() {
    for (text, column, what, allowed) in [
        ("", 1, "ends", "word"),
        ("   ", 4, "ends", "word"),
        ("kiled > 10", 1, "`kiled`", "killed"),
        ("market kiled:10", 8, "`kiled`", "killed"),
        ("https://x.org", 1, "`https`", "quotes"),
        ("killed > ten", 10, "\"ten\"", "whole number"),
        ("killed > -3", 10, "\"-3\"", "whole number"),
        (
            "killed > 99999999999999999999",
            10,
            "not a value",
            "whole number",
        ),
        ("killed >", 9, "without a value", "number"),
        ("killed > (", 10, "without a value", "number"),
        ("> 10", 1, "without a field", "killed > 10"),
        ("since:soon", 7, "\"soon\"", "2026-10-01"),
        ("until:2026-11-01/..", 7, "not a value", "not open"),
        ("kind:rumour", 6, "\"rumour\"", "sitrep, incident"),
        ("marking:white", 9, "\"white\"", "TLP:RED"),
        ("org:nobody", 5, "nobody", "federation show"),
        ("title > 3", 1, "no number", "killed"),
        ("\"market", 1, "does not end", "\""),
        ("market OR", 10, "ends", "word"),
        ("OR market", 1, "between", "word"),
        ("a AND", 6, "ends", "word"),
        ("(market", 1, "not closed", ")"),
        ("market)", 7, "closing", "("),
        ("()", 2, "nothing before", "word"),
        ("قتلى )", 6, "closing", "("),
        ("…", 1, "no letter", "words"),
        ("m*", 1, "too short", "two letters"),
        ("retracted:perhaps", 11, "\"perhaps\"", "yes, no, any"),
        ("country:Varenia", 9, "\"Varenia\"", "two letters"),
    ] {
        let error = wrong(text);
        assert_eq!(error.column, column, "{text}: {error}");
        assert!(error.what.contains(what), "{text}: {error}");
        assert!(error.allowed.contains(allowed), "{text}: {error}");
    }
}

#[test]
fn a_query_over_a_limit_is_refused() {
    assert_eq!(wrong(&"x".repeat(LENGTH + 1)).column, LENGTH + 1);
    read(&"x".repeat(LENGTH));
    read(&"x ".repeat(TERMS));
    assert_eq!(wrong(&"x ".repeat(TERMS + 1)).column, 2 * TERMS + 1);
    let within = |depth: usize| format!("{}x{}", "(".repeat(depth), ")".repeat(depth));
    read(&within(DEPTH));
    assert_eq!(wrong(&within(DEPTH + 1)).column, DEPTH + 1);
    assert_eq!(
        wrong(&format!("{}x", "-".repeat(DEPTH + 1))).column,
        DEPTH + 1
    );
}

#[test]
fn every_field_that_a_kind_has_can_be_asked_for() {
    for field in fields::of_words() {
        assert_eq!(
            read(&format!("{field}:market")),
            words(Some(field), &["market"]),
            "{field}"
        );
    }
    assert!(fields::of_words().contains("alleged_perpetrators"));
    assert!(!fields::of_words().contains("killed"));
}

proptest::proptest! {
    #[test]
    fn no_text_makes_it_panic_and_errors_stand_within_the_text(text in "[a-z:\"()<>=* \\-ORق]{0,60}|\\PC{0,60}") {
        if let Err(error) = resolve(&text, &Few) {
            proptest::prop_assert!(error.column >= 1 && error.column <= text.chars().count() + 1);
        }
    }
}
