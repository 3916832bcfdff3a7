//! What to do about an alarm.

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Advice {
    #[error(
        "ask its organisation over another channel; remove the node from the case (`focal case remove`), or vote for a \
         successor if it is the custodian (`focal case succeed`)"
    )]
    Fork,
    #[error(
        "stop the node now and run `focal node restore`: otherwise it signs a second history, and partners take it for hostile"
    )]
    OldCopy,
    #[error("somebody else may hold its root key: call the organisation")]
    TwoManifests,
    #[error("call the stewards: the first one that came stays in force here")]
    TwoRosters,
    #[error(
        "agree on a successor and vote: `focal case succeed` there, `focal case vote` everywhere else"
    )]
    Successor,
    #[error("see `focal case show`, call the partners, then `focal case vote` or leave it")]
    Voting,
    #[error(
        "call the partners: either the custodian kept them from voting, or they were removed with reason; \
         `focal case vote` for that node to follow it, or do nothing to stay"
    )]
    Contested,
    #[error("nothing needs to be done; if it surprises you, call the partners")]
    Succeeded,
    #[error(
        "see why with `focal case show`; what it holds stays readable; if it surprises you, call the custodian"
    )]
    Removed,
    #[error("if it surprises you, ask the partners whether it was purged for all of them")]
    Purged,
    #[error(
        "see that the node can write into its directory and that the disk is sound: it is tried again every minute"
    )]
    Undestroyed,
    #[error(
        "make a backup or an export now if it is still needed, or call the custodian, who can reopen it or close it anew \
         with more days"
    )]
    Retention,
    #[error("ask the custodian to remove this node and invite it again")]
    CannotFollow,
}

focal_protocol::worded! {
    Advice {
        Self::Fork => "advice-fork",
        Self::OldCopy => "advice-old-copy",
        Self::TwoManifests => "advice-two-manifests",
        Self::TwoRosters => "advice-two-rosters",
        Self::Successor => "advice-successor",
        Self::Voting => "advice-voting",
        Self::Contested => "advice-contested",
        Self::Succeeded => "advice-succeeded",
        Self::Removed => "advice-removed",
        Self::Purged => "advice-purged",
        Self::Undestroyed => "advice-undestroyed",
        Self::Retention => "advice-retention",
        Self::CannotFollow => "advice-cannot-follow",
    }
}

impl Advice {
    /// About an alarm of this sort; none of one that this version does not know.
    pub(crate) fn of(code: &str) -> Option<Self> {
        Some(match code {
            "fork" => Self::Fork,
            "old-copy" => Self::OldCopy,
            "two-manifests" => Self::TwoManifests,
            "two-rosters" => Self::TwoRosters,
            "custodian-forked" | "custodian-revoked" => Self::Successor,
            "voting" => Self::Voting,
            "contested" => Self::Contested,
            "succeeded" => Self::Succeeded,
            "removed" => Self::Removed,
            "purged" => Self::Purged,
            "undestroyed" => Self::Undestroyed,
            "retention" => Self::Retention,
            "cannot-follow" => Self::CannotFollow,
            _ => return None,
        })
    }
}
