//! `focal courier load`.

use super::pack::{numbered, write_receipt};
use crate::{
    attach::Bar,
    client::Client,
    commands::case::minute,
    context::Context,
    error::{Error, Exit, Result},
    files,
    lang::tr,
    output::{STRONG, plain},
};
use focal_node::api::types::CourierLoaded;
use std::path::{Path, PathBuf};

/// Read courier files into your node
#[derive(Debug, clap::Args)]
#[command(after_help = "\
What is counted is stored. A file that is damaged is read up to the damage, and says so; loading a file twice does no harm.
With files of several senders, the receipts for all but the first are written to FILE.2, FILE.3 and so on.

Examples:
  focal courier load un.courier
  focal courier load /media/stick/un.courier /media/stick/un.courier.2 --receipt /media/stick/receipt.courier")]
pub(super) struct LoadArgs {
    /// The files
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Write a receipt for who packed them
    #[arg(long, value_name = "FILE")]
    receipt: Option<PathBuf>,
}

/// What `--json` prints of each file.
#[derive(Debug, serde::Serialize)]
struct Read {
    file: PathBuf,
    #[serde(flatten)]
    loaded: CourierLoaded,
    /// It was tried again, and failed.
    #[serde(skip)]
    failed: bool,
}

pub(super) async fn load(args: LoadArgs, context: &Context) -> Result<()> {
    if let Some(path) = args.receipt.as_ref().filter(|path| path.exists()) {
        return Err(files::exists(path).next(tr!("other-name")));
    }
    let client = Client::connect(context).await?;
    let mut read = Vec::new();
    let mut failed = Vec::new();
    for file in &args.files {
        match load_one(&client, file).await {
            Ok(loaded) => read.push(Read {
                file: file.clone(),
                loaded,
                failed: false,
            }),
            // The others may be whole.
            Err(error) => failed.push(of_file(error, file)),
        }
    }
    // What one file lacked, a later one may have brought.
    let mut progress = true;
    while std::mem::take(&mut progress) {
        let ahead = |one: &&mut Read| one.loaded.ahead > 0 && !one.failed;
        for one in read.iter_mut().filter(ahead) {
            let again = match load_one(&client, &one.file).await {
                Ok(again) => again,
                // What was read before is stored, and is said.
                Err(error) => {
                    one.failed = true;
                    failed.push(of_file(error, &one.file));
                    continue;
                }
            };
            if again.entries > 0 || again.pieces > 0 {
                progress = true;
                one.loaded.entries += again.entries;
                one.loaded.pieces += again.pieces;
            }
            one.loaded.ahead = again.ahead;
        }
    }
    let mut receipts = Vec::new();
    if let Some(path) = &args.receipt {
        for (org, name) in senders(&read) {
            let path = match receipts.len() {
                0 => path.clone(),
                n => numbered(path, n + 1),
            };
            match write_receipt(&client, org, &path).await {
                Ok(()) => receipts.push((path, name)),
                Err(error) => failed.push(error),
            }
        }
    }
    context.print(&read, |out| {
        for one in &read {
            told(out, one)?;
        }
        for (path, org) in &receipts {
            writeln!(
                out,
                "{}",
                tr!(
                    "courier-is-receipt",
                    file = path.display().to_string(),
                    org = plain(org),
                )
            )?;
        }
        Ok(())
    })?;
    let mut failed = failed.into_iter();
    let first = failed.next();
    for error in failed {
        let why = error.why.unwrap_or_default();
        context.remark(&format!("{}: {why}", error.what));
    }
    match first {
        Some(error) => Err(error),
        None if read.iter().any(|one| one.loaded.ahead > 0) => {
            Err(Error::new(Exit::Failed, tr!("courier-partly"))
                .why(tr!("courier-partly-why"))
                .next(tr!("courier-partly-next")))
        }
        None => Ok(()),
    }
}

/// What went wrong, and with which file.
fn of_file(mut error: Error, file: &Path) -> Error {
    let file = file.display();
    let why = error.why.take();
    error.why(why.map_or_else(|| file.to_string(), |why| format!("{file}: {why}")))
}

/// Who packed what was read, each once: id and name.
fn senders(read: &[Read]) -> Vec<(String, String)> {
    let mut senders: Vec<(String, String)> = Vec::new();
    for CourierLoaded { from, org_name, .. } in read.iter().map(|one| &one.loaded) {
        if !senders.iter().any(|(org, _)| org == from) {
            senders.push((from.clone(), org_name.clone()));
        }
    }
    senders
}

async fn load_one(client: &Client, file: &Path) -> Result<CourierLoaded> {
    let size = std::fs::metadata(file).map_or(0, |m| m.len());
    let name = file.file_name().unwrap_or(file.as_os_str());
    let bar = Bar::of(&name.to_string_lossy(), size);
    client
        .post_file("/v1/courier/load", file, move |sent| bar.more(sent))
        .await
}

fn told(out: &mut dyn std::io::Write, one: &Read) -> std::io::Result<()> {
    let loaded = &one.loaded;
    let (file, org) = (one.file.display().to_string(), plain(&loaded.org_name));
    let (when, number) = (minute(&loaded.created), loaded.volume);
    let line = if loaded.more {
        tr!(
            "courier-from-more",
            file = file,
            org = org,
            when = when,
            number = number
        )
    } else {
        tr!(
            "courier-from",
            file = file,
            org = org,
            when = when,
            number = number
        )
    };
    writeln!(out, "{STRONG}{line}{STRONG:#}")?;
    let came = tr!(
        "courier-came",
        entries = loaded.entries,
        known = loaded.known,
        documents = loaded.documents,
        parcels = loaded.parcels,
        receipts = loaded.heights,
    );
    writeln!(out, "  {came}")?;
    if loaded.pieces + loaded.pieces_known > 0 {
        let (new, known) = (loaded.pieces, loaded.pieces_known);
        let line = tr!("courier-pieces-came", new = new, known = known);
        writeln!(out, "  {line}")?;
    }
    for (code, count) in &loaded.refused {
        let line = tr!("courier-not-taken", n = *count, code = code.as_str());
        writeln!(out, "  {line}")?;
    }
    Ok(())
}
