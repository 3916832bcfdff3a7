//! The benchmark of membership: add, remove, update, join at several sizes, beside OpenMLS alone, in one run.
//!
//! `cargo run --release -p focal-tests --bin membership -- [--json]`

use focal_tests::bench;
use std::process::ExitCode;

fn main() -> ExitCode {
    let json = std::env::args().skip(1).any(|arg| arg == "--json");
    let figures = bench::membership::run(&[3, 50, 200]);
    bench::report(&figures, json)
}
