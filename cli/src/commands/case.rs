//! `focal case`: opening, inviting, looking.

mod find;
mod invite;
mod list;
mod members;
mod membership;
mod names;
mod open;
mod pages;
mod report;
mod show;
mod stake;
mod tables;

pub(crate) use find::{find, find_among};
pub(crate) use pages::at_least_one;

use crate::{client::Client, context::Context, error::Result, lang};
use focal_node::api::types::CaseSummary;

/// Open cases, invite partners, look at what is in them
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  focal case open --title \"Varenia: Orsk province\"
  focal case invite 3f9c1a2b \"UN Office for the Varenia Region\" --role contributor
  focal case show 3f9c1a2b")]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Open(open::OpenArgs),
    Invite(invite::InviteArgs),
    List(list::ListArgs),
    Show(ShowArgs),
    At(AtArgs),
    Members(members::MembersArgs),
    Remove(membership::RemoveArgs),
    Leave(membership::LeaveArgs),
    Role(membership::RoleArgs),
    HandOver(membership::HandOverArgs),
    Rekey(membership::RekeyArgs),
    Succeed(membership::SucceedArgs),
    Vote(membership::VoteArgs),
    Close(membership::CloseArgs),
    Reopen(membership::ReopenArgs),
    Purge(membership::PurgeArgs),
    Compartments(membership::CompartmentsArgs),
    /// Show every report in order, with what has become of it
    #[command(after_help = "\
Examples:
  focal case timeline 3f9c1a2b
  focal case timeline 3f9c1a2b --limit 50 --page 2
  focal case timeline \"Varenia: Orsk province\" --at 2026-11-20T12:00Z
  focal case timeline 3f9c1a2b --stream > timeline.ndjson")]
    Timeline(tables::Args),
    /// Show how many people incidents killed, injured and so on: each event once, as corrected
    #[command(after_help = "\
Examples:
  focal case totals 3f9c1a2b
  focal case totals \"Varenia: Orsk province\" --json")]
    Totals(tables::WholeArgs),
    /// Show displacement over time
    #[command(after_help = "\
Examples:
  focal case displacement 3f9c1a2b
  focal case displacement \"Varenia: Orsk province\" --json")]
    Displacement(tables::Args),
    /// Show who does what, where, when, for whom (5W)
    #[command(after_help = "\
Examples:
  focal case activities 3f9c1a2b
  focal case activities \"Varenia: Orsk province\" --json")]
    Activities(tables::Args),
    /// Show what help is wanted, offered, and still open
    #[command(after_help = "\
Examples:
  focal case requests 3f9c1a2b
  focal case requests \"Varenia: Orsk province\" --json")]
    Requests(tables::Args),
    /// Show the organisations' risk assessments side by side
    #[command(after_help = "\
Examples:
  focal case risks 3f9c1a2b
  focal case risks \"Varenia: Orsk province\" --json")]
    Risks(tables::WholeArgs),
    /// Show designations, and where each organisation stands
    #[command(after_help = "\
Examples:
  focal case designations 3f9c1a2b
  focal case designations \"Varenia: Orsk province\" --json")]
    Designations(tables::Args),
    /// Show meetings, and who comes
    #[command(after_help = "\
Examples:
  focal case convenings 3f9c1a2b
  focal case convenings \"Varenia: Orsk province\" --json")]
    Convenings(tables::Args),
    /// Show alerts: who has acknowledged them, and who has not
    #[command(after_help = "\
Examples:
  focal case alerts 3f9c1a2b
  focal case alerts \"Varenia: Orsk province\" --json")]
    Alerts(tables::Args),
    Report(report::ReportArgs),
}

/// Show a case: its members, what was reported, what it adds up to
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  focal case show 3f9c1a2b
  focal case show 3f9c1a2b --page 2
  focal case show \"Varenia: Orsk province\" --json")]
struct ShowArgs {
    /// The case: id, first digits, title, or how the title begins
    case: String,
    #[command(flatten)]
    rows: show::Rows,
    /// Show what cannot be read yet, and what it waits for
    #[arg(long)]
    pending: bool,
}

/// Show a case as this node knew it at an earlier time
#[derive(Debug, clap::Args)]
#[command(after_help = "\
What counts is when this node could read a report, by its own clock, not when the report says that it was written.
Every table and list takes --at as well.

Examples:
  focal case at 2026-11-20T12:00Z 3f9c1a2b
  focal case at 2026-11-20T12:00Z \"Varenia: Orsk province\" --json
  focal case totals 3f9c1a2b --at 2026-11-20T12:00Z")]
struct AtArgs {
    /// The time: 2026-11-20T12:00Z
    #[arg(value_parser = crate::moment::moment)]
    time: focal_protocol::time::Time,
    /// The case: id, first digits, title, or how the title begins
    case: String,
    #[command(flatten)]
    rows: show::Rows,
}

pub(crate) async fn run(args: Args, context: &Context) -> Result<()> {
    let client = match Client::connect(context).await {
        Err(e) if e.passing && matches!(args.command, Command::List(_)) => {
            return list::known_list(e, context);
        }
        client => client?,
    };
    match args.command {
        Command::Open(args) => open::open(args, &client, context).await,
        Command::Invite(args) => invite::invite(args, &client, context).await,
        Command::List(list::ListArgs {}) => list::list(&client, context).await,
        Command::Show(args) if args.pending => members::pending(&args.case, &client, context).await,
        Command::Remove(args) => membership::remove(args, &client, context).await,
        Command::Leave(args) => membership::leave(args, &client, context).await,
        Command::Role(args) => membership::role(args, &client, context).await,
        Command::HandOver(args) => membership::hand_over(args, &client, context).await,
        Command::Rekey(args) => membership::rekey(args, &client, context).await,
        Command::Succeed(args) => membership::succeed(args, &client, context).await,
        Command::Vote(args) => membership::vote(args, &client, context).await,
        Command::Close(args) => membership::close(args, &client, context).await,
        Command::Reopen(args) => membership::reopen(args, &client, context).await,
        Command::Purge(args) => membership::purge(args, &client, context).await,
        Command::Compartments(args) => membership::compartments(args, &client, context).await,
        Command::Show(args) => show::show(&args.case, &args.rows, &client, context).await,
        Command::At(args) => show::at(args.time, &args.case, &args.rows, &client, context).await,
        Command::Members(args) => members::members(&args.case, &client, context).await,
        Command::Timeline(args) => tables::timeline(&args, &client, context).await,
        Command::Totals(args) => tables::totals(&args, &client, context).await,
        Command::Displacement(args) => tables::displacement(&args, &client, context).await,
        Command::Activities(args) => tables::activities(&args, &client, context).await,
        Command::Requests(args) => tables::requests(&args, &client, context).await,
        Command::Risks(args) => tables::risks(&args, &client, context).await,
        Command::Designations(args) => tables::designations(&args, &client, context).await,
        Command::Convenings(args) => tables::convenings(&args, &client, context).await,
        Command::Alerts(args) => tables::alerts(&args, &client, context).await,
        Command::Report(args) => report::report(args, &client, context).await,
    }
}

/// Whether a case is open, or why not.
pub(crate) fn stage(case: &CaseSummary) -> String {
    match &case.said {
        Some(said) => lang::said(Some(said), &case.stage),
        None => lang::word("stage", &case.stage),
    }
}

/// The first digits of an id: enough to type.
pub(crate) fn first(id: &str) -> String {
    id.chars().take(8).collect()
}

/// A time to the minute.
pub(crate) fn minute(time: &str) -> String {
    time.chars().take(16).collect::<String>().replace('T', " ")
}
