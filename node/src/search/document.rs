//! A record as an index has it: what it says now.

use super::{query::numbers, schema::Fields, words::folded};
use crate::store::Position;
use focal_protocol::{
    id::{Hash, OrgId, RecordId},
    record::{Body, Kind, Range, Record, Standing, Summary, Tlp},
};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use tantivy::{TantivyDocument, schema::OwnedValue};

/// The audience of what every organisation in the case may read.
pub(super) const ALL: &str = "all";

/// It was withdrawn.
pub(super) const WITHDRAWN: &str = "withdrawn";
/// It was corrected.
pub(super) const CORRECTED: &str = "corrected";
/// It only says something of another record, which is found instead of it: found itself if its kind is asked for.
pub(super) const ABOUT: &str = "about";

/// Some of what is said is for named recipients only.
pub(super) const RED: &str = "red";

/// Bits of a rank below the time.
const TIE: u32 = 22;

/// The newest first; what was written in the same millisecond in order of ids, as far as there is room for them.
pub(super) fn rank(created: u64, id: &RecordId) -> u64 {
    let mut tie = [0; 8];
    tie[4..].copy_from_slice(&id.as_bytes()[..4]);
    let latest = u64::MAX >> TIE;
    (created.min(latest) << TIE) | (u64::from_be_bytes(tie) >> (32 - TIE))
}

/// A hash of where a record stands.
pub(super) fn place(position: &Position) -> u64 {
    let (lamport, seq) = (position.lamport.to_be_bytes(), position.seq.to_be_bytes());
    let hash = Hash::of(&[&lamport, position.log.as_bytes(), &seq]);
    let mut first = [0; 8];
    first.copy_from_slice(&hash.as_bytes()[..8]);
    u64::from_be_bytes(first)
}

/// A record and what it takes to index it.
pub(super) struct Indexed<'a> {
    pub(super) id: RecordId,
    pub(super) position: Position,
    /// As it was written.
    pub(super) summary: &'a Summary,
    pub(super) standing: &'a Standing,
    /// The record as it was written.
    pub(super) record: &'a Record,
    /// The correction in force.
    pub(super) correction: Option<&'a Record>,
    /// The retraction.
    pub(super) withdrawal: Option<&'a Record>,
}

/// What a record says now, as far as it is looked for under it: that of the correction in force; of a correction or
/// retraction of a record that is here only the reason.
pub(crate) fn said(record: &Record, standing: &Standing) -> Map<String, Value> {
    let reason = |reason: &str| Map::from_iter([("reason".to_string(), reason.into())]);
    match &record.body {
        Body::Correction(c) if standing.amends.is_some() => reason(&c.reason),
        Body::Correction(c) => {
            let mut fields = c.amended.fields();
            fields.extend(reason(&c.reason));
            fields
        }
        Body::Retraction(r) => reason(&r.reason),
        body => body.fields(),
    }
}

/// Texts in a value, with those in it.
pub(crate) fn texts<'a>(value: &'a Value, visit: &mut impl FnMut(&'a str)) {
    match value {
        Value::String(text) if !is_id(text) => visit(text),
        Value::Array(items) => items.iter().for_each(|item| texts(item, visit)),
        Value::Object(fields) => {
            for (name, field) in fields {
                // How exactly a place is known is no word of its name.
                if name != "precision" {
                    texts(field, visit);
                }
            }
        }
        _ => {}
    }
}

fn is_id(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit())
}

/// The best number that is known.
fn known(range: Range) -> Option<u64> {
    range.best.or(range.low).or(range.high).map(u64::from)
}

