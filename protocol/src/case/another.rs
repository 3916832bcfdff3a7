//! Another case of the same id, which somebody has made up, or another history of a custodian: what tells it from the one
//! that is known here, and how it takes its place once a person has decided.

use super::{Case, Ctx, Effect};
use crate::{
    group::{Invitation, Rules},
    log::Epoch,
};

impl Case {
    /// Whether an invitation rests on an election in which somebody was voted out whom this node does not know.
    pub(super) fn is_of_strangers(&self, invitation: &Invitation) -> bool {
        let succession = invitation.succession.as_ref();
        let succession = succession.and_then(|s| s.unverified().ok());
        succession.is_some_and(|s| !self.was_member(&s.motion.out))
    }

    /// Whether this node knows of the case nothing but what it has from who invited it.
    pub(super) fn trusts_its_inviter(&self) -> bool {
        self.state.groups.len() == 1 && self.state.joined.number > 0
    }

    /// Whether a group cannot have come of the one that is known here, nor that one of it: the custodian has shown two
    /// histories, and this node was let in by one of them.
    pub(super) fn has_another_history(&self, other: &Self, invitation: &Invitation) -> bool {
        let (key, theirs) = (&self.state.active, other.rules());
        if other.state.active == *key {
            let leads = |from: &Rules, to: &Rules| from.check_next(to, key).is_ok();
            return !leads(self.rules(), theirs) && !leads(theirs, self.rules());
        }
        let succession = invitation.succession.as_ref();
        let succession = succession.and_then(|s| s.unverified().ok());
        succession.is_some_and(|s| self.check_settled(&s, theirs).is_err())
    }

    /// Another case of the same id, in the place of the one that is known here.
    pub(super) fn begin_anew(
        &mut self,
        ctx: &Ctx<'_>,
        (mut other, effects): (Self, Vec<Effect>),
    ) -> Vec<Effect> {
        let key = other.state.active;
        let mut before = std::mem::take(&mut self.others);
        before.push(std::mem::replace(&mut self.active, other.active));
        for group in before {
            if *group.key() != key {
                self.dropped.push(*group.key());
                continue;
            }
            // Of the same name: its rows are replaced, and none is left.
            let new = std::mem::replace(&mut self.active, group);
            self.active.replace(new);
            let steps = self.state.group_mut(&key).map(|g| &mut g.steps);
            if let (Some(old), Some(new)) = (steps, other.state.group_mut(&key)) {
                new.steps.take_the_place_of(std::mem::take(old));
            }
        }
        self.state = other.state;
        for effect in &effects {
            if let Effect::Secret(new) = effect {
                // Those here are not told what was written there, whichever of the two is the true one.
                self.keep_all_apart(ctx, new, Epoch::default());
            }
        }
        // The invitation has waited for a person. Whoever has removed this node since has said so to one that did not
        // believe it.
        let since = self.epoch();
        let asked = self.state.inquires.map_or(since, |asked| asked.min(since));
        self.state.inquires = Some(asked);
        effects
    }
}
