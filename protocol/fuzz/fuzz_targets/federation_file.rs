//! A federation file, as a newcomer is handed it.
#![no_main]

use focal_protocol::directory::{Bundle, Directory};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let file = [b"focal-federation/1\n", data].concat();
    if let Ok(bundle) = Bundle::from_bytes(&file) {
        let _ = Directory::from_bundle(&bundle);
    }
    let _ = Bundle::from_bytes(data);
});
