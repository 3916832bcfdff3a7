//! `focal org author duress`: a second passphrase, to be given away.

use crate::{
    context::Context,
    error::Result,
    keys,
    lang::tr,
    output::{plain, strong},
    prompt,
};
use serde::Serialize;
use std::path::PathBuf;

/// Set a passphrase that destroys everything here and opens an empty profile
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Whoever forces you to open your key is given this one. It works wherever the passphrase is asked for: all keys in this home,
its outbox, originals, drafts, and its node if there is one, are destroyed without a word, and the command ends as in a profile
that was never used, with exit code 0. From then on it is the passphrase of that empty profile.

Nobody who has the disk can tell whether one is set: a key file always has two slots. Somebody who knows the home from before,
or has a copy of it, sees that something is gone. Copies and backups elsewhere are not touched: they open with the right
passphrase. Choose one that you never type by mistake.

Examples:
  focal org author duress
  focal org author duress eli --duress-passphrase-file /media/stick/duress
  focal org author duress eli --remove")]
pub(super) struct DuressArgs {
    /// Whose key, if there are several here
    #[arg(value_name = "HANDLE")]
    handle: Option<String>,
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
    handle: String,
    duress: bool,
}

pub(super) fn run(args: &DuressArgs, context: &Context) -> Result<()> {
    let handle = keys::set_duress(context, args.handle.as_deref(), || {
        if args.remove {
            return Ok(None);
        }
        prompt::new_duress(context, args.duress_passphrase_file.as_deref()).map(Some)
    })?;
    let set = Set {
        handle,
        duress: !args.remove,
    };
    context.print(&set, |out| {
        let handle = plain(&set.handle);
        if set.duress {
            writeln!(
                out,
                "{}",
                tr!(
                    "author-duress-set",
                    handle = strong(&handle),
                    home = context.home.display()
                )
            )
        } else {
            writeln!(
                out,
                "{}",
                tr!("author-duress-none", handle = strong(&handle))
            )
        }
    })
}
