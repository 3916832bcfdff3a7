//! What was understood of a file, field by field, before anybody signs it.

use super::{Format, cap, encoding, geojson, hxl, limits, ndjson, ndjson::SignedLine};
use focal_protocol::{
    id::{CaseId, OrgId, RecordId},
    key::PublicKey,
    record::{Draft, FieldError, Kind, Marking},
    time::Time,
};
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Why nothing of a file is taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// More of something than is read.
    #[error("it has more than {limit} {what}")]
    TooMuch {
        /// Of what.
        what: &'static str,
        /// How much is read.
        limit: usize,
    },
    /// Nothing in it says what it is.
    #[error("it is of no format that is read: {0}")]
    Unknown(&'static str),
    /// A format that is only written.
    #[error("{0} is written, and not read")]
    OnlyWritten(Format),
    /// Text that cannot be read.
    #[error("its encoding cannot be read: {0}")]
    Encoding(String),
    /// An XML file with a document type declaration, in which entities are declared.
    #[error(
        "it has a document type declaration (DTD), which is not read: entities in it can hide or multiply content"
    )]
    Dtd,
    /// A file that breaks the syntax of its format.
    #[error("it is not well-formed: {0}")]
    Malformed(String),
    /// Well-formed, and not what it should be.
    #[error("it is not {0}")]
    NotOne(String),
    /// What its standard asks for is missing or wrong.
    #[error("it breaks the rules of {format}: {}", list(.errors))]
    Invalid {
        /// Of which standard.
        format: &'static str,
        /// Element by element.
        errors: Vec<FieldError>,
    },
}

fn list(errors: &[FieldError]) -> String {
    let texts: Vec<String> = errors.iter().map(ToString::to_string).collect();
    texts.join("; ")
}

/// How to read a file.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The encoding, if the file does not say it: a label of the WHATWG Encoding Standard.
    pub encoding: Option<String>,
    /// The marking of all reports, whatever the file says.
    pub marking: Option<Marking>,
    /// Fields for reports that lack them.
    pub defaults: Map<String, Value>,
    /// Takes alerts that have expired by then too; the time goes into the text.
    pub expired: Option<Time>,
}

/// What became of something in the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "became", rename_all = "kebab-case")]
pub enum Became {
    /// A field of the report.
    Field {
        /// Its path, such as `place.lat`.
        field: String,
    },
    /// A line at the end of the report's text.
    Text,
    /// Nothing.
    LeftOut {
        /// Why.
        why: String,
    },
    /// Something to know.
    Remark {
        /// What.
        remark: String,
    },
}

/// One thing in the file, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Where: an element, a column, a member.
    pub at: String,
    /// What stands there, cut short.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub given: String,
    /// What became of it.
    #[serde(flatten)]
    pub became: Became,
}

/// What a message says of an earlier one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// It replaces its content.
    Update,
    /// It withdraws it.
    Cancel,
}

/// A report that is about an earlier one: if that is known, it becomes a correction or a retraction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Amendment {
    /// What it does.
    pub change: Change,
    /// The earlier messages, as the file names them.
    pub references: Vec<cap::Reference>,
}

/// One report in the file.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// Where: `row 4`, `info 1`, `feature 3`.
    pub at: String,
    /// Its kind.
    pub kind: Kind,
    /// Its fields as people write them.
    pub fields: Map<String, Value>,
    /// What became of the parts that only this report has.
    pub found: Vec<Finding>,
    /// Where in the file each field stands.
    pub sources: BTreeMap<String, String>,
    /// The earlier report that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amends: Option<Amendment>,
}

/// What was understood of a file.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Import {
    /// Of which format it is.
    pub format: Format,
    /// In which encoding it is written.
    pub encoding: &'static str,
    /// What became of the parts that are not of one report.
    pub found: Vec<Finding>,
    /// The reports.
    pub reports: Vec<Report>,
    /// Records as they were signed: they are not signed again.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub signed: Vec<SignedLine>,
}

impl Report {
    /// Checks it as a record written `now`.
    ///
    /// # Errors
    /// Everything that is wrong, field by field, with the place in the file where the field has one.
    pub fn check(&self, now: Time) -> Result<Draft, Vec<FieldError>> {
        let value = Value::Object(self.fields.clone());
        let draft = Draft::from_json(Some(self.kind), &value).and_then(|draft| {
            let (case, author, org) = (CaseId([0; 32]), PublicKey([0; 32]), OrgId([0; 32]));
            let record = draft.clone().into_record(case, author, org, now);
            record.map(|_| draft)
        });
        draft.map_err(|errors| errors.into_iter().map(|e| self.placed(e)).collect())
    }

