//! `focal alarms`: what a person must look at, and what they decided.

use crate::{
    client::Client,
    commands::case::{first, minute},
    context::Context,
    error::Result,
    lang::{self, tr},
    output::{FAINT, STRONG, plain},
};
use focal_node::api::types::{AlarmRow, Resolve};

/// See what a person must look at, and say what was decided
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  focal alarms
  focal alarms list --all
  focal alarms resolve 3f9c1a2b --decision \"called Norland: its backup was restored by mistake\"")]
pub(crate) struct Args {
    /// Without one: `list`
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    List(ListArgs),
    Resolve(ResolveArgs),
}

/// List alarms: open ones first
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  focal alarms list
  focal alarms list --all --json")]
struct ListArgs {
    /// Also those that were resolved
    #[arg(long)]
    all: bool,
}

/// Say that you have looked at an alarm, and what you decided
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The alarm is kept with the decision. What caused it stays as it is: a log with two histories ends where they part, for good.

Examples:
  focal alarms resolve 3f9c1a2b --decision \"called the UN office: a test\"")]
struct ResolveArgs {
    /// The alarm: id or first digits
    alarm: String,
    /// What was decided, and why
    #[arg(long)]
    decision: String,
}

pub(crate) async fn run(args: Args, context: &Context) -> Result<()> {
    let client = Client::connect(context).await?;
    match args.command {
        None => list(&ListArgs { all: false }, &client, context).await,
        Some(Command::List(args)) => list(&args, &client, context).await,
        Some(Command::Resolve(args)) => resolve(args, &client, context).await,
    }
}

async fn list(args: &ListArgs, client: &Client, context: &Context) -> Result<()> {
    let mut alarms: Vec<AlarmRow> = client.get("/v1/alarms").await?;
    alarms.retain(|a| args.all || a.resolved.is_none());
    context.print(&alarms, |out| {
        if alarms.is_empty() {
            return writeln!(out, "{}", tr!("alarms-none"));
        }
        for alarm in &alarms {
            writeln!(
                out,
                "{STRONG}{}{STRONG:#}  {}  {}",
                first(&alarm.id),
                minute(&alarm.since),
                plain(&lang::said(alarm.said.as_ref(), &alarm.message))
            )?;
            match (&alarm.decision, &alarm.resolved) {
                (Some(decision), Some(at)) => writeln!(
                    out,
                    "          {}",
                    tr!(
                        "alarms-resolved",
                        time = minute(at),
                        decision = plain(decision)
                    )
                )?,
                _ => writeln!(
                    out,
                    "          {FAINT}{}{FAINT:#}",
                    plain(&lang::said(alarm.advice_said.as_ref(), &alarm.advice))
                )?,
            }
        }
        Ok(())
    })
}

async fn resolve(args: ResolveArgs, client: &Client, context: &Context) -> Result<()> {
    let body = Resolve {
        decision: args.decision,
    };
    let path = format!("/v1/alarms/{}/resolve", args.alarm);
    let alarms: Vec<AlarmRow> = client.post(&path, &body).await?;
    let open = alarms.iter().filter(|a| a.resolved.is_none()).count();
    context.print(&alarms, |out| {
        writeln!(out, "{}", tr!("alarms-open", n = open))
    })
}
