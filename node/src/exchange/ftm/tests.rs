use super::*;
use crate::exchange::{Format, tests_support::Case};

fn lines(case: &Case) -> Vec<Value> {
    let text = case.one(Format::Ftm).text;
    text.lines()
        .map(|l| serde_json::from_str(l).expect("JSON"))
        .collect()
}

#[test]
fn a_designation_is_a_subject_and_its_sanctions() {
    let mut case = Case::default();
    let id = case.add(1, &json!({
        "kind": "designation", "subject": "person", "name": "Dragan Orel", "aliases": ["The Eagle"], "birth_date": "1971-04",
        "birth_place": "Dalmat", "nationalities": ["VR"], "identifiers": ["passport X123456", "militia 7"], "grounds": "Commands it.",
        "legal_basis": "Act 7", "measures": ["asset-freeze", "visa-ban"], "marking": "TLP:AMBER",
    }));
    let proposed = lines(&case);
    assert_eq!(proposed.len(), 2);
    assert_eq!(
        proposed[0],
        json!({"id": format!("focal-{id}"), "schema": "Person", "properties": {
            "name": ["Dragan Orel"], "alias": ["The Eagle"], "birthDate": ["1971-04"], "birthPlace": ["Dalmat"], "nationality": ["vr"],
            "passportNumber": ["X123456"], "notes": ["militia: 7", "Marking: TLP:AMBER"],
        }})
    );
    let sanction = &proposed[1]["properties"];
    assert_eq!(sanction["entity"], json!([format!("focal-{id}")]));
    assert_eq!(
        (&sanction["status"], &sanction["provisions"]),
        (&json!(["proposed"]), &json!(["asset-freeze", "visa-ban"]))
    );
    assert_eq!(
        (&sanction["program"], &sanction["description"]),
        (&json!(["Act 7"]), &json!(["Marking: TLP:AMBER"]))
    );
    let position = |stand: &str| json!({"kind": "position", "record": id, "stand": stand, "date": "2026-11-10", "act": "Decree 7", "marking": "TLP:RED"});
    case.add(2, &position("imposed"));
    case.add(3, &position("imposed"));
    case.add(
        3,
        &json!({"kind": "position", "record": id, "stand": "object"}),
    );
    let now = lines(&case);
    assert_eq!(now.len(), 3);
    assert_eq!(now[0]["properties"]["topics"], json!(["sanction"]));
    let imposed = &now[2]["properties"];
    assert_eq!(
        (&imposed["authority"], &imposed["startDate"]),
        (&json!(["Organisation 2"]), &json!(["2026-11-10"]))
    );
    assert_eq!(imposed["description"], json!(["Marking: TLP:RED"]));
}

#[test]
fn ships_and_units_have_schemas_of_their_own() {
    let mut case = Case::default();
    case.add(1, &json!({"kind": "designation", "subject": "vessel", "name": "Teres Star", "nationalities": ["PA"],
        "identifiers": ["IMO 9074729", "passport 1"], "grounds": "x", "measures": ["arms-embargo"]}));
    case.add(1, &json!({"kind": "designation", "subject": "entity", "name": "Orsk militia", "nationalities": ["VR"], "grounds": "x", "measures": ["other"]}));
    let all = lines(&case);
    assert_eq!(
        (&all[0]["schema"], &all[2]["schema"]),
        (&json!("Vessel"), &json!("Organization"))
    );
    assert_eq!(
        all[0]["properties"],
        json!({"name": ["Teres Star"], "flag": ["pa"], "imoNumber": ["9074729"], "notes": ["passport: 1", "Marking: TLP:AMBER"]})
    );
    assert_eq!(all[2]["properties"]["country"], json!(["vr"]));
}
