//! What travels by file: packed for one organisation, read again by any of its nodes.
//!
//! A volume carries what the sync conversation would: documents, parcels, proofs, the entries that the recipient is not
//! known to hold, and how much of its logs is held here. Cases go to their members only, sealed as they are stored, so
//! what a file carries is what the wire would carry as well.

mod files;
mod load;
mod pack;

pub(crate) use load::Loaded;
pub(crate) use pack::{Order, Piece};

use crate::{attachments::Attachments, ledger::LedgerHandle, views::Views};
use focal_protocol::{key::SecretKey, seal::ContactKey};
use std::sync::Arc;

/// Packs and reads volumes.
pub(crate) struct Courier {
    pub(crate) views: Views,
    pub(crate) ledger: LedgerHandle,
    pub(crate) attachments: Arc<Attachments>,
    /// Signs covers.
    pub(crate) key: SecretKey,
    pub(crate) contact: ContactKey,
}
