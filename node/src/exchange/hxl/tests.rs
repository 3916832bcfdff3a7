use super::*;
use crate::exchange::{
    Became, Format, Options, import,
    tests_support::{Case, common, day, fields, line, place, prose, read_back},
};
use focal_protocol::record::{
    ActivityStatus, Body, Capability, Cluster, Draft, Kind, Responsibility,
};
use proptest::{option, prelude::*, sample::select};
use serde_json::{Value, json};

#[test]
fn a_hashtag_is_the_same_in_whatever_order_its_attributes_come() {
    assert_eq!(Tag::parse(" #Geo + LON+x "), Tag::parse("#geo+x+lon"));
    assert_eq!(
        Tag::parse("#adm1+name").map(|t| t.to_string()).as_deref(),
        Some("#adm1+name")
    );
    for bad in ["", "geo", "#", "#geo+", "#geo lat", "#1x", "x #geo"] {
        assert_eq!(Tag::parse(bad), None, "{bad}");
    }
}

#[test]
fn hashtags_stand_within_the_first_25_rows() {
    let table = |rows: usize| {
        format!(
            "{}#activity,#sector,#status\nx,health,ongoing\n",
            "title,,\n".repeat(rows)
        )
    };
    let read = |rows| {
        import(
            Some(Format::Hxl),
            table(rows).as_bytes(),
            &Options::default(),
        )
    };
    assert_eq!(read(24).expect("read").reports[0].at, "row 26");
    assert!(
        read(25)
            .expect_err("refused")
            .to_string()
            .contains("within the first 25 rows")
    );
}

#[test]
fn a_table_over_a_limit_is_refused() {
    use crate::exchange::limits;
    let rows = "x,health,ongoing\n".repeat(limits::REPORTS + 1);
    let table = format!("#activity,#sector,#status\n{rows}");
    let refused = |text: &str| {
        import(None, text.as_bytes(), &Options::default())
            .expect_err("refused")
            .to_string()
    };
    assert_eq!(refused(&table), "it has more than 5000 rows of data");
    let wide = vec!["#activity"; limits::COLUMNS + 1].join(",");
    assert_eq!(refused(&wide), "it has more than 256 columns");
    assert!(refused("#activity,#sector\n").contains("nothing stands below its hashtags"));
}

#[test]
fn whole_numbers_of_people_win_over_their_parts() {
    let table = "#activity,#targeted+f,#targeted,#targeted+m,#reached+f,#reached+m\nx,1,\"1,050\",2,5.0,many\n";
    let read = import(Some(Format::Hxl), table.as_bytes(), &Options::default()).expect("read");
    let report = &read.reports[0];
    assert_eq!(report.fields["targeted"], 1050);
    // What is no number is refused by its check, and not passed over.
    assert_eq!(report.fields["reached"], "many");
}

#[test]
fn the_smallest_place_has_the_name_and_the_code() {
    let table = "#activity,#adm1+name,#adm2+name,#loc+name,#adm1+code,#adm2+code,#country+name\nx,Orsk,Dalmat,Market,VR03,VR0307,Varenia\n";
    let read = import(Some(Format::Hxl), table.as_bytes(), &Options::default()).expect("read");
    let report = &read.reports[0];
    assert_eq!(
        report.fields["place"],
        json!({"name": "Market, Dalmat, Orsk, Varenia", "code": "VR0307", "precision": "adm2"})
    );
    assert!(
        report
            .found
            .iter()
            .any(|f| f.given == "VR03" && matches!(f.became, Became::LeftOut { .. }))
    );
}

#[test]
fn a_partners_words_are_no_formula_on_an_officers_machine() {
    let mut case = Case::default();
    case.add(1, &json!({"kind": "activity", "activity": "=cmd|' /C calc'!A0", "cluster": "health", "status": "ongoing",
        "place": {"lat": -3.5, "lon": 21}}));
    let text = case.one(Format::Hxl).text;
    assert!(
        text.contains("'=cmd|") && text.contains(",-3.5,21,"),
        "{text}"
    );
    assert!(
        text.contains("TLP:AMBER")
            && text
                .lines()
                .nth(1)
                .is_some_and(|tags| tags.contains("#meta+marking"))
    );
}

