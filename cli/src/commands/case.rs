//! `focal case`: opening, inviting, looking.

mod find;
mod membership;
mod names;
mod pages;
mod report;
mod show;
mod tables;

pub(crate) use find::{find, find_among};
pub(crate) use pages::at_least_one;

use crate::{
    client::Client,
    context::Context,
    error::{Error, Result},
    keys::{author_handles, open_author},
    known::{self, Known},
    lang::{self, tr},
    output::{STRONG, plain},
    table::Table,
};
use focal_node::api::types::{
    CaseAction, CaseDetail, CaseSummary, Invitations, Invited, OpenCase, Waiting,
};
use std::io::{self, Write};

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
    Open(OpenArgs),
    Invite(InviteArgs),
    List(ListArgs),
    Show(ShowArgs),
    At(AtArgs),
    Members(MembersArgs),
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

/// Open a case; this node becomes its custodian
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  focal case open --title \"Varenia: Orsk province\"
  focal case open --title \"Varenia: sanctions\" --history from-joining")]
struct OpenArgs {
    /// What the case is about
    #[arg(long)]
    title: String,
    /// What newcomers may read: all, or what is written from-joining on
    #[arg(long, default_value = "all", value_parser = ["all", "from-joining"])]
    history: String,
}

/// Invite organisations; all their nodes join
#[derive(Debug, clap::Args)]
#[command(after_help = "\
CASE is the case's id, its first digits, or its title. ORG is the organisation's id, its first digits, or its name.
Several organisations join at once, with the same role. If one of them is not known, none is invited.

Examples:
  focal case invite 3f9c1a2b \"Teres Human Rights Monitor\" --role contributor
  focal case invite \"Varenia: Orsk province\" 77ab12cd \"Aid Network\" --role reader")]
struct InviteArgs {
    /// The case
    case: String,
    /// The organisations
    #[arg(required = true, value_name = "ORG")]
    orgs: Vec<String>,
    /// A reader reads and acknowledges; a contributor also reports
    #[arg(long, default_value = "contributor", value_parser = ["contributor", "reader"])]
    role: String,
    /// Ask the custodian to do it
    #[arg(long)]
    request: bool,
}

/// List the cases that this node is a member of
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  focal case list
  focal case list --json | jq -r '.[].title'")]
struct ListArgs {}

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

/// Show who is in a case, and how much of it each one holds
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  focal case members 3f9c1a2b")]
struct MembersArgs {
    /// The case: id, first digits, title, or how the title begins
    case: String,
}

