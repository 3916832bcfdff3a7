//! A report file: TOML, JSON, or Markdown with front matter. The program has no library, so its file is taken in.
#![no_main]
#![allow(unreachable_pub)]

/// What a refusal says is not what is looked for here: its name will do.
mod lang {
    macro_rules! tr {
        ($name:literal $($parts:tt)*) => {
            String::from($name)
        };
    }
    pub(crate) use tr;
}

#[path = "../../src/report_file/format.rs"]
mod format;

use focal_protocol::record::{Draft, Kind};
use format::Format;
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    for format in [
        Format::of(None, text),
        Format::Toml,
        Format::Json,
        Format::Markdown,
    ] {
        if let Ok(fields) = format::fields(format, text, Some(Kind::Note)) {
            let _ = Draft::from_json(Some(Kind::Note), &Value::Object(fields));
        }
    }
});
