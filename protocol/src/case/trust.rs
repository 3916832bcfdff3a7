//! What a node tells nobody: where it was before, once it has come somewhere by trusting who invited it there.
//!
//! Numbers of epochs do not tell it apart: whoever has made up where it is now chooses them, and two groups of one generation
//! have the same.

use super::{Case, Ctx};
use crate::{
    id::Hash,
    log::{Epoch, EpochGrant},
};

fn name(secret: &EpochGrant) -> Hash {
    Hash::of(&[b"focal/epoch-secret/1\0", &secret.secret.0])
}

impl Case {
    /// This node has come to a group by trust, in the epoch of this secret.
    pub(super) fn come_by_trust(&mut self, ctx: &Ctx<'_>, new: &EpochGrant) {
        self.state.trusts = true;
        self.keep_all_apart(ctx, new, new.at());
    }

    /// What this node has derived in other groups, of epochs from one on, is not of the group of `new`. What others granted is not
    /// told either, and need not be known one by one: there may be very much of it.
    pub(super) fn keep_all_apart(&mut self, ctx: &Ctx<'_>, new: &EpochGrant, from: Epoch) {
        let known = ctx.held.secrets().into_iter();
        let apart = known.filter(|g| g.at() >= from && g.secret != new.secret);
        let apart = apart.filter(|g| ctx.held.own(g.at()).contains(&g.secret));
        self.state.apart.extend(apart.map(|g| name(&g)));
    }

    /// A secret of a group that is followed and is not in force.
    pub(super) fn keep_apart(&mut self, secret: &EpochGrant) {
        if self.state.trusts {
            self.state.apart.insert(name(secret));
        }
    }

    /// Whether those who are here now may be told a secret. Who was elsewhere tells what it has derived here itself, and who came
    /// by trust nothing of epochs before that.
    pub(super) fn may_tell(&self, ctx: &Ctx<'_>, secret: &EpochGrant) -> bool {
        let (at, state) = (secret.at(), &self.state);
        if !state.trusts && state.apart.is_empty() {
            return true;
        }
        let own = ctx.held.own(at).contains(&secret.secret);
        own && !state.apart.contains(&name(secret)) && (!state.trusts || at >= state.joined)
    }
}
