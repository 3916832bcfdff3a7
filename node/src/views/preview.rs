//! What something would do to a case, before it is done: names become ids here, once.

use super::{Views, node_org, org_name};
use crate::{
    api::types as api,
    ledger::VoteHere,
    refused::Refused,
    shared::{CaseInfo, Voting},
};
use focal_protocol::{
    case::{self, Voice},
    group::{CaseRole, Cause, quorum},
    id::{CaseId, NodeId, OrgId},
};
use std::collections::BTreeSet;

impl Views {
    /// `POST /v1/cases/{case}/preview`
    pub(crate) fn preview(
        &self,
        id: CaseId,
        action: api::CaseAction,
    ) -> Result<api::Preview, Refused> {
        use api::CaseAction as A;
        let info = self.case(id)?;
        let mut preview = self.of_nobody(id, &info, action.clone())?;
        match action {
            A::Remove { org, reason } => {
                let org = self.org_in(&info, &org)?;
                preview.org = Some(self.previewed_org(&info, &org));
                preview.nodes = self.of_org(id, &info, &org)?;
                preview.stays_in = self.stays_in(id, |info| info.rules.role(&org).is_some())?;
                preview.action = A::Remove {
                    org: org.to_string(),
                    reason,
                };
            }
            A::AskRemove { org, reason } => {
                let org = self.org_in(&info, &org)?;
                preview.org = Some(self.previewed_org(&info, &org));
                preview.nodes = self.of_org(id, &info, &org)?;
                preview.stays_in = self.stays_in(id, |info| info.rules.role(&org).is_some())?;
                preview.action = A::AskRemove {
                    org: org.to_string(),
                    reason,
                };
            }
            A::RemoveNode { node, reason } => {
                let node = self.find_node(id, &node)?;
                preview.nodes = vec![self.previewed_node(id, &info, &node)?];
                preview.stays_in = self.stays_in(id, |info| info.members.contains(&node))?;
                preview.action = A::RemoveNode {
                    node: node.to_string(),
                    reason,
                };
            }
            A::Role { org, role } => {
                let org = self.org_in(&info, &org)?;
                preview.org = Some(self.previewed_org(&info, &org));
                preview.nodes = self.of_org(id, &info, &org)?;
                preview.action = A::Role {
                    org: org.to_string(),
                    role,
                };
            }
            A::HandOver { node } => {
                let node = self.find_node(id, &node)?;
                preview.nodes = vec![self.previewed_node(id, &info, &node)?];
                preview.action = A::HandOver {
                    node: node.to_string(),
                };
            }
            A::Leave { .. } => {
                let org = self.own_org()?;
                preview.org = Some(self.previewed_org(&info, &org));
                preview.nodes = self.of_org(id, &info, &org)?;
                preview.stays_in = self.stays_in(id, |info| info.rules.role(&org).is_some())?;
            }
            A::AskInvite { org, role } => {
                let org = self.find_org(&org)?;
                preview.org = Some(self.previewed_org(&info, &org));
                preview.action = A::AskInvite {
                    org: org.to_string(),
                    role,
                };
            }
            // A vote is what the case's state machine says that it is: `preview_vote`.
            A::Vote { .. } => {}
            A::Rekey | A::Close { .. } | A::Reopen { .. } | A::Purge { .. } => {}
        }
        Ok(preview)
    }

    /// `POST /v1/cases/{case}/preview` of a vote, which the ledger says what it would do.
    pub(crate) fn preview_vote(
        &self,
        id: CaseId,
        successor: NodeId,
        cause: Cause,
        vote: &VoteHere,
    ) -> Result<api::Preview, Refused> {
        let info = self.case(id)?;
        let action = api::CaseAction::Vote {
            node: Some(successor.to_string()),
            cause: cause.to_string(),
            out: Some(vote.out.to_string()),
            agrees: Some(vote.agrees()),
        };
        let mut preview = self.of_nobody(id, &info, action)?;
        preview.nodes = vec![self.previewed_node(id, &info, &successor)?];
        preview.vote = Some(self.previewed_vote(id, &info, (successor, cause), vote)?);
        Ok(preview)
    }

    /// For whom a vote is: without a name, for this node.
    pub(crate) fn successor(&self, id: CaseId, named: Option<&str>) -> Result<NodeId, Refused> {
        named.map_or(Ok(self.shared.me), |node| self.find_node(id, node))
    }

    /// An action that hits nobody yet.
    fn of_nobody(
        &self,
        id: CaseId,
        info: &CaseInfo,
        action: api::CaseAction,
    ) -> Result<api::Preview, Refused> {
        Ok(api::Preview {
            action,
            org: None,
            nodes: Vec::new(),
            vote: None,
            stays_in: Vec::new(),
            others: self.others(info),
            in_office: self.leaves_no_custodian(id)?,
        })
    }

    /// `POST /v1/cases/{case}/invitations/preview`
    pub(crate) fn preview_invitations(
        &self,
        id: CaseId,
        names: &[String],
        role: Option<CaseRole>,
    ) -> Result<api::InvitationsPreview, Refused> {
        let info = self.case(id)?;
        let directory = self.shared.directory();
        let d = directory.as_deref();
        let mut orgs = Vec::new();
        for (org, role) in self.invited(id, names, role)? {
            let of_org = |node: &&NodeId| {
                d.and_then(|d| d.node_ever(node))
                    .is_some_and(|(o, _)| o == org)
            };
            let current = d
                .into_iter()
                .flat_map(|d| d.nodes())
                .filter(|(o, _)| *o == org);
            orgs.push(api::InvitationPreview {
                org: org.to_string(),
                org_name: org_name(d, &org),
                has: info.rules.role(&org).map(|r| r.to_string()),
                role: role.to_string(),
                nodes: info.members.iter().filter(of_org).count(),
                newcomers: current
                    .filter(|(_, n)| !info.members.contains(&n.id))
                    .count(),
            });
        }
        Ok(api::InvitationsPreview {
            history: info.rules.history.to_string(),
            records: self.summary_of(id, &info)?.records,
            orgs,
        })
    }

