//! A whole case as lines of JSON: each record as it was signed, in hex, beside what it says. Nothing is signed again:
//! what comes in is checked by its signatures, and what stands beside the hex must be what was signed.

use super::{
    Error, Format, Import,
    export::{Document, Export},
    import::{Became, Finding},
    limits, marking_text,
    reading::shown,
};
use focal_protocol::{
    codec,
    id::RecordId,
    record::{Kind, Marking, Record, Tlp},
    signed::Signed,
};
use serde::Serialize;
use serde_json::{Value, json};

#[cfg(test)]
mod tests;

/// The version of the lines.
const VERSION: u64 = 1;

/// A record in a file, whose signature holds. Whether its author may write for their organisation the node says.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SignedLine {
    /// Where: `line 2`.
    pub at: String,
    /// Its id.
    pub record: RecordId,
    /// Its kind.
    pub kind: Kind,
    /// What a list shows of it.
    pub title: String,
    /// As it was signed.
    #[serde(skip)]
    pub signed: Signed<Record>,
    /// What it says.
    #[serde(skip)]
    pub content: Record,
}

/// Writes all chosen records, also those that were corrected and withdrawn, and what corrects and withdraws them: it is
/// what was said.
pub(super) fn write(export: &Export<'_>) -> Vec<Document> {
    let chosen = export.with_amendments();
    let mut whole = Marking::from(Tlp::Clear);
    for permitted in &chosen {
        whole = marking_text::narrower(&whole, &permitted.record.marking);
    }
    let head = json!({
        "focal-case": VERSION,
        "case": export.case,
        "title": export.title,
        "marking": marking_text::write(&whole),
        "records": chosen.len(),
    });
    let mut text = format!("{head}\n");
    for permitted in &chosen {
        let line = json!({
            "record": permitted.id,
            "organisation": permitted.organisation,
            "author": permitted.author,
            "marking": marking_text::write(&permitted.record.marking),
            "content": permitted.record,
            "signed": hex::encode(codec::encode(&permitted.signed)),
        });
        text.push_str(&line.to_string());
        text.push('\n');
    }
    let markings = chosen.iter().map(|p| &p.record.marking);
    export.document("records.ndjson", "application/x-ndjson", text, markings)
}

/// Reads lines. A line that does not hold is left out by name; the others stand.
///
/// # Errors
/// No line holds a record, or a limit.
pub(super) fn read(text: &str) -> Result<Import, Error> {
    let (mut signed, mut found) = (Vec::new(), Vec::new());
    for (number, line) in text.lines().enumerate() {
        let at = format!("line {}", number + 1);
        if line.trim().is_empty() {
            continue;
        }
        match record(&at, line) {
            Ok(Some(_)) if signed.len() == limits::RECORDS => {
                let (what, limit) = ("records", limits::RECORDS);
                return Err(Error::TooMuch { what, limit });
            }
            Ok(Some(line)) => signed.push(line),
            Ok(None) => found.push(Finding {
                at,
                given: String::new(),
                became: Became::Remark {
                    remark: "the head of the file".into(),
                },
            }),
            Err(why) if found.len() < limits::FINDINGS => found.push(Finding {
                at,
                given: shown(line),
                became: Became::LeftOut { why },
            }),
            Err(_) => {}
        }
    }
    if signed.is_empty() && found.is_empty() {
        return Err(Error::NotOne("a file of records: it is empty".into()));
    }
    Ok(Import {
        format: Format::Ndjson,
        encoding: "",
        found,
        reports: Vec::new(),
        signed,
    })
}

/// Reads a line; none if it is the head.
fn record(at: &str, line: &str) -> Result<Option<SignedLine>, String> {
    if line.len() > limits::LINE {
        return Err(format!("it has more than {} bytes", limits::LINE));
    }
    let value: Value = serde_json::from_str(line).map_err(|e| shown(&e.to_string()))?;
    if let Some(version) = value.get("focal-case") {
        return if *version == json!(VERSION) {
            Ok(None)
        } else {
            Err(format!(
                "version {} is not read",
                shown(&version.to_string())
            ))
        };
    }
    let text = value
        .get("signed")
        .and_then(Value::as_str)
        .ok_or("it has no signed record")?;
    let bytes = hex::decode(text).map_err(|_| "what was signed is not written in hex")?;
    let limit = 2 * focal_protocol::limits::RECORD;
    let signed: Signed<Record> = codec::decode(&bytes, limit).map_err(|e| e.to_string())?;
    let verified = signed
        .clone()
        .verify_by(|record: &Record| record.author)
        .map_err(|e| e.to_string())?;
    let id = Record::id_of(&signed);
    if value.get("record").is_some_and(|r| *r != json!(id)) {
        return Err(format!(
            "it names another record than it holds, which is {id}"
        ));
    }
    let content = verified.into_value();
    if let Some(beside) = value.get("content")
        && serde_json::from_value::<Record>(beside.clone())
            .ok()
            .as_ref()
            != Some(&content)
    {
        return Err("what stands beside the signed bytes is not what was signed".into());
    }
    Ok(Some(SignedLine {
        at: at.into(),
        record: id,
        kind: content.kind(),
        title: content.body.title(),
        signed,
        content,
    }))
}
