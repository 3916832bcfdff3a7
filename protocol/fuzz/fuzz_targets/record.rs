//! A signed record, as it comes out of an entry; and its body alone, as if somebody had signed anything.
#![no_main]

use focal_protocol::{codec, limits, record::Record, signed::Signed};
use libfuzzer_sys::fuzz_target;

fn read(record: &Record) {
    let _ = record.check();
    let _ = record.summary();
    let _ = focal_protocol::record::warnings(record);
    // What was read is written so that it reads the same. Numbers that are none are not equal to themselves.
    let bytes = codec::encode(record);
    let again: Record = codec::decode(&bytes, 2 * limits::RECORD).expect("what we write is read");
    assert_eq!(codec::encode(&again), bytes);
}

fuzz_target!(|data: &[u8]| {
    if let Ok(signed) = codec::decode::<Signed<Record>>(data, 2 * limits::RECORD) {
        if let Ok(record) = signed.unverified() {
            read(&record);
        }
        let _ = signed.verify_by(|record: &Record| record.author);
    }
    if let Ok(record) = codec::decode::<Record>(data, limits::RECORD) {
        read(&record);
    }
});
