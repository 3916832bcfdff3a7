//! `focal outbox`: what waits for the node.

use crate::{
    attach::bytes,
    client::Client,
    commands::case::{first, minute},
    context::Context,
    error::{Error, Exit, Result},
    keys::{Author, author_handles, open_author},
    lang::tr,
    outbox::{self, Choice, Kept, Number, Outbox, Refusal, Sizes},
    output::{STRONG, plain},
    prompt::confirm,
    table::Table,
};
use focal_node::api::types::Stored;
use serde::Serialize;
use std::sync::Arc;

/// See, send and cancel what waits for the node
#[derive(Debug, clap::Args)]
#[command(after_help = "\
A report that is sent while the node cannot be reached waits here, signed, and sealed with the author's own key. It goes
out at the next command that reaches the node: alerts first, then the other reports in order, then files, each from where
it was cut short; large ones (over 8 MiB, 1 MiB with --link narrow, none with --link satellite) go with `focal outbox send`.
What the node refuses for good stays here with the reason until it is cancelled.

Examples:
  focal outbox list
  focal outbox send
  focal outbox cancel 81d0c3e4")]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    List(ListArgs),
    Send(SendArgs),
    Cancel(CancelArgs),
}

/// List what waits and what was refused
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  focal outbox list
  focal outbox list --json | jq -r '.[] | select(.state == \"refused\") | .record'")]
struct ListArgs {
    #[command(flatten)]
    of: Of,
}

/// Send now; with ID also what was refused before
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  focal outbox send
  focal outbox send 81d0c3e4")]
struct SendArgs {
    /// Only this report: id, first digits, or its number in the list
    id: Option<String>,
    #[command(flatten)]
    of: Of,
}

/// Throw a report away that was not sent, or files of one that were not
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  focal outbox cancel 81d0c3e4")]
struct CancelArgs {
    /// The report: id, first digits, or its number in the list
    id: String,
    #[command(flatten)]
    of: Of,
}

#[derive(Debug, clap::Args)]
struct Of {
    /// Whose outbox, if several authors have keys here
    #[arg(long, value_name = "HANDLE")]
    author: Option<String>,
}

impl Of {
    /// The author meant: the one named, the only one with something in the outbox, or the only one here.
    fn open(&self, context: &Context) -> Result<Arc<Author>> {
        if let Some(handle) = &self.author {
            return open_author(context, Some(handle));
        }
        let mut handles: Vec<String> = outbox::waiting(context)?
            .into_iter()
            .chain(outbox::refused(context)?)
            .map(|(handle, _)| handle)
            .collect();
        handles.sort();
        handles.dedup();
        let here = author_handles(context)?;
        match &handles[..] {
            [one] if here.contains(one) => open_author(context, Some(one)),
            _ => open_author(context, None),
        }
    }
}

pub(crate) async fn run(args: Args, context: &Context) -> Result<()> {
    match args.command {
        Command::List(args) => list(&args, context),
        Command::Send(args) => send(&args, context).await,
        Command::Cancel(args) => cancel(&args, context).await,
    }
}

/// A row of the list.
#[derive(Debug, Serialize)]
struct Row {
    number: Number,
    /// `waiting`, `follows` (the node has it, files are still to go), `refused`, or `unreadable`: sealed with another key, or damaged.
    state: &'static str,
    record: Option<String>,
    case: Option<String>,
    case_title: Option<String>,
    report: Option<String>,
    title: Option<String>,
    kept: Option<String>,
    /// Why it still waits, or why it was refused.
    why: Option<String>,
    code: Option<String>,
    next: Option<String>,
    /// Files that wait here, and their bytes.
    files: usize,
    bytes: u64,
}

impl Row {
    fn of(kept: &Kept, outbox: &Outbox) -> Self {
        let item = kept.item.as_ref();
        let (files, bytes) = outbox.files_of(kept);
        let refusal = item.and_then(|i| i.refused.as_ref());
        let shown = item.map(outbox::Item::title);
        Self {
            number: kept.number,
            state: match item {
                None => "unreadable",
                _ if kept.refused => "refused",
                _ if kept.follows => "follows",
                _ => "waiting",
            },
            record: item.map(|i| i.record().to_string()),
            case: item.and_then(|i| i.case()).map(|c| c.to_string()),
            case_title: item.map(|i| i.case_title.clone()),
            report: shown
                .as_ref()
                .and_then(|(kind, _)| *kind)
                .map(|k| k.to_string()),
            title: shown.map(|(_, title)| title),
            kept: item.map(|i| i.kept.to_string()),
            why: refusal
                .map(|r| r.message.clone())
                .or_else(|| item.and_then(|i| i.waits_for.clone()))
                .or_else(|| item.is_none().then(|| tr!("outbox-other-key"))),
            code: refusal.and_then(|r| r.code.clone()),
            next: refusal.and_then(|r| r.next.clone()),
            files,
            bytes,
        }
    }
}

