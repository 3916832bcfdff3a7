//! Compartments: child cases for what only some members of a case may read.

use super::Ledger;
use crate::refused::Refused;
use focal_protocol::{
    case::Case,
    group::CaseRole,
    id::{CaseId, OrgId},
    limits,
};

impl Ledger {
    /// Finds the compartment of a case with just these organisations, or makes it: for records that only they may read.
    pub(super) fn compartment(
        &mut self,
        parent: CaseId,
        mut orgs: Vec<OrgId>,
    ) -> Result<CaseId, Refused> {
        let mine = self.my_org()?;
        let rules = self.case(parent)?.rules().clone();
        orgs.push(mine);
        orgs.sort_unstable();
        orgs.dedup();
        if let Some(outside) = orgs.iter().find(|o| rules.role(o).is_none()) {
            return Err(Refused::NotInParent(self.name_of(outside)));
        }
        let same = |case: &Case| {
            let members: Vec<OrgId> = case
                .rules()
                .organisations()
                .into_iter()
                .map(|(o, _)| o)
                .collect();
            case.rules().parent == Some(parent) && members == orgs && case.check_writable().is_ok()
        };
        if let Some((id, _)) = self.cases.iter().find(|(_, here)| same(&here.case)) {
            return Ok(*id);
        }
        let names: Vec<String> = orgs.iter().map(|o| self.name_of(o)).collect();
        let title = title_within(&format!("{} / {}", rules.title, names.join(", ")));
        let id = self.open_case(&title, rules.history, Some(parent))?;
        let others = orgs.iter().copied().filter(|o| *o != mine);
        // Who has an office there has none here.
        let role = |o: &OrgId| match rules.role(o) {
            Some(CaseRole::Reader) | None => CaseRole::Reader,
            Some(_) => CaseRole::Contributor,
        };
        let invited: Vec<_> = others.map(|o| (o, role(&o))).collect();
        if !invited.is_empty() {
            self.with_case(id, |case, ctx| case.invite_all(ctx, &invited))?;
        }
        Ok(id)
    }
}

/// Cuts a title at the limit, between characters.
fn title_within(title: &str) -> String {
    let mut end = title.len().min(limits::NAME);
    while !title.is_char_boundary(end) {
        end -= 1;
    }
    title[..end].to_string()
}
