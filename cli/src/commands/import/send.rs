//! Reports of a file, signed one after the other and handed to the node.

use super::{Checked, Sendable, show::wrong};
use crate::{
    client::Client,
    commands::{
        case::first,
        report::{
            drafts,
            place::readers_only,
            submit::{deliver, signer},
        },
    },
    context::Context,
    error::{Error, Exit, Result},
    lang::tr,
    output::{plain, word},
};
use focal_node::{api::types::CaseSummary, exchange::write_marking};
use serde::Serialize;
use std::{collections::HashMap, path::PathBuf};

/// What became of one report.
#[derive(Debug, Serialize)]
struct Sent {
    at: String,
    kind: String,
    title: String,
    /// The record, once it is stored.
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<String>,
    /// Why it is not.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    refused: Vec<String>,
    /// Where it is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    draft: Option<PathBuf>,
}

pub(super) async fn send(
    client: &Client,
    case: &CaseSummary,
    checked: Vec<Checked>,
    author: Option<&str>,
    context: &Context,
) -> Result<()> {
    let (author, org) = signer(client, author, context).await?;
    let mut homes: HashMap<String, CaseSummary> = HashMap::new();
    let mut result: Vec<Sent> = Vec::new();
    let mut away: Option<Error> = None;
    for one in checked {
        let mut sent = Sent {
            at: one.report.at.clone(),
            kind: one.report.kind.to_string(),
            title: String::new(),
            record: None,
            refused: wrong(&one),
            draft: None,
        };
        let Ok(draft) = one.draft else {
            result.push(sent);
            continue;
        };
        sent.title = draft.body.title();
        // A node that has gone is not asked for each report again.
        if away.is_none() {
            let marking = write_marking(&draft.marking);
            let home = match homes.get(&marking) {
                Some(home) => Ok(home.clone()),
                // Whose compartment it is, is asked once for each marking.
                None => readers_only(client, case.clone(), &draft.marking, context).await,
            };
            let stored = match home {
                Ok(home) => {
                    let stored = deliver(client, &home, draft, &author.key, org, context).await;
                    homes.insert(marking, home);
                    stored
                }
                Err(e) => Err(e),
            };
            match stored {
                Ok(stored) => sent.record = Some(stored.record),
                Err(e) => {
                    let why = e.why.as_ref().map(|w| format!(": {w}")).unwrap_or_default();
                    sent.refused.push(format!("{}{why}", e.what));
                    if e.exit == Exit::Unreachable {
                        away = Some(e);
                    }
                }
            }
        }
        if sent.record.is_none() {
            sent.draft = Some(drafts::keep(&one.report.sendable(), context)?);
        }
        result.push(sent);
    }
    print(&result, context)?;
    let paths: Vec<PathBuf> = result.iter().filter_map(|s| s.draft.clone()).collect();
    if let Some(away) = away {
        return Err(drafts_kept(away, &paths, &case.case));
    }
    let bad = result.iter().filter(|s| s.record.is_none()).count();
    if bad > 0 {
        let error = Error::new(Exit::Refused, tr!("import-not-sent", n = bad));
        let error = error.why(tr!("named-above"));
        return Err(match paths.first() {
            Some(_) => drafts_kept(error, &paths, &case.case),
            None => error.next(tr!("import-again")),
        });
    }
    Ok(())
}

/// The same error, which also says where the reports were kept.
pub(super) fn drafts_kept(error: Error, paths: &[PathBuf], case: &str) -> Error {
    let Some(path) = paths.first() else {
        return error;
    };
    let next = tr!(
        "import-drafts",
        reports = tr!("count-reports", n = paths.len()),
        dir = path.parent().unwrap_or(path).display(),
        case = word(case),
        file = word(&path.to_string_lossy())
    );
    let next = match &error.next {
        Some(first) => tr!("both-next", first, next),
        None => next,
    };
    error.next(next)
}

fn print(result: &[Sent], context: &Context) -> Result<()> {
    context.print(&result, |out| {
        for sent in result {
            let title = plain(&sent.title);
            match &sent.record {
                Some(record) => writeln!(
                    out,
                    "{}",
                    tr!(
                        "import-stored-line",
                        record = first(record),
                        at = sent.at,
                        title
                    )
                )?,
                None => {
                    writeln!(
                        out,
                        "{}",
                        tr!("import-not-sent-line", at = plain(&sent.at), title)
                    )?;
                    for why in &sent.refused {
                        writeln!(out, "  {}", plain(why))?;
                    }
                }
            }
        }
        let stored = result.iter().filter(|s| s.record.is_some()).count();
        writeln!(out, "{}", tr!("import-stored", n = stored))
    })
}
