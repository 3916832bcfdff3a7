//! A trail as a file: one JSON document a line, readable, and checked without the node.

use super::{
    ExportArgs, Noted, Pages,
    verify::{Checking, unreadable},
};
use crate::{
    context::Context,
    error::{Error, Exit, Result},
    lang::tr,
};
use focal_protocol::limits;
use serde::{Deserialize, Serialize};
use std::{
    fs::{File, OpenOptions},
    io::{self, BufRead, BufReader, BufWriter, Read, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

const FORMAT: &str = "focal-audit/1";
/// Longest line, bytes: an item in hex beside what it says.
const LINE: usize = 8 * limits::AUDIT_ITEM;

#[derive(Serialize, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
enum Line {
    Head {
        format: String,
        node: String,
        /// The signed checkpoint with which it begins, if earlier items were given up.
        anchor: Option<String>,
    },
    Item {
        item: serde_json::Value,
        bytes: String,
    },
    Checkpoint {
        seq: u64,
        checkpoint: String,
    },
}

pub(super) async fn export(args: &ExportArgs, context: &Context) -> Result<()> {
    let mut pages = Pages::of(context).await?;
    let to_stdout = args.output.as_os_str() == "-";
    let out: Box<dyn Write> = if to_stdout {
        Box::new(io::stdout().lock())
    } else {
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&args.output);
        Box::new(file.map_err(|e| failed(&args.output, &e))?)
    };
    let mut out = BufWriter::new(out);
    let (mut first, mut items) = (true, 0_u64);
    while let Some(page) = pages.next().await? {
        let mut lines = Vec::new();
        if std::mem::take(&mut first) {
            lines.push(Line::Head {
                format: FORMAT.into(),
                node: page.node,
                anchor: page.anchor.map(|c| c.signed),
            });
        }
        let mut signatures = page.checkpoints.into_iter().peekable();
        for item in page.items {
            items += 1;
            let seq = item.seq;
            lines.push(Line::Item {
                item: item.item,
                bytes: item.bytes,
            });
            while let Some(checkpoint) = signatures.next_if(|c| c.seq == seq) {
                lines.push(Line::Checkpoint {
                    seq,
                    checkpoint: checkpoint.signed,
                });
            }
        }
        for line in lines {
            let written = serde_json::to_writer(&mut out, &line).map_err(io::Error::from);
            written
                .and_then(|()| out.write_all(b"\n"))
                .map_err(|e| failed(&args.output, &e))?;
        }
    }
    out.flush().map_err(|e| failed(&args.output, &e))?;
    if to_stdout {
        return Ok(());
    }
    let done = serde_json::json!({ "file": args.output, "items": items });
    context.print(&done, |out| {
        writeln!(
            out,
            "{}",
            tr!("audit-items-in", n = items, file = args.output.display())
        )?;
        writeln!(
            out,
            "{}",
            tr!("audit-check-it", file = args.output.display())
        )
    })
}

fn failed(path: &Path, error: &io::Error) -> Error {
    if error.kind() == io::ErrorKind::BrokenPipe {
        return Error::quiet();
    }
    Error::new(Exit::Io, tr!("audit-unwritten"))
        .why(format!("{}: {error}", path.display()))
        .next(tr!("audit-unwritten-next"))
}

/// Follows a trail that was written to a file.
pub(super) fn follow(path: &Path, noted: Option<Noted>) -> Result<Checking> {
    let open = |e: io::Error| {
        Error::new(Exit::Io, tr!("file-cannot-be-read"))
            .why(format!("{}: {e}", path.display()))
            .next(tr!("audit-name-file"))
    };
    let mut reader = BufReader::new(File::open(path).map_err(open)?);
    let mut checking: Option<Checking> = None;
    let mut number = 0_u64;
    loop {
        let mut line = Vec::new();
        let mut one = (&mut reader).take(LINE as u64 + 1);
        if one.read_until(b'\n', &mut line).map_err(open)? == 0 {
            break;
        }
        number += 1;
        if line.len() > LINE {
            return Err(unreadable(tr!("audit-line-long", number, most = LINE)));
        }
        let line: Line = serde_json::from_slice(&line).map_err(|_| {
            unreadable(tr!("audit-line-odd", number)).next(tr!("audit-name-export"))
        })?;
        match (line, &mut checking) {
            (
                Line::Head {
                    format,
                    node,
                    anchor,
                },
                none @ None,
            ) if format == FORMAT => {
                *none = Some(Checking::new(&node, anchor.as_deref(), noted)?);
            }
            (Line::Item { item, bytes }, Some(checking)) => {
                let said = checking.item(&bytes)?;
                if serde_json::to_value(&said).ok() != Some(item) {
                    return Err(unreadable(tr!("audit-line-bytes", number)));
                }
            }
            (Line::Checkpoint { checkpoint, .. }, Some(checking)) => {
                checking.checkpoint(&checkpoint)?;
            }
            _ => {
                return Err(unreadable(tr!("audit-line-place", number)));
            }
        }
    }
    checking.ok_or_else(|| unreadable(tr!("audit-empty")))
}
