//! Reports of a file, signed one after the other and handed to the node; what it cannot take now waits in the outbox.

use super::{Checked, Sendable, show::wrong};
use crate::{
    client::Client,
    commands::{
        case::first,
        report::{
            drafts,
            place::{readers_known, readers_only},
            submit::{post, sign},
        },
    },
    context::Context,
    error::{Error, Exit, Result},
    keys::Author,
    known::Known,
    lang::tr,
    outbox::{Item, Outbox},
    output::{plain, word},
    table::paragraph,
};
use focal_node::{
    api::types::CaseSummary,
    exchange::{Format, write_marking},
};
use focal_protocol::{
    id::OrgId,
    record::{Draft, Marking},
};
use serde::Serialize;
use std::{collections::HashMap, path::PathBuf, sync::Arc};

/// Where reports go.
pub(super) enum Way<'a> {
    /// To the node, which was told of the import.
    Node(&'a Client),
    /// To the outbox, by what is known of the case, as the node is not in reach; it is told of the file when it is.
    Later(Known, Format, Error),
}

/// What became of one report.
#[derive(Debug, Serialize)]
struct Sent {
    at: String,
    kind: String,
    title: String,
    /// The record, once it is signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<String>,
    /// Whether it waits in the outbox, and the node does not have it yet.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    waiting: bool,
    /// Why it is neither stored nor waits.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    refused: Vec<String>,
    /// Where it is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    draft: Option<PathBuf>,
}

/// What came of a report that was signed.
enum Signed {
    Stored(String),
    Waits(Box<Item>),
}

/// Sends one report after the other.
struct Sending<'a> {
    client: Option<&'a Client>,
    known: Option<Known>,
    /// The format of the file, if the node is still to be told.
    format: Option<Format>,
    case: &'a CaseSummary,
    author: Arc<Author>,
    org: OrgId,
    context: &'a Context,
    /// Whose compartment it is, is asked once for each marking.
    homes: HashMap<String, CaseSummary>,
    /// Why the node takes nothing more now: it is not asked for each report again.
    away: Option<Error>,
}

impl Sending<'_> {
    async fn one(&mut self, draft: Draft) -> Result<Signed> {
        let home = self.home(&draft.marking).await?;
        let signed = sign(&home, draft, &self.author.key, self.org, self.context)?;
        if let (Some(client), None) = (self.client, &self.away) {
            match post(client, &home, &signed).await {
                Ok(stored) => return Ok(Signed::Stored(stored.record)),
                // Whether it has arrived is not known: the same report goes once more, and is stored once.
                Err(e) if e.passing => self.away = Some(e),
                Err(e) => return Err(e),
            }
        }
        let item = Item::new(signed, &home.title);
        Ok(Signed::Waits(Box::new(match self.format {
            Some(format) => item.imported(format),
            None => item,
        })))
    }

    /// The case, or the compartment of it for those who may read the report.
    async fn home(&mut self, marking: &Marking) -> Result<CaseSummary> {
        let text = write_marking(marking);
        if let Some(home) = self.homes.get(&text) {
            return Ok(home.clone());
        }
        let case = self.case.clone();
        let home = match (self.client, &self.away) {
            (Some(client), None) => {
                match readers_only(client, case.clone(), marking, self.context).await {
                    Err(e) if e.passing => {
                        self.away = Some(e);
                        self.known_home(case, marking)?
                    }
                    home => home?,
                }
            }
            _ => self.known_home(case, marking)?,
        };
        self.homes.insert(text, home.clone());
        Ok(home)
    }

    fn known_home(&mut self, case: CaseSummary, marking: &Marking) -> Result<CaseSummary> {
        if self.known.is_none() {
            self.known = Known::load(self.context, &self.author)?;
        }
        match &self.known {
            Some(known) => readers_known(known, case, marking),
            None => Err(Error::new(Exit::Unreachable, tr!("place-not-kept"))
                .why(tr!("place-no-case"))
                .next(tr!("place-later"))),
        }
    }
}

