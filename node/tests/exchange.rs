//! Files of others: every sample is taken or refused by name, for the right reason.

use focal_node::exchange::{Became, Error, Format, Import, Options, Report, import};
use focal_protocol::time::Time;
use serde_json::json;
use std::path::Path;

fn bytes(name: &str) -> Vec<u8> {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/samples");
    std::fs::read(samples.join(name)).expect("a sample")
}

fn read(name: &str) -> Result<Import, Error> {
    import(None, &bytes(name), &Options::default())
}

fn taken(name: &str) -> Import {
    read(name).unwrap_or_else(|e| panic!("{name}: {e}"))
}

fn refused(name: &str) -> String {
    read(name).expect_err(name).to_string()
}

/// Before the samples' alerts expired.
fn then() -> Time {
    "2003-06-12T00:00:00Z".parse().expect("a time")
}

fn now() -> Time {
    "2026-11-03T10:00:00Z".parse().expect("a time")
}

fn wrong(report: &Report, at: Time) -> Vec<String> {
    let errors = report.check(at).err().unwrap_or_default();
    errors.into_iter().map(|e| e.field).collect()
}

fn left_out(report: &Report) -> Vec<&str> {
    let out = report
        .found
        .iter()
        .filter(|f| matches!(f.became, Became::LeftOut { .. }));
    out.map(|f| f.at.as_str()).collect()
}

#[test]
fn an_alert_in_two_languages_becomes_one_with_a_translation() {
    let import = taken("cap/amber_alert.xml");
    assert_eq!((import.format, import.encoding), (Format::Cap, "UTF-8"));
    let [report] = &import.reports[..] else {
        panic!("{:?}", import.reports.len())
    };
    assert_eq!(wrong(report, then()), [""; 0]);
    let fields = &report.fields;
    assert_eq!(fields["headline"], "Amber Alert in Los Angeles County");
    assert_eq!(fields["language"], "en-US");
    assert_eq!(fields["category"], json!(["rescue"]));
    assert_eq!(
        (
            &fields["urgency"],
            &fields["severity"],
            &fields["certainty"]
        ),
        (&json!("immediate"), &json!("severe"), &json!("likely"))
    );
    assert_eq!(fields["area"], json!({"name": "Los Angeles County"}));
    assert_eq!(fields["marking"], "TLP:CLEAR");
    let text = fields["description"].as_str().expect("text");
    assert!(text.starts_with("DATE/TIME: 06/11/03, 1915 HRS."));
    assert!(text.contains("[es-US] Headline: Alerta Amber en el condado de Los Ángeles"));
    assert!(text.contains("Contact: DET. SMITH"));
    assert!(text.ends_with(
        "Source: CAP KARO@CLETS.DOJ.CA.GOV,KAR0-0306112239-SW,2003-06-11T22:39:00-07:00"
    ));
    // FIPS codes of counties are neither ISO 3166 nor P-codes.
    assert_eq!(left_out(report), ["eventCode", "area 1 geocode"]);
}

#[test]
fn an_alert_that_says_the_same_twice_is_taken_once() {
    let import = taken("cap/australia.cap");
    assert_eq!(import.reports.len(), 1);
    let report = &import.reports[0];
    assert_eq!(wrong(report, then()), [""; 0]);
    assert_eq!(report.fields["category"], json!(["fire", "met"]));
    assert_eq!(report.fields["response_type"], json!(["evacuate"]));
    assert_eq!(report.fields["expires"], "2011-10-06T13:04:00.000Z");
    assert_eq!(
        report.fields["area"],
        json!({"name": "Yerong Creek Structure Fire", "lat": -35.3888, "lon": 147.0598, "precision": "near", "country": "AU", "code": "AU-NSW"})
    );
    assert!(
        report.fields["description"]
            .as_str()
            .is_some_and(|t| t.contains("Area: within 25 km of the point"))
    );
    let out = left_out(report);
    assert_eq!(
        out.iter().filter(|at| at.starts_with("parameter")).count(),
        7
    );
    assert!(out.contains(&"resource") && out.contains(&"info 2 geocode"));
    // It has expired, and a case is told of dangers that are to come.
    assert_eq!(wrong(report, now()), ["expires (expires)"]);
    let expired = Options {
        expired: Some(now()),
        ..Options::default()
    };
    let import = import_with("cap/australia.cap", &expired);
    assert_eq!(wrong(&import.reports[0], now()), [""; 0]);
    assert!(
        import.reports[0].fields["description"]
            .as_str()
            .is_some_and(|t| t.contains("Expired: 2011-10-06T23:04:00+10:00"))
    );
}

