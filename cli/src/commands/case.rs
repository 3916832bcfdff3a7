//! `focal case`: opening, inviting, looking.

mod find;

pub(crate) use find::find;

use crate::{
    client::Client,
    context::Context,
    error::Result,
    output::{FAINT, STRONG, plain},
    table::Table,
};
use focal_node::api::types::{CaseDetail, CaseSummary, Directory, Invite, Invited, OpenCase};
use focal_protocol::record::{CaseView, Summary, TimelineEntry};
use std::{
    collections::BTreeMap,
    io::{self, Write},
};

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
    Members(MembersArgs),
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

/// Invite an organisation; all its nodes join
#[derive(Debug, clap::Args)]
#[command(after_help = "\
CASE is the case's id, its first digits, or its title. ORG is the organisation's id, its first digits, or its name.

Examples:
  focal case invite 3f9c1a2b \"Teres Human Rights Monitor\" --role contributor
  focal case invite \"Varenia: Orsk province\" 77ab12cd --role reader")]
struct InviteArgs {
    /// The case
    case: String,
    /// The organisation
    org: String,
    /// A reader reads and acknowledges; a contributor also reports
    #[arg(long, default_value = "contributor", value_parser = ["contributor", "reader"])]
    role: String,
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
  focal case show \"Varenia: Orsk province\" --json")]
struct ShowArgs {
    /// The case: id, first digits, title, or how the title begins
    case: String,
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
    let client = Client::connect(context).await?;
    match args.command {
        Command::Open(args) => open(args, &client, context).await,
        Command::Invite(args) => invite(args, &client, context).await,
        Command::List(ListArgs {}) => list(&client, context).await,
        Command::Show(args) => show(&args.case, &client, context).await,
        Command::Members(args) => members(&args.case, &client, context).await,
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
        writeln!(
            out,
            "The case \"{}\" is open; this node is its custodian.",
            plain(&case.title)
        )?;
        writeln!(
            out,
            "Invite partners: focal case invite {} ORG",
            first(&case.case)
        )
    })
}

async fn invite(args: InviteArgs, client: &Client, context: &Context) -> Result<()> {
    let case = find(client, &args.case).await?;
    let body = Invite {
        org: args.org,
        role: args.role,
    };
    let invited: Invited = client
        .post(&format!("/v1/cases/{}/invite", case.case), &body)
        .await?;
    context.print(&invited, |out| {
        writeln!(
            out,
            "{} is invited to \"{}\" as {}.",
            plain(&invited.org_name),
            plain(&case.title),
            body.role
        )?;
        if !invited.added.is_empty() {
            writeln!(
                out,
                "Its invitation is on its way to {} of its nodes, also through partners.",
                invited.added.len()
            )?;
        }
        if !invited.waiting.is_empty() {
            writeln!(
                out,
                "{} of its nodes have not been met yet: they are added as soon as they are.",
                invited.waiting.len()
            )?;
        }
        Ok(())
    })
}

