//! `focal attachment`: the files that go with reports.

use crate::{
    attach::{Bar, Target, bytes, download},
    client::Client,
    commands::case::{find, first},
    context::Context,
    error::{Error, Exit, Result},
    output::{count, plain},
    table::Table,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use focal_node::api::types::{
    AttachmentHere, AttachmentRow, AttachmentVerified, Pruned, RecordDetail,
};
use focal_protocol::{
    codec,
    id::Hash,
    limits,
    record::{Attachment, Record},
    signed::Signed,
};
use serde_json::json;
use std::{path::PathBuf, time::Duration};

/// How often it is asked how far a fetch is.
const LOOK: Duration = Duration::from_millis(250);

/// Photographs, videos, documents that go with reports
#[derive(Debug, clap::Args)]
#[command(after_help = "\
A report takes files with it: focal report send CASE --attach FILE. Small ones come to every member's node by themselves;
larger ones when somebody asks for them.

Examples:
  focal attachment list 3f9c1a2b
  focal attachment fetch 81d0c3e4
  focal attachment fetch 5be20f17 -o market.jpg
  focal attachment verify 81d0c3e4")]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    List(ListArgs),
    Fetch(FetchArgs),
    Verify(VerifyArgs),
    Prune(PruneArgs),
}

/// List files, and how far they are here
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  focal attachment list
  focal attachment list \"Varenia: Orsk province\"
  focal attachment list --report 81d0c3e4 --json")]
struct ListArgs {
    /// Only of this case: id, first digits, or title
    case: Option<String>,
    /// Only of this report: id or first digits
    #[arg(long, value_name = "REPORT", conflicts_with = "case")]
    report: Option<String>,
}

/// Bring files to this node if they are not here, open them, check them against the signed report, and write them
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Nothing that exists is replaced. Names that partners gave are made safe. While no partner in reach has a file, the node
waits for one; Ctrl-C leaves it to the node.

Examples:
  focal attachment fetch 81d0c3e4                    # all files of a report, into this directory
  focal attachment fetch 81d0c3e4 -o photographs/
  focal attachment fetch 5be20f17 -o market.jpg      # one file
  focal attachment fetch 5be20f17 --to-node          # to the node only, without waiting")]
struct FetchArgs {
    /// A report or an attachment: id or first digits
    what: String,
    /// File, or directory that exists
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Ask the node for it, and do not wait
    #[arg(long, conflicts_with = "output")]
    to_node: bool,
}

/// Read all that the node keeps of files; what is damaged is removed and fetched again
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  focal attachment verify
  focal attachment verify 81d0c3e4")]
struct VerifyArgs {
    /// A report or an attachment: id or first digits; everything if left out
    what: Option<String>,
}

/// Remove from the node what no report names any more
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The node does so by itself after a week: uploads that were cut short may go on until then.

Examples:
  focal attachment prune")]
struct PruneArgs {}

pub(crate) async fn run(args: Args, context: &Context) -> Result<()> {
    match args.command {
        Command::List(args) => list(&args, context).await,
        Command::Fetch(args) => fetch(&args, context).await,
        Command::Verify(args) => verify(&args, context).await,
        Command::Prune(PruneArgs {}) => prune(context).await,
    }
}

fn here(row: &AttachmentRow) -> String {
    let part = u64::from(row.held) * 100 / u64::from(row.of.max(1));
    match row.state {
        AttachmentHere::Complete => "here".into(),
        AttachmentHere::Coming => format!("comes ({part} %)"),
        AttachmentHere::Waiting if row.held > 0 => format!("waits ({part} %)"),
        AttachmentHere::Waiting => "waits".into(),
        AttachmentHere::OnDemand => "on demand".into(),
    }
}

async fn list(args: &ListArgs, context: &Context) -> Result<()> {
    let client = Client::connect(context).await?;
    let path = match (&args.case, &args.report) {
        (Some(case), _) => {
            let case = find(&client, case).await?.case;
            format!("/v1/attachments?case={case}")
        }
        (None, Some(report)) => {
            let record: RecordDetail = client.get(&format!("/v1/records/{report}")).await?;
            format!("/v1/attachments?record={}", record.row.record)
        }
        (None, None) => "/v1/attachments".into(),
    };
    let rows: Vec<AttachmentRow> = client.get(&path).await?;
    context.print(&rows, |out| {
        if rows.is_empty() {
            return writeln!(out, "No files.");
        }
        let mut table = Table::new(&["name", "size", "type", "here", "report", "attachment"]);
        for row in &rows {
            table.row(vec![
                plain(&row.name).into_owned(),
                bytes(row.size),
                plain(&row.media_type).into_owned(),
                here(row),
                first(&row.record),
                first(&row.attachment),
            ]);
        }
        table.write(out)
    })
}

