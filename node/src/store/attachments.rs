//! Which files records name, and how far they are here. The files themselves stand beside the database.
//!
//! `a`, case, attachment, record → description with its key, sealed under the case's key; `n`, attachment, case, record →
//! nothing, to find whether anything still names it; `s`, attachment → how far it is here; `x`, attachment → nothing: what
//! named it was purged, and its files are to go; `h`, attachment, node → which pieces that node has said, by courier, to hold;
//! `o`, attachment, case → the record whose description opens the list.

use super::{Result, Store, Tree, Write};
use focal_protocol::{
    codec,
    courier::Pieces,
    id::{CaseId, Hash, NodeId, RecordId},
    record::Attachment,
    seal::Table,
};
use serde::{Deserialize, Serialize};

/// Bytes of a row after opening: a description has a few hundred.
const ROW: usize = 4 << 10;

/// A file that a record names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedAttachment {
    /// The case.
    pub case: CaseId,
    /// The record.
    pub record: RecordId,
    /// Its description.
    pub attachment: Attachment,
}

/// How far a file is here, as far as that must outlive a restart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum AttachmentState {
    /// Somebody wants it, whatever its size.
    Wanted,
    /// All of it is on the disk.
    Complete,
    /// Nobody wants it here: it is not fetched by itself.
    Unwanted,
}

fn case_prefix(case: &CaseId) -> Vec<u8> {
    [b"a".as_slice(), case.as_bytes()].concat()
}

fn named_prefix(case: &CaseId, list: &Hash) -> Vec<u8> {
    [b"a".as_slice(), case.as_bytes(), list.as_bytes()].concat()
}

fn named_key(case: &CaseId, list: &Hash, record: &RecordId) -> Vec<u8> {
    [named_prefix(case, list).as_slice(), record.as_bytes()].concat()
}

fn naming_prefix(list: &Hash) -> Vec<u8> {
    [b"n".as_slice(), list.as_bytes()].concat()
}

fn naming_key(case: &CaseId, list: &Hash, record: &RecordId) -> Vec<u8> {
    [
        naming_prefix(list).as_slice(),
        case.as_bytes(),
        record.as_bytes(),
    ]
    .concat()
}

fn state_key(list: &Hash) -> Vec<u8> {
    [b"s".as_slice(), list.as_bytes()].concat()
}

fn gone_key(list: &Hash) -> Vec<u8> {
    [b"x".as_slice(), list.as_bytes()].concat()
}

fn holders_prefix(list: &Hash) -> Vec<u8> {
    [b"h".as_slice(), list.as_bytes()].concat()
}

fn holder_key(list: &Hash, node: &NodeId) -> Vec<u8> {
    [holders_prefix(list).as_slice(), node.as_bytes()].concat()
}

fn openers_prefix(list: &Hash) -> Vec<u8> {
    [b"o".as_slice(), list.as_bytes()].concat()
}

fn opener_key(list: &Hash, case: &CaseId) -> Vec<u8> {
    [openers_prefix(list).as_slice(), case.as_bytes()].concat()
}

/// Case, attachment and record of a row's key.
fn named(key: &[u8]) -> Option<(CaseId, Hash, RecordId)> {
    let part = |at: usize| key.get(at..at + 32);
    Some((
        CaseId::try_from(part(1)?).ok()?,
        Hash::try_from(part(33)?).ok()?,
        RecordId::try_from(part(65)?).ok()?,
    ))
}

impl Store {
    fn named_row(&self, key: &[u8], value: &[u8]) -> Result<NamedAttachment> {
        let damaged = || self.damaged("an attachment's row");
        let (case, list, record) = named(key).ok_or_else(damaged)?;
        let plain = self.unseal_case(case, Table::Record, key, value)?;
        let attachment: Attachment = codec::decode(&plain, ROW).map_err(|_| damaged())?;
        if attachment.list != list {
            return Err(damaged());
        }
        Ok(NamedAttachment {
            case,
            record,
            attachment,
        })
    }

