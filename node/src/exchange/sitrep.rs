//! EDXL-SitRep 1.0 (OASIS Committee Specification 02): situation reports, out.
//!
//! The body is a field observation, whatever the type: the other four report types are forms of numbers that our
//! reports do not have (resources, persons by illness), and a form filled with guesses would be worse than none. The
//! type stands in the purpose.

use super::{
    export::{Document, Export, single},
    marking_text,
    standing::Standing,
    xml::Out,
};
use focal_protocol::{
    record::{Body, Credibility, Grading, Kind, Place, Sitrep, Totals},
    time::Time,
};

#[cfg(test)]
mod tests;

const SITREP: &str = "urn:oasis:names:tc:emergency:EDXL:SitRep:1.0";
const COMMON: &str = "urn:oasis:names:tc:emergency:edxl:ct:1.0";
const GML: &str = "http://www.opengis.net/gml/3.2";
const NAMES: &str = "urn:oasis:names:tc:emergency:edxl:ciq:1.0:xnl";
const INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";
/// Most characters of a short text (EDXL-CT 1.0, EDXLStringType).
const SHORT: usize = 1023;

/// Writes one file for each sitrep, as it stands.
pub(super) fn write(export: &Export<'_>) -> Vec<Document> {
    let sitreps = export.standing(&[Kind::Sitrep]);
    let documents = sitreps.iter().filter_map(|standing| {
        let Body::Sitrep(sitrep) = standing.body else {
            return None;
        };
        let text = document(export, sitrep, standing);
        let marking = standing.marking.clone();
        Some(single(
            standing.permitted,
            marking,
            "sitrep.xml",
            "application/xml",
            text,
        ))
    });
    documents.collect()
}

/// A time with its offset, in whole seconds (EDXL-CT 1.0, EDXLDateTimeType).
fn date_time(time: Time) -> String {
    let text = time.to_string();
    format!("{}-00:00", text.get(..19).unwrap_or_default())
}

fn short(text: &str) -> String {
    text.chars().take(SHORT).collect()
}

fn document(export: &Export<'_>, sitrep: &Sitrep, standing: &Standing<'_>) -> String {
    let (record, permitted) = (standing.record(), standing.permitted);
    let marking = marking_text::write(&standing.marking);
    let mut out = Out::new();
    let root = [
        ("xmlns:sitrep", SITREP),
        ("xmlns:ct", COMMON),
        ("xmlns:gml", GML),
        ("xmlns:n", NAMES),
        ("xmlns:xsi", INSTANCE),
    ];
    out.open("sitrep:sitRep", &root, |out| {
        out.text("sitrep:messageID", &format!("focal.{}", permitted.id));
        // The author signs, and the organisation's manifest lets them.
        person(out, "sitrep:preparedBy", &permitted.author, record.created);
        person(
            out,
            "sitrep:authorizedBy",
            &permitted.organisation,
            record.created,
        );
        let purpose = format!(
            "{marking}. Type: {}. Case: {}",
            sitrep.sitrep_type, export.title
        );
        out.text("sitrep:reportPurpose", &short(&purpose));
        out.text(
            "sitrep:reportNumber",
            &sitrep.number.unwrap_or(1).to_string(),
        );
        out.text("sitrep:reportVersion", version(sitrep, standing));
        let period = sitrep.period.as_ref();
        let from = period.and_then(|p| p.earliest()).unwrap_or(record.created);
        let to = period.and_then(|p| p.latest()).unwrap_or(record.created);
        out.open("sitrep:forTimePeriod", &[], |out| {
            out.text("ct:fromDateTime", &date_time(from));
            out.text("ct:toDateTime", &date_time(to));
        });
        out.text(
            "sitrep:reportTitle",
            &short(&format!("[{marking}] {}", sitrep.title)),
        );
        out.text("sitrep:incidentID", &format!("focal.case.{}", export.case));
        out.text("sitrep:reportConfidence", confidence(standing.grading));
        out.text("sitrep:severity", "Unknown");
        if let Some(due) = sitrep.next_report_due {
            out.text("sitrep:nextContact", &date_time(due));
        }
        let kind = [("xsi:type", "sitrep:FieldObservationType")];
        out.open("sitrep:report", &kind, |out| {
            location(out, sitrep.place.as_ref());
            if let Some(needs) = &sitrep.needs {
                out.text("sitrep:immediateNeeds", &short(needs));
            }
            out.text("sitrep:observationText", &observation(sitrep, standing));
        });
    });
    out.finish()
}

