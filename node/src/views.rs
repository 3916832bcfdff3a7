//! What the API shows, from the store and the snapshots: nothing here changes anything.

mod audit;
mod choice;
mod evidence;
mod history;
mod known;
mod membership;
mod release;
mod report;
mod search;
mod signed;

pub(crate) use search::SearchFor;
pub(crate) use signed::signed;

use crate::{
    api::types as api,
    case_views::CaseViews,
    clock,
    refused::Refused,
    search::Search,
    shared::{CaseInfo, Shared},
    store::{Store, StoredRecord},
};
use focal_protocol::{
    codec,
    directory::{Directory, Role},
    fingerprint::Fingerprint,
    id::{CaseId, NodeId, OrgId, RecordId},
    record::{CaseState, ClockDoubt, Kind, Record},
    signed::Signed,
};
use std::collections::BTreeMap;

fn org_name(directory: Option<&Directory>, org: &OrgId) -> String {
    directory
        .and_then(|d| d.roster().member(org))
        .map_or_else(|| org.short(), |m| m.name.clone())
}

fn node_org(directory: Option<&Directory>, node: &NodeId) -> (String, String) {
    match directory.and_then(|d| d.node_ever(node)) {
        Some((org, _)) => (org.to_string(), org_name(directory, &org)),
        None => (String::new(), node.short()),
    }
}

/// A record as lists and events show it.
pub(crate) fn record_row(stored: &StoredRecord, shared: &Shared) -> api::RecordRow {
    let directory = shared.directory();
    let directory = directory.as_deref();
    let cases = shared.cases();
    let opened = cases
        .get(&stored.position.case)
        .map(|info| info.rules.opened);
    let summary = &stored.summary;
    let author_name = directory
        .and_then(|d| d.manifest(&summary.organisation))
        .and_then(|m| m.authors.iter().find(|a| a.key == summary.author))
        .map_or_else(|| summary.author.short(), |a| a.name.clone());
    // What was written by a clock behind ours is old, and may be as old as it says; but not older than its case.
    let arrived = stored.readable.unwrap_or_else(clock::now);
    let doubt = ClockDoubt::at_arrival(summary.created, arrived)
        .or_else(|| ClockDoubt::in_case(summary.created, opened?));
    api::RecordRow {
        record: stored.id.to_string(),
        case: stored.position.case.to_string(),
        org_name: org_name(directory, &summary.organisation),
        author_name,
        // A summary holds strings, numbers and lists: it always has a JSON form.
        summary: serde_json::to_value(summary).unwrap_or_default(),
        doubtful_clock: doubt.is_some(),
        clock_doubt: doubt.map(|doubt| doubt.to_string()),
        known_since: stored.readable.map(|time| time.to_string()),
        left: None,
    }
}

/// Reads for the API. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Views {
    pub(crate) store: Store,
    pub(crate) shared: std::sync::Arc<Shared>,
    pub(crate) kept: std::sync::Arc<CaseViews>,
    pub(crate) search: std::sync::Arc<Search>,
}

impl Views {
    /// Finds a case by its id or the first digits of it.
    pub(crate) fn find_case(&self, text: &str) -> Result<CaseId, Refused> {
        let cases = self.shared.cases();
        let text = text.to_ascii_lowercase();
        let mut found = cases.keys().filter(|id| id.to_string().starts_with(&text));
        match (text.len() >= 4, found.next(), found.next()) {
            (true, Some(id), None) => Ok(*id),
            _ => Err(Refused::UnknownCase),
        }
    }

    /// Finds a record by its id or the first digits of it.
    pub(crate) fn find_record(&self, text: &str) -> Result<Option<StoredRecord>, Refused> {
        let even = text.len() & !1;
        let Some(prefix) = text
            .get(..even)
            .filter(|t| t.len() >= 4)
            .and_then(|t| hex::decode(t).ok())
        else {
            return Ok(None);
        };
        let ids = self.store.record_ids(&prefix, 64)?;
        let text = text.to_ascii_lowercase();
        let mut found = ids.iter().filter(|id| id.to_string().starts_with(&text));
        match (found.next(), found.next()) {
            (Some(id), None) => Ok(self.store.record(id)?),
            _ => Ok(None),
        }
    }

    fn case(&self, id: CaseId) -> Result<std::sync::Arc<CaseInfo>, Refused> {
        self.shared
            .cases()
            .get(&id)
            .cloned()
            .ok_or(Refused::UnknownCase)
    }