/// The files that a report names, or the one with this id.
async fn rows(client: &Client, what: &str) -> Result<Vec<AttachmentRow>> {
    let unknown = |why: &str| {
        Error::new(
            Exit::NotFound,
            format!("there is no report or attachment \"{}\"", plain(what)),
        )
        .why(why)
        .next("see them with `focal attachment list`")
    };
    let digits = what.to_ascii_lowercase();
    if digits.len() < 4 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(unknown(
            "an id, or at least its first four digits, is needed",
        ));
    }
    let all: Vec<AttachmentRow> = client.get("/v1/attachments").await?;
    let of_record: Vec<_> = all
        .iter()
        .filter(|row| row.record.starts_with(&digits))
        .cloned()
        .collect();
    let mut of_file: Vec<_> = all
        .into_iter()
        .filter(|row| row.attachment.starts_with(&digits))
        .collect();
    of_file.dedup_by(|a, b| a.attachment == b.attachment);
    let one = |rows: &[AttachmentRow], id: fn(&AttachmentRow) -> &str| {
        rows.windows(2).all(|pair| id(&pair[0]) == id(&pair[1]))
    };
    match (of_record.is_empty(), of_file.is_empty()) {
        (false, true) if one(&of_record, |r| &r.record) => Ok(of_record),
        (true, false) if of_file.len() == 1 => Ok(of_file),
        (true, true) => Err(unknown("no file is named by such a report")),
        _ => Err(unknown("more than one begins with these digits")),
    }
}

/// The description of a file in a signed report, with its author's signature checked here.
async fn described(client: &Client, row: &AttachmentRow) -> Result<Attachment> {
    let detail: RecordDetail = client.get(&format!("/v1/records/{}", row.record)).await?;
    let odd = |why: String| {
        Error::new(
            Exit::Refused,
            "the report that names the file does not hold",
        )
        .why(why)
    };
    let signed = STANDARD
        .decode(&detail.signed)
        .map_err(|e| odd(e.to_string()))?;
    let signed: Signed<Record> =
        codec::decode(&signed, 2 * limits::RECORD).map_err(|e| odd(e.to_string()))?;
    if Record::id_of(&signed).to_string() != row.record {
        return Err(odd("it is another report".into()));
    }
    let record = signed
        .verify_by(|record: &Record| record.author)
        .map_err(|e| odd(e.to_string()))?
        .into_value();
    let list: Hash = row
        .attachment
        .parse()
        .map_err(|_| odd("the file's id is none".into()))?;
    let named = record.attachments.into_iter().find(|a| a.list == list);
    named.ok_or_else(|| odd("it does not name the file".into()))
}

async fn fetch(args: &FetchArgs, context: &Context) -> Result<()> {
    let client = Client::connect(context).await?;
    let rows = rows(&client, &args.what).await?;
    for row in &rows {
        if row.state != AttachmentHere::Complete {
            client
                .post_nothing(&format!("/v1/attachments/{}/fetch", row.attachment))
                .await?;
        }
    }
    if args.to_node {
        return context.print(&rows, |out| {
            let files = count(rows.len(), "file");
            writeln!(out, "{files}: the node fetches what it does not have.")?;
            writeln!(out, "How far it is: focal attachment list")
        });
    }
    let target = match &args.output {
        None => Target::Directory(PathBuf::from(".")),
        Some(path) if path.is_dir() => Target::Directory(path.clone()),
        Some(path) if rows.len() == 1 => Target::File(path.clone()),
        Some(path) => {
            return Err(
                Error::new(Exit::Usage, format!("{} is no directory", path.display()))
                    .why(format!("the report has {}", count(rows.len(), "file")))
                    .next("name a directory that exists, or one file by its own id"),
            );
        }
    };
    let mut written = Vec::new();
    for row in &rows {
        wait(&client, row, context).await?;
        let attachment = described(&client, row).await?;
        let path = download(&client, &attachment, &target).await?;
        written.push(json!({
            "attachment": row.attachment, "record": row.record, "name": row.name, "size": row.size,
            "hash": row.hash, "file": path,
        }));
    }
    context.print(&written, |out| {
        for file in &written {
            let path = file["file"].as_str().unwrap_or_default();
            let size = file["size"].as_u64().unwrap_or_default();
            writeln!(out, "{}  ({}, as it was signed)", plain(path), bytes(size))?;
        }
        Ok(())
    })
}

