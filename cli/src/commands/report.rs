//! `focal report`: writing, sending, reading, following.

use crate::{
    attach,
    client::Client,
    commands::case::{find, first, minute},
    context::Context,
    doubt,
    error::{Error, Exit, Result},
    lang::{self, tr},
    output::{STRONG, plain, raw},
    table::Table,
};
use focal_node::api::types::{CaseSummary, Holder, RecordDetail, RecordRow};
use focal_protocol::record::Kind;
use serde_json::Value;
use std::{
    collections::VecDeque,
    io::{self, Write},
    path::PathBuf,
};

mod answer;
mod ask;
mod compose;
pub(crate) mod drafts;
mod files;
mod history;
pub(crate) mod place;
mod send;
mod sent;
pub(crate) mod submit;

pub(crate) use place::own_org;

/// Write, send, read and follow reports
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  focal report new incident -o market.md
  focal report send 3f9c1a2b market.md
  focal report list 3f9c1a2b
  focal report status 81d0c3e4")]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    New(NewArgs),
    Send(send::Args),
    Ack(send::AckArgs),
    Correct(send::CorrectArgs),
    Retract(answer::RetractArgs),
    Position(answer::PositionArgs),
    Pledge(answer::PledgeArgs),
    AskRelease(answer::AskReleaseArgs),
    List(ListArgs),
    Show(ShowArgs),
    History(history::Args),
    Status(StatusArgs),
}

/// Write a template with every field explained
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  focal report new sitrep -o orsk.md
  focal report new incident -o market.md --attach market-1.jpg --attach market-2.jpg
  focal report new alert")]
struct NewArgs {
    /// sitrep, incident, alert, assessment, activity, request, pledge, designation, position, convening, note,
    /// correction, retraction, ack
    kind: Kind,
    /// Where to write it; standard output if left out
    #[arg(short, long)]
    output: Option<PathBuf>,
    /// A file that is to go with it; may be given several times
    #[arg(long, value_name = "FILE")]
    attach: Vec<PathBuf>,
}

/// List reports, newest last
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  focal report list 3f9c1a2b
  focal report list --kind alert --json
  focal report list 3f9c1a2b --at 2026-11-20T12:00Z")]
struct ListArgs {
    /// Only of this case: id, first digits, or title
    case: Option<String>,
    /// Only of these kinds
    #[arg(long)]
    kind: Vec<Kind>,
    /// Only what was written since then: 2026-11-03 or 2026-11-03T14:30Z
    #[arg(long, value_name = "TIME", value_parser = crate::moment::moment)]
    since: Option<focal_protocol::time::Time>,
    /// At most this many, the newest
    #[arg(long, default_value_t = 100, value_parser = crate::commands::case::at_least_one)]
    limit: usize,
    /// What could be read at this node at that time: 2026-11-20T12:00Z
    #[arg(long, value_name = "TIME", value_parser = crate::moment::moment)]
    at: Option<focal_protocol::time::Time>,
}

/// Show one report whole
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  focal report show 81d0c3e4")]
struct ShowArgs {
    /// The report: id or first digits
    record: String,
}

/// Show which partners hold a report, since when, and who has read it
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  focal report status 81d0c3e4")]
struct StatusArgs {
    /// The report: id or first digits
    record: String,
}

pub(crate) async fn run(args: Args, context: &Context) -> Result<()> {
    match args.command {
        Command::New(args) => new(&args, context),
        Command::Send(args) => send::send(args, context).await,
        Command::Ack(args) => send::ack(args, context).await,
        Command::Correct(args) => send::correct(args, context).await,
        Command::Retract(args) => answer::retract(args, context).await,
        Command::Position(args) => answer::position(args, context).await,
        Command::Pledge(args) => answer::pledge(args, context).await,
        Command::AskRelease(args) => answer::ask_release(args, context).await,
        Command::List(args) => list(&args, context).await,
        Command::Show(args) => show(&args, context).await,
        Command::History(args) => history::history(&args, context).await,
        Command::Status(args) => status(&args, context).await,
    }
}

fn new(args: &NewArgs, context: &Context) -> Result<()> {
    let template = with_files(&lang::template(args.kind), &args.attach)?;
    let Some(path) = &args.output else {
        return raw(template.as_bytes());
    };
    crate::files::create_private(path, template.as_bytes())?;
    context.print(&serde_json::json!({ "file": path }), |out| {
        let file = path.display().to_string();
        writeln!(out, "{}", tr!("report-ready", file = file.as_str()))?;
        writeln!(out, "{}", tr!("report-then", file = file.as_str()))
    })
}

