//! Simulated federations, which a seed decides: `cargo run --release -p focal-tests --bin simulate -- --help`.

use clap::{Parser, Subcommand};
use focal_tests::sim::{
    figures::resident_mib,
    seeds::{Limits, run, run_all},
};
use std::{
    fmt::Display,
    io::Write,
    num::NonZero,
    process::ExitCode,
    time::{Duration, Instant},
};

/// Plays federations in virtual time, with splits, crashes and hostile nodes, and checks that nothing is lost, nothing
/// leaks, and all come to hold the same.
#[derive(Debug, Parser)]
struct Simulate {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Many federations of 5 to 20 nodes. Exit code 1 if one of them does not end well.
    Seeds {
        /// How many.
        #[arg(long, default_value_t = 1_000)]
        count: u64,
        /// The first seed.
        #[arg(long, default_value_t = 0)]
        first: u64,
        /// How many at a time; else as many as there are processors.
        #[arg(long)]
        threads: Option<NonZero<usize>>,
        /// The most nodes of one.
        #[arg(long, default_value_t = Limits::USUAL.nodes.1)]
        nodes: u64,
    },
    /// One of them, step by step.
    Seed {
        /// Which.
        seed: u64,
        /// The most nodes, as it was with `seeds`.
        #[arg(long, default_value_t = Limits::USUAL.nodes.1)]
        nodes: u64,
    },
}

fn main() -> ExitCode {
    match Simulate::parse().what {
        What::Seeds {
            count,
            first,
            threads,
            nodes,
        } => many(first, count, threads, limits(nodes, false)),
        What::Seed { seed, nodes } => one(seed, limits(nodes, true)),
    }
}

fn limits(nodes: u64, story: bool) -> Limits {
    let (fewest, _) = Limits::USUAL.nodes;
    Limits {
        nodes: (fewest, nodes.max(fewest)),
        story,
    }
}

fn many(first: u64, count: u64, threads: Option<NonZero<usize>>, limits: Limits) -> ExitCode {
    let began = Instant::now();
    let seeds = first..first.saturating_add(count);
    let outcome = run_all(seeds, limits, threads, say);
    say(&outcome.figures);
    cost(began.elapsed());
    let failed = outcome.failures.len();
    say(&format!("{failed} of {count} seeds did not end well"));
    if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn one(seed: u64, limits: Limits) -> ExitCode {
    let began = Instant::now();
    match run(seed, limits) {
        Ok(played) => {
            played.story.iter().for_each(say);
            say(&played.figures);
            cost(began.elapsed());
            ExitCode::SUCCESS
        }
        Err(failure) => {
            failure.story.iter().for_each(say);
            say(&failure);
            ExitCode::FAILURE
        }
    }
}

fn cost(took: Duration) {
    say(&format!(
        "time                          {:>12.1} s",
        took.as_secs_f64()
    ));
    say(&format!(
        "most memory                   {:>12} MiB",
        resident_mib()
    ));
}

fn say(what: &(impl Display + ?Sized)) {
    // Nobody to tell if standard output is gone.
    let _ = writeln!(std::io::stdout(), "{what}");
}
