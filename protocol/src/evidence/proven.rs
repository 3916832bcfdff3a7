//! What a bundle proves, and what it does not.

use super::{container::Kept, contents::Contents, custody::Line};
use crate::{
    directory::Directory,
    id::{Hash, NodeId, OrgId, RecordId},
    record::Kind,
    time::Time,
};

/// A bundle of which everything holds.
#[derive(Debug, Clone)]
pub struct Proven {
    /// What is in it.
    pub contents: Contents,
    /// SHA-256 of the contents: names the bundle.
    pub hash: Hash,
    /// Those who wrote, carried and sealed it.
    pub directory: Directory,
    /// The records, in the order of the file.
    pub records: Vec<ProvenRecord>,
    /// Attachments that are in it.
    pub attachments: usize,
    /// Attachments that its records name and that are not in it.
    pub attachments_missing: usize,
    /// Who had it.
    pub custody: Vec<(Line, Signer)>,
    /// The custody log as it stands in the file.
    pub log: Vec<u8>,
    /// The file without it: who receives the bundle adds a line.
    pub kept: Kept,
}

/// A record, and who is proven to have written it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProvenRecord {
    /// The record.
    pub id: RecordId,
    /// Its kind.
    pub kind: Kind,
    /// What a list shows of it.
    pub title: String,
    /// The organisation.
    pub organisation: OrgId,
    /// The author's name in its manifest.
    pub author: String,
    /// When it was written, by the author's clock.
    pub created: Time,
    /// The node that carried it.
    pub node: NodeId,
    /// Whether the author's key was revoked in a later manifest: then somebody should ask why.
    pub revoked_later: bool,
}

/// Whose key is on a line of the custody log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signer {
    /// An author of the organisation that the line names, with this name in its manifest.
    Author(String),
    /// A key of which this bundle knows nothing: the line is a claim.
    Unknown,
}

/// What no bundle proves, in sentences for whoever reads the result.
pub const NOT_PROVEN: &[&str] = &[
    "That what the reports say is true: only who said it.",
    "When something happened or was written: times are by the clocks of those who wrote them.",
    "That the federation is the one you think: compare its words with those you have from elsewhere.",
    "That nothing else was reported: a bundle holds what somebody chose, and says how much was kept back.",
    "That nobody had the bundle beside those in its custody log, and that no line was taken from the end of it.",
    "That its author was in the case when they wrote: the case's members are not in it.",
];
