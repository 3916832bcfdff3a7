//! A frame of the conversation, from a peer that may be anybody.
#![no_main]

use focal_protocol::sync::Frame;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Ok(frame) = Frame::from_bytes(data) {
        let bytes = frame.to_bytes();
        Frame::from_bytes(&bytes).expect("what we write is read");
    }
});
