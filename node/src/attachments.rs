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
mod obstacle;
mod serve;
mod show;

pub(crate) use content::Content;
pub(crate) use courier::{Came, Taken};
pub(crate) use obstacle::Obstacle;
pub(crate) use serve::serve;

use crate::{
    net::Net,
    refused::Refused,
    shared::Shared,
    store::{AttachmentState, Store, Write},
};
use files::Files;
use focal_protocol::{
    id::{CaseId, Hash, RecordId},
    record::Attachment,
    seal::Chunks,
};
use keeper::Keep;
use std::{
    path::Path,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};
use tokio::sync::Notify;

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
    /// Whether what the store says has been compared with the disk since the start.
    compared: AtomicBool,
    /// Bytes that partners were sent.
    sent: AtomicU64,
}

/// An attachment whose list is here and opens: what is known for sure.
struct Listed {
    /// As the record describes it whose description is true.
    attachment: Attachment,
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
            compared: AtomicBool::new(false),
            sent: AtomicU64::new(0),
        }))
    }

    fn keep(&self) -> MutexGuard<'_, Keep> {
        self.keep.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a record of a case names a file.
    fn is_named(&self, case: &CaseId, list: &Hash) -> Result<bool, Refused> {
        let first = self.store.naming_records(case, list).next();
        Ok(first.transpose()?.is_some())
    }

    /// The attachment, if its list is here and one of the case's descriptions opens it. Key and size are bound by the
    /// seal, so no wrong description passes; a hostile member can write any number of them, and each is tried once.
    fn listed(&self, case: &CaseId, list: &Hash) -> Result<Option<Listed>, Refused> {
        let Some(sealed) = self.files.whole(list, list)? else {
            return Ok(None);
        };
        let known = self.store.opener(list, case)?;
        if let Some(record) = known
            && let Some(listed) = self.opened(case, list, &record, &sealed)?
        {
            return Ok(Some(listed));
        }
        let tried = self.keep().tried.get(&(*case, *list)).cloned();
        let tried = tried.unwrap_or_default();
        let mut wrong = Vec::new();
        let mut found = None;
        for record in self.store.naming_records(case, list) {
            let record = record?;
            if tried.contains(&record) {
                continue;
            }
            found = self.opened(case, list, &record, &sealed)?;
            if found.is_some() {
                let mut write = Write::default();
                write.opener(list, case, &record);
                // On a full disk it is found again the next time.
                if let Err(e) = self.store.apply(&write) {
                    tracing::debug!("what opens an attachment is not noted: {e}");
                }
                break;
            }
            wrong.push(record);
        }
        if !wrong.is_empty() {
            let mut keep = self.keep();
            keep.tried.entry((*case, *list)).or_default().extend(wrong);
        }
        Ok(found)
    }

    /// The list as a record's description opens it.
    fn opened(
        &self,
        case: &CaseId,
        list: &Hash,
        record: &RecordId,
        sealed: &[u8],
    ) -> Result<Option<Listed>, Refused> {
        let Some(named) = self.store.attachment(case, list, record)? else {
            return Ok(None);
        };
        let attachment = named.attachment;
        let Ok(chunks) = attachment.chunks() else {
            return Ok(None);
        };
        if sealed.len() != chunks.list_length() {
            return Ok(None);
        }
        let names = chunks.open_list(sealed.to_vec());
        Ok(names.ok().map(|names| Listed {
            attachment,
            chunks,
            names,
        }))
    }

    /// Whether all of a file was here and durable. Right after a start the store may still say so of files that a backup came
    /// without, or that the disk has lost: until all were compared, the one that is asked for is.
    fn is_complete(&self, list: &Hash) -> Result<bool, Refused> {
        let said = || self.store.attachment_state(list);
        if said()? != Some(AttachmentState::Complete) {
            return Ok(false);
        }
        if self.compared.load(Ordering::Acquire) {
            return Ok(true);
        }
        self.compare(list, &self.store.naming_cases(list)?)?;
        Ok(said()? == Some(AttachmentState::Complete))
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
