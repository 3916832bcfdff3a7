//! The `<info>` of a message: those about one event become one report.

use super::{
    EVENT, area,
    elements::{children, one},
    head::Head,
    ours,
};
use crate::exchange::{
    Options, Report,
    reading::{Reading, one_line},
    xml::text_of,
};
use focal_protocol::{
    record::{Kind, limits},
    time::Time,
};
use roxmltree::Node;
use serde_json::json;
use std::collections::BTreeMap;

/// Parts of a message that are about one event.
pub(super) struct Group<'a, 'i> {
    number: usize,
    info: Node<'a, 'i>,
    /// The same in other languages, or for other areas.
    more: Vec<(usize, Node<'a, 'i>)>,
}

/// What must be equal in two `<info>` for them to be about one event.
fn key(info: Node<'_, '_>) -> BTreeMap<&'static str, Vec<String>> {
    [
        "category",
        "responseType",
        "urgency",
        "severity",
        "certainty",
        "effective",
        "onset",
        "expires",
    ]
    .into_iter()
    .map(|name| (name, children(info, name).map(text_of).collect()))
    .collect()
}

fn language(info: Node<'_, '_>) -> String {
    one(info, "language").unwrap_or_else(|| "en-US".into())
}

/// The events of a message, each with its translations and repetitions.
pub(super) fn groups<'a, 'i>(infos: &[Node<'a, 'i>]) -> Vec<Group<'a, 'i>> {
    let mut groups: Vec<(BTreeMap<&str, Vec<String>>, Group<'a, 'i>)> = Vec::new();
    for (at, info) in infos.iter().enumerate() {
        let (number, key) = (at + 1, key(*info));
        let same_text = |other: Node<'_, '_>| {
            ["event", "headline", "description", "instruction"]
                .into_iter()
                .all(|name| one(other, name) == one(*info, name))
        };
        let found = groups.iter_mut().find(|(other, group)| {
            let languages = group.more.iter().map(|(_, i)| *i).chain([group.info]);
            let mut languages = languages
                .filter(|i| language(*i) == language(*info))
                .peekable();
            *other == key && (languages.peek().is_none() || languages.any(same_text))
        });
        match found {
            Some((_, group)) => group.more.push((number, *info)),
            None => {
                let group = Group {
                    number,
                    info: *info,
                    more: Vec::new(),
                };
                groups.push((key, group));
            }
        }
    }
    groups.into_iter().map(|(_, group)| group).collect()
}

impl Group<'_, '_> {
    pub(super) fn report(&self, head: &Head, options: &Options, file: &mut Reading) -> Report {
        let info = self.info;
        let own = head.own.record();
        let mut reading = Reading::default();
        reading.set(head.marking.1, "marking", head.marking.0.clone());
        for (list, field) in [("category", "category"), ("responseType", "response_type")] {
            let words: Vec<String> = children(info, list)
                .map(text_of)
                .map(|w| ours(&w))
                .collect();
            if words.is_empty() && list == "category" {
                reading.remark("category", "it is missing; security is assumed");
            } else if !words.is_empty() {
                reading.take(list, field, json!(words));
            }
        }
        for name in ["urgency", "severity", "certainty"] {
            if let Some(text) = one(info, name) {
                reading.take(name, name, json!(ours(&text)));
            }
        }
        headline(info, &mut reading);
        match one(info, "language") {
            Some(language) => reading.take("language", "language", json!(language)),
            None if own.is_none() => {
                reading.set("language", "language", json!("en-US"));
                reading.remark("language", "it is missing, which in CAP means en-US");
            }
            None => {}
        }
        for name in ["description", "instruction"] {
            if let Some(text) = one(info, name) {
                reading.take(name, name, json!(text));
            }
        }
        expires(info, options, &mut reading);
        for name in [
            "effective",
            "onset",
            "audience",
            "senderName",
            "contact",
            "web",
        ] {
            // Of ours, the organisation stands in the record that is cited.
            if let Some(text) = one(info, name).filter(|_| own.is_none()) {
                reading.keep(name, label(name), &text);
            }
        }
        parameters(info, &mut reading);
        others(info, &mut reading);
        let areas: Vec<_> = children(info, "area").collect();
        area::read(&areas, &mut reading);
        self.more(&mut reading, file);
        if let Some(note) = head.note.as_deref().filter(|_| own.is_none()) {
            reading.keep("note", "Note", note);
        }
        match own {
            Some(record) => {
                let cites = format!("cites {record}");
                reading.set("identifier", "refs", json!([cites]));
            }
            None => reading.line(head.own.source_line()),
        }
        let mut report = reading.report(format!("info {}", self.number), Kind::Alert, options);
        report.amends = head.amends();
        report
    }

