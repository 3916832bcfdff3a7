//! `focal org`: the organisation of this home, its authors and its manifests.

use crate::{
    context::Context,
    error::{Error, Exit, Result},
    keys,
    lang::tr,
    organisation,
    organisation::Organisation,
    output::{FAINT, STRONG, plain, strong},
    prompt,
};
use focal_protocol::{
    directory::{Member, OrgKind},
    fingerprint::Fingerprint,
    key::SecretKey,
    random::SystemRandom,
};
use serde::Serialize;
use std::io::{self, Write};

mod author;
mod manifest;
mod node;

/// Make and show the organisation, its authors, its manifests
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  focal org init --name \"Teres Human Rights Monitor\" --kind ngo --country NO
  focal org author add --handle anna --name \"Anna Berg\" --role officer
  focal org manifest")]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Init(InitArgs),
    Show(ShowArgs),
    Author(author::Args),
    Node(node::Args),
    Manifest(manifest::Args),
    Passphrase(super::passphrase::RootArgs),
}

/// Make an organisation: its root key, sealed by a passphrase, and its public entry
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The root key signs only manifests and what founds or admits. Keep a copy of org/root.key off line: without it nobody
can speak for the organisation again. A passphrase has at least 12 characters.

Examples:
  focal org init --name \"Teres Human Rights Monitor\" --kind ngo --country NO
  FOCAL_PASSPHRASE_FILE=secret.txt focal org init --name Norland --kind government --country NO --json")]
struct InitArgs {
    /// The organisation's name, as it writes it
    #[arg(long)]
    name: String,
    /// What it is
    #[arg(long, value_parser = clap::builder::PossibleValuesParser::new(OrgKind::NAMES))]
    kind: String,
    /// Seat: ISO 3166-1 code of two letters
    #[arg(long, value_name = "CC")]
    country: String,
}

/// Show the organisation: id, fingerprint, manifest, nodes
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  focal org show
  focal org show --json | jq -r .fingerprint")]
struct ShowArgs {}

pub(crate) async fn run(args: Args, context: &Context) -> Result<()> {
    match args.command {
        Command::Init(args) => init(&args, context),
        Command::Show(ShowArgs {}) => show(context),
        Command::Author(args) => author::run(args, context).await,
        Command::Node(args) => node::run(args, context).await,
        Command::Manifest(args) => manifest::run(&args, context).await,
        Command::Passphrase(args) => super::passphrase::root(&args, context),
    }
}

#[derive(Serialize)]
struct Made {
    org: String,
    name: String,
    kind: String,
    country: String,
    root_key: String,
    fingerprint: String,
}

fn init(args: &InitArgs, context: &Context) -> Result<()> {
    organisation::refuse_existing(&context.org_dir())?;
    let root = SecretKey::generate(&SystemRandom);
    let unusable = |why: String| {
        Error::new(Exit::Usage, tr!("org-not-made"))
            .why(why)
            .next(tr!("org-not-made-next"))
    };
    let kind: OrgKind = args.kind.parse().map_err(unusable)?;
    let member = Member::new(root.public(), kind, &args.name, &args.country)
        .map_err(|e| unusable(e.to_string()))?;
    let passphrase = prompt::new_passphrase(context, &tr!("the-root-key"))?;
    organisation::create(context, &member, &keys::seal_root(&root, passphrase)?)?;
    let made = Made {
        org: member.org.to_string(),
        name: member.name.clone(),
        kind: member.kind.to_string(),
        country: member.country.clone(),
        root_key: member.root_key.to_string(),
        fingerprint: Fingerprint::of_key(&member.root_key).to_string(),
    };
    context.print(&made, |out| {
        writeln!(
            out,
            "{}",
            tr!(
                "org-made",
                name = strong(&plain(&made.name)),
                dir = context.org_dir().display()
            )
        )?;
        writeln!(out, "  {}", tr!("org-id", id = made.org))?;
        writeln!(
            out,
            "  {}",
            tr!("org-fingerprint", words = made.fingerprint)
        )?;
        writeln!(out, "{}", tr!("org-read-out"))?;
        writeln!(
            out,
            "{}",
            tr!(
                "org-keep-copy",
                path = keys::root_path(&context.org_dir()).display()
            )
        )
    })
}

