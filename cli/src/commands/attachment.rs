//! `focal attachment`: the files that go with reports.

use crate::{
    attach::{self, Bar, Metadata, PICTURE, Target, bytes, download, open},
    client::Client,
    commands::case::{find, first},
    context::Context,
    error::{Error, Exit, Result},
    keys::open_author,
    lang::{self, tr},
    output::plain,
    table::Table,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use focal_node::api::types::{
    AttachmentHere, AttachmentRow, AttachmentVerified, Export, ExportRequest, Pruned, RecordDetail,
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
    Originals(OriginalsArgs),
}

/// List pictures as they were before metadata was taken out of them, or write one
#[derive(Debug, clap::Args)]
#[command(after_help = "\
They are in the home of this machine only, sealed with your own key.

Examples:
  focal attachment originals
  focal attachment originals 5be20f17 -o market-original.jpg")]
struct OriginalsArgs {
    /// One of them: first digits of its SHA-256, or of the attachment that was sent in its place
    #[arg(requires = "output")]
    what: Option<String>,
    /// File to write it to
    #[arg(short, long, value_name = "FILE", requires = "what")]
    output: Option<PathBuf>,
    /// Whose key opens them, if there are several here
    #[arg(long, value_name = "HANDLE")]
    author: Option<String>,
}

/// List files, and how far they are here
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  focal attachment list
  focal attachment list \"Varenia: Orsk province\"
  focal attachment list --report 81d0c3e4 --metadata
  focal attachment list --report 81d0c3e4 --json")]
struct ListArgs {
    /// Only of this case: id, first digits, or title
    case: Option<String>,
    /// Only of this report: id or first digits
    #[arg(long, value_name = "REPORT", conflicts_with = "case")]
    report: Option<String>,
    /// Open pictures that are here, and say what they tell besides what they show: place, time, device
    #[arg(long)]
    metadata: bool,
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
        Command::Originals(args) => originals(&args, context),
    }
}

