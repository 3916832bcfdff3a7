//! The benchmark: what a node does, beside what its disk, its network and its processor could do, in one run.
//!
//! `cargo run --release -p focal-tests --bin bench -- [--reports N] [--json]`, or `--search N`: only search over N reports, or
//! `--tables N`: only tables of N reports.

use focal_tests::bench;
use std::{io::Write, process::ExitCode};

#[tokio::main]
async fn main() -> ExitCode {
    let mut reports = 100_000;
    let (mut json, mut search, mut tables) = (false, None, None);
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match (arg.as_str(), arg.strip_prefix("--reports=")) {
            ("--json", _) => json = true,
            ("--reports", _) => match args.next().and_then(|n| n.parse().ok()) {
                Some(n) => reports = n,
                None => return usage(),
            },
            ("--search", _) => match args.next().and_then(|n| n.parse().ok()) {
                Some(n) => search = Some(n),
                None => return usage(),
            },
            ("--tables", _) => match args.next().and_then(|n| n.parse().ok()) {
                Some(n) => tables = Some(n),
                None => return usage(),
            },
            (_, Some(n)) => match n.parse() {
                Ok(n) => reports = n,
                Err(_) => return usage(),
            },
            _ => return usage(),
        }
    }
    let Ok(program) = std::env::current_exe().map(|p| p.with_file_name("test-node")) else {
        return usage();
    };
    let figures = match (search, tables) {
        (Some(reports), _) => bench::search::run(&program, reports).await,
        (_, Some(reports)) => bench::tables::run(&program, reports).await,
        (None, None) => bench::run(&program, reports).await,
    };
    bench::report(&figures, json)
}

fn usage() -> ExitCode {
    let text = "usage: bench [--reports N | --search N | --tables N] [--json]\n\
                The node's program is taken from beside this one: build both with\n\
                cargo build --release -p focal-tests\n";
    // Nobody to tell if standard error is gone.
    let _ = std::io::stderr().write_all(text.as_bytes());
    ExitCode::from(2)
}
