//! What does not hold, and where.

use super::{container, custody};
use crate::{codec, directory, limits, record::Tlp, signed};

/// The first item of a bundle that does not hold.
#[derive(Debug, thiserror::Error)]
#[error("{item}: {why}")]
pub struct Failure {
    /// Its name in the file.
    pub item: String,
    /// Why.
    pub why: Why,
}

impl Failure {
    pub(super) fn new(item: &str, why: Why) -> Self {
        let item = item.chars().take(limits::NAME).collect();
        Self { item, why }
    }
}

/// Why an item does not hold.
#[derive(Debug, thiserror::Error)]
pub enum Why {
    /// The file around the items is not as it was written.
    #[error(transparent)]
    File(#[from] container::Error),
    /// The item is not there.
    #[error("it is missing")]
    Missing,
    /// Another item should stand here.
    #[error("here {0} should stand: an item is missing, was added or has moved")]
    Unexpected(String),
    /// An item that no bundle has.
    #[error("no such item belongs in a bundle")]
    Unknown,
    /// Over its limit, bytes.
    #[error("it has more than {0} bytes")]
    TooLong(usize),
    /// It is not what the contents say.
    #[error("it is not what contents.json says: it was changed after the bundle was sealed")]
    Hash,
    /// It cannot be read.
    #[error("it cannot be read: {0}")]
    Unreadable(#[from] codec::Error),
    /// A signature does not hold.
    #[error(transparent)]
    Signature(#[from] signed::Error),
    /// The directory does not hold.
    #[error("the federation's documents do not hold: {0}")]
    Directory(#[from] directory::Error),
    /// The directory has not come.
    #[error("the federation's documents are not here")]
    NoFederation,
    /// The directory is of another federation.
    #[error("these are the documents of another federation than contents.json names")]
    OtherFederation,
    /// Its name is of something else.
    #[error("its name is that of another record")]
    OtherName,
    /// The record is of another case.
    #[error("it belongs to another case")]
    OtherCase,
    /// The bundle's label promises more than a record allows.
    #[error("it is marked {0}, narrower than the bundle")]
    Marking(Tlp),
    /// The record breaks the rules of its kind.
    #[error("it breaks the rules of its kind: {0}")]
    Content(String),
    /// A record without an entry.
    #[error("the record before it has no entry")]
    NoEntry,
    /// An entry or attachment without its record.
    #[error("no record here belongs to it")]
    NoRecord,
    /// The chain of hashes is broken, is not signed by its writer, or does not reach here.
    #[error("no chain signed by its node leads to it")]
    Chain,
    /// The entry does not carry the record.
    #[error("the entry does not carry this record")]
    Entry,
    /// No manifest of the organisation lists the node.
    #[error("no manifest lists the node that carried it")]
    UnknownNode,
    /// The node is another organisation's.
    #[error("another organisation's node carried it")]
    OtherOrganisation,
    /// The manifest that the entry names is not here.
    #[error("version {0} of the organisation's manifest is not here")]
    NoManifest(u64),
    /// The author is not in the manifest.
    #[error("its author is not in the organisation's manifest")]
    UnknownAuthor,
    /// The author was revoked.
    #[error("its author's key had been revoked")]
    Revoked,
    /// An observer wrote more than an acknowledgement.
    #[error("its author is an observer, who only acknowledges")]
    Observer,
    /// The custody log does not hold.
    #[error(transparent)]
    Custody(#[from] custody::Fault),
    /// Whoever collected or sealed the bundle is nobody known.
    #[error(
        "whoever collected or sealed the bundle is no author of the organisation that they name"
    )]
    Sealer,
}