fn here(row: &AttachmentRow) -> String {
    let part = u64::from(row.held) * 100 / u64::from(row.of.max(1));
    match row.state {
        AttachmentHere::Complete => tr!("attachment-here"),
        AttachmentHere::Coming => tr!("attachment-comes", part = part),
        AttachmentHere::Waiting if row.held > 0 => tr!("attachment-waits-part", part = part),
        AttachmentHere::Waiting => tr!("attachment-waits"),
        AttachmentHere::OnDemand => tr!("attachment-on-demand"),
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
    if args.metadata {
        return told(&client, &rows, context).await;
    }
    context.print(&rows, |out| {
        if rows.is_empty() {
            return writeln!(out, "{}", tr!("attachment-none"));
        }
        let mut table = Table::new(&[
            &tr!("head-file-name"),
            &tr!("head-file-size"),
            &tr!("head-file-type"),
            &tr!("head-file-here"),
            &tr!("head-file-report"),
            &tr!("head-file-attachment"),
        ]);
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

/// What pictures tell besides what they show. They are opened in memory, and not kept: that is reading.
async fn told(client: &Client, rows: &[AttachmentRow], context: &Context) -> Result<()> {
    let mut found = Vec::new();
    for row in rows {
        let (mut metadata, mut why) = (None, None);
        if !row.media_type.starts_with("image/") || row.size > PICTURE {
            why = Some(tr!("attachment-not-looked"));
        } else if row.state != AttachmentHere::Complete {
            why = Some(tr!("attachment-not-yet"));
        } else {
            let detail = client.get(&format!("/v1/records/{}", row.record)).await?;
            let bytes = open(client, &named(row, &detail)?).await?;
            metadata = Some(Metadata::of(&row.media_type, &bytes.into()));
        }
        let line = match (&metadata, why) {
            (Some(metadata), _) if metadata.is_empty() => tr!("attachment-nothing"),
            (Some(metadata), _) => metadata.line(),
            (None, why) => why.unwrap_or_default(),
        };
        found.push((row, metadata, line));
    }
    let rows: Vec<_> = found
        .iter()
        .map(|(row, metadata, _)| {
            let mut value = json!(row);
            value["metadata"] = json!(metadata);
            value
        })
        .collect();
    context.print(&rows, |out| {
        if found.is_empty() {
            return writeln!(out, "{}", tr!("attachment-none"));
        }
        for (row, _, line) in &found {
            writeln!(out, "{} ({})", plain(&row.name), first(&row.attachment))?;
            writeln!(out, "  {}", tr!("attachment-says", line = plain(line)))?;
            if let Some(original) = &row.original {
                let original = first(original);
                writeln!(out, "  {}", tr!("attachment-stripped", original = original))?;
            }
        }
        Ok(())
    })
}

fn originals(args: &OriginalsArgs, context: &Context) -> Result<()> {
    let author = open_author(context, args.author.as_deref())?;
    let (kept, others) = attach::originals::all(&author.key, context)?;
    drop(author);
    if let (Some(what), Some(path)) = (&args.what, &args.output) {
        let digits = what.to_ascii_lowercase();
        let begins = |id: &Hash| id.to_string().starts_with(&digits);
        let mut found = kept
            .iter()
            .filter(|o| digits.len() >= 4 && (begins(&o.picture.hash) || begins(&o.sent_as)));
        let (Some(original), None) = (found.next(), found.next()) else {
            return Err(
                Error::new(Exit::NotFound, tr!("original-no-one", what = plain(what)))
                    .why(tr!("original-digits"))
                    .next(tr!("original-see")),
            );
        };
        let bytes = attach::originals::open(original, context)?;
        crate::files::create_private(path, &bytes)?;
        let written = json!({
            "name": original.picture.name, "hash": original.picture.hash, "file": path,
        });
        return context.print(&written, |out| {
            let path = path.display().to_string();
            writeln!(out, "{}", tr!("original-as-it-was", file = plain(&path)))
        });
    }
    let rows: Vec<_> = kept
        .iter()
        .map(|o| {
            json!({
                "name": o.picture.name, "size": o.picture.size, "hash": o.picture.hash,
                "sent_as": o.sent_as, "kept": o.kept,
            })
        })
        .collect();
    context.print(&rows, |out| {
        if kept.is_empty() {
            writeln!(out, "{}", tr!("original-none"))?;
        } else {
            let mut table = Table::new(&[
                &tr!("head-file-name"),
                &tr!("head-file-size"),
                &tr!("head-kept"),
                &tr!("head-file-sha"),
                &tr!("head-file-sent-as"),
            ]);
            for o in &kept {
                table.row(vec![
                    plain(&o.picture.name).into_owned(),
                    bytes(o.picture.size),
                    o.kept.to_string(),
                    first(&o.picture.hash.to_string()),
                    first(&o.sent_as.to_string()),
                ]);
            }
            table.write(out)?;
        }
        if others > 0 {
            writeln!(out, "{}", tr!("original-of-others", n = others))?;
        }
        Ok(())
    })
}

/// The files that a report names, or the one with this id.
async fn rows(client: &Client, what: &str) -> Result<Vec<AttachmentRow>> {
    let unknown = |why: String| {
        Error::new(
            Exit::NotFound,
            tr!("attachment-unknown", what = plain(what)),
        )
        .why(why)
        .next(tr!("attachment-see"))
    };
    let digits = what.to_ascii_lowercase();
    if digits.len() < 4 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(unknown(tr!("attachment-digits")));
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
        (true, true) => Err(unknown(tr!("attachment-unnamed"))),
        _ => Err(unknown(tr!("attachment-many"))),
    }
}

/// The description of a file in a signed report, with its author's signature checked here. With the key in it the file leaves
/// the node, for the organisation's own use: so the report is asked for where the marking decides, and the audit trail
/// has it first.
async fn described(client: &Client, row: &AttachmentRow) -> Result<Attachment> {
    let request = ExportRequest {
        purpose: "own-use".into(),
        records: vec![row.record.clone()],
        ..ExportRequest::default()
    };
    let path = format!("/v1/cases/{}/export", row.case);
    let mut given: Export = client.post(&path, &request).await?;
    if let Some(refused) = given.refused.pop() {
        let error = Error::new(
            Exit::Refused,
            tr!("attachment-may-not-leave", name = plain(&row.name)),
        )
        .why(refused.reason);
        return Err(match refused.ask {
            Some(org) => error.next(tr!("attachment-ask", org = plain(&org))),
            None => error,
        });
    }
    let Some(detail) = given.records.pop() else {
        return Err(Error::new(Exit::NotFound, tr!("attachment-report-gone")));
    };
    named(row, &detail)
}

/// The description of a file in a signed report, whose author's signature is checked.
fn named(row: &AttachmentRow, detail: &RecordDetail) -> Result<Attachment> {
    let odd = |why: String| Error::new(Exit::Refused, tr!("attachment-report-odd")).why(why);
    let signed = STANDARD
        .decode(&detail.signed)
        .map_err(|e| odd(e.to_string()))?;
    let signed: Signed<Record> =
        codec::decode(&signed, 2 * limits::RECORD).map_err(|e| odd(e.to_string()))?;
    if Record::id_of(&signed).to_string() != row.record {
        return Err(odd(tr!("attachment-other-report")));
    }
    let record = signed
        .verify_by(|record: &Record| record.author)
        .map_err(|e| odd(e.to_string()))?
        .into_value();
    let list: Hash = row
        .attachment
        .parse()
        .map_err(|_| odd(tr!("attachment-no-id")))?;
    let named = record.attachments.into_iter().find(|a| a.list == list);
    named.ok_or_else(|| odd(tr!("attachment-not-named")))
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
            let files = tr!("count-files", n = rows.len());
            writeln!(out, "{}", tr!("attachment-to-node", files = files))?;
            writeln!(out, "{}", tr!("attachment-how-far"))
        });
    }
    let target = match &args.output {
        None => Target::Directory(PathBuf::from(".")),
        Some(path) if path.is_dir() => Target::Directory(path.clone()),
        Some(path) if rows.len() == 1 => Target::File(path.clone()),
        Some(path) => {
            let files = tr!("count-files", n = rows.len());
            return Err(Error::new(
                Exit::Usage,
                tr!("no-directory", path = path.display().to_string()),
            )
            .why(tr!("attachment-report-has", files = files))
            .next(tr!("attachment-name-one")));
        }
    };
    let mut written = Vec::new();
    for row in &rows {
        wait(&client, row, context).await?;
        let attachment = described(&client, row).await?;
        let path = download(context, &client, &attachment, &target).await?;
        written.push(json!({
            "attachment": row.attachment, "record": row.record, "name": row.name, "size": row.size,
            "hash": row.hash, "file": path,
        }));
    }
    context.print(&written, |out| {
        for file in &written {
            let path = file["file"].as_str().unwrap_or_default();
            let size = file["size"].as_u64().unwrap_or_default();
            let line = tr!(
                "attachment-as-signed",
                file = plain(path),
                size = bytes(size)
            );
            writeln!(out, "{line}")?;
        }
        Ok(())
    })
}

