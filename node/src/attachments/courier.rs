//! Files by courier: pieces that are packed because somebody asked for them, and pieces that come in a volume.
//!
//! What a partner holds is known from its receipts alone: until one comes back, the same pieces are packed again.

use super::{Attachments, Listed};
use crate::{
    refused::Refused,
    store::{AttachmentState, Write},
};
use focal_protocol::{
    courier::{Holding, Piece, Pieces},
    id::{CaseId, Hash, NodeId},
    record::Attachment,
    seal::Chunks,
};
use std::collections::{BTreeMap, BTreeSet};

/// Pieces of one volume that were taken and are not durable yet.
#[derive(Default)]
pub(crate) struct Taken {
    names: BTreeMap<Hash, Vec<Hash>>,
    /// The file of the last piece: its list need not be opened for each.
    last: Option<(CaseId, Hash, Listed)>,
}

/// What came of a piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Came {
    /// It is new here.
    New,
    /// It was here.
    Known,
    /// The record that names the file is not here, or not opened yet.
    Unnamed,
    /// The file's list is not here yet.
    Ahead,
}

impl Attachments {
    /// Files that records of these cases name, each once, with a case that names it: those of which something is here.
    pub(crate) fn of_cases(
        &self,
        cases: &BTreeSet<CaseId>,
    ) -> Result<Vec<(CaseId, Attachment)>, Refused> {
        let (mut seen, mut files) = (BTreeSet::new(), Vec::new());
        for case in cases {
            for row in self.store.attachments(Some(*case)) {
                let attachment = row?.attachment;
                // A wrong description opens nothing: then another one is the true one.
                if seen.contains(&attachment.list) || !self.opens(&attachment)? {
                    continue;
                }
                seen.insert(attachment.list);
                files.push((*case, attachment));
            }
        }
        Ok(files)
    }

    fn opens(&self, attachment: &Attachment) -> Result<bool, Refused> {
        let Ok(chunks) = attachment.chunks() else {
            return Ok(false);
        };
        let list = &attachment.list;
        let sealed = self.files.checked(list, list, chunks.list_length())?;
        Ok(sealed.is_some_and(|sealed| chunks.open_list(sealed).is_ok()))
    }

    /// That nothing is here of files which somebody wants, and which are not among these: a partner may have heard otherwise
    /// before a disk or a backup lost them.
    pub(crate) fn lacking_of(
        &self,
        cases: &BTreeSet<CaseId>,
        files: &[(CaseId, Attachment)],
    ) -> Result<Vec<Holding>, Refused> {
        let mut seen: BTreeSet<Hash> = files.iter().map(|(_, file)| file.list).collect();
        let mut lacking = Vec::new();
        for case in cases {
            for row in self.store.attachments(Some(*case)) {
                let attachment = row?.attachment.list;
                if seen.insert(attachment)
                    && self.store.attachment_state(&attachment)? == Some(AttachmentState::Wanted)
                {
                    let pieces = Pieces::of(0, |_| false);
                    lacking.push(Holding { attachment, pieces });
                }
            }
        }
        Ok(lacking)
    }

    /// What is here of a file whose list is here.
    pub(crate) fn holding(&self, attachment: &Attachment) -> Result<Holding, Refused> {
        let list = &attachment.list;
        let (chunks, names) = self.names(attachment)?;
        let there = if self.is_complete(list)? {
            // It was durable; what the disk has lost since is not held.
            self.files.names(list)?
        } else {
            self.durable(list, &chunks, &names)?
        };
        let mut all = names.iter().chain([list]);
        let pieces = if all.all(|name| there.contains(name)) {
            Pieces::all()
        } else {
            Pieces::of(chunks.count(), |chunk| {
                let name = match chunk {
                    None => Some(list),
                    Some(index) => names.get(index as usize),
                };
                name.is_some_and(|name| there.contains(name))
            })
        };
        Ok(Holding {
            attachment: *list,
            pieces,
        })
    }

    /// The chunks of a file that is not complete, its list among them, which are here whole and durable: a partner that hears of
    /// them sends them no more.
    fn durable(
        &self,
        list: &Hash,
        chunks: &Chunks,
        names: &[Hash],
    ) -> Result<BTreeSet<Hash>, Refused> {
        let pieces = names.iter().zip(0..);
        let pieces = pieces.map(|(name, index)| (*name, chunks.sealed_length(index)));
        let mut here: Vec<Hash> = self.whole(list, pieces)?.into_iter().collect();
        here.push(*list);
        Ok(self.files.durable(list, &here))
    }

    fn names(&self, attachment: &Attachment) -> Result<(Chunks, Vec<Hash>), Refused> {
        let (list, chunks) = (&attachment.list, attachment.chunks()?);
        let sealed = self.files.checked(list, list, chunks.list_length())?;
        let names = chunks.open_list(sealed.ok_or(Refused::UnknownAttachment)?)?;
        Ok((chunks, names))
    }