fn import_with(name: &str, options: &Options) -> Import {
    import(None, &bytes(name), options).unwrap_or_else(|e| panic!("{name}: {e}"))
}

#[test]
fn cap_1_1_is_read_as_its_successor() {
    let quake = taken("cap/earthquake.cap");
    let fields = &quake.reports[0].fields;
    assert_eq!(wrong(&quake.reports[0], then()), [""; 0]);
    assert_eq!(
        fields["headline"],
        "EQ 6.3 Neiafu, Tonga - PRELIMINARY REPORT"
    );
    assert_eq!(fields["area"]["lat"], -16.053);
    assert_eq!(fields["area"].get("precision"), None);
    assert!(
        fields["area"]["name"]
            .as_str()
            .is_some_and(|n| n.starts_with("185 miles") && n.chars().count() <= 200)
    );
    assert!(
        quake
            .found
            .iter()
            .any(|f| matches!(&f.became, Became::Remark { remark } if remark.contains("CAP 1.1")))
    );
    let weather = taken("cap/weather.cap");
    assert_eq!(wrong(&weather.reports[0], then()), [""; 0]);
    assert_eq!(weather.reports[0].fields["urgency"], "expected");
    let instruction = weather.reports[0].fields["instruction"]
        .as_str()
        .expect("text");
    assert!(
        instruction.lines().count() == 4
            && instruction.ends_with("SHOULD FLASH FLOOD WARNINGS BE ISSUED.")
    );
    assert!(
        weather.reports[0].fields["description"]
            .as_str()
            .is_some_and(|t| t.contains("Note: Alert for Central"))
    );
}

#[test]
fn an_alert_against_the_rules_is_refused_by_the_element() {
    assert_eq!(
        refused("cap/invalid.cap"),
        "it breaks the rules of CAP 1.2: scope: nothing; allowed: Public, Restricted, Private"
    );
    assert_eq!(
        refused("cap/no_optional_fields.cap"),
        "it breaks the rules of CAP 1.2: info: nothing; allowed: at least one <info>: without it there is no alert"
    );
}

/// What the rows of the table of four countries say.
fn rows_of_four_countries(import: &Import) {
    assert_eq!(import.format, Format::Hxl);
    let ats: Vec<&str> = import.reports.iter().map(|r| r.at.as_str()).collect();
    assert_eq!(ats, ["row 4", "row 5", "row 6", "row 7"]);
    let first = &import.reports[0].fields;
    assert_eq!(first["cluster"], "water-sanitation-and-hygiene");
    assert_eq!(
        (&first["activity"], &first["who"]),
        (&json!("Higiene"), &json!("ACNUR"))
    );
    assert_eq!(first["targeted"], 200);
    assert_eq!(
        first["place"],
        json!({"country": "PA", "name": "Los Santos"})
    );
    let third = &import.reports[2].fields;
    assert_eq!(
        (&third["cluster"], &third["targeted"]),
        (&json!("education"), &json!(550))
    );
    assert_eq!(
        (&third["activity"], &third["place"]),
        (
            &json!("Formación de enseñadores"),
            &json!({"country": "CO", "name": "Chocó"})
        )
    );
    assert_eq!(import.reports[1].fields.get("targeted"), None);
    let said: Vec<String> = import
        .found
        .iter()
        .filter(|f| matches!(f.became, Became::LeftOut { .. }))
        .map(|f| f.at.clone())
        .collect();
    assert_eq!(said, ["column 1", "column 9, #date+reported"]);
    // Nothing in the table says how far the activities are.
    for report in &import.reports {
        assert_eq!(wrong(report, now()), ["status"]);
    }
}

#[test]
fn a_table_is_read_in_both_encodings_and_asks_for_what_it_lacks() {
    rows_of_four_countries(&taken("hxl/input-valid.csv"));
    let latin = taken("hxl/input-valid-latin1.csv");
    assert_eq!(latin.encoding, "windows-1252");
    assert!(latin.found.iter().any(
        |f| matches!(&f.became, Became::Remark { remark } if remark.contains("windows-1252"))
    ));
    rows_of_four_countries(&latin);
    let mut options = Options::default();
    options.defaults.insert("status".into(), json!("completed"));
    let filled = import_with("hxl/input-valid.csv", &options);
    assert!(filled.reports.iter().all(|r| r.check(now()).is_ok()));
}