    /// `GET /v1/status`
    pub(crate) fn status(
        &self,
        listening: Vec<String>,
        started: String,
    ) -> Result<api::Status, Refused> {
        let directory = self.shared.directory();
        let d = directory.as_deref();
        let me = self.shared.me;
        let org = d.and_then(|d| d.node(&me)).map(|(org, _)| org);
        let (mut entries, mut records, mut pending) = (0, 0, 0);
        for (log, row) in self.store.logs()? {
            if row.cleared {
                continue;
            }
            entries += row.head.height;
            let cursor = self.store.cursor(log)?;
            records += cursor.records;
            pending += cursor.pending;
        }
        Ok(api::Status {
            version: env!("CARGO_PKG_VERSION").into(),
            node: me.to_string(),
            node_fingerprint: Fingerprint::of_node(&me).to_string(),
            org: org.map(|o| o.to_string()),
            org_name: org.map(|o| org_name(d, &o)),
            federation: d.map(|d| d.federation().to_string()),
            federation_name: d.map(|d| d.charter().name.clone()),
            roster_version: d.map_or(0, |d| d.roster().version),
            manifest_version: org
                .and_then(|o| d.and_then(|d| d.manifest(&o)))
                .map_or(0, |m| m.version),
            listening,
            peers_connected: self.shared.connected().len(),
            peers_known: d.map_or(0, |d| d.nodes().filter(|(_, n)| n.id != me).count()),
            cases: self.shared.cases().len(),
            entries,
            records,
            held_by_nobody_else: self.store.held_by_nobody_else(self.shared.me)?,
            pending,
            refused: self.shared.refused(),
            alarms: self.shared.worries(),
            attachments: api::AttachmentSpace::default(),
            started,
        })
    }

    /// `GET /v1/directory`
    pub(crate) fn directory(&self) -> Result<api::Directory, Refused> {
        let directory = self.shared.directory().ok_or(Refused::NoFederation)?;
        let roster = directory.roster();
        let members = roster
            .members
            .iter()
            .map(|member| {
                let manifest = directory.manifest(&member.org);
                api::Organisation {
                    org: member.org.to_string(),
                    name: member.name.clone(),
                    kind: member.kind.to_string(),
                    country: member.country.clone(),
                    status: match member.status {
                        focal_protocol::directory::Status::Active => "active",
                        focal_protocol::directory::Status::Suspended => "suspended",
                        focal_protocol::directory::Status::Left => "left",
                    }
                    .into(),
                    steward: roster.stewards.contains(&member.org),
                    root_key: member.root_key.to_string(),
                    fingerprint: Fingerprint::of_key(&member.root_key).to_string(),
                    manifest_version: manifest.map_or(0, |m| m.version),
                    manifest_expires: manifest.map(|m| m.expires.to_string()),
                    nodes: manifest
                        .iter()
                        .flat_map(|m| m.nodes.iter().map(|n| n.id.to_string()))
                        .collect(),
                    authors: manifest
                        .iter()
                        .flat_map(|m| {
                            m.authors.iter().map(|a| api::Author {
                                handle: a.handle.clone(),
                                name: a.name.clone(),
                                role: a.role.to_string(),
                                key: a.key.to_string(),
                                revoked: m.is_revoked(&a.key),
                            })
                        })
                        .collect(),
                }
            })
            .collect();
        Ok(api::Directory {
            federation: directory.federation().to_string(),
            name: directory.charter().name.clone(),
            fingerprint: Fingerprint::of_federation(&directory.federation()).to_string(),
            founded: directory.charter().founded.to_string(),
            roster_version: roster.version,
            threshold: roster.threshold,
            members,
            conflicts: directory.conflicts().len(),
        })
    }

    /// Finds an active organisation by id, its first digits, or its name.
    pub(crate) fn find_org(&self, text: &str) -> Result<OrgId, Refused> {
        let directory = self.shared.directory().ok_or(Refused::NoFederation)?;
        let lower = text.to_lowercase();
        let active = || {
            directory
                .roster()
                .members
                .iter()
                .filter(|m| directory.member(&m.org).is_some())
        };
        let by_name = active().filter(|m| m.name.to_lowercase() == lower);
        let by_id = active().filter(|m| lower.len() >= 4 && m.org.to_string().starts_with(&lower));
        let found: std::collections::BTreeSet<OrgId> =
            by_name.chain(by_id).map(|m| m.org).collect();
        match (found.len(), found.first()) {
            (1, Some(org)) => Ok(*org),
            _ => Err(Refused::UnknownOrganisation(
                text.chars().take(80).collect(),
            )),
        }
    }

    fn summary(&self, id: CaseId, info: &CaseInfo) -> Result<api::CaseSummary, Refused> {
        let directory = self.shared.directory();
        let d = directory.as_deref();
        let mine = d.and_then(|d| d.node(&self.shared.me)).map(|(org, _)| org);
        let (mut records, mut pending) = (0, 0);
        for (log, row) in self.store.logs()? {
            if row.writer.case == id {
                let cursor = self.store.cursor(log)?;
                records += cursor.records;
                pending += cursor.pending;
            }
        }
        Ok(api::CaseSummary {
            case: id.to_string(),
            title: info.rules.title.clone(),
            opened: info.rules.opened.to_string(),
            custodian: node_org(d, &info.rules.custodian).1,
            role: self.role(info, mine, &self.shared.me),
            organisations: info.rules.organisations().len(),
            records,
            pending,
            stage: Self::stage(info),
            parent: info.rules.parent.map(|p| p.to_string()),
        })
    }

