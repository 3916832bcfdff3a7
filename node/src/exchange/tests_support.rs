//! Cases for the tests of formats: records as people write them, signed.

use super::{Document, Export, Filter, Format, Import, Options, Permitted, import};
use focal_protocol::{
    id::{CaseId, OrgId, RecordId},
    key::SecretKey,
    record::{Body, Draft, Record},
    signed::Signed,
    time::Time,
};
use proptest::{collection::vec, option, prelude::*, sample::select};
use serde_json::{Map, Value, json};

/// When the first record is written: 2026-11-03T10:00:00Z.
pub(super) const NOON: u64 = 1_793_700_000_000;

#[derive(Default)]
pub(super) struct Case {
    pub(super) records: Vec<Permitted>,
    pub(super) filter: Filter,
}

impl Case {
    /// A record of the organisation with this number, a minute after the one before.
    pub(super) fn add(&mut self, org: u8, content: &Value) -> RecordId {
        let draft = Draft::from_json(None, content).expect("a draft");
        self.draft(org, draft)
    }

    pub(super) fn draft(&mut self, org: u8, draft: Draft) -> RecordId {
        let key = SecretKey::from_seed([org; 32].into());
        let minutes = self.records.len() as u64;
        let created = Time(NOON + minutes * 60_000);
        let record: Record = draft
            .into_record(CaseId([7; 32]), key.public(), OrgId([org; 32]), created)
            .expect("a record");
        let signed = Signed::new(&record, &key);
        let id = Record::id_of(&signed);
        self.records.push(Permitted {
            id,
            record,
            signed,
            organisation: format!("Organisation {org}"),
            author: format!("Author {org}"),
        });
        id
    }

    pub(super) fn export(&self, format: Format) -> Vec<Document> {
        let names = |org: &OrgId| format!("Organisation {}", org.0[0]);
        let export = Export {
            case: CaseId([7; 32]),
            title: "Varenia: Orsk province",
            names: &names,
            records: &self.records,
            filter: &self.filter,
        };
        export.write(format).expect("written")
    }

    /// The only document.
    pub(super) fn one(&self, format: Format) -> Document {
        let mut documents = self.export(format);
        assert_eq!(documents.len(), 1);
        documents.remove(0)
    }
}

pub(super) fn note_text(body: &Body) -> &str {
    match body {
        Body::Note(note) => &note.text,
        _ => panic!("not a note"),
    }
}

/// Reads what was written, and gives the records in it as drafts.
pub(super) fn read_back(document: &Document, format: Format) -> (Import, Vec<Draft>) {
    let import = import(None, document.text.as_bytes(), &Options::default()).expect("read");
    assert_eq!((import.format, import.encoding), (format, "UTF-8"));
    let drafts = import
        .reports
        .iter()
        .map(|r| r.check(Time(NOON)).expect("a report"));
    let drafts = drafts.collect();
    (import, drafts)
}

/// One line as people write it, in any script, and with what formats escape.
pub(super) fn line() -> impl Strategy<Value = String> {
    let any = "[^\\p{C}\\p{Z}]{1,3}[^\\p{C}\\p{Zl}\\p{Zp}]{0,30}[^\\p{C}\\p{Z}]";
    let hard = select(vec![
        "=1+1",
        "'quoted",
        "\"a\", b; c",
        "<b>&amp;</b>",
        "-12",
        "@x",
        "a\\,b\\nc",
        "#tag+x",
        "]]>",
        "—",
        "true",
        "12",
    ]);
    prop_oneof![3 => any.prop_map(String::from), 1 => hard.prop_map(String::from)]
}

/// A text of some lines.
pub(super) fn prose() -> impl Strategy<Value = String> {
    vec(line(), 1..4).prop_map(|lines| lines.join("\n\t"))
}

/// Fields, of which those without a value are left out.
pub(super) fn fields(pairs: Vec<(&str, Option<Value>)>) -> Value {
    let pairs = pairs
        .into_iter()
        .filter_map(|(n, v)| Some((n.to_string(), v?)));
    Value::Object(pairs.collect::<Map<_, _>>())
}

/// A place with at least one thing said of it. Degrees have six decimals, as people write them.
pub(super) fn place() -> impl Strategy<Value = Value> {
    let degrees =
        |most: i32| (-most * 1_000_000..=most * 1_000_000).prop_map(|n| f64::from(n) / 1e6);
    let point = option::of((degrees(90), degrees(180)));
    let code = select(vec!["VR03", "RO-IF", "0307", "-7"]);
    let precision = select(vec!["exact", "near", "adm2", "adm1", "country"]);
    let country = select(vec!["VR", "NO"]);
    (
        option::of(line()),
        option::of(country),
        option::of(code),
        point,
        option::of(precision),
    )
        .prop_filter("something", |(name, country, code, point, _)| {
            name.is_some() || country.is_some() || code.is_some() || point.is_some()
        })
        .prop_map(|(name, country, code, point, precision)| {
            fields(vec![
                ("name", name.map(Value::from)),
                ("country", country.map(Value::from)),
                ("code", code.map(Value::from)),
                ("lat", point.map(|p| json!(p.0))),
                ("lon", point.map(|p| json!(p.1))),
                ("precision", precision.map(Value::from)),
            ])
        })
}

/// What every record can say besides its kind's fields.
pub(super) fn common() -> impl Strategy<Value = Vec<(&'static str, Option<Value>)>> {
    let marking = (
        select(vec![
            "TLP:RED",
            "TLP:AMBER+STRICT",
            "TLP:AMBER",
            "TLP:GREEN",
            "TLP:CLEAR",
        ]),
        vec(0u8..4, 0..3),
        any::<bool>(),
    );
    let marking = marking.prop_map(|(tlp, orgs, control)| {
        let orgs: Vec<OrgId> = orgs.into_iter().map(|n| OrgId([n; 32])).collect();
        json!({"tlp": tlp, "releasable_to": orgs, "originator_control": control})
    });
    let grading = option::of(select(vec!["A1", "B2", "F6"]));
    let verification = option::of(select(vec!["alleged", "verified", "refuted"]));
    let language = option::of(select(vec!["en", "sr-Latn-RS", "ar"]));
    (marking, grading, verification, language).prop_map(
        |(marking, grading, verification, language)| {
            vec![
                ("marking", Some(marking)),
                ("grading", grading.map(Value::from)),
                ("verification", verification.map(Value::from)),
                ("language", language.map(Value::from)),
            ]
        },
    )
}

/// Day and month of a year.
pub(super) fn day(year: u32) -> impl Strategy<Value = String> {
    (1u32..=12, 1u32..=28).prop_map(move |(month, day)| format!("{year}-{month:02}-{day:02}"))
}