pub(super) async fn send(
    way: Way<'_>,
    case: &CaseSummary,
    checked: Vec<Checked>,
    (author, org): (Arc<Author>, OrgId),
    context: &Context,
) -> Result<()> {
    let (client, known, format, away) = match way {
        Way::Node(client) => (Some(client), None, None, None),
        Way::Later(known, format, away) => (None, Some(known), Some(format), Some(away)),
    };
    let outbox = Outbox::of(context, &author);
    let homes = HashMap::new();
    let mut sending = Sending {
        client,
        known,
        format,
        case,
        author,
        org,
        context,
        homes,
        away,
    };
    let mut result: Vec<(Sent, Checked)> = Vec::new();
    let (mut items, mut places) = (Vec::new(), Vec::new());
    for one in checked {
        let mut sent = Sent {
            at: one.report.at.clone(),
            kind: one.report.kind.to_string(),
            title: String::new(),
            record: None,
            waiting: false,
            refused: wrong(&one),
            draft: None,
        };
        if let Ok(draft) = &one.draft {
            sent.title = draft.body.title();
            match sending.one(draft.clone()).await {
                Ok(Signed::Stored(record)) => sent.record = Some(record),
                Ok(Signed::Waits(item)) => {
                    items.push(*item);
                    places.push(result.len());
                }
                Err(e) => sent.refused.push(reason(&e)),
            }
        }
        result.push((sent, one));
    }
    let away = sending.away.take();
    let full = wait(&outbox, &items, &places, &mut result);
    for (sent, one) in &mut result {
        if sent.record.is_none() && one.draft.is_ok() {
            sent.draft = Some(drafts::keep(&one.report.sendable(), context)?);
        }
    }
    let result: Vec<Sent> = result.into_iter().map(|(sent, _)| sent).collect();
    print(&result, away.as_ref(), context)?;
    let paths: Vec<PathBuf> = result.iter().filter_map(|s| s.draft.clone()).collect();
    if let Some(full) = full {
        return Err(drafts_kept(full, &paths, &case.case));
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

/// Puts reports into the outbox; why not all of them are there.
fn wait(
    outbox: &Outbox,
    items: &[Item],
    places: &[usize],
    result: &mut [(Sent, Checked)],
) -> Option<Error> {
    if items.is_empty() {
        return None;
    }
    let (kept, full) = match outbox.put_all(items) {
        Ok(kept) => kept,
        Err(e) => (0, Some(e)),
    };
    for (at, (item, place)) in items.iter().zip(places).enumerate() {
        let Some((sent, _)) = result.get_mut(*place) else {
            continue;
        };
        if at < kept {
            sent.record = Some(item.record().to_string());
            sent.waiting = true;
        } else if let Some(full) = &full {
            sent.refused.push(reason(full));
        }
    }
    full
}

fn reason(e: &Error) -> String {
    let why = e.why.as_ref().map(|w| format!(": {w}")).unwrap_or_default();
    format!("{}{why}", e.what)
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

fn print(result: &[Sent], away: Option<&Error>, context: &Context) -> Result<()> {
    context.print(&result, |out| {
        for sent in result {
            let title = plain(&sent.title);
            let at = plain(&sent.at);
            let line = match &sent.record {
                Some(record) if sent.waiting => {
                    tr!("import-waits-line", record = first(record), at, title)
                }
                Some(record) => tr!("import-stored-line", record = first(record), at, title),
                None => tr!("import-not-sent-line", at, title),
            };
            writeln!(out, "{line}")?;
            for why in &sent.refused {
                paragraph(&plain(why), out)?;
            }
        }
        let waiting = result.iter().filter(|s| s.waiting).count();
        let stored = result.iter().filter(|s| s.record.is_some()).count() - waiting;
        if stored > 0 || waiting == 0 {
            writeln!(out, "{}", tr!("import-stored", n = stored))?;
        }
        if waiting > 0 {
            let why = away.map(|e| e.what.clone()).unwrap_or_default();
            let why = plain(&why);
            writeln!(out, "{}", tr!("import-waiting", n = waiting, why))?;
            writeln!(out, "{}", tr!("import-go-out", n = waiting))?;
        }
        Ok(())
    })
}
