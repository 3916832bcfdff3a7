//! `focal node init` and `announce`: a node's keys, settings and card.

use crate::{
    context::Context,
    error::{Error, Exit, Result},
    files,
    lang::tr,
    node_card,
    output::{plain, strong},
    prompt,
};
use focal_node::{NodeKeys, Settings};
use focal_protocol::{
    directory::NodeEntry,
    fingerprint::Fingerprint,
    random::{Random, SystemRandom},
    seal::Unlock,
};
use serde::Serialize;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

const LISTEN: [&str; 4] = [
    "/ip4/0.0.0.0/tcp/4711",
    "/ip4/0.0.0.0/udp/4711/quic-v1",
    "/ip6/::/tcp/4711",
    "/ip6/::/udp/4711/quic-v1",
];
/// Most bytes of a key file that somebody brings.
const KEY_FILE: usize = 64 << 10;

/// Make a node: its keys, its settings, its card for the manifest
#[derive(Debug, clap::Args)]
#[command(after_help = "\
A node that starts without a person takes its secrets from --key-file; keep that file on another medium than the node.

Examples:
  focal node init --announce /dns4/focal.example.org/tcp/4711
  focal node init --listen /ip4/192.0.2.7/tcp/4711
  focal node init --announce /ip4/192.0.2.7/tcp/4711 --key-file /media/key/focal.key")]
pub(crate) struct Args {
    /// Multiaddress to listen on; repeat for each [default: TCP and QUIC on port 4711, every address of IPv4 and IPv6]
    #[arg(long, value_name = "MULTIADDR", num_args = 1..)]
    listen: Vec<String>,
    /// Multiaddress that partners are told; repeat for each [default: where it listens, if that says enough]
    #[arg(long, value_name = "MULTIADDR", num_args = 1..)]
    announce: Vec<String>,
    /// File that opens the node's keys instead of a passphrase; made if it is not there
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
}

/// Change the addresses that partners are told
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Issue a manifest afterwards: partners learn the addresses from it.

Examples:
  focal node announce /dns4/focal.example.org/tcp/4711 /dns4/focal.example.org/udp/4711/quic-v1
  focal org manifest")]
pub(crate) struct AnnounceArgs {
    /// All addresses that partners are told
    #[arg(value_name = "MULTIADDR", required = true)]
    addresses: Vec<String>,
}

#[derive(Serialize)]
struct Made {
    node: String,
    fingerprint: String,
    listen: Vec<String>,
    announce: Vec<String>,
    card: PathBuf,
}

pub(crate) fn run(args: &Args, context: &Context) -> Result<()> {
    let dir = context.node_dir();
    if dir.exists() {
        return Err(files::exists(&dir).next(tr!("node-exists-next")));
    }
    let listen = if args.listen.is_empty() {
        LISTEN.map(String::from).to_vec()
    } else {
        args.listen.clone()
    };
    let announce = announced(&listen, &args.announce)?;
    let unlock = match &args.key_file {
        Some(path) => key_file(path)?,
        None => Unlock::Passphrase(prompt::new_passphrase(context, &tr!("the-nodes-keys"))?),
    };
    let key_file = args.key_file.as_deref().map(absolute).transpose()?;
    let settings = Settings {
        listen,
        announce,
        key_file,
        ..Settings::default()
    };
    let entry = write(context, &dir, &unlock, &settings)?;
    print(context, &dir, entry, |node| tr!("node-made", node))
}

pub(crate) fn announce(args: AnnounceArgs, context: &Context) -> Result<()> {
    let dir = context.node_dir();
    node_card::check_addresses(&args.addresses)?;
    let mut settings = Settings::load(&dir).map_err(|e| super::run::error(&e))?;
    let path = node_card::path(&dir);
    let mut entry = node_card::read(&path)?;
    settings.announce.clone_from(&args.addresses);
    entry.addresses = args.addresses;
    settings.save(&dir).map_err(|e| super::run::error(&e))?;
    node_card::write(&path, &entry)?;
    print(context, &dir, entry, |node| tr!("node-readdressed", node))
}

fn print(
    context: &Context,
    dir: &Path,
    entry: NodeEntry,
    done: impl FnOnce(String) -> String,
) -> Result<()> {
    let settings = Settings::load(dir).map_err(|e| super::run::error(&e))?;
    let made = Made {
        node: entry.id.to_string(),
        fingerprint: Fingerprint::of_node(&entry.id).to_string(),
        listen: settings.listen,
        announce: entry.addresses,
        card: node_card::path(dir),
    };
    context.print(&made, |out| {
        writeln!(out, "{}", done(strong(&made.node)))?;
        writeln!(
            out,
            "  {}",
            tr!("node-fingerprint", fingerprint = made.fingerprint)
        )?;
        for address in &made.announce {
            writeln!(out, "  {}", tr!("node-announced", address = plain(address)))?;
        }
        if context.org_dir().exists() {
            writeln!(out, "{}", tr!("node-list-it"))
        } else {
            writeln!(
                out,
                "{}",
                tr!("node-carry-card", card = made.card.display())
            )
        }
    })
}

