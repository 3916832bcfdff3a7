//! What goes into a session and what comes out.

use crate::{
    directory::{Item, Versions},
    group::{Parcel, Receipt},
    id::{CaseId, Hash, LogId},
    log::{Equivocation, Head, Run, Writer},
    signed::Signed,
    sync::{CaseHeads, Frame, ParcelNote, Point, Side},
};

/// What happens to a session.
#[derive(Debug)]
pub enum Input {
    /// The peer sent a frame.
    Frame(Frame),
    /// Cases that this node is a member of and the peer is not known to be, with all logs held here: before
    /// [`Input::Shares`] with `first`, and when one has come to be. The peer may have been let in by a commit that has not
    /// come here yet, and be the only one who can bring it. It is told nothing.
    Accepts(Vec<CaseHeads>),
    /// Cases that both are members of, with all logs held here. `first` right after [`Output::Ready`], later for a case
    /// that has come to be shared.
    Shares {
        /// The cases.
        cases: Vec<CaseHeads>,
        /// Whether this is the answer to [`Output::Ready`].
        first: bool,
    },
    /// The peer is no longer a member, or this node.
    Unshares(CaseId),
    /// A log of a shared case has grown here, durably.
    Grew {
        /// The log.
        log: LogId,
        /// Its writer.
        writer: Writer,
        /// Its end now.
        head: Head,
        /// The new entries, if they are at hand.
        fresh: Option<Run>,
    },
    /// More of a log counts than before: what the peer holds of it is wanted after all.
    Lacks(LogId),
    /// Answer to [`Output::Load`]; a run without entries if there are none.
    Loaded(Run),
    /// Answer to [`Output::Load`]: nothing is held of the log.
    NotLoaded(LogId),
    /// Ask the peer for a log, from this height on.
    Fetch(LogId, u64),
    /// Entries that the peer sent did not fit what is held here: it must begin again from this height.
    Rewind(LogId, u64),
    /// Documents new to the directory here.
    Directory(Vec<Item>),
    /// Parcels kept here.
    Parcels(Vec<ParcelNote>),
    /// Ask the peer for parcels.
    WantParcels(Vec<Hash>),
    /// Answer to [`Output::LoadParcels`].
    Parcel(Box<Signed<Parcel>>),
    /// Receipts of which the peer is to know.
    Receipts(Vec<Receipt>),
    /// A proof to pass on.
    Proof(Box<Equivocation>),
    /// A log was found to count only up to here, which is less than it did.
    Ended {
        /// The log.
        log: LogId,
        /// Its writer.
        writer: Writer,
        /// Its end now.
        head: Head,
    },
    /// Answer to [`Output::Compare`]: nothing of what is held here differs.
    Same(LogId),
    /// Histories of a log part between these points, which are held here: the peer is to compare them. Also an answer to
    /// [`Output::Compare`].
    Points(LogId, Vec<Point>),
    /// What is held here of a log from where its histories part. Also an answer to [`Output::Compare`].
    Side(Box<Side>),
    /// Time to announce what has changed.
    Announce,
}

/// What a session asks its node to do.
#[derive(Debug)]
pub enum Output {
    /// Send a frame.
    Send(Frame),
    /// The greetings fit: what is newer than `theirs` goes to the peer, then [`Input::Shares`] is expected.
    Ready {
        /// What the peer's directory holds.
        theirs: Versions,
    },
    /// Read entries of a log, at most [`crate::limits::BATCH`] bytes; the answer is [`Input::Loaded`] or
    /// [`Input::NotLoaded`].
    Load {
        /// The log.
        log: LogId,
        /// The first sequence.
        from: u64,
        /// Up to here it is durable: what comes after it is not to be read, unless the log has an end, and entries beyond
        /// it carry the signature that speaks for those before.
        until: u64,
    },
    /// Check and store entries.
    Take(Run),
    /// Check and store documents.
    TakeDirectory(Vec<Item>),
    /// The peer, which is served, durably holds a log up to this height, as it says; never more than is held here.
    Holds(CaseId, LogId, u64),
    /// The peer holds more of a log than is held here, and is not its writer.
    Offers(LogId, u64),
    /// Parcels that the peer keeps.
    NoteParcels(Vec<ParcelNote>),
    /// The peer wants these parcels.
    LoadParcels(Vec<Hash>),
    /// Check and keep a parcel.
    TakeParcel(Box<Signed<Parcel>>),
    /// Receipts for parcels that may be kept here: to be checked.
    TakeReceipts(Vec<Receipt>),
    /// Check and keep a proof.
    TakeProof(Box<Equivocation>),
    /// [`crate::sync::compare`] these points of the peer with what is held of the log, and answer with [`Input::Points`] or
    /// [`Input::Side`] if they differ, else with [`Input::Same`]. Of one log one is under way at a time.
    Compare(LogId, Vec<Point>),
    /// The peer's history of a log that parts from the one held here: together they are a proof.
    TakeSide(Box<Side>),
}
