//! One report that waits.

use crate::{
    context::now,
    error::{Error, Exit},
};
use focal_protocol::{
    codec,
    id::{CaseId, RecordId},
    limits,
    record::{Attachment, Kind, Record},
    signed::Signed,
    time::Time,
};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// What a node says is kept up to so many bytes.
const TEXT: usize = 2 << 10;

/// A signed report, and what became of it so far.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Item {
    signed: Signed<Record>,
    /// The case's title, for people.
    pub(crate) case_title: String,
    /// When it was kept.
    pub(crate) kept: Time,
    /// Why it did not go out the last time.
    pub(crate) waits_for: Option<String>,
    /// Why the node does not take it.
    pub(crate) refused: Option<Refusal>,
    /// Whether its files wait with it and go after it; else they went before it, or there are none.
    #[serde(default)]
    pub(crate) files: bool,
    /// Since when the node has it: only files are still to go.
    #[serde(default)]
    pub(crate) stored: Option<Time>,
    /// The format of the file that it was made of, which the node has not been told yet.
    #[serde(default)]
    pub(crate) imported: Option<String>,
}

/// A refusal that will not pass by itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Refusal {
    /// The node's stable name for it, such as `revoked-author`.
    pub(crate) code: Option<String>,
    /// What happened.
    pub(crate) message: String,
    /// What to do next.
    pub(crate) next: Option<String>,
    /// When.
    pub(crate) at: Time,
}

impl Refusal {
    /// As the node said it now.
    pub(crate) fn of(error: &Error) -> Self {
        Self {
            code: error.code.as_deref().map(String::from),
            message: error.what.clone(),
            next: error.next.clone(),
            at: now(),
        }
    }

    /// As an error of a command.
    pub(crate) fn into_error(self) -> Error {
        let mut error = Error::new(Exit::Refused, self.message);
        error.why = self.code.clone();
        error.next = self.next;
        error.code = self.code.map(String::into_boxed_str);
        error
    }
}

impl Item {
    /// A report that was signed now.
    pub(crate) fn new(signed: Signed<Record>, case_title: &str) -> Self {
        Self {
            signed,
            case_title: case_title.into(),
            kept: now(),
            waits_for: None,
            refused: None,
            files: false,
            stored: None,
            imported: None,
        }
    }

    /// The same, made of a file in this format.
    pub(crate) fn imported(self, format: impl ToString) -> Self {
        let imported = Some(format.to_string());
        Self { imported, ..self }
    }

    /// The same, with files that wait with it.
    pub(crate) fn with_files(self, files: bool) -> Self {
        Self { files, ..self }
    }

    /// Its id, which a node gives it too.
    pub(crate) fn record(&self) -> RecordId {
        Record::id_of(&self.signed)
    }

    /// The report; none if it is of a later version of this program.
    pub(crate) fn content(&self) -> Option<Record> {
        self.signed.unverified().ok()
    }

    /// The files that it names.
    pub(crate) fn attachments(&self) -> Vec<Attachment> {
        self.content().map(|r| r.attachments).unwrap_or_default()
    }

    /// Its case.
    pub(crate) fn case(&self) -> Option<CaseId> {
        self.content().map(|r| r.case)
    }

    /// Whether it goes before others.
    pub(crate) fn is_urgent(&self) -> bool {
        self.content().is_some_and(|r| r.is_urgent())
    }

    /// Its kind and title, for people.
    pub(crate) fn title(&self) -> (Option<Kind>, String) {
        match self.content() {
            Some(record) => (Some(record.kind()), record.summary().title),
            None => (None, String::new()),
        }
    }

    /// What goes to the node.
    pub(crate) fn body(&self) -> Vec<u8> {
        codec::encode(&self.signed)
    }

    pub(super) fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        // A node may say as much as it likes: the report is what must be read again.
        let mut item = self.clone();
        cut(&mut item.case_title);
        item.waits_for.as_mut().map(cut);
        if let Some(refusal) = &mut item.refused {
            cut(&mut refusal.message);
            refusal.code.as_mut().map(cut);
            refusal.next.as_mut().map(cut);
        }
        Zeroizing::new(codec::encode(&item))
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        codec::decode(bytes, 2 * limits::RECORD).ok()
    }
}

/// The beginning of a text.
fn cut(text: &mut String) {
    text.truncate(text.floor_char_boundary(TEXT));
}
