//! Records for the tests of views, as far as these look at them.

use focal_protocol::{
    id::{CaseId, Hash, OrgId, RecordId},
    key::PublicKey,
    record::{Draft, Summary},
    time::Time,
};
use serde_json::Value;

/// When it was written, its id, and what it says.
pub(super) type Made = (u64, RecordId, Summary);

/// A record of organisation `org`, written at `n`.
pub(super) fn record(org: u8, n: u64, content: &Value) -> Made {
    let (author, org) = (PublicKey([org; 32]), OrgId([org; 32]));
    let record = Draft::from_json(None, content)
        .and_then(|draft| draft.into_record(CaseId([1; 32]), author, org, Time(n)))
        .expect("a record");
    let id = RecordId(Hash::of(&[&n.to_be_bytes()]).0);
    (n, id, record.summary())
}
