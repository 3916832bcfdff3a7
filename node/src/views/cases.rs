//! Cases as lists show them, and one of them with its members.

use super::{Views, node_org, org_name};
use crate::{api::types as api, refused::Refused, shared::CaseInfo};
use focal_protocol::{
    id::{CaseId, NodeId, OrgId},
    record::CaseState,
};
use std::collections::BTreeMap;

/// What the logs of a case have come to here.
#[derive(Debug, Clone, Copy, Default)]
struct Counted {
    /// Records that can be read.
    records: u64,
    /// Entries that wait.
    pending: u64,
}

impl Views {
    /// Records that can be read and entries that wait, in one walk over the logs, however many cases there are.
    fn counted(&self, of: impl Fn(&CaseId) -> bool) -> Result<BTreeMap<CaseId, Counted>, Refused> {
        let mut counted = BTreeMap::<CaseId, Counted>::new();
        let logs = self.store.logs()?.into_iter();
        for (log, row) in logs.filter(|(_, row)| of(&row.writer.case)) {
            let cursor = self.store.cursor(log)?;
            let case = counted.entry(row.writer.case).or_default();
            case.records += cursor.records;
            case.pending += cursor.pending;
        }
        Ok(counted)
    }

    /// A case as lists show it.
    pub(super) fn summary_of(
        &self,
        id: CaseId,
        info: &CaseInfo,
    ) -> Result<api::CaseSummary, Refused> {
        let counted = self.counted(|case| *case == id)?;
        Ok(self.summary(id, info, counted.get(&id).copied().unwrap_or_default()))
    }

    fn summary(&self, id: CaseId, info: &CaseInfo, counted: Counted) -> api::CaseSummary {
        let directory = self.shared.directory();
        let d = directory.as_deref();
        let mine = d.and_then(|d| d.node(&self.shared.me)).map(|(org, _)| org);
        let (stage, said) = Self::stage(info);
        api::CaseSummary {
            case: id.to_string(),
            title: info.rules.title.clone(),
            opened: info.rules.opened.to_string(),
            custodian: node_org(d, &info.rules.custodian).1,
            role: self.role(info, mine, &self.shared.me),
            organisations: info.rules.organisations().len(),
            records: counted.records,
            pending: counted.pending,
            stage,
            said,
            parent: info.rules.parent.map(|p| p.to_string()),
        }
    }

    pub(super) fn role(&self, info: &CaseInfo, org: Option<OrgId>, node: &NodeId) -> String {
        if info.rules.custodian == *node {
            return "custodian".into();
        }
        org.and_then(|o| info.rules.role(&o))
            .map_or_else(|| "none".into(), |r| r.to_string())
    }

    /// `GET /v1/cases`
    pub(crate) fn cases(&self) -> Result<Vec<api::CaseSummary>, Refused> {
        self.summaries(|_| true)
    }

    /// The cases of which this holds.
    pub(super) fn summaries(
        &self,
        wanted: impl Fn(&CaseInfo) -> bool,
    ) -> Result<Vec<api::CaseSummary>, Refused> {
        let counted = self.counted(|_| true)?;
        let of = |id: &CaseId| counted.get(id).copied().unwrap_or_default();
        let cases = self.shared.cases();
        let wanted = cases.iter().filter(|(_, info)| wanted(info));
        Ok(wanted
            .map(|(id, info)| self.summary(*id, info, of(id)))
            .collect())
    }

    /// Reads the case view: derived from the records, equal wherever they are.
    pub(crate) fn case_view<T>(
        &self,
        id: CaseId,
        read: impl FnOnce(&mut CaseState) -> T,
    ) -> Result<T, Refused> {
        self.case_view_at(id, None, read)
    }

    /// `GET /v1/cases/{case}`
    pub(crate) fn case_detail(&self, id: CaseId) -> Result<api::CaseDetail, Refused> {
        let info = self.case(id)?;
        let directory = self.shared.directory();
        let d = directory.as_deref();
        let logs: Vec<_> = self
            .store
            .logs()?
            .into_iter()
            .filter(|(_, row)| row.writer.case == id)
            .collect();
        let total: u64 = logs.iter().map(|(_, row)| row.counted().height).sum();
        let connected = self.shared.connected();
        let mut members = Vec::new();
        for node in &info.members {
            let own = *node == self.shared.me;
            let mut holds = 0;
            for (log, row) in &logs {
                let height = row.counted().height;
                holds += if own || row.writer.node == *node {
                    height
                } else {
                    self.store.held(*log, node)?.min(height)
                };
            }
            let org = d.and_then(|d| d.node_ever(node)).map(|(org, _)| org);
            let (org_id, org_name) = node_org(d, node);
            members.push(api::CaseMember {
                node: node.to_string(),
                org: org_id,
                org_name,
                role: self.role(&info, org, node),
                connected: own || connected.contains(node),
                holds,
                of: total,
            });
        }
        let waiting = info
            .rules
            .organisations()
            .iter()
            .filter(|(org, _)| {
                !info.members.iter().any(|n| {
                    d.and_then(|d| d.node_ever(n))
                        .is_some_and(|(o, _)| o == *org)
                })
            })
            .map(|(org, _)| org_name(d, org))
            .collect();
        let in_case = info.rules.organisations().into_iter();
        let in_case = in_case.map(|(org, role)| api::CaseOrganisation {
            org: org.to_string(),
            org_name: org_name(d, &org),
            role: role.to_string(),
        });
        let (requests, requests_said) = self.requests(&info).into_iter().unzip();
        Ok(api::CaseDetail {
            summary: self.summary_of(id, &info)?,
            history: info.rules.history.to_string(),
            generation: info.epoch.generation,
            epoch: info.epoch.number,
            members,
            in_case: in_case.collect(),
            waiting,
            compartments: self.compartments(id)?,
            requests,
            requests_said,
            votes: self.motions(&info),
            former: self.former(&info),
            keys_since: info.refreshed.to_string(),
            view_hash: self.case_view(id, CaseState::hash)?.to_string(),
        })
    }
}
