//! `focal node duress`: a second passphrase for the node's keys, to be given away; and what happens when it is used.

use super::run;
use crate::{context::Context, error::Result, keys::not_set, lang::tr, node_card, prompt, wipe};
use focal_node::{Error as NodeError, NodeKeys, Settings};
use focal_protocol::seal::Unlock;
use serde::Serialize;
use std::path::PathBuf;

/// Set a passphrase that destroys everything here and opens an empty node
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Whoever forces you to start the node is given this one. Everything in this home is destroyed without a word, authors' keys
too, and the node starts as one that was just made: with other keys, in no federation, with no cases. From then on it is the
passphrase of that node. A node that a key file opens has none.

Examples:
  focal node duress
  focal node duress --duress-passphrase-file /media/stick/duress
  focal node duress --remove")]
pub(super) struct DuressArgs {
    /// Take it away: the second slot is filled with random bytes
    #[arg(long)]
    remove: bool,
    /// Read it from the first line of a file instead of asking
    #[arg(long, value_name = "FILE", conflicts_with = "remove")]
    duress_passphrase_file: Option<PathBuf>,
}

/// What `--json` prints.
#[derive(Debug, Serialize)]
struct Set {
    duress: bool,
}

pub(super) fn set(args: &DuressArgs, context: &Context) -> Result<()> {
    let dir = context.node_dir();
    let unlock = run::unlock_as_it_is(context)?;
    // Before another passphrase is typed: does this one open it?
    let duress = match args.remove {
        true => None,
        false => Some(Unlock::Passphrase(prompt::new_duress(
            context,
            args.duress_passphrase_file.as_deref(),
        )?)),
    };
    NodeKeys::set_duress(&dir, &unlock, duress.as_ref()).map_err(|e| match &e {
        NodeError::Keys(
            why @ (focal_protocol::seal::KeyFileError::SamePassphrase
            | focal_protocol::seal::KeyFileError::NoDuress),
        ) => not_set(why),
        other => run::error(other),
    })?;
    let set = Set {
        duress: !args.remove,
    };
    context.print(&set, |out| {
        if set.duress {
            writeln!(
                out,
                "{}",
                tr!("node-duress-set", home = context.home.display())
            )
        } else {
            writeln!(out, "{}", tr!("node-duress-none"))
        }
    })
}

/// If it is the duress passphrase: destroys everything, and leaves a node that was never used.
pub(super) fn heed(context: &Context, unlock: &Unlock) -> Result<()> {
    let dir = context.node_dir();
    let Some(decoy) = NodeKeys::decoy(&dir, unlock) else {
        return Ok(());
    };
    let text = focal_node::wipe::decoy(&decoy, unlock).map_err(|e| run::error(&e))?;
    let path = NodeKeys::path(&dir);
    wipe::under_duress(context, &path, text);
    wipe::once_more(context, &path);
    // As `focal node init` leaves it.
    let announce = Settings::load(&dir).map(|s| s.announce).unwrap_or_default();
    if let Ok(entry) = decoy.entry(announce) {
        let _ = node_card::write(&node_card::path(&dir), &entry);
    }
    Ok(())
}
