//! `focal node backup`, `focal node verify-backup`.

use super::run;
use crate::{
    attach::bytes,
    client::Client,
    commands::case::minute,
    context::Context,
    error::{Error, Exit, Result},
    output::{STRONG, count},
    prompt,
};
use focal_node::{
    api::types::BackupMade,
    backup::{self, List, Place, Reading, Writing},
};
use focal_protocol::{id::Hash, seal::Unlock, time::Time};
use serde::Serialize;
use std::path::{Path, PathBuf};

/// Make a backup of the node while it runs
#[derive(Debug, clap::Args)]
#[command(after_help = "\
In a directory (one that is there, or a name that ends with /) only what has changed since the last backup is written, and each
backup is whole by itself. In a file, all of it. A backup is sealed under the node's own keys: it opens with the passphrase or key
file that opens the node now, and with nothing else. Keep a key file elsewhere than the backup. What has reached partners comes back
from them after a restore; what has not is only here.

A backup that is older than a purge still opens what was purged: --keep 1 removes the older ones.

Examples:
  focal node backup /media/disk/focal/
  focal node backup /media/disk/focal/ --keep 14
  focal node backup node.backup --without-attachments")]
pub(super) struct BackupArgs {
    /// Where to
    #[arg(value_name = "FILE|DIR")]
    place: PathBuf,
    /// Leave out photographs and other files, which partners may hold
    #[arg(long)]
    without_attachments: bool,
    /// In a directory: remove older backups, so that this many stay
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u16).range(1..))]
    keep: Option<u16>,
}

/// Read a backup from end to end, and say whether it is whole
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Of a directory the newest backup, unless --at names another, or --all asks for each. What is damaged or missing is named; remove
the damaged files, and the next backup writes again what it needs of them. Exit code 8 if it is not whole.

Examples:
  focal node verify-backup /media/disk/focal/
  focal node verify-backup /media/disk/focal/ --all
  focal node verify-backup node.backup --key-file /media/key/focal.key")]
pub(super) struct VerifyArgs {
    /// Where it is
    #[arg(value_name = "FILE|DIR")]
    place: PathBuf,
    #[command(flatten)]
    which: Which,
    /// Every backup in the directory
    #[arg(long, conflicts_with = "at")]
    all: bool,
}

/// Which backup, and what opens it.
#[derive(Debug, clap::Args)]
pub(super) struct Which {
    /// The backup of this time, or how its file's name begins
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// The key file that opened the node
    #[arg(long, value_name = "FILE")]
    pub(super) key_file: Option<PathBuf>,
}

/// What `--json` prints of a backup that was made.
#[derive(Debug, Serialize)]
struct Kept {
    file: PathBuf,
    #[serde(flatten)]
    made: BackupMade,
    bytes_written: u64,
    /// Older backups and pieces that were removed.
    removed_backups: usize,
    removed_pieces: usize,
    /// Older backups here that open what was purged since.
    older_than_purge: usize,
}

pub(super) async fn backup(args: &BackupArgs, context: &Context) -> Result<()> {
    let client = Client::connect(context).await?;
    let place = Place::of(&args.place);
    if args.keep.is_some() && matches!(place, Place::File(_)) {
        return Err(Error::new(
            Exit::Usage,
            "a file has one backup: there is nothing to keep",
        )
        .next("name a directory that is there, or end its name with /"));
    }
    let mut writing = place.write().map_err(|e| error(&e))?;
    let (made, list, bytes_written) = receive(&client, args, &mut writing).await?;
    let created: Time = made.created.parse().map_err(|_| {
        Error::new(Exit::Failed, "the node's answer is not understood")
            .next("use the same version of focal for the node and the command line")
    })?;
    let kept = |writing: &Writing| match args.keep {
        Some(keep) => writing.keep(usize::from(keep)).map_err(|e| error(&e)),
        None => Ok((0, 0)),
    };
    let file = writing.end(created, &list).map_err(|e| error(&e))?;
    let (removed_backups, removed_pieces) = kept(&writing)?;
    drop(writing);
    let last_purge = made
        .last_purge
        .as_ref()
        .and_then(|t| t.parse::<Time>().ok());
    let older = |purge: Time| {
        let lists = place
            .read()
            .map(|reading| reading.lists)
            .unwrap_or_default();
        lists
            .iter()
            .filter(|(_, list)| list.created < purge)
            .count()
    };
    let kept = Kept {
        file,
        bytes_written,
        removed_backups,
        removed_pieces,
        older_than_purge: last_purge.map_or(0, older),
        made,
    };
    if kept.older_than_purge > 0 {
        let time = kept.made.last_purge.as_deref().unwrap_or_default();
        context.remark(&format!(
            "{} in {} from before the purge of {}: what was purged can be opened with it. Remove it with --keep, and destroy copies.",
            count(kept.older_than_purge, "backup"),
            args.place.display(),
            minute(time)
        ));
    }
    context.print(&kept, |out| {
        let made = &kept.made;
        writeln!(out, "{STRONG}{}{STRONG:#}", kept.file.display())?;
        writeln!(
            out,
            "{} entries, {} reports, {}; {} of {} written, {}.",
            made.entries,
            made.records,
            if args.without_attachments {
                "without attachments".to_string()
            } else {
                count(made.chunks, "chunk") + " of attachments"
            },
            made.new,
            count(made.pieces, "piece"),
            bytes(kept.bytes_written)
        )?;
        if kept.removed_backups > 0 {
            writeln!(
                out,
                "{} and {} were removed.",
                count(kept.removed_backups, "older backup"),
                count(kept.removed_pieces, "piece")
            )?;
        }
        writeln!(
            out,
            "It opens with what opens the node now. Try it: focal node verify-backup {}",
            args.place.display()
        )
    })
}

