//! A case file: records that were signed before. Nothing is signed again.

use crate::{
    client::Client,
    commands::{
        case::{find, first},
        report::own_org,
    },
    context::Context,
    error::{Error, Exit, Result},
    lang::tr,
    output::plain,
    prompt::confirm,
};
use focal_node::{
    api::types::{RecordDetail, Stored},
    exchange::{Became, Import, SignedLine},
};
use focal_protocol::codec;
use serde::Serialize;

/// What became of a line.
#[derive(Debug, Serialize)]
struct Line {
    at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<String>,
    /// `stored`, `held already`, or why not.
    outcome: String,
    /// Whether the record is here now.
    here: bool,
}

pub(super) async fn send(import: &Import, case: &str, context: &Context) -> Result<()> {
    let client = Client::connect(context).await?;
    let case = find(&client, case).await?;
    let own = own_org(&client).await?;
    let mut lines: Vec<Line> = Vec::new();
    for finding in &import.found {
        if let Became::LeftOut { why } = &finding.became {
            lines.push(Line {
                at: finding.at.clone(),
                record: None,
                outcome: why.clone(),
                here: false,
            });
        }
    }
    let mut ours: Vec<&SignedLine> = Vec::new();
    for line in &import.signed {
        let record = line.record.to_string();
        let held = client
            .get::<RecordDetail>(&format!("/v1/records/{record}"))
            .await;
        let why = if held.is_ok() {
            tr!("held-already")
        } else if line.content.case.to_string() != case.case {
            tr!("of-other-case")
        } else if line.content.organisation != own {
            tr!("of-other-org")
        } else {
            ours.push(line);
            continue;
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
        confirm(context, &question, |out| {
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
        })?;
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
            Err(e) if e.exit == Exit::Unreachable => return Err(e),
            Err(e) => (e.what, false),
        };
        lines.push(Line {
            at: line.at.clone(),
            record: Some(line.record.to_string()),
            outcome,
            here,
        });
    }
    context.print(&lines, |out| {
        for line in &lines {
            let record = line.record.as_deref().map(first).unwrap_or_default();
            writeln!(
                out,
                "{}  {record}  {}",
                plain(&line.at),
                plain(&line.outcome)
            )?;
        }
        Ok(())
    })?;
    let bad = lines.iter().filter(|l| !l.here).count();
    if bad == 0 {
        return Ok(());
    }
    Err(Error::new(Exit::Refused, tr!("import-not-here", n = bad))
        .why(tr!("named-above"))
        .next(tr!("import-courier-next")))
}
