//! A report file: TOML, JSON, or Markdown with front matter. The program has no library, so its files are taken in.
#![no_main]
#![allow(dead_code, unused_imports, unreachable_pub)]

#[path = "../../src/context.rs"]
mod context;
#[path = "../../src/error.rs"]
mod error;
#[path = "../../src/output.rs"]
mod output;
#[path = "../../src/report_file.rs"]
mod report_file;

use focal_protocol::record::{Draft, Kind};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let format = report_file::Format::of(None, text);
    if let Ok(fields) = report_file::parse(format, text, Some(Kind::Note)) {
        let _ = Draft::from_json(Some(Kind::Note), &Value::Object(fields));
    }
});