#[test]
fn activities_and_requests_are_two_tables_as_they_stand() {
    let mut case = Case::default();
    let activity = json!({"kind": "activity", "activity": "Presence", "cluster": "protection", "status": "planned"});
    let first = case.add(1, &activity);
    let gone = case.add(1, &activity);
    case.add(
        1,
        &json!({"kind": "request", "capability": "monitors", "quantity": 12}),
    );
    let mut amended = activity;
    amended["status"] = json!("ongoing");
    case.add(
        1,
        &json!({"kind": "correction", "record": first, "reason": "begun", "amended": amended}),
    );
    case.add(
        1,
        &json!({"kind": "retraction", "record": gone, "reason": "twice"}),
    );
    let tables = case.export(Format::Hxl);
    let names: Vec<_> = tables
        .iter()
        .map(|t| (t.name.as_str(), t.records))
        .collect();
    assert_eq!(
        names,
        [
            ("focal-07070707-activities.csv", 1),
            ("focal-07070707-requests.csv", 1)
        ]
    );
    assert!(tables[0].text.contains(",ongoing,"));
    case.filter.kinds = vec![Kind::Request];
    assert_eq!(case.export(Format::Hxl).len(), 1);
}

fn back(case: &Case) -> Draft {
    let (import, mut drafts) = read_back(&case.one(Format::Hxl), Format::Hxl);
    assert_eq!(import.reports[0].found, []);
    drafts[0].refs.clear();
    drafts.remove(0)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]
    #[test]
    fn an_activity_that_goes_out_and_comes_back_says_the_same(
        texts in (line(), option::of(line()), option::of(line()), option::of(prose())),
        cluster in select(Cluster::ALL),
        responsibility in option::of(select(Responsibility::ALL)),
        status in select(ActivityStatus::ALL),
        place in option::of(place()),
        start in option::of(day(2026)),
        end in option::of(day(2027)),
        people in (option::of(any::<u32>()), option::of(any::<u32>())),
        common in common(),
    ) {
        let mut all = common;
        all.extend([
            ("kind", Some(json!("activity"))),
            ("activity", Some(json!(texts.0))),
            ("who", texts.1.map(Value::from)),
            ("for_whom", texts.2.map(Value::from)),
            ("description", texts.3.map(Value::from)),
            ("cluster", Some(json!(cluster))),
            ("responsibility", responsibility.filter(|_| cluster == Cluster::Protection).map(|r| json!(r))),
            ("status", Some(json!(status))),
            ("place", place),
            ("start", start.map(Value::from)),
            ("end", end.map(Value::from)),
            ("targeted", people.0.map(Value::from)),
            ("reached", people.1.map(Value::from)),
        ]);
        let mut draft = Draft::from_json(None, &fields(all)).expect("a draft");
        let mut case = Case::default();
        case.draft(1, draft.clone());
        // Who it is is always said in a table.
        if let Body::Activity(activity) = &mut draft.body {
            activity.who.get_or_insert("Organisation 1".into());
        }
        prop_assert_eq!(back(&case), draft);
    }

    #[test]
    fn a_request_that_goes_out_and_comes_back_says_the_same(
        texts in (option::of(line()), option::of(line()), option::of(prose())),
        capability in select(Capability::ALL),
        quantity in 1u32..,
        place in option::of(place()),
        needed_by in option::of(day(2026)),
        common in common(),
    ) {
        let mut all = common;
        all.extend([
            ("kind", Some(json!("request"))),
            ("capability", Some(json!(capability))),
            ("quantity", Some(json!(quantity))),
            ("unit", texts.0.map(Value::from)),
            ("contact", texts.1.map(Value::from)),
            ("description", texts.2.map(Value::from)),
            ("place", place),
            ("needed_by", needed_by.map(Value::from)),
        ]);
        let draft = Draft::from_json(None, &fields(all)).expect("a draft");
        let mut case = Case::default();
        case.draft(1, draft.clone());
        prop_assert_eq!(back(&case), draft);
    }
}