    /// All files that records of a case name, one by one, by attachment; of all cases if there is none.
    pub fn attachments(
        &self,
        case: Option<CaseId>,
    ) -> impl Iterator<Item = Result<NamedAttachment>> + '_ {
        let prefix = case.map_or_else(|| b"a".to_vec(), |case| case_prefix(&case));
        self.tree(Tree::Attachment).scan_prefix(prefix).map(|row| {
            let (key, value) = row?;
            self.named_row(&key, &value)
        })
    }

    /// The records of a case that name a file, one by one: a hostile member can write any number.
    pub fn naming_records(
        &self,
        case: &CaseId,
        list: &Hash,
    ) -> impl Iterator<Item = Result<RecordId>> + '_ {
        let rows = self
            .tree(Tree::Attachment)
            .scan_prefix(named_prefix(case, list));
        rows.keys().map(|key| {
            let record = named(&key?).map(|(.., record)| record);
            record.ok_or_else(|| self.damaged("an attachment's key"))
        })
    }

    /// How a record describes a file; none if it does not name it.
    ///
    /// # Errors
    /// The disk fails or the row is damaged.
    pub fn attachment(
        &self,
        case: &CaseId,
        list: &Hash,
        record: &RecordId,
    ) -> Result<Option<NamedAttachment>> {
        let key = named_key(case, list, record);
        let row = self.tree(Tree::Attachment).get(&key)?;
        row.map(|row| self.named_row(&key, &row)).transpose()
    }

    /// The record of a case whose description opened a file's list.
    ///
    /// # Errors
    /// The disk fails or the row is damaged.
    pub fn opener(&self, list: &Hash, case: &CaseId) -> Result<Option<RecordId>> {
        let row = self.tree(Tree::Attachment).get(opener_key(list, case))?;
        let record = row.map(|row| RecordId::try_from(&row[..]));
        record
            .transpose()
            .map_err(|_| self.damaged("what opens an attachment"))
    }

    /// Cases with a record that names a file.
    ///
    /// # Errors
    /// The disk fails or a row is damaged.
    pub fn naming_cases(&self, list: &Hash) -> Result<Vec<CaseId>> {
        let rows = self.tree(Tree::Attachment).scan_prefix(naming_prefix(list));
        let mut cases = Vec::new();
        for key in rows.keys() {
            let key = key?;
            let case = key.get(33..65).and_then(|b| CaseId::try_from(b).ok());
            let case = case.ok_or_else(|| self.damaged("an attachment's key"))?;
            if cases.last() != Some(&case) {
                cases.push(case);
            }
        }
        Ok(cases)
    }

    /// How far a file is here; none if nobody has said anything of it.
    ///
    /// # Errors
    /// The disk fails or the row is damaged.
    pub fn attachment_state(&self, list: &Hash) -> Result<Option<AttachmentState>> {
        self.tree(Tree::Attachment)
            .get(state_key(list))?
            .map(|row| codec::decode(&row, 64).map_err(|_| self.damaged("an attachment's state")))
            .transpose()
    }

    /// Which pieces of a file a node has said to hold, if it has.
    ///
    /// # Errors
    /// The disk fails or the row is damaged.
    pub fn pieces_of(&self, list: &Hash, node: &NodeId) -> Result<Option<Pieces>> {
        self.tree(Tree::Attachment)
            .get(holder_key(list, node))?
            .map(|row| codec::decode(&row, ROW).map_err(|_| self.damaged("what a partner holds")))
            .transpose()
    }

    /// Files whose cases were purged, and which are still to go.
    ///
    /// # Errors
    /// The disk fails or a row is damaged.
    pub fn gone_attachments(&self) -> Result<Vec<Hash>> {
        let rows = self.tree(Tree::Attachment).scan_prefix(b"x");
        rows.keys()
            .map(|key| {
                let key = key?;
                let list = key.get(1..33).and_then(|b| Hash::try_from(b).ok());
                list.ok_or_else(|| self.damaged("an attachment's key"))
            })
            .collect()
    }

    /// What the records of a case name is named no more; what nothing else names is to go at once.
    pub(super) fn purge_attachments(&self, write: &mut Write, case: &CaseId) -> Result<()> {
        let rows = self.tree(Tree::Attachment).scan_prefix(case_prefix(case));
        for key in rows.keys() {
            let key = key?;
            if let Some((case, list, record)) = named(&key) {
                write.delete(Tree::Attachment, naming_key(&case, &list, &record));
                write.put(Tree::Attachment, gone_key(&list), Vec::new());
                write.delete(Tree::Attachment, opener_key(&list, &case));
            }
            write.delete(Tree::Attachment, key);
        }
        Ok(())
    }

    /// These records are read no more: what they name, they name no more.
    pub(super) fn forget_attachments(
        &self,
        write: &mut Write,
        case: &CaseId,
        records: &[RecordId],
    ) -> Result<()> {
        if records.is_empty() {
            return Ok(());
        }
        let rows = self.tree(Tree::Attachment).scan_prefix(case_prefix(case));
        for key in rows.keys() {
            let key = key?;
            if let Some((case, list, record)) = named(&key)
                && records.contains(&record)
            {
                write.delete(Tree::Attachment, naming_key(&case, &list, &record));
                write.delete(Tree::Attachment, opener_key(&list, &case));
                write.delete(Tree::Attachment, key);
            }
        }
        Ok(())
    }
}

impl Write {
    /// A record names a file.
    pub fn attachment(
        &mut self,
        store: &Store,
        case: CaseId,
        record: RecordId,
        attachment: &Attachment,
    ) {
        let key = named_key(&case, &attachment.list, &record);
        let plain = zeroize::Zeroizing::new(codec::encode_packed(attachment));
        let sealed = store.seal_case(case, Table::Record, &key, &plain);
        self.put(Tree::Attachment, key, sealed);
        let naming = naming_key(&case, &attachment.list, &record);
        self.put(Tree::Attachment, naming, Vec::new());
        // It is named again: its files stay.
        self.delete(Tree::Attachment, gone_key(&attachment.list));
    }

    /// How far a file is here.
    pub fn attachment_state(&mut self, list: &Hash, state: AttachmentState) {
        let row = codec::encode_packed(&state);
        self.put(Tree::Attachment, state_key(list), row);
    }

    /// A node has said which pieces of a file it holds.
    pub fn pieces_of(&mut self, list: &Hash, node: &NodeId, pieces: &Pieces) {
        let row = codec::encode_packed(pieces);
        self.put(Tree::Attachment, holder_key(list, node), row);
    }

    /// The description of this record opens a file's list.
    pub fn opener(&mut self, list: &Hash, case: &CaseId, record: &RecordId) {
        let row = record.as_bytes().to_vec();
        self.put(Tree::Attachment, opener_key(list, case), row);
    }

    /// Nothing is known of a file any more: nothing names it, and its files are gone.
    pub fn forget_attachment(&mut self, store: &Store, list: &Hash) {
        let holders = store
            .tree(Tree::Attachment)
            .scan_prefix(holders_prefix(list));
        // One that cannot be read now is of no use to anybody.
        let openers = store
            .tree(Tree::Attachment)
            .scan_prefix(openers_prefix(list));
        for key in holders.keys().chain(openers.keys()).flatten() {
            self.delete(Tree::Attachment, key);
        }
        self.delete(Tree::Attachment, state_key(list));
        self.delete(Tree::Attachment, gone_key(list));
    }
}
