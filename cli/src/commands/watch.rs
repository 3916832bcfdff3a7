//! `focal watch`: what happens, as it happens.

use crate::{
    client::Client,
    commands::case::{find, first, minute},
    context::{Context, now},
    error::{Error, Exit, Result},
    lang::{self, tr},
    outbox::{self, Ask},
    output::plain,
    watching::Watching,
};
use focal_node::api::types::{Event, RecordRow};
use std::time::Duration;

/// A node that restarts is tried again after this.
const AGAIN: Duration = Duration::from_secs(2);

/// Show reports and news from partners as they come, until Ctrl-C
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  focal watch
  focal watch 3f9c1a2b --kind alert
  focal watch --json | jq -c 'select(.kind == \"record\")'")]
pub(crate) struct Args {
    /// Only this case: id, first digits, or title
    case: Option<String>,
    /// Only reports of these kinds
    #[arg(long)]
    kind: Vec<focal_protocol::record::Kind>,
}

pub(crate) async fn run(args: Args, context: &Context) -> Result<()> {
    // Before the key is open.
    let watching = Watching::begin(context)?;
    let client = Client::connect(context).await?;
    let path = match &args.case {
        Some(case) => format!("/v1/events?case={}", find(&client, case).await?.case),
        None => "/v1/events".into(),
    };
    // What waits goes out before anybody waits here.
    outbox::after(context, Ask::Person).await;
    if context.opened.decoy().is_some() {
        return Err(Error::silent(Exit::Failed));
    }
    tokio::select! {
        result = watch(&args, &path, &client, context) => result,
        locked = watching.ends(context) => Err(locked),
        stop = tokio::signal::ctrl_c() => stop.map_err(|e| {
            Error::new(Exit::Io, tr!("watch-no-stop")).why(e.to_string())
        }),
    }
}

async fn watch(args: &Args, path: &str, client: &Client, context: &Context) -> Result<()> {
    let mut away = false;
    loop {
        match client.events(path).await {
            Ok(mut events) => {
                if away {
                    context.remark(&tr!("watch-back"));
                    outbox::after(context, Ask::Nobody).await;
                    if context.opened.decoy().is_some() {
                        return Err(Error::silent(Exit::Failed));
                    }
                }
                while let Some(event) = events.next().await {
                    show(args, &event, context)?;
                }
                context.remark(&tr!("watch-gone"));
                away = true;
            }
            Err(e) if !away || !e.passing => return Err(e),
            Err(_) => tokio::time::sleep(AGAIN).await,
        }
    }
}

fn show(args: &Args, event: &Event, context: &Context) -> Result<()> {
    if !args.kind.is_empty() {
        let wanted = |row: &RecordRow| {
            args.kind
                .iter()
                .any(|kind| row.summary["kind"] == kind.as_str())
        };
        if !matches!(event, Event::Record { row } if wanted(row)) {
            return Ok(());
        }
    }
    if context.json {
        // One line each, so that another program can follow.
        let mut line = serde_json::to_vec(event).unwrap_or_default();
        line.push(b'\n');
        return crate::output::raw(&line);
    }
    let time = minute(&now().to_string());
    context.print(event, |out| {
        writeln!(out, "{time}  {}", plain(&line(event)))
    })
}

fn line(event: &Event) -> String {
    match event {
        Event::Record { row } => {
            let text = |name: &str| row.summary[name].as_str().unwrap_or_default().to_string();
            format!(
                "{:<10} {}: {} [{}]",
                text("kind"),
                row.org_name,
                text("title"),
                first(&row.record)
            )
        }
        Event::Held {
            org_name,
            log,
            height,
            ..
        } => tr!(
            "watch-held",
            who = org_name.as_str(),
            log = first(log),
            height = *height
        ),
        Event::Case { title, epoch, .. } => {
            tr!("watch-case", title = title.as_str(), epoch = *epoch)
        }
        Event::Attachment {
            attachment, size, ..
        } => tr!(
            "watch-file",
            file = first(attachment),
            size = crate::attach::bytes(*size)
        ),
        Event::Alarm {
            id, message, said, ..
        } => {
            let message = lang::said(said.as_ref(), message);
            tr!("watch-alarm", message, id = first(id))
        }
        Event::Peer {
            org_name,
            connected,
            ..
        } => {
            let who = org_name.as_str();
            if *connected {
                tr!("watch-connected", who = who)
            } else {
                tr!("watch-disconnected", who = who)
            }
        }
        Event::Directory { roster_version } => {
            tr!("watch-federation", version = *roster_version)
        }
        Event::Refused {
            code,
            message,
            said,
        } => {
            let message = lang::said(said.as_ref(), message);
            tr!("watch-refused", message, code = code.as_str())
        }
        Event::Lagged { missed } => tr!("watch-missed", n = *missed),
    }
}
