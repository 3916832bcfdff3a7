//! What a vote of this node's operator would do, before it is cast.

use super::Ledger;
use crate::refused::Refused;
use focal_protocol::{
    case::{self, Voice},
    group::Cause,
    id::{CaseId, NodeId},
};

/// What a vote would do now.
#[derive(Debug, Clone, Copy)]
pub(crate) struct VoteHere {
    /// Who goes out with a majority.
    pub(crate) out: NodeId,
    pub(crate) voice: Voice,
    /// Whether the successor says that it has the office already, and that waits for this node's operator.
    pub(crate) claimed: bool,
}

impl VoteHere {
    /// Whether this node follows the successor from then on, whatever it knows.
    pub(crate) fn agrees(&self) -> bool {
        self.voice != Voice::Votes
    }
}

/// What whoever votes was told that it would do: it does that, or nothing.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Meant {
    /// Who goes out.
    pub(crate) out: Option<NodeId>,
    pub(crate) agrees: Option<bool>,
}

impl Meant {
    /// Whether the vote would still do that.
    pub(super) fn check(&self, vote: &VoteHere) -> Result<(), Refused> {
        if self.out.is_some_and(|out| out != vote.out) {
            return Err(Refused::OtherCustodian(vote.out));
        }
        if self.agrees.is_some_and(|agrees| agrees != vote.agrees()) {
            return Err(Refused::OtherVote);
        }
        Ok(())
    }
}

impl Ledger {
    /// What a vote would do now: a custodian agrees to a claim to its office that waits here.
    pub(super) fn vote_here(
        &mut self,
        id: CaseId,
        successor: NodeId,
        cause: Cause,
    ) -> Result<VoteHere, Refused> {
        let here = self.cases.get(&id).ok_or(Refused::UnknownCase)?;
        let claimed = successor != self.me() && here.claims.contains(&successor);
        self.ask_case(id, |case, ctx| {
            let voice = match case.voice(ctx, successor, cause) {
                Err(case::Error::CustodianStays) if claimed && case.is_custodian() => {
                    Voice::Follows
                }
                voice => voice?,
            };
            Ok(VoteHere {
                out: case.out(),
                voice,
                claimed,
            })
        })
    }
}
