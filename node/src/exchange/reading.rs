//! A report as it is put together from a file, with what became of each part.

use super::{Became, Finding, Options, Report, limits};
use focal_protocol::record::Kind;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Text as a finding repeats it: cut short. Whoever prints it makes it safe for a terminal.
pub(super) fn shown(text: &str) -> String {
    let text = text.trim();
    let mut start: String = text.chars().take(limits::SHOWN).collect();
    if start.len() < text.len() {
        start.push('…');
    }
    start
}

/// One line: breaks and tabs become blanks, everything else stays as it is.
pub(super) fn one_line(text: &str) -> String {
    if text.contains(['\n', '\t', '\r']) {
        return text.split_whitespace().collect::<Vec<_>>().join(" ");
    }
    text.trim().to_string()
}

/// A report as it is put together.
#[derive(Debug, Default)]
pub(super) struct Reading {
    pub(super) fields: Map<String, Value>,
    pub(super) found: Vec<Finding>,
    pub(super) sources: BTreeMap<String, String>,
    /// Lines for the end of the text.
    lines: Vec<String>,
}

impl Reading {
    /// Puts a value into a field; a dot leads into an object.
    pub(super) fn set(&mut self, at: &str, field: &str, value: Value) {
        self.sources.insert(field.into(), at.into());
        match field.split_once('.') {
            None => {
                self.fields.insert(field.into(), value);
            }
            Some((outer, inner)) => {
                let slot = self.fields.entry(outer).or_insert_with(|| json!({}));
                if let Value::Object(map) = slot {
                    map.insert(inner.into(), value);
                }
            }
        }
    }

    /// [`Self::set`], and says so.
    pub(super) fn take(&mut self, at: &str, field: &str, value: Value) {
        let given = match &value {
            Value::String(text) => shown(text),
            other => shown(&other.to_string()),
        };
        let field_name = field.to_string();
        self.push(at, given.clone(), Became::Field { field: field_name });
        if reorders(&given) {
            self.remark(
                at,
                "it has characters that change the order in which it is read",
            );
        }
        self.set(at, field, value);
    }

    /// Keeps it as a line `label: text` at the end of the report's text.
    pub(super) fn keep(&mut self, at: &str, label: &str, text: &str) {
        let text = text.trim();
        if !text.is_empty() {
            self.push(at, shown(text), Became::Text);
            self.lines.push(format!("{label}: {text}"));
        }
    }

    /// Says that it stands in a line that is made of several things.
    pub(super) fn stands(&mut self, at: &str, text: &str) {
        self.push(at, shown(text), Became::Text);
    }

    /// Adds a line to the end of the report's text.
    pub(super) fn line(&mut self, line: String) {
        self.lines.push(line);
    }

    /// Says that it is left out.
    pub(super) fn leave(&mut self, at: &str, given: &str, why: &str) {
        self.push(at, shown(given), Became::LeftOut { why: why.into() });
    }

    /// Says something to know.
    pub(super) fn remark(&mut self, at: &str, remark: impl Into<String>) {
        let remark = remark.into();
        self.push(at, String::new(), Became::Remark { remark });
    }

    fn push(&mut self, at: &str, given: String, became: Became) {
        if self.found.len() < limits::FINDINGS {
            let at = shown(at);
            self.found.push(Finding { at, given, became });
        }
    }

    /// Puts the lines under the text in `field`, and gives the report.
    pub(super) fn report(mut self, at: String, kind: Kind, options: &Options) -> Report {
        if !self.lines.is_empty() {
            let field = kind.body_field();
            let lines = self.lines.join("\n");
            let text = match self.fields.get(field).and_then(Value::as_str) {
                Some(text) if !text.trim().is_empty() => format!("{}\n\n{lines}", text.trim()),
                _ => lines,
            };
            self.fields.insert(field.into(), Value::String(text));
        }
        if let Some(marking) = &options.marking {
            self.fields.insert("marking".into(), json!(marking));
            self.sources.remove("marking");
        }
        for (name, value) in &options.defaults {
            let empty = match self.fields.get(name) {
                None | Some(Value::Null) => true,
                Some(Value::String(text)) => text.trim().is_empty(),
                Some(_) => false,
            };
            if empty {
                self.fields.insert(name.clone(), value.clone());
            }
        }
        Report {
            at,
            kind,
            fields: self.fields,
            found: self.found,
            sources: self.sources,
            amends: None,
        }
    }
}

/// Unicode's bidirectional controls: overrides, isolates, marks.
fn reorders(text: &str) -> bool {
    let steers = |c| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}');
    text.contains(steers)
}