/// Waits until the node has all of a file.
async fn wait(client: &Client, row: &AttachmentRow, context: &Context) -> Result<()> {
    let bar = Bar::of(&tr!("attachment-fetching", name = row.name), row.size);
    let mut said = None;
    loop {
        let path = format!("/v1/attachments?record={}", row.record);
        let rows: Vec<AttachmentRow> = client.get(&path).await?;
        let Some(now) = rows.into_iter().find(|r| r.attachment == row.attachment) else {
            return Err(Error::new(Exit::NotFound, tr!("attachment-named-no-more"))
                .why(tr!("attachment-named-no-more-why")));
        };
        if now.state == AttachmentHere::Complete {
            return Ok(());
        }
        let part = now.size as u128 * u128::from(now.held) / u128::from(now.of.max(1));
        bar.at(u64::try_from(part).unwrap_or(now.size));
        if now.state == AttachmentHere::Coming {
            bar.say(&tr!("attachment-fetching", name = row.name));
        } else if let Some(why) = now.why.filter(|why| said.as_ref() != Some(why)) {
            let text = tr!(
                "attachment-waits-why",
                name = row.name,
                why = lang::words(&why)
            );
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
            return writeln!(out, "{}", tr!("attachment-none"));
        }
        let mut table = Table::new(&[
            &tr!("head-file-name"),
            &tr!("head-file-sound"),
            &tr!("head-file-damaged"),
            &tr!("head-file-attachment"),
        ]);
        for row in &verified {
            table.row(vec![
                plain(row["name"].as_str().unwrap_or_default()).into_owned(),
                tr!(
                    "attachment-some-of",
                    some = row["sound"].to_string(),
                    all = row["of"].to_string()
                ),
                row["damaged"].to_string(),
                first(row["attachment"].as_str().unwrap_or_default()),
            ]);
        }
        table.write(out)
    })?;
    if damaged > 0 {
        return Err(
            Error::new(Exit::Unwell, tr!("attachment-damaged", n = damaged))
                .why(tr!("attachment-damaged-why"))
                .next(tr!("attachment-damaged-next")),
        );
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
            "{}",
            tr!("attachment-pruned", n = number, size = bytes(pruned.bytes))
        )
    })
}
