//! A file that goes with a record: its description, which the author signs. The file itself travels beside it.

use super::{
    error::{Check, shown},
    fields::{Fields, Written},
    limits,
};
use crate::{
    id::Hash,
    seal::{AttachmentKey, Chunks},
};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The description of a file, and the key that opens it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Its name, without directories.
    pub name: String,
    /// What it is (RFC 6838), such as `image/jpeg`: the author's claim.
    pub media_type: String,
    /// Its length, bytes.
    pub size: u64,
    /// SHA-256 of it.
    pub hash: Hash,
    /// SHA-256 of the file as it was before metadata was taken out of it: the original is kept as evidence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original: Option<Hash>,
    /// What opens its chunks.
    pub key: AttachmentKey,
    /// SHA-256 of the sealed list of its chunks: the attachment's name wherever it is held.
    pub list: Hash,
}

impl Attachment {
    /// Its chunks.
    ///
    /// # Errors
    /// It is larger than an attachment may be.
    pub fn chunks(&self) -> Result<Chunks, crate::seal::Error> {
        Chunks::new(&self.key, self.size)
    }

    pub(super) fn check(&self, check: &mut Check) {
        check.line("name", &self.name, limits::FILE_NAME);
        if self.name.len() > limits::FILE_NAME {
            check.refuse(
                "name",
                format!("{} bytes", self.name.len()),
                format!("at most {} bytes", limits::FILE_NAME),
            );
        }
        if !is_file_name(&self.name) {
            check.refuse(
                "name",
                shown(&self.name),
                "the name of a file, without directories or characters that turn the writing round",
            );
        }
        if !is_media_type(&self.media_type) {
            check.refuse(
                "media_type",
                shown(&self.media_type),
                "a media type, such as image/jpeg",
            );
        }
        if self.size > crate::limits::ATTACHMENT {
            check.refuse(
                "size",
                format!("{} bytes", self.size),
                format!("at most {} bytes", crate::limits::ATTACHMENT),
            );
        }
    }
}

/// Whether a name stays in the directory in which it is put, and shows as it is: `gpj.exe` must not read `exe.jpg`.
fn is_file_name(name: &str) -> bool {
    let turns = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    !matches!(name, "." | "..") && !name.contains(['/', '\\', '\0']) && !name.contains(turns)
}

/// RFC 6838, section 4.2: two names of restricted characters.
fn is_media_type(text: &str) -> bool {
    let name = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_alphanumeric())
            && part
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&b))
    };
    text.len() <= limits::MEDIA_TYPE
        && text
            .split_once('/')
            .is_some_and(|(kind, sub)| name(kind) && name(sub))
}

impl fmt::Display for Attachment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} ({}, {} bytes)",
            self.name, self.media_type, self.size
        )
    }
}

/// A number or name inside the object of an attachment.
struct Word<T>(T);

impl<T: std::str::FromStr> Written for Word<T> {
    const NUMBERS: bool = true;
    fn allowed() -> String {
        "as the program that seals attachments writes it".into()
    }
    fn from_text(text: &str) -> Option<Self> {
        text.parse().ok().map(Self)
    }
}

impl Written for Attachment {
    const OBJECT: bool = true;
    const TEXT: bool = false;
    fn allowed() -> String {
        "files that were sealed first: give them with --attach, or as `attachments` in a report that is sent by focal"
            .into()
    }
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let name = fields.need::<Word<String>>("name");
        let media_type = fields.need::<Word<String>>("media_type");
        let size = fields.need::<Word<u64>>("size");
        let hash = fields.need::<Word<Hash>>("hash");
        let original = fields.get::<Word<Hash>>("original");
        let key = fields.need::<Word<Hash>>("key");
        let list = fields.need::<Word<Hash>>("list");
        Some(Self {
            name: name?.0,
            media_type: media_type?.0,
            size: size?.0,
            hash: hash?.0,
            original: original.map(|o| o.0),
            key: AttachmentKey(key?.0.0),
            list: list?.0,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        id::{CaseId, OrgId},
        key::PublicKey,
        record::Draft,
        time::Time,
    };
    use serde_json::json;

    fn attachment(name: &str) -> Attachment {
        Attachment {
            name: name.into(),
            media_type: "image/jpeg".into(),
            size: 1,
            hash: Hash([1; 32]),
            original: None,
            key: AttachmentKey([2; 32]),
            list: Hash([3; 32]),
        }
    }

    fn wrong(attachments: &[Attachment]) -> Vec<String> {
        let note =
            json!({"kind": "note", "text": "see the photograph", "attachments": attachments});
        Draft::from_json(None, &note)
            .and_then(|d| {
                d.into_record(CaseId([1; 32]), PublicKey([2; 32]), OrgId([3; 32]), Time(4))
            })
            .map_or_else(
                |errors| errors.into_iter().map(|e| e.field).collect(),
                |record| {
                    assert_eq!(record.attachments, attachments);
                    assert_eq!(record.summary().attachments as usize, attachments.len());
                    Vec::new()
                },
            )
    }

    #[test]
    fn a_record_carries_files() {
        assert!(wrong(&[]).is_empty());
        assert!(wrong(&[attachment("جسر دلمت.jpg")]).is_empty());
    }

    #[test]
    fn a_name_that_leads_elsewhere_or_shows_as_another_is_refused() {
        for name in [
            "../key",
            "/etc/passwd",
            "a\\b",
            ".",
            "..",
            " ",
            "a\u{1b}[2J",
            "two\nlines",
            "photo\u{202e}gpj.exe",
            "",
        ] {
            assert!(!wrong(&[attachment(name)]).is_empty(), "{name:?}");
        }
        assert!(!wrong(&[attachment(&"é".repeat(limits::FILE_NAME / 2 + 1))]).is_empty());
    }

    #[test]
    fn sizes_types_and_numbers_over_the_limit_are_refused() {
        let mut large = attachment("a");
        large.size = crate::limits::ATTACHMENT + 1;
        assert_eq!(wrong(&[large]), ["attachments.0.size"]);
        for media_type in ["", "image", "image/", "image/a b", "text/\u{7}"] {
            let mut odd = attachment("a");
            odd.media_type = media_type.into();
            assert!(!wrong(&[odd]).is_empty(), "{media_type:?}");
        }
        let mut many: Vec<Attachment> = (0..=crate::limits::ATTACHMENTS)
            .map(|n| Attachment {
                list: Hash::of(&[&n.to_be_bytes()]),
                ..attachment("a")
            })
            .collect();
        assert_eq!(wrong(&many), ["attachments"]);
        many.pop();
        assert!(wrong(&many).is_empty());
        assert_eq!(wrong(&[attachment("a"), attachment("b")]), ["attachments"]);
    }
}
