//! What a person must look at.

use focal_protocol::{
    case,
    id::{CaseId, Hash, LogId, NodeId, OrgId},
    time::Time,
};
use serde::{Deserialize, Serialize};

/// Something that a person must look at, until somebody says that they have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alarm {
    /// Stable name of its sort.
    pub code: String,
    /// What happened.
    pub message: String,
    /// What to do.
    pub advice: String,
}

/// An alarm as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptAlarm {
    /// What.
    pub alarm: Alarm,
    /// Since when.
    pub since: Time,
    /// What an operator decided, and when; none as long as it is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolved: Option<(String, Time)>,
}

impl Alarm {
    fn new(code: &str, message: String, advice: &str) -> Self {
        Self {
            code: code.into(),
            message,
            advice: advice.into(),
        }
    }

    /// The same alarm has the same id, however often it is raised.
    #[must_use]
    pub fn id(&self) -> Hash {
        Hash::of(&[
            b"focal/alarm/1\0",
            self.code.as_bytes(),
            b"\0",
            self.message.as_bytes(),
        ])
    }

    /// A node signed two histories of a log: one alarm, however far down they turn out to part.
    #[must_use]
    pub fn fork(node: &NodeId, log: LogId) -> Self {
        Self::new(
            "fork",
            format!(
                "node {} signed two histories of log {}: nothing of it counts from where they part",
                node.short(),
                log.short()
            ),
            "ask its organisation over another channel; remove the node from the case (`focal case remove`), or vote for a \
             successor if it is the custodian (`focal case succeed`)",
        )
    }

    /// Partners hold more of one of this node's own logs than it does.
    #[must_use]
    pub fn old_copy(log: LogId) -> Self {
        Self::new(
            "old-copy",
            format!(
                "partners hold more of this node's own log {} than it does: it runs on an old copy of its store",
                log.short()
            ),
            "stop the node now and run `focal node restore`: otherwise it signs a second history, and partners take it for hostile",
        )
    }

    /// An organisation signed two manifests of one version.
    #[must_use]
    pub fn manifests(org: Option<OrgId>) -> Self {
        Self::new(
            "two-manifests",
            format!(
                "an organisation signed two manifests of one version: {}",
                org.map(|o| o.short()).unwrap_or_default()
            ),
            "somebody else may hold its root key: call the organisation",
        )
    }

    /// Stewards signed two rosters of one version.
    #[must_use]
    pub fn rosters() -> Self {
        Self::new(
            "two-rosters",
            "the stewards signed two rosters of one version".into(),
            "call the stewards: the first one that came stays in force here",
        )
    }

    /// What a case's state machine raised.
    #[must_use]
    pub fn of_case(id: CaseId, alarm: &case::Alarm) -> Self {
        use case::Alarm as A;
        let case = id.short();
        match alarm {
            A::CustodianForked(node) => Self::new(
                "custodian-forked",
                format!(
                    "the custodian of case {case}, node {}, signed two histories: members may follow different ones",
                    node.short()
                ),
                "agree on a successor and vote: `focal case succeed` there, `focal case vote` everywhere else",
            ),
            A::CustodianRevoked(node) => Self::new(
                "custodian-revoked",
                format!(
                    "the custodian of case {case}, node {}, is in no current manifest any more",
                    node.short()
                ),
                "agree on a successor and vote: `focal case succeed` there, `focal case vote` everywhere else",
            ),
            A::Voting { out, successor } => Self::new(
                "voting",
                format!(
                    "in case {case} node {} stands to succeed the custodian, node {}",
                    successor.short(),
                    out.short()
                ),
                "see `focal case show`, call the partners, then `focal case vote` or leave it",
            ),
            A::Contested(successor) => Self::new(
                "contested",
                format!(
                    "node {} says that it was voted custodian of case {case}: this node cannot tell whether rightly, as voters were \
                     removed here or are not known",
                    successor.short()
                ),
                "call the partners: either the custodian kept them from voting, or they were removed with reason; \
                 `focal case vote` for that node to follow it, or do nothing to stay",
            ),
            A::Succeeded { out, successor } => Self::new(
                "succeeded",
                format!(
                    "case {case} has a new custodian, node {}, in place of node {}",
                    successor.short(),
                    out.short()
                ),
                "nothing needs to be done; if it surprises you, call the partners",
            ),
            // Once, whether the commit or the custodian's own word comes first; the case itself shows the reason.
            A::Removed(_) => Self::new(
                "removed",
                format!(
                    "this node was removed from case {case}: what is written there from now on does not open here"
                ),
                "see why with `focal case show`; what it holds stays readable; if it surprises you, call the custodian",
            ),
            A::CannotFollow(why) => Self::new(
                "cannot-follow",
                format!("a commit of the custodian of case {case} could not be followed: {why}"),
                "ask the custodian to remove this node and invite it again",
            ),
        }
    }
}
