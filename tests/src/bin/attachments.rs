//! The benchmark of attachments: `cargo run --release -p focal-tests --bin attachments -- [--mib N] [--breaks N | --turns N [--beside FILE]]`

use clap::Parser;
use focal_tests::bench;
use std::{path::PathBuf, process::ExitCode};

/// A large file between two nodes: over a link that breaks, and beside a bare libp2p stream.
#[derive(Debug, Parser)]
struct Args {
    /// Size of the file, MiB
    #[arg(long, default_value_t = 1024)]
    mib: u64,
    /// How often the link breaks
    #[arg(long, default_value_t = 20)]
    breaks: u64,
    /// Only a link that holds: so many times
    #[arg(long, default_value_t = 0)]
    turns: u64,
    /// Another build of `test-node`, measured in turns with this one; may be given more than once
    #[arg(long, value_name = "FILE")]
    beside: Vec<PathBuf>,
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
    let size = args.mib << 20;
    let figures = if args.turns > 0 {
        let programs: Vec<PathBuf> = std::iter::once(program).chain(args.beside).collect();
        bench::attachments::compare(&programs, size, args.turns).await
    } else {
        bench::attachments::run(&program, size, args.breaks).await
    };
    bench::report(&figures, args.json)
}
