//! The page as a browser reads it: `scraper` parses it by the rules of HTML, and complains where the page breaks them.

use super::*;
use focal_protocol::{
    directory::Role,
    id::{Hash, LogId},
    key::PublicKey,
    record::{CaseOrder, CaseState, Draft, Summary},
};
use scraper::{Html, Selector};
use serde_json::{Value, json};

mod hostile;

pub(super) const START: u64 = 1_793_700_000_000; // 2026-11-03

/// A case to make a page of.
#[derive(Default, Clone)]
pub(super) struct Case {
    records: Vec<(CaseOrder, RecordId, Summary)>,
    languages: BTreeMap<RecordId, Language>,
}

pub(super) fn place(lat: f64, lon: f64) -> Value {
    json!({"name": "Lower Teres", "country": "VR", "code": "VR03", "lat": lat, "lon": lon, "precision": "near"})
}

impl Case {
    /// Writes a record of an organisation, an hour after the last one.
    pub(super) fn write(&mut self, org: u8, content: Value) -> RecordId {
        let n = self.records.len() as u64;
        let created = Time(START + n * 3_600_000);
        let record = Draft::from_json(None, &content)
            .and_then(|d| {
                d.into_record(
                    CaseId([1; 32]),
                    PublicKey([org; 32]),
                    OrgId([org; 32]),
                    created,
                )
            })
            .unwrap_or_else(|errors| panic!("{content}: {errors:?}"));
        let id = RecordId(Hash::of(&[&n.to_be_bytes()]).0);
        let order = CaseOrder {
            lamport: n * 20,
            log: LogId([1; 16]),
            seq: n,
        };
        self.languages
            .extend(record.language.clone().map(|language| (id, language)));
        self.records
            .push((order, id, record.summary().by(Role::FocalPoint)));
        id
    }

    pub(super) fn state(&self) -> CaseState {
        CaseState::from_records(self.records.clone())
    }

    fn shuffled(&self, keys: &[u32], portion: usize) -> CaseState {
        let mut records: Vec<_> = self.records.iter().zip(keys.iter().cycle()).collect();
        records.sort_by_key(|(_, key)| **key);
        let mut state = CaseState::default();
        for some in records.chunks(portion) {
            state.extend(some.iter().map(|(record, _)| (*record).clone()));
        }
        state
    }

    pub(super) fn page(&self, mut state: CaseState, rows: usize, titles: &str) -> Page {
        let names = [(1, "Norland"), (2, "UN Office"), (3, "Monitor")];
        Page {
            case: CaseId([1; 32]),
            title: format!("Varenia{titles}"),
            opened: Time(START),
            stage: format!("open{titles}"),
            members: names.iter().map(|(n, _)| OrgId([*n; 32])).collect(),
            names: names
                .iter()
                .map(|(n, name)| (OrgId([*n; 32]), format!("{name}{titles}")))
                .collect(),
            content: Content::of(&mut state, rows),
            languages: self.languages.clone(),
            terms: Terms {
                readers: Readers::Own,
                note: Some(format!("briefing{titles}")),
                left_out: Vec::new(),
            },
            made: Made {
                node: "ab".repeat(32),
                organisation: format!("Norland{titles}"),
                at: Time(START),
                waiting: 2,
                holdings: vec![Holding {
                    node: "cd".repeat(32),
                    organisation: format!("UN Office{titles}"),
                    role: "reader".into(),
                    holds: 5,
                    of: 7,
                }],
            },
        }
    }

    fn html(&self) -> String {
        write(&self.page(self.state(), ROWS, ""))
    }
}

