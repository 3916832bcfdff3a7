//! One node's copy of everything, in sled: the only place that names it.
//!
//! What changes together is put into one [`Write`] and applied as one transaction; [`Store::flush`] then makes it
//! durable, and only after that anything is acknowledged. Entries are stored as they travelled, sealed under their
//! epoch; every other value is sealed with the node's storage key, a case's own or that of what waits. Keys are ids, hashes and numbers.

mod acks;
mod attachments;
pub mod audit;
mod case_keys;
mod cuts;
mod directory;
mod dump;
mod feed;
mod fresh;
mod groups;
mod judged;
mod key_dir;
mod known;
mod logs;
mod mark;
mod open;
mod outbox;
mod pace;
mod places;
mod records;
mod space;
mod trail;
mod waiting_keys;
mod write;
pub mod yardstick;

pub use attachments::{AttachmentState, NamedAttachment};
pub(crate) use dump::{Filling, Keys, Row, trees};
pub use fresh::Fresh;
pub use known::Known;
pub use logs::{Cursor, LogRow, PendingKey};
pub use outbox::KeptReceipt;
pub use records::{Position, SealedRecord, StoredRecord};
pub use trail::TrailPage;
pub use write::Write;

use focal_protocol::seal::StorageKey;
use std::{
    io,
    path::PathBuf,
    sync::{Arc, Mutex, OnceLock},
};

/// Why the store cannot do what it is asked.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// The disk is full. Nothing of the write was kept; the store takes writes again when there is room.
    #[error("the disk is full")]
    Full,
    /// A row that could not be read again. Nothing of it was written.
    #[error("a row of {0} bytes, which could not be read again")]
    TooLarge(usize),
    /// The operating system refuses. The store takes no more writes until it is opened again.
    #[error("the store cannot read or write: {0}")]
    Io(String),
    /// What is on disk is not what was written.
    #[error("the store at {path} is damaged: {what}")]
    Damaged {
        /// Where.
        path: PathBuf,
        /// What does not fit.
        what: String,
    },
    /// A later version of the software wrote it.
    #[error("the store has format {found}; this version reads {known}")]
    Format {
        /// Format on disk.
        found: u64,
        /// Format that this version writes.
        known: u64,
    },
    /// The storage key is not the one it was written with.
    #[error("the node's keys do not fit its store")]
    WrongKey,
}

impl From<sled::Error> for Error {
    fn from(error: sled::Error) -> Self {
        match error {
            sled::Error::Io(e) => Self::Io(e.to_string()),
            other => Self::Io(other.to_string()),
        }
    }
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::StorageFull {
            Self::Full
        } else {
            Self::Io(error.to_string())
        }
    }
}

/// Result of a store operation.
pub type Result<T> = std::result::Result<T, Error>;

/// Kinds of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Tree {
    /// log → writer, head; log, sequence → entry. One tree, because a run changes both, and a change of one tree costs
    /// half of one that spans two.
    Log,
    /// log → how far it is opened.
    Cursor,
    /// case, position → record, and its summary, sealed.
    Record,
    /// What an entry waits for, log, sequence → nothing.
    Pending,
    /// MLS state, epoch secrets, cases, private key packages, sealed.
    Group,
    /// Charter, rosters, manifests, key packages, sealed.
    Directory,
    /// Parcels, sealed.
    Outbox,
    /// log, peer, height → when it was acknowledged.
    Ack,
    /// Format and identity of the store.
    Meta,
    /// Who asked for what: sequence → item, checkpoint, sealed.
    Audit,
    /// Files that records name, sealed, and how far they are here.
    Attachment,
    /// case, position, when it left the reading index → record, and its summary, sealed.
    Left,
}

impl Tree {
    /// Whether its rows follow from the entries, so that nothing is lost with them.
    fn is_derived(self) -> bool {
        matches!(
            self,
            Self::Cursor | Self::Record | Self::Pending | Self::Attachment
        )
    }
}

const TREES: [(&str, Tree); 12] = [
    ("log", Tree::Log),
    ("cursor", Tree::Cursor),
    ("record", Tree::Record),
    ("pending", Tree::Pending),
    ("group", Tree::Group),
    ("directory", Tree::Directory),
    ("outbox", Tree::Outbox),
    ("ack", Tree::Ack),
    ("meta", Tree::Meta),
    ("audit", Tree::Audit),
    ("attachment", Tree::Attachment),
    ("left", Tree::Left),
];

/// A handle on the store; clones share it. Reads may come from any thread, writes from the two that own rows: the
/// ledger and the opener.
#[derive(Clone)]
pub struct Store {
    db: sled::Db,
    trees: Arc<[sled::Tree]>,
    key: Arc<StorageKey>,
    path: Arc<PathBuf>,
    /// Read by many, written right after a transaction by the two that write records; never held for longer than a
    /// look or one batch. Empty until it is loaded.
    places: Arc<OnceLock<places::Loaded>>,
    /// Written right after a transaction, emptied by who keeps views; never held for longer than a look or one batch.
    feed: Arc<Mutex<feed::Feed>>,
    bell: Arc<fresh::Bell>,
    mark: Arc<mark::Mark>,
    case_keys: Arc<case_keys::CaseKeys>,
    waiting_keys: Arc<waiting_keys::WaitingKeys>,
    /// For whoever reads everything while others write.
    tap: Arc<dump::Tap>,
    pace: Arc<pace::Pace>,
    room: Arc<space::Room>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Store({})", self.path.display())
    }
}

impl Store {
    fn tree(&self, tree: Tree) -> &sled::Tree {
        &self.trees[tree as usize]
    }

    fn damaged(&self, what: impl Into<String>) -> Error {
        Error::Damaged {
            path: self.path.to_path_buf(),
            what: what.into(),
        }
    }

    /// Applies a write as one transaction: after a crash all of it is there or nothing. Not yet durable.
    ///
    /// # Errors
    /// The disk is full or broken; nothing was changed.
    pub fn apply(&self, write: &Write) -> Result<()> {
        self.room.check(&self.path, write.reserve())?;
        {
            let _turn = self.tap.enter();
            let _under_way = self.pace.begin();
            let applied = write.apply(self);
            // Also what has failed half-way: it is only read again.
            self.tap.note(write.keys());
            applied?;
        }
        self.note_places(write);
        self.room.used(write.bytes());
        if self.pace.applied(write.bytes()) {
            // Nobody was told that it is durable: who needs that flushes, and learns then why it cannot be.
            if let Err(e) = self.flush() {
                tracing::warn!("what was written is not on disk yet: {e}");
            }
        }
        Ok(())
    }

    /// Makes everything applied so far durable.
    ///
    /// # Errors
    /// The disk is full or broken: what was applied since the last flush may be lost in a crash.
    pub fn flush(&self) -> Result<()> {
        let _under_way = self.pace.begin();
        let extent = self.mark.extent();
        self.pace.flushing();
        self.db.flush()?;
        self.mark.flushed(extent);
        Ok(())
    }

    /// Whether there is room for whatever may come.
    #[must_use]
    pub fn has_room(&self) -> bool {
        self.room.check(&self.path, space::RESERVE).is_ok()
    }

    /// Bytes on disk.
    ///
    /// # Errors
    /// The operating system refuses.
    pub fn size_on_disk(&self) -> Result<u64> {
        Ok(self.db.size_on_disk()?)
    }
}

#[cfg(test)]
mod tests;
