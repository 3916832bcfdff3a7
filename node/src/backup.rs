//! Backups of a running node: whole each time, and only what has changed is written.
//!
//! A backup is a *list* of pieces; a piece is some hundred kilobytes of rows of the store, or a chunk of an attachment, sealed
//! under a key that comes from the node's storage key, and named by its content ([`focal_protocol::seal::BackupKey`]). What a list names is
//! written if it is not there yet. So each list is a whole backup by itself, and any of them may be thrown away.
//!
//! ```text
//! DIR/pieces/3f/3f9c…       a sealed piece
//! DIR/<time>.backup         a list: what opens it, the names of its pieces, and, sealed, what they are
//! FILE                      the same in one file: pieces, one after the other, then the list
//! ```
//!
//! The node's key file is at the head of each list as it was: a backup opens with the passphrase (or key file) that opened the
//! node, and with nothing else. So it can be made by a timer with no secret at hand, and there is no second one to lose.
//!
//! Module `make` is the node's side, `place` where it is kept, `rows` and `list` the formats; [`verify`](verify()) and
//! [`restore`](restore()) read them.

mod list;
mod make;
mod place;
mod restore;
mod rows;
mod verify;

pub use list::{List, Listed};
pub(crate) use make::{Backup, Made, Piece};
pub use place::{Place, Reading, Writing};
pub use restore::{Refilled, restore};
pub use verify::{Verified, verify};

use focal_protocol::{id::Hash, seal::KeyFileError};
use std::{io, path::PathBuf};

/// Largest piece, sealed, bytes: a chunk of an attachment, or rows with room for the largest single one.
const PIECE: usize = 3 << 20;
/// Largest list, bytes: a piece takes about 100.
const LIST: usize = 128 << 20;

/// Why a backup cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or directory.
    #[error("{path}: {source}")]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Nothing that exists is replaced.
    #[error("{0} exists already")]
    Exists(PathBuf),
    /// Another command writes there.
    #[error("another focal command is writing in {0}")]
    Busy(PathBuf),
    /// There is no backup.
    #[error("there is no backup in {0}")]
    None(PathBuf),
    /// Not a backup, or of a later version.
    #[error("{0} is not a backup that this version reads")]
    NotOne(PathBuf),
    /// The passphrase or key file.
    #[error("what opens the backup: {0}")]
    Keys(KeyFileError),
    /// A piece is not there.
    #[error("piece {} is missing", .0.short())]
    Lacking(Hash),
    /// A piece is not what it was.
    #[error("piece {} is damaged", .0.short())]
    Damaged(Hash),
    /// What is in it does not make a node.
    #[error(transparent)]
    Node(#[from] crate::Error),
}

impl Error {
    fn io(path: &std::path::Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::Io { path, source }
    }
}

impl From<crate::store::Error> for Error {
    fn from(error: crate::store::Error) -> Self {
        Self::Node(error.into())
    }
}
