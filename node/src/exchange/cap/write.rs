//! From alerts, their corrections and retractions to CAP messages: one file each.

use super::{EVENT, NAMESPACE, Reference, area, date_time, identifier, sender, word};
use crate::exchange::{
    export::{Document, Export, Permitted, single},
    marking_text::{narrower, write as marking_text},
    xml::Out,
};
use focal_protocol::{
    id::RecordId,
    record::{Alert, Body, Grading, Marking, Tlp, Verification},
};
use std::collections::HashMap;

/// What a message says.
struct Message<'a> {
    permitted: &'a Permitted,
    /// `Alert`, `Update`, `Cancel`.
    kind: &'static str,
    alert: Option<&'a Alert>,
    grading: Option<Grading>,
    verification: Option<Verification>,
    marking: Marking,
    /// The first message, of which this one is an update or the end.
    about: Option<&'a Permitted>,
    reason: Option<&'a str>,
}

/// Writes one file for each message: alerts, updates of them, and their ends, in the order in which they were sent.
pub(in crate::exchange) fn write(export: &Export<'_>) -> Vec<Document> {
    let by_id: HashMap<RecordId, &Permitted> = export.records.iter().map(|p| (p.id, p)).collect();
    let messages = export.records.iter().filter_map(|p| message(p, &by_id));
    let chosen = messages.filter(|m| {
        // An update is chosen with the alert that it is about.
        export.chooses(m.permitted) || m.about.is_some_and(|about| export.chooses(about))
    });
    chosen
        .map(|m| {
            let text = document(&m);
            single(
                m.permitted,
                m.marking,
                "cap.xml",
                "application/cap+xml",
                text,
            )
        })
        .collect()
}

fn message<'a>(
    permitted: &'a Permitted,
    by_id: &HashMap<RecordId, &'a Permitted>,
) -> Option<Message<'a>> {
    let record = &permitted.record;
    let message = |kind, alert| Message {
        permitted,
        kind,
        alert,
        grading: record.grading,
        verification: record.verification,
        marking: record.marking.clone(),
        about: None,
        reason: None,
    };
    match &record.body {
        Body::Alert(alert) => Some(message("Alert", Some(alert))),
        Body::Correction(correction) => {
            let about = first(correction.record, permitted, by_id)?;
            let Body::Alert(alert) = correction.amended.as_ref() else {
                return None;
            };
            Some(Message {
                grading: correction.amended_grading.or(about.record.grading),
                verification: correction
                    .amended_verification
                    .or(about.record.verification),
                marking: narrower(&record.marking, &about.record.marking),
                about: Some(about),
                reason: Some(&correction.reason),
                ..message("Update", Some(alert))
            })
        }
        Body::Retraction(retraction) => {
            let about = first(retraction.record, permitted, by_id)?;
            // Only the alert's own retraction ends it, not that of one of its corrections.
            (about.id == retraction.record).then(|| Message {
                marking: narrower(&record.marking, &about.record.marking),
                about: Some(about),
                reason: Some(&retraction.reason),
                ..message("Cancel", None)
            })
        }
        _ => None,
    }
}

/// The alert at the beginning of a chain of corrections, of the same organisation.
fn first<'a>(
    record: RecordId,
    by: &Permitted,
    by_id: &HashMap<RecordId, &'a Permitted>,
) -> Option<&'a Permitted> {
    let mut at = *by_id.get(&record)?;
    for _ in 0..by_id.len() {
        match &at.record.body {
            Body::Correction(earlier) => at = *by_id.get(&earlier.record)?,
            Body::Alert(_) if at.record.organisation == by.record.organisation => return Some(at),
            _ => return None,
        }
    }
    None
}

fn reference(permitted: &Permitted) -> Reference {
    Reference {
        sender: sender(&permitted.record.organisation),
        identifier: identifier(&permitted.id),
        sent: date_time(permitted.record.created),
    }
}

fn document(message: &Message<'_>) -> String {
    let record = &message.permitted.record;
    let own = reference(message.permitted);
    let mut out = Out::new();
    out.open("alert", &[("xmlns", NAMESPACE)], |out| {
        out.text("identifier", &own.identifier);
        out.text("sender", &own.sender);
        out.text("sent", &own.sent);
        out.text("status", "Actual");
        out.text("msgType", message.kind);
        if message.marking.tlp == Tlp::Clear && message.marking == Marking::from(Tlp::Clear) {
            out.text("scope", "Public");
        } else {
            out.text("scope", "Restricted");
            out.text("restriction", &marking_text(&message.marking));
        }
        out.optional("note", message.reason);
        if let Some(about) = message.about {
            out.text("references", &reference(about).to_string());
        }
        if let Some(alert) = message.alert {
            out.open("info", &[], |out| {
                info(out, message, alert, record.language.as_ref());
            });
        }
    });
    out.finish()
}

/// The elements of `<info>` in the order of the schema.
fn info(
    out: &mut Out,
    message: &Message<'_>,
    alert: &Alert,
    language: Option<&focal_protocol::record::Language>,
) {
    out.optional(
        "language",
        language.map(focal_protocol::record::Language::as_str),
    );
    for category in &alert.category {
        out.text("category", &word(category.as_str()));
    }
    out.text("event", EVENT);
    for response in &alert.response_type {
        out.text("responseType", &word(response.as_str()));
    }
    out.text("urgency", &word(alert.urgency.as_str()));
    out.text("severity", &word(alert.severity.as_str()));
    out.text("certainty", &word(alert.certainty.as_str()));
    out.optional("expires", alert.expires.map(date_time).as_deref());
    out.text("senderName", &message.permitted.organisation);
    out.text("headline", &alert.headline);
    out.optional("description", alert.description.as_deref());
    out.optional("instruction", alert.instruction.as_deref());
    let mut parameter = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            out.open("parameter", &[], |out| {
                out.text("valueName", name);
                out.text("value", &value);
            });
        }
    };
    parameter("focal:grading", message.grading.map(|g| g.to_string()));
    parameter(
        "focal:verification",
        message.verification.map(|v| v.to_string()),
    );
    let precision = alert.area.as_ref().and_then(|a| a.precision);
    parameter("focal:precision", precision.map(|p| p.to_string()));
    if let Some(place) = &alert.area {
        area::write(out, place);
    }
}
