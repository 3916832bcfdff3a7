//! What travels by file: the frames of the sync conversation, one way, in volumes that only one organisation can open.
//!
//! 1. [`Cover`]: who packed a volume, for whom.
//! 2. [`Item`]: what a volume carries: frames, and [`Piece`]s of files on request.
//! 3. [`VolumeWriter`], [`VolumeReader`]: the sealed form, written and read piece by piece.
//!
//! Entries, documents, parcels and proofs prove themselves, as on the wire; heights that the sender holds are as good
//! as its signature under the cover. A volume is complete in itself: one that is lost, repeated or damaged costs
//! nothing, because the next one from the same sender begins at what the recipient is known to hold.

mod cover;
mod item;
mod piece;
mod volume;

pub use cover::Cover;
pub use item::{Content, Item};
pub use piece::{HOLDINGS, Holding, Piece, Pieces};
pub use volume::{SLOTS, VolumeReader, VolumeWriter};

use crate::{seal, signed};

/// Why a volume cannot be packed or read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// None of its slots opens with this node's contact key.
    #[error("it is not for this node, or not a courier volume")]
    NotForThisNode,
    /// Bytes were changed or are missing.
    #[error("it is damaged from byte {0} on")]
    Damaged(u64),
    /// What is inside is not what a volume may hold.
    #[error("what is inside is malformed")]
    Malformed,
    /// The cover's signature does not hold, or it is the cover of another volume.
    #[error("its cover is not valid: {0}")]
    Cover(signed::Error),
    /// More nodes than a volume has slots.
    #[error("more than {SLOTS} recipients")]
    TooManyRecipients,
    /// A recipient's contact key is none.
    #[error(transparent)]
    Seal(#[from] seal::Error),
}

crate::worded! {
    Error {
        Self::NotForThisNode => "courier-not-for-this-node",
        Self::Damaged(at) => "courier-damaged" { at: *at },
        Self::Malformed => "courier-malformed",
        Self::Cover(why) => "courier-cover" { why: why.wording() },
        Self::TooManyRecipients => "courier-recipients" { most: SLOTS },
    } via {
        Self::Seal(error) => error,
    }
}

#[cfg(test)]
mod tests;
