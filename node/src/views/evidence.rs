//! What proves that nodes carried records: entries with their own keys, and the chains to their signatures.

use super::Views;
use crate::{
    api::types::{self as api, ExportRequest},
    refused::Refused,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use focal_protocol::{
    audit::Act,
    codec,
    directory::Role,
    evidence::Carrier,
    id::{CaseId, LogId},
    limits,
    log::{Chain, Epoch, Link},
    seal::{entry_key, open_with},
};

impl Views {
    /// `POST /v1/cases/{case}/evidence`: one page of an export, with what proves each record, and the act for the trail.
    pub(crate) fn evidence(
        &self,
        case: CaseId,
        role: Role,
        request: &ExportRequest,
    ) -> Result<(api::Evidence, Act), Refused> {
        // The same door: an entry's key is given for what may leave, and for nothing else.
        let (export, act) = self.export(case, role, request)?;
        let carriers = export
            .records
            .iter()
            .map(|record| {
                let lost = || Refused::Store("the record's entry is not here".into());
                let log: LogId = record.log.parse().map_err(|_| lost())?;
                let carrier = self.carrier(log, record.seq)?.ok_or_else(lost)?;
                Ok(STANDARD.encode(carrier.to_bytes()))
            })
            .collect::<Result<_, Refused>>()?;
        Ok((api::Evidence { export, carriers }, act))
    }

    fn carrier(&self, log: LogId, seq: u64) -> Result<Option<Carrier>, Refused> {
        let Some(entry) = self.store.entry(log, seq)? else {
            return Ok(None);
        };
        let h = &entry.header;
        let secrets = self
            .store
            .secrets_of(h.case, Epoch::new(h.generation, h.epoch))?;
        let mut keys = secrets
            .iter()
            .map(|secret| entry_key(secret, &h.salt, entry.header_bytes()));
        let key = keys.find(|key| open_with(key, entry.header_bytes(), entry.ciphertext()).is_ok());
        Ok(key.map(|key| Carrier {
            seq,
            ciphertext: entry.ciphertext().to_vec(),
            key,
        }))
    }

    /// `GET /v1/cases/{case}/logs/{log}/chain`: the links of a log from one sequence to the first signature at or behind
    /// another, or to the last one that a chain has room for.
    pub(crate) fn chain(
        &self,
        case: CaseId,
        log: LogId,
        from: u64,
        to: u64,
    ) -> Result<Vec<u8>, Refused> {
        let row = self.store.log(log)?.filter(|row| row.writer.case == case);
        let head = row.ok_or(Refused::UnknownRecord)?.counted();
        let mut chain = Chain {
            links: Vec::new(),
            signature: focal_protocol::key::Signature([0; 64]),
        };
        let mut signed = 0;
        for seq in (from..head.height).take(limits::BATCH_ENTRIES) {
            let entry = self.store.entry(log, seq)?.ok_or(Refused::UnknownRecord)?;
            chain.links.push(Link::of(&entry));
            if let Some(signature) = entry.signature() {
                signed = chain.links.len();
                chain.signature = *signature;
                if seq >= to {
                    break;
                }
            }
        }
        if signed == 0 {
            return Err(Refused::UnknownRecord);
        }
        chain.links.truncate(signed);
        Ok(codec::encode_packed(&chain))
    }
}
