//! `focal org node`: nodes on other machines than the root key's.

use super::manifest::{self, EXPIRES_DAYS, Issued};
use crate::{
    context::{Context, now},
    error::{Error, Exit, Result},
    keys,
    lang::tr,
    node_card,
    organisation::Organisation,
    output::{plain, strong},
    prompt,
};
use focal_protocol::{directory::Revocation, fingerprint::Fingerprint, id::NodeId};
use serde::Serialize;
use std::path::PathBuf;

/// Add and remove nodes that run on other machines
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The node of this home needs no adding: focal org manifest lists it.

Examples:
  focal org node add field-office.card
  focal org node remove 8be1… --reason \"laptop seized\"")]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Add(AddArgs),
    Remove(RemoveArgs),
}

/// Add a node by its card (node/node.card on its machine), and issue the manifest
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  focal org node add field-office.card
  focal org node add a.card --no-manifest")]
struct AddArgs {
    /// The card that focal node init wrote there
    #[arg(value_name = "FILE.card")]
    card: PathBuf,
    /// Issue no manifest yet: further changes follow
    #[arg(long)]
    no_manifest: bool,
}

/// Remove a node for ever, and issue the manifest: partners stop serving it
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  focal org node remove 8be1… --reason \"laptop seized\"")]
struct RemoveArgs {
    /// The node's id, or its first digits
    #[arg(id = "own-node", value_name = "NODE")]
    node: String,
    /// Why; partners can read it
    #[arg(long)]
    reason: String,
    /// Issue no manifest yet: further changes follow
    #[arg(long)]
    no_manifest: bool,
}

#[derive(Serialize)]
struct Changed {
    node: String,
    fingerprint: String,
    /// The manifest that says so; none with `--no-manifest`.
    manifest: Option<Issued>,
}

pub(crate) async fn run(args: Args, context: &Context) -> Result<()> {
    match args.command {
        Command::Add(args) => add(&args, context).await,
        Command::Remove(args) => remove(args, context).await,
    }
}

async fn add(args: &AddArgs, context: &Context) -> Result<()> {
    let org = Organisation::load_to_change(context)?;
    let card = node_card::read(&args.card)?;
    if org
        .draft
        .is_revoked(org.latest().map(|m| &**m), &card.id.key())
    {
        return Err(Error::new(Exit::Refused, tr!("node-not-added"))
            .why(tr!("node-removed-before"))
            .next(tr!("node-removed-before-next")));
    }
    prompt::confirm(context, &tr!("node-question"), |out| {
        writeln!(out, "{}", tr!("org-node", node = strong(&card.id)))?;
        writeln!(out, "  {}", Fingerprint::of_node(&card.id))?;
        for address in &card.addresses {
            writeln!(out, "  {}", plain(address))?;
        }
        writeln!(out, "{}", tr!("node-compare"))
    })?;
    let id = card.id;
    change(
        context,
        org,
        id,
        args.no_manifest,
        |node| tr!("node-added", node),
        |org| org.add_card(&card),
    )
    .await
}

async fn remove(args: RemoveArgs, context: &Context) -> Result<()> {
    let org = Organisation::load_to_change(context)?;
    let known: Vec<NodeId> = (org.latest().iter())
        .flat_map(|m| m.nodes.iter().map(|n| n.id))
        .filter(|id| id.to_string().starts_with(&args.node.to_lowercase()))
        .collect();
    let [id] = known[..] else {
        return Err(
            Error::new(Exit::NotFound, tr!("node-no-one", node = args.node))
                .why(tr!("node-no-one-why", n = known.len()))
                .next(tr!("node-no-one-next")),
        );
    };
    let revocation = Revocation {
        key: id.key(),
        at: now(),
        reason: args.reason,
    };
    let mut trial = org.draft.clone();
    trial.revoke(org.latest().map(|m| &**m), revocation);
    org.check(&trial)?;
    let done = |node: String| tr!("node-removed", node);
    change(context, org, id, args.no_manifest, done, |org| {
        org.draft = trial;
        org.save_draft()
    })
    .await
}

/// Opens the root key, makes the change, issues the manifest.
async fn change(
    context: &Context,
    mut org: Organisation,
    id: NodeId,
    no_manifest: bool,
    done: impl FnOnce(String) -> String,
    make: impl FnOnce(&mut Organisation) -> Result<()>,
) -> Result<()> {
    let root = if no_manifest {
        None
    } else {
        Some(keys::open_root(context, &org.member.name)?)
    };
    make(&mut org)?;
    let manifest = match root {
        Some(root) => Some(manifest::issue(context, &mut org, &root, EXPIRES_DAYS).await?),
        None => None,
    };
    let changed = Changed {
        node: id.to_string(),
        fingerprint: Fingerprint::of_node(&id).to_string(),
        manifest,
    };
    context.print(&changed, |out| {
        writeln!(out, "{}", done(strong(&id.short())))?;
        match &changed.manifest {
            Some(issued) => issued.write(out),
            None => writeln!(out, "{}", tr!("next-manifest")),
        }
    })
}
