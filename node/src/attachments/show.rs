//! What the API shows of attachments, and what it asks of them.

use super::{Attachments, blocking};
use crate::{
    api::types as api,
    refused::Refused,
    store::{AttachmentState, NamedAttachment, Write},
};
use focal_protocol::{
    id::{CaseId, Hash, RecordId},
    limits,
    wording::Worded,
};
use std::sync::{Arc, atomic::Ordering};

impl Attachments {
    /// Files that the records of a case name; of all cases if there is none.
    pub(crate) async fn rows(
        self: &Arc<Self>,
        case: Option<CaseId>,
        record: Option<RecordId>,
    ) -> Result<Vec<api::AttachmentRow>, Refused> {
        let this = self.clone();
        blocking(move || {
            let rows = this.store.attachments(case);
            rows.filter(|row| {
                record.is_none_or(|record| row.as_ref().map_or(true, |r| r.record == record))
            })
            .map(|row| this.row(&row?))
            .collect()
        })
        .await
    }

    fn row(&self, named: &NamedAttachment) -> Result<api::AttachmentRow, Refused> {
        let attachment = &named.attachment;
        let list = &attachment.list;
        let chunks = attachment.chunks()?;
        let of = chunks.count() + 1;
        let complete = self.is_complete(list)?;
        // What is to come is in no queue yet right after a start.
        let wanted = self.store.attachment_state(list)? == Some(AttachmentState::Wanted);
        let keep = self.keep();
        let waiting = keep.waiting.get(list);
        let (state, held) = match keep.fetching.get(list) {
            _ if complete => (api::AttachmentHere::Complete, of),
            Some(progress) => (
                api::AttachmentHere::Coming,
                progress.held.load(Ordering::Relaxed),
            ),
            None => {
                let state = match waiting {
                    Some(waiting) if waiting.wanted => api::AttachmentHere::Waiting,
                    None if wanted => api::AttachmentHere::Waiting,
                    _ => api::AttachmentHere::OnDemand,
                };
                (state, self.files.count(list))
            }
        };
        let why = waiting.filter(|_| !complete).and_then(|w| w.why);
        drop(keep);
        Ok(api::AttachmentRow {
            attachment: list.to_string(),
            case: named.case.to_string(),
            record: named.record.to_string(),
            name: attachment.name.clone(),
            media_type: attachment.media_type.clone(),
            size: attachment.size,
            hash: attachment.hash.to_string(),
            original: attachment.original.map(|o| o.to_string()),
            state,
            held: held.min(of),
            of,
            said: why.as_ref().map(Worded::wording),
            why: why.map(|why| why.to_string()),
        })
    }

    /// A sealed chunk, or the list, as it is kept here.
    pub(crate) async fn chunk(
        self: &Arc<Self>,
        list: Hash,
        name: Hash,
    ) -> Result<Option<Vec<u8>>, Refused> {
        let this = self.clone();
        blocking(move || {
            let Some(length) = this.files.length(&list, &name) else {
                return Ok(None);
            };
            if length > limits::CHUNK_SEALED as u64 {
                return Err(Refused::BadChunk);
            }
            let length = usize::try_from(length).unwrap_or(limits::CHUNK_SEALED);
            Ok(this.files.checked(&list, &name, length)?)
        })
        .await
    }

    /// Reads all that is kept of an attachment. What is damaged is removed, and fetched again.
    pub(crate) async fn verify(
        self: &Arc<Self>,
        list: Hash,
    ) -> Result<api::AttachmentVerified, Refused> {
        let this = self.clone();
        blocking(move || this.verify_one(&list)).await
    }

    fn verify_one(&self, list: &Hash) -> Result<api::AttachmentVerified, Refused> {
        let cases = self.store.naming_cases(list)?;
        if cases.is_empty() {
            return Err(Refused::UnknownAttachment);
        }
        let before = self.files.count(list);
        let mut listed = None;
        for case in &cases {
            listed = self.listed(case, list)?;
            if listed.is_some() {
                break;
            }
        }
        // How many there are only the true description says, and only the list says which it is.
        let (mut sound, mut of) = (0, before.max(1));
        if let Some(listed) = &listed {
            sound += 1;
            of = listed.chunks.count() + 1;
            for (name, index) in listed.names.iter().zip(0..) {
                let length = listed.chunks.sealed_length(index);
                let whole = self.files.checked(list, name, length)?;
                sound += u32::from(whole.is_some());
            }
        }
        let verified = api::AttachmentVerified {
            sound,
            damaged: before.saturating_sub(sound),
            of,
        };
        let complete = self.store.attachment_state(list)? == Some(AttachmentState::Complete);
        if complete && sound < of {
            let mut write = Write::default();
            write.attachment_state(list, AttachmentState::Wanted);
            self.store.apply(&write)?;
            self.want(*list)?;
        }
        Ok(verified)
    }

    /// What attachments take, for the node's status.
    pub(crate) fn space(&self) -> api::AttachmentSpace {
        let keep = self.keep();
        api::AttachmentSpace {
            bytes: self.files.used(),
            space: self.files.quota(),
            waiting: keep.waiting.values().filter(|w| w.wanted).count(),
            on_demand: keep.waiting.values().filter(|w| !w.wanted).count(),
            removed: keep.removed.attachments,
            removed_bytes: keep.removed.bytes,
            sent: self.sent.load(Ordering::Relaxed),
        }
    }
}
