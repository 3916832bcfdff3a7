//! The benchmark of attachments: `cargo run --release -p focal-tests --bin attachments -- [--mib N] [--breaks N]`

use clap::Parser;
use focal_tests::bench;
use std::{io::Write, process::ExitCode};

/// A large file between two nodes: over a link that breaks, and beside a bare libp2p stream.
#[derive(Debug, Parser)]
struct Args {
    /// Size of the file, MiB
    #[arg(long, default_value_t = 1024)]
    mib: u64,
    /// How often the link breaks
    #[arg(long, default_value_t = 20)]
    breaks: u64,
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
    let figures = bench::attachments::run(&program, args.mib << 20, args.breaks).await;
    let text = if args.json {
        serde_json::to_string_pretty(&figures).unwrap_or_default()
    } else {
        bench::table(&figures)
    };
    match writeln!(std::io::stdout(), "{text}") {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}
