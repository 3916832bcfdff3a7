//! `focal attachment`: the files that go with reports.

use crate::{
    client::Client,
    context::Context,
    error::{Error, Exit, Result},
    lang::tr,
    output::plain,
};
use focal_node::api::types::AttachmentRow;
use std::path::PathBuf;

mod fetch;
mod held;
mod list;
mod originals;
mod signed;

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
        Command::List(args) => list::list(&args, context).await,
        Command::Fetch(args) => fetch::fetch(&args, context).await,
        Command::Verify(args) => held::verify(&args, context).await,
        Command::Prune(PruneArgs {}) => held::prune(context).await,
        Command::Originals(args) => originals::originals(&args, context),
    }
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