#[test]
fn a_table_without_hashtags_is_refused_with_the_row() {
    assert_eq!(
        refused("hxl/input-invalid.csv"),
        "it breaks the rules of HXL 1.1: row 3: words with + and without #; allowed: a row of hashtags such as #sector,#adm1+name within the first 25 rows"
    );
}

#[test]
fn a_cell_of_several_lines_is_one_text_and_a_row_that_says_too_little_is_refused() {
    let import = taken("hxl/input-multiline.csv");
    let [report] = &import.reports[..] else {
        panic!("one row")
    };
    assert_eq!(report.fields["description"], "Line 1\nLine 2\nLine 3");
    assert_eq!(wrong(report, now()), ["activity", "cluster", "status"]);
}

#[test]
fn hostile_files_are_refused_by_name() {
    for (name, why) in [
        ("billion-laughs.cap", "document type declaration (DTD)"),
        ("external-entity.cap", "document type declaration (DTD)"),
        ("empty-doctype.cap", "document type declaration (DTD)"),
        (
            "undeclared-entity.cap",
            "not well-formed: unknown entity reference 'nbsp'",
        ),
        ("deep.cap", "more than 32 levels of elements"),
        (
            "long-attribute.cap",
            "more than 4096 bytes in one attribute",
        ),
        ("zero-bytes.cap", "zero bytes, as no text file has"),
        ("control-characters.cap", "not well-formed"),
        (
            "exercise.cap",
            "status: Exercise; allowed: Actual: an exercise, a test or a draft must not become an alert",
        ),
        (
            "acknowledgement.cap",
            "msgType: Ack; allowed: Alert, Update, Cancel",
        ),
        (
            "bad-names.cap",
            "identifier: x 1,2; allowed: no spaces, commas, < or &; sender: a&b",
        ),
        ("unknown-encoding.cap", "\"ebcdic-cp-us\" is not read"),
        (
            "wrong-utf-8.cap",
            "XML that names no encoding is UTF-8, and this is not",
        ),
        (
            "other-root.xml",
            "not a CAP 1.2 or 1.1 alert, but <html> of http://www.w3.org/1999/xhtml",
        ),
        ("workbook.xlsx", "a spreadsheet; save the sheet as CSV"),
        ("other-crs.geojson", "crs"),
        ("deep.geojson", "not well-formed: recursion limit exceeded"),
    ] {
        let said = refused(&format!("hostile/{name}"));
        assert!(said.contains(why), "{name}: {said}");
    }
}

#[test]
fn what_is_odd_and_not_wrong_is_taken_and_said() {
    let bidi = taken("hostile/bidi-controls.cap");
    assert!(
        bidi.reports[0]
            .found
            .iter()
            .any(|f| matches!(&f.became, Became::Remark { remark } if remark.contains("order")))
    );
    let signed = taken("hostile/signed.cap");
    assert!(signed.found.iter().any(|f| matches!(&f.became, Became::Remark { remark } if remark.contains("signature was not checked"))));
    assert_eq!(taken("hostile/utf-16.cap").encoding, "UTF-16LE");
    assert_eq!(
        taken("hostile/utf-16.cap").reports[0].fields["headline"],
        "تيريس"
    );
    assert_eq!(
        taken("hostile/latin-1.cap").reports[0].fields["headline"],
        "Attaque à Térès"
    );
    assert_eq!(
        wrong(&taken("hostile/bad-words.cap").reports[0], now()),
        ["urgency (urgency)"]
    );
    let formula = taken("hostile/formulas.csv");
    assert!(
        formula.reports[0].fields["activity"]
            .as_str()
            .is_some_and(|t| t.starts_with("=HYPERLINK"))
    );
    let semicolons = taken("hostile/semicolons.csv");
    assert_eq!(semicolons.reports[0].fields["status"], "ongoing");
    let polygon = taken("hostile/polygon.geojson");
    assert_eq!(polygon.reports[0].check(now()).map(|_| ()), Ok(()));
    assert_eq!(left_out(&polygon.reports[0]), ["geometry", "colour"]);
    let lines = taken("hostile/not-signed.ndjson");
    assert!(lines.signed.is_empty());
    assert_eq!(lines.found.len(), 4);
}

#[test]
fn every_sample_is_named_in_these_tests() {
    let source = include_str!("exchange.rs");
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/samples");
    for folder in ["cap", "hxl", "hostile"] {
        for file in std::fs::read_dir(samples.join(folder)).expect("a folder") {
            let name = file
                .expect("a file")
                .file_name()
                .into_string()
                .expect("a name");
            assert!(source.contains(&name), "{name}");
        }
    }
}
