//! `focal evidence receive`: a line in the custody log for whoever takes a bundle over.

use super::{fails, keep, staged, unwritten};
use crate::{
    context::{Context, now},
    error::{Error, Exit, Result},
    keys::open_author,
    lang::tr,
};
use focal_protocol::{
    evidence::{
        custody::{Act, Custody, append},
        verify,
    },
    id::Hash,
    limits,
};
use std::{
    fs,
    io::{self, BufReader, BufWriter, Read, Seek, Write},
    path::PathBuf,
};

/// Check a bundle that was handed to you, and write a copy with your signed line in its custody log
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The bundle itself stays as it was sealed: only the log of who had it grows.

Examples:
  focal evidence receive orsk.zip -o orsk-received.zip
  focal evidence receive orsk.zip -o orsk-received.zip --by \"Registry\" --note \"by hand, in The Hague\"")]
pub(super) struct ReceiveArgs {
    /// The bundle
    file: PathBuf,
    /// Where to write the copy
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// Who receives it [default: the handle of the key]
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// Where and how
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    /// Whose key signs the line, if there are several here
    #[arg(long, value_name = "HANDLE")]
    author: Option<String>,
}

#[derive(Debug, serde::Serialize)]
struct Received {
    file: PathBuf,
    contents: String,
    lines: usize,
}

pub(super) fn receive(args: &ReceiveArgs, context: &Context) -> Result<()> {
    let mut out = staged(&args.output)?;
    let unread = |e: io::Error| Error::io(tr!("bundle-unread"), &args.file, &e);
    let mut input = fs::File::open(&args.file).map_err(unread)?;
    let proven = verify(BufReader::new(&input)).map_err(|e| fails(&args.file, &e))?;
    if proven.custody.len() >= limits::CUSTODY_LINES {
        return Err(Error::new(Exit::Refused, tr!("custody-full")));
    }
    let author = open_author(context, args.author.as_deref())?;
    let line = Custody {
        act: Act::Received,
        at: now(),
        by: args.by.clone().unwrap_or_else(|| author.handle.clone()),
        organisation: author.org,
        note: args.note.clone(),
        contents: proven.hash,
        previous: Hash([0; 32]),
    };
    let log = append(&proven.log, line, &author.key);
    let unwritten = |e: io::Error| unwritten(&args.output, &e);
    input.rewind().map_err(unread)?;
    let mut writer = BufWriter::new(out.as_file_mut());
    let mut kept = (&input).take(proven.kept.bytes);
    io::copy(&mut kept, &mut writer).map_err(unwritten)?;
    proven
        .kept
        .finish(&log, &mut writer)
        .map_err(|e| Error::new(Exit::Failed, tr!("copy-unwritten")).why(e.to_string()))?;
    writer.flush().map_err(unwritten)?;
    drop(writer);
    out.as_file_mut().rewind().map_err(unwritten)?;
    // Also that nobody changed the file between the check and the copy.
    let again = verify(BufReader::new(out.as_file())).map_err(|e| fails(&args.output, &e))?;
    keep(out, &args.output)?;
    let received = Received {
        file: args.output.clone(),
        contents: again.hash.to_string(),
        lines: again.custody.len(),
    };
    context.print(&received, |out| {
        writeln!(
            out,
            "{}",
            tr!("bundle-received", file = received.file.display())
        )?;
        writeln!(out, "{}", tr!("bundle-contents", hash = received.contents))
    })
}
