//! A key file. Opening one takes the work that keeps guessers out, so it is only read.
#![no_main]

use focal_protocol::seal::KeyFile;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    if let Ok(file) = KeyFile::from_text(text) {
        let _ = file.needs_passphrase();
        KeyFile::from_text(&file.to_text()).expect("what we write is read");
    }
});
