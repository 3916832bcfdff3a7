//! What a person must look at.

use focal_protocol::{
    case,
    id::{CaseId, Hash, LogId, NodeId, OrgId},
    time::Time,
    wording::{Worded, Wording},
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
    /// What happened, by name; none of an alarm that an earlier version has kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub said: Option<Wording>,
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

/// What has happened.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Happened {
    #[error(
        "node {node} signed two histories of log {log}: nothing of it counts from where they part"
    )]
    Fork { node: String, log: String },
    #[error(
        "partners hold more of this node's own log {0} than it does: it runs on an old copy of its store"
    )]
    OldCopy(String),
    #[error("an organisation signed two manifests of one version: {0}")]
    TwoManifests(String),
    #[error("the stewards signed two rosters of one version")]
    TwoRosters,
    #[error(
        "the custodian of case {case}, node {node}, signed two histories: members may follow different ones"
    )]
    CustodianForked { case: String, node: String },
    #[error("the custodian of case {case}, node {node}, is in no current manifest any more")]
    CustodianRevoked { case: String, node: String },
    #[error("in case {case} node {successor} stands to succeed the custodian, node {out}")]
    Voting {
        case: String,
        successor: String,
        out: String,
    },
    #[error(
        "node {node} says that it was voted custodian of case {case}: this node cannot tell whether rightly, as voters were \
         removed here or are not known"
    )]
    Contested { case: String, node: String },
    #[error("case {case} has a new custodian, node {successor}, in place of node {out}")]
    Succeeded {
        case: String,
        successor: String,
        out: String,
    },
    #[error(
        "this node was removed from case {0}: what is written there from now on does not open here"
    )]
    Removed(String),
    #[error(
        "case {case} was purged, as node {node}, its custodian, said: what opens it is destroyed here"
    )]
    Purged { case: String, node: String },
    #[error(
        "case {0} was purged, and what opens it could not be destroyed: it is still on the disk"
    )]
    Undestroyed(String),
    #[error("the retention time of case {0} is over: it is purged here after a day of running")]
    Retention(String),
    #[error("a commit of the custodian of case {case} could not be followed: {why}")]
    CannotFollow { case: String, why: String },
}

focal_protocol::worded! {
    Happened {
        Self::Fork { node, log } => "alarm-fork" { node: node.as_str(), log: log.as_str() },
        Self::OldCopy(log) => "alarm-old-copy" { log: log.as_str() },
        Self::TwoManifests(org) => "alarm-two-manifests" { org: org.as_str() },
        Self::TwoRosters => "alarm-two-rosters",
        Self::CustodianForked { case, node } => "alarm-custodian-forked" { case: case.as_str(), node: node.as_str() },
        Self::CustodianRevoked { case, node } => "alarm-custodian-revoked" { case: case.as_str(), node: node.as_str() },
        Self::Voting { case, successor, out } => "alarm-voting" {
            case: case.as_str(),
            successor: successor.as_str(),
            out: out.as_str(),
        },
        Self::Contested { case, node } => "alarm-contested" { case: case.as_str(), node: node.as_str() },
        Self::Succeeded { case, successor, out } => "alarm-succeeded" {
            case: case.as_str(),
            successor: successor.as_str(),
            out: out.as_str(),
        },
        Self::Removed(case) => "alarm-removed" { case: case.as_str() },
        Self::Purged { case, node } => "alarm-purged" { case: case.as_str(), node: node.as_str() },
        Self::Undestroyed(case) => "alarm-undestroyed" { case: case.as_str() },
        Self::Retention(case) => "alarm-retention" { case: case.as_str() },
        Self::CannotFollow { case, why } => "alarm-cannot-follow" { case: case.as_str(), why: why.as_str() },
    }
}

