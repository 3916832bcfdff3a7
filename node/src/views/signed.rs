//! What stands behind a row of the reading index.

use crate::{
    refused::Refused,
    store::{Store, StoredRecord},
};
use focal_protocol::{
    log::{Epoch, Payload},
    record::Record,
    seal::open_entry,
    signed::Signed,
};

/// A record's signed bytes, opened from its entry.
pub(crate) fn signed(store: &Store, stored: &StoredRecord) -> Result<Signed<Record>, Refused> {
    let at = &stored.position;
    let lost = || Refused::Store("the record's entry does not open".into());
    let entry = store.entry(at.log, at.seq)?.ok_or_else(lost)?;
    let h = &entry.header;
    let secrets = store.secrets_of(h.case, Epoch::new(h.generation, h.epoch))?;
    let open = |secret| open_entry(secret, &h.salt, entry.header_bytes(), entry.ciphertext());
    let plain = secrets.iter().find_map(|secret| open(secret).ok());
    let plain = plain.ok_or_else(lost)?;
    match Payload::from_bytes(&plain) {
        Ok(Payload::Record(signed)) => Ok(signed),
        _ => Err(lost()),
    }
}
