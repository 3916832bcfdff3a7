//! `focal demo`: three organisations, three nodes, one case, on this machine. Every step is a command of this program,
//! run as a person would run it; the nodes are processes of their own.

use crate::{
    context::Context,
    error::{Error, Exit, Result},
    lang::{self, tr},
    output::{FAINT, plain, strong},
    table::Table,
};
use serde::Serialize;
use std::{
    collections::BTreeMap,
    io::Write,
    path::PathBuf,
    time::{Duration, Instant},
};

mod check;
mod clock;
mod evidence;
mod party;
mod photographs;
mod removal;
mod response;
mod script;
mod story;

use clock::Clock;
use party::Party;
use removal::Removed;

/// Nothing in the demonstration takes longer on a working machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// Play a federation of three organisations on this machine
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Founds a federation in a temporary directory with real keys, runs three nodes on free ports of this machine, and plays
a case: reports, an alert, a link that is down for a while, requests, risks and sanctions, a correction and a
retraction. Then it checks the numbers on every node. Everything in it is invented.

Examples:
  focal demo
  focal demo --keep
  focal demo --json")]
pub(crate) struct Args {
    /// Leave the nodes running afterwards, and say how to go on by hand
    #[arg(long)]
    keep: bool,
}

/// What one node shows at the end.
#[derive(Debug, Serialize)]
struct NodeResult {
    organisation: String,
    home: PathBuf,
    records: u64,
    view_hash: String,
}

/// How long one report took.
#[derive(Debug, Serialize)]
struct ReportResult {
    what: String,
    by: String,
    record: String,
    milliseconds_to_last_partner: u64,
}

#[derive(Debug, Serialize)]
struct Outcome {
    nodes: Vec<NodeResult>,
    converged: bool,
    reports: Vec<ReportResult>,
    files: Vec<photographs::Arrived>,
    removed: Removed,
    evidence: evidence::Bundled,
    checks: Vec<check::Check>,
    seconds: f64,
    directory: PathBuf,
}

pub(crate) async fn run(args: Args, context: &Context) -> Result<()> {
    let playing = play(&args, context);
    // Dropping the play kills its nodes and removes its directory.
    tokio::select! {
        outcome = playing => outcome,
        why = stopped() => Err(Error::new(Exit::Failed, tr!("demo-stopped"))
            .why(why)
            .next(tr!("demo-stopped-next"))),
    }
}

/// Waits until somebody wants it to end.
async fn stopped() -> String {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut term), Ok(mut hangup)) = (
        signal(SignalKind::terminate()),
        signal(SignalKind::hangup()),
    ) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => "Ctrl-C".into(),
        _ = term.recv() => "SIGTERM".into(),
        // The nodes do not hear it: they are groups of their own.
        _ = hangup.recv() => tr!("demo-terminal-closed"),
    }
}

async fn play(args: &Args, context: &Context) -> Result<()> {
    let start = Instant::now();
    let base = tempfile::Builder::new()
        .prefix("focal-demo-")
        .tempdir()
        .map_err(|e| Error::new(Exit::Io, tr!("demo-no-dir")).why(e.to_string()))?;
    let say = |text: &str| {
        if !context.json {
            // Progress is for who watches; if nobody can, nothing is lost.
            let _ = writeln!(anstream::stdout().lock(), "{}", plain(text));
        }
    };
    say(&tr!("demo-begins"));
    let mut parties = script::found(base.path(), &say).await?;
    let mut clock = Clock::default();
    let script::Played {
        case,
        market,
        files,
    } = script::play(&mut parties, &mut clock, &say).await?;
    let mut nodes = Vec::new();
    let mut checks = Vec::new();
    for party in &parties {
        checks = check::check(party, &case, &market).await?;
        let shown = party.json(&["case", "show", &case]).await?;
        nodes.push(NodeResult {
            organisation: party.name.to_string(),
            home: party.home.clone(),
            records: shown["records"].as_u64().unwrap_or_default(),
            view_hash: shown["view_hash"].as_str().unwrap_or_default().into(),
        });
    }
    let hashes: BTreeMap<&str, usize> = nodes.iter().map(|n| (n.view_hash.as_str(), 1)).collect();
    let removed = removal::remove(&parties, &case, &say).await?;
    let evidence = evidence::bundle(&parties, &case, &say).await?;
    let outcome = Outcome {
        removed,
        evidence,
        converged: hashes.len() == 1,
        nodes,
        reports: clock.results(),
        files,
        checks,
        seconds: start.elapsed().as_secs_f64(),
        directory: base.path().to_path_buf(),
    };
    context.print(&outcome, |out| write(&outcome, out))?;
    if !outcome.converged {
        return Err(Error::new(Exit::Failed, tr!("demo-differ")));
    }
    if args.keep {
        keep(parties, base, &case, context)?;
    } else {
        for party in &mut parties {
            party.stop().await?;
        }
    }
    Ok(())
}

