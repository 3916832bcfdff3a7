//! `focal audit`: who asked the node for what, and whether its trail holds.

use crate::{
    client::Client,
    commands::case::at_least_one,
    context::Context,
    error::{Error, Exit, Result},
    lang::tr,
};
use focal_node::api::types::AuditPage;
use focal_protocol::{audit::Deed, id::Hash, time::Time};
use std::{path::PathBuf, str::FromStr};

mod file;
mod list;
mod verify;

/// See who asked the node for what, and check that nothing of it was changed
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  focal audit list --kind export --since 2026-11-01
  focal audit verify
  focal audit export -o audit.ndjson")]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    List(ListArgs),
    Verify(VerifyArgs),
    Export(ExportArgs),
}

/// List what was asked of the node, newest last
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  focal audit list
  focal audit list --kind export --kind membership --json")]
struct ListArgs {
    /// Only what happened since then: 2026-11-03 or 2026-11-03T14:30Z
    #[arg(long, value_name = "TIME", value_parser = crate::moment::moment)]
    since: Option<Time>,
    /// Only acts of these kinds: export, membership, keys, purge, failed-authentication and so on
    #[arg(long)]
    kind: Vec<Deed>,
    /// At most this many, the newest
    #[arg(long, default_value_t = 100, value_parser = at_least_one)]
    limit: usize,
}

/// Check the whole trail: every item names the one before it, and the node has signed the end
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The check is made here, from the items themselves; with FILE without any node. Note down the last line somewhere else:
with --holds, a later check also finds a trail that was written anew as a whole.

Examples:
  focal audit verify
  focal audit verify audit.ndjson
  focal audit verify --holds 812:3f9c…")]
struct VerifyArgs {
    /// A file that `focal audit export` has written; the running node if left out
    file: Option<PathBuf>,
    /// An item that was noted down before, which must still be there
    #[arg(long, value_name = "NUMBER:HASH")]
    holds: Option<Noted>,
}

/// Write the whole trail to a file that can be checked without the node
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  focal audit export -o audit.ndjson")]
struct ExportArgs {
    /// Where to write it; - for standard output
    #[arg(short, long, default_value = "-")]
    output: PathBuf,
}

/// An item as somebody noted it down.
#[derive(Debug, Clone, Copy)]
pub(super) struct Noted {
    seq: u64,
    hash: Hash,
}

impl FromStr for Noted {
    type Err = String;
    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let parts = text.split_once(':');
        let noted = parts.and_then(|(seq, hash)| {
            Some(Self {
                seq: seq.parse().ok()?,
                hash: hash.parse().ok()?,
            })
        });
        noted.ok_or_else(|| tr!("noted-odd"))
    }
}

pub(crate) async fn run(args: Args, context: &Context) -> Result<()> {
    match args.command {
        Command::List(args) => list::list(&args, context).await,
        Command::Verify(args) => verify::verify(&args, context).await,
        Command::Export(args) => file::export(&args, context).await,
    }
}

/// Asks for the trail page by page.
struct Pages {
    client: Client,
    from: Option<u64>,
}

impl Pages {
    async fn of(context: &Context) -> Result<Self> {
        Ok(Self {
            client: Client::connect(context).await?,
            from: Some(0),
        })
    }

    /// The next page; none after the last.
    async fn next(&mut self) -> Result<Option<AuditPage>> {
        let Some(from) = self.from else {
            return Ok(None);
        };
        let page: AuditPage = self.client.get(&format!("/v1/audit?from={from}")).await?;
        self.from = page.next;
        if self.from.is_some_and(|next| next <= from) {
            return Err(Error::new(Exit::Failed, tr!("answer-odd")).why(tr!("audit-page-odd")));
        }
        Ok(Some(page))
    }
}
