//! Closing and opening: entries under an epoch, attachments in chunks, parcels to a contact key, rows of a node's store and files beside it,
//! what waits in an author's home, key files.
//!
//! Nothing here invents cryptography: AES-256-GCM, HKDF and SHA-256 come from ring, HPKE from OpenMLS's provider,
//! argon2id from RustCrypto.

mod at_rest;
mod backup;
mod blocks;
mod chunk;
mod contact;
mod entry;
mod home;
mod key_file;
mod padding;

pub use at_rest::{StorageKey, Table};
pub use backup::{BackupKey, Piece as BackupPiece};
pub use blocks::{BLOCK, BLOCK_SEALED, BLOCKS_SALT, Blocks};
pub use chunk::{AttachmentKey, Chunks};
pub(crate) use contact::BARE_OVERHEAD;
pub(crate) use contact::SUITE;
pub use contact::{ContactKey, ContactPublic};
pub use entry::{EntryKey, EpochSecret, entry_key, open_entry, open_with, seal_entry};
pub use home::HomeKey;
pub use key_file::{KeyFile, KeyFileError, Opened, Purpose, Unlock};
pub use padding::padme;

/// Why something cannot be closed or opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Wrong key, or bytes changed since they were sealed: the two cannot be told apart.
    #[error("it cannot be opened: the key is wrong or the bytes were changed")]
    Opening,
    /// The padding or compression inside is not of a form that we write.
    #[error("the opened bytes are malformed")]
    Malformed,
    /// Larger than allowed.
    #[error("over the limit of {0} bytes")]
    TooLarge(usize),
    /// A contact key that is not one.
    #[error("the contact key is not valid")]
    BadContactKey,
}

crate::worded! {
    Error {
        Self::Opening => "seal-opening",
        Self::Malformed => "seal-malformed",
        Self::TooLarge(limit) => "seal-too-large" { limit: *limit },
        Self::BadContactKey => "seal-contact-key",
    }
}
