//! Whether an entry counts: from the rules alone, so that every member comes to the same, whenever the entry arrives.

use crate::{
    group::{CaseRole, GroupKey, Rules, Stage},
    id::OrgId,
    log::{Epoch, Header},
};

/// What is to be done with an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It counts.
    Counts,
    /// The rules do not say yet: its organisation may have been a member in an epoch that the custodian has still to
    /// write down.
    Waits,
    /// It does not count.
    Refused(Reason),
}

/// Why an entry does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// Written after its node was removed.
    #[error("it was written after its node was removed from the case")]
    AfterRemoval,
    /// Its organisation had no role in that epoch.
    #[error("its organisation was not in the case")]
    NotInCase,
    /// A reader only acknowledges.
    #[error("its organisation only reads the case")]
    Reader,
    /// The case was closed in that epoch.
    #[error("the case was closed")]
    Closed,
}

crate::worded! {
    Reason {
        Self::AfterRemoval => "judged-after-removal",
        Self::NotInCase => "judged-not-in-case",
        Self::Reader => "judged-reader",
        Self::Closed => "judged-closed",
    }
}

/// Judges a record (`writes`; false for an acknowledgement) of an organisation, in the entry with this header, by the
/// rules in force. `now` is the epoch of the group here, `first` that of the first entry of its log.
#[must_use]
pub fn judge(
    rules: &Rules,
    now: Epoch,
    org: &OrgId,
    (header, first): (&Header, Epoch),
    writes: bool,
) -> Verdict {
    let at = Epoch::new(header.generation, header.epoch);
    if !rules.admits(org, header, first) {
        return Verdict::Refused(Reason::AfterRemoval);
    }
    // A custodian that was voted out may have let somebody in whom the successor learns of later, or a reader write.
    let may_change = at > now || at.generation < now.generation;
    match rules.role_at(org, at) {
        None if may_change => Verdict::Waits,
        Some(CaseRole::Reader) if writes && may_change => Verdict::Waits,
        None => Verdict::Refused(Reason::NotInCase),
        Some(CaseRole::Reader) if writes => Verdict::Refused(Reason::Reader),
        Some(_) if rules.stage_at(at) != Stage::Open => Verdict::Refused(Reason::Closed),
        Some(_) => Verdict::Counts,
    }
}

/// Whether what was judged by the rules of a group (`from`) stays as it is by others (`to`): those have only been added to.
/// What is added about earlier epochs is about entries that wait. If not, all entries of the case are judged anew: some that
/// counted do no more, and some that were refused wait, or count.
#[must_use]
pub fn stays_judged(from: (&GroupKey, &Rules), to: (&GroupKey, &Rules)) -> bool {
    let (from_rules, to_rules) = (from.1, to.1);
    from.0 == to.0
        && to_rules.roles.starts_with(&from_rules.roles)
        && to_rules.former.starts_with(&from_rules.former)
        && to_rules.stages.starts_with(&from_rules.stages)
}
