//! The content of a file that is here whole, opened chunk by chunk for who may read the record that names it.

use super::{Attachments, blocking};
use crate::refused::Refused;
use focal_protocol::{
    id::{CaseId, Hash, RecordId},
    limits,
    record::Attachment,
    seal::Chunks,
};
use std::sync::Arc;
use tokio_util::bytes::Bytes;

/// A file that can be opened.
pub(crate) struct Content {
    at: Arc<Attachments>,
    chunks: Chunks,
    names: Vec<Hash>,
    /// As the record describes it.
    pub(crate) attachment: Attachment,
}

impl Attachments {
    /// The file as a record describes it; none if it is not here whole.
    pub(crate) async fn content(
        self: &Arc<Self>,
        case: CaseId,
        record: RecordId,
        list: Hash,
    ) -> Result<Option<Content>, Refused> {
        let at = self.clone();
        blocking(move || {
            let Some(row) = at.store.attachment(&case, &list, &record)? else {
                return Err(Refused::UnknownAttachment);
            };
            let attachment = row.attachment;
            let chunks = attachment.chunks()?;
            let sealed = at.files.checked(&list, &list, chunks.list_length())?;
            let Some(names) = sealed.and_then(|sealed| chunks.open_list(sealed).ok()) else {
                return Ok(None);
            };
            if at.files.count(&list) <= chunks.count() {
                return Ok(None);
            }
            Ok(Some(Content {
                at,
                chunks,
                names,
                attachment,
            }))
        })
        .await
    }
}

impl Content {
    /// From this byte on, as far as its chunk goes.
    ///
    /// # Errors
    /// The chunk is gone or damaged since.
    pub(crate) async fn starting_at(self: &Arc<Self>, byte: u64) -> Result<Bytes, Refused> {
        let this = self.clone();
        blocking(move || {
            let chunk = limits::CHUNK as u64;
            // A file has at most 8,192 chunks, and what is within one fits.
            let index = u32::try_from(byte / chunk).unwrap_or(u32::MAX);
            let within = usize::try_from(byte % chunk).unwrap_or_default();
            let name = this.names.get(index as usize).ok_or(Refused::BadChunk)?;
            let length = this.chunks.sealed_length(index);
            let sealed = this.at.files.checked(&this.attachment.list, name, length)?;
            let plain = this.chunks.open(index, sealed.ok_or(Refused::BadChunk)?)?;
            Ok(Bytes::copy_from_slice(
                plain.get(within..).unwrap_or_default(),
            ))
        })
        .await
    }
}
