//! What travels between two nodes: one packed CBOR item in each frame of at most [`limits::FRAME`] bytes.

use super::{Error, Point, Side};
use crate::{
    codec,
    directory::{Digest, Item, Versions},
    group::{Parcel, Receipt},
    id::{CaseId, FederationId, Hash, LogId, NodeId},
    limits,
    log::{Equivocation, Lane, Run},
    signed::Signed,
};
use serde::{Deserialize, Serialize};

/// Version of the conversation.
pub const VERSION: u16 = 1;

/// One message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Frame {
    /// First, from both sides.
    Hello(Hello),
    /// Documents of the directory that the other lacks, in order.
    Directory(Vec<Item>),
    /// How far the logs of shared cases reach here.
    Heads(Vec<CaseHeads>),
    /// Asks for entries of a log from a sequence on.
    Want(LogId, u64),
    /// Entries.
    Entries(Run),
    /// Durable heights: sent after the flush.
    Ack(Vec<(LogId, u64)>),
    /// Parcels that are kept here for others.
    Parcels(Vec<ParcelNote>),
    /// Asks for parcels by hash.
    WantParcels(Vec<Hash>),
    /// A parcel.
    Parcel(Box<Signed<Parcel>>),
    /// Recipients are done with these parcels: nobody need keep them.
    Receipts(Vec<Receipt>),
    /// Proof that a node signed two histories.
    Proof(Box<Equivocation>),
    /// What is held of a log, at a few heights: histories of it part between the first and the last.
    Points(LogId, Vec<Point>),
    /// One of two histories of a log, from where they part.
    Side(Box<Side>),
    /// What the sender's directory holds where the digests of the greetings differ.
    Versions(Versions),
}

/// The greeting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// [`VERSION`].
    pub version: u16,
    /// Of which federation.
    pub federation: FederationId,
    /// Optional features, a bit each; none is defined in version 1.
    pub features: u64,
    /// Of what the sender's directory holds.
    pub digest: Digest,
}

/// Logs of one case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseHeads {
    /// The case.
    pub case: CaseId,
    /// Whether these are all logs held; else only those that changed.
    pub complete: bool,
    /// Whether the sender wants the other's heads of this case in return.
    pub ask: bool,
    /// The logs.
    pub logs: Vec<LogHead>,
}

/// How far one log reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogHead {
    /// The log.
    pub log: LogId,
    /// Its writer.
    pub node: NodeId,
    /// Its lane.
    pub lane: Lane,
    /// Entries held.
    pub height: u64,
    /// Hash of the last one.
    pub hash: Hash,
}

/// A parcel that a node keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParcelNote {
    /// Hash of its signed bytes.
    pub parcel: Hash,
    /// Its recipient.
    pub to: NodeId,
    /// Its sender: nobody asks for a parcel for which this sender has no room left.
    pub from: NodeId,
}

impl Frame {
    /// The bytes to send.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let about = match self {
            Self::Entries(run) => run.entries.iter().map(|e| e.len() + 8).sum::<usize>() + 256,
            _ => 256,
        };
        codec::encode_packed_sized(self, about)
    }

    /// Reads a frame.
    ///
    /// # Errors
    /// Over a limit or not a frame.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let frame: Self = codec::decode(bytes, limits::FRAME)?;
        frame.check()?;
        Ok(frame)
    }

    /// Whether its lists are within their limits.
    ///
    /// # Errors
    /// One is not.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let (count, limit) = match self {
            Self::Heads(cases) => (
                cases.iter().map(|c| c.logs.len() + 1).sum(),
                2 * limits::HEADS_PER_FRAME,
            ),
            Self::Entries(run) => (run.entries.len(), limits::BATCH_ENTRIES),
            Self::Parcels(notes) => (notes.len(), limits::PARCELS_KEPT),
            Self::WantParcels(hashes) => (hashes.len(), limits::PARCELS_KEPT),
            Self::Receipts(receipts) => (receipts.len(), limits::RECEIPTS_KEPT),
            Self::Points(_, points) => (points.len(), limits::POINTS),
            Self::Side(side) => (side.chain.links.len(), limits::BATCH_ENTRIES),
            _ => (0, 0),
        };
        if count > limit {
            return Err(Error::TooMany(limit));
        }
        Ok(())
    }
}