fn person(out: &mut Out, name: &str, who: &str, when: Time) {
    out.open(name, &[], |out| {
        out.open("ct:personDetails", &[], |out| {
            out.open("n:personName", &[], |out| {
                out.text("n:nameElement", &short(who));
            });
        });
        out.text("ct:timeValue", &date_time(when));
    });
}

fn version(sitrep: &Sitrep, standing: &Standing<'_>) -> &'static str {
    if standing.corrected_by.is_some() || sitrep.version.is_some_and(|v| v > 1) {
        "Update"
    } else {
        "Initial"
    }
}

/// How sure the report is (ConfidenceDefaultValues), from its grading; nobody is sure of what was not graded.
fn confidence(grading: Option<Grading>) -> &'static str {
    match grading.map(|g| g.information) {
        Some(Credibility::Confirmed) => "HighlyConfident",
        Some(Credibility::ProbablyTrue | Credibility::PossiblyTrue) => "SomewhatConfident",
        Some(Credibility::Improbable) => "NoConfidence",
        Some(Credibility::Doubtful | Credibility::CannotBeJudged) | None => "Unsure",
    }
}

/// The schema asks for a location; one of a name only is a value of a list.
fn location(out: &mut Out, place: Option<&Place>) {
    out.open("sitrep:observationLocation", &[], |out| {
        if let Some(point) = place.and_then(|p| p.point) {
            let attributes = [
                ("gml:Id", "place"),
                ("SrsName", "urn:ogc:def:crs:EPSG::4326"),
            ];
            out.open("ct:EDXLGeoLocation", &[], |out| {
                out.open("gml:point", &attributes, |out| {
                    out.text("gml:pos", &format!("{} {}", point.lat, point.lon));
                });
            });
            return;
        }
        let name = place.map_or_else(|| "Unknown".to_string(), ToString::to_string);
        out.open("ct:EDXLGeoPoliticalLocation", &[], |out| {
            out.open("ct:geoCode", &[], |out| {
                out.text("ct:valueListURI", "urn:focal:place");
                out.text("ct:value", &short(&name));
            });
        });
    });
}

/// Everything that the report says and the standard has no element for, under headings.
fn observation(sitrep: &Sitrep, standing: &Standing<'_>) -> String {
    let mut parts = vec![format!(
        "Marking: {}",
        marking_text::write(&standing.marking)
    )];
    if let Some(grading) = standing.grading {
        parts.push(format!("Grading: {grading} ({})", grading.meaning()));
    }
    if let Some(verification) = standing.verification {
        parts.push(format!("Verification: {verification}"));
    }
    if let Some(place) = &sitrep.place {
        parts.push(format!("Place: {place}"));
    }
    if let Some(period) = &sitrep.period {
        parts.push(format!("Period: {period}"));
    }
    let totals: Totals = sitrep.counts.totals();
    for (name, range) in totals.named().into_iter().filter(|(_, r)| !r.is_unknown()) {
        parts.push(format!("{}: {range}", name.replace('_', " ")));
    }
    for (heading, text) in [
        ("Summary", &sitrep.summary),
        ("Situation", &sitrep.situation),
        ("Observations", &sitrep.observations),
        ("Gaps", &sitrep.gaps),
        ("Needs", &sitrep.needs),
        ("Outlook", &sitrep.outlook),
    ] {
        if let Some(text) = text {
            parts.push(format!("\n{heading}\n{text}"));
        }
    }
    parts.join("\n")
}
