//! What comes out of an entry that opened: packed, perhaps a bomb.
#![no_main]

use focal_protocol::log::Payload;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Ok(payload) = Payload::from_bytes(data) {
        let bytes = payload.to_bytes();
        Payload::from_bytes(&bytes).expect("what we write is read");
    }
});