/// The story of the demonstration, in short.
pub(super) fn story() -> Case {
    let mut case = Case::default();
    case.write(3, json!({
        "kind": "sitrep", "type": "situation-information", "title": "Checkpoints on the Dalmat road",
        "displaced": "400/550/700", "place": place(44.812, 21.377), "grading": "B2", "marking": "TLP:AMBER",
    }));
    let market = case.write(3, json!({
        "kind": "incident", "type": "attack-on-civilians", "title": "Attack on Lower Teres market",
        "killed": "6/9/14", "injured": "20/25/40", "place": place(44.812, 21.377), "grading": "C3",
        "verification": "alleged", "marking": "TLP:GREEN",
    }));
    let alert = case.write(2, json!({
        "kind": "alert", "headline": "Attack expected", "urgency": "expected", "severity": "extreme",
        "certainty": "likely", "area": "Lower Teres", "marking": "TLP:GREEN",
    }));
    case.write(1, json!({"kind": "ack", "record": alert.to_string()}));
    let request = case.write(1, json!({
        "kind": "request", "capability": "monitors", "quantity": 12, "unit": "ceasefire monitors",
    }));
    case.write(
        2,
        json!({"kind": "pledge", "request": request.to_string(), "quantity": 8}),
    );
    case.write(2, json!({
        "kind": "activity", "activity": "Protection presence", "cluster": "protection", "status": "ongoing",
        "place": "Lower Teres", "targeted": 550, "for_whom": "displaced families",
    }));
    case.write(1, json!({"kind": "assessment", "judgement": "Attacks are likely", "factors": ["7 4 rising", "8 3"]}));
    case.write(
        2,
        json!({"kind": "assessment", "judgement": "Preparations are seen", "factors": ["7 3"]}),
    );
    let designation = case.write(1, json!({
        "kind": "designation", "subject": "person", "name": "Commander of the Orsk militia", "grounds": "y",
        "measures": ["visa-ban", "asset-freeze"], "marking": "TLP:AMBER+STRICT",
    }));
    case.write(
        2,
        json!({"kind": "position", "record": designation.to_string(), "stand": "abstain"}),
    );
    let rumour = case.write(
        3,
        json!({"kind": "incident", "type": "killing", "title": "A rumour", "killed": 20}),
    );
    case.write(
        3,
        json!({"kind": "retraction", "record": rumour.to_string(), "reason": "a rumour"}),
    );
    case.write(3, json!({
        "kind": "correction", "record": market.to_string(), "reason": "hospital list", "amended_grading": "B2",
        "amended": {
            "kind": "incident", "type": "attack-on-civilians", "title": "Attack on Lower Teres market",
            "killed": 11, "place": place(44.812, 21.377),
        },
    }));
    case.write(
        3,
        json!({
            "kind": "note", "text": "وصلت القافلة إلى دالمات", "language": "ar",
        }),
    );
    case
}

/// The text of the element that a selector finds, with single blanks.
fn text(page: &Html, selector: &str) -> String {
    let selector = Selector::parse(selector).expect("a selector");
    let found = page.select(&selector);
    let words: Vec<String> = found
        .flat_map(|e| e.text())
        .flat_map(str::split_whitespace)
        .map(str::to_string)
        .collect();
    words.join(" ")
}

/// The page without what only the node that made it can say.
fn common(page: &str) -> String {
    let mut rest = page;
    let mut common = String::new();
    for (open, close) in [
        ("<p class=\"here\">", "</p>"),
        ("<div class=\"here\">", "</div><p class=\"note\">Sealed"),
    ] {
        let (before, after) = rest.split_once(open).expect("what only this node can say");
        common.push_str(before);
        (_, rest) = after.split_once(close).expect("its end");
    }
    common + rest
}

