//! What a volume carries, one after the other.

use super::{
    Cover, Error,
    piece::{self, Holding, Piece},
};
use crate::{codec, limits, signed::Signed, sync::Frame};
use serde::{Deserialize, Serialize};

/// Bytes of an item: a frame, and what says that it is one.
pub(super) const ITEM: usize = limits::FRAME + 64;

/// One thing in a volume.
// One is in memory at a time: that a greeting, which no file carries, would be large costs nothing.
#[allow(clippy::large_enum_variant)]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Item {
    /// First.
    Cover(Signed<Cover>),
    /// A frame that asks for nothing: directory, entries, acknowledged heights, parcels, proofs.
    Frame(Frame),
    /// Last.
    End {
        /// Whether another volume follows.
        more: bool,
    },
    /// A sealed piece of a file.
    Piece(Piece),
    /// What the sender has of files that records of shared cases name.
    Holds(Vec<Holding>),
}

/// What a volume is opened for: all that is between its cover and its end.
// As for [`Item`].
#[allow(clippy::large_enum_variant)]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// A frame that asks for nothing.
    Frame(Frame),
    /// A sealed piece of a file.
    Piece(Piece),
    /// What the sender has of files.
    Holds(Vec<Holding>),
}

impl Item {
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        codec::encode_packed(self)
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let item: Self = codec::decode(bytes, ITEM).map_err(|_| Error::Malformed)?;
        match &item {
            Self::Frame(frame) => {
                frame.check().map_err(|_| Error::Malformed)?;
                match frame {
                    Frame::Directory(_)
                    | Frame::Entries(_)
                    | Frame::Ack(_)
                    | Frame::Parcel(_)
                    | Frame::Receipts(_)
                    | Frame::Proof(_) => Ok(item),
                    _ => Err(Error::Malformed),
                }
            }
            Self::Piece(piece) => piece.check().map(|()| item),
            Self::Holds(holdings) => piece::check(holdings).map(|()| item),
            Self::Cover(_) | Self::End { .. } => Ok(item),
        }
    }
}
