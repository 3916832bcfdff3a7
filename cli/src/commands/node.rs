//! `focal node`: making, running and watching this home's node.

use crate::{
    client::Client,
    commands::case::minute,
    context::Context,
    error::{Error, Exit, Result},
    lang::{self, tr},
    output::{plain, strong},
    prompt::confirm,
    table::Table,
};
use focal_node::{
    api::types::{DirectoryUpdate, Peer, Status},
    backup::Place,
};
use std::{
    io::{self, Write},
    path::{Path, PathBuf},
};

mod backup;
mod doctor;
mod duress;
mod init;
mod run;

/// Make, run and watch the node
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  focal node init --announce /dns4/focal.example.org/tcp/4711
  focal node run
  focal node status
  focal node doctor")]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Init(init::Args),
    Announce(init::AnnounceArgs),
    Run(run::Args),
    Status(StatusArgs),
    Health(HealthArgs),
    Restore(RestoreArgs),
    Backup(backup::BackupArgs),
    VerifyBackup(backup::VerifyArgs),
    Peers(PeersArgs),
    Doctor(doctor::Args),
    Take(TakeArgs),
    Wipe(super::wipe::NodeArgs),
    Duress(duress::DuressArgs),
    Passphrase(super::passphrase::NodeArgs),
}

/// Show how the node is
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  focal node status
  focal node status --json | jq .alarms")]
struct StatusArgs {}

/// Say whether all is well: exit code 0 if it is, 8 if a person must look at something
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  focal node health || mail -s \"Focal\" operator@example.org < /dev/null")]
struct HealthArgs {}

/// Go on from a backup, or from a copy of the node's directory, after the original was lost
#[derive(Debug, clap::Args)]
#[command(after_help = "\
With --from the node is made from a backup of `focal node backup`: the newest, unless --at names another. Without, put a copy of
the directory in place first. Do this once, before the first `focal node run`. The node's logs end where the copy ends, and it
begins new ones: partners see a node that came back, not one that signs two histories. What partners hold comes back from them.

Examples:
  focal node restore --from /media/disk/focal/ && focal node run
  focal node restore --from node.backup --key-file /media/key/focal.key
  cp -a /media/copy/node ~/.focal/node && focal node restore && focal node run")]
struct RestoreArgs {
    /// The backup
    #[arg(long, value_name = "FILE|DIR")]
    from: Option<PathBuf>,
    #[command(flatten)]
    which: backup::Which,
}

/// Show partners' nodes and whether they are connected
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  focal node peers
  focal node peers --json | jq -r '.[] | select(.connected | not) | .org_name'")]
struct PeersArgs {}

/// Hand the node manifests and federation files that were signed on another machine
#[derive(Debug, clap::Args)]
#[command(after_help = "\
For organisations whose root key is kept off line. Give manifests in the order of their versions.

Examples:
  focal node take manifest-4.cbor
  focal node take varenia-2.bundle")]
struct TakeArgs {
    /// Files that focal org manifest or focal federation wrote
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
}

/// Whether the command needs a runtime of many threads: only the node itself does.
pub(crate) fn is_run(args: &Args) -> bool {
    matches!(args.command, Command::Run(_))
}

pub(crate) async fn run(args: Args, context: &Context) -> Result<()> {
    match args.command {
        Command::Init(args) => init::run(&args, context),
        Command::Announce(args) => init::announce(args, context),
        Command::Run(args) => run::run(&args, context).await,
        Command::Status(StatusArgs {}) => status(context).await,
        Command::Health(HealthArgs {}) => health(context).await,
        Command::Restore(args) => restore(&args, context),
        Command::Backup(args) => backup::backup(&args, context).await,
        Command::VerifyBackup(args) => backup::verify(&args, context),
        Command::Peers(PeersArgs {}) => peers(context).await,
        Command::Doctor(args) => doctor::run(&args, context).await,
        Command::Take(args) => take(&args, context).await,
        Command::Wipe(args) => super::wipe::node(&args, context).await,
        Command::Duress(args) => duress::set(&args, context),
        Command::Passphrase(args) => super::passphrase::node(&args, context),
    }
}

/// What opens the node's keys, as a person types it.
pub(crate) fn unlock(context: &Context) -> Result<focal_protocol::seal::Unlock> {
    run::unlock_as_it_is(context)
}