fn write(outcome: &Outcome, out: &mut dyn Write) -> std::io::Result<()> {
    writeln!(out)?;
    let mut table = Table::new(&[
        tr!("head-node-of"),
        tr!("head-records"),
        tr!("head-case-view"),
    ]);
    for node in &outcome.nodes {
        table.row(vec![
            node.organisation.clone(),
            node.records.to_string(),
            node.view_hash.chars().take(16).collect::<String>() + "…",
        ]);
    }
    table.write(out)?;
    writeln!(out)?;
    let mut table = Table::new(&[
        tr!("head-file-report"),
        tr!("head-by"),
        tr!("head-readable-after"),
    ]);
    for report in &outcome.reports {
        let ms = report.milliseconds_to_last_partner;
        table.row(vec![
            report.what.clone(),
            report.by.clone(),
            format!("{ms} ms"),
        ]);
    }
    table.write(out)?;
    writeln!(out)?;
    let mut table = Table::new(&[tr!("head-story-says"), tr!("head-nodes-show")]);
    for check in &outcome.checks {
        table.row(vec![check.what.clone(), check.shown.to_string()]);
    }
    table.write(out)?;
    writeln!(out)?;
    let mut table = Table::new(&[
        tr!("head-photograph"),
        tr!("head-bytes"),
        tr!("head-as-sent"),
    ]);
    for file in &outcome.files {
        table.row(vec![
            file.name.clone(),
            file.bytes.to_string(),
            file.organisation.clone(),
        ]);
    }
    table.write(out)?;
    writeln!(out)?;
    if outcome.converged {
        let same = strong(&tr!("demo-all-the-same"));
        writeln!(out, "{same} {FAINT}({:.1} s){FAINT:#}", outcome.seconds)?;
    }
    let removed = &outcome.removed;
    writeln!(
        out,
        "{}",
        tr!(
            "demo-removed",
            org = removed.organisation,
            readable = removed.readable,
            written = removed.written,
            why = plain(&lang::words(&removed.why))
        )
    )?;
    let evidence = &outcome.evidence;
    writeln!(
        out,
        "{}",
        tr!(
            "demo-proven",
            reports = evidence.records,
            photographs = evidence.files,
            why = plain(&lang::words(&evidence.changed))
        )
    )
}

/// Lets the nodes run on, and says how to go on by hand.
fn keep(parties: Vec<Party>, base: tempfile::TempDir, case: &str, context: &Context) -> Result<()> {
    let directory = base.keep();
    let mut lines = vec![
        tr!("demo-go-on", dir = directory.display()),
        format!(
            "  export FOCAL_PASSPHRASE_FILE={}",
            directory.join("passphrase").display()
        ),
    ];
    lines.push(tr!("demo-browser", dir = directory.display()));
    let mut pids = Vec::new();
    for party in parties {
        lines.push(format!(
            "  focal --home {} case show {}   # {}",
            party.home.display(),
            crate::commands::case::first(case),
            party.name
        ));
        pids.extend(party.leave().map(|pid| pid.to_string()));
    }
    lines.push(tr!(
        "demo-to-end",
        pids = pids.join(" "),
        dir = directory.display()
    ));
    context.remark(&lines.join("\n"));
    Ok(())
}
