//! What is in a bundle: the first item, which names all others with their hashes, and is itself what is sealed.

use super::container;
use crate::{
    codec,
    id::{CaseId, FederationId, Hash},
    limits,
    record::Tlp,
    time::Time,
};
use serde::{Deserialize, Serialize};

/// What `format` says.
pub const FORMAT: &str = "focal-evidence/1";
/// The name of this item.
pub const CONTENTS: &str = "contents.json";
/// The directory: charter, rosters, and the manifests of those who wrote, carried and sealed.
pub const FEDERATION: &str = "federation.bundle";
/// For people: proves nothing by itself.
pub const INDEX: &str = "index.html";
/// The last item, to which lines are added.
pub const CUSTODY: &str = "custody.log";

/// The list of a bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contents {
    /// [`FORMAT`].
    pub format: String,
    /// The federation whose members wrote the records.
    pub federation: FederationId,
    /// The case.
    pub case: CaseId,
    /// Its title, as the sealing node had it.
    pub title: String,
    /// When the bundle was put together, by the clock of whoever did it.
    pub made: Time,
    /// For whom, in one word.
    pub purpose: String,
    /// The narrowest label of the records.
    pub marking: Tlp,
    /// What was kept back and why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<LeftOut>,
    /// Everything else in the bundle but the custody log, in the order of the file.
    pub items: Vec<Item>,
}

/// Records that are not in the bundle, all for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// How many.
    pub records: u64,
    /// Why.
    pub why: String,
}

/// An item of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Its name in the file.
    pub name: String,
    /// Its length.
    pub bytes: u64,
    /// SHA-256 of it.
    pub sha256: Hash,
}

impl Contents {
    /// The item's bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        // Strings, numbers and lists in memory always have a JSON form.
        let mut bytes = serde_json::to_vec_pretty(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }

    /// Reads the item.
    ///
    /// # Errors
    /// Too long, not such a list, or of a version that is not known.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, codec::Error> {
        if bytes.len() > limits::EVIDENCE_CONTENTS {
            return Err(codec::Error::TooLong {
                got: bytes.len(),
                limit: limits::EVIDENCE_CONTENTS,
            });
        }
        let shape = |text: String| codec::Error::Shape(text.chars().take(120).collect());
        let contents: Self = serde_json::from_slice(bytes).map_err(|e| shape(e.to_string()))?;
        if contents.format != FORMAT {
            return Err(shape(format!("the format is not {FORMAT}")));
        }
        if contents.items.len() + 2 > container::ITEMS {
            return Err(shape("more items than a bundle holds".into()));
        }
        Ok(contents)
    }
}
