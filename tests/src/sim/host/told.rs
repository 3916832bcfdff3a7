//! What a host says: frames to send, and what whoever watches is told.

use focal_protocol::{
    case::Alarm,
    group::GroupKey,
    id::{CaseId, LogId, NodeId, RecordId},
    log::EpochGrant,
    seal::EpochSecret,
    sync::Frame,
};
use std::collections::BTreeSet;

/// What a host wants done or known.
#[derive(Debug)]
pub enum Out {
    /// Send a frame.
    Send(NodeId, Frame),
    /// End a session, and why.
    Close(NodeId, String),
    /// For whoever watches.
    Told(Told),
}

/// What whoever watches is told.
#[derive(Debug, Clone)]
pub enum Told {
    /// A record was flushed, and its author told so.
    Stored(StoredRecord),
    /// A secret is kept. `derived` with the group it was derived from and the members of its epoch; else it was granted.
    Secret {
        /// The case.
        case: CaseId,
        /// The secret.
        grant: EpochGrant,
        /// The group and its members.
        derived: Option<(GroupKey, BTreeSet<NodeId>)>,
    },
    /// Secrets are given to others: in a parcel to these nodes, or in an entry to those who hold this secret.
    Gives {
        /// The case.
        case: CaseId,
        /// To whom.
        to: Recipients,
        /// The secrets.
        grants: Vec<EpochGrant>,
    },
    /// A record can be read.
    Readable(CaseId, RecordId),
    /// An alarm.
    Alarm(CaseId, Alarm),
    /// A log was found to have two histories from a sequence on.
    Forked(LogId, u64),
    /// Something was refused.
    Refused(String),
}

/// To whom something is given.
#[derive(Debug, Clone)]
pub enum Recipients {
    /// To nodes.
    Nodes(Vec<NodeId>),
    /// To whoever holds a secret.
    Holders(EpochSecret),
}

/// A record that a node has acknowledged to its author.
#[derive(Debug, Clone)]
pub struct StoredRecord {
    /// The case.
    pub case: CaseId,
    /// The record.
    pub record: RecordId,
    /// Where it stands.
    pub log: LogId,
    /// Its sequence there.
    pub seq: u64,
    /// False if it acknowledges another.
    pub writes: bool,
    /// The secret under which it is sealed.
    pub secret: EpochSecret,
}
