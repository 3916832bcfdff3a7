//! The federation: its members, their nodes and authors.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// `GET /v1/directory`
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Directory {
    /// The federation's id.
    pub federation: String,
    /// Its name.
    pub name: String,
    /// Its fingerprint as words.
    pub fingerprint: String,
    /// When it was founded.
    pub founded: String,
    /// Current roster version.
    pub roster_version: u64,
    /// How many stewards must sign the next roster.
    pub threshold: u16,
    /// Member organisations.
    pub members: Vec<Organisation>,
    /// Proofs that somebody signed two documents of one version.
    pub conflicts: usize,
}

/// A member organisation.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Organisation {
    /// Its id.
    pub org: String,
    /// Its name.
    pub name: String,
    /// What it is: `government`, `igo`, `ngo`, `regional-body`, `academic`.
    pub kind: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// `active`, `suspended`, `left`.
    pub status: String,
    /// Whether it is a steward.
    pub steward: bool,
    /// Its root key.
    pub root_key: String,
    /// Fingerprint of the root key, as words.
    pub fingerprint: String,
    /// Its manifest's version; 0 if none is known.
    pub manifest_version: u64,
    /// When its manifest should be renewed.
    pub manifest_expires: Option<String>,
    /// Its nodes.
    pub nodes: Vec<String>,
    /// Its authors.
    pub authors: Vec<Author>,
}

/// An author in a manifest.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Author {
    /// Short name.
    pub handle: String,
    /// Name.
    pub name: String,
    /// `admin`, `focal-point`, `officer`, `observer`.
    pub role: String,
    /// Their key.
    pub key: String,
    /// Whether the manifest revokes the key.
    pub revoked: bool,
}

/// Answer to `POST /v1/directory/bundle` and `POST /v1/directory/manifest`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct DirectoryUpdate {
    /// The federation.
    pub federation: String,
    /// Documents that were new.
    pub taken: usize,
    /// Roster version now.
    pub roster_version: u64,
}
