//! What the API shows of who is in a case, what waits, and what a person must look at.

use super::{
    Views, node_org, org_name,
    words::{Asks, Closed, WaitsFor},
};
use crate::{
    alarms::Advice, api::types as api, refused::Refused, shared::CaseInfo, store::PendingKey,
};
use focal_protocol::{
    group::Stage,
    id::{CaseId, Hash, NodeId},
    log::{Epoch, Request},
    wording::{Worded, Wording},
};
use std::collections::BTreeSet;

/// Waiting entries that are shown.
const WAITING: usize = 1_000;

impl Views {
    /// Finds a node of a case by its id, its first digits, or its organisation, if that has one node there.
    pub(crate) fn find_node(&self, case: CaseId, text: &str) -> Result<NodeId, Refused> {
        let info = self.case(case)?;
        // One that came and went is named once, whether a manifest still lists it or not.
        let known = info.members.iter().copied();
        let nodes: BTreeSet<NodeId> = known
            .chain(info.rules.former.iter().map(|f| f.node))
            .collect();
        let lower = text.to_ascii_lowercase();
        let mut by_id = nodes
            .iter()
            .filter(|n| lower.len() >= 4 && n.to_string().starts_with(&lower));
        if let (Some(node), None) = (by_id.next(), by_id.next()) {
            return Ok(*node);
        }
        let directory = self.shared.directory().ok_or(Refused::NoFederation)?;
        // Who was elected since this node left the case may be one that it does not know from there.
        let listed = directory.nodes().map(|(_, entry)| entry.id);
        let mut listed = listed.filter(|n| lower.len() >= 4 && n.to_string().starts_with(&lower));
        if let (Some(node), None) = (listed.next(), listed.next()) {
            return Ok(node);
        }
        let org = self.find_org(text)?;
        let of_org = |n: &&NodeId| directory.node_ever(n).is_some_and(|(o, _)| o == org);
        let mut by_org = info.members.iter().filter(of_org);
        match (by_org.next(), by_org.next()) {
            (Some(node), None) => Ok(*node),
            _ => Err(Refused::UnknownOrganisation(
                text.chars().take(80).collect(),
            )),
        }
    }

    /// Finds an alarm by its id or the first digits of it.
    pub(crate) fn find_alarm(&self, text: &str) -> Result<Hash, Refused> {
        let alarms = self.shared.alarms();
        let text = text.to_ascii_lowercase();
        let mut found = alarms.keys().filter(|id| id.to_string().starts_with(&text));
        match (text.len() >= 4, found.next(), found.next()) {
            (true, Some(id), None) => Ok(*id),
            _ => Err(Refused::UnknownAlarm),
        }
    }

    /// `GET /v1/alarms`: open ones first, newest first.
    pub(crate) fn alarm_rows(&self) -> Vec<api::AlarmRow> {
        let alarms = self.shared.alarms();
        let mut kept: Vec<_> = alarms.iter().collect();
        kept.sort_by_key(|(_, k)| (k.resolved.is_some(), std::cmp::Reverse(k.since)));
        kept.into_iter()
            .map(|(id, kept)| api::AlarmRow {
                id: id.to_string(),
                code: kept.alarm.code.clone(),
                message: kept.alarm.message.clone(),
                said: kept.alarm.said.clone(),
                advice: kept.alarm.advice.clone(),
                advice_said: Advice::of(&kept.alarm.code).map(|advice| advice.wording()),
                since: kept.since.to_string(),
                decision: kept.resolved.as_ref().map(|(decision, _)| decision.clone()),
                resolved: kept.resolved.as_ref().map(|(_, at)| at.to_string()),
            })
            .collect()
    }

