//! Parcels that are kept for their recipients, and receipts for those that are not any more.

use super::{Error, Result, Store, Tree, Write};
use focal_protocol::{
    codec,
    group::{Parcel, Receipt},
    id::{Hash, NodeId},
    limits,
    seal::Table,
    signed::Signed,
    sync::ParcelNote,
    time::Time,
};
use serde::{Deserialize, Serialize};

const PARCEL: &[u8] = b"p";
const RECEIPT: &[u8] = b"r";
/// A row with a receipt, bytes: ours has about 190.
const RECEIPT_ROW: usize = 512;

/// A receipt that is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptReceipt {
    /// The receipt.
    pub receipt: Receipt,
    /// Who sent the parcel.
    pub from: NodeId,
    /// When the last carrier drops the parcel by itself.
    pub until: Time,
}

fn key(of: &[u8], to: &NodeId, parcel: &Hash) -> Vec<u8> {
    [of, to.as_bytes(), parcel.as_bytes()].concat()
}

impl Store {
    /// Parcels kept, one by one, as each may be large.
    pub fn parcels(&self) -> impl Iterator<Item = Result<Signed<Parcel>>> + '_ {
        let rows = self.tree(Tree::Outbox).scan_prefix(PARCEL);
        rows.map(|row| {
            let (key, value) = row?;
            self.parcel_in(&key, &value)
        })
    }

    /// How they are offered, with the times they were made.
    ///
    /// # Errors
    /// The disk fails or a row is damaged.
    pub fn parcel_notes(&self) -> Result<Vec<(ParcelNote, Time)>> {
        self.parcels()
            .map(|signed| {
                let signed = signed?;
                let parcel = signed.unverified().map_err(|_| self.damaged("a parcel"))?;
                let note = ParcelNote {
                    parcel: signed.hash(),
                    to: parcel.to,
                    from: parcel.from,
                };
                Ok((note, parcel.created))
            })
            .collect()
    }

    /// Those kept for one node.
    ///
    /// # Errors
    /// The disk fails or a row is damaged.
    pub fn parcels_for(&self, to: &NodeId) -> Result<Vec<Signed<Parcel>>> {
        let rows = self.tree(Tree::Outbox);
        let rows = rows.scan_prefix([PARCEL, to.as_bytes()].concat());
        rows.map(|row| {
            let (key, value) = row?;
            self.parcel_in(&key, &value)
        })
        .collect()
    }

    /// One of them; none if it is not kept.
    ///
    /// # Errors
    /// The disk fails or the row is damaged.
    pub fn parcel(&self, note: &ParcelNote) -> Result<Option<Signed<Parcel>>> {
        let key = key(PARCEL, &note.to, &note.parcel);
        let row = self.tree(Tree::Outbox).get(&key).map_err(Error::from)?;
        row.map(|value| self.parcel_in(&key, &value)).transpose()
    }

    fn parcel_in(&self, key: &[u8], value: &[u8]) -> Result<Signed<Parcel>> {
        let plain = self.unseal(Table::Outbox, key, value)?;
        codec::decode(&plain, limits::PARCEL + 16_384).map_err(|_| self.damaged("a parcel"))
    }

    /// Receipts kept.
    ///
    /// # Errors
    /// The disk fails or a row is damaged.
    pub fn receipts(&self) -> Result<Vec<KeptReceipt>> {
        let rows = self.tree(Tree::Outbox).scan_prefix(RECEIPT);
        rows.map(|row| {
            let (key, value) = row?;
            let plain = self.unseal(Table::Outbox, &key, &value)?;
            codec::decode(&plain, RECEIPT_ROW).map_err(|_| self.damaged("a receipt"))
        })
        .collect()
    }
}

impl Write {
    /// Keeps a parcel.
    pub fn parcel(&mut self, store: &Store, note: &ParcelNote, parcel: &Signed<Parcel>) {
        let key = key(PARCEL, &note.to, &note.parcel);
        let sealed = store.seal(Table::Outbox, &key, &codec::encode_packed(parcel));
        self.put(Tree::Outbox, key, sealed);
    }

    /// Drops a parcel.
    pub fn drop_parcel(&mut self, note: &ParcelNote) {
        self.delete(Tree::Outbox, key(PARCEL, &note.to, &note.parcel));
    }

    /// Keeps a receipt.
    pub fn receipt(&mut self, store: &Store, kept: &KeptReceipt) {
        let key = key(RECEIPT, &kept.receipt.to, &kept.receipt.parcel);
        let sealed = store.seal(Table::Outbox, &key, &codec::encode_packed(kept));
        self.put(Tree::Outbox, key, sealed);
    }

    /// Drops a receipt.
    pub fn drop_receipt(&mut self, to: &NodeId, parcel: &Hash) {
        self.delete(Tree::Outbox, key(RECEIPT, to, parcel));
    }
}
