//! The list of a backup.
//!
//! ```text
//! "focal-backup/1\n" ‖ when (8, ms) ‖ length (4) ‖ key file ‖ number (4) ‖ names (32 each) ‖ sealed
//! ```
//!
//! The names are in the clear, so that what no list names can be removed without a key; they tell nothing but their number.
//! The sealed part is bound to all that is before it.

use super::{Error, LIST};
use focal_protocol::{
    codec,
    id::{CaseId, Hash, NodeId},
    limits,
    random::SystemRandom,
    seal::{BackupKey, KeyFile},
    time::Time,
};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;
use std::path::Path;

const MAGIC: &[u8] = b"focal-backup/1\n";

/// What a backup is, sealed.
#[derive(Debug, Serialize, Deserialize)]
pub struct Listed {
    /// Whose.
    pub node: NodeId,
    /// When it was made, by the node's clock.
    pub created: Time,
    /// Entries of all logs.
    pub entries: u64,
    /// Records that could be read.
    pub records: u64,
    /// Whether the node's attachments are in it.
    pub with_attachments: bool,
    /// `node.toml`.
    pub(super) settings: String,
    /// `node.card`.
    pub(super) card: Option<ByteBuf>,
    /// Names of the trees, by the numbers in rows.
    pub(super) trees: Vec<String>,
    /// Pieces of rows; what is in a later one counts.
    pub(super) rows: Vec<Hash>,
    /// The cases' keys, as they are on the disk: sealed under the storage key.
    pub(super) case_keys: Vec<(CaseId, ByteBuf)>,
    /// Chunks of attachments: which attachment, which chunk.
    pub(super) chunks: Vec<(Hash, Hash)>,
    /// Chunks that could not be read when it was made, or were damaged.
    #[serde(default)]
    pub left_out: u64,
    /// The keys of parcels that wait, by their numbers, as those of the cases.
    #[serde(default)]
    pub(super) waiting_keys: Vec<(u64, ByteBuf)>,
}

/// What everybody can see of a list.
#[derive(Debug)]
pub struct List {
    /// When it was made.
    pub created: Time,
    /// What opens it.
    pub(super) key_file: KeyFile,
    /// Pieces that it needs.
    pub(super) names: Vec<Hash>,
    head: Hash,
    sealed: Vec<u8>,
}

impl Listed {
    /// Of nothing.
    #[cfg(test)]
    pub(super) fn empty(node: NodeId, created: Time) -> Self {
        Self {
            node,
            created,
            entries: 0,
            records: 0,
            with_attachments: true,
            settings: String::new(),
            card: None,
            trees: Vec::new(),
            rows: Vec::new(),
            case_keys: Vec::new(),
            chunks: Vec::new(),
            left_out: 0,
            waiting_keys: Vec::new(),
        }
    }

    /// As it is kept.
    pub(super) fn to_bytes(&self, key_file: &str, key: &BackupKey, names: &[Hash]) -> Vec<u8> {
        let length = |n: usize| u32::try_from(n).unwrap_or(u32::MAX).to_be_bytes();
        let mut bytes = MAGIC.to_vec();
        bytes.extend_from_slice(&self.created.0.to_be_bytes());
        bytes.extend_from_slice(&length(key_file.len()));
        bytes.extend_from_slice(key_file.as_bytes());
        bytes.extend_from_slice(&length(names.len()));
        for name in names {
            bytes.extend_from_slice(name.as_bytes());
        }
        let head = Hash::of(&[&bytes]);
        bytes.extend(key.seal(&head, &codec::encode_packed(self), &SystemRandom));
        bytes
    }
}

impl List {
    /// Reads what is in the clear.
    pub(super) fn from_bytes(path: &Path, bytes: &[u8]) -> Result<Self, Error> {
        fn take<'a>(rest: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
            let (taken, after) = rest.split_at_checked(length)?;
            *rest = after;
            Some(taken)
        }
        let read = || {
            let mut rest = bytes.strip_prefix(MAGIC)?;
            let created = Time(u64::from_be_bytes(take(&mut rest, 8)?.try_into().ok()?));
            let number = |rest: &mut &[u8]| {
                let bytes: [u8; 4] = take(rest, 4)?.try_into().ok()?;
                usize::try_from(u32::from_be_bytes(bytes)).ok()
            };
            let length = number(&mut rest).filter(|length| *length <= limits::KEY_FILE)?;
            let key_file = std::str::from_utf8(take(&mut rest, length)?).ok()?;
            let key_file = KeyFile::from_text(key_file).ok()?;
            let count = number(&mut rest)?;
            let names = take(&mut rest, count.checked_mul(Hash::LEN)?)?;
            let names = names.chunks_exact(Hash::LEN);
            let names = names.map(|name| Hash::try_from(name).ok());
            Some(Self {
                created,
                key_file,
                names: names.collect::<Option<_>>()?,
                head: Hash::of(&[&bytes[..bytes.len() - rest.len()]]),
                sealed: rest.to_vec(),
            })
        };
        read().ok_or_else(|| Error::NotOne(path.to_path_buf()))
    }

    /// Whether a passphrase opens it (else a key file).
    #[must_use]
    pub fn needs_passphrase(&self) -> bool {
        self.key_file.needs_passphrase()
    }

    /// How many pieces it needs.
    #[must_use]
    pub fn pieces(&self) -> usize {
        self.names.len()
    }

    /// Opens it.
    pub(super) fn open(&self, path: &Path, key: &BackupKey) -> Result<Listed, Error> {
        let damaged = || Error::NotOne(path.to_path_buf());
        let plain = key.open(&self.head, &self.sealed).map_err(|_| damaged())?;
        codec::decode(&plain, LIST).map_err(|_| damaged())
    }
}
