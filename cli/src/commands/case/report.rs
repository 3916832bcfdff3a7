//! `focal case report`: a case as one HTML page.

use super::find;
use crate::{
    client::Client,
    context::Context,
    error::{Error, Exit, Result},
    files,
    lang::tr,
    output::{raw, strong},
};
use focal_node::api::types::ReportRequest;
use std::path::PathBuf;

/// Write the case as one HTML page: map, timeline, charts and all tables, to be read anywhere and printed
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The page needs nothing else: no script, no font, no map from elsewhere; it opens without a network. It carries the
narrowest TLP label of everything in it on every sheet. Marking, release list, originator control and consent decide
record by record what may be on it for those whom it is for; the page says how much was left out, and why. The case's title
is not on a page for the public, or for organisations that are not in the case: say with --purpose what it is about.

Whoever has the file can read it: it is not encrypted. The audit trail notes who asked for it.

Examples:
  focal case report 3f9c1a2b --html -o orsk.html
  focal case report \"Varenia: Orsk province\" --html -o donors.html --for served --purpose \"donors' briefing\"
  focal case report 3f9c1a2b --html -o un.html --to \"UN Office for the Varenia Region\"")]
pub(super) struct ReportArgs {
    /// The case: id, first digits, title, or how the title begins
    case: String,
    /// As one HTML page
    #[arg(long, required = true)]
    html: bool,
    /// Where to write it; standard output if left out
    #[arg(short, long)]
    output: Option<PathBuf>,
    /// For whom: print and own-use for your own organisation, served for those whom it serves, court, public
    #[arg(long = "for", value_name = "WHOM", default_value = "print",
          value_parser = ["print", "own-use", "served", "court", "public"])]
    readers: String,
    /// For this organisation, by name or id; may be given more than once
    #[arg(long, value_name = "ORG", conflicts_with = "readers")]
    to: Vec<String>,
    /// What the page is for: printed on it
    #[arg(long, value_name = "TEXT")]
    purpose: Option<String>,
    /// At most this many rows in each table, the newest
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u16).range(1..=1000))]
    rows: u16,
}

/// What `--json` prints.
#[derive(Debug, serde::Serialize)]
struct Written {
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<PathBuf>,
    bytes: usize,
    marking: String,
    /// The page itself, if it was not written to a file.
    #[serde(skip_serializing_if = "Option::is_none")]
    html: Option<String>,
}

pub(super) async fn report(args: ReportArgs, client: &Client, context: &Context) -> Result<()> {
    // Before the node is asked: what is there already is not replaced.
    if let Some(path) = args.output.as_ref().filter(|path| path.exists()) {
        return Err(files::exists(path).next(tr!("other-name")));
    }
    let case = find(client, &args.case).await?;
    let request = ReportRequest {
        purpose: if args.to.is_empty() {
            args.readers
        } else {
            "organisations".into()
        },
        recipients: args.to,
        note: args.purpose,
        rows: Some(args.rows.into()),
    };
    let path = format!("/v1/cases/{}/report.html", case.case);
    let page = String::from_utf8(client.post_for_bytes(&path, &request).await?)
        .map_err(|e| Error::new(Exit::Failed, tr!("page-odd")).why(e.to_string()))?;
    let marking = marking(&page).to_string();
    if let Some(path) = &args.output {
        files::create_private(path, page.as_bytes())?;
    } else if !context.json {
        return raw(page.as_bytes());
    }
    let written = Written {
        bytes: page.len(),
        marking,
        html: args.output.is_none().then_some(page),
        file: args.output,
    };
    context.print(&written, |out| {
        if let Some(file) = &written.file {
            writeln!(
                out,
                "{}",
                tr!(
                    "page-written",
                    file = file.display(),
                    marking = strong(&written.marking)
                )
            )?;
            writeln!(out, "{}", tr!("page-readable"))?;
        }
        Ok(())
    })
}

/// The label that the page carries: its title begins with it.
fn marking(page: &str) -> &str {
    let title = page.split_once("<title>").map_or("", |(_, rest)| rest);
    let label = title.split([' ', '<']).next().unwrap_or_default();
    if label.starts_with("TLP:") {
        label
    } else {
        "unmarked"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_label_is_read_from_the_title() {
        assert_eq!(
            marking("<title>TLP:AMBER+STRICT Varenia</title>"),
            "TLP:AMBER+STRICT"
        );
        assert_eq!(marking("<p>TLP:RED</p>"), "unmarked");
    }
}
