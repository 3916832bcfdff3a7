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
        let page = self.store.trail_page(from, limit)?;
        let items = page.items.iter().map(|link| api::AuditItem {
            seq: link.item.seq,
            item: serde_json::to_value(&link.item).unwrap_or_default(),
            bytes: hex::encode(link.bytes()),
            hash: link.hash().to_string(),
        });
        Ok(api::AuditPage {
            node: self.shared.me.to_string(),
            anchor: page.anchor.map(|(seq, signed)| shown(seq, &signed)),
            items: items.collect(),
            checkpoints: page
                .checkpoints
                .iter()
                .map(|(seq, signed)| shown(*seq, signed))
                .collect(),
            next: page.next,
        })
    }
}
