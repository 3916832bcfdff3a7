//! `focal federation`: founding, admitting, accepting. No server: files go round, signatures collect in them.

use crate::{
    accepted,
    client::Client,
    context::Context,
    error::{Error, Exit, Result},
    federation_file::FederationFile,
    federation_view::{Shown, write_directory},
    files,
    lang::tr,
    organisation::Organisation,
    prompt,
};
use focal_node::api::types::Directory;
use std::path::{Path, PathBuf};

mod accept;
mod admit;
mod found;
mod request;

/// Found, join and show a federation.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  focal federation request -o monitor.request
  focal federation found --name \"Varenia Watch\" --member monitor.request --member un.request -o varenia.bundle
  focal federation found --sign varenia.bundle
  focal federation accept varenia.bundle
  focal federation admit newcomer.request -o varenia-1.bundle")]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Request(request::Args),
    Found(found::Args),
    Admit(admit::Args),
    Accept(accept::Args),
    Show(ShowArgs),
}

/// Show the federation: members, stewards, fingerprints
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  focal federation show
  focal federation show --file varenia.bundle
  focal federation show --json | jq -r '.members[].name'")]
struct ShowArgs {
    /// A federation file, instead of what the node knows
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
}

pub(crate) async fn run(args: Args, context: &Context) -> Result<()> {
    match args.command {
        Command::Request(args) => request::run(&args, context),
        Command::Found(args) => found::run(args, context),
        Command::Admit(args) => admit::run(args, context).await,
        Command::Accept(args) => accept::run(&args, context).await,
        Command::Show(args) => show(&args, context).await,
    }
}

async fn show(args: &ShowArgs, context: &Context) -> Result<()> {
    if let Some(file) = &args.file {
        let shown = Shown::new(&FederationFile::read(file)?);
        return context.print(&shown, |out| shown.write(out));
    }
    let directory = match Client::connect(context).await {
        Ok(client) => client.get::<Directory>("/v1/directory").await?,
        Err(e) if e.exit == Exit::Unreachable => {
            let Some(directory) = accepted::load(context)? else {
                return Err(e);
            };
            context.remark(&tr!("federation-as-accepted"));
            let file = FederationFile::new(directory.to_bundle()).map_err(|e| {
                Error::new(Exit::Failed, tr!("accepted-unusable")).why(e.to_string())
            })?;
            let shown = Shown::new(&file);
            return context.print(&shown.directory, |out| shown.write(out));
        }
        Err(e) => return Err(e),
    };
    context.print(&directory, |out| write_directory(out, &directory))
}

/// Writes a file that is handed on; one that is there is replaced only after a yes.
fn write_out(context: &Context, path: &Path, bytes: &[u8]) -> Result<()> {
    if path.exists() {
        let question = tr!("replace-question", path = path.display());
        prompt::confirm(context, &question, |_| Ok(()))?;
    }
    files::write_private(path, bytes)
}

/// Says when the last manifest does not say all that the organisation has changed.
fn remark_unissued(context: &Context, org: &Organisation) -> Result<()> {
    let latest = org.latest_or_next()?;
    let cards = org.cards(context)?;
    let stale = cards
        .iter()
        .any(|card| !latest.is_revoked(&card.id.key()) && !latest.nodes.contains(card));
    if org.draft != crate::draft::Draft::default() || stale {
        context.remark(&tr!("changes-unissued"));
    }
    if latest.nodes.is_empty() {
        context.remark(&tr!("no-node-listed"));
    }
    Ok(())
}
