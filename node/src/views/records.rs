//! Records, one by one and in lists, and who holds them.

use super::{Views, node_org, org_name, signed};
use crate::{api::types as api, clock, refused::Refused, shared::Shared, store::StoredRecord};
use focal_protocol::{
    codec,
    directory::Role,
    id::{CaseId, OrgId, RecordId},
    record::{ClockDoubt, Kind, Record},
    signed::Signed,
};
use std::collections::BTreeMap;

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

impl Views {
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
    pub(super) fn signed(&self, stored: &StoredRecord) -> Result<Signed<Record>, Refused> {
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

    pub(super) fn detail_of(
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