    /// Hands out the pieces of a file that are here and that none of these nodes is known to have, list first, until `take` has
    /// enough. Whether it had.
    pub(crate) fn pieces_for(
        &self,
        case: CaseId,
        attachment: &Attachment,
        nodes: &BTreeSet<NodeId>,
        mut take: impl FnMut(Piece) -> Result<bool, Refused>,
    ) -> Result<bool, Refused> {
        let list = attachment.list;
        let mut held = Vec::new();
        for node in nodes {
            held.extend(self.store.pieces_of(&list, node)?);
        }
        let (chunks, names) = self.names(attachment)?;
        let places = std::iter::once(None).chain((0..chunks.count()).map(Some));
        for chunk in places.filter(|chunk| !held.iter().any(|pieces| pieces.has(*chunk))) {
            let (name, length) = match chunk {
                None => (list, chunks.list_length()),
                Some(index) => match names.get(index as usize) {
                    Some(name) => (*name, chunks.sealed_length(index)),
                    None => continue,
                },
            };
            let Some(bytes) = self.files.checked(&list, &name, length)? else {
                continue;
            };
            let piece = Piece {
                case,
                attachment: list,
                chunk,
                bytes,
            };
            if !take(piece)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether a node and this one are both in a case that goes on.
    pub(super) fn shares(&self, case: &CaseId, node: &NodeId) -> bool {
        let cases = self.shared.cases();
        cases
            .get(case)
            .is_some_and(|info| info.ended.is_none() && info.members.contains(node))
    }

    /// Takes a piece that a member of its case has packed. It counts once [`Self::settle_taken`] is done.
    ///
    /// # Errors
    /// It is not a piece of a file of the case, or there is no room.
    pub(crate) fn take_piece(
        &self,
        from: &NodeId,
        piece: &Piece,
        taken: &mut Taken,
    ) -> Result<Came, Refused> {
        let (case, list) = (&piece.case, &piece.attachment);
        if !self.shares(case, from) {
            return Err(Refused::NotAMember(*from));
        }
        if !self.is_named(case, list)? {
            return Ok(Came::Unnamed);
        }
        let name = match piece.chunk {
            None => *list,
            Some(index) => {
                let known = taken.last.take().filter(|(c, l, _)| (c, l) == (case, list));
                let listed = match known {
                    Some((.., listed)) => listed,
                    None => match self.listed(case, list)? {
                        Some(listed) => listed,
                        None => return Ok(Came::Ahead),
                    },
                };
                let name = listed.names.get(index as usize).copied();
                taken.last = Some((*case, *list, listed));
                name.ok_or(Refused::BadChunk)?
            }
        };
        let length = piece.bytes.len();
        if self.is_complete(list)? && self.files.has(list, &name, length) {
            return Ok(Came::Known);
        }
        // A volume that broke off may have brought it, and a crash may have torn it: it is judged again, and made durable.
        if self.files.checked(list, &name, length)?.is_some() {
            taken.names.entry(*list).or_default().push(name);
            return Ok(Came::Known);
        }
        self.files.put(list, &name, &piece.bytes)?;
        // What no description opens is nobody's list.
        if piece.chunk.is_none() && self.listed(case, list)?.is_none() {
            self.files.remove_chunk(list, &name)?;
            return Err(Refused::BadChunk);
        }
        taken.names.entry(*list).or_default().push(name);
        Ok(Came::New)
    }

    /// Makes what was taken durable, and counts files as here of which all has come.
    pub(crate) fn settle_taken(&self, taken: Taken) -> Result<(), Refused> {
        for (list, names) in taken.names {
            self.files.settle(&list, &names)?;
            match self.complete_one(&list) {
                Ok(()) | Err(Refused::MissingChunks { .. } | Refused::UnknownAttachment) => {}
                Err(e) => return Err(e),
            }
        }
        Ok(())
    }

    /// Notes what a node says that it holds, of files that a record of a case of both names.
    pub(crate) fn note_holdings(
        &self,
        from: &NodeId,
        holdings: &[Holding],
    ) -> Result<u64, Refused> {
        let (mut write, mut news) = (Write::default(), 0);
        for holding in holdings {
            let list = &holding.attachment;
            let cases = self.store.naming_cases(list)?;
            let shared = cases.iter().any(|case| self.shares(case, from));
            if !shared || self.store.pieces_of(list, from)?.as_ref() == Some(&holding.pieces) {
                continue;
            }
            write.pieces_of(list, from, &holding.pieces);
            news += 1;
        }
        if news > 0 {
            self.store.apply(&write)?;
            self.store.flush()?;
        }
        Ok(news)
    }
}
