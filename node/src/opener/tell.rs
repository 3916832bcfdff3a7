//! What concerns a case itself goes to the ledger, which owns the groups.

use super::{Batch, Opener, check::Content};
use crate::{
    ledger::{Command, ContentAt},
    refused::Refused,
    store::{Cursor, PendingKey},
};
use focal_protocol::{
    case::{self, At},
    group,
    log::{Entry, Epoch},
};

impl Opener {
    /// Hands to the ledger what concerns the case itself.
    pub(super) fn tell(
        &self,
        entry: &Entry,
        cursor: &mut Cursor,
        content: Content,
        batch: &mut Batch,
    ) -> Result<(), Refused> {
        let Some(ledger) = &self.ledger else {
            return Err(Refused::Stopping);
        };
        let h = &entry.header;
        let is_commit = matches!(content, Content::Commit(_));
        let at = ContentAt {
            case: h.case,
            at: At {
                log: h.log,
                lane: h.lane,
                seq: h.seq,
                writer: h.node,
                sealed: Epoch::new(h.generation, h.epoch),
            },
            cursor: *cursor,
            content,
        };
        let answer = ledger.ask_blocking(|reply| Command::Content(Box::new(at), reply));
        let now = self.shared.cases().get(&h.case).map(|c| c.epoch);
        let until = |at: Epoch| PendingKey::Epoch(h.case, at.generation, at.number);
        let waits = match answer {
            Ok(waits) => waits.then_some(PendingKey::Later(h.case)),
            Err(e @ (Refused::Full | Refused::Store(_) | Refused::Stopping)) => return Err(e),
            Err(Refused::Case(case::Error::Group(group::Error::WrongEpoch { have, got })))
                if is_commit =>
            {
                // From before this node joined: its group is past it.
                (got > have).then(|| until(got))
            }
            // Of a node that no manifest here lists, yet: it is told with the alarm, and looked at again with each manifest.
            Err(Refused::Case(case::Error::Group(group::Error::UnknownLeaf))) if is_commit => {
                Some(PendingKey::Rules(h.case))
            }
            // Of a group that is not followed: perhaps not yet.
            Err(Refused::Case(case::Error::NotYet)) if is_commit => {
                let of = Epoch::new(h.generation, h.epoch);
                now.is_some_and(|now| of.generation > now.generation)
                    .then(|| until(of))
            }
            Err(refused) => {
                self.shared.refuse(&refused);
                None
            }
        };
        if let Some(key) = waits {
            batch.write.wait(&key, h.log, h.seq);
            cursor.pending += 1;
        }
        Ok(())
    }
}
