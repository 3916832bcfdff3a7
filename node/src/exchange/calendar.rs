//! iCalendar (RFC 5545): convenings as events, out. A meeting that was withdrawn is written as cancelled, so that it
//! leaves the calendars that have it.

use super::{
    export::{Document, Export, Permitted},
    marking_text,
    standing::withdrawn,
};
use focal_protocol::{
    record::{Body, Convening, Kind, Marking, Tlp},
    time::Time,
};
use icalendar::{Calendar, Component, Event, Property, ValueType};

#[cfg(test)]
mod tests;

/// Writes one calendar of all chosen convenings.
pub(super) fn write(export: &Export<'_>) -> Vec<Document> {
    let mut calendar = Calendar::empty();
    for (name, value) in [
        ("VERSION", "2.0"),
        ("PRODID", "-//Focal//Focal//EN"),
        ("CALSCALE", "GREGORIAN"),
        ("METHOD", "PUBLISH"),
    ] {
        calendar.append_property((name, value));
    }
    let mut markings = Vec::new();
    for standing in export.standing(&[Kind::Convening]) {
        if let Body::Convening(convening) = standing.body {
            let state = State {
                marking: &standing.marking,
                changed: standing.changed,
                sequence: standing.corrections,
                cancelled: false,
            };
            calendar.push(event(export, standing.permitted, convening, &state));
            markings.push(standing.marking.clone());
        }
    }
    let withdrawn = withdrawn(export.records);
    for permitted in export.records.iter().filter(|p| export.chooses(p)) {
        if let Body::Convening(convening) = &permitted.record.body
            && let Some(by) = withdrawn.get(&permitted.id)
        {
            let marking = marking_text::narrower(&permitted.record.marking, &by.record.marking);
            let state = State {
                marking: &marking,
                changed: by.record.created,
                // Above that of all corrections.
                sequence: u32::try_from(export.records.len()).unwrap_or(u32::MAX),
                cancelled: true,
            };
            calendar.push(event(export, permitted, convening, &state));
            markings.push(marking);
        }
    }
    let text = calendar.to_string();
    export.document("convenings.ics", "text/calendar", text, &markings)
}

/// How a meeting stands.
struct State<'a> {
    marking: &'a Marking,
    changed: Time,
    sequence: u32,
    cancelled: bool,
}

/// `20261106T140000Z` (RFC 5545, section 3.3.5, form 2).
fn date_time(time: Time) -> String {
    let text = time.to_string();
    let seconds: String = text
        .chars()
        .take(19)
        .filter(|c| !matches!(c, '-' | ':'))
        .collect();
    seconds + "Z"
}

/// Who may see it, in the three words of RFC 5545 (section 3.8.1.3); the whole marking stands beside it.
fn class(marking: &Marking) -> &'static str {
    if marking.needs_compartment() || marking.originator_control {
        return "CONFIDENTIAL";
    }
    match marking.tlp {
        Tlp::Clear => "PUBLIC",
        Tlp::Green | Tlp::Amber => "PRIVATE",
        Tlp::AmberStrict | Tlp::Red => "CONFIDENTIAL",
    }
}

fn event(
    export: &Export<'_>,
    permitted: &Permitted,
    convening: &Convening,
    state: &State<'_>,
) -> Event {
    let marking = marking_text::write(state.marking);
    let mut event = Event::new();
    let mut put = |name: &str, value: &str| {
        event.append_property(Property::new(name, value));
    };
    put("UID", &format!("focal.{}", permitted.id));
    put("DTSTAMP", &date_time(state.changed));
    put("CREATED", &date_time(permitted.record.created));
    put("LAST-MODIFIED", &date_time(state.changed));
    put("SEQUENCE", &state.sequence.to_string());
    put("DTSTART", &date_time(convening.start));
    if let Some(end) = convening.end {
        put("DTEND", &date_time(end));
    }
    put("SUMMARY", &format!("[{marking}] {}", convening.title));
    put(
        "DESCRIPTION",
        &description(export, permitted, convening, &marking),
    );
    if let Some(place) = &convening.place {
        put("LOCATION", &place.to_string());
        if let Some(point) = place.point {
            put("GEO", &format!("{};{}", point.lat, point.lon));
        }
    }
    if let Some(link) = convening.link.as_deref().filter(|l| is_uri(l)) {
        put("URL", link);
    }
    put(
        "STATUS",
        if state.cancelled {
            "CANCELLED"
        } else {
            "CONFIRMED"
        },
    );
    put("CLASS", class(state.marking));
    // A property of our own is text only if it says so.
    let own = Property::new("X-FOCAL-MARKING", &marking)
        .append_parameter(ValueType::Text)
        .done();
    event.append_property(own);
    event.done()
}

/// A URI as RFC 3986 begins one, without what would break a line or a value.
fn is_uri(text: &str) -> bool {
    let scheme = text.split_once(':').map(|(scheme, _)| scheme);
    let word = |s: &str| {
        s.starts_with(|c: char| c.is_ascii_alphabetic())
            && s.chars().all(|c| c.is_ascii_alphanumeric())
    };
    scheme.is_some_and(word) && text.chars().all(|c| c.is_ascii_graphic())
}

fn description(
    export: &Export<'_>,
    permitted: &Permitted,
    convening: &Convening,
    marking: &str,
) -> String {
    let mut lines = vec![format!("Marking: {marking}")];
    lines.push(format!("Called by: {}", permitted.organisation));
    if !convening.invited.is_empty() {
        let names: Vec<String> = convening
            .invited
            .iter()
            .map(|o| (export.names)(o))
            .collect();
        lines.push(format!("Invited: {}", names.join(", ")));
    }
    if let Some(link) = &convening.link {
        lines.push(format!("Link: {link}"));
    }
    if let Some(agenda) = &convening.agenda {
        lines.push(format!("\n{agenda}"));
    }
    lines.join("\n")
}