    fn role(&self, info: &CaseInfo, org: Option<OrgId>, node: &NodeId) -> String {
        if info.rules.custodian == *node {
            return "custodian".into();
        }
        org.and_then(|o| info.rules.role(&o))
            .map_or_else(|| "none".into(), |r| r.to_string())
    }

    /// `GET /v1/cases`
    pub(crate) fn cases(&self) -> Result<Vec<api::CaseSummary>, Refused> {
        self.shared
            .cases()
            .iter()
            .map(|(id, info)| self.summary(*id, info))
            .collect()
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
        Ok(api::CaseDetail {
            summary: self.summary(id, &info)?,
            history: info.rules.history.to_string(),
            generation: info.epoch.generation,
            epoch: info.epoch.number,
            members,
            waiting,
            compartments: self.compartments(id)?,
            requests: self.requests(&info),
            votes: self.motions(&info),
            former: self.former(&info),
            view_hash: self.case_view(id, CaseState::hash)?.to_string(),
        })
    }

    /// Records of a case in case order, after one of them, as far as somebody of this role may read them.
    pub(crate) fn records(
        &self,
        id: CaseId,
        after: Option<RecordId>,
        limit: usize,
        role: Role,
    ) -> Result<Vec<api::RecordRow>, Refused> {
        self.case(id)?;
        let after = match after {
            Some(record) => self.store.position(&record)?,
            None => None,
        };
        let mut rows = Vec::new();
        // What is not for the asker is passed over before it is counted: a full page is a full page.
        for record in self.store.records_iter(id, after) {
            let record = record?;
            if rows.len() == limit {
                break;
            }
            if self.may_show(role, &record.summary).is_ok() {
                rows.push(record_row(&record, &self.shared));
            }
        }
        Ok(rows)
    }

    /// A record's signed bytes, opened from its entry.
    fn signed(&self, stored: &StoredRecord) -> Result<Signed<Record>, Refused> {
        signed(&self.store, stored)
    }

    /// `GET /v1/records/{record}`
    pub(crate) fn record_detail(
        &self,
        stored: &StoredRecord,
    ) -> Result<api::RecordDetail, Refused> {
        let signed = self.signed(stored)?;
        let content = signed.unverified()?;
        self.detail_of(stored, &signed, &content)
    }

    fn detail_of(
        &self,
        stored: &StoredRecord,
        signed: &Signed<Record>,
        content: &Record,
    ) -> Result<api::RecordDetail, Refused> {
        use base64::{Engine, engine::general_purpose::STANDARD};
        let node = self
            .store
            .log(stored.position.log)?
            .map_or_else(String::new, |row| row.writer.node.to_string());
        Ok(api::RecordDetail {
            row: record_row(stored, &self.shared),
            content: serde_json::to_value(content).unwrap_or_default(),
            signed: STANDARD.encode(codec::encode(signed)),
            node,
            log: stored.position.log.to_string(),
            seq: stored.position.seq,
        })
    }

    /// `GET /v1/records/{record}/status`: who holds it, who has read it.
    pub(crate) fn holders(&self, stored: &StoredRecord) -> Result<Vec<api::Holder>, Refused> {
        let at = &stored.position;
        let info = self.case(at.case)?;
        let directory = self.shared.directory();
        let d = directory.as_deref();
        let mut acks: BTreeMap<OrgId, Vec<api::Acknowledged>> = BTreeMap::new();
        for row in self.store.records_iter(at.case, Some(*at)) {
            let row = row?;
            if row.summary.kind == Kind::Ack && row.summary.target == Some(stored.id) {
                let shown = record_row(&row, &self.shared);
                acks.entry(row.summary.organisation)
                    .or_default()
                    .push(api::Acknowledged {
                        author_name: shown.author_name,
                        at: row.summary.created.to_string(),
                    });
            }
        }
        let writer = self.store.log(at.log)?.map(|row| row.writer.node);
        let mut holders = Vec::new();
        for node in info.members.iter().filter(|n| **n != self.shared.me) {
            let since = if writer == Some(*node) {
                Some(stored.summary.created)
            } else {
                self.store.held_since(at.log, node, at.seq)?
            };
            let org = d.and_then(|d| d.node_ever(node)).map(|(org, _)| org);
            let (org_id, org_name) = node_org(d, node);
            holders.push(api::Holder {
                node: node.to_string(),
                org: org_id,
                org_name,
                since: since.map(|t| t.to_string()),
                acknowledged: org.and_then(|o| acks.get(&o).cloned()).unwrap_or_default(),
            });
        }
        Ok(holders)
    }
}