/// What partners are told: what was asked for, or where the node listens if that leads to it.
fn announced(listen: &[String], announce: &[String]) -> Result<Vec<String>> {
    let told = if announce.is_empty() {
        listen
    } else {
        announce
    };
    if announce.is_empty() && listen.iter().any(|a| node_card::is_wildcard(a)) {
        return Err(Error::new(Exit::Usage, tr!("announce-unknown"))
            .why(tr!("announce-unknown-why"))
            .next(tr!("announce-unknown-next")));
    }
    node_card::check_addresses(told)?;
    Ok(told.to_vec())
}

/// Makes the node's files: all of them or none.
fn write(context: &Context, dir: &Path, unlock: &Unlock, settings: &Settings) -> Result<NodeEntry> {
    let staged = files::staged_dir(&context.home, ".node-")?;
    let failed = |e| super::run::error(&e);
    let keys = NodeKeys::generate();
    let entry = keys.entry(settings.announce.clone()).map_err(failed)?;
    keys.save(staged.path(), unlock).map_err(failed)?;
    settings.save(staged.path()).map_err(failed)?;
    node_card::write(&node_card::path(staged.path()), &entry)?;
    files::keep_dir(&staged, dir)?;
    Ok(entry)
}

/// The content of a key file, which is made if it is not there.
fn key_file(path: &Path) -> Result<Unlock> {
    if !path.exists() {
        files::create_private(path, &*SystemRandom.secret())?;
    }
    read_key_file(path)
}

/// The content of a key file.
pub(super) fn read_key_file(path: &Path) -> Result<Unlock> {
    let bytes = files::read_secret(&tr!("what-key-file"), path, KEY_FILE)?;
    if bytes.len() < 32 {
        return Err(Error::new(Exit::Refused, tr!("key-file-short"))
            .why(tr!(
                "key-file-short-why",
                path = path.display(),
                n = bytes.len()
            ))
            .next(tr!("key-file-short-next")));
    }
    Ok(Unlock::KeyFile(Zeroizing::new(bytes.to_vec())))
}

/// Names the key file in a node's settings, where it is now.
pub(super) fn use_key_file(dir: &Path, path: &Path) -> Result<()> {
    let mut settings = Settings::load(dir).map_err(|e| super::run::error(&e))?;
    settings.key_file = Some(absolute(path)?);
    settings.save(dir).map_err(|e| super::run::error(&e))
}

/// The node may be started from anywhere.
fn absolute(path: &Path) -> Result<PathBuf> {
    std::path::absolute(path).map_err(|e| Error::io(tr!("key-file-path"), path, &e))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(listen: &[&str], announce: &[&str], key_file: Option<PathBuf>) -> Args {
        Args {
            listen: listen.iter().map(ToString::to_string).collect(),
            announce: announce.iter().map(ToString::to_string).collect(),
            key_file,
        }
    }

    #[test]
    fn a_node_that_listens_everywhere_must_say_where_it_is_reached() {
        let home = tempfile::tempdir().expect("dir");
        let context = Context::for_tests(home.path());
        let error = run(&args(&[], &[], None), &context).expect_err("refused");
        assert_eq!(error.exit, Exit::Usage);
        assert!(!context.node_dir().exists());
    }

    #[test]
    fn a_node_has_keys_settings_and_a_card_or_nothing_and_is_never_replaced() {
        let home = tempfile::tempdir().expect("dir");
        let context = Context::for_tests(home.path());
        let key = home.path().join("elsewhere/focal.key");
        let address = "/ip4/127.0.0.1/tcp/4711";
        run(&args(&[address], &[], Some(key.clone())), &context).expect("made");
        let card = node_card::read(&node_card::path(&context.node_dir())).expect("card");
        assert_eq!(card.addresses, [address]);
        let keys =
            NodeKeys::load(&context.node_dir(), &read_key_file(&key).expect("key")).expect("keys");
        assert_eq!(keys.node(), card.id);
        assert!(run(&args(&[address], &[], Some(key)), &context).is_err());
        announce(
            AnnounceArgs {
                addresses: vec!["/dns4/a.example/tcp/1".into()],
            },
            &context,
        )
        .expect("announced");
        let card = node_card::read(&node_card::path(&context.node_dir())).expect("card");
        assert_eq!(card.addresses, ["/dns4/a.example/tcp/1"]);
    }
}
