//! What volumes carry beside frames: files on request, what is held of them, and where to begin if only what is new is wanted.

use super::{
    Courier,
    pack::{Order, Packing},
};
use crate::{refused::Refused, store::LogRow};
use focal_protocol::{
    courier::{HOLDINGS, Item},
    id::{CaseId, LogId, NodeId},
    time::Time,
};
use std::collections::BTreeSet;

impl Courier {
    /// Packs what is held of files, and, on request, pieces that the recipient is not known to hold: the smallest file first, so that
    /// photographs pass a film.
    pub(super) fn pack_files(
        &self,
        packing: &mut Packing<'_>,
        order: &Order,
        nodes: &BTreeSet<NodeId>,
    ) -> Result<(), Refused> {
        let cases = self.views.shared.cases();
        let shared: BTreeSet<CaseId> = cases
            .iter()
            .filter(|(id, info)| {
                let wanted = order.cases.is_empty() || order.cases.contains(id);
                wanted && info.ended.is_none() && nodes.iter().any(|node| info.serves(node))
            })
            .map(|(id, _)| *id)
            .collect();
        let mut files = self.attachments.of_cases(&shared)?;
        let held = files.iter().map(|(_, file)| self.attachments.holding(file));
        let mut held = held.collect::<Result<Vec<_>, _>>()?;
        held.extend(self.attachments.lacking_of(&shared, &files)?);
        for part in held.chunks(HOLDINGS) {
            packing.push_item(&Item::Holds(part.to_vec()))?;
        }
        let Some(most) = order.attachments else {
            return Ok(());
        };
        files.sort_by_key(|(_, file)| (file.size, file.list));
        let known = if order.everything {
            &BTreeSet::new()
        } else {
            nodes
        };
        let mut room = most;
        for (case, file) in &files {
            let all = self.attachments.pieces_for(*case, file, known, |piece| {
                let bytes = piece.bytes.len() as u64;
                if bytes > room {
                    return Ok(false);
                }
                room -= bytes;
                packing.packed.pieces += 1;
                packing.packed.piece_bytes += bytes;
                packing.push_item(&Item::Piece(piece)).map(|()| true)
            })?;
            if !all {
                packing.packed.files_left += 1;
            }
        }
        Ok(())
    }

    /// The place in a log of the first report that was written at a time or later; its end if there is none.
    pub(super) fn first_since(
        &self,
        log: LogId,
        row: &LogRow,
        since: Time,
    ) -> Result<u64, Refused> {
        let mut first = row.counted().height;
        for record in self.views.store.records_iter(row.writer.case, None) {
            let record = record?;
            if record.position.log == log && record.summary.created >= since {
                first = first.min(record.position.seq);
            }
        }
        Ok(first)
    }
}
