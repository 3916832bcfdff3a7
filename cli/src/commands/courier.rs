//! `focal courier`: what partners lack, by file.

mod load;
mod pack;

use crate::{context::Context, error::Result};

/// Carry reports by file where there is no network: on a stick, a card, a disk
#[derive(Debug, clap::Args)]
#[command(after_help = "\
A courier file can be opened by the nodes of one organisation. Who finds it learns its size and nothing else. One that is
lost, damaged, or loaded twice costs nothing: until the recipient's receipt has come back, every new one holds all again.

Examples:
  focal courier pack --to \"UN Office for the Varenia Region\" -o un.courier
  focal courier load un.courier --receipt back-to-norland.courier
  focal courier load back-to-norland.courier")]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Pack(pack::PackArgs),
    Load(load::LoadArgs),
    Receipt(pack::ReceiptArgs),
}

pub(crate) async fn run(args: Args, context: &Context) -> Result<()> {
    match args.command {
        Command::Pack(args) => pack::pack(args, context).await,
        Command::Load(args) => load::load(args, context).await,
        Command::Receipt(args) => pack::receipt(args, context).await,
    }
}
