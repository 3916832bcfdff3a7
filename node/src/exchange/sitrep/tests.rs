use super::*;
use crate::exchange::{Format, tests_support::Case, xml};
use roxmltree::Node;
use serde_json::json;

#[test]
fn a_sitrep_has_the_elements_of_the_standard_in_their_order() {
    let mut case = Case::default();
    case.add(1, &json!({
        "kind": "sitrep", "title": "Orsk <week 44>", "type": "situation-information", "period": "2026-11-01/2026-11-03",
        "situation": "Checkpoints & families", "needs": "Shelter", "displaced": "400/550/700", "number": 3, "version": 2,
        "next_report_due": "2026-11-06T08:00:00Z", "place": {"name": "Lower Teres", "lat": 44.812, "lon": 21.377},
        "grading": "B2", "marking": "TLP:AMBER+STRICT",
    }));
    case.add(1, &json!({"kind": "sitrep", "title": "Short"}));
    let documents = case.export(Format::EdxlSitrep);
    assert_eq!(documents.len(), 2);
    let document = xml::parse(&documents[0].text).expect("well-formed");
    let root = document.root_element();
    assert_eq!(
        (root.tag_name().namespace(), root.tag_name().name()),
        (Some(SITREP), "sitRep")
    );
    let names: Vec<&str> = root
        .children()
        .filter(Node::is_element)
        .map(|c| c.tag_name().name())
        .collect();
    assert_eq!(
        names,
        [
            "messageID",
            "preparedBy",
            "authorizedBy",
            "reportPurpose",
            "reportNumber",
            "reportVersion",
            "forTimePeriod",
            "reportTitle",
            "incidentID",
            "reportConfidence",
            "severity",
            "nextContact",
            "report",
        ]
    );
    let text = |name: &str| {
        root.descendants()
            .find(|n| n.tag_name().name() == name)
            .map(xml::text_of)
            .unwrap_or_default()
    };
    assert_eq!(text("reportTitle"), "[TLP:AMBER+STRICT] Orsk <week 44>");
    assert!(text("reportPurpose").starts_with("TLP:AMBER+STRICT. Type: situation-information."));
    assert_eq!(
        (text("reportNumber"), text("reportVersion")),
        ("3".into(), "Update".into())
    );
    assert_eq!(
        (text("fromDateTime"), text("toDateTime")),
        (
            "2026-11-01T00:00:00-00:00".into(),
            "2026-11-03T23:59:59-00:00".into()
        )
    );
    assert_eq!(
        (text("reportConfidence"), text("pos")),
        ("SomewhatConfident".into(), "44.812 21.377".into())
    );
    assert_eq!(text("nextContact"), "2026-11-06T08:00:00-00:00");
    let observation = text("observationText");
    for said in [
        "Grading: B2",
        "displaced: 400/550/700",
        "Situation\nCheckpoints & families",
        "Needs\nShelter",
    ] {
        assert!(observation.contains(said), "{observation}");
    }
    let short = xml::parse(&documents[1].text).expect("well-formed");
    assert!(
        short
            .descendants()
            .any(|n| n.tag_name().name() == "geoCode")
    );
}
