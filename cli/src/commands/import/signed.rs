//! A case file: records that were signed before. Nothing is signed again.

use super::later::Alone;
use crate::{
    client::Client,
    commands::{
        case::{find, first},
        report::own_org,
    },
    context::Context,
    error::{Error, Exit, Result},
    lang::tr,
    outbox::{Item, Outbox},
    output::plain,
    prompt::confirm,
};
use focal_node::{
    api::types::{CaseSummary, RecordDetail, Stored},
    exchange::{Became, Import, SignedLine},
};
use focal_protocol::{codec, id::OrgId};
use serde::Serialize;

/// What became of a line.
#[derive(Debug, Serialize)]
struct Line {
    at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<String>,
    /// `stored`, `held already`, `waits in the outbox`, or why not.
    outcome: String,
    /// Whether the record is here now, or waits in the outbox.
    here: bool,
}

pub(super) async fn send(
    import: &Import,
    case: &str,
    author: Option<&str>,
    context: &Context,
) -> Result<()> {
    match to_node(import, case, context).await {
        Err(away) if away.passing => match Alone::of(author, context)? {
            Some(alone) => later(import, case, &alone, &away, context),
            None => Err(away),
        },
        done => done,
    }
}

/// Lines that are no records.
fn left_out(import: &Import) -> Vec<Line> {
    let left_out = import.found.iter().filter_map(|finding| {
        let Became::LeftOut { why } = &finding.became else {
            return None;
        };
        Some(Line {
            at: finding.at.clone(),
            record: None,
            outcome: why.clone(),
            here: false,
        })
    });
    left_out.collect()
}

/// Why a line is not stored here.
fn elsewhere(line: &SignedLine, case: &CaseSummary, own: OrgId) -> Option<String> {
    if line.content.case.to_string() != case.case {
        Some(tr!("of-other-case"))
    } else if line.content.organisation != own {
        Some(tr!("of-other-org"))
    } else {
        None
    }
}

/// Asks before records are taken.
fn ask(ours: &[&SignedLine], question: &str, context: &Context) -> Result<()> {
    confirm(context, question, |out| {
        for line in ours.iter().take(20) {
            writeln!(
                out,
                "{}  {}  {}",
                first(&line.record.to_string()),
                line.kind,
                plain(&line.title)
            )?;
        }
        Ok(())
    })
}

/// Without a link they wait in the outbox; which of them the node holds already, it says then.
fn later(
    import: &Import,
    case: &str,
    alone: &Alone,
    away: &Error,
    context: &Context,
) -> Result<()> {
    let case = alone.find(case, away, context)?;
    let mut lines = left_out(import);
    let mut ours: Vec<&SignedLine> = Vec::new();
    for line in &import.signed {
        match elsewhere(line, &case, alone.org) {
            None => ours.push(line),
            Some(outcome) => lines.push(Line {
                at: line.at.clone(),
                record: Some(line.record.to_string()),
                outcome,
                here: false,
            }),
        }
    }
    let mut full = None;
    if !ours.is_empty() {
        let title = case.title.as_str();
        let question = tr!("import-wait-question", n = ours.len(), case = title);
        ask(&ours, &question, context)?;
        let item = |line: &&SignedLine| {
            Item::new(line.signed.clone(), &case.title).imported(import.format)
        };
        let items: Vec<Item> = ours.iter().map(item).collect();
        let (kept, error) = Outbox::of(context, &alone.author).put_all(&items)?;
        full = error;
        lines.extend(ours.iter().enumerate().map(|(at, line)| Line {
            at: line.at.clone(),
            record: Some(line.record.to_string()),
            outcome: match &full {
                Some(full) if at >= kept => full.what.clone(),
                _ => tr!("import-waits"),
            },
            here: at < kept,
        }));
    }
    print(&lines, context)?;
    match full {
        Some(full) => Err(full),
        None => all_here(&lines),
    }
}

async fn to_node(import: &Import, case: &str, context: &Context) -> Result<()> {
    let client = Client::connect(context).await?;
    let case = find(&client, case).await?;
    let own = own_org(&client).await?;
    let mut lines = left_out(import);
    let mut ours: Vec<&SignedLine> = Vec::new();
    for line in &import.signed {
        let record = line.record.to_string();
        let held = client
            .get::<RecordDetail>(&format!("/v1/records/{record}"))
            .await;
        let why = match (held.is_ok(), elsewhere(line, &case, own)) {
            (true, _) => tr!("held-already"),
            (false, Some(why)) => why,
            (false, None) => {
                ours.push(line);
                continue;
            }
        };
        lines.push(Line {
            at: line.at.clone(),
            record: Some(record),
            outcome: why,
            here: held.is_ok(),
        });
    }
    if !ours.is_empty() {
        let question = tr!("import-store-question", n = ours.len(), case = case.title);
        ask(&ours, &question, context)?;
        super::note(&client, &case, import.format, ours.len()).await?;
    }
    for line in ours {
        let path = format!("/v1/cases/{}/records", case.case);
        let stored = client
            .post_bytes::<Stored>(&path, codec::encode(&line.signed))
            .await;
        let (outcome, here) = match stored {
            Ok(stored) if stored.already => (tr!("held-already"), true),
            Ok(_) => (tr!("report-stored"), true),
            Err(e) if e.passing => return Err(e),
            Err(e) => (e.what, false),
        };
        lines.push(Line {
            at: line.at.clone(),
            record: Some(line.record.to_string()),
            outcome,
            here,
        });
    }
    print(&lines, context)?;
    all_here(&lines)
}

fn print(lines: &[Line], context: &Context) -> Result<()> {
    context.print(&lines, |out| {
        for line in lines {
            let record = line.record.as_deref().map(first).unwrap_or_default();
            writeln!(
                out,
                "{}  {record}  {}",
                plain(&line.at),
                plain(&line.outcome)
            )?;
        }
        Ok(())
    })
}

fn all_here(lines: &[Line]) -> Result<()> {
    let bad = lines.iter().filter(|l| !l.here).count();
    if bad == 0 {
        return Ok(());
    }
    Err(Error::new(Exit::Refused, tr!("import-not-here", n = bad))
        .why(tr!("named-above"))
        .next(tr!("import-courier-next")))
}
