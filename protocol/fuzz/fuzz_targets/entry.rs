//! A sealed entry, as it is stored and as it travels.
#![no_main]

use focal_protocol::log::{Entry, Equivocation, Run};
use focal_protocol::{codec, limits};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Ok(entry) = Entry::from_bytes(data) {
        let bytes = entry.to_bytes();
        let again = Entry::from_bytes(&bytes).expect("what we write is read");
        assert_eq!(again.hash(), entry.hash());
    }
    let _ = codec::decode::<Run>(data, limits::FRAME);
    if let Ok(proof) = codec::decode::<Equivocation>(data, limits::FRAME) {
        let _ = proof.holds();
    }
});
