//! Files that go with records: kept as sealed chunks beside the store, fetched from any member that has them, served to
//! members only.
//!
//! [`files`] keeps chunks; [`admit`] takes them from this node's own people; [`keeper`] decides what is fetched and
//! removed, [`fetch`] fetches one attachment from several partners at once, [`serve`] answers partners, [`news`] tells who has asked in vain, [`courier`] is the way by file; [`content`] opens a file
//! for who may read it here.

mod admit;
mod content;
mod courier;
mod fetch;
mod files;
mod keeper;
mod news;
mod serve;
mod show;

pub(crate) use content::Content;
pub(crate) use courier::{Came, Taken};
pub(crate) use serve::serve;

use crate::{
    net::Net,
    refused::Refused,
    shared::Shared,
    store::{NamedAttachment, Store},
};
use files::Files;
use focal_protocol::{
    id::{CaseId, Hash},
    seal::Chunks,
};
use keeper::Keep;
use std::{
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError, atomic::AtomicU64},
};
use tokio::sync::Notify;

/// Descriptions of one file in one case that are tried: a hostile member can write any number of wrong ones.
const DESCRIPTIONS: usize = 64;

/// What an operator chooses.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Up to this size files are fetched by themselves, bytes.
    pub(crate) automatic: u64,
    /// Room for all of them, bytes.
    pub(crate) space: u64,
    /// Partners that are asked for one file at the same time.
    pub(crate) sources: usize,
}

/// The attachments of a node.
pub(crate) struct Attachments {
    files: Files,
    store: Store,
    shared: Arc<Shared>,
    net: Net,
    automatic: u64,
    sources: usize,
    /// Touched by the keeper's task, by fetches as they end and by the API; each change is whole by itself.
    keep: Mutex<Keep>,
    wake: Notify,
    /// Bytes that partners were sent.
    sent: AtomicU64,
}

/// An attachment whose list is here and opens: what is known for sure.
struct Listed {
    chunks: Chunks,
    names: Vec<Hash>,
}

impl Attachments {
    /// Opens what is kept below a directory.
    pub(crate) fn open(
        dir: &Path,
        limits: Limits,
        store: Store,
        shared: Arc<Shared>,
        net: Net,
    ) -> Result<Arc<Self>, crate::Error> {
        let files = Files::open(dir, limits.space)
            .map_err(|e| crate::Error::io(dir, std::io::Error::other(e.to_string())))?;
        Ok(Arc::new(Self {
            files,
            store,
            shared,
            net,
            automatic: limits.automatic,
            sources: limits.sources,
            keep: Mutex::default(),
            wake: Notify::new(),
            sent: AtomicU64::new(0),
        }))
    }

    fn keep(&self) -> MutexGuard<'_, Keep> {
        self.keep.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The descriptions of a file in a case, each once: which of them is true only the list can say.
    fn descriptions(&self, case: &CaseId, list: &Hash) -> Result<Vec<NamedAttachment>, Refused> {
        let mut distinct: Vec<NamedAttachment> = Vec::new();
        for row in self.store.attachment(case, list)? {
            let same = |known: &NamedAttachment| {
                known.attachment.key == row.attachment.key
                    && known.attachment.size == row.attachment.size
            };
            if !distinct.iter().any(same) {
                distinct.push(row);
            }
            if distinct.len() >= DESCRIPTIONS {
                break;
            }
        }
        Ok(distinct)
    }

    /// The attachment, if its list is here and one of the case's descriptions opens it. Key and size are bound by the
    /// seal, so no wrong description passes.
    fn listed(&self, case: &CaseId, list: &Hash) -> Result<Option<Listed>, Refused> {
        for row in self.descriptions(case, list)? {
            let Ok(chunks) = row.attachment.chunks() else {
                continue;
            };
            let sealed = self.files.checked(list, list, chunks.list_length())?;
            if let Some(names) = sealed.and_then(|sealed| chunks.open_list(sealed).ok()) {
                return Ok(Some(Listed { chunks, names }));
            }
        }
        Ok(None)
    }

    /// Whether all of a file is here that records of these cases name: by the names of its chunks, not by what is in them.
    fn is_all_here(&self, cases: &[CaseId], list: &Hash) -> Result<bool, Refused> {
        for case in cases {
            if let Some(listed) = self.listed(case, list)? {
                let there = self.files.names(list)?;
                return Ok(listed.names.iter().all(|name| there.contains(name)));
            }
        }
        Ok(false)
    }
}

impl From<files::Error> for Refused {
    fn from(error: files::Error) -> Self {
        match error {
            files::Error::Full => Self::Full,
            files::Error::Quota => Self::NoSpaceForAttachments,
            files::Error::NotItsName => Self::BadChunk,
            files::Error::Io(why) => Self::Store(why),
        }
    }
}

/// Runs something that reads or writes files, beside the tasks.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Refused> + Send + 'static,
) -> Result<T, Refused> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| Refused::Stopping)?
}
