//! Bringing files here.

use super::{FetchArgs, rows, signed::described};
use crate::{
    attach::{Bar, Target, bytes, download},
    client::Client,
    context::Context,
    error::{Error, Exit, Result},
    lang::{self, tr},
    output::plain,
};
use focal_node::api::types::{AttachmentHere, AttachmentRow};
use serde_json::json;
use std::{path::PathBuf, time::Duration};

/// How often it is asked how far a fetch is.
const LOOK: Duration = Duration::from_millis(250);

pub(super) async fn fetch(args: &FetchArgs, context: &Context) -> Result<()> {
    let client = Client::connect(context).await?;
    let rows = rows(&client, &args.what).await?;
    for row in &rows {
        if row.state != AttachmentHere::Complete {
            client
                .post_nothing(&format!("/v1/attachments/{}/fetch", row.attachment))
                .await?;
        }
    }
    if args.to_node {
        return context.print(&rows, |out| {
            let files = tr!("count-files", n = rows.len());
            writeln!(out, "{}", tr!("attachment-to-node", files = files))?;
            writeln!(out, "{}", tr!("attachment-how-far"))
        });
    }
    let target = match &args.output {
        None => Target::Directory(PathBuf::from(".")),
        Some(path) if path.is_dir() => Target::Directory(path.clone()),
        Some(path) if rows.len() == 1 => Target::File(path.clone()),
        Some(path) => {
            let files = tr!("count-files", n = rows.len());
            return Err(Error::new(
                Exit::Usage,
                tr!("no-directory", path = path.display().to_string()),
            )
            .why(tr!("attachment-report-has", files = files))
            .next(tr!("attachment-name-one")));
        }
    };
    let mut written = Vec::new();
    for row in &rows {
        wait(&client, row, context).await?;
        let attachment = described(&client, row).await?;
        let path = download(context, &client, &attachment, &target).await?;
        written.push(json!({
            "attachment": row.attachment, "record": row.record, "name": row.name, "size": row.size,
            "hash": row.hash, "file": path,
        }));
    }
    context.print(&written, |out| {
        for file in &written {
            let path = file["file"].as_str().unwrap_or_default();
            let size = file["size"].as_u64().unwrap_or_default();
            let line = tr!(
                "attachment-as-signed",
                file = plain(path),
                size = bytes(size)
            );
            writeln!(out, "{line}")?;
        }
        Ok(())
    })
}

/// Waits until the node has all of a file.
async fn wait(client: &Client, row: &AttachmentRow, context: &Context) -> Result<()> {
    let bar = Bar::of(&tr!("attachment-fetching", name = row.name), row.size);
    let mut said = None;
    loop {
        let path = format!("/v1/attachments?record={}", row.record);
        let rows: Vec<AttachmentRow> = client.get(&path).await?;
        let Some(now) = rows.into_iter().find(|r| r.attachment == row.attachment) else {
            return Err(Error::new(Exit::NotFound, tr!("attachment-named-no-more"))
                .why(tr!("attachment-named-no-more-why")));
        };
        if now.state == AttachmentHere::Complete {
            return Ok(());
        }
        let part = now.size as u128 * u128::from(now.held) / u128::from(now.of.max(1));
        bar.at(u64::try_from(part).unwrap_or(now.size));
        if now.state == AttachmentHere::Coming {
            bar.say(&tr!("attachment-fetching", name = row.name));
        } else if let Some(why) = now.why.filter(|why| said.as_ref() != Some(why)) {
            let text = tr!(
                "attachment-waits-why",
                name = row.name,
                why = plain(&lang::said(now.said.as_ref(), &why))
            );
            if bar.is_seen() {
                bar.say(&text);
            } else {
                context.remark(&text);
            }
            said = Some(why);
        }
        tokio::time::sleep(LOOK).await;
    }
}
