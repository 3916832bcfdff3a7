//! The directory's documents, in the order in which they were taken, and proofs of misbehaviour.

use super::{Result, Store, Tree, Write};
use crate::alarms::KeptAlarm;
use focal_protocol::{
    codec,
    directory::{Charter, Conflict, Directory, Item},
    id::Hash,
    limits,
    log::Equivocation,
    seal::Table,
    signed::Signed,
};
use std::collections::BTreeMap;

const CHARTER: &[u8] = b"charter";
const ALARM: &[u8] = b"alarm/";
const ROW: usize = 4 * limits::DIRECTORY_ITEM;

impl Store {
    /// The directory, checked again from its documents; none before a federation was accepted.
    ///
    /// # Errors
    /// The disk fails, or a document does not hold.
    pub fn directory(&self) -> Result<Option<Directory>> {
        let Some(plain) = self.sealed_row(Tree::Directory, Table::Directory, CHARTER)? else {
            return Ok(None);
        };
        let charter: Signed<Charter> =
            codec::decode(&plain, ROW).map_err(|_| self.damaged("the charter"))?;
        let mut directory =
            Directory::new(charter).map_err(|e| self.damaged(format!("the charter: {e}")))?;
        let documents = self.tree(Tree::Directory).scan_prefix(b"i");
        // Key packages come after the manifests that list their nodes.
        for row in documents.chain(self.tree(Tree::Directory).scan_prefix(b"k")) {
            let (key, value) = row?;
            let plain = self.unseal(Table::Directory, &key, &value)?;
            let item: Item = codec::decode(&plain, ROW)
                .map_err(|_| self.damaged("a document of the directory"))?;
            // A key package may have outlived its node: everything else must still hold.
            let is_package = matches!(item, Item::KeyPackage(_));
            if let Err(e) = directory.offer(item)
                && !is_package
            {
                return Err(self.damaged(format!("a document of the directory: {e}")));
            }
        }
        for row in self.tree(Tree::Directory).scan_prefix(b"x") {
            let (key, value) = row?;
            let plain = self.unseal(Table::Directory, &key, &value)?;
            let conflict: Conflict =
                codec::decode(&plain, ROW).map_err(|_| self.damaged("a proof of conflict"))?;
            // Offered again, it is found to be a conflict again.
            let _ = directory.offer(conflict.second);
        }
        Ok(Some(directory))
    }

    /// Number for the next document.
    ///
    /// # Errors
    /// The disk fails.
    pub fn next_document(&self) -> Result<u64> {
        let last = self
            .tree(Tree::Directory)
            .scan_prefix(b"i")
            .keys()
            .next_back();
        Ok(match last {
            Some(key) => key?
                .get(1..9)
                .and_then(|b| b.try_into().ok())
                .map_or(0, |b| u64::from_be_bytes(b) + 1),
            None => 0,
        })
    }

    /// Proofs that nodes signed two histories.
    ///
    /// # Errors
    /// The disk fails or a row is damaged.
    pub fn equivocations(&self) -> Result<Vec<Equivocation>> {
        self.tree(Tree::Directory)
            .scan_prefix(b"e")
            .map(|row| {
                let (key, value) = row?;
                let plain = self.unseal(Table::Directory, &key, &value)?;
                codec::decode(&plain, limits::FRAME).map_err(|_| self.damaged("a proof"))
            })
            .collect()
    }
}

impl Store {
    /// Alarms, by id.
    ///
    /// # Errors
    /// The disk fails or a row is damaged.
    pub fn alarms(&self) -> Result<BTreeMap<Hash, KeptAlarm>> {
        self.tree(Tree::Directory)
            .scan_prefix(ALARM)
            .map(|row| {
                let (key, value) = row?;
                let id = key.get(ALARM.len()..).and_then(|b| Hash::try_from(b).ok());
                let id = id.ok_or_else(|| self.damaged("an alarm's key"))?;
                let plain = self.unseal(Table::Directory, &key, &value)?;
                let kept = codec::decode(&plain, 64 << 10).map_err(|_| self.damaged("an alarm"))?;
                Ok((id, kept))
            })
            .collect()
    }
}

impl Write {
    /// An alarm, or what was decided about it.
    pub fn alarm(&mut self, store: &Store, id: &Hash, kept: &KeptAlarm) {
        let key = [ALARM, id.as_bytes()].concat();
        let sealed = store.seal(Table::Directory, &key, &codec::encode_packed(kept));
        self.put(Tree::Directory, key, sealed);
    }

    /// The charter: once.
    pub fn charter(&mut self, store: &Store, charter: &Signed<Charter>) {
        let sealed = store.seal(Table::Directory, CHARTER, &codec::encode_packed(charter));
        self.put(Tree::Directory, CHARTER, sealed);
    }

    /// A document under its number.
    pub fn document(&mut self, store: &Store, number: u64, item: &Item) {
        // A node has one key package at a time: the newer takes the place of the older.
        let key = match item {
            Item::KeyPackage(offer) => match offer.unverified() {
                Ok(offer) => [b"k".as_slice(), offer.node.as_bytes()].concat(),
                Err(_) => return,
            },
            _ => [b"i".as_slice(), &number.to_be_bytes()].concat(),
        };
        let sealed = store.seal(Table::Directory, &key, &codec::encode_packed(item));
        self.put(Tree::Directory, key, sealed);
    }

    /// Proof that an organisation or the stewards signed two documents.
    pub fn conflict(&mut self, store: &Store, conflict: &Conflict) {
        let plain = codec::encode_packed(conflict);
        let key = [b"x".as_slice(), Hash::of(&[&plain]).as_bytes()].concat();
        let sealed = store.seal(Table::Directory, &key, &plain);
        self.put(Tree::Directory, key, sealed);
    }

    /// Proof that a node signed two histories.
    pub fn equivocation(&mut self, store: &Store, proof: &Equivocation) {
        let key = [b"e".as_slice(), proof.log.as_bytes()].concat();
        let sealed = store.seal(Table::Directory, &key, &codec::encode_packed(proof));
        self.put(Tree::Directory, key, sealed);
    }
}
