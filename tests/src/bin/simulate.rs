//! Simulated federations, which a seed decides: `cargo run --release -p focal-tests --bin simulate -- --help`.

use clap::{Parser, Subcommand};
use focal_tests::sim::{
    crowd::crowd,
    figures::{most_mib, resident_mib},
    mesh,
    month::{Scale, month},
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
    /// Fifty nodes that are all connected, and two that meet again. Exit code 1 if entries cross the network more often
    /// than 1.2 times for each node, or if what it costs to meet again grows with what both sides hold.
    Mesh {
        /// How many nodes.
        #[arg(long, default_value_t = 50)]
        nodes: usize,
        /// How many records each of them writes.
        #[arg(long, default_value_t = 20)]
        records: u64,
    },
    /// One case of a thousand members. Exit code 1 if they do not converge.
    Crowd {
        /// How many members.
        #[arg(long, default_value_t = focal_protocol::limits::CASE_MEMBERS)]
        nodes: usize,
        /// How many of them get fresh keys in one commit.
        #[arg(long, default_value_t = 48)]
        rekeyed: usize,
    },
    /// A month of two hundred nodes, one in five of them hostile. Exit code 1 if it does not end well.
    Month {
        /// How many nodes.
        #[arg(long, default_value_t = 200)]
        nodes: usize,
        /// How many cases.
        #[arg(long, default_value_t = 50)]
        cases: usize,
        /// How many days.
        #[arg(long, default_value_t = 30)]
        days: u64,
        /// How many of a thousand nodes are hostile.
        #[arg(long, default_value_t = 200)]
        hostile: u64,
        /// Decides what happens, but for what goes by the order of hashes.
        #[arg(long, default_value_t = 30)]
        seed: u64,
    },
}

/// Deliveries of an entry to a node in a full mesh.
const DELIVERIES: f64 = 1.2;
/// Entries held when a node goes away, and those that have changed when it comes back.
const HELD: [u64; 3] = [1_000, 10_000, 100_000];
const CHANGED: u64 = 10;

fn main() -> ExitCode {
    match Simulate::parse().what {
        What::Seeds {
            count,
            first,
            threads,
            nodes,
        } => many(first, count, threads, limits(nodes, false)),
        What::Seed { seed, nodes } => one(seed, limits(nodes, true)),
        What::Mesh { nodes, records } => ended(meet(nodes, records)),
        What::Crowd { nodes, rekeyed } => ended(join(nodes, rekeyed)),
        What::Month {
            nodes,
            cases,
            days,
            hostile,
            seed,
        } => ended(live(Scale {
            nodes,
            cases,
            days,
            hostile,
            seed,
        })),
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
    let share = outcome.figures.check_share();
    if let Err(too_little) = &share {
        say(too_little);
    }
    if failed == 0 && share.is_ok() {
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

fn ended(result: Result<(), String>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            say(&why);
            let arguments: Vec<String> = std::env::args().skip(1).collect();
            say(&format!(
                "  again: cargo run --release -p focal-tests --bin simulate -- {}",
                arguments.join(" ")
            ));
            ExitCode::FAILURE
        }
    }
}

fn meet(nodes: usize, records: u64) -> Result<(), String> {
    let began = Instant::now();
    say(&format!(
        "{nodes} nodes, all connected, write {records} records each"
    ));
    let figures = mesh::spread(nodes, records)?;
    say(&figures);
    cost(began.elapsed());
    let mut missed = Vec::new();
    if figures.duplicates() >= DELIVERIES {
        missed.push(format!(
            "{:.3} deliveries for each entry, of at most {DELIVERIES}",
            figures.duplicates()
        ));
    }
    let began = Instant::now();
    let reunions = mesh::reunions(&HELD, CHANGED)?;
    say(&"");
    for met in &reunions {
        let f = &met.figures;
        say(&format!(
            "meets again, {:>7} held, {} changed: {:>3} messages, {:>7} bytes, {} entries, {} ms",
            met.held, met.changed, f.messages, f.bytes, f.delivered, f.converged_ms
        ));
    }
    cost(began.elapsed());
    if let (Some(first), Some(last)) = (reunions.first(), reunions.last())
        && last.figures.bytes > first.figures.bytes + first.figures.bytes / 10
    {
        missed.push(format!(
            "{} bytes to meet again with {} entries held, {} with {}",
            last.figures.bytes, last.held, first.figures.bytes, first.held
        ));
    }
    if missed.is_empty() {
        Ok(())
    } else {
        Err(missed.join("\n"))
    }
}

fn join(nodes: usize, rekeyed: usize) -> Result<(), String> {
    let began = Instant::now();
    crowd(nodes, rekeyed, |stage| {
        say(&format!(
            "--- {}: {} s of virtual time",
            stage.name,
            stage.virtual_ms / 1_000
        ));
        say(&stage.figures);
        cost(stage.took);
    })?;
    say(&"--- in all");
    cost(began.elapsed());
    Ok(())
}

fn live(scale: Scale) -> Result<(), String> {
    let began = Instant::now();
    let figures = month(scale, |day, people| {
        let f = &people.world.figures;
        say(&format!(
            "day {day:>2}: {} entries written, {} delivered, {:.0} s, {} MiB",
            f.written,
            f.delivered,
            began.elapsed().as_secs_f64(),
            resident_mib()
        ));
        say(&format!("        in memory: {}", people.world.holdings()));
    })?;
    say(&figures);
    cost(began.elapsed());
    Ok(())
}

fn cost(took: Duration) {
    say(&format!(
        "time                          {:>12.1} s",
        took.as_secs_f64()
    ));
    say(&format!(
        "most memory                   {:>12} MiB",
        most_mib()
    ));
}

fn say(what: &(impl Display + ?Sized)) {
    // Nobody to tell if standard output is gone.
    let _ = writeln!(std::io::stdout(), "{what}");
}
