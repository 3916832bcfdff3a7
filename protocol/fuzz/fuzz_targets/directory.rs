//! Documents of the directory: charter, roster, manifest, join request, key package offer.
#![no_main]

use focal_protocol::{
    codec,
    directory::{Charter, Item, JoinRequest, Manifest, Roster},
    limits,
    signed::Signed,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let limit = 2 * limits::DIRECTORY_ITEM;
    if let Ok(signed) = codec::decode::<Signed<Charter>>(data, limit) {
        let _ = Charter::verify(signed);
    }
    if let Ok(signed) = codec::decode::<Signed<Roster>>(data, limit) {
        let _ = signed.unverified();
    }
    if let Ok(signed) = codec::decode::<Signed<Manifest>>(data, limit) {
        if let Ok(manifest) = signed.unverified() {
            let _ = manifest.check();
        }
    }
    if let Ok(signed) = codec::decode::<Signed<JoinRequest>>(data, limit) {
        let _ = JoinRequest::verify(signed);
    }
    let _ = codec::decode::<Item>(data, limit);
});