/// Waits until the node has all of a file.
async fn wait(client: &Client, row: &AttachmentRow, context: &Context) -> Result<()> {
    let bar = Bar::of(&format!("fetching {}", row.name), row.size);
    let mut said = None;
    loop {
        let path = format!("/v1/attachments?record={}", row.record);
        let rows: Vec<AttachmentRow> = client.get(&path).await?;
        let Some(now) = rows.into_iter().find(|r| r.attachment == row.attachment) else {
            return Err(Error::new(Exit::NotFound, "the file is named no more")
                .why("the report was withdrawn from reading, or its case purged"));
        };
        if now.state == AttachmentHere::Complete {
            return Ok(());
        }
        let part = now.size as u128 * u128::from(now.held) / u128::from(now.of.max(1));
        bar.at(u64::try_from(part).unwrap_or(now.size));
        if now.state == AttachmentHere::Coming {
            bar.say(&format!("fetching {}", row.name));
        } else if let Some(why) = now.why.filter(|why| said.as_ref() != Some(why)) {
            let text = format!("{} waits: {why}", row.name);
            if bar.is_seen() {
                bar.say(&text);
            } else {
                context.remark(&text);
            }
            said = Some(why);
        }
        tokio::time::sleep(LOOK).await;
    }
}

async fn verify(args: &VerifyArgs, context: &Context) -> Result<()> {
    let client = Client::connect(context).await?;
    let rows = match &args.what {
        Some(what) => rows(&client, what).await?,
        None => {
            let mut all: Vec<AttachmentRow> = client.get("/v1/attachments").await?;
            all.retain(|row| row.held > 0);
            all.sort_by(|a, b| a.attachment.cmp(&b.attachment));
            all.dedup_by(|a, b| a.attachment == b.attachment);
            all
        }
    };
    let bar = Bar::of("verifying", rows.iter().map(|r| r.size).sum());
    let mut verified = Vec::new();
    for row in &rows {
        let path = format!("/v1/attachments/{}/verify", row.attachment);
        let found: AttachmentVerified = client.post(&path, &json!(null)).await?;
        bar.more(row.size);
        verified.push(json!({
            "attachment": row.attachment, "name": row.name, "sound": found.sound,
            "damaged": found.damaged, "of": found.of,
        }));
    }
    drop(bar);
    let damaged = verified
        .iter()
        .filter(|v| v["damaged"].as_u64().unwrap_or_default() > 0)
        .count();
    context.print(&verified, |out| {
        if verified.is_empty() {
            return writeln!(out, "No files.");
        }
        let mut table = Table::new(&["name", "sound", "damaged", "attachment"]);
        for row in &verified {
            table.row(vec![
                plain(row["name"].as_str().unwrap_or_default()).into_owned(),
                format!("{} of {}", row["sound"], row["of"]),
                row["damaged"].to_string(),
                first(row["attachment"].as_str().unwrap_or_default()),
            ]);
        }
        table.write(out)
    })?;
    if damaged > 0 {
        return Err(Error::new(
            Exit::Unwell,
            format!("{} damaged on the node's disk", count(damaged, "file")),
        )
        .why("the damaged pieces were removed; the node fetches them again")
        .next("look at the disk; see how far they are with `focal attachment list`"));
    }
    Ok(())
}

async fn prune(context: &Context) -> Result<()> {
    let client = Client::connect(context).await?;
    let pruned: Pruned = client.post("/v1/attachments/prune", &json!(null)).await?;
    context.print(&pruned, |out| {
        let number = usize::try_from(pruned.attachments).unwrap_or(usize::MAX);
        writeln!(
            out,
            "{} removed, {}.",
            count(number, "attachment"),
            bytes(pruned.bytes)
        )
    })
}
