//! What the node keeps: whether it is sound, and whether a report still names it.

use super::{VerifyArgs, rows};
use crate::{
    attach::{Bar, bytes},
    client::Client,
    commands::case::first,
    context::Context,
    error::{Error, Exit, Result},
    lang::tr,
    output::plain,
    table::Table,
};
use focal_node::api::types::{AttachmentRow, AttachmentVerified, Pruned};
use serde_json::json;

pub(super) async fn verify(args: &VerifyArgs, context: &Context) -> Result<()> {
    let client = Client::connect(context).await?;
    let rows = match &args.what {
        Some(what) => rows(&client, what).await?,
        None => {
            let mut all: Vec<AttachmentRow> = client.get("/v1/attachments").await?;
            all.retain(|row| row.held > 0);
            all.sort_by(|a, b| a.attachment.cmp(&b.attachment));
            all.dedup_by(|a, b| a.attachment == b.attachment);
            all
        }
    };
    let bar = Bar::of(
        &tr!("attachment-verifying"),
        rows.iter().map(|r| r.size).sum(),
    );
    let mut verified = Vec::new();
    for row in &rows {
        let path = format!("/v1/attachments/{}/verify", row.attachment);
        let client = client.at_work_on(row.size);
        let found: AttachmentVerified = client.post(&path, &json!(null)).await?;
        bar.more(row.size);
        verified.push(json!({
            "attachment": row.attachment, "name": row.name, "sound": found.sound,
            "damaged": found.damaged, "of": found.of,
        }));
    }
    drop(bar);
    let damaged = verified
        .iter()
        .filter(|v| v["damaged"].as_u64().unwrap_or_default() > 0)
        .count();
    context.print(&verified, |out| {
        if verified.is_empty() {
            return writeln!(out, "{}", tr!("attachment-none"));
        }
        let mut table = Table::new(&[
            &tr!("head-file-name"),
            &tr!("head-file-sound"),
            &tr!("head-file-damaged"),
            &tr!("head-file-attachment"),
        ]);
        for row in &verified {
            table.row(vec![
                plain(row["name"].as_str().unwrap_or_default()).into_owned(),
                tr!(
                    "attachment-some-of",
                    some = row["sound"].to_string(),
                    all = row["of"].to_string()
                ),
                row["damaged"].to_string(),
                first(row["attachment"].as_str().unwrap_or_default()),
            ]);
        }
        table.write(out)
    })?;
    if damaged > 0 {
        return Err(
            Error::new(Exit::Unwell, tr!("attachment-damaged", n = damaged))
                .why(tr!("attachment-damaged-why"))
                .next(tr!("attachment-damaged-next")),
        );
    }
    Ok(())
}

pub(super) async fn prune(context: &Context) -> Result<()> {
    let client = Client::connect(context).await?;
    let pruned: Pruned = client.post("/v1/attachments/prune", &json!(null)).await?;
    context.print(&pruned, |out| {
        let number = usize::try_from(pruned.attachments).unwrap_or(usize::MAX);
        writeln!(
            out,
            "{}",
            tr!("attachment-pruned", n = number, size = bytes(pruned.bytes))
        )
    })
}
