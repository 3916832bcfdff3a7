//! Stories of cases.

mod contested;
mod custodian;
mod forked;
mod hostile;
mod keys;
mod many;
mod membership;
mod overtaken;
mod restored;
mod returning;
mod roles;
mod split;
mod succession;
mod world;

use super::*;
use crate::{
    directory::Delisted,
    group::{CaseRole, Cause, Delivery, History, Invitation, Motion, Removal, Succession, Vote},
    id::Hash,
    log::{EpochGrant, Lane, Payload, Request},
    signed::Signed,
};
use world::{Content, DAY_MS, WEEK_MS, World, node, node_key, org};

/// A vote as its voter signs it.
fn signed_vote(n: u8, motion: Motion) -> Signed<Vote> {
    let vote = Vote {
        voter: node(n),
        motion,
        gone: Vec::new(),
    };
    Signed::new(&vote, &node_key(n))
}

fn contested(successor: u8, generation: u32) -> Error {
    Error::Contested(Claim {
        successor: node(successor),
        generation,
    })
}

fn removal(case: &Case, at: Epoch, reason: &str) -> Delivery {
    Delivery::Removed(Removal {
        case: case.id(),
        at,
        reason: reason.into(),
        handed: case.rules().handed.clone(),
    })
}
