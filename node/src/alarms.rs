//! What a person must look at.

mod advice;

pub(crate) use advice::Advice;

use focal_protocol::{
    case,
    group::Motion,
    id::{CaseId, Hash, LogId, NodeId, OrgId},
    log::Epoch,
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
    /// Whom and what it is about; none of an alarm that an earlier version has kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<Hash>,
}

/// An alarm that is to be raised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Raised {
    /// What.
    pub alarm: Alarm,
    /// Whom and what it is about, by whole ids: only one alarm about it is open at a time.
    pub about: Hash,
    /// This occurrence of it: once an operator has decided about it, it is not raised again.
    pub id: Hash,
}

impl KeptAlarm {
    /// Whether it is open, and says what this one says.
    #[must_use]
    pub fn says(&self, raised: &Raised) -> bool {
        let same = match &self.about {
            Some(about) => *about == raised.about,
            None => {
                (&self.alarm.code, &self.alarm.message)
                    == (&raised.alarm.code, &raised.alarm.message)
            }
        };
        same && self.resolved.is_none()
    }
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
        "node {node} says that it is custodian of case {case}: this node cannot tell whether rightly, as voters were \
         removed here or are not known, or it was restored from a copy"
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

impl From<Happened> for Alarm {
    fn from(happened: Happened) -> Self {
        let said = happened.wording();
        // Its sort is called as what it says is.
        let code = said.code.trim_start_matches("alarm-").to_string();
        let advice = Advice::of(&code).map(|advice| advice.to_string());
        Self {
            code,
            message: happened.to_string(),
            advice: advice.unwrap_or_default(),
            said: Some(said),
        }
    }
}

impl Raised {
    /// An alarm about these ids; what else makes it an occurrence of its own.
    fn new(happened: Happened, ids: &[&[u8]], occurrence: &[u64]) -> Self {
        let alarm = Alarm::from(happened);
        let mut parts: Vec<&[u8]> = vec![b"focal/alarm/2\0", alarm.code.as_bytes(), b"\0"];
        parts.extend(ids);
        let about = Hash::of(&parts);
        let occurrence: Vec<[u8; 8]> = occurrence.iter().map(|n| n.to_be_bytes()).collect();
        let mut parts: Vec<&[u8]> = vec![b"focal/alarm/occurrence/1\0", about.as_bytes()];
        parts.extend(occurrence.iter().map(<[u8; 8]>::as_slice));
        let id = Hash::of(&parts);
        Self { alarm, about, id }
    }
}

impl Alarm {
    /// A node signed two histories of a log: one alarm, however far down they turn out to part.
    #[must_use]
    pub fn fork(node: &NodeId, log: LogId) -> Raised {
        let happened = Happened::Fork {
            node: node.short(),
            log: log.short(),
        };
        Raised::new(happened, &[node.as_bytes(), log.as_bytes()], &[])
    }

    /// Partners hold more of one of this node's own logs than it does.
    #[must_use]
    pub fn old_copy(log: LogId) -> Raised {
        Raised::new(Happened::OldCopy(log.short()), &[log.as_bytes()], &[])
    }

    /// An organisation signed two manifests of one version.
    #[must_use]
    pub fn manifests(org: OrgId, version: u64) -> Raised {
        let happened = Happened::TwoManifests(org.short());
        Raised::new(happened, &[org.as_bytes()], &[version])
    }

    /// Stewards signed two rosters of one version.
    #[must_use]
    pub fn rosters(version: u64) -> Raised {
        Raised::new(Happened::TwoRosters, &[], &[version])
    }

    /// What opens a purged case could not be destroyed.
    #[must_use]
    pub fn undestroyed(case: CaseId) -> Raised {
        Raised::new(Happened::Undestroyed(case.short()), &[case.as_bytes()], &[])
    }

    /// A case will be purged soon, as the retention time is over for which it was closed from an epoch on.
    #[must_use]
    pub fn retention(case: CaseId, closed: Epoch) -> Raised {
        let occurrence = [u64::from(closed.generation), closed.number];
        let happened = Happened::Retention(case.short());
        Raised::new(happened, &[case.as_bytes()], &occurrence)
    }