#[test]
fn the_page_says_what_the_case_says() {
    let html = story().html();
    let page = Html::parse_document(&html);
    assert_eq!(page.errors, Vec::<std::borrow::Cow<'_, str>>::new());
    let section = |name: &str| text(&page, &format!("section[aria-labelledby={name}]"));
    // Counted once, as corrected, and nothing of what was withdrawn.
    assert!(
        section("people").contains("Killed – 11 –"),
        "{}",
        section("people")
    );
    assert!(section("people").contains("1 event"));
    assert!(
        section("requests").contains("12 8 4"),
        "{}",
        section("requests")
    );
    assert!(
        section("risks").contains("4 ↑ rising"),
        "{}",
        section("risks")
    );
    assert!(section("designations").contains("UN Office : abstain"));
    let alerts = section("alerts");
    assert!(
        alerts.contains("Norland , 2026-11-03") && alerts.ends_with("Monitor"),
        "{alerts}"
    );
    assert!(section("displacement").contains("400 550 700"));
    let timeline = section("timeline");
    assert!(
        timeline.contains("it counts nowhere") && timeline.contains("It said: killed: 9 (6 to 14)"),
        "{timeline}"
    );
    assert!(section("holdings").contains("UN Office cdcdcdcd reader 5 7"));
    // The narrowest label, at the top and the bottom.
    assert_eq!(text(&page, ".band"), "TLP:AMBER+STRICT TLP:AMBER+STRICT");
    assert_eq!(text(&page, "bdi[lang=ar]"), "وصلت القافلة إلى دالمات");
}

#[test]
fn an_empty_case_is_a_page_too_and_is_marked() {
    let html = Case::default().html();
    let page = Html::parse_document(&html);
    assert!(page.errors.is_empty(), "{:?}", page.errors);
    assert_eq!(text(&page, ".band.top"), "TLP:AMBER");
}

#[test]
fn nothing_on_the_page_asks_anybody_for_anything() {
    let html = story().html();
    for outside in [
        "http:", "https:", "url(", "src=", "@import", "<script", "//",
    ] {
        assert!(!html.contains(outside), "{outside}");
    }
    let page = Html::parse_document(&html);
    let every = Selector::parse("[href]").expect("a selector");
    for link in page.select(&every) {
        let href = link.attr("href").expect("a link");
        let inside = href.strip_prefix('#').map(|id| format!("[id=\"{id}\"]"));
        match inside {
            Some(target) => {
                let target = Selector::parse(&target).expect("a selector");
                assert_eq!(page.select(&target).count(), 1, "{href}");
            }
            None => assert_eq!(href, "data:,"),
        }
    }
}

#[test]
fn what_was_left_out_is_said_with_the_reason() {
    let case = story();
    let mut page = case.page(case.state(), ROWS, "");
    page.terms.readers = Readers::Court;
    page.terms.left_out = vec![LeftOut {
        records: 3,
        why: "marked TLP:RED".into(),
    }];
    let html = write(&page);
    let parsed = Html::parse_document(&html);
    let said = text(&parsed, ".terms");
    assert!(
        said.contains("For: a court") && said.contains("3 records: marked TLP:RED"),
        "{said}"
    );
    // Nothing is said that only holds with what is left out, and nobody learns who is in the case and holds what.
    assert!(
        !text(&parsed, "section[aria-labelledby=convenings]").contains("No meeting was called")
    );
    assert!(!text(&parsed, "section[aria-labelledby=alerts]").contains("Not yet by"));
    assert!(!html.contains("Case file of") && !html.contains("Who holds what"));
}

#[test]
fn a_large_case_gives_a_bounded_page_that_says_what_it_leaves_out() {
    let mut case = Case::default();
    for n in 0..3_000u32 {
        let (lat, lon) = (
            40.0 + f64::from(n % 70) / 7.0,
            20.0 + f64::from(n % 90) / 9.0,
        );
        case.write(1, json!({
            "kind": "incident", "type": "killing", "title": "x", "killed": 1, "place": place(lat, lon),
            "time": format!("20{:02}-03-04", 10 + n % 80),
        }));
        case.write(
            1,
            json!({"kind": "request", "capability": "funds", "quantity": 1}),
        );
    }
    let html = write(&case.page(case.state(), 50, ""));
    assert!(html.len() < 300_000, "{}", html.len());
    let page = Html::parse_document(&html);
    assert!(
        text(&page, "section[aria-labelledby=timeline] .note")
            .contains("The newest 50 of 6,000 reports")
    );
    assert!(
        text(&page, "section[aria-labelledby=requests] .note")
            .contains("The newest 50 are shown; 3,000")
    );
    assert!(text(&page, "section[aria-labelledby=people]").contains("3,000 events"));
    let spots = page
        .select(&Selector::parse("g.spot").expect("a selector"))
        .count();
    assert!((20..400).contains(&spots), "{spots}");
}

/// `cargo test -p focal-node --release html -- --ignored --nocapture` prints the figures.
#[test]
#[ignore = "takes a while where nothing is optimised"]
#[expect(clippy::print_stderr, reason = "the figures are what it is for")]
fn a_hundred_thousand_records_are_a_page_of_a_few_hundred_kilobytes() {
    let mut case = Case::default();
    for n in 0..100_000u32 {
        let (lat, lon) = (
            40.0 + f64::from(n % 701) / 70.0,
            20.0 + f64::from(n % 907) / 90.0,
        );
        case.write(1 + u8::try_from(n % 3).expect("small"), json!({
            "kind": "incident", "type": "killing", "title": "An attack", "killed": 1, "place": place(lat, lon),
        }));
    }
    let mut state = case.state();
    let _ = state.hash();
    let start = std::time::Instant::now();
    let html = write(&case.page(state, ROWS, ""));
    let took = start.elapsed();
    assert!(html.len() < 1 << 20, "{}", html.len());
    assert!(took.as_secs() < 10);
    eprintln!("{} bytes in {took:?}", html.len());
}

/// `FOCAL_PAGE=/tmp/page.html cargo test -p focal-node a_page_to_look_at -- --ignored` writes one.
#[test]
#[ignore = "writes a file for a person to look at"]
fn a_page_to_look_at() {
    let path = std::env::var_os("FOCAL_PAGE").expect("FOCAL_PAGE names the file");
    let mut case = story();
    for n in 0..120u32 {
        let (lat, lon) = (
            44.6 + f64::from(n * 7 % 40) / 90.0,
            21.1 + f64::from(n * 13 % 50) / 80.0,
        );
        let content = if n % 5 == 0 {
            json!({"kind": "activity", "activity": "Patrol", "cluster": "protection", "status": "ongoing", "place": place(lat, lon)})
        } else {
            let day = format!("2026-{:02}-{:02}", 6 + n % 5, 1 + n % 28);
            json!({
                "kind": "incident", "title": "Shots near a village", "type": "attack-on-civilians", "killed": n % 4,
                "place": place(lat, lon), "time": day,
            })
        };
        case.write(1 + u8::try_from(n % 3).expect("small"), content);
        case.write(3, json!({
            "kind": "sitrep", "type": "situation-information", "title": "Families on the move",
            "displaced": format!("{}/{}/{}", 400 + n * 9, 550 + n * 10, 700 + n * 15), "place": "Lower Teres",
            "period": format!("2026-{:02}-{:02}", 6 + n / 24, 1 + n % 24),
        }));
    }
    std::fs::write(path, case.html()).expect("written");
}
