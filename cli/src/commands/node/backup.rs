//! `focal node backup`, `focal node verify-backup`.

use super::run;
use crate::{
    attach::bytes,
    client::Client,
    commands::case::minute,
    context::Context,
    error::{Error, Exit, Result},
    lang::tr,
    output::STRONG,
    prompt,
};
use focal_node::{
    api::types::BackupMade,
    backup::{self, List, Place, Reading, Verified, Writing},
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
        return Err(
            Error::new(Exit::Usage, tr!("backup-one-file")).next(tr!("backup-one-file-next"))
        );
    }
    let mut writing = place.write().map_err(|e| error(&e))?;
    let (made, list, bytes_written) = receive(&client, args, &mut writing).await?;
    let created: Time = made
        .created
        .parse()
        .map_err(|_| Error::new(Exit::Failed, tr!("answer-odd")).next(tr!("same-version")))?;
    let kept = |writing: &Writing| match args.keep {
        Some(keep) => writing.keep(usize::from(keep)).map_err(|e| error(&e)),
        None => Ok((0, 0)),
    };
    let before = writing.newest().map_err(|e| error(&e))?;
    let file = writing.end(created, &list).map_err(|e| error(&e))?;
    if let Some(before) = before.filter(|before| *before > created) {
        context.remark(&tr!(
            "backup-clock",
            time = minute(&made.created),
            before = minute(&before.to_string())
        ));
    }
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
    if kept.made.left_out > 0 {
        context.remark(&tr!("backup-left-out", n = kept.made.left_out));
    }
    if kept.older_than_purge > 0 {
        let time = kept.made.last_purge.as_deref().unwrap_or_default();
        context.remark(&tr!(
            "backup-before-purge",
            backups = tr!("count-backups", n = kept.older_than_purge),
            place = args.place.display(),
            time = minute(time)
        ));
    }
    context.print(&kept, |out| {
        let made = &kept.made;
        writeln!(out, "{STRONG}{}{STRONG:#}", kept.file.display())?;
        writeln!(
            out,
            "{}",
            tr!(
                "backup-made",
                entries = tr!("count-entries", n = made.entries),
                reports = tr!("count-reports", n = made.records),
                attachments = if args.without_attachments {
                    tr!("backup-without-attachments")
                } else {
                    tr!("backup-chunks", n = made.chunks)
                },
                new = made.new,
                pieces = tr!("count-pieces", n = made.pieces),
                size = bytes(kept.bytes_written),
            )
        )?;
        if kept.removed_backups > 0 {
            writeln!(
                out,
                "{}",
                tr!(
                    "backup-removed",
                    backups = tr!("count-older-backups", n = kept.removed_backups),
                    pieces = tr!("count-pieces", n = kept.removed_pieces)
                )
            )?;
        }
        writeln!(out, "{}", tr!("backup-try", place = args.place.display()))
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
    let malformed = || Error::new(Exit::Failed, tr!("answer-odd"));
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
    Err(Error::new(Exit::Failed, tr!("backup-not-all"))
        .why(tr!("courier-not-all-why"))
        .next(tr!("backup-not-all-next")))
}

/// What `--json` prints of a backup that was read.
#[derive(Debug, Default, Serialize)]
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
    /// Chunks of attachments that could not be read when it was made.
    left_out: u64,
    lacking: Vec<String>,
    /// Damaged pieces, by their files where they have one of their own.
    damaged: Vec<String>,
}

pub(super) fn verify(args: &VerifyArgs, context: &Context) -> Result<()> {
    let reading = Place::of(&args.place).read().map_err(|e| error(&e))?;
    let chosen: Vec<&(PathBuf, List)> = if args.all {
        reading.lists.iter().collect()
    } else if args.which.at.is_none() {
        // One that is newer and cannot be read is named below.
        reading.lists.last().into_iter().collect()
    } else {
        vec![choose(&reading, &args.which)?]
    };
    let mut unlock = None;
    let (mut all, mut failed) = (Vec::new(), None);
    for (path, list) in chosen {
        let opened = match &unlock {
            Some(unlock) => unlock,
            None => unlock.insert(opens(list, &args.which, context)?),
        };
        match backup::verify(&reading, path, list, opened) {
            Ok(found) => all.push(checked(&reading, path, &found)),
            Err(backup::Error::NotOne(_)) => all.push(unreadable(path)),
            // The others may open.
            Err(e) => {
                failed.get_or_insert(error(&e));
            }
        }
    }
    if args.which.at.is_none() {
        all.extend(reading.damaged.iter().map(|(path, _)| unreadable(path)));
    }
    all.sort_by(|one, other| one.file.cmp(&other.file));
    if !all.is_empty() {
        context.print(&all, |out| all.iter().try_for_each(|one| told(out, one)))?;
    }
    if let Some(error) = failed {
        return Err(error);
    }
    if all.iter().all(|one| one.whole) {
        return Ok(());
    }
    Err(Error::new(Exit::Unwell, tr!("backup-not-whole"))
        .why(tr!("backup-not-whole-why"))
        .next(tr!("backup-not-whole-next")))
}