/// Takes what the node hands out. Returns what was made, the list, and how many bytes were written.
async fn receive(
    client: &Client,
    args: &BackupArgs,
    writing: &mut Writing,
) -> Result<(BackupMade, Vec<u8>, u64)> {
    let there: Vec<u8> = writing.there().iter().flat_map(|name| name.0).collect();
    let path = match args.without_attachments {
        true => "/v1/backup?without_attachments=true",
        false => "/v1/backup",
    };
    let mut parts = client.post_bytes_for_parts(path, there).await?;
    let (mut list, mut written) = (Vec::new(), 0);
    let malformed = || Error::new(Exit::Failed, "the node's answer is not understood");
    while let Some((kind, part)) = parts.next().await? {
        match kind {
            b'p' => {
                let (name, sealed) = part.split_at_checked(Hash::LEN).ok_or_else(malformed)?;
                let name = Hash::try_from(name).map_err(|_| malformed())?;
                writing.piece(&name, sealed).map_err(|e| error(&e))?;
                written += sealed.len() as u64;
            }
            b'l' => list.extend(part),
            b's' => {
                let made = serde_json::from_slice(&part);
                let made = made.map_err(|e| malformed().why(e.to_string()))?;
                return Ok((made, list, written));
            }
            _ => {}
        }
    }
    Err(
        Error::new(Exit::Failed, "the node has not made all of the backup")
            .why("it stopped on the way")
            .next("see its log, then try again: what was written already is not written twice"),
    )
}

/// What `--json` prints of a backup that was read.
#[derive(Debug, Serialize)]
struct Checked {
    file: PathBuf,
    whole: bool,
    node: String,
    created: String,
    entries: u64,
    records: u64,
    with_attachments: bool,
    pieces: usize,
    bytes: u64,
    rows: u64,
    chunks: usize,
    lacking: Vec<String>,
    /// Damaged pieces, by their files where they have one of their own.
    damaged: Vec<String>,
}

pub(super) fn verify(args: &VerifyArgs, context: &Context) -> Result<()> {
    let reading = Place::of(&args.place).read().map_err(|e| error(&e))?;
    let chosen: Vec<&(PathBuf, List)> = if args.all {
        reading.lists.iter().collect()
    } else {
        vec![choose(&reading, &args.which)?]
    };
    let mut unlock = None;
    let mut all = Vec::new();
    for (path, list) in chosen {
        let opened = match &unlock {
            Some(unlock) => unlock,
            None => unlock.insert(opens(list, &args.which, context)?),
        };
        all.push(check(&reading, path, list, opened)?);
    }
    context.print(&all, |out| all.iter().try_for_each(|one| told(out, one)))?;
    if all.iter().all(|one| one.whole) {
        return Ok(());
    }
    Err(Error::new(Exit::Unwell, "a backup is not whole")
        .why("pieces are missing or damaged: the medium may be failing")
        .next("remove the damaged files and make a new backup, better on another medium"))
}

