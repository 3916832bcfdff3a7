//! What a case is given, and what it asks of its host.

use crate::{
    directory::{Delisted, Directory},
    group::{Delivery, MlsIdentity, Motion, Rows},
    id::{LogId, NodeId},
    key::SecretKey,
    log::{Epoch, EpochGrant, Payload},
    seal::EpochSecret,
    time::Time,
};
use std::collections::BTreeMap;

/// What the host's store knows that a decision needs.
pub trait Held {
    /// The logs of a node in this case, and how much of each is held.
    fn heights(&self, node: &NodeId) -> Vec<(LogId, u64)>;
    /// All epoch secrets of the case that are known, those that this node derived itself first.
    fn secrets(&self) -> Vec<EpochGrant>;
    /// The secrets of an epoch that this node derived itself.
    fn own(&self, at: Epoch) -> Vec<EpochSecret>;
    /// The private rows of the key packages that this node has published.
    fn packages(&self) -> Rows;
}

/// Who decides, on what ground, when.
#[derive(Clone, Copy)]
pub struct Ctx<'a> {
    /// This node in MLS groups.
    pub identity: &'a MlsIdentity,
    /// This node's key.
    pub key: &'a SecretKey,
    /// Who is who.
    pub directory: &'a Directory,
    /// What is stored.
    pub held: &'a dyn Held,
    /// Now.
    pub now: Time,
    /// How old a node's keys in a group may become before it proposes new ones, milliseconds.
    pub rekey_ms: u64,
}

impl std::fmt::Debug for Ctx<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Ctx({})", self.now)
    }
}

/// What the host does, all of it together with storing the case's new state, in this order.
#[derive(Debug, PartialEq)]
pub enum Effect {
    /// Append to this node's flash lane, sealed under an epoch.
    Append {
        /// The epoch.
        at: Epoch,
        /// Its secret.
        secret: EpochSecret,
        /// The content.
        payload: Box<Payload>,
    },
    /// Keep the secret of an epoch that this node has derived itself.
    Secret(EpochGrant),
    /// Keep secrets that a member says are those of these epochs, where there is room for what it says.
    Granted(NodeId, Vec<EpochGrant>),
    /// Not all of what was given could be taken: the rest is of epochs that have not come here. It is to be given again after
    /// [`Effect::Changed`].
    Waits,
    /// Seal to each of these nodes.
    Deliver {
        /// The recipients.
        to: Vec<NodeId>,
        /// What to send.
        delivery: Box<Delivery>,
    },
    /// The epoch, the members or the rules are others now: cuts are to be applied, what waits to be looked at again.
    Changed,
    /// The secrets of the case, and with them its content, are to be destroyed.
    Purge,
    /// A person must look at this.
    Alarm(Alarm),
}

/// What a person must look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Alarm {
    /// The custodian has signed two histories: members may have followed different commits.
    CustodianForked {
        /// The custodian.
        node: NodeId,
        /// The log that shows it.
        log: LogId,
    },
    /// The custodian's node was revoked by its organisation, or its organisation is no longer active.
    CustodianRevoked {
        /// The custodian.
        node: NodeId,
        /// By what.
        by: Delisted,
    },
    /// Votes for a new custodian have begun.
    Voting(Motion),
    /// Somebody was voted custodian with votes of nodes that are no members here: an operator must decide.
    Contested(Claim),
    /// Somebody else is custodian now.
    Succeeded {
        /// The one that went.
        out: NodeId,
        /// The one that came.
        successor: NodeId,
        /// The generation that ended with it.
        generation: u32,
    },
    /// This node takes part no more.
    Removed {
        /// Since when.
        at: Epoch,
        /// Why.
        reason: String,
    },
    /// This node's copy was destroyed, as its custodian, this node, said.
    Purged(NodeId),
    /// A commit of the custodian could not be followed.
    CannotFollow {
        /// The epoch in which this node stays.
        at: Epoch,
        /// Why.
        why: String,
    },
}

/// That somebody was voted custodian, as they say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    /// Who.
    pub successor: NodeId,
    /// The generation that is to begin with it.
    pub generation: u32,
}

/// Heights by node, for tests and simulations.
impl Held for BTreeMap<NodeId, Vec<(LogId, u64)>> {
    fn heights(&self, node: &NodeId) -> Vec<(LogId, u64)> {
        self.get(node).cloned().unwrap_or_default()
    }
    fn secrets(&self) -> Vec<EpochGrant> {
        Vec::new()
    }
    fn own(&self, _: Epoch) -> Vec<EpochSecret> {
        Vec::new()
    }
    fn packages(&self) -> Rows {
        Rows::new()
    }
}