/// One of which nothing can be said.
fn unreadable(path: &Path) -> Checked {
    Checked {
        file: path.to_path_buf(),
        damaged: vec![path.display().to_string()],
        ..Checked::default()
    }
}

fn checked(reading: &Reading, path: &Path, found: &Verified) -> Checked {
    let place = |name: &Hash| match reading.piece_path(name) {
        Some(path) => path.display().to_string(),
        None => name.to_string(),
    };
    let left_out = found.listed.left_out;
    Checked {
        file: path.to_path_buf(),
        whole: found.lacking.is_empty() && found.damaged.is_empty() && left_out == 0,
        node: found.listed.node.to_string(),
        created: found.listed.created.to_string(),
        entries: found.listed.entries,
        records: found.listed.records,
        with_attachments: found.listed.with_attachments,
        pieces: found.pieces,
        bytes: found.bytes,
        rows: found.rows,
        chunks: found.chunks,
        left_out,
        lacking: found.lacking.iter().map(ToString::to_string).collect(),
        damaged: found.damaged.iter().map(place).collect(),
    }
}

fn told(out: &mut dyn std::io::Write, one: &Checked) -> std::io::Result<()> {
    let without = if one.with_attachments {
        String::new()
    } else {
        format!(", {}", tr!("backup-without-attachments"))
    };
    writeln!(
        out,
        "{STRONG}{}{STRONG:#}: {}",
        one.file.display(),
        if one.whole {
            tr!("backup-whole")
        } else {
            tr!("backup-not-whole-mark")
        }
    )?;
    if !one.node.is_empty() {
        writeln!(
            out,
            "  {}",
            tr!(
                "backup-of",
                time = minute(&one.created),
                entries = tr!("count-entries", n = one.entries),
                reports = tr!("count-reports", n = one.records) + &without,
                pieces = tr!("count-pieces", n = one.pieces),
                size = bytes(one.bytes),
            )
        )?;
    }
    if one.left_out > 0 {
        writeln!(out, "  {}", tr!("backup-left-out", n = one.left_out))?;
    }
    for name in &one.lacking {
        writeln!(out, "  {}", tr!("backup-missing", name))?;
    }
    for name in &one.damaged {
        writeln!(out, "  {}", tr!("backup-damaged", name))?;
    }
    Ok(())
}

/// The backup that is meant: the newest, or that of a time.
pub(super) fn choose<'a>(reading: &'a Reading, which: &Which) -> Result<&'a (PathBuf, List)> {
    let Some(at) = &which.at else {
        let newest = reading.newest();
        return newest
            .map_err(|e| error(e).next(tr!("backup-newest-next")))?
            .ok_or_else(none);
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
        (Some(_), Some(_)) => {
            Err(Error::new(Exit::Usage, tr!("backup-many", time = at))
                .next(tr!("backup-many-next")))
        }
        (None, _) => match reading.damaged.iter().find(|(path, _)| begins(path)) {
            Some((_, why)) => Err(error(why)),
            None => Err(none().why(tr!("backup-none-of", time = at))),
        },
    }
}

fn none() -> Error {
    Error::new(Exit::NotFound, tr!("backup-none")).next(tr!("backup-none-next"))
}

/// What opens a backup.
pub(super) fn opens(list: &List, which: &Which, context: &Context) -> Result<Unlock> {
    match (&which.key_file, list.needs_passphrase()) {
        (Some(path), _) => super::init::read_key_file(path),
        (None, true) => Ok(Unlock::Passphrase(prompt::passphrase(
            context,
            &tr!("backup-node-then"),
        )?)),
        (None, false) => Err(Error::new(Exit::Usage, tr!("backup-key-file"))
            .why(tr!("backup-key-file-why"))
            .next(tr!("backup-key-file-next"))),
    }
}

/// What went wrong, as people see it.
pub(super) fn error(error: &backup::Error) -> Error {
    use backup::Error as Backup;
    let what = tr!("backup-unusable");
    match error {
        Backup::Io { path, source } => Error::io(tr!("backup-io"), path, source),
        Backup::Exists(path) => crate::files::exists(path).next(tr!("backup-other-name")),
        Backup::Busy(_) => Error::new(Exit::Failed, what)
            .why(error.to_string())
            .next(tr!("wait-try-again")),
        Backup::None(_) => Error::new(Exit::NotFound, tr!("backup-not-there"))
            .why(error.to_string())
            .next(tr!("backup-makes-one")),
        Backup::Keys(focal_protocol::seal::KeyFileError::Wrong) => {
            Error::new(Exit::WrongPassphrase, what)
                .why(tr!("backup-wrong-key"))
                .next(tr!("try-again"))
        }
        Backup::Lacking(_) | Backup::Damaged(_) => Error::new(Exit::Failed, what)
            .why(error.to_string())
            .next(tr!("backup-lacking-next")),
        Backup::Node(node) => run::error(node),
        Backup::NotOne(_) | Backup::Keys(_) => {
            Error::new(Exit::Failed, what).why(error.to_string())
        }
    }
}