    /// `GET /v1/cases/{case}/pending`
    pub(crate) fn waiting(&self, id: CaseId) -> Result<Vec<api::Waiting>, Refused> {
        self.case(id)?;
        let directory = self.shared.directory();
        let d = directory.as_deref();
        let mut rows = Vec::new();
        for (what, log, seq) in self.store.waiting(id, WAITING)? {
            let writer = self.store.log(log)?.map(|row| row.writer.node);
            let reason = match what {
                PendingKey::Epoch(_, generation, epoch) => {
                    WaitsFor::Epoch(Epoch::new(generation, epoch))
                }
                PendingKey::Manifest(org, version) => WaitsFor::Manifest {
                    version,
                    org: org_name(d, &org),
                },
                // Not among what waits: it can be read, at its other place.
                PendingKey::Twin(..) => continue,
                PendingKey::Later(_) => WaitsFor::Later,
                PendingKey::Rules(_) => WaitsFor::Rules,
            };
            rows.push(api::Waiting {
                org_name: writer.map(|n| node_org(d, &n).1).unwrap_or_default(),
                log: log.to_string(),
                seq,
                reason: reason.to_string(),
                said: Some(reason.wording()),
            });
        }
        Ok(rows)
    }

    /// `open`, `closed: why`, or why this node takes part no more.
    pub(super) fn stage(info: &CaseInfo) -> (String, Option<Wording>) {
        if let Some(ended) = &info.ended {
            return (ended.to_string(), Some(ended.wording()));
        }
        match info.rules.stage() {
            Some(change) if change.stage == Stage::Closed => {
                let closed = match change.reason.as_str() {
                    "" => Closed::Plainly,
                    reason => Closed::For(reason.into()),
                };
                (closed.to_string(), Some(closed.wording()))
            }
            _ => ("open".into(), None),
        }
    }

    /// Compartments of a case that this node is in.
    pub(super) fn compartments(&self, id: CaseId) -> Result<Vec<api::CaseSummary>, Refused> {
        self.summaries(|info| info.rules.parent == Some(id))
    }

    /// Motions for a new custodian.
    pub(super) fn motions(&self, info: &CaseInfo) -> Vec<api::Motion> {
        let directory = self.shared.directory();
        let d = directory.as_deref();
        let motions = info.motions.iter();
        motions
            .map(|voting| api::Motion {
                successor_name: node_org(d, &voting.motion.successor).1,
                successor: voting.motion.successor.to_string(),
                cause: voting.motion.cause.to_string(),
                votes: voting.voters.iter().map(|n| node_org(d, n).1).collect(),
                needed: voting.needed,
            })
            .collect()
    }

    /// What members ask of the custodian, in words and by name.
    pub(super) fn requests(&self, info: &CaseInfo) -> Vec<(String, Wording)> {
        let directory = self.shared.directory();
        let d = directory.as_deref();
        let requests = info.requests.iter();
        requests
            .map(|open| {
                let by = org_name(d, &open.org);
                let asks = match &open.request {
                    Request::Leave(reason) => Asks::Leave {
                        by,
                        reason: reason.clone(),
                    },
                    Request::Invite(org, role) => Asks::Invite {
                        by,
                        org: org_name(d, org),
                        role: *role,
                    },
                    Request::Remove(org, reason) => Asks::Remove {
                        by,
                        org: org_name(d, org),
                        reason: reason.clone(),
                    },
                    Request::RemoveNode(node, reason) => Asks::RemoveNode {
                        by,
                        node: node.short(),
                        reason: reason.clone(),
                    },
                    Request::LetIn(change) => Asks::LetIn {
                        by,
                        org: org_name(d, &change.org),
                        epoch: change.at,
                    },
                };
                (asks.to_string(), asks.wording())
            })
            .collect()
    }

    /// Nodes that were members.
    pub(super) fn former(&self, info: &CaseInfo) -> Vec<api::Former> {
        let directory = self.shared.directory();
        let d = directory.as_deref();
        let former = info.rules.former.iter();
        former
            .filter(|f| !info.members.contains(&f.node))
            .map(|f| api::Former {
                node: f.node.to_string(),
                org_name: node_org(d, &f.node).1,
                open_ended: f.cuts.is_none(),
            })
            .collect()
    }
}
