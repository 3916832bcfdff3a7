//! `focal evidence` and `focal verify`: bundles that a court can check.

use crate::{
    context::Context,
    error::{Error, Exit, Result},
    lang::tr,
};
use focal_protocol::evidence::{Failure, Why, container};
use std::path::{Path, PathBuf};

mod collect;
mod make;
mod receive;
mod verify;

pub(crate) use verify::{VerifyArgs, verify};

/// Make evidence bundles, and hand them on
#[derive(Debug, clap::Args)]
#[command(after_help = "\
A bundle is one ZIP file: chosen reports as their authors signed them, the entries that carried them, their files, the
documents that prove who signed, and a log of who had it. `focal verify FILE` checks it with no node and no account.

Examples:
  focal evidence make \"Varenia: Orsk province\" -o orsk.zip --note \"request 17/2026 of the prosecutor\"
  focal evidence make 3f9c1a2b --record 81d0c3e4 --record 5be20f17 --for own-use -o market.zip
  focal evidence receive orsk.zip -o orsk-received.zip --note \"by hand, in The Hague\"")]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Make(make::MakeArgs),
    Receive(receive::ReceiveArgs),
}

pub(crate) async fn run(args: Args, context: &Context) -> Result<()> {
    match args.command {
        Command::Make(args) => make::make(args, context).await,
        Command::Receive(args) => receive::receive(&args, context),
    }
}

/// A bundle that does not hold.
fn fails(path: &Path, failure: &Failure) -> Error {
    let exit = match &failure.why {
        Why::File(container::Error::Io(_)) => Exit::Io,
        _ => Exit::Refused,
    };
    let what = tr!("bundle-broken", path = path.display());
    Error::new(exit, what)
        .why(failure.to_string())
        .next(tr!("bundle-broken-next"))
}

/// A new file beside `path`, which nothing is to replace.
fn staged(path: &Path) -> Result<tempfile::NamedTempFile> {
    if path.symlink_metadata().is_ok() {
        return Err(crate::files::exists(path).next(tr!("attach-other-name")));
    }
    let dir = match path.parent() {
        Some(dir) if !dir.as_os_str().is_empty() => dir.to_path_buf(),
        _ => PathBuf::from("."),
    };
    // Mode 0600 from the first moment: that is what tempfile makes.
    tempfile::NamedTempFile::new_in(dir).map_err(|e| unwritten(path, &e))
}

/// Gives a finished file its name.
fn keep(file: tempfile::NamedTempFile, path: &Path) -> Result<()> {
    file.as_file().sync_all().map_err(|e| unwritten(path, &e))?;
    match file.persist_noclobber(path) {
        Ok(_) => crate::files::sync_dir(path),
        Err(e) if e.error.kind() == std::io::ErrorKind::AlreadyExists => {
            Err(crate::files::exists(path).next(tr!("attach-other-name")))
        }
        Err(e) => Err(unwritten(path, &e.error)),
    }
}

fn unwritten(path: &Path, error: &std::io::Error) -> Error {
    Error::io(tr!("file-not-written"), path, error)
}
