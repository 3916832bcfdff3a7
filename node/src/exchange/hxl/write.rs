//! From activities and requests to tables, as they stand now.

use super::looks_like_formula;
use crate::exchange::{
    export::{Document, Export},
    marking_text,
    standing::Standing,
};
use csv::{Terminator, WriterBuilder};
use focal_protocol::record::{Activity, Body, Kind, Place, Precision, Request};

const COMMON: &[(&str, &str)] = &[
    ("Place", "#loc+name"),
    ("Country", "#country+code+v_iso2"),
    ("Code (first level)", "#adm1+code"),
    ("Code (second level)", "#adm2+code"),
    ("Code", "#loc+code"),
    ("Latitude", "#geo+lat"),
    ("Longitude", "#geo+lon"),
    ("Precision", "#geo+precision"),
    ("Description", "#description"),
    ("Grading", "#meta+grading"),
    ("Verification", "#meta+verification"),
    ("Language", "#meta+language"),
    ("Marking", "#meta+marking"),
    ("Reported by", "#meta+org+name"),
    ("Reported at", "#date+reported"),
    ("Record", "#meta+record+id"),
];
const ACTIVITY: &[(&str, &str)] = &[
    ("Organisation", "#org"),
    ("Cluster", "#sector"),
    ("Area of responsibility", "#activity+type"),
    ("Activity", "#activity"),
    ("Status", "#status"),
    ("Start", "#date+start"),
    ("End", "#date+end"),
    ("For whom", "#beneficiary"),
    ("People targeted", "#targeted"),
    ("People reached", "#reached"),
];
const REQUEST: &[(&str, &str)] = &[
    ("Needed", "#need"),
    ("Quantity", "#need+num"),
    ("Unit", "#need+unit"),
    ("Needed by", "#date+due"),
    ("Contact", "#contact"),
];

/// Writes a table of the activities and one of the requests.
pub(in crate::exchange) fn write(export: &Export<'_>) -> Vec<Document> {
    let mut documents = table(export, Kind::Activity, ACTIVITY, "activities.csv");
    documents.extend(table(export, Kind::Request, REQUEST, "requests.csv"));
    documents
}

fn table(export: &Export<'_>, kind: Kind, own: &[(&str, &str)], name: &str) -> Vec<Document> {
    let rows = export.standing(&[kind]);
    let mut writer = WriterBuilder::new()
        .terminator(Terminator::CRLF)
        .from_writer(Vec::new());
    let columns = || own.iter().chain(COMMON);
    let mut write = |cells: Vec<String>| {
        writer
            .write_record(cells)
            .expect("memory takes all that is written");
    };
    write(columns().map(|(title, _)| (*title).to_string()).collect());
    write(columns().map(|(_, tag)| (*tag).to_string()).collect());
    for standing in &rows {
        let (mut cells, place, description) = match standing.body {
            Body::Activity(activity) => {
                let cells = of_activity(activity, standing);
                (cells, &activity.place, &activity.description)
            }
            Body::Request(request) => (of_request(request), &request.place, &request.description),
            _ => continue,
        };
        cells.extend(of_place(place.as_ref()));
        cells.push(safe(description.as_deref()));
        cells.extend(of_record(standing));
        write(cells);
    }
    let bytes = writer
        .into_inner()
        .expect("memory takes all that is written");
    let text = String::from_utf8(bytes).expect("only text is written");
    export.document(name, "text/csv", text, rows.iter().map(|r| &r.marking))
}

/// Text that no spreadsheet takes for a formula: a partner's words must not run on an officer's machine.
fn safe(text: Option<&str>) -> String {
    match text {
        Some(text) if looks_like_formula(text) => format!("'{text}"),
        Some(text) => text.to_string(),
        None => String::new(),
    }
}

fn shown<T: ToString>(value: Option<&T>) -> String {
    value.map(ToString::to_string).unwrap_or_default()
}

fn of_activity(activity: &Activity, standing: &Standing<'_>) -> Vec<String> {
    let who = activity.who.as_deref();
    vec![
        safe(who.or(Some(&standing.permitted.organisation))),
        activity.cluster.to_string(),
        shown(activity.responsibility.as_ref()),
        safe(Some(&activity.activity)),
        activity.status.to_string(),
        shown(activity.start.as_ref()),
        shown(activity.end.as_ref()),
        safe(activity.for_whom.as_deref()),
        shown(activity.targeted.as_ref()),
        shown(activity.reached.as_ref()),
    ]
}

fn of_request(request: &Request) -> Vec<String> {
    vec![
        request.capability.to_string(),
        request.quantity.to_string(),
        safe(request.unit.as_deref()),
        shown(request.needed_by.as_ref()),
        safe(request.contact.as_deref()),
    ]
}

fn of_place(place: Option<&Place>) -> Vec<String> {
    let none = Place::default();
    let place = place.unwrap_or(&none);
    let code = |level: Option<Precision>| {
        let here = match place.precision {
            Some(p @ (Precision::Adm1 | Precision::Adm2)) => Some(p),
            _ => None,
        };
        safe(place.code.as_deref().filter(|_| here == level))
    };
    vec![
        safe(place.name.as_deref()),
        shown(place.country.as_ref()),
        code(Some(Precision::Adm1)),
        code(Some(Precision::Adm2)),
        code(None),
        shown(place.point.map(|p| p.lat).as_ref()),
        shown(place.point.map(|p| p.lon).as_ref()),
        shown(place.precision.as_ref()),
    ]
}

fn of_record(standing: &Standing<'_>) -> Vec<String> {
    let record = standing.record();
    vec![
        shown(standing.grading.as_ref()),
        shown(standing.verification.as_ref()),
        shown(record.language.as_ref()),
        marking_text::write(&standing.marking),
        safe(Some(&standing.permitted.organisation)),
        record.created.to_string(),
        standing.permitted.id.to_string(),
    ]
}
