use super::*;
use crate::exchange::{
    Became, import,
    tests_support::{Case, common, fields, line, place, prose, read_back},
};
use focal_protocol::record::{Consent, Draft, IncidentType};
use proptest::{collection::vec, option, prelude::*, sample::select};

#[test]
fn incidents_are_features_as_they_stand_with_longitude_first() {
    let mut case = Case::default();
    let incident = json!({"kind": "incident", "title": "Market", "type": "attack-on-civilians", "killed": "6/9/14",
        "place": {"name": "Lower Teres", "lat": 44.812, "lon": 21.377, "precision": "near"}});
    let first = case.add(1, &incident);
    case.add(
        1,
        &json!({"kind": "incident", "title": "Rumour", "type": "other"}),
    );
    let mut amended = incident;
    amended["killed"] = json!(11);
    let by = case.add(1, &json!({"kind": "correction", "record": first, "reason": "list", "amended": amended, "amended_grading": "B2"}));
    let document = case.one(Format::Geojson);
    let value: Value = serde_json::from_str(&document.text).expect("JSON");
    assert_eq!(value["marking"], "TLP:AMBER");
    let feature = &value["features"][0];
    assert_eq!(
        feature["geometry"],
        json!({"type": "Point", "coordinates": [21.377, 44.812]})
    );
    let said = &feature["properties"];
    assert_eq!(
        (&said["killed"], &said["grading"], &said["marking"]),
        (&json!({"best": 11}), &json!("B2"), &json!("TLP:AMBER"))
    );
    assert_eq!(said["corrected_by"], json!(by));
    assert_eq!(value["features"][1]["geometry"], Value::Null);
    assert_eq!(document.records, 2);
}

#[test]
fn what_is_not_geojson_is_refused_by_name() {
    let refused = |text: &str| {
        import(Some(Format::Geojson), text.as_bytes(), &Options::default())
            .expect_err("refused")
            .to_string()
    };
    for (text, why) in [
        ("[]", "it is no object"),
        ("{\"type\":\"Topology\"}", "its type is \"Topology\""),
        (
            "{\"type\":\"FeatureCollection\",\"features\":{}}",
            "no list of features",
        ),
        (
            "{\"type\":\"FeatureCollection\",\"features\":[]}",
            "with anything in it",
        ),
        ("{\"type\":", "EOF"),
    ] {
        let said = refused(text);
        assert!(said.contains(why), "{said}");
    }
    let many = vec!["{}"; limits::REPORTS + 1].join(",");
    assert_eq!(
        refused(&format!(
            "{{\"type\":\"FeatureCollection\",\"features\":[{many}]}}"
        )),
        "it has more than 5000 features"
    );
}

#[test]
fn a_place_off_the_globe_is_refused_by_its_member() {
    let text = r#"{"type":"Feature","geometry":{"type":"Point","coordinates":[44.8,210,7]},"properties":{"title":"x","type":"other"}}"#;
    let read = import(None, text.as_bytes(), &Options::default()).expect("read");
    let errors = read.reports[0]
        .check(focal_protocol::time::Time(1))
        .expect_err("refused");
    assert_eq!(errors[0].field, "place.lat (geometry)");
    assert!(
        read.reports[0]
            .found
            .iter()
            .any(|f| f.given == "7" && matches!(f.became, Became::LeftOut { .. }))
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]
    #[test]
    fn an_incident_that_goes_out_and_comes_back_says_the_same(
        texts in (line(), option::of(prose()), vec(line(), 0..3), option::of(line()), vec(line(), 0..3)),
        kind in select(IncidentType::ALL),
        counts in vec(option::of((0u32..9, 9u32..20, 20u32..)), 7),
        place in option::of(place()),
        time in option::of(select(vec!["2026-11-03", "2026-11~", "2026-11-03/..", "2026?", "2026-11-03T14:30:00Z"])),
        person in (option::of(select(Consent::ALL)), any::<bool>()),
        common in common(),
    ) {
        let mut all = common;
        all.extend([
            ("kind", Some(json!("incident"))),
            ("title", Some(json!(texts.0))),
            ("description", texts.1.map(Value::from)),
            ("alleged_perpetrators", Some(json!(texts.2))),
            ("victims_group", texts.3.map(Value::from)),
            ("weapons", Some(json!(texts.4))),
            ("type", Some(json!(kind))),
            ("place", place),
            ("time", time.map(Value::from)),
            ("consent", person.0.map(|c| json!(c))),
            ("identifies_person", person.1.then_some(json!(true))),
        ]);
        for (name, count) in Counts::NAMES.iter().zip(counts) {
            let row = |n: u32| json!({"sex": "female", "civilian": true, "count": n});
            let count = count.map(|(low, best, high)| json!({"low": low, "best": best, "high": high, "by": [row(low)]}));
            all.push((name, count));
        }
        let draft = Draft::from_json(None, &fields(all)).expect("a draft");
        let mut case = Case::default();
        case.draft(1, draft.clone());
        let (import, mut back) = read_back(&case.one(Format::Geojson), Format::Geojson);
        let lost = import.reports[0].found.iter().any(|f| matches!(f.became, Became::LeftOut { .. }));
        prop_assert!(!lost);
        let mut back = back.remove(0);
        back.refs.clear();
        prop_assert_eq!(back, draft);
    }
}