/// The template with the files that are to go with the report.
fn with_files(template: &str, files: &[PathBuf]) -> Result<String> {
    if files.is_empty() {
        return Ok(template.to_string());
    }
    let mut fields = serde_json::Map::new();
    attach::absolute(&mut fields, None, files)?;
    // JSON is YAML, and quotes whatever a name may hold.
    let line = format!("attachments: {}\n---\n", fields["attachments"]);
    let (head, body) = template.rsplit_once("---\n").unwrap_or((template, ""));
    Ok(format!("{head}{line}{body}"))
}

/// Pages through a case's records.
pub(crate) async fn rows(client: &Client, case: &str) -> Result<Vec<RecordRow>> {
    let mut rows: Vec<RecordRow> = Vec::new();
    loop {
        let after = rows
            .last()
            .map(|r| format!("&after={}", r.record))
            .unwrap_or_default();
        let page: Vec<RecordRow> = client
            .get(&format!("/v1/cases/{case}/records?limit=1000{after}"))
            .await?;
        let last = page.len() < 1000;
        rows.extend(page);
        if last {
            return Ok(rows);
        }
    }
}

/// Looks at a case's records page by page, and keeps the newest of those that are wanted.
async fn newest(
    client: &Client,
    case: &str,
    args: &ListArgs,
    kept: &mut VecDeque<RecordRow>,
) -> Result<usize> {
    let since = args.since.map(|t| t.to_string()).unwrap_or_default();
    let wanted = |row: &RecordRow| {
        let kind =
            args.kind.is_empty() || args.kind.iter().any(|k| row.summary["kind"] == k.as_str());
        kind && row.summary["created"].as_str().unwrap_or_default() >= since.as_str()
    };
    let at = args.at.map(|at| format!("&at={at}")).unwrap_or_default();
    let mut passed = 0;
    let mut after = String::new();
    loop {
        let page: Vec<RecordRow> = client
            .get(&format!("/v1/cases/{case}/records?limit=1000{at}{after}"))
            .await?;
        let ends = page.len() < 1000;
        if let Some(last) = page.last() {
            after = format!("&after={}", last.record);
        }
        for row in page.into_iter().filter(wanted) {
            kept.push_back(row);
            if kept.len() > args.limit {
                kept.pop_front();
                passed += 1;
            }
        }
        if ends {
            return Ok(passed);
        }
    }
}

async fn list(args: &ListArgs, context: &Context) -> Result<()> {
    let client = Client::connect(context).await?;
    let cases: Vec<CaseSummary> = match &args.case {
        Some(case) => vec![find(&client, case).await?],
        None => client.get("/v1/cases").await?,
    };
    let mut found = VecDeque::new();
    let mut skip = 0;
    for case in &cases {
        skip += newest(&client, &case.case, args, &mut found).await?;
    }
    let shown: Vec<RecordRow> = found.into();
    context.print(&shown, |out| {
        if shown.is_empty() {
            return writeln!(out, "{}", tr!("report-none"));
        }
        let mut table = Table::new(&[
            &tr!("head-written"),
            &tr!("head-kind"),
            &tr!("head-organisation"),
            &tr!("head-title"),
            &tr!("head-grade"),
            &tr!("head-marking"),
            &tr!("head-record"),
        ]);
        for row in &shown {
            let text =
                |name: &str| plain(row.summary[name].as_str().unwrap_or_default()).into_owned();
            let doubt = if row.doubtful_clock {
                format!(" ({})", tr!("clock-short"))
            } else {
                String::new()
            };
            table.row(vec![
                minute(&text("created")) + &doubt,
                text("kind"),
                plain(&row.org_name).into_owned(),
                text("title") + &files(&row.summary["attachments"]),
                text("grading"),
                text("tlp"),
                first(&row.record),
            ]);
        }
        table.write(out)?;
        if skip > 0 {
            writeln!(out, "{}", tr!("report-older", n = skip))?;
        }
        Ok(())
    })
}

/// How many files go with a report, after its title.
fn files(number: &Value) -> String {
    match number.as_u64() {
        None | Some(0) => String::new(),
        Some(n) => format!(" [{}]", tr!("report-files", n = n)),
    }
}

