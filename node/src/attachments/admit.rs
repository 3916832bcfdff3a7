//! Chunks from this node's own people, and the record that names them: it is taken when all of them are here, or before them,
//! if its author says so; then they say when all is here.

use super::{Attachments, Listed, blocking};
use crate::{
    api::types::Event,
    refused::Refused,
    store::{AttachmentState, Write},
};
use focal_protocol::{
    id::Hash,
    record::{Attachment, Record},
};
use std::{collections::BTreeMap, sync::Arc};

impl Attachments {
    /// Which of these chunks are not here, by their places in the list.
    pub(crate) async fn lacks(
        self: &Arc<Self>,
        list: Hash,
        names: Vec<Hash>,
    ) -> Result<Vec<u32>, Refused> {
        let this = self.clone();
        blocking(move || {
            let lacking = names.iter().zip(0..);
            Ok(lacking
                .filter(|(name, _)| !this.files.exists(&list, name))
                .map(|(_, index)| index)
                .collect())
        })
        .await
    }

    /// How much is here of the pieces that somebody has begun to hand over.
    pub(crate) async fn begun_by(
        self: &Arc<Self>,
        whose: [u8; 32],
        list: Hash,
    ) -> Result<BTreeMap<Hash, usize>, Refused> {
        let this = self.clone();
        blocking(move || Ok(this.files.coming(&list, &whose)?)).await
    }

    /// Keeps a chunk of a record that is still to come. Durable once the record is taken.
    pub(crate) async fn put(
        self: &Arc<Self>,
        whose: [u8; 32],
        list: Hash,
        name: Hash,
        bytes: tokio_util::bytes::Bytes,
    ) -> Result<(), Refused> {
        let this = self.clone();
        blocking(move || {
            this.files.put(&list, &name, &bytes)?;
            Ok(this.files.forget_coming(&list, &name, &whose)?)
        })
        .await
    }

    /// Keeps a slice of a chunk, from byte `from` of `of`; returns how much of it is here then.
    pub(crate) async fn add(
        self: &Arc<Self>,
        whose: [u8; 32],
        list: Hash,
        name: Hash,
        (from, of): (usize, usize),
        bytes: Vec<u8>,
    ) -> Result<usize, Refused> {
        let this = self.clone();
        blocking(move || Ok(this.files.add(&list, &name, &whose, (from, of), &bytes)?)).await
    }

    /// Makes sure that everything a record names is here, whole and durable. The record may then be stored.
    pub(crate) async fn admit(self: &Arc<Self>, record: &Record) -> Result<(), Refused> {
        for attachment in &record.attachments {
            let (this, attachment) = (self.clone(), attachment.clone());
            blocking(move || this.admit_one(&attachment)).await?;
        }
        Ok(())
    }

    /// All of a file has come whose record came before it: it counts as here from now on, if it is whole and durable.
    pub(crate) async fn complete(self: &Arc<Self>, list: Hash) -> Result<(), Refused> {
        let this = self.clone();
        blocking(move || this.complete_one(&list)).await
    }

    pub(super) fn complete_one(&self, list: &Hash) -> Result<(), Refused> {
        if self.is_complete(list)? {
            return Ok(());
        }
        let mut named = None;
        for case in self.store.naming_cases(list)? {
            // Only the description that is true opens the list.
            let Some(Listed { attachment, .. }) = self.listed(&case, list)? else {
                let first = self.store.naming_records(&case, list).next();
                named = named.or(first.transpose()?.map(|record| (case, record)));
                continue;
            };
            self.admit_one(&attachment)?;
            let mut write = Write::default();
            write.attachment_state(list, AttachmentState::Complete);
            self.store.apply(&write)?;
            self.store.flush()?;
            self.keep().waiting.remove(list);
            self.tell_who_asked(list);
            self.shared.emit(Event::Attachment {
                case: case.to_string(),
                attachment: list.to_string(),
                size: attachment.size,
            });
            return Ok(());
        }
        let Some((case, record)) = named.filter(|_| !self.files.exists(list, list)) else {
            return Err(Refused::UnknownAttachment);
        };
        // Which description is true only the list says, and it is not here.
        let row = self.store.attachment(&case, list, &record)?;
        let attachment = row.ok_or(Refused::UnknownAttachment)?.attachment;
        Err(Refused::MissingChunks {
            missing: attachment.chunks()?.count() + 1,
            name: attachment.name,
        })
    }

    fn admit_one(&self, attachment: &Attachment) -> Result<(), Refused> {
        let list = &attachment.list;
        let chunks = attachment.chunks()?;
        let count = chunks.count();
        let missing = |missing: u32| Refused::MissingChunks {
            name: attachment.name.clone(),
            missing,
        };
        let sealed = self.files.checked(list, list, chunks.list_length())?;
        let names = chunks.open_list(sealed.ok_or_else(|| missing(count + 1))?)?;
        // Before anything is read: of a film that comes in parts this is asked again and again.
        let there = self.files.names(list)?;
        let absent = names.iter().filter(|name| !there.contains(name)).count();
        if absent > 0 {
            return Err(missing(u32::try_from(absent).unwrap_or(u32::MAX)));
        }
        let mut absent = 0;
        for (name, index) in names.iter().zip(0..) {
            // Read as a whole: a power cut may have torn what was not durable yet.
            let whole = self
                .files
                .checked(list, name, chunks.sealed_length(index))?;
            absent += u32::from(whole.is_none());
        }
        if absent > 0 {
            return Err(missing(absent));
        }
        self.files.settle(list, &names)?;
        self.files.settle(list, &[*list])?;
        Ok(())
    }
}
