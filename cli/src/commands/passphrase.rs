//! Other passphrases for what is sealed here: an author's key, the root key, the node's keys.

use crate::{
    context::Context,
    error::Result,
    keys::{self, Whose, not_changed},
    lang::tr,
    organisation::Organisation,
    output::plain,
    prompt::changed_passphrase,
};
use focal_node::{Error as NodeError, NodeKeys};
use focal_protocol::seal::Unlock;
use serde::Serialize;
use std::path::PathBuf;

/// Change the passphrase of your key
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The key stays the same, and so does a duress passphrase. Copies and backups that were made before open with the old passphrase: if
somebody else may have one and know it, have the key revoked and make a new one.

Examples:
  focal org author passphrase
  focal org author passphrase eli --new-passphrase-file /media/stick/new")]
pub(crate) struct AuthorArgs {
    /// Whose key, if there are several here
    #[arg(value_name = "HANDLE")]
    handle: Option<String>,
    #[command(flatten)]
    new: New,
}

/// Change the passphrase of the organisation's root key
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The key stays the same. Copies that were made before open with the old passphrase.

Examples:
  focal org passphrase")]
pub(crate) struct RootArgs {
    #[command(flatten)]
    new: New,
}

/// Change the passphrase of the node's keys
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The keys stay the same, and so does a duress passphrase. The node may run meanwhile; the new passphrase is asked for at its
next start. Backups that were made before open with the old one.

Examples:
  focal node passphrase
  focal node passphrase --new-passphrase-file /media/stick/new")]
pub(crate) struct NodeArgs {
    #[command(flatten)]
    new: New,
}

#[derive(Debug, clap::Args)]
struct New {
    /// Read the new one from the first line of a file instead of asking
    #[arg(long, value_name = "FILE")]
    new_passphrase_file: Option<PathBuf>,
}

/// What `--json` prints.
#[derive(Debug, Serialize)]
struct Changed {
    changed: PathBuf,
}

pub(crate) fn author(args: &AuthorArgs, context: &Context) -> Result<()> {
    let handle = match &args.handle {
        Some(handle) => handle.clone(),
        None => keys::only_author(context)?,
    };
    let what = tr!("passphrase-of-key", handle = plain(&handle));
    keys::change_passphrase(context, Whose::Author(&handle), || {
        changed_passphrase(context, &what, args.new.new_passphrase_file.as_deref())
    })?;
    changed(keys::author_path(context, &handle), context)
}

pub(crate) fn root(args: &RootArgs, context: &Context) -> Result<()> {
    let organisation = Organisation::load(context)?;
    let what = tr!("the-root-key");
    keys::change_passphrase(context, Whose::Root(&organisation.member.name), || {
        changed_passphrase(context, &what, args.new.new_passphrase_file.as_deref())
    })?;
    changed(keys::root_path(&context.org_dir()), context)
}

pub(crate) fn node(args: &NodeArgs, context: &Context) -> Result<()> {
    let dir = context.node_dir();
    let path = NodeKeys::path(&dir);
    let old = super::node::unlock(context)?;
    // Before another passphrase is typed: does this one open it?
    let wrong = |e: &NodeError| match e {
        NodeError::Keys(why) => not_changed(why, &path),
        other => super::node::failed(other),
    };
    NodeKeys::check(&dir, &old).map_err(|e| wrong(&e))?;
    let what = tr!("the-nodes-keys");
    let new = changed_passphrase(context, &what, args.new.new_passphrase_file.as_deref())?;
    NodeKeys::change_passphrase(&dir, &old, &Unlock::Passphrase(new)).map_err(|e| wrong(&e))?;
    changed(path.clone(), context)
}

fn changed(path: PathBuf, context: &Context) -> Result<()> {
    let changed = Changed { changed: path };
    context.print(&changed, |out| {
        let path = changed.changed.display().to_string();
        writeln!(out, "{}", tr!("passphrase-changed", path = plain(&path)))?;
        writeln!(out, "{}", tr!("passphrase-copies"))
    })
}
