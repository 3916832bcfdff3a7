//! How fast an evidence bundle is checked, beside SHA-256 alone, in one run.
//!
//! `cargo run --release -p focal-tests --bin evidence -- [--json]`

use focal_tests::bench;
use std::{io::Write, process::ExitCode};

fn main() -> ExitCode {
    let json = std::env::args().skip(1).any(|arg| arg == "--json");
    let figures = bench::evidence::run();
    let text = if json {
        serde_json::to_string_pretty(&figures).unwrap_or_default()
    } else {
        bench::table(&figures)
    };
    match writeln!(std::io::stdout(), "{text}") {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}
