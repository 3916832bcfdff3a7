//! Indexing: what an opened record is found by.

use super::{Batch, Opener, check::Readable};
use crate::{
    clock,
    refused::Refused,
    shared::Attached,
    store::{PendingKey, Position},
};
use focal_protocol::{id::RecordId, log::Entry};

impl Opener {
    /// Indexes a record; one that stands in two places counts at the earlier one, whichever came first. The later one is
    /// noted: it counts if the earlier one's log is ended before it.
    pub(super) fn index(
        &self,
        batch: &mut Batch,
        entry: &Entry,
        id: RecordId,
        readable: Readable,
    ) -> Result<bool, Refused> {
        let Readable {
            summary,
            attachments,
        } = readable;
        let position = Position {
            case: entry.header.case,
            lamport: entry.header.lamport,
            log: entry.header.log,
            seq: entry.header.seq,
        };
        let in_batch = batch.readable.iter().find(|(other, ..)| *other == id);
        let known = match in_batch {
            Some((_, position, _)) => Some(*position),
            None => self.store.position(&id)?,
        };
        if let Some(known) = known {
            let later = position.max(known);
            if position < known {
                // It could be read before, at its other place.
                let before = self.store.record_at(&known)?;
                let readable = before.map_or(Some(clock::now()), |row| row.readable);
                batch.write.forget_position(&known);
                batch
                    .write
                    .record_since(&self.store, id, &position, &summary, readable);
            }
            if position != known {
                let twin = PendingKey::Twin(later.case, id);
                batch.write.wait(&twin, later.log, later.seq);
            }
            return Ok(false);
        }
        batch.write.record(&self.store, id, &position, &summary);
        for attachment in &attachments {
            let (store, case) = (&self.store, position.case);
            batch.write.attachment(store, case, id, attachment);
            batch.attached.push(Attached {
                case,
                list: attachment.list,
                size: attachment.size,
            });
        }
        batch.readable.push((id, position, summary));
        Ok(true)
    }
}
