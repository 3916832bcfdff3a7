//! How two nodes come to hold the same.
//!
//! One [`Session`] for each connected peer, one [`Fetch`] and one [`Post`] for the node: state machines that take an [`Input`] and
//! return [`Output`]s. They hold no entries, only heights. The writer of a log pushes it to every connected member; what
//! others wrote is announced after a short wait and asked for from one peer at a time, so that in a full mesh an entry
//! crosses each link about once. A peer's acknowledged heights are durable: they were sent after its flush.

mod chunk;
mod fetch;
mod frame;
mod parting;
mod portion;
mod post;
mod session;

pub use chunk::ChunkRequest;
pub use fetch::Fetch;
pub use frame::{CaseHeads, Frame, Hello, LogHead, ParcelNote, VERSION};
pub use parting::{Parting, Point, Side, compare};
pub use portion::{Portion, Weight};
pub use post::{Answer, Post, Room, Settled};
pub use session::{Input, Output, Session, Sizes};

use crate::{codec, id::FederationId};

/// Why a session ends.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A frame that cannot be read.
    #[error("a frame cannot be read: {0}")]
    Codec(#[from] codec::Error),
    /// A frame over the limit: nothing of it was read.
    #[error("a frame is over the limit of {} bytes", crate::limits::FRAME)]
    FrameTooLarge,
    /// The peer speaks another version.
    #[error("the partner speaks version {0} of the protocol, this node {VERSION}")]
    Version(u16),
    /// The peer is of another federation.
    #[error("the partner is of another federation ({0:?})")]
    OtherFederation(FederationId),
    /// A frame before the greeting, or a second greeting.
    #[error("a frame out of turn")]
    OutOfTurn,
    /// More items in a frame than allowed.
    #[error("a frame with more than {0} items")]
    TooMany(usize),
}

crate::worded! {
    Error {
        Self::Codec(why) => "frame-unread" { why: why.wording() },
        Self::FrameTooLarge => "frame-too-large" { limit: crate::limits::FRAME },
        Self::Version(version) => "frame-version" { theirs: *version, ours: VERSION },
        Self::OtherFederation(id) => "frame-other-federation" { federation: format!("{id:?}") },
        Self::OutOfTurn => "frame-out-of-turn",
        Self::TooMany(most) => "frame-too-many" { most: *most },
    }
}