impl Indexed<'_> {
    /// The document.
    pub(super) fn document(&self, fields: &Fields) -> TantivyDocument {
        let (now, summary) = (&self.standing.now, self.summary);
        let mut document = TantivyDocument::default();
        let created = summary.created.0;
        document.add_bytes(fields.id, self.id.as_bytes());
        document.add_u64(fields.rank, rank(created, &self.id));
        document.add_u64(fields.place, place(&self.position));
        document.add_u64(fields.written, created);
        // What happened at an open end may be going on.
        let (from, to) = match &now.time {
            Some(time) => (
                time.earliest().map_or(0, |t| t.0),
                time.latest().map_or(u64::MAX, |t| t.0),
            ),
            None => (created, created),
        };
        document.add_u64(fields.from, from);
        document.add_u64(fields.to, to);
        document.add_text(fields.kind, summary.kind.as_str());
        document.add_text(fields.marking, summary.tlp.as_str());
        document.add_text(fields.organisation, summary.organisation.to_string());
        document.add_text(fields.author, summary.author.to_string());
        self.audience(&mut document, fields);
        self.state(&mut document, fields);
        let code = now.place.as_ref().and_then(|place| place.code.as_ref());
        if let Some(code) = code {
            document.add_text(fields.code, folded(code).replace(' ', ""));
        }
        let country = now.place.as_ref().and_then(|place| place.country.as_ref());
        let mut versions = self.versions();
        let language = versions.find_map(|record| record.language.as_ref());
        let codes = [
            now.grading.map(|grading| grading.to_string()),
            now.verification.map(|v| v.to_string()),
            language.map(ToString::to_string),
            country.map(ToString::to_string),
        ];
        for (field, code) in fields.codes.iter().zip(codes) {
            if let Some(code) = code {
                document.add_text(*field, code.to_lowercase());
            }
        }
        let said = said(self.correction.unwrap_or(self.record), self.standing);
        self.numbers(&mut document, fields, &said);
        self.words(&mut document, fields, &said);
        document
    }

    /// The correction in force, and the record as it was written.
    fn versions(&self) -> impl Iterator<Item = &Record> {
        self.correction.into_iter().chain([self.record])
    }

    /// All that is found under this record. Who may not read one of them must not find it, not even by a word of
    /// another.
    fn parts(&self) -> impl Iterator<Item = &Record> {
        self.versions().chain(self.withdrawal)
    }

    /// As `Handling::may` decides it for who only looks.
    fn audience(&self, document: &mut TantivyDocument, fields: &Fields) {
        let mut audience: Option<BTreeSet<OrgId>> = None;
        for part in self.parts().filter(|p| p.marking.needs_compartment()) {
            let listed = part.marking.releasable_to.iter().copied();
            let listed: BTreeSet<OrgId> = listed.chain([part.organisation]).collect();
            audience = Some(match audience {
                Some(before) => before.intersection(&listed).copied().collect(),
                None => listed,
            });
        }
        match audience {
            None => document.add_text(fields.audience, ALL),
            Some(orgs) => {
                for org in orgs {
                    document.add_text(fields.audience, org.to_string());
                }
            }
        }
    }

    /// Names of the files that go with it, also by its correction.
    fn files(&self) -> impl Iterator<Item = &str> {
        let files = self.versions().flat_map(|record| &record.attachments);
        files.map(|file| file.name.as_str())
    }

    fn state(&self, document: &mut TantivyDocument, fields: &Fields) {
        let Standing {
            corrected_by,
            withdrawn_by,
            amends,
            ..
        } = self.standing;
        let about = match self.summary.kind {
            Kind::Ack | Kind::Retraction => true,
            Kind::Correction => amends.is_some(),
            _ => false,
        };
        for (is_so, word) in [
            (withdrawn_by.is_some(), WITHDRAWN),
            (corrected_by.is_some(), CORRECTED),
            (about, ABOUT),
            (self.parts().any(|p| p.marking.tlp == Tlp::Red), RED),
        ] {
            if is_so {
                document.add_text(fields.state, word);
            }
        }
    }

    fn numbers(&self, document: &mut TantivyDocument, fields: &Fields, said: &Map<String, Value>) {
        let counts = self.standing.now.counts.totals().named();
        for (field, name) in fields.numbers.iter().zip(numbers()) {
            let count = counts.iter().find(|(count, _)| *count == name);
            let number = match count {
                Some((_, range)) => known(*range),
                None if name == "attachments" => Some(self.files().count() as u64),
                None => said.get(name).and_then(Value::as_u64),
            };
            if let Some(number) = number {
                document.add_u64(*field, number);
            }
        }
    }

    fn words(&self, document: &mut TantivyDocument, fields: &Fields, said: &Map<String, Value>) {
        let mut by_field: BTreeMap<String, Vec<OwnedValue>> = BTreeMap::new();
        let mut add = |name: &str, text: &str| {
            document.add_text(fields.text, text);
            let texts = by_field.entry(name.to_string()).or_default();
            texts.push(OwnedValue::Str(text.to_string()));
        };
        for (name, value) in said {
            texts(value, &mut |text| add(name, text));
        }
        if let Some(Body::Retraction(retraction)) = self.withdrawal.map(|record| &record.body) {
            add("reason", &retraction.reason);
        }
        for name in self.files() {
            add("file", name);
        }
        let by_field = by_field
            .into_iter()
            .map(|(name, texts)| (name, OwnedValue::Array(texts)));
        document.add_object(fields.by_field, by_field.collect());
    }
}
