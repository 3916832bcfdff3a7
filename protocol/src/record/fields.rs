//! Reading what people wrote: named fields of a JSON object, each complaint with its place and its remedy.

use super::error::{FieldError, shown};
use crate::{
    id::{OrgId, RecordId},
    time::Time,
};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Something that people can write in a field.
pub(super) trait Written: Sized {
    /// Whether a bare number stands for it. Not for names and codes: a number has lost its leading zeros.
    const NUMBERS: bool = false;
    /// Whether `true` or `false` stands for it.
    const FLAGS: bool = false;
    /// Whether it may be written as an object with fields.
    const OBJECT: bool = false;
    /// Whether it may be written as text.
    const TEXT: bool = true;

    /// What may be written, for error messages.
    fn allowed() -> String;

    /// Reads trimmed text that is not empty.
    fn from_text(_text: &str) -> Option<Self> {
        None
    }

    /// Reads an object; complaints go to `fields`, and `None` comes with at least one.
    fn from_fields(_fields: &mut Fields<'_>) -> Option<Self> {
        None
    }
}

/// A field that a person may be asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The field.
    pub field: &'static str,
    /// What may be answered.
    pub allowed: String,
    /// Whether there must be an answer.
    pub needed: bool,
    /// Whether there may be several.
    pub list: bool,
}

/// The fields of one object, and what was wrong with those read so far.
pub(super) struct Fields<'a> {
    path: String,
    values: BTreeMap<String, &'a Value>,
    known: Vec<&'static str>,
    errors: Vec<FieldError>,
    /// What was asked for as text, in order.
    questions: Vec<Question>,
}

impl<'a> Fields<'a> {
    pub(super) fn new(map: &'a Map<String, Value>) -> Self {
        Self::at(String::new(), map)
    }

    fn at(path: String, map: &'a Map<String, Value>) -> Self {
        Self {
            path,
            // `sexual-violence` is taken for `sexual_violence`; a field left empty counts as left out.
            values: map
                .iter()
                .filter(|(_, value)| !is_blank(value))
                .map(|(name, value)| (name.trim().replace('-', "_"), value))
                .collect(),
            known: Vec::new(),
            errors: Vec::new(),
            questions: Vec::new(),
        }
    }

    /// The field if it is there and right.
    pub(super) fn get<T: Written>(&mut self, name: &'static str) -> Option<T> {
        self.ask::<T>(name, false, false);
        let value = self.take(name)?;
        self.read(name.to_string(), value)
    }

    /// The field, which must be there.
    pub(super) fn need<T: Written>(&mut self, name: &'static str) -> Option<T> {
        self.ask::<T>(name, true, false);
        if !self.values.contains_key(name) {
            self.known.push(name);
            self.refuse(name, "nothing".to_string(), T::allowed());
            return None;
        }
        self.get(name)
    }

    /// A list; a single value stands for a list of one.
    pub(super) fn list<T: Written>(&mut self, name: &'static str) -> Vec<T> {
        self.ask::<T>(name, false, true);
        match self.take(name) {
            None => Vec::new(),
            Some(Value::Array(items)) => items
                .iter()
                .enumerate()
                .filter_map(|(at, item)| self.read(format!("{name}.{at}"), item))
                .collect(),
            Some(single) => self.read(name.to_string(), single).into_iter().collect(),
        }
    }

    /// A list that must be there.
    pub(super) fn need_list<T: Written>(&mut self, name: &'static str) -> Option<Vec<T>> {
        self.ask::<T>(name, true, true);
        if !self.values.contains_key(name) {
            self.known.push(name);
            self.refuse(name, "nothing".to_string(), T::allowed());
            return None;
        }
        Some(self.list(name))
    }

    /// Adds a complaint about the field `name`.
    pub(super) fn refuse(&mut self, name: &str, given: String, allowed: String) {
        self.errors.push(FieldError {
            field: format!("{}{name}", self.path),
            given,
            allowed,
        });
    }

    /// Refuses the fields that nobody asked for, and gives all complaints.
    pub(super) fn finish(mut self) -> Vec<FieldError> {
        let unknown: Vec<String> = self
            .values
            .keys()
            .filter(|name| !self.known.contains(&name.as_str()))
            .cloned()
            .collect();
        for name in unknown {
            let allowed = match nearest(&name, &self.known) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("one of the fields {}", self.known.join(", ")),
            };
            let shown: String = name.chars().take(super::limits::SHOWN).collect();
            self.refuse(&shown, "an unknown field".to_string(), allowed);
        }
        self.errors
    }

    /// What was asked for so far, as a person may be asked for it.
    pub(super) fn questions(self) -> Vec<Question> {
        self.questions
    }

    fn ask<T: Written>(&mut self, field: &'static str, needed: bool, list: bool) {
        if T::TEXT && !self.questions.iter().any(|q| q.field == field) {
            self.questions.push(Question {
                field,
                allowed: T::allowed(),
                needed,
                list,
            });
        }
    }

    fn take(&mut self, name: &'static str) -> Option<&'a Value> {
        self.known.push(name);
        self.values.get(name).copied()
    }

    fn read<T: Written>(&mut self, name: String, value: &'a Value) -> Option<T> {
        let read = match value {
            Value::String(text) => T::from_text(text.trim()),
            Value::Number(number) if T::NUMBERS => T::from_text(&number.to_string()),
            Value::Bool(flag) if T::FLAGS => T::from_text(if *flag { "true" } else { "false" }),
            Value::Object(map) if T::OBJECT => {
                let mut inner = Fields::at(format!("{}{name}.", self.path), map);
                let read = T::from_fields(&mut inner);
                let errors = inner.finish();
                if read.is_none() || !errors.is_empty() {
                    self.errors.extend(errors);
                    return None;
                }
                return read;
            }
            _ => None,
        };
        if read.is_none() {
            self.refuse(&name, given(value), T::allowed());
        }
        read
    }
}

