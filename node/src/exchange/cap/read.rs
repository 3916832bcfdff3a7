//! From a CAP message to reports: one for each event in it, translations under the text of the first language.

use super::{EVENT, NAMESPACE, NAMESPACE_1_1, Reference, area, is_name, ours};
use crate::exchange::{
    Change, Format, Import, Options, Report,
    import::{Amendment, Error, Reading, one_line, shown},
    marking_text,
    xml::{self, text_of},
};
use focal_protocol::{
    record::{FieldError, Kind, Tlp, limits},
    time::Time,
};
use roxmltree::Node;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const SIGNATURE: &str = "http://www.w3.org/2000/09/xmldsig#";

/// Reads a CAP file.
///
/// # Errors
/// Not well-formed, not CAP, or against its rules in a way that leaves no alert.
pub(in crate::exchange) fn read(text: &str, options: &Options) -> Result<Import, Error> {
    let document = xml::parse(text)?;
    let root = document.root_element();
    let namespace = root.tag_name().namespace();
    let name = root.tag_name().name();
    let old = namespace == Some(NAMESPACE_1_1);
    if name != "alert" || !(old || namespace == Some(NAMESPACE)) {
        let namespace = namespace.unwrap_or("no namespace");
        return Err(Error::NotOne(format!(
            "a CAP 1.2 or 1.1 alert, but <{}> of {}",
            shown(name),
            shown(namespace)
        )));
    }
    let mut file = Reading::default();
    if old {
        file.remark(
            "alert",
            "it is CAP 1.1; its elements are all in CAP 1.2 too",
        );
    }
    let head = Head::read(root, &mut file)?;
    let infos: Vec<Node<'_, '_>> = children(root, "info").collect();
    let mut reports = Vec::new();
    for group in groups(&infos) {
        reports.push(group.report(&head, options, &mut file));
    }
    if let (Change::Cancel, Some(amends)) = (head.change, head.amends()) {
        // What it withdraws is all that it says.
        reports = vec![head.cancel(amends, options)];
    } else if reports.is_empty() {
        let error = wrong(
            "info",
            "nothing",
            "at least one <info>: without it there is no alert",
        );
        return Err(invalid(vec![error]));
    }
    Ok(Import {
        format: Format::Cap,
        encoding: "",
        found: file.found,
        reports,
        signed: Vec::new(),
    })
}

fn invalid(errors: Vec<FieldError>) -> Error {
    Error::Invalid {
        format: "CAP 1.2",
        errors,
    }
}

fn wrong(field: &str, given: &str, allowed: &str) -> FieldError {
    FieldError {
        field: field.into(),
        given: given.into(),
        allowed: allowed.into(),
    }
}

/// Child elements of a name in the parent's own namespace.
fn children<'a, 'i>(
    parent: Node<'a, 'i>,
    name: &'static str,
) -> impl Iterator<Item = Node<'a, 'i>> {
    let namespace = parent.tag_name().namespace();
    parent.children().filter(move |child| {
        child.is_element()
            && child.tag_name().name() == name
            && child.tag_name().namespace() == namespace
    })
}

fn one(parent: Node<'_, '_>, name: &'static str) -> Option<String> {
    children(parent, name)
        .next()
        .map(text_of)
        .filter(|t| !t.is_empty())
}