#[derive(Serialize)]
struct Shown {
    #[serde(flatten)]
    made: Made,
    manifest_version: u64,
    manifest_expires: Option<String>,
    nodes: Vec<NodeShown>,
    authors: usize,
    revoked: usize,
    /// Changes that are in no manifest yet.
    pending: Vec<String>,
}

#[derive(Serialize)]
struct NodeShown {
    node: String,
    fingerprint: String,
    addresses: Vec<String>,
}

fn show(context: &Context) -> Result<()> {
    let org = Organisation::load(context)?;
    let latest = org.latest();
    let member = &org.member;
    let active = |m: &focal_protocol::directory::Manifest| {
        m.authors.iter().filter(|a| !m.is_revoked(&a.key)).count()
    };
    let shown = Shown {
        made: Made {
            org: member.org.to_string(),
            name: member.name.clone(),
            kind: member.kind.to_string(),
            country: member.country.clone(),
            root_key: member.root_key.to_string(),
            fingerprint: Fingerprint::of_key(&member.root_key).to_string(),
        },
        manifest_version: latest.map_or(0, |m| m.version),
        manifest_expires: latest.map(|m| m.expires.to_string()),
        nodes: latest
            .map(|m| m.nodes.iter().map(node_shown).collect())
            .unwrap_or_default(),
        authors: latest.map_or(0, |m| active(m)),
        revoked: latest.map_or(0, |m| m.revoked.len()),
        pending: pending(&org, context)?,
    };
    context.print(&shown, |out| write(&shown, out))
}

fn node_shown(node: &focal_protocol::directory::NodeEntry) -> NodeShown {
    NodeShown {
        node: node.id.to_string(),
        fingerprint: Fingerprint::of_node(&node.id).to_string(),
        addresses: node.addresses.clone(),
    }
}

/// What the next manifest will say that the last one does not.
fn pending(org: &Organisation, context: &Context) -> Result<Vec<String>> {
    let latest = org.latest();
    let mut pending: Vec<String> = Vec::new();
    pending.extend(
        org.draft
            .authors
            .iter()
            .map(|a| tr!("pending-author", handle = a.handle)),
    );
    pending.extend(
        org.draft
            .revoked
            .iter()
            .map(|r| tr!("pending-revoked", key = r.key.short())),
    );
    for card in org.cards(context)? {
        let known = latest.and_then(|m| m.nodes.iter().find(|n| n.id == card.id));
        let change = match known {
            _ if org.draft.is_revoked(latest.map(|m| &**m), &card.id.key()) => continue,
            Some(known) if *known == card => continue,
            Some(_) => tr!("pending-node-addresses", node = card.id.short()),
            None => tr!("pending-node", node = card.id.short()),
        };
        pending.push(change);
    }
    Ok(pending)
}

fn write(shown: &Shown, out: &mut dyn Write) -> io::Result<()> {
    let made = &shown.made;
    writeln!(
        out,
        "{STRONG}{}{STRONG:#} ({}, {})",
        plain(&made.name),
        made.kind,
        made.country
    )?;
    writeln!(out, "  {}", tr!("org-id", id = made.org))?;
    writeln!(
        out,
        "  {}",
        tr!("org-fingerprint", words = made.fingerprint)
    )?;
    match &shown.manifest_expires {
        Some(expires) => writeln!(
            out,
            "  {}",
            tr!(
                "org-manifest",
                version = shown.manifest_version,
                expires,
                authors = tr!("count-authors", n = shown.authors),
                keys = tr!("count-revoked-keys", n = shown.revoked)
            )
        )?,
        None => writeln!(out, "  {}", tr!("org-manifest-none"))?,
    }
    for node in &shown.nodes {
        writeln!(out, "\n{}", tr!("org-node", node = strong(&node.node)))?;
        writeln!(out, "  {}", node.fingerprint)?;
        for address in &node.addresses {
            writeln!(out, "  {FAINT}{}{FAINT:#}", plain(address))?;
        }
    }
    if !shown.pending.is_empty() {
        writeln!(
            out,
            "\n{}",
            tr!("org-pending", head = strong(&tr!("org-in-no-manifest")))
        )?;
        for change in &shown.pending {
            writeln!(out, "  {}", plain(change))?;
        }
    }
    Ok(())
}
