//! What a narrow link costs: `cargo run --release -p focal-tests --bin links -- [--minutes N | --reports N] [--json]`, as root.

use clap::Parser;
use focal_tests::bench;
use std::process::ExitCode;

/// Two nodes on a satellite link, on one that loses packets and is cut, and in silence
#[derive(Debug, Parser)]
struct Args {
    /// Minutes of silence that are measured, for each kind of link
    #[arg(long, default_value_t = 12)]
    minutes: u64,
    /// Only so many reports through a proxy that delays
    #[arg(long, default_value_t = 0)]
    reports: usize,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    let args = Args::parse();
    let Ok(program) = std::env::current_exe().map(|p| p.with_file_name("test-node")) else {
        return ExitCode::FAILURE;
    };
    let figures = match args.reports {
        0 => bench::links::run(&program, args.minutes.max(1)).await,
        reports => Some(bench::links::reports(&program, reports).await),
    };
    let Some(figures) = figures else {
        return ExitCode::FAILURE;
    };
    bench::report(&figures, args.json)
}
