//! `focal node run`: the node in this process, until it is asked to stop.

use super::init::read_key_file;
use crate::{
    context::Context,
    error::{Error, Exit, Result},
    lang::tr,
    prompt,
};
use focal_node::{LogFormat, NodeKeys, RunOptions, Settings};
use focal_protocol::seal::{KeyFileError, Unlock};

/// Run the node until SIGTERM or Ctrl-C
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Logs go to stderr and hold no secrets. A stop is clean: what was told `stored` is on the disk.

Examples:
  focal node run
  focal node run --link satellite
  focal node run --proxy 127.0.0.1:9050
  focal node run --log json -v
  FOCAL_PASSPHRASE_FILE=/run/credentials/focal focal node run")]
pub(crate) struct Args {
    /// How log lines look
    #[arg(long, value_enum, default_value_t = Log::Human)]
    log: Log,
    /// More log lines
    #[arg(short, long)]
    verbose: bool,
    /// Exchange nothing with partners: reports are stored, and go out when the node runs without this
    #[arg(long)]
    offline: bool,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Log {
    /// For people
    Human,
    /// One JSON object a line
    Json,
}

pub(crate) async fn run(args: &Args, context: &Context) -> Result<()> {
    let dir = context.node_dir();
    let unlock = unlock(context)?;
    let options = RunOptions {
        log: match args.log {
            Log::Human => LogFormat::Human,
            Log::Json => LogFormat::Json,
        },
        verbose: args.verbose,
        offline: args.offline,
        link: context.link,
        reach: context.reach.clone(),
    };
    focal_node::run(&dir, &unlock, options)
        .await
        .map_err(|e| error(&e))
}

/// What opens the node's keys: the key file that the settings name, or a passphrase. The duress passphrase opens them after
/// everything is destroyed.
pub(super) fn unlock(context: &Context) -> Result<Unlock> {
    let unlock = unlock_as_it_is(context)?;
    super::duress::heed(context, &unlock)?;
    Ok(unlock)
}

/// What opens the node's keys, whatever that does.
pub(super) fn unlock_as_it_is(context: &Context) -> Result<Unlock> {
    let dir = context.node_dir();
    let settings = Settings::load(&dir).map_err(|e| error(&e))?;
    let needs_passphrase = NodeKeys::needs_passphrase(&dir).map_err(|e| error(&e))?;
    match settings.key_file {
        Some(path) if !needs_passphrase => read_key_file(&path),
        _ => Ok(Unlock::Passphrase(prompt::passphrase(
            context,
            &tr!("the-nodes-keys"),
        )?)),
    }
}

/// The node's errors as people see them.
pub(super) fn error(error: &focal_node::Error) -> Error {
    use focal_node::{Error as Node, store::Error as Store};
    let exit = match error {
        Node::NotInitialised(_) => Exit::NotFound,
        Node::Keys(KeyFileError::Wrong) => Exit::WrongPassphrase,
        Node::Permissions(_) | Node::Io { .. } | Node::Net(_) => Exit::Io,
        Node::Store(Store::Full | Store::Io(_) | Store::Damaged { .. }) => Exit::Io,
        Node::Store(Store::WrongKey) => Exit::WrongPassphrase,
        _ => Exit::Failed,
    };
    let what = match error {
        Node::NotInitialised(_) => tr!("no-node-here"),
        Node::InUse(_) => tr!("node-runs"),
        Node::Stopped(_) => tr!("node-stopped"),
        _ => tr!("node-unusable"),
    };
    let shown = Error::new(exit, what).why(error.to_string());
    match error.hint() {
        Some(hint) => shown.next(hint),
        None => shown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_node_says_has_its_exit_code_and_a_next_step() {
        let dir = std::path::PathBuf::from("/nowhere");
        let missing = error(&focal_node::Error::NotInitialised(dir));
        assert_eq!(missing.exit, Exit::NotFound);
        assert!(missing.next.is_some());
        let wrong = error(&focal_node::Error::Keys(KeyFileError::Wrong));
        assert_eq!(wrong.exit, Exit::WrongPassphrase);
        let full = error(&focal_node::Error::Store(focal_node::store::Error::Full));
        assert_eq!(full.exit, Exit::Io);
    }
}
