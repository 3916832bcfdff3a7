//! An evidence bundle, as somebody hands it over, and each document in it by itself: behind the checksums of a bundle
//! chance does not reach them.
#![no_main]

use focal_protocol::{
    evidence::{self, Carrier, Contents},
    id::Hash,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let _ = evidence::verify(data);
    let _ = Contents::from_bytes(data);
    let _ = Carrier::from_bytes(data);
    let _ = evidence::custody::check(data, &Hash([0; 32]));
});
