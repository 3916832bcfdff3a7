//! `focal wipe`, `focal node wipe`: before somebody else has the machine.

use crate::{
    client::Client,
    context::Context,
    error::{Error, Exit, Result},
    lang::tr,
    link::Way,
    output::{plain, strong},
    prompt::confirm,
    wipe::{self, People},
};
use focal_node::{Settings, api::types::Status, wipe::Wipe};
use serde::Serialize;
use std::{
    io::{self, Write},
    path::PathBuf,
    time::Duration,
};

/// How long a node is asked what will be lost, before a person is.
const PATIENCE: Duration = Duration::from_secs(10);

/// Destroy everything that is here, for ever: keys first, then files
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Keys are overwritten first: a moment later nothing opens, however much of the rest is left. A node that runs is ended. What
is cut short goes on at the next focal command. With --now nothing is asked and nothing is said: for a script on a key, or a
hand under the table. Partners keep what has reached them; tell them, so that they remove this node and revoke these keys.

What cannot be promised: flash storage may keep old blocks until it erases them, and copies and backups elsewhere are not
touched. Encrypt the whole disk, too.

Examples:
  focal wipe
  focal wipe --now
  focal wipe --home /var/lib/focal --now")]
pub(crate) struct Args {
    /// Ask nothing, say nothing
    #[arg(long)]
    now: bool,
}

/// Destroy this home's node, for ever, and leave the authors' keys
#[derive(Debug, clap::Args)]
#[command(after_help = "\
As `focal wipe`, for the node alone.

Examples:
  focal node wipe
  focal node wipe --now")]
pub(crate) struct NodeArgs {
    /// Ask nothing, say nothing
    #[arg(long)]
    now: bool,
}

/// What is lost.
#[derive(Debug, Serialize)]
struct Lost {
    place: PathBuf,
    #[serde(flatten)]
    people: Option<People>,
    node: Option<Node>,
    /// What opens copies of the node's keys, and is not touched.
    key_file: Option<PathBuf>,
}

/// What is lost with the node.
#[derive(Debug, Serialize)]
struct Node {
    running: bool,
    cases: Option<usize>,
    records: Option<u64>,
    /// Entries that no other node is known to hold; none if the node does not say.
    held_by_nobody_else: Option<u64>,
}

pub(crate) async fn run(args: &Args, context: &Context) -> Result<()> {
    go(wipe::of_home(context), true, args.now, context).await
}

pub(crate) async fn node(args: &NodeArgs, context: &Context) -> Result<()> {
    let dir = context.node_dir();
    if !dir.exists() && !args.now {
        return Err(Error::new(Exit::NotFound, tr!("no-node-here"))
            .why(tr!("does-not-exist", path = dir.display()))
            .next(tr!("nothing-destroyed")));
    }
    go(Wipe::node(&dir), false, args.now, context).await
}

async fn go(wipe: Wipe, all: bool, now: bool, context: &Context) -> Result<()> {
    if now {
        // Not a word, whatever happens: the exit code says it to a script.
        return wipe.run().map_err(|_| Error::silent(Exit::Io));
    }
    let place = wipe.root.clone();
    if !place.exists() {
        return Err(Error::new(Exit::NotFound, tr!("nothing-to-destroy"))
            .why(tr!("does-not-exist", path = place.display()))
            .next(tr!("name-the-place")));
    }
    let lost = Lost {
        people: all.then(|| People::of(context)),
        node: node_of(context).await,
        key_file: Settings::load(&context.node_dir())
            .ok()
            .and_then(|settings| settings.key_file),
        place,
    };
    confirm(context, &tr!("wipe-question"), |out| stake(&lost, out))?;
    wipe.run().map_err(|e| wipe::failed(&e))?;
    context.print(&lost, |out| {
        writeln!(out, "{}", tr!("wipe-done", place = lost.place.display()))?;
        writeln!(out, "{}", tr!("wipe-tell"))?;
        if let Some(path) = &lost.key_file {
            writeln!(out, "{}", tr!("wipe-key-file", path = path.display()))?;
        }
        Ok(())
    })
}

async fn node_of(context: &Context) -> Option<Node> {
    if !context.node_dir().exists() {
        return None;
    }
    let client = Client::by(Way::Socket(context.socket()), context);
    let status = tokio::time::timeout(PATIENCE, client.get::<Status>("/v1/status")).await;
    let status = status.ok().and_then(Result::ok);
    Some(Node {
        running: status.is_some(),
        cases: status.as_ref().map(|s| s.cases),
        records: status.as_ref().map(|s| s.records),
        held_by_nobody_else: status.map(|s| s.held_by_nobody_else),
    })
}

fn stake(lost: &Lost, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "{}",
        tr!(
            "wipe-stake",
            how = strong(&tr!("wipe-for-ever")),
            place = lost.place.display()
        )
    )?;
    if let Some(people) = &lost.people {
        for handle in &people.authors {
            writeln!(out, "  {}", tr!("wipe-key-of", handle = plain(handle)))?;
        }
        if people.root_key {
            let key = strong(&tr!("wipe-root-key"));
            writeln!(out, "  {}", tr!("wipe-root-key-lost", key))?;
        }
        for (number, lost) in [
            (people.outbox, tr!("wipe-outbox", n = people.outbox)),
            (people.drafts, tr!("wipe-drafts", n = people.drafts)),
            (
                people.originals,
                tr!("wipe-originals", n = people.originals),
            ),
        ] {
            if number > 0 {
                writeln!(out, "  {lost}")?;
            }
        }
    }
    let Some(node) = &lost.node else {
        return Ok(());
    };
    match (node.cases, node.records, node.held_by_nobody_else) {
        (Some(cases), Some(records), Some(alone)) => {
            writeln!(
                out,
                "  {}",
                tr!(
                    "wipe-node",
                    cases = tr!("count-cases", n = cases),
                    reports = tr!("count-reports", n = records),
                )
            )?;
            match alone {
                0 => writeln!(out, "    {}", tr!("wipe-held")),
                n => writeln!(out, "    {}", strong(&tr!("wipe-alone", n))),
            }
        }
        _ => writeln!(out, "  {}", tr!("wipe-node-silent")),
    }
}