/// What the message says of itself.
struct Head {
    own: Reference,
    change: Change,
    update: bool,
    references: Vec<Reference>,
    /// The marking, and where it stands.
    marking: (Value, &'static str),
    note: Option<String>,
}

impl Head {
    fn read(root: Node<'_, '_>, file: &mut Reading) -> Result<Self, Error> {
        let mut errors = Vec::new();
        let mut needed = |name: &'static str, allowed: &str| {
            let given = children(root, name).count();
            if given > 1 {
                errors.push(wrong(name, &format!("{given} of them"), "one"));
            }
            let text = one(root, name);
            if text.is_none() {
                errors.push(wrong(name, "nothing", allowed));
            }
            text.unwrap_or_default()
        };
        let own = Reference {
            identifier: needed("identifier", "a text that names the message"),
            sender: needed("sender", "a text that names the sender"),
            sent: needed("sent", "a time such as 2026-11-03T14:30:00-00:00"),
        };
        let status = needed("status", "Actual");
        let kind = needed("msgType", "Alert, Update, Cancel");
        let scope = needed("scope", "Public, Restricted, Private");
        for (name, text) in [("identifier", &own.identifier), ("sender", &own.sender)] {
            if !text.is_empty() && !is_name(text) {
                errors.push(wrong(name, &shown(text), "no spaces, commas, < or &"));
            }
        }
        if !own.sent.is_empty() && own.sent.parse::<Time>().is_err() {
            errors.push(wrong(
                "sent",
                &shown(&own.sent),
                "a time with its offset, such as 2026-11-03T14:30:00-00:00",
            ));
        }
        if !status.is_empty() && status != "Actual" {
            errors.push(wrong(
                "status",
                &shown(&status),
                "Actual: an exercise, a test or a draft must not become an alert",
            ));
        }
        let (change, update) = match kind.as_str() {
            "Alert" => (Change::Update, false),
            "Update" => (Change::Update, true),
            "Cancel" => (Change::Cancel, true),
            "" => (Change::Update, false),
            other => {
                errors.push(wrong(
                    "msgType",
                    &shown(other),
                    "Alert, Update, Cancel: other messages answer an alert and are none",
                ));
                (Change::Update, false)
            }
        };
        if !matches!(scope.as_str(), "Public" | "Restricted" | "Private" | "") {
            errors.push(wrong(
                "scope",
                &shown(&scope),
                "Public, Restricted, Private",
            ));
        }
        let references: Vec<Reference> = one(root, "references")
            .unwrap_or_default()
            .split_whitespace()
            .filter_map(|text| {
                let reference = text.parse().ok();
                if reference.is_none() {
                    errors.push(wrong("references", &shown(text), "sender,identifier,sent"));
                }
                reference
            })
            .collect();
        if change == Change::Cancel && references.is_empty() {
            errors.push(wrong(
                "references",
                "nothing",
                "the messages that it withdraws",
            ));
        }
        if !errors.is_empty() {
            return Err(invalid(errors));
        }
        let marking = marking(&scope, one(root, "restriction"), file);
        for name in ["identifier", "sender", "sent"] {
            file.stands(name, &one(root, name).unwrap_or_default());
        }
        let head = Self {
            own,
            change,
            update,
            references,
            marking,
            note: one(root, "note"),
        };
        head.others(root, file);
        Ok(head)
    }

    /// What became of the elements that are not asked for by name.
    fn others(&self, root: Node<'_, '_>, file: &mut Reading) {
        const READ: &[&str] = &[
            "identifier",
            "sender",
            "sent",
            "status",
            "msgType",
            "scope",
            "restriction",
            "info",
            "note",
        ];
        for child in root.children().filter(Node::is_element) {
            let (name, text) = (child.tag_name().name(), text_of(child));
            if child.tag_name().namespace() == Some(SIGNATURE) {
                file.remark(
                    name,
                    "its signature was not checked: who sent the file is for you to judge",
                );
            } else if child.tag_name().namespace() != root.tag_name().namespace() {
                file.leave(name, &text, "not an element of CAP");
            } else if name == "references" {
                file.remark(
                    name,
                    if self.update {
                        "the messages that it is about"
                    } else {
                        "earlier messages"
                    },
                );
            } else if !READ.contains(&name) {
                file.leave(name, &text, "a report has no such field");
            }
        }
        if let Some(note) = &self.note {
            file.stands("note", note);
        }
        if self.own.record().is_some() {
            file.remark(
                "identifier",
                "it was written by a Focal network: the report cites that record",
            );
        }
    }

    fn amends(&self) -> Option<Amendment> {
        (self.update && !self.references.is_empty()).then(|| Amendment {
            change: self.change,
            references: self.references.clone(),
        })
    }

    /// The end of earlier alerts.
    fn cancel(&self, amends: Amendment, options: &Options) -> Report {
        let mut reading = Reading::default();
        reading.set(self.marking.1, "marking", self.marking.0.clone());
        let why = self.note.as_deref().unwrap_or("withdrawn by its sender");
        let why: String = why.chars().take(limits::REASON / 2).collect();
        let reason = format!("{why}\n\n{}", self.own.source_line());
        reading.take("note", "reason", json!(reason));
        let mut report = reading.report("alert".into(), Kind::Retraction, options);
        report.amends = Some(amends);
        report
    }
}

/// The marking that scope and restriction ask for.
fn marking(scope: &str, restriction: Option<String>, file: &mut Reading) -> (Value, &'static str) {
    let amber = json!(Tlp::Amber);
    if scope == "Public" {
        file.take("scope", "marking", json!(Tlp::Clear));
        return (json!(Tlp::Clear), "scope");
    }
    let Some(text) = restriction else {
        file.take("scope", "marking", amber.clone());
        file.remark(
            "scope",
            format!("it is {scope} and says no more: TLP:AMBER is assumed"),
        );
        return (amber, "scope");
    };
    match marking_text::read(&text) {
        Some(marking) => {
            file.take(
                "restriction",
                "marking",
                json!(marking_text::write(&marking)),
            );
            (json!(marking), "restriction")
        }
        None => {
            file.leave(
                "restriction",
                &text,
                "not a TLP marking: TLP:AMBER is assumed; --marking says another",
            );
            (amber, "restriction")
        }
    }
}

/// Parts of a message that are about one event.
struct Group<'a, 'i> {
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

fn groups<'a, 'i>(infos: &[Node<'a, 'i>]) -> Vec<Group<'a, 'i>> {
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
    fn report(&self, head: &Head, options: &Options, file: &mut Reading) -> Report {
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