/// What an editor leaves behind when a field is not filled in, or none of the fields in it.
fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Object(map) => map.values().all(is_blank),
        _ => false,
    }
}

/// A value as an error message repeats it.
pub(super) fn given(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_string(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => format!("the number {number}"),
        Value::String(text) => shown(text),
        Value::Array(_) => "a list".to_string(),
        Value::Object(_) => "an object with fields".to_string(),
    }
}

/// The known name that a person most likely meant.
fn nearest(name: &str, known: &[&'static str]) -> Option<&'static str> {
    known
        .iter()
        .map(|candidate| (distance(name, candidate), *candidate))
        .filter(|(distance, candidate)| *distance <= 1 + candidate.len() / 4)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Edit distance (Levenshtein), of names cut to 40 characters so that a hostile one costs nothing.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().take(40).collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().take(40).enumerate() {
        let mut left = i + 1;
        let mut next = vec![left];
        for (y, (diagonal, above)) in b.iter().zip(row.iter().zip(row.iter().skip(1))) {
            left = (diagonal + usize::from(x != *y))
                .min(above + 1)
                .min(left + 1);
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

impl Written for String {
    fn allowed() -> String {
        "text (in quotes if it looks like a number)".to_string()
    }
    fn from_text(text: &str) -> Option<Self> {
        Some(text.replace("\r\n", "\n"))
    }
}

impl Written for u32 {
    const NUMBERS: bool = true;
    fn allowed() -> String {
        format!("a whole number from 0 to {}", Self::MAX)
    }
    fn from_text(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

impl Written for f64 {
    const NUMBERS: bool = true;
    fn allowed() -> String {
        "a number of degrees such as 44.812".to_string()
    }
    fn from_text(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

impl Written for bool {
    const FLAGS: bool = true;
    fn allowed() -> String {
        "yes or no".to_string()
    }
    fn from_text(text: &str) -> Option<Self> {
        match text.to_ascii_lowercase().as_str() {
            "true" | "yes" => Some(true),
            "false" | "no" => Some(false),
            _ => None,
        }
    }
}

impl Written for Time {
    fn allowed() -> String {
        "a time such as 2026-11-03T14:30:00Z".to_string()
    }
    fn from_text(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

impl Written for RecordId {
    fn allowed() -> String {
        "the id of a record, 64 hexadecimal digits".to_string()
    }
    fn from_text(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

impl Written for OrgId {
    fn allowed() -> String {
        "the id of an organisation, 64 hexadecimal digits".to_string()
    }
    fn from_text(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(value: Value, with: impl FnOnce(&mut Fields<'_>)) -> Vec<String> {
        let Value::Object(map) = value else {
            panic!("an object is needed")
        };
        let mut fields = Fields::new(&map);
        with(&mut fields);
        fields.finish().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_misspelt_field_is_refused_with_the_likely_name() {
        let errors = read(json!({"tilte": "x", "zzz": 1}), |f| {
            f.get::<String>("title");
        });
        assert_eq!(
            errors,
            [
                "tilte: an unknown field; allowed: did you mean `title`?",
                "zzz: an unknown field; allowed: one of the fields title",
            ]
        );
    }

    #[test]
    fn an_empty_field_counts_as_left_out() {
        let place = json!({"name": null, "code": " "});
        let errors = read(json!({"a": null, "b": "  ", "place": place}), |f| {
            assert_eq!(f.get::<String>("a"), None);
            assert_eq!(f.get::<crate::record::Place>("place"), None);
            assert_eq!(f.need::<u32>("b"), None);
        });
        assert_eq!(
            errors,
            ["b: nothing; allowed: a whole number from 0 to 4294967295"]
        );
    }

    #[test]
    fn a_wrong_type_names_the_field_and_the_remedy() {
        let errors = read(
            json!({"title": 7, "n": -1, "on": "maybe", "l": ["x", {}]}),
            |f| {
                f.get::<String>("title");
                f.get::<u32>("n");
                f.get::<bool>("on");
                assert_eq!(f.list::<String>("l"), ["x"]);
            },
        );
        assert_eq!(
            errors,
            [
                "title: the number 7; allowed: text (in quotes if it looks like a number)",
                "n: the number -1; allowed: a whole number from 0 to 4294967295",
                "on: \"maybe\"; allowed: yes or no",
                "l.1: an object with fields; allowed: text (in quotes if it looks like a number)",
            ]
        );
    }

    #[test]
    fn the_distance_of_names_is_the_number_of_slips() {
        assert_eq!(distance("killed", "killed"), 0);
        assert_eq!(distance("kiled", "killed"), 1);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("abc", ""), 3);
    }
}
