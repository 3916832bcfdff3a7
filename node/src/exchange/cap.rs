//! Common Alerting Protocol 1.2 (OASIS, 1 July 2010): alerts in and out; 1.1 is read.

mod area;
mod elements;
mod head;
mod info;
mod read;
#[cfg(test)]
mod tests;
mod write;

pub(super) use read::read;
pub(super) use write::write;

use focal_protocol::{
    id::{OrgId, RecordId},
    time::Time,
};
use serde::Serialize;
use std::{fmt, str::FromStr};

/// The namespace of version 1.2.
const NAMESPACE: &str = "urn:oasis:names:tc:emergency:cap:1.2";
/// The namespace of version 1.1, which lacks some elements and has none that 1.2 lacks.
const NAMESPACE_1_1: &str = "urn:oasis:names:tc:emergency:cap:1.1";
/// The type of event that our alerts are of: CAP asks for one, and for free text.
const EVENT: &str = "Atrocity early warning";
/// What CAP's area is called where the alert's has no name.
const NO_NAME: &str = "(no name)";

/// How one message names another (section 3.2.1, references): `sender,identifier,sent`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reference {
    /// Who sent it.
    pub sender: String,
    /// Its identifier.
    pub identifier: String,
    /// When, as written.
    pub sent: String,
}

impl Reference {
    /// The record, if it is one of a Focal network.
    #[must_use]
    pub fn record(&self) -> Option<RecordId> {
        self.identifier.strip_prefix("focal.")?.parse().ok()
    }

    /// The line in the text of a report that says from which message it was made.
    #[must_use]
    pub fn source_line(&self) -> String {
        format!("Source: CAP {self}")
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{},{},{}", self.sender, self.identifier, self.sent)
    }
}

impl FromStr for Reference {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        match text.split(',').collect::<Vec<_>>()[..] {
            [sender, identifier, sent] if is_name(sender) && is_name(identifier) => Ok(Self {
                sender: sender.into(),
                identifier: identifier.into(),
                sent: sent.into(),
            }),
            _ => Err(()),
        }
    }
}

/// Whether it can be an identifier or sender: without spaces, commas, `<` and `&` (section 3.2.1).
fn is_name(text: &str) -> bool {
    let forbidden = |c: char| c.is_whitespace() || c.is_control() || matches!(c, ',' | '<' | '&');
    !text.is_empty() && !text.contains(forbidden)
}

/// The identifier of a record.
fn identifier(record: &RecordId) -> String {
    format!("focal.{record}")
}

/// The sender that an organisation is.
fn sender(org: &OrgId) -> String {
    format!("focal.{org}")
}

/// A time as CAP writes it: whole seconds, and UTC as an offset of `-00:00`, never `Z` (section 3.3.2).
fn date_time(time: Time) -> String {
    let text = time.to_string();
    let seconds = text.get(..19).unwrap_or_default();
    format!("{seconds}-00:00")
}

/// A word of CAP's lists: ours with a capital letter, but for two.
fn word(ours: &str) -> String {
    match ours {
        "all-clear" => "AllClear".into(),
        "cbrne" => "CBRNE".into(),
        _ => {
            let mut chars = ours.chars();
            let first = chars.next().map(|c| c.to_ascii_uppercase());
            first.into_iter().chain(chars).collect()
        }
    }
}

/// The word of ours for one of CAP's, whatever its case.
fn ours(word: &str) -> String {
    let plain = word.trim().to_ascii_lowercase();
    match plain.as_str() {
        "allclear" => "all-clear".into(),
        // CAP 1.0; kept by 1.1 and 1.2 for reading (section 3.2.2, certainty).
        "very likely" => "likely".into(),
        _ => plain,
    }
}
