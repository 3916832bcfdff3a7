//! How fast an evidence bundle is checked, beside SHA-256 alone, in one run.
//!
//! `cargo run --release -p focal-tests --bin evidence -- [--json]`

use focal_tests::bench;
use std::process::ExitCode;

fn main() -> ExitCode {
    let json = std::env::args().skip(1).any(|arg| arg == "--json");
    let figures = bench::evidence::run();
    bench::report(&figures, json)
}
