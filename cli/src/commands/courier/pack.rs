//! `focal courier pack`, `focal courier receipt`.

use crate::{
    attach::bytes,
    client::{Client, Parts},
    context::Context,
    error::{Error, Exit, Result},
    files,
    lang::tr,
    output::{STRONG, plain},
};
use focal_node::api::types::{CourierOrder, CourierPacked};
use focal_protocol::time::Time;
use std::path::{Path, PathBuf};

/// Write what an organisation is not known to hold into a file for it
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Alerts and membership come first, then reports, then, with --attachments, the files that go with them: the smallest first, up to so
many MiB. What found no room goes on with the next courier, once the receipt for this one is back. With --volume-mib, what does not fit goes to FILE.2, FILE.3 and so on;
each can be loaded by itself, the first one first.

Examples:
  focal courier pack --to \"Teres Human Rights Monitor\" -o monitor.courier
  focal courier pack --to \"Teres Human Rights Monitor\" --attachments 500 --since 2026-11-05 -o /media/stick/monitor.courier
  focal courier pack --to 3f9c1a2b --case \"Varenia: Orsk province\" --volume-mib 650 -o /media/stick/monitor.courier")]
pub(super) struct PackArgs {
    /// For whom: an organisation by name or id
    #[arg(long, value_name = "ORG")]
    to: String,
    /// Only this case; may be given more than once
    #[arg(long, value_name = "CASE")]
    case: Vec<String>,
    /// Also what the organisation is known to hold, for instance after it has lost its node
    #[arg(long)]
    all: bool,
    /// Alerts and membership, but of the other reports only what came at or after this time: 2026-11-05, or 2026-11-05T14:00:00Z.
    /// For an organisation that is known to have what came before, though its receipt has not come back
    #[arg(long, value_name = "TIME", value_parser = time, conflicts_with = "all")]
    since: Option<Time>,
    /// Photographs and other files, too, up to so many MiB
    #[arg(long, value_name = "MIB", value_parser = clap::value_parser!(u32).range(1..))]
    attachments: Option<u32>,
    /// Largest size of one file, MiB
    #[arg(long, value_name = "MIB", value_parser = clap::value_parser!(u32).range(4..))]
    volume_mib: Option<u32>,
    /// Where to write it
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

/// Write a file that tells an organisation how much of its reports has arrived here
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  focal courier receipt --to \"Ministry of Foreign Affairs of Norland\" -o receipt.courier")]
pub(super) struct ReceiptArgs {
    /// For whom: an organisation by name or id
    #[arg(long, value_name = "ORG")]
    to: String,
    /// Where to write it
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

/// What `--json` prints.
#[derive(Debug, serde::Serialize)]
struct Written {
    files: Vec<PathBuf>,
    #[serde(flatten)]
    packed: CourierPacked,
}

/// A day, or a time of it.
fn time(text: &str) -> std::result::Result<Time, String> {
    let whole = match text.len() {
        10 => format!("{text}T00:00:00Z"),
        _ => text.to_string(),
    };
    whole.parse().map_err(|_| tr!("time-written"))
}

pub(super) async fn pack(args: PackArgs, context: &Context) -> Result<()> {
    let client = Client::connect(context).await?;
    let mut cases = Vec::new();
    for case in &args.case {
        cases.push(crate::commands::case::find(&client, case).await?.case);
    }
    let order = CourierOrder {
        to: args.to,
        cases,
        everything: args.all,
        receipt: false,
        volume_bytes: args.volume_mib.map(|mib| u64::from(mib) << 20),
        since: args.since.map(|time| time.to_string()),
        attachment_bytes: args.attachments.map(|mib| u64::from(mib) << 20),
    };
    let written = write(&client, &order, &args.output).await?;
    context.print(&written, |out| {
        let packed = &written.packed;
        for file in &written.files {
            writeln!(out, "{STRONG}{}{STRONG:#}", file.display())?;
        }
        writeln!(
            out,
            "{}",
            tr!(
                "courier-for",
                org = plain(&packed.org_name),
                entries = tr!("count-entries", n = packed.entries),
                cases = tr!("count-cases", n = packed.cases),
                parcels = tr!("count-parcels", n = packed.parcels),
                size = bytes(packed.bytes),
            )
        )?;
        if packed.pieces > 0 {
            let size = bytes(packed.piece_bytes);
            let line = tr!("courier-with-pieces", n = packed.pieces, size = size);
            writeln!(out, "{line}")?;
        }
        if packed.files_left > 0 {
            let line = tr!("courier-files-left", n = packed.files_left);
            writeln!(out, "{line}")?;
        }
        writeln!(out, "{}", tr!("courier-then"))
    })
}

pub(super) async fn receipt(args: ReceiptArgs, context: &Context) -> Result<()> {
    let client = Client::connect(context).await?;
    let written = write(&client, &receipt_for(args.to), &args.output).await?;
    context.print(&written, |out| {
        writeln!(
            out,
            "{}",
            tr!(
                "courier-tells",
                file = args.output.display().to_string(),
                org = plain(&written.packed.org_name),
            )
        )
    })
}

pub(super) fn receipt_for(to: String) -> CourierOrder {
    CourierOrder {
        to,
        receipt: true,
        ..CourierOrder::default()
    }
}

/// Writes a receipt for whoever packed what was loaded.
pub(super) async fn write_receipt(client: &Client, to: String, path: &Path) -> Result<()> {
    write(client, &receipt_for(to), path).await.map(drop)
}

async fn write(client: &Client, order: &CourierOrder, path: &Path) -> Result<Written> {
    if path.exists() {
        return Err(files::exists(path).next(tr!("other-name")));
    }
    let mut parts = client.post_for_parts("/v1/courier/pack", order).await?;
    let mut files = Vec::new();
    match write_parts(&mut parts, path, &mut files).await {
        Ok(packed) => Ok(Written { files, packed }),
        Err(error) if files.is_empty() => Err(error),
        // What is whole may be all that there was time for.
        Err(error) => Err(error.next(tr!("courier-whole", n = files.len()))),
    }
}

async fn write_parts(
    parts: &mut Parts,
    path: &Path,
    done: &mut Vec<PathBuf>,
) -> Result<CourierPacked> {
    let mut file = files::NewFile::begin(path)?;
    while let Some((kind, bytes)) = parts.next().await? {
        match kind {
            b'b' => file.write(&bytes)?,
            b'v' => {
                done.push(file.keep()?);
                file = files::NewFile::begin(&numbered(path, done.len() + 1))?;
            }
            b's' => {
                let packed = serde_json::from_slice(&bytes).map_err(|e| {
                    Error::new(Exit::Failed, tr!("file-odd-answer")).why(e.to_string())
                })?;
                done.push(file.keep()?);
                return Ok(packed);
            }
            _ => {}
        }
    }
    Err(Error::new(Exit::Failed, tr!("courier-not-all"))
        .why(tr!("courier-not-all-why"))
        .next(tr!("courier-not-all-next")))
}

/// `FILE.2` for the second volume.
pub(super) fn numbered(path: &Path, volume: usize) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{volume}"));
    name.into()
}