pub(crate) async fn run(args: Args, context: &Context) -> Result<()> {
    let client = match Client::connect(context).await {
        Err(e) if e.passing && matches!(args.command, Command::List(_)) => {
            return known_list(e, context);
        }
        client => client?,
    };
    match args.command {
        Command::Open(args) => open(args, &client, context).await,
        Command::Invite(args) => invite(args, &client, context).await,
        Command::List(ListArgs {}) => list(&client, context).await,
        Command::Show(args) if args.pending => pending(&args.case, &client, context).await,
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
        Command::Members(args) => members(&args.case, &client, context).await,
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

async fn open(args: OpenArgs, client: &Client, context: &Context) -> Result<()> {
    let body = OpenCase {
        title: args.title,
        history: args.history,
    };
    let case: CaseSummary = client.post("/v1/cases", &body).await?;
    context.print(&case, |out| {
        writeln!(out, "{STRONG}{}{STRONG:#}", case.case)?;
        writeln!(out, "{}", tr!("case-is-open", title = plain(&case.title)))?;
        writeln!(out, "{}", tr!("case-invite-next", case = first(&case.case)))
    })
}

async fn invite(args: InviteArgs, client: &Client, context: &Context) -> Result<()> {
    let case = find(client, &args.case).await?;
    if args.request {
        return ask_to_invite(args, &case, client, context).await;
    }
    let body = Invitations {
        orgs: args.orgs,
        role: args.role,
    };
    let invited: Vec<Invited> = client
        .post(&format!("/v1/cases/{}/invitations", case.case), &body)
        .await?;
    context.print(&invited, |out| {
        for org in &invited {
            let name = plain(&org.org_name);
            if org.already {
                writeln!(
                    out,
                    "{}",
                    tr!(
                        "case-in-already",
                        name,
                        role = lang::word("role", &body.role)
                    )
                )?;
                continue;
            }
            let title = plain(&case.title);
            writeln!(
                out,
                "{}",
                tr!(
                    "case-now-invited",
                    name,
                    title,
                    role = lang::word("role", &body.role)
                )
            )?;
            if !org.added.is_empty() {
                writeln!(
                    out,
                    "{}",
                    tr!("case-invitation-on-way", n = org.added.len())
                )?;
            }
            if !org.waiting.is_empty() {
                writeln!(
                    out,
                    "{}",
                    tr!("case-invitation-waits", n = org.waiting.len())
                )?;
            }
        }
        Ok(())
    })
}

async fn ask_to_invite(
    args: InviteArgs,
    case: &CaseSummary,
    client: &Client,
    context: &Context,
) -> Result<()> {
    let path = format!("/v1/cases/{}/actions", case.case);
    let mut asked = None;
    for org in args.orgs {
        let role = args.role.clone();
        let action = CaseAction::AskInvite { org, role };
        asked = Some(client.post::<CaseDetail>(&path, &action).await?);
    }
    let custodian = plain(&case.custodian);
    context.print(&asked, |out| {
        writeln!(out, "{}", tr!("case-asked-to-invite", custodian))
    })
}

async fn list(client: &Client, context: &Context) -> Result<()> {
    let cases: Vec<CaseSummary> = client.get("/v1/cases").await?;
    print_list(&cases, context)
}

/// The list as it was last seen, for who has no link; the error if nothing was seen yet.
fn known_list(error: Error, context: &Context) -> Result<()> {
    if context.knows_no_node() {
        // A home that was just made: there is nothing wrong with it.
        return print_list(&[], context);
    }
    if !known::is_there(context, &author_handles(context)?) {
        return Err(error);
    }
    let author = open_author(context, None)?;
    let Some(known) = Known::load(context, &author)? else {
        return Err(error);
    };
    let ago = known::ago(known.at);
    context.remark(&tr!("case-as-known", what = error.what, ago = ago));
    print_list(&known.cases, context)
}

fn print_list(cases: &[CaseSummary], context: &Context) -> Result<()> {
    context.print(&cases, |out| {
        if cases.is_empty() {
            return writeln!(out, "{}", tr!("case-none"));
        }
        let mut table = Table::new(&[
            &tr!("head-case"),
            &tr!("head-title"),
            &tr!("head-role"),
            &tr!("head-custodian"),
            &tr!("head-members"),
            &tr!("head-records"),
            &tr!("head-waiting"),
            &tr!("head-state"),
        ]);
        let mut ordered: Vec<&CaseSummary> = Vec::new();
        // Compartments stand below the case inside which they are.
        for case in cases
            .iter()
            .filter(|c| !cases.iter().any(|p| Some(&p.case) == c.parent.as_ref()))
        {
            ordered.push(case);
            ordered.extend(
                cases
                    .iter()
                    .filter(|c| c.parent.as_ref() == Some(&case.case)),
            );
        }
        for case in ordered {
            let inside = if case.parent.is_some() { "↳ " } else { "" };
            table.row(vec![
                first(&case.case),
                format!("{inside}{}", plain(&case.title)),
                lang::word("role", &case.role),
                plain(&case.custodian).into_owned(),
                case.organisations.to_string(),
                case.records.to_string(),
                case.pending.to_string(),
                plain(&stage(case)).into_owned(),
            ]);
        }
        table.write(out)
    })
}

async fn pending(case: &str, client: &Client, context: &Context) -> Result<()> {
    let case = find(client, case).await?;
    let path = format!("/v1/cases/{}/pending", case.case);
    let waiting: Vec<Waiting> = client.get(&path).await?;
    context.print(&waiting, |out| {
        if waiting.is_empty() {
            return writeln!(out, "{}", tr!("case-all-read"));
        }
        let mut table = Table::new(&[
            &tr!("head-organisation"),
            &tr!("head-log"),
            &tr!("head-entry"),
            &tr!("head-waits-because"),
        ]);
        for row in &waiting {
            table.row(vec![
                plain(&row.org_name).into_owned(),
                first(&row.log),
                row.seq.to_string(),
                plain(&lang::said(row.said.as_ref(), &row.reason)).into_owned(),
            ]);
        }
        table.write(out)
    })
}

async fn members(case: &str, client: &Client, context: &Context) -> Result<()> {
    let case = find(client, case).await?;
    let detail: CaseDetail = client.get(&format!("/v1/cases/{}", case.case)).await?;
    context.print(&detail.members, |out| write_members(&detail, out))
}

fn write_members(detail: &CaseDetail, out: &mut dyn Write) -> io::Result<()> {
    let mut table = Table::new(&[
        &tr!("head-organisation"),
        &tr!("head-node"),
        &tr!("head-role"),
        &tr!("head-connected"),
        &tr!("head-holds"),
    ]);
    for member in &detail.members {
        table.row(vec![
            plain(&member.org_name).into_owned(),
            first(&member.node),
            lang::word("role", &member.role),
            if member.connected {
                tr!("case-yes")
            } else {
                tr!("case-no")
            },
            tr!("case-holds", holds = member.holds, of = member.of),
        ]);
    }
    for org in &detail.waiting {
        table.row(vec![
            plain(org).into_owned(),
            String::new(),
            tr!("case-invited"),
            tr!("case-not-met"),
            String::new(),
        ]);
    }
    table.write(out)
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
