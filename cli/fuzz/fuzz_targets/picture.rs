//! A picture of anybody: what it says besides what it shows, and the picture without it.
#![no_main]
#![allow(dead_code, unreachable_pub)]

/// What a refusal says is not what is looked for here: its name will do.
mod lang {
    macro_rules! tr {
        ($name:literal $($parts:tt)*) => {
            String::from($name)
        };
    }
    pub(crate) use tr;
}

#[path = "../../src/attach"]
mod attach {
    pub(crate) mod metadata;
    pub(crate) mod strip;
}

use attach::{metadata::Metadata, strip::strip};
use bytes::Bytes;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let bytes = Bytes::copy_from_slice(data);
    for media_type in ["image/jpeg", "image/png", "image/webp"] {
        let _ = Metadata::of(media_type, &bytes);
        if let Ok(Some(stripped)) = strip(media_type, &bytes) {
            // What was promised to be gone is gone.
            assert!(Metadata::of(media_type, &stripped).is_empty());
        }
    }
});
