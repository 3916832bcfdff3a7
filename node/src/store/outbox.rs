//! Parcels that are kept for their recipients.

use super::{Result, Store, Tree, Write};
use focal_protocol::{
    codec,
    group::Parcel,
    id::{Hash, NodeId},
    limits,
    seal::Table,
    signed::Signed,
    sync::ParcelNote,
    time::Time,
};

fn key(to: &NodeId, parcel: &Hash) -> Vec<u8> {
    [b"p".as_slice(), to.as_bytes(), parcel.as_bytes()].concat()
}

fn taken_key(parcel: &Hash) -> Vec<u8> {
    [b"t".as_slice(), parcel.as_bytes()].concat()
}

impl Store {
    /// Parcels kept, with the times they were made.
    ///
    /// # Errors
    /// The disk fails or a row is damaged.
    pub fn parcels(&self) -> Result<Vec<(ParcelNote, Signed<Parcel>)>> {
        self.tree(Tree::Outbox)
            .scan_prefix(b"p")
            .map(|row| {
                let (key, value) = row?;
                let plain = self.unseal(Table::Outbox, &key, &value)?;
                let parcel: Signed<Parcel> = codec::decode(&plain, limits::PARCEL + 16_384)
                    .map_err(|_| self.damaged("a parcel"))?;
                let note = ParcelNote {
                    to: key
                        .get(1..33)
                        .and_then(|b| NodeId::try_from(b).ok())
                        .ok_or_else(|| self.damaged("a parcel's key"))?,
                    parcel: parcel.hash(),
                };
                Ok((note, parcel))
            })
            .collect()
    }

    /// Parcels for this node that it has taken.
    ///
    /// # Errors
    /// The disk fails or a row is damaged.
    pub fn taken_parcels(&self) -> Result<Vec<Hash>> {
        self.tree(Tree::Outbox)
            .scan_prefix(b"t")
            .keys()
            .map(|key| {
                key?.get(1..)
                    .and_then(|b| Hash::try_from(b).ok())
                    .ok_or_else(|| self.damaged("a taken parcel's key"))
            })
            .collect()
    }
}

impl Write {
    /// Keeps a parcel.
    pub fn parcel(&mut self, store: &Store, note: &ParcelNote, parcel: &Signed<Parcel>) {
        let key = key(&note.to, &note.parcel);
        let sealed = store.seal(Table::Outbox, &key, &codec::encode_packed(parcel));
        self.put(Tree::Outbox, key, sealed);
    }

    /// Drops a parcel.
    pub fn drop_parcel(&mut self, note: &ParcelNote) {
        self.delete(Tree::Outbox, key(&note.to, &note.parcel));
    }

    /// Remembers that a parcel for this node was taken.
    pub fn taken_parcel(&mut self, parcel: &Hash, now: Time) {
        self.put(
            Tree::Outbox,
            taken_key(parcel),
            now.0.to_be_bytes().to_vec(),
        );
    }
}