    /// Translations and repetitions, under the text of the first.
    fn more(&self, reading: &mut Reading, file: &mut Reading) {
        for (number, info) in &self.more {
            let at = format!("info {number}");
            let language_of = language(*info);
            if language_of == language(self.info) {
                file.remark(
                    &at,
                    format!("it says the same as info {}, for another area", self.number),
                );
                for area in children(*info, "area") {
                    let name = one(area, "areaDesc").unwrap_or_default();
                    let first = reading.fields.get("area").and_then(|a| a.get("name"));
                    if first != Some(&json!(name)) {
                        reading.keep(&format!("{at} areaDesc"), "Area", &name);
                    }
                    for code in children(area, "geocode") {
                        reading.leave(
                            &format!("{at} geocode"),
                            &text_of(code),
                            "a report has one area",
                        );
                    }
                }
                continue;
            }
            file.remark(
                &at,
                format!(
                    "it is info {} in {language_of}: its text stands below that",
                    self.number
                ),
            );
            for name in ["headline", "description", "instruction"] {
                if let Some(text) = one(*info, name) {
                    reading.keep(
                        &format!("{at} {name}"),
                        &format!("[{language_of}] {}", label(name)),
                        &text,
                    );
                }
            }
        }
    }
}

fn label(name: &str) -> &'static str {
    match name {
        "effective" => "Effective",
        "onset" => "Onset",
        "audience" => "Audience",
        "senderName" => "Sender",
        "contact" => "Contact",
        "web" => "Web",
        "headline" => "Headline",
        "description" => "Description",
        _ => "Instruction",
    }
}

fn headline(info: Node<'_, '_>, reading: &mut Reading) {
    let event = one(info, "event").filter(|e| e != EVENT);
    let (at, text) = match (one(info, "headline"), &event) {
        (Some(headline), _) => ("headline", headline),
        (None, Some(event)) => ("event", event.clone()),
        (None, None) => return,
    };
    let line = one_line(&text);
    let cut: String = line.chars().take(limits::TITLE).collect();
    reading.take(at, "headline", json!(cut));
    if cut != line {
        reading.keep(at, "Headline", &line);
    }
    if let Some(event) = event.filter(|_| at == "headline") {
        reading.keep("event", "Event", &event);
    }
}

fn expires(info: Node<'_, '_>, options: &Options, reading: &mut Reading) {
    let Some(text) = one(info, "expires") else {
        return;
    };
    match text.parse::<Time>() {
        Ok(time) if options.expired.is_some_and(|now| time <= now) => {
            reading.keep("expires", "Expired", &text);
        }
        Ok(time) => reading.take("expires", "expires", json!(time.to_string())),
        // The check says what is wrong with it.
        Err(_) => reading.take("expires", "expires", json!(text)),
    }
}

fn parameters(info: Node<'_, '_>, reading: &mut Reading) {
    for parameter in children(info, "parameter") {
        let name = one(parameter, "valueName").unwrap_or_default();
        let value = one(parameter, "value").unwrap_or_default();
        let at = format!("parameter {name}");
        match name.as_str() {
            "focal:grading" => reading.take(&at, "grading", json!(value)),
            "focal:verification" => reading.take(&at, "verification", json!(value)),
            "focal:precision" => reading.take(&at, "area.precision", json!(value)),
            _ => reading.leave(&at, &value, "a parameter of another system"),
        }
    }
}

/// What became of the elements that are not asked for by name.
fn others(info: Node<'_, '_>, reading: &mut Reading) {
    const READ: &[&str] = &[
        "language",
        "category",
        "event",
        "responseType",
        "urgency",
        "severity",
        "certainty",
        "audience",
        "effective",
        "onset",
        "expires",
        "senderName",
        "headline",
        "description",
        "instruction",
        "web",
        "contact",
        "parameter",
        "area",
    ];
    for child in info.children().filter(Node::is_element) {
        let name = child.tag_name().name();
        let text = text_of(child);
        if child.tag_name().namespace() != info.tag_name().namespace() {
            reading.leave(name, &text, "not an element of CAP");
        } else if name == "resource" {
            let uri = one(child, "uri").unwrap_or_default();
            reading.leave(
                name,
                &uri,
                "files of others are not fetched; attach them yourself",
            );
        } else if !READ.contains(&name) {
            reading.leave(name, &text, "a report has no such field");
        }
    }
}
