//! How a custodian passes its office on: signed, so that who was not there sees who may invite it.

use super::GroupKey;
use crate::{
    id::{CaseId, Hash, NodeId},
    key::{Context, SecretKey},
    log::Epoch,
    signed::{Signable, Signed},
};
use serde::{Deserialize, Serialize};

/// A custodian's word that another member is custodian in its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandOver {
    /// The case.
    pub case: CaseId,
    /// The succession that began the group; zeros in generation 0.
    pub branch: Hash,
    /// The first epoch in which the other is custodian.
    pub at: Epoch,
    /// The one that goes.
    pub from: NodeId,
    /// The one that comes.
    pub to: NodeId,
}

impl Signable for HandOver {
    const CONTEXT: Context = Context::HandOver;
    const LIMIT: usize = 512;
}

impl HandOver {
    /// Of the office in a group.
    #[must_use]
    pub fn sign(key: &GroupKey, at: Epoch, to: NodeId, by: &SecretKey) -> Signed<Self> {
        let hand_over = Self {
            case: key.case,
            branch: key.branch,
            at,
            from: NodeId(by.public().0),
            to,
        };
        Signed::new(&hand_over, by)
    }
}

/// Whether these hand-overs, one after the other, lead from one custodian, in office since an epoch, to another.
pub(super) fn lead(
    handed: &[Signed<HandOver>],
    key: &GroupKey,
    (mut from, mut since): (NodeId, Epoch),
    to: NodeId,
) -> bool {
    for signed in handed {
        if signed.signatures().len() > 1 {
            return false;
        }
        let Ok(next) = signed.clone().verify_by(|h: &HandOver| h.from.key()) else {
            return false;
        };
        let of_group = next.case == key.case
            && next.branch == key.branch
            && next.at.generation == key.generation;
        if !of_group || next.from != from || next.at <= since {
            return false;
        }
        (from, since) = (next.to, next.at);
    }
    from == to
}