/// The node's errors as people see them.
pub(crate) fn failed(error: &focal_node::Error) -> Error {
    run::error(error)
}

async fn status(context: &Context) -> Result<()> {
    let status: Status = Client::connect(context).await?.get("/v1/status").await?;
    context.print(&status, |out| write_status(&status, out))
}

fn write_status(status: &Status, out: &mut dyn Write) -> io::Result<()> {
    let or_none = |text: &Option<String>| {
        text.as_deref()
            .map_or_else(|| tr!("none-yet"), |t| plain(t).into_owned())
    };
    writeln!(out, "{}", tr!("status-node", node = strong(&status.node)))?;
    writeln!(out, "             {}", status.node_fingerprint)?;
    writeln!(
        out,
        "{}",
        tr!(
            "status-org",
            name = or_none(&status.org_name),
            manifest = status.manifest_version
        )
    )?;
    writeln!(
        out,
        "{}",
        tr!(
            "status-federation",
            name = or_none(&status.federation_name),
            roster = status.roster_version
        )
    )?;
    writeln!(
        out,
        "{}",
        tr!(
            "status-partners",
            connected = status.peers_connected,
            n = status.peers_known
        )
    )?;
    writeln!(
        out,
        "{}",
        tr!(
            "status-holds",
            cases = tr!("count-cases", n = status.cases),
            records = tr!("count-records", n = status.records),
            waiting = tr!("count-waiting", n = status.pending),
        )
    )?;
    for address in &status.listening {
        writeln!(out, "{}", tr!("status-listens", address = plain(address)))?;
    }
    writeln!(
        out,
        "{}",
        tr!(
            "status-since",
            time = status.started,
            version = plain(&status.version)
        )
    )?;
    for (name, count) in &status.refused {
        writeln!(
            out,
            "{}",
            tr!("status-refused", n = count, code = plain(name))
        )?;
    }
    for alarm in worries(status) {
        let head = strong(&tr!("status-alarm-head"));
        writeln!(out, "{}", tr!("status-alarm", head, alarm = plain(&alarm)))?;
    }
    Ok(())
}

/// What somebody should look at.
fn worries(status: &Status) -> impl Iterator<Item = String> {
    let said = status.alarms_said.iter().map(Option::as_ref);
    let said = said.chain(std::iter::repeat(None));
    let alarms = status.alarms.iter().zip(said);
    alarms.map(|(alarm, said)| lang::said(said, alarm))
}

async fn health(context: &Context) -> Result<()> {
    let status: Status = Client::connect(context).await?.get("/v1/status").await?;
    if status.alarms.is_empty() {
        return context.print(&status.alarms, |out| {
            writeln!(out, "{}", tr!("health-well"))
        });
    }
    let alarms: Vec<String> = worries(&status).collect();
    Err(Error::new(Exit::Unwell, tr!("health-unwell"))
        .why(plain(&alarms.join("\n       ")).into_owned())
        .next("focal alarms list"))
}

fn restore(args: &RestoreArgs, context: &Context) -> Result<()> {
    let restored = match &args.from {
        Some(place) => from_backup(place, &args.which, context)?,
        None => from_copy(context)?,
    };
    let shown = serde_json::json!({
        "logs": restored.logs,
        "cases": restored.cases,
        "custodian_of": restored.custodian_of,
    });
    context.print(&shown, |out| {
        writeln!(
            out,
            "{}",
            tr!(
                "restored",
                cases = tr!("count-cases", n = restored.cases),
                logs = tr!("count-logs", n = restored.logs),
            )
        )?;
        if restored.custodian_of > 0 {
            writeln!(
                out,
                "{}",
                tr!("restored-custodian", n = restored.custodian_of)
            )?;
        }
        writeln!(out, "{}", tr!("restored-start"))
    })
}

fn gone_for_good(context: &Context, what: &str) -> Result<()> {
    confirm(context, &tr!("copy-question"), |out| {
        writeln!(out, "{}", tr!("copy-stake", what))?;
        writeln!(out, "{}", tr!("copy-attack"))
    })
}

fn from_copy(context: &Context) -> Result<focal_node::Restored> {
    let dir = context.node_dir();
    let unlock = run::unlock(context)?;
    gone_for_good(context, &dir.display().to_string())?;
    focal_node::restore(&dir, &unlock).map_err(|e| run::error(&e))
}