fn check(reading: &Reading, path: &Path, list: &List, unlock: &Unlock) -> Result<Checked> {
    let found = backup::verify(reading, path, list, unlock).map_err(|e| error(&e))?;
    let place = |name: &Hash| match reading.piece_path(name) {
        Some(path) => path.display().to_string(),
        None => name.to_string(),
    };
    Ok(Checked {
        file: path.to_path_buf(),
        whole: found.lacking.is_empty() && found.damaged.is_empty(),
        node: found.listed.node.to_string(),
        created: found.listed.created.to_string(),
        entries: found.listed.entries,
        records: found.listed.records,
        with_attachments: found.listed.with_attachments,
        pieces: found.pieces,
        bytes: found.bytes,
        rows: found.rows,
        chunks: found.chunks,
        lacking: found.lacking.iter().map(ToString::to_string).collect(),
        damaged: found.damaged.iter().map(place).collect(),
    })
}

fn told(out: &mut dyn std::io::Write, one: &Checked) -> std::io::Result<()> {
    writeln!(
        out,
        "{STRONG}{}{STRONG:#}: {}",
        one.file.display(),
        if one.whole { "whole" } else { "NOT whole" }
    )?;
    writeln!(
        out,
        "  of {}, {} entries, {} reports{}; {}, {}",
        minute(&one.created),
        one.entries,
        one.records,
        if one.with_attachments {
            ""
        } else {
            ", without attachments"
        },
        count(one.pieces, "piece"),
        bytes(one.bytes)
    )?;
    for name in &one.lacking {
        writeln!(out, "  missing: {name}")?;
    }
    for name in &one.damaged {
        writeln!(out, "  damaged: {name}")?;
    }
    Ok(())
}

/// The backup that is meant: the newest, or that of a time.
pub(super) fn choose<'a>(reading: &'a Reading, which: &Which) -> Result<&'a (PathBuf, List)> {
    let Some(at) = &which.at else {
        return reading.lists.last().ok_or_else(none);
    };
    let wanted = at.replace(':', "-");
    let begins = |path: &Path| {
        let name = path
            .file_name()
            .and_then(|n| n.to_str())
            .unwrap_or_default();
        name.starts_with(&wanted)
    };
    let mut found = reading.lists.iter().filter(|(path, _)| begins(path));
    match (found.next(), found.next()) {
        (Some(one), None) => Ok(one),
        (Some(_), Some(_)) => Err(Error::new(
            Exit::Usage,
            format!("more than one backup is of {at}"),
        )
        .next("write more of its time")),
        (None, _) => Err(none().why(format!("none is of {at}"))),
    }
}

fn none() -> Error {
    Error::new(Exit::NotFound, "there is no such backup")
        .next("look into the directory: each backup is a file *.backup")
}

/// What opens a backup.
pub(super) fn opens(list: &List, which: &Which, context: &Context) -> Result<Unlock> {
    match (&which.key_file, list.needs_passphrase()) {
        (Some(path), _) => super::init::read_key_file(path),
        (None, true) => Ok(Unlock::Passphrase(prompt::passphrase(
            context,
            "the node when the backup was made",
        )?)),
        (None, false) => Err(Error::new(Exit::Usage, "a key file opens this backup")
            .why("the node that it was made of had one")
            .next("name it: --key-file FILE")),
    }
}

/// What went wrong, as people see it.
pub(super) fn error(error: &backup::Error) -> Error {
    use backup::Error as Backup;
    let what = "the backup cannot be used";
    match error {
        Backup::Io { path, source } => Error::io("the backup could not be written or read", path, source),
        Backup::Exists(path) => crate::files::exists(path).next("give another name, or a directory"),
        Backup::Busy(_) => Error::new(Exit::Failed, what)
            .why(error.to_string())
            .next("wait for it, then try again"),
        Backup::None(_) => Error::new(Exit::NotFound, "there is no backup")
            .why(error.to_string())
            .next("focal node backup makes one"),
        Backup::Keys(focal_protocol::seal::KeyFileError::Wrong) => {
            Error::new(Exit::WrongPassphrase, what)
                .why("it opens with the passphrase or key file of the node when the backup was made; this is another one")
                .next("try again: nothing was changed")
        }
        Backup::Lacking(_) | Backup::Damaged(_) => Error::new(Exit::Failed, what)
            .why(error.to_string())
            .next("focal node verify-backup says all that is missing; take an older backup with --at"),
        Backup::Node(node) => run::error(node),
        Backup::NotOne(_) | Backup::Keys(_) => Error::new(Exit::Failed, what).why(error.to_string()),
    }
}
