//! What a message says of itself, before its `<info>`.

use super::{
    Reference,
    elements::{children, invalid, one, wrong},
    is_name,
};
use crate::exchange::{
    Amendment, Change, Error, Options, Report, marking_text,
    reading::{Reading, shown},
    xml::text_of,
};
use focal_protocol::{
    record::{Kind, Tlp, limits},
    time::Time,
};
use roxmltree::Node;
use serde_json::{Value, json};

const SIGNATURE: &str = "http://www.w3.org/2000/09/xmldsig#";

/// What the message says of itself.
pub(super) struct Head {
    pub(super) own: Reference,
    pub(super) change: Change,
    update: bool,
    references: Vec<Reference>,
    /// The marking, and where it stands.
    pub(super) marking: (Value, &'static str),
    pub(super) note: Option<String>,
}

impl Head {
    pub(super) fn read(root: Node<'_, '_>, file: &mut Reading) -> Result<Self, Error> {
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

    pub(super) fn amends(&self) -> Option<Amendment> {
        (self.update && !self.references.is_empty()).then(|| Amendment {
            change: self.change,
            references: self.references.clone(),
        })
    }

    /// The end of earlier alerts.
    pub(super) fn cancel(&self, amends: Amendment, options: &Options) -> Report {
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