    /// Organisations that are invited by these names, each once, and as what: if nobody says, one that is in the case stays
    /// what it is, and others become contributors.
    pub(crate) fn invited(
        &self,
        id: CaseId,
        names: &[String],
        role: Option<CaseRole>,
    ) -> Result<Vec<(OrgId, CaseRole)>, Refused> {
        let info = self.case(id)?;
        let mut invited: Vec<(OrgId, CaseRole)> = Vec::with_capacity(names.len());
        let mut known = BTreeSet::new();
        for name in names {
            let org = self.find_org(name)?;
            if known.insert(org) {
                let held = info.rules.role(&org);
                invited.push((org, role.or(held).unwrap_or(CaseRole::Contributor)));
            }
        }
        Ok(invited)
    }

    /// Whether the other members would be left without a custodian if this node destroyed its copy.
    pub(crate) fn leaves_no_custodian(&self, id: CaseId) -> Result<bool, Refused> {
        let info = self.case(id)?;
        let in_office = info.ended.is_none() && info.rules.custodian == self.shared.me;
        Ok(in_office && info.members.iter().any(|n| *n != self.shared.me))
    }

    /// An organisation that has a role in the case.
    fn org_in(&self, info: &CaseInfo, name: &str) -> Result<OrgId, Refused> {
        let org = self.find_org(name)?;
        let in_case = info.rules.role(&org).is_some();
        in_case
            .then_some(org)
            .ok_or(Refused::Case(case::Error::NotInCase))
    }

    fn others(&self, info: &CaseInfo) -> Vec<String> {
        let directory = self.shared.directory();
        let mine = self.own_org().ok();
        let orgs = info.rules.organisations().into_iter();
        orgs.filter(|(org, _)| Some(*org) != mine)
            .map(|(org, _)| org_name(directory.as_deref(), &org))
            .collect()
    }

    fn previewed_org(&self, info: &CaseInfo, org: &OrgId) -> api::PreviewedOrg {
        let directory = self.shared.directory();
        api::PreviewedOrg {
            org: org.to_string(),
            org_name: org_name(directory.as_deref(), org),
            role: info.rules.role(org).map(|r| r.to_string()),
        }
    }

    fn previewed_node(
        &self,
        id: CaseId,
        info: &CaseInfo,
        node: &NodeId,
    ) -> Result<api::PreviewedNode, Refused> {
        let directory = self.shared.directory();
        let d = directory.as_deref();
        let org = d.and_then(|d| d.node_ever(node)).map(|(org, _)| org);
        let logs = self.store.logs()?.into_iter();
        let its = logs.filter(|(_, row)| row.writer.case == id && row.writer.node == *node);
        Ok(api::PreviewedNode {
            node: node.to_string(),
            org_name: node_org(d, node).1,
            role: self.role(info, org, node),
            member: info.members.contains(node),
            entries: its.map(|(_, row)| row.counted().height).sum(),
        })
    }

    /// The nodes of an organisation that are in a case.
    fn of_org(
        &self,
        id: CaseId,
        info: &CaseInfo,
        org: &OrgId,
    ) -> Result<Vec<api::PreviewedNode>, Refused> {
        let directory = self.shared.directory();
        let d = directory.as_deref();
        let of_org = |n: &&NodeId| {
            d.and_then(|d| d.node_ever(n))
                .is_some_and(|(o, _)| o == *org)
        };
        let nodes = info.members.iter().filter(of_org);
        nodes.map(|n| self.previewed_node(id, info, n)).collect()
    }

    fn stays_in(
        &self,
        id: CaseId,
        is_in: impl Fn(&CaseInfo) -> bool,
    ) -> Result<Vec<api::CaseSummary>, Refused> {
        self.summaries(|info| info.rules.parent == Some(id) && info.ended.is_none() && is_in(info))
    }

    fn previewed_vote(
        &self,
        id: CaseId,
        info: &CaseInfo,
        (successor, cause): (NodeId, Cause),
        vote: &VoteHere,
    ) -> Result<api::PreviewedVote, Refused> {
        let directory = self.shared.directory();
        let d = directory.as_deref();
        let same = |v: &&Voting| {
            let motion = &v.motion;
            (motion.out, motion.successor, motion.cause) == (vote.out, successor, cause)
        };
        let motions = info.motions.iter().filter(same);
        let voted = motions.max_by_key(|v| v.motion.ballot);
        let voters = voted.map(|v| v.voters.as_slice()).unwrap_or_default();
        let others = info.voters.iter().filter(|n| **n != vote.out).count();
        Ok(api::PreviewedVote {
            out: self.previewed_node(id, info, &vote.out)?,
            counts: vote.voice != Voice::Follows,
            agrees: vote.agrees(),
            claimed: vote.claimed,
            votes: voters.iter().map(|n| node_org(d, n).1).collect(),
            needed: quorum(others),
        })
    }
}
