//! Hash-chained logs: one writer, one case, one [`Lane`], a random id.
//!
//! An [`Entry`] is a header, a ciphertext and, at least where a run of entries ends, the writer's signature over the
//! hash of both. As each header names the hash of the entry before, one verified signature authenticates the whole
//! [`Run`] before it.

mod entry;
mod epoch;
mod equivocation;
mod header;
mod payload;
mod run;

pub use entry::{Entry, Raw};
pub use epoch::Epoch;
pub use equivocation::{Chain, Equivocation, Link};
pub use header::{Header, Lane, Salt};
pub use payload::{Commit, EpochGrant, Part, Payload, Request};
pub use run::{Head, Run, VerifiedRun, Writer};

use crate::codec;

/// Why entries are refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The bytes are not an entry.
    #[error("the entry cannot be read: {0}")]
    Codec(#[from] codec::Error),
    /// Larger than allowed.
    #[error("an entry or batch is over the limit of {0}")]
    TooLarge(usize),
    /// No entries, or no signature at the end.
    #[error("a batch without entries or without a signature at its end")]
    Unsigned,
    /// An entry names another log, case, node or lane than the batch or the log it is for.
    #[error("an entry belongs to another log, case, node or lane")]
    Misplaced,
    /// A hash does not name the entry before, or a sequence number jumps.
    #[error("the chain is broken at sequence {0}")]
    BrokenChain(u64),
    /// Entries between are missing.
    #[error("entries from {have} on are needed, but {from} was offered")]
    Gap {
        /// Height held here.
        have: u64,
        /// First sequence offered.
        from: u64,
    },
    /// The signature does not hold.
    #[error("the writer's signature is not valid")]
    BadSignature,
    /// Another entry of this sequence is held: the writer signed two.
    #[error("another entry of sequence {seq} is held: the writer signed two")]
    Fork {
        /// The sequence that has two.
        seq: u64,
        /// The chain that was offered: the other half of the proof.
        shown: Box<Chain>,
    },
    /// A header goes back in manifest version, generation or Lamport time.
    #[error("the header of sequence {0} goes back in time")]
    Backwards(u64),
}

crate::worded! {
    Error {
        Self::Codec(why) => "log-unread" { why: why.wording() },
        Self::TooLarge(limit) => "log-too-large" { limit: *limit },
        Self::Unsigned => "log-unsigned",
        Self::Misplaced => "log-misplaced",
        Self::BrokenChain(seq) => "log-broken-chain" { seq: *seq },
        Self::Gap { have, from } => "log-gap" { have: *have, from: *from },
        Self::BadSignature => "log-signature",
        Self::Fork { seq, .. } => "log-fork" { seq: *seq },
        Self::Backwards(seq) => "log-backwards" { seq: *seq },
    }
}