    /// The same error, with the place in the file.
    fn placed(&self, error: FieldError) -> FieldError {
        let mut path = error.field.as_str();
        loop {
            if let Some(at) = self.sources.get(path) {
                let field = format!("{} ({at})", error.field);
                return FieldError { field, ..error };
            }
            match path.rsplit_once('.') {
                Some((outer, _)) => path = outer,
                None => return error,
            }
        }
    }

    /// Makes it a correction of `record` with its whole content, for the reason given.
    #[must_use]
    pub fn into_correction(mut self, record: RecordId, reason: &str) -> Self {
        let mut fields = Map::new();
        for common in ["marking", "language", "refs"] {
            if let Some(value) = self.fields.remove(common) {
                fields.insert(common.into(), value);
            }
        }
        for common in ["grading", "verification"] {
            if let Some(value) = self.fields.remove(common) {
                fields.insert(format!("amended_{common}"), value);
            }
        }
        self.fields.insert("kind".into(), json!(self.kind));
        fields.insert("kind".into(), json!(Kind::Correction));
        fields.insert("record".into(), json!(record));
        fields.insert("reason".into(), json!(reason));
        fields.insert("amended".into(), Value::Object(self.fields));
        let sources = self.sources.into_iter();
        Self {
            kind: Kind::Correction,
            fields,
            sources: sources
                .map(|(f, at)| (format!("amended.{f}"), at))
                .collect(),
            amends: None,
            ..self
        }
    }

    /// Makes it a retraction of `record`, for the reason given.
    #[must_use]
    pub fn into_retraction(self, record: RecordId, reason: &str) -> Self {
        let mut fields = Map::new();
        if let Some(marking) = self.fields.get("marking") {
            fields.insert("marking".into(), marking.clone());
        }
        fields.insert("kind".into(), json!(Kind::Retraction));
        fields.insert("record".into(), json!(record));
        fields.insert("reason".into(), json!(reason));
        Self {
            kind: Kind::Retraction,
            fields,
            sources: BTreeMap::new(),
            amends: None,
            ..self
        }
    }
}

/// Reads a file: of the format given, or of that which it shows itself to be.
///
/// # Errors
/// [`Error`] says why nothing of it is taken. What is wrong with single reports is said by [`Report::check`].
pub fn import(format: Option<Format>, bytes: &[u8], options: &Options) -> Result<Import, Error> {
    if bytes.len() > limits::FILE {
        return Err(Error::TooMuch {
            what: "bytes",
            limit: limits::FILE,
        });
    }
    if bytes.starts_with(b"PK\x03\x04") {
        return Err(Error::Unknown(
            "it is a zip file, or a spreadsheet; save the sheet as CSV",
        ));
    }
    let declared = encoding::declared_in_xml(bytes);
    let decoded = encoding::decode(bytes, options.encoding.as_deref(), declared.as_deref())?;
    let text = decoded.text.as_str();
    let format = match format {
        Some(format) => format,
        None => recognised(text)?,
    };
    if matches!(format, Format::Geojson | Format::Ndjson) && decoded.encoding == "windows-1252" {
        return Err(Error::Encoding(
            "JSON is UTF-8 (RFC 8259), and this is not".into(),
        ));
    }
    if format == Format::Cap && decoded.guessed && decoded.encoding == "windows-1252" {
        return Err(Error::Encoding(
            "XML that names no encoding is UTF-8, and this is not".into(),
        ));
    }
    let mut import = match format {
        Format::Cap => cap::read(text, options)?,
        Format::Hxl => hxl::read(text, options)?,
        Format::Geojson => geojson::read(text, options)?,
        Format::Ndjson => ndjson::read(text)?,
        Format::EdxlSitrep | Format::Icalendar | Format::Ftm => {
            return Err(Error::OnlyWritten(format));
        }
    };
    import.encoding = decoded.encoding;
    if decoded.guessed {
        import.found.insert(0, Finding {
            at: "the file".into(),
            given: String::new(),
            became: Became::Remark {
                remark: format!("nothing in it says its encoding; it was read as {}: look at accented letters", decoded.encoding),
            },
        });
    }
    Ok(import)
}

/// By how the text begins.
fn recognised(text: &str) -> Result<Format, Error> {
    let start = text.trim_start();
    if start.starts_with('<') {
        return Ok(Format::Cap);
    }
    if start.starts_with('{') {
        let first = start.lines().next().unwrap_or_default();
        let line: Result<Value, _> = serde_json::from_str(first);
        let is_line =
            line.is_ok_and(|v| v.get("signed").is_some() || v.get("focal-case").is_some());
        return Ok(if is_line {
            Format::Ndjson
        } else {
            Format::Geojson
        });
    }
    if start.starts_with("BEGIN:VCALENDAR") {
        return Err(Error::OnlyWritten(Format::Icalendar));
    }
    if start.is_empty() {
        return Err(Error::Unknown("it is empty"));
    }
    Ok(Format::Hxl)
}