async fn list(client: &Client, context: &Context) -> Result<()> {
    let cases: Vec<CaseSummary> = client.get("/v1/cases").await?;
    context.print(&cases, |out| {
        if cases.is_empty() {
            return writeln!(
                out,
                "No cases yet. Open one with `focal case open --title TITLE`, or wait for an invitation."
            );
        }
        let mut table = Table::new(&["case", "title", "role", "custodian", "members", "records", "waiting"]);
        for case in &cases {
            table.row(vec![
                first(&case.case),
                plain(&case.title).into_owned(),
                case.role.clone(),
                plain(&case.custodian).into_owned(),
                case.organisations.to_string(),
                case.records.to_string(),
                case.pending.to_string(),
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
    let mut table = Table::new(&["organisation", "node", "role", "connected", "holds"]);
    for member in &detail.members {
        table.row(vec![
            plain(&member.org_name).into_owned(),
            first(&member.node),
            member.role.clone(),
            if member.connected { "yes" } else { "no" }.into(),
            format!("{} of {}", member.holds, member.of),
        ]);
    }
    for org in &detail.waiting {
        table.row(vec![
            plain(org).into_owned(),
            String::new(),
            "invited".into(),
            "not met yet".into(),
            String::new(),
        ]);
    }
    table.write(out)
}

/// What `--json` prints of a case.
#[derive(serde::Serialize)]
struct Shown<'a> {
    #[serde(flatten)]
    detail: &'a CaseDetail,
    view: &'a CaseView,
}

async fn show(case: &str, client: &Client, context: &Context) -> Result<()> {
    let case = find(client, case).await?;
    let detail: CaseDetail = client.get(&format!("/v1/cases/{}", case.case)).await?;
    let view: CaseView = client.get(&format!("/v1/cases/{}/view", case.case)).await?;
    let directory: Directory = client.get("/v1/directory").await?;
    let names: BTreeMap<&str, &str> = directory
        .members
        .iter()
        .map(|m| (m.org.as_str(), m.name.as_str()))
        .collect();
    let shown = Shown {
        detail: &detail,
        view: &view,
    };
    context.print(&shown, |out| {
        write_head(&detail, out)?;
        write_members(&detail, out)?;
        write_timeline(&view, &names, out)?;
        write_totals(&view, out)?;
        writeln!(out, "\n{FAINT}case view {}{FAINT:#}", detail.view_hash)
    })
}

fn write_head(detail: &CaseDetail, out: &mut dyn Write) -> io::Result<()> {
    let s = &detail.summary;
    writeln!(out, "{STRONG}{}{STRONG:#}", plain(&s.title))?;
    writeln!(out, "case       {}", s.case)?;
    writeln!(
        out,
        "opened     {} · history for newcomers: {}",
        s.opened, detail.history
    )?;
    writeln!(
        out,
        "custodian  {} · you are {} · epoch {}",
        plain(&s.custodian),
        s.role,
        detail.epoch
    )?;
    if s.pending > 0 {
        writeln!(out, "waiting    {} entries cannot be read yet", s.pending)?;
    }
    writeln!(out)
}

fn write_timeline(
    view: &CaseView,
    names: &BTreeMap<&str, &str>,
    out: &mut dyn Write,
) -> io::Result<()> {
    if view.timeline.is_empty() {
        return writeln!(
            out,
            "\nNothing was reported yet: focal report send CASE FILE"
        );
    }
    writeln!(out)?;
    let mut table = Table::new(&[
        "written",
        "kind",
        "organisation",
        "what",
        "grade",
        "record",
        "state",
    ]);
    for entry in view
        .timeline
        .iter()
        .filter(|e| e.summary.kind.as_str() != "ack")
    {
        let now = entry.now.as_ref().unwrap_or(&entry.summary);
        let org = entry.summary.organisation.to_string();
        table.row(vec![
            minute(&entry.summary.created.to_string()),
            entry.summary.kind.to_string(),
            plain(names.get(org.as_str()).unwrap_or(&"?")).into_owned(),
            what(now),
            now.grading.map(|g| g.to_string()).unwrap_or_default(),
            first(&entry.record.to_string()),
            state(entry, names),
        ]);
    }
    table.write(out)
}

fn what(summary: &Summary) -> String {
    let mut text = plain(&summary.title).into_owned();
    if let Some(place) = &summary.place {
        text.push_str(&format!(" · {}", plain(&place.to_string())));
    }
    for (name, range) in summary.counts.named() {
        if !range.is_unknown() {
            text.push_str(&format!(" · {name} {range}"));
        }
    }
    if let Some(verification) = summary.verification {
        text.push_str(&format!(" · {verification}"));
    }
    text
}

fn state(entry: &TimelineEntry, names: &BTreeMap<&str, &str>) -> String {
    let mut parts = Vec::new();
    if let Some(by) = entry.superseded_by {
        parts.push(format!("corrected by {}", by.short()));
    }
    let readers: Vec<String> = entry
        .acknowledged
        .iter()
        .map(|r| {
            let org = r.organisation.to_string();
            plain(names.get(org.as_str()).unwrap_or(&"?")).into_owned()
        })
        .collect();
    if !readers.is_empty() {
        parts.push(format!("read by {}", readers.join(", ")));
    }
    parts.join("\n")
}

fn write_totals(view: &CaseView, out: &mut dyn Write) -> io::Result<()> {
    let counted: Vec<_> = view
        .totals
        .named()
        .into_iter()
        .filter(|(_, range)| !range.is_unknown())
        .collect();
    let number = |n: Option<u32>| n.map_or_else(|| "?".to_string(), |n| n.to_string());
    if !counted.is_empty() {
        writeln!(out, "\nPeople in incidents, each event once, as corrected:")?;
        let mut table = Table::new(&["", "low", "best", "high"]);
        for (name, range) in counted {
            table.row(vec![
                name.replace('_', " "),
                number(range.low),
                number(range.best),
                number(range.high),
            ]);
        }
        table.write(out)?;
    }
    let kinds: Vec<String> = view
        .kinds
        .iter()
        .map(|(kind, n)| format!("{n} {kind}"))
        .collect();
    writeln!(out, "\n{}", kinds.join(" · "))
}

/// The first digits of an id: enough to type.
pub(crate) fn first(id: &str) -> String {
    id.chars().take(8).collect()
}

/// A time to the minute.
pub(crate) fn minute(time: &str) -> String {
    time.chars().take(16).collect::<String>().replace('T', " ")
}
