//! Parcels that are kept for their recipients, those for this node that wait, and receipts for those that are not kept any more.

use super::{Error, Result, Store, Tree, Write};
use focal_protocol::{
    codec,
    group::{Parcel, Receipt},
    id::{Hash, NodeId},
    limits,
    random::SystemRandom,
    seal::Table,
    signed::Signed,
    sync::ParcelNote,
    time::Time,
};
use serde::{Deserialize, Serialize};
use sled::IVec;
use zeroize::Zeroizing;

const PARCEL: &[u8] = b"p";
/// Of a parcel for this node, which waits for what it rests on.
const WAITING: &[u8] = b"w";
const RECEIPT: &[u8] = b"r";
/// A row with a parcel, bytes: the largest, with the one signature that it may have.
const PARCEL_ROW: usize = limits::PARCEL + 16_384;
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

/// The parcel in a row, if it is one that can be read.
fn readable(plain: &[u8]) -> Option<Signed<Parcel>> {
    let parcel: Signed<Parcel> = codec::decode(plain, PARCEL_ROW).ok()?;
    parcel.unverified().is_ok().then_some(parcel)
}

/// The row of a parcel, which can be read again.
fn row_of(parcel: &Signed<Parcel>) -> Result<Vec<u8>> {
    let row = codec::encode_packed(parcel);
    match readable(&row) {
        Some(_) => Ok(row),
        None => Err(Error::TooLarge(row.len())),
    }
}

fn notes(parcels: impl Iterator<Item = Result<Signed<Parcel>>>) -> Result<Vec<(ParcelNote, Time)>> {
    let noted = |signed: Signed<Parcel>| {
        let parcel = signed.unverified().ok()?;
        let note = ParcelNote {
            parcel: signed.hash(),
            to: parcel.to,
            from: parcel.from,
        };
        Some((note, parcel.created))
    };
    parcels
        .filter_map(|signed| signed.map(noted).transpose())
        .collect()
}

/// What a row is called in a log.
fn name(key: &[u8]) -> String {
    let parcel = key.get(PARCEL.len() + NodeId::LEN..).unwrap_or(key);
    format!("the parcel {}", hex::encode(parcel))
}

fn key(of: &[u8], to: &NodeId, parcel: &Hash) -> Vec<u8> {
    [of, to.as_bytes(), parcel.as_bytes()].concat()
}

impl Store {
    /// Parcels kept, one by one, as each may be large. One whose row is damaged is passed over: nobody's start, nor any
    /// other parcel, hangs on it.
    pub fn parcels(&self) -> impl Iterator<Item = Result<Signed<Parcel>>> + '_ {
        self.parcels_below(PARCEL)
    }

    /// Parcels for this node, which wait, as [`Store::parcels`].
    pub fn waiting_parcels(&self) -> impl Iterator<Item = Result<Signed<Parcel>>> + '_ {
        self.parcels_below(WAITING)
    }

    fn parcels_below(
        &self,
        prefix: &'static [u8],
    ) -> impl Iterator<Item = Result<Signed<Parcel>>> + '_ {
        let rows = self.tree(Tree::Outbox).scan_prefix(prefix);
        rows.filter_map(|row| match row {
            Ok((key, value)) => self
                .parcel_in(&key, &value)
                .inspect_err(|e| tracing::error!("{} is passed over: {e}", name(&key)))
                .ok()
                .map(Ok),
            Err(e) => Some(Err(e.into())),
        })
    }

    /// How they are offered, with the times they were made.
    ///
    /// # Errors
    /// The disk fails.
    pub fn parcel_notes(&self) -> Result<Vec<(ParcelNote, Time)>> {
        notes(self.parcels())
    }

    /// The same of those that wait.
    ///
    /// # Errors
    /// The disk fails.
    pub fn waiting_notes(&self) -> Result<Vec<(ParcelNote, Time)>> {
        notes(self.waiting_parcels())
    }
    /// One that is kept for another; none if it is not.
    ///
    /// # Errors
    /// The disk fails or the row is damaged.
    pub fn parcel(&self, note: &ParcelNote) -> Result<Option<Signed<Parcel>>> {
        let key = key(PARCEL, &note.to, &note.parcel);
        let row = self.tree(Tree::Outbox).get(&key).map_err(Error::from)?;
        row.map(|value| self.parcel_in(&key, &value)).transpose()
    }

    fn parcel_in(&self, key: &[u8], value: &[u8]) -> Result<Signed<Parcel>> {
        let plain = match key.starts_with(WAITING) {
            true => self.unseal_waiting(key, value)?,
            false => self.unseal(Table::Outbox, key, value)?,
        };
        let parcel = readable(&plain).filter(|parcel| {
            let hash = key.get(PARCEL.len() + NodeId::LEN..);
            hash == Some(parcel.hash().as_bytes())
        });
        parcel.ok_or_else(|| self.damaged("a parcel"))
    }

    /// Opens a row of a parcel that waits.
    fn unseal_waiting(&self, key: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        let keys = self.waiting_keys.all();
        let mut latest_first = keys.iter().rev();
        latest_first
            .find_map(|waiting| waiting.open(Table::Outbox, key, sealed).ok())
            .ok_or_else(|| self.damaged("a sealed row of a waiting parcel does not open"))
    }

    /// The rows of parcels that wait.
    pub(super) fn waiting_rows(&self) -> Result<Vec<IVec>> {
        let rows = self.tree(Tree::Outbox).scan_prefix(WAITING).keys();
        Ok(rows.collect::<std::result::Result<_, _>>()?)
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
    ///
    /// # Errors
    /// It could not be read again: nothing is kept.
    pub fn parcel(
        &mut self,
        store: &Store,
        note: &ParcelNote,
        parcel: &Signed<Parcel>,
    ) -> Result<()> {
        let row = row_of(parcel)?;
        let key = key(PARCEL, &note.to, &note.parcel);
        let sealed = store.seal(Table::Outbox, &key, &row);
        self.put(Tree::Outbox, key, sealed);
        Ok(())
    }

    /// Keeps a parcel for this node, which waits, in rows that no copy of the store's files opens once a case was purged.
    ///
    /// # Errors
    /// As [`Write::parcel`]; or the disk is full or broken.
    pub fn waiting(
        &mut self,
        store: &Store,
        note: &ParcelNote,
        parcel: &Signed<Parcel>,
    ) -> Result<()> {
        let row = row_of(parcel)?;
        let key = key(WAITING, &note.to, &note.parcel);
        let waiting = store.waiting_key()?;
        let sealed = waiting.seal(Table::Outbox, &key, &row, &SystemRandom);
        self.put(Tree::Outbox, key, sealed);
        Ok(())
    }

    /// Drops a row of a parcel that waited.
    pub(super) fn drop_row(&mut self, row: IVec) {
        self.delete(Tree::Outbox, row);
    }

    /// Drops a parcel, for whomever it is.
    pub fn drop_parcel(&mut self, note: &ParcelNote) {
        for of in [PARCEL, WAITING] {
            self.delete(Tree::Outbox, key(of, &note.to, &note.parcel));
        }
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

#[cfg(test)]
mod tests;