impl Happened {
    /// What to do.
    fn advice(&self) -> &'static str {
        match self {
            Self::Fork { .. } => {
                "ask its organisation over another channel; remove the node from the case (`focal case remove`), or vote for a \
                 successor if it is the custodian (`focal case succeed`)"
            }
            Self::OldCopy(_) => {
                "stop the node now and run `focal node restore`: otherwise it signs a second history, and partners take it for hostile"
            }
            Self::TwoManifests(_) => "somebody else may hold its root key: call the organisation",
            Self::TwoRosters => "call the stewards: the first one that came stays in force here",
            Self::CustodianForked { .. } | Self::CustodianRevoked { .. } => {
                "agree on a successor and vote: `focal case succeed` there, `focal case vote` everywhere else"
            }
            Self::Voting { .. } => {
                "see `focal case show`, call the partners, then `focal case vote` or leave it"
            }
            Self::Contested { .. } => {
                "call the partners: either the custodian kept them from voting, or they were removed with reason; \
                 `focal case vote` for that node to follow it, or do nothing to stay"
            }
            Self::Succeeded { .. } => {
                "nothing needs to be done; if it surprises you, call the partners"
            }
            Self::Removed(_) => {
                "see why with `focal case show`; what it holds stays readable; if it surprises you, call the custodian"
            }
            Self::Purged { .. } => {
                "if it surprises you, ask the partners whether it was purged for all of them"
            }
            Self::Undestroyed(_) => {
                "see that the node can write into its directory and that the disk is sound: it is tried again every minute"
            }
            Self::Retention(_) => {
                "make a backup or an export now if it is still needed, or call the custodian, who can reopen it or close it \
                 anew with more days"
            }
            Self::CannotFollow { .. } => {
                "ask the custodian to remove this node and invite it again"
            }
        }
    }
}

impl From<Happened> for Alarm {
    fn from(happened: Happened) -> Self {
        let said = happened.wording();
        // Its sort is called as what it says is.
        let code = said.code.trim_start_matches("alarm-").to_string();
        Self {
            code,
            message: happened.to_string(),
            advice: happened.advice().to_string(),
            said: Some(said),
        }
    }
}

impl Alarm {
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
        let (node, log) = (node.short(), log.short());
        Happened::Fork { node, log }.into()
    }

    /// Partners hold more of one of this node's own logs than it does.
    #[must_use]
    pub fn old_copy(log: LogId) -> Self {
        Happened::OldCopy(log.short()).into()
    }

    /// An organisation signed two manifests of one version.
    #[must_use]
    pub fn manifests(org: Option<OrgId>) -> Self {
        Happened::TwoManifests(org.map(|o| o.short()).unwrap_or_default()).into()
    }

    /// Stewards signed two rosters of one version.
    #[must_use]
    pub fn rosters() -> Self {
        Happened::TwoRosters.into()
    }

    /// What opens a purged case could not be destroyed.
    #[must_use]
    pub fn undestroyed(case: CaseId) -> Self {
        Happened::Undestroyed(case.short()).into()
    }

    /// A case will be purged soon, as its retention time is over.
    #[must_use]
    pub fn retention(case: CaseId) -> Self {
        Happened::Retention(case.short()).into()
    }

    /// What a case's state machine raised.
    #[must_use]
    pub fn of_case(id: CaseId, alarm: &case::Alarm) -> Self {
        use case::Alarm as A;
        let case = id.short();
        let happened = match alarm {
            A::CustodianForked(node) => Happened::CustodianForked {
                case,
                node: node.short(),
            },
            A::CustodianRevoked(node) => Happened::CustodianRevoked {
                case,
                node: node.short(),
            },
            A::Voting { out, successor } => Happened::Voting {
                case,
                successor: successor.short(),
                out: out.short(),
            },
            A::Contested(successor) => Happened::Contested {
                case,
                node: successor.short(),
            },
            A::Succeeded { out, successor } => Happened::Succeeded {
                case,
                successor: successor.short(),
                out: out.short(),
            },
            // Once, whether the commit or the custodian's own word comes first; the case itself shows the reason.
            A::Removed(_) => Happened::Removed(case),
            A::Purged(node) => Happened::Purged {
                case,
                node: node.short(),
            },
            A::CannotFollow(why) => Happened::CannotFollow {
                case,
                why: why.to_string(),
            },
        };
        happened.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use focal_protocol::codec;

    #[test]
    fn an_alarm_is_kept_with_its_name_and_one_of_an_earlier_version_is_read() {
        let alarm = Alarm::fork(&NodeId([3; 32]), LogId([4; 16]));
        assert_eq!(alarm.code, "fork");
        let kept = KeptAlarm {
            alarm,
            since: Time(1),
            resolved: None,
        };
        let bytes = codec::encode_packed(&kept);
        assert_eq!(codec::decode::<KeptAlarm>(&bytes, 4_096), Ok(kept.clone()));
        let earlier = KeptAlarm {
            alarm: Alarm {
                said: None,
                ..kept.alarm.clone()
            },
            ..kept.clone()
        };
        // What is left out leaves no trace: the bytes are those of before.
        let bytes = codec::encode_packed(&earlier);
        assert!(!bytes.windows(4).any(|w| w == b"said" || w == b"with"));
        let read = codec::decode::<KeptAlarm>(&bytes, 4_096).expect("read");
        assert_eq!((read.alarm.id(), read.alarm.said), (kept.alarm.id(), None));
    }
}
