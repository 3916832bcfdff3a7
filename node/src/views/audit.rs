//! The audit trail as the API shows it.

use super::Views;
use crate::{api::types as api, refused::Refused};
use base64::{Engine, engine::general_purpose::STANDARD};
use focal_protocol::{audit::Checkpoint, codec, signed::Signed};

fn shown(seq: u64, signed: &Signed<Checkpoint>) -> api::AuditCheckpoint {
    api::AuditCheckpoint {
        seq,
        signed: STANDARD.encode(codec::encode(signed)),
    }
}

impl Views {
    /// `GET /v1/audit`: items from a sequence on.
    pub(crate) fn audit(&self, from: u64, limit: usize) -> Result<api::AuditPage, Refused> {
        let mut items = Vec::new();
        let mut next = None;
        for link in self.store.audit_items(from).take(limit + 1) {
            let link = link?;
            if items.len() == limit {
                next = Some(link.item.seq);
                break;
            }
            items.push(api::AuditItem {
                seq: link.item.seq,
                item: serde_json::to_value(&link.item).unwrap_or_default(),
                bytes: hex::encode(link.bytes()),
                hash: link.hash().to_string(),
            });
        }
        let first = self.store.audit_items(0).next().transpose()?;
        let begins = first.map_or(0, |link| link.item.seq);
        let anchor = self.store.checkpoints(0).next().transpose()?;
        let anchor = anchor.filter(|(seq, _)| *seq < begins);
        let mut checkpoints = Vec::new();
        if let (Some(from), Some(to)) = (items.first(), items.last()) {
            for checkpoint in self.store.checkpoints(from.seq) {
                let (seq, signed) = checkpoint?;
                if seq > to.seq {
                    break;
                }
                checkpoints.push(shown(seq, &signed));
            }
        }
        Ok(api::AuditPage {
            node: self.shared.me.to_string(),
            anchor: anchor.map(|(seq, signed)| shown(seq, &signed)),
            items,
            checkpoints,
            next,
        })
    }
}
