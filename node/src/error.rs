//! Why a node does not start or stops.

use focal_protocol::seal::KeyFileError;
use std::{io, path::PathBuf};

/// Why a node does not start, or stops.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No node was made here.
    #[error("there is no node in {0}")]
    NotInitialised(PathBuf),
    /// Another process holds the directory.
    #[error("another node is running in {0}")]
    InUse(PathBuf),
    /// The keys do not open.
    #[error("the node's keys: {0}")]
    Keys(KeyFileError),
    /// The contact key cannot be derived.
    #[error("the node's contact key cannot be derived")]
    Contact,
    /// Others can read a secret file.
    #[error("{0} can be read by others")]
    Permissions(PathBuf),
    /// A file that must not be replaced.
    #[error("{0} exists already")]
    Exists(PathBuf),
    /// A file that is too long to be what it should be.
    #[error("{0} is longer than {1} bytes")]
    TooLong(PathBuf, usize),
    /// Settings that cannot be read.
    #[error("the settings in {path} cannot be read: {why}")]
    Settings {
        /// Where.
        path: PathBuf,
        /// What does not fit.
        why: String,
    },
    /// The store.
    #[error(transparent)]
    Store(#[from] crate::store::Error),
    /// The network.
    #[error(transparent)]
    Net(#[from] crate::net::Error),
    /// A file or socket.
    #[error("{path}: {source}")]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A part of the node ended without being asked to.
    #[error("the node's {0} has stopped")]
    Stopped(&'static str),
}

impl Error {
    pub(crate) fn io(path: &std::path::Path, source: io::Error) -> Self {
        if source.kind() == io::ErrorKind::StorageFull {
            return Self::Store(crate::store::Error::Full);
        }
        Self::Io {
            path: path.to_path_buf(),
            source,
        }
    }

    /// What to do next, for the person who runs the node.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        use crate::store::Error as Store;
        Some(match self {
            Self::NotInitialised(_) => "make one with `focal node init`".into(),
            Self::InUse(_) => "stop it first, or use another --home".into(),
            Self::Keys(KeyFileError::Wrong) => "try again; nothing was changed".into(),
            Self::Keys(KeyFileError::OtherUnlock("key file")) => {
                "name the key file in node.toml: key_file = \"…\"".into()
            }
            Self::Permissions(path) => format!("run: chmod 600 {}", path.display()),
            Self::Store(Store::Full) => {
                "make room on the disk and start again: nothing acknowledged was lost".into()
            }
            Self::Store(Store::Io(_)) => {
                "look at the disk, then start the node again: nothing acknowledged was lost".into()
            }
            Self::Store(Store::Damaged { .. }) => {
                "copy the directory away before you start it again: the database has cleared what it could not read; then see \"A damaged store\" in OPERATIONS; partners hold what they acknowledged"
                    .into()
            }
            Self::Store(Store::Format { .. }) => "use the version of focal that wrote it, or a later one".into(),
            Self::Store(Store::WrongKey) => "put back the node.key that belongs to this store".into(),
            Self::Net(error) => return error.hint(),
            _ => return None,
        })
    }
}
