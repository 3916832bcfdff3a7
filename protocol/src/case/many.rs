//! Many organisations at once: one commit for as many as it holds, in place of one for each.

use super::{Addable, Case, Ctx, Effect, Error, custodian::ADDS};
use crate::{group::CaseRole, id::OrgId};
use std::collections::BTreeSet;

impl Case {
    /// Gives each of these organisations its role, in one commit. As many of their nodes as one commit can hold are added
    /// by it, the rest when time passes ([`Case::tick`]), again many at once. Each commit costs every member work that
    /// grows with the number of members, so that inviting 1,000 one by one would cost each of them 1,000 times that.
    ///
    /// # Errors
    /// Not the custodian, or all of them have these roles and all their nodes.
    pub fn invite_all(
        &mut self,
        ctx: &Ctx<'_>,
        invited: &[(OrgId, CaseRole)],
    ) -> Result<(Addable, Vec<Effect>), Error> {
        self.check_custodian()?;
        let members = self.members();
        let lacks = |org: &OrgId| {
            let mut nodes = ctx.directory.nodes();
            nodes.any(|(of, entry)| of == *org && !members.contains(&entry.id))
        };
        let asks =
            |(org, role): &&(OrgId, CaseRole)| self.rules().role(org) != Some(*role) || lacks(org);
        let new: Vec<_> = invited.iter().filter(asks).collect();
        if new.is_empty() {
            return Err(Error::AlreadyInCase);
        }
        let mut rules = self.rules().clone();
        let at = self.epoch().next();
        for (org, role) in new {
            rules.set_role(*org, Some(*role), at);
        }
        let mut addable = self.addable(ctx, &rules);
        addable.ready.truncate(ADDS);
        let effects = self.commit(ctx, addable.ready.clone(), BTreeSet::new(), rules, "")?;
        Ok((addable, effects))
    }
}
