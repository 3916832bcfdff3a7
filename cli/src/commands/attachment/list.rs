//! Which files there are, how far they are here, and what pictures tell.

use super::{ListArgs, signed::named};
use crate::{
    attach::{Metadata, PICTURE, bytes, open},
    client::Client,
    commands::case::{find, first},
    context::Context,
    error::Result,
    lang::tr,
    output::plain,
    table::Table,
};
use focal_node::api::types::{AttachmentHere, AttachmentRow, RecordDetail};
use serde_json::json;

pub(super) async fn list(args: &ListArgs, context: &Context) -> Result<()> {
    let client = Client::connect(context).await?;
    let path = match (&args.case, &args.report) {
        (Some(case), _) => {
            let case = find(&client, case).await?.case;
            format!("/v1/attachments?case={case}")
        }
        (None, Some(report)) => {
            let record: RecordDetail = client.get(&format!("/v1/records/{report}")).await?;
            format!("/v1/attachments?record={}", record.row.record)
        }
        (None, None) => "/v1/attachments".into(),
    };
    let rows: Vec<AttachmentRow> = client.get(&path).await?;
    if args.metadata {
        return told(&client, &rows, context).await;
    }
    context.print(&rows, |out| {
        if rows.is_empty() {
            return writeln!(out, "{}", tr!("attachment-none"));
        }
        let mut table = Table::new(&[
            &tr!("head-file-name"),
            &tr!("head-file-size"),
            &tr!("head-file-type"),
            &tr!("head-file-here"),
            &tr!("head-file-report"),
            &tr!("head-file-attachment"),
        ]);
        for row in &rows {
            table.row(vec![
                plain(&row.name).into_owned(),
                bytes(row.size),
                plain(&row.media_type).into_owned(),
                here(row),
                first(&row.record),
                first(&row.attachment),
            ]);
        }
        table.write(out)
    })
}

fn here(row: &AttachmentRow) -> String {
    let part = u64::from(row.held) * 100 / u64::from(row.of.max(1));
    match row.state {
        AttachmentHere::Complete => tr!("attachment-here"),
        AttachmentHere::Coming => tr!("attachment-comes", part = part),
        AttachmentHere::Waiting if row.held > 0 => tr!("attachment-waits-part", part = part),
        AttachmentHere::Waiting => tr!("attachment-waits"),
        AttachmentHere::OnDemand => tr!("attachment-on-demand"),
    }
}

/// What pictures tell besides what they show. They are opened in memory, and not kept: that is reading.
async fn told(client: &Client, rows: &[AttachmentRow], context: &Context) -> Result<()> {
    let mut found = Vec::new();
    for row in rows {
        let (mut metadata, mut why) = (None, None);
        if !row.media_type.starts_with("image/") || row.size > PICTURE {
            why = Some(tr!("attachment-not-looked"));
        } else if row.state != AttachmentHere::Complete {
            why = Some(tr!("attachment-not-yet"));
        } else {
            let detail = client.get(&format!("/v1/records/{}", row.record)).await?;
            let bytes = open(client, &named(row, &detail)?).await?;
            metadata = Some(Metadata::of(&row.media_type, &bytes.into()));
        }
        let line = match (&metadata, why) {
            (Some(metadata), _) if metadata.is_empty() => tr!("attachment-nothing"),
            (Some(metadata), _) => metadata.line(),
            (None, why) => why.unwrap_or_default(),
        };
        found.push((row, metadata, line));
    }
    let rows: Vec<_> = found
        .iter()
        .map(|(row, metadata, _)| {
            let mut value = json!(row);
            value["metadata"] = json!(metadata);
            value
        })
        .collect();
    context.print(&rows, |out| {
        if found.is_empty() {
            return writeln!(out, "{}", tr!("attachment-none"));
        }
        for (row, _, line) in &found {
            writeln!(out, "{} ({})", plain(&row.name), first(&row.attachment))?;
            writeln!(out, "  {}", tr!("attachment-says", line = plain(line)))?;
            if let Some(original) = &row.original {
                let original = first(original);
                writeln!(out, "  {}", tr!("attachment-stripped", original = original))?;
            }
        }
        Ok(())
    })
}