    /// What a case's state machine raised; and when the last key package was made by which this node may have been let in: after
    /// a purge it is let in again only by a later one, so that each purge is an occurrence of its own.
    #[must_use]
    pub fn of_case(id: CaseId, alarm: &case::Alarm, package: Time) -> Raised {
        use case::Alarm as A;
        let case = id.short();
        let raised = |happened, nodes: &[&NodeId], occurrence: &[u64]| {
            let mut ids = vec![id.as_bytes()];
            ids.extend(nodes.iter().map(|n| n.as_bytes()));
            Raised::new(happened, &ids, occurrence)
        };
        let epoch = |at: &Epoch| [u64::from(at.generation), at.number];
        match alarm {
            A::CustodianForked { node, log } => {
                let happened = Happened::CustodianForked {
                    case,
                    node: node.short(),
                };
                let ids = [id.as_bytes(), node.as_bytes(), log.as_bytes()];
                Raised::new(happened, &ids, &[])
            }
            A::CustodianRevoked { node, by } => {
                let happened = Happened::CustodianRevoked {
                    case,
                    node: node.short(),
                };
                raised(happened, &[node], &[by.roster, by.manifest])
            }
            A::Voting(motion) => {
                let Motion { out, successor, .. } = motion;
                let happened = Happened::Voting {
                    case,
                    successor: successor.short(),
                    out: out.short(),
                };
                let attempt = [u64::from(motion.generation), u64::from(motion.ballot)];
                raised(happened, &[successor, out], &attempt)
            }
            A::Contested(claim) => {
                let happened = Happened::Contested {
                    case,
                    node: claim.successor.short(),
                };
                raised(happened, &[&claim.successor], &[claim.generation.into()])
            }
            A::Succeeded {
                out,
                successor,
                generation,
            } => {
                let happened = Happened::Succeeded {
                    case,
                    successor: successor.short(),
                    out: out.short(),
                };
                raised(happened, &[successor, out], &[u64::from(*generation)])
            }
            // Once, whether the commit or the custodian's own word comes first; the case itself shows the reason.
            A::Removed { at, .. } => raised(Happened::Removed(case), &[], &epoch(at)),
            A::Purged(node) => {
                let happened = Happened::Purged {
                    case,
                    node: node.short(),
                };
                raised(happened, &[node], &[package.0])
            }
            A::CannotFollow { at, why } => {
                let why = why.clone();
                raised(Happened::CannotFollow { case, why }, &[], &epoch(at))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use focal_protocol::codec;

    #[test]
    fn there_is_something_to_do_about_each_alarm() {
        for (code, _) in Happened::SENTENCES {
            let code = code.trim_start_matches("alarm-");
            assert!(Advice::of(code).is_some(), "{code}");
        }
    }

    #[test]
    fn an_alarm_is_kept_with_its_name_and_one_of_an_earlier_version_is_read() {
        let raised = Alarm::fork(&NodeId([3; 32]), LogId([4; 16]));
        assert_eq!(raised.alarm.code, "fork");
        let kept = KeptAlarm {
            alarm: raised.alarm.clone(),
            since: Time(1),
            resolved: None,
            about: Some(raised.about),
        };
        let bytes = codec::encode_packed(&kept);
        assert_eq!(codec::decode::<KeptAlarm>(&bytes, 4_096), Ok(kept.clone()));
        let earlier = KeptAlarm {
            alarm: Alarm {
                said: None,
                ..kept.alarm.clone()
            },
            about: None,
            ..kept
        };
        // What is left out leaves no trace: the bytes are those of before.
        let bytes = codec::encode_packed(&earlier);
        assert!(!bytes.windows(4).any(|w| w == b"said" || w == b"with"));
        let read = codec::decode::<KeptAlarm>(&bytes, 4_096).expect("read");
        assert_eq!(read.alarm.said, None);
        assert!(read.says(&raised), "it is not raised beside it");
    }

    #[test]
    fn what_happens_anew_is_another_occurrence_and_ids_that_begin_alike_are_told_apart() {
        let case = CaseId([1; 32]);
        let removed = |number| {
            let at = Epoch::new(0, number);
            let reason = number.to_string();
            Alarm::of_case(case, &case::Alarm::Removed { at, reason }, Time(number))
        };
        assert_eq!(
            removed(4),
            Alarm::of_case(
                case,
                &case::Alarm::Removed {
                    at: Epoch::new(0, 4),
                    reason: "told later".into(),
                },
                Time(9)
            )
        );
        assert_eq!(removed(4).about, removed(6).about);
        assert_ne!(removed(4).id, removed(6).id);

        let claim = |last: u8, generation| {
            let mut successor = NodeId([7; 32]);
            successor.0[31] = last;
            Alarm::of_case(
                case,
                &case::Alarm::Contested(case::Claim {
                    successor,
                    generation,
                }),
                Time(1),
            )
        };
        assert_eq!(claim(1, 1).alarm, claim(2, 1).alarm, "they read the same");
        assert_ne!(claim(1, 1).about, claim(2, 1).about);
        assert_ne!(claim(1, 1).id, claim(1, 2).id);

        let purged = |package| {
            let alarm = case::Alarm::Purged(NodeId([7; 32]));
            Alarm::of_case(case, &alarm, Time(package))
        };
        assert_eq!(purged(1), purged(1));
        assert_eq!(purged(1).about, purged(2).about);
        assert_ne!(purged(1).id, purged(2).id, "let in again, and purged again");

        let org = OrgId([5; 32]);
        let pairs = [3, 4].map(|version| Alarm::manifests(org, version));
        assert_eq!(pairs[0].about, pairs[1].about);
        assert_ne!(pairs[0].id, pairs[1].id);
        assert_ne!(Alarm::rosters(3).id, Alarm::rosters(4).id);
    }
}
