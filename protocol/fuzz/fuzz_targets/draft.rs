//! A report as people write it, after its file was read: JSON.
#![no_main]

use focal_protocol::{
    id::{CaseId, OrgId},
    key::PublicKey,
    record::Draft,
    time::Time,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(value) = serde_json::from_slice(data) else {
        return;
    };
    if let Ok(draft) = Draft::from_json(None, &value) {
        let (case, author, org) = (CaseId([1; 32]), PublicKey([2; 32]), OrgId([3; 32]));
        if let Ok(record) = draft.into_record(case, author, org, Time(1_793_700_000_000)) {
            let _ = record.summary();
        }
    }
});