fn from_backup(
    place: &Path,
    which: &backup::Which,
    context: &Context,
) -> Result<focal_node::Restored> {
    let dir = context.node_dir();
    if dir.exists() {
        return Err(crate::files::exists(&dir).next(tr!("restore-exists-next")));
    }
    let reading = Place::of(place).read().map_err(|e| backup::error(&e))?;
    let (path, list) = backup::choose(&reading, which)?;
    let unlock = backup::opens(list, which, context)?;
    gone_for_good(context, &path.display().to_string())?;
    // It gets its name when all of it is there, and its logs have ended: no half of a node ever starts.
    let staged = crate::files::staged_dir(&context.home, ".node-")?;
    let refilled = focal_node::backup::restore(&reading, path, list, &unlock, staged.path())
        .map_err(|e| backup::error(&e))?;
    if let Some(path) = &which.key_file {
        init::use_key_file(staged.path(), path)?;
    }
    crate::files::keep_dir(&staged, &dir)?;
    if !refilled.with_attachments {
        context.remark(&tr!("restore-no-attachments"));
    }
    Ok(refilled.restored)
}

fn last_error(peer: &Peer) -> String {
    let text = peer.last_error.as_deref().unwrap_or_default();
    lang::said(peer.last_error_said.as_ref(), text)
}

async fn peers(context: &Context) -> Result<()> {
    let peers: Vec<Peer> = Client::connect(context).await?.get("/v1/peers").await?;
    context.print(&peers, |out| {
        if peers.is_empty() {
            return writeln!(out, "{}", tr!("peers-none"));
        }
        // Few have any: the column would take room from what matters.
        let limited = peers.iter().any(|peer| peer.bits_per_second.is_some());
        let mut heads = vec![
            tr!("head-organisation"),
            tr!("head-node"),
            tr!("head-connected"),
            tr!("head-since"),
            tr!("head-addresses"),
            tr!("head-last-error"),
        ];
        if limited {
            heads.insert(5, tr!("head-sent-at-most"));
        }
        let mut table = Table::new(&heads);
        for peer in &peers {
            let mut row = vec![
                plain(&peer.org_name).into_owned(),
                peer.node.chars().take(8).chain(['…']).collect(),
                match (peer.connected, peer.relayed) {
                    (false, _) => tr!("case-no"),
                    (true, false) => tr!("case-yes"),
                    (true, true) => tr!("doctor-by-relay"),
                },
                minute(peer.since.as_deref().unwrap_or_default()),
                plain(&peer.addresses.join("\n")).into_owned(),
                plain(&last_error(peer)).into_owned(),
            ];
            if limited {
                let rate = peer.bits_per_second.map(doctor::kbit);
                row.insert(5, rate.unwrap_or_default());
            }
            table.row(row);
        }
        table.write(out)
    })
}

async fn take(args: &TakeArgs, context: &Context) -> Result<()> {
    use focal_protocol::{
        codec,
        directory::{Bundle, Manifest},
        limits,
        signed::Signed,
    };
    let mut documents = Vec::new();
    for path in &args.files {
        let bytes = crate::files::read(&tr!("what-file"), path, limits::BUNDLE + 64)?;
        let limit = 2 * limits::DIRECTORY_ITEM;
        let route = if Bundle::from_bytes(&bytes).is_ok() {
            "/v1/directory/bundle"
        } else if codec::decode::<Signed<Manifest>>(&bytes, limit)
            .is_ok_and(|m| m.unverified().is_ok())
        {
            "/v1/directory/manifest"
        } else {
            return Err(Error::new(
                Exit::Refused,
                tr!("path-not-taken-by-node", path = path.display()),
            )
            .why(tr!("take-neither"))
            .next(tr!("take-nothing")));
        };
        documents.push((route, bytes));
    }
    let client = Client::connect(context).await?;
    let mut updates: Vec<DirectoryUpdate> = Vec::new();
    for (route, bytes) in documents {
        updates.push(client.post_bytes(route, bytes).await?);
    }
    context.print(&updates, |out| {
        let taken: usize = updates.iter().map(|u| u.taken).sum();
        writeln!(out, "{}", tr!("take-taken", n = taken))
    })
}