async fn show(args: &ShowArgs, context: &Context) -> Result<()> {
    let client = Client::connect(context).await?;
    let detail: RecordDetail = client.get(&format!("/v1/records/{}", args.record)).await?;
    context.print(&detail, |out| {
        let marking = detail.row.summary["tlp"].as_str().unwrap_or_default();
        writeln!(out, "{STRONG}{}{STRONG:#}", plain(marking))?;
        let author = format!("{} ({})", detail.row.author_name, detail.row.org_name);
        let text = |name: &str| plain(detail.row.summary[name].as_str().unwrap_or_default());
        writeln!(
            out,
            "{}",
            tr!(
                "report-by",
                kind = text("kind"),
                time = text("created"),
                author = plain(&author),
            )
        )?;
        if let Some(why) = &detail.row.clock_doubt {
            let why = doubt::of_text(why);
            writeln!(out, "{}", tr!("clock-long", why = plain(&why)))?;
        }
        let content = &detail.content;
        for name in ["grading", "verification", "language"] {
            if let Some(text) = content[name].as_str() {
                writeln!(out, "{name}: {}", plain(text))?;
            }
        }
        for (_, fields) in content["body"].as_object().into_iter().flatten() {
            write_fields(fields, 0, out)?;
        }
        for reference in content["refs"].as_array().into_iter().flatten() {
            writeln!(
                out,
                "{} {}",
                reference["relation"].as_str().unwrap_or_default(),
                reference["record"].as_str().unwrap_or_default()
            )?;
        }
        for file in content["attachments"].as_array().into_iter().flatten() {
            let text = |name: &str| plain(file[name].as_str().unwrap_or_default()).into_owned();
            let size = file["size"].as_u64().unwrap_or_default();
            writeln!(
                out,
                "{}",
                tr!(
                    "report-file",
                    name = text("name"),
                    kind = text("media_type"),
                    size = attach::bytes(size)
                )
            )?;
        }
        writeln!(out, "{}", tr!("report-record", record = detail.row.record))?;
        writeln!(out, "{}", tr!("report-case", case = detail.row.case))
    })
}

fn write_fields(value: &Value, depth: usize, out: &mut dyn Write) -> io::Result<()> {
    let Value::Object(map) = value else {
        return Ok(());
    };
    let indent = "  ".repeat(depth);
    for (name, value) in map {
        let name = name.replace('_', " ");
        match value {
            Value::Object(_) => {
                writeln!(out, "{indent}{name}:")?;
                write_fields(value, depth + 1, out)?;
            }
            Value::Array(items) => {
                let texts: Vec<String> = items.iter().map(scalar).collect();
                writeln!(out, "{indent}{name}: {}", plain(&texts.join(", ")))?;
            }
            _ => writeln!(out, "{indent}{name}: {}", plain(&scalar(value)))?,
        }
    }
    Ok(())
}

fn scalar(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Object(map) => {
            let fields = map.iter().map(|(name, value)| match value {
                Value::Array(items) => {
                    let items: Vec<String> = items.iter().map(scalar).collect();
                    format!("{name} {}", items.join(" "))
                }
                _ => format!("{name} {}", scalar(value)),
            });
            fields.collect::<Vec<_>>().join(" ")
        }
        other => other.to_string(),
    }
}

async fn status(args: &StatusArgs, context: &Context) -> Result<()> {
    let client = Client::connect(context).await?;
    let holders: Vec<Holder> = client
        .get(&format!("/v1/records/{}/status", args.record))
        .await?;
    context.print(&holders, |out| {
        if holders.is_empty() {
            return writeln!(out, "{}", tr!("report-alone"));
        }
        let mut table = Table::new(&[
            &tr!("head-organisation"),
            &tr!("head-node"),
            &tr!("head-holds-since"),
            &tr!("head-read-by"),
        ]);
        for holder in &holders {
            let readers: Vec<String> = holder
                .acknowledged
                .iter()
                .map(|a| {
                    let (who, time) = (plain(&a.author_name), minute(&a.at));
                    tr!("report-read-at", who = who, time = time)
                })
                .collect();
            table.row(vec![
                plain(&holder.org_name).into_owned(),
                first(&holder.node),
                holder
                    .since
                    .as_deref()
                    .map_or_else(|| tr!("report-not-yet"), minute),
                readers.join("\n"),
            ]);
        }
        table.write(out)
    })
}

/// Reads at most [`crate::report_file::LIMIT`] bytes of standard input.
fn stdin() -> Result<String> {
    use std::io::Read;
    let mut text = String::new();
    io::stdin()
        .take(crate::report_file::LIMIT as u64 + 1)
        .read_to_string(&mut text)
        .map_err(|e| Error::new(Exit::Io, tr!("stdin-unread")).why(e.to_string()))?;
    if text.len() > crate::report_file::LIMIT {
        return Err(Error::new(Exit::Refused, tr!("report-too-long"))
            .why(tr!(
                "report-too-long-why",
                limit = crate::report_file::LIMIT
            ))
            .next(tr!("report-too-long-next")));
    }
    Ok(text)
}