fn list(args: &ListArgs, context: &Context) -> Result<()> {
    let author = args.of.open(context)?;
    let outbox = Outbox::of(context, &author);
    let kept = outbox.list()?;
    let rows: Vec<Row> = kept.iter().map(|k| Row::of(k, &outbox)).collect();
    context.print(&rows, |out| {
        if rows.is_empty() {
            return writeln!(out, "{}", tr!("outbox-nothing"));
        }
        let mut table = Table::new(&[
            &tr!("head-number"),
            &tr!("head-kept"),
            &tr!("head-state"),
            &tr!("head-kind"),
            &tr!("head-case"),
            &tr!("head-title"),
            &tr!("head-files"),
            &tr!("head-record"),
        ]);
        for row in &rows {
            let text = |text: &Option<String>| plain(text.as_deref().unwrap_or("")).into_owned();
            table.row(vec![
                row.number.to_string(),
                row.kept.as_deref().map(minute).unwrap_or_default(),
                state(row.state),
                text(&row.report),
                text(&row.case_title),
                text(&row.title),
                match row.files {
                    0 => String::new(),
                    n => format!("{n}, {}", bytes(row.bytes)),
                },
                row.record.as_deref().map(first).unwrap_or_default(),
            ]);
        }
        table.write(out)?;
        let told = |r: &&Row| r.state != "waiting" && (r.why.is_some() || r.next.is_some());
        for row in rows.iter().filter(told) {
            writeln!(
                out,
                "{STRONG}{}{STRONG:#} {}",
                row.record
                    .as_deref()
                    .map_or_else(|| row.number.to_string(), first),
                plain(row.why.as_deref().unwrap_or_default())
            )?;
            if let Some(next) = &row.next {
                writeln!(out, "  {}", plain(next))?;
            }
        }
        Ok(())
    })
}

fn state(name: &str) -> String {
    match name {
        "refused" => tr!("outbox-state-refused"),
        "follows" => tr!("outbox-state-follows"),
        "unreadable" => tr!("outbox-state-unreadable"),
        _ => tr!("outbox-state-waiting"),
    }
}

/// What came of sending.
#[derive(Debug, Serialize)]
struct Sent {
    stored: Vec<Stored>,
    refused: Vec<Refusal>,
    /// Files that were handed over.
    files: usize,
    /// Reports that still wait.
    waiting: usize,
    /// Reports that the node has, and of which files still wait.
    following: usize,
}

async fn send(args: &SendArgs, context: &Context) -> Result<()> {
    let author = args.of.open(context)?;
    let outbox = Outbox::of(context, &author);
    let choice = match &args.id {
        Some(id) => Choice::One(find(&outbox.list()?, id)?.number),
        None => Choice::Waiting,
    };
    let client = Client::connect(context).await?;
    let turn = outbox.turn().await?;
    let outcome = outbox::send(&outbox, &client, choice, Sizes::ALL, turn).await?;
    let line = outcome.line();
    let kept = outbox.list()?;
    let waiting = kept.iter().filter(|k| !k.refused && !k.follows).count();
    let following = kept.iter().filter(|k| k.follows).count();
    let refused = outcome.refused.len();
    let sent = Sent {
        stored: outcome.stored.into_iter().map(|(.., s)| s).collect(),
        refused: outcome.refused.into_iter().map(|(_, r)| r).collect(),
        files: outcome.files,
        waiting,
        following,
    };
    context.print(&sent, |out| {
        let line = line.unwrap_or_else(|| tr!("outbox-nothing"));
        writeln!(out, "{}", plain(&line))
    })?;
    match (outcome.stopped, refused) {
        (Some(e), _) => Err(e),
        (None, 0) => Ok(()),
        (None, n) => Err(Error::new(Exit::Refused, tr!("outbox-node-refuses", n = n))
            .next(tr!("outbox-node-refuses-next"))),
    }
}

async fn cancel(args: &CancelArgs, context: &Context) -> Result<()> {
    let author = args.of.open(context)?;
    let outbox = Outbox::of(context, &author);
    // One that is on its way cannot be taken back.
    let (Some(_turn), Some(_hand)) = (outbox.try_turn()?, outbox.try_hand()?) else {
        return Err(Error::new(Exit::Failed, tr!("outbox-busy"))
            .why(tr!("outbox-busy-why"))
            .next(tr!("outbox-busy-next")));
    };
    let kept = outbox.list()?;
    let kept = find(&kept, &args.id)?;
    let row = Row::of(kept, &outbox);
    confirm(context, &tr!("outbox-throw-away"), |out| {
        let kind = plain(row.report.as_deref().unwrap_or("?"));
        let title = plain(row.title.as_deref().unwrap_or("?"));
        let at_node = kept.item.as_ref().is_some_and(|i| i.stored.is_some());
        let line = if at_node {
            tr!(
                "outbox-files-lost",
                kind = kind,
                title = title,
                n = row.files
            )
        } else {
            tr!("outbox-lost", kind = kind, title = title)
        };
        writeln!(out, "{line}")
    })?;
    outbox.remove(kept.number)?;
    context.print(&row, |out| writeln!(out, "{}", tr!("outbox-cancelled")))
}

/// The report that is meant.
fn find<'a>(kept: &'a [Kept], id: &str) -> Result<&'a Kept> {
    let lower = id.to_lowercase();
    let by_record = |k: &&Kept| {
        let record = k.item.as_ref().map(|i| i.record().to_string());
        lower.len() >= 4 && record.is_some_and(|r| r.starts_with(&lower))
    };
    let by_number = |k: &&Kept| lower.parse() == Ok(k.number);
    let mut found = kept.iter().filter(by_record);
    match (found.next(), found.next()) {
        (Some(one), None) => Ok(one),
        (Some(_), Some(_)) => {
            Err(Error::new(Exit::NotFound, tr!("outbox-many", id = id))
                .next(tr!("outbox-many-next")))
        }
        (None, _) => kept.iter().find(by_number).ok_or_else(|| {
            Error::new(Exit::NotFound, tr!("outbox-missing", id = id))
                .next(tr!("outbox-missing-next"))
        }),
    }
}
