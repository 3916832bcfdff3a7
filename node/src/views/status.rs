//! What a node says of itself, and of the federation.

use super::{Views, org_name};
use crate::{api::types as api, refused::Refused};
use focal_protocol::{fingerprint::Fingerprint, id::OrgId};
use std::collections::BTreeSet;

impl Views {
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
        let (alarms, alarms_said) = self.shared.worries().into_iter().unzip();
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
            alarms,
            alarms_said,
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
        let found: BTreeSet<OrgId> = by_name.chain(by_id).map(|m| m.org).collect();
        match (found.len(), found.first()) {
            (1, Some(org)) => Ok(*org),
            _ => Err(Refused::UnknownOrganisation(
                text.chars().take(80).collect(),
            )),
        }
    }
}
