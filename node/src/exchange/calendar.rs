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

#[cfg(test)]
mod tests;

/// Octets of a line without its end (RFC 5545, section 3.1).
const LINE: usize = 75;

/// Content lines, folded. Written here because the one library for it makes last lines of 76 octets, and takes times and
/// identifiers from the machine where a function of records must not.
#[derive(Default)]
struct Lines(String);

impl Lines {
    /// A property whose value needs no escapes: a time, a number, a word of a list, a URI.
    fn put(&mut self, name: &str, value: &str) {
        let mut octets = 0;
        for c in format!("{name}:{value}").chars() {
            if octets + c.len_utf8() > LINE {
                // The blank that marks a folded line counts.
                self.0.push_str("\r\n ");
                octets = 1;
            }
            self.0.push(c);
            octets += c.len_utf8();
        }
        self.0.push_str("\r\n");
    }

    /// A property with text (section 3.3.11).
    fn text(&mut self, name: &str, text: &str) {
        let escaped = text
            .replace('\\', "\\\\")
            .replace(';', "\\;")
            .replace(',', "\\,")
            .replace('\n', "\\n");
        self.put(name, &escaped);
    }
}

/// Writes one calendar of all chosen convenings.
pub(super) fn write(export: &Export<'_>) -> Vec<Document> {
    let mut lines = Lines::default();
    for (name, value) in [
        ("BEGIN", "VCALENDAR"),
        ("VERSION", "2.0"),
        ("PRODID", "-//Focal//Focal//EN"),
        ("CALSCALE", "GREGORIAN"),
        ("METHOD", "PUBLISH"),
    ] {
        lines.put(name, value);
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
            event(export, standing.permitted, convening, &state, &mut lines);
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
            event(export, permitted, convening, &state, &mut lines);
            markings.push(marking);
        }
    }
    lines.put("END", "VCALENDAR");
    export.document("convenings.ics", "text/calendar", lines.0, &markings)
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
    lines: &mut Lines,
) {
    let marking = marking_text::write(state.marking);
    lines.put("BEGIN", "VEVENT");
    lines.put("UID", &format!("focal.{}", permitted.id));
    lines.put("DTSTAMP", &date_time(state.changed));
    lines.put("CREATED", &date_time(permitted.record.created));
    lines.put("LAST-MODIFIED", &date_time(state.changed));
    lines.put("SEQUENCE", &state.sequence.to_string());
    lines.put("DTSTART", &date_time(convening.start));
    if let Some(end) = convening.end {
        lines.put("DTEND", &date_time(end));
    }
    lines.text("SUMMARY", &format!("[{marking}] {}", convening.title));
    let description = description(export, permitted, convening, &marking);
    lines.text("DESCRIPTION", &description);
    if let Some(place) = &convening.place {
        lines.text("LOCATION", &place.to_string());
        if let Some(point) = place.point {
            lines.put("GEO", &format!("{};{}", point.lat, point.lon));
        }
    }
    if let Some(link) = convening.link.as_deref().filter(|l| is_uri(l)) {
        lines.put("URL", link);
    }
    let status = if state.cancelled {
        "CANCELLED"
    } else {
        "CONFIRMED"
    };
    lines.put("STATUS", status);
    lines.put("CLASS", class(state.marking));
    // A property of our own is text unless it says otherwise (section 3.8.8.2).
    lines.text("X-FOCAL-MARKING", &marking);
    lines.put("END", "VEVENT");
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
