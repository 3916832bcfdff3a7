//! What a volume carries, one after the other.

use super::{Cover, Error};
use crate::{codec, limits, signed::Signed, sync::Frame};
use serde::{Deserialize, Serialize};

/// Bytes of an item: a frame, and what says that it is one.
pub(super) const ITEM: usize = limits::FRAME + 64;

/// One thing in a volume.
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
                    | Frame::Proof(_) => Ok(item),
                    _ => Err(Error::Malformed),
                }
            }
            _ => Ok(item),
        }
    }
}
