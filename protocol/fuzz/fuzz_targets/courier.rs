//! A courier's volume, read in pieces of any length.
#![no_main]

use focal_protocol::{courier::VolumeReader, seal::ContactKey};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;
use zeroize::Zeroizing;

/// The recipient of the test vector, which is in the corpus.
static CONTACT: LazyLock<ContactKey> =
    LazyLock::new(|| ContactKey::from_seed(&Zeroizing::new([6; 32])).expect("a key from a seed"));

fuzz_target!(|data: &[u8]| {
    let mut reader = VolumeReader::new(&CONTACT);
    for bytes in data.chunks(data.len() % 97 + 1) {
        if reader.feed(bytes).is_err() {
            return;
        }
    }
    let _ = reader.finish();
});
