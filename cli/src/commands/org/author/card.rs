//! `focal org author card` and `take`: an officer learns where the organisation's nodes are.

use crate::{
    context::Context,
    error::{Error, Exit, Result},
    files,
    keys::open_author,
    officer::Officer,
    organisation::Organisation,
    output::{STRONG, count, plain},
    prompt::confirm,
};
use focal_node::remote::NodeAddress;
use serde::Serialize;
use std::path::PathBuf;

/// Write the card with which an author reaches the organisation's nodes from their own machine
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The card is public. On the author's machine: focal org author take FILE. Read the words out to them over the phone.

Examples:
  focal org author card eli -o eli.card")]
pub(super) struct CardArgs {
    /// The author
    handle: String,
    /// Where to write it
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

/// Take the card of your organisation: from then on focal speaks with its nodes
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Your key must be here (focal org author key). Compare the words with your organisation over the phone before you say yes.

Examples:
  focal org author take eli.card")]
pub(super) struct TakeArgs {
    /// The card
    file: PathBuf,
}

#[derive(Serialize)]
struct Shown<'a> {
    organisation: &'a str,
    handle: &'a str,
    nodes: &'a [Vec<String>],
    /// Words of each node.
    words: Vec<String>,
    file: Option<PathBuf>,
}

impl<'a> Shown<'a> {
    fn of(card: &'a Officer, file: Option<PathBuf>) -> Self {
        Self {
            organisation: &card.organisation,
            handle: &card.handle,
            nodes: &card.nodes,
            words: card.words(),
            file,
        }
    }
}

pub(super) fn card(args: &CardArgs, context: &Context) -> Result<()> {
    let org = Organisation::load(context)?;
    let manifest = org.latest_or_next()?;
    let Some(author) = manifest.authors.iter().find(|a| a.handle == args.handle) else {
        return Err(Error::new(
            Exit::NotFound,
            format!("the manifest lists no author {}", args.handle),
        )
        .next("focal org author list shows them; one who was just added needs a manifest: focal org manifest"));
    };
    let nodes: Vec<Vec<String>> = manifest
        .nodes
        .iter()
        .map(|node| {
            let addresses = node.addresses.iter();
            addresses
                .filter_map(|a| NodeAddress::full(a, &node.id))
                .collect()
        })
        .filter(|addresses: &Vec<String>| !addresses.is_empty())
        .collect();
    if nodes.is_empty() {
        return Err(
            Error::new(Exit::Refused, "there is no address to put on a card")
                .why("no node in the manifest announces one")
                .next("focal node announce ADDRESS, then focal org manifest"),
        );
    }
    let key = author.key.to_string();
    let card = Officer::new(org.member.org, &org.member.name, &author.handle, key, nodes);
    files::write_private(&args.output, &card.to_bytes())?;
    let shown = Shown::of(&card, Some(args.output.clone()));
    context.print(&shown, |out| {
        writeln!(
            out,
            "The card of {STRONG}{}{STRONG:#} is {}, with {}.",
            plain(&card.handle),
            args.output.display(),
            count(card.nodes.len(), "node")
        )?;
        writeln!(
            out,
            "There: focal org author take {}",
            args.output.display()
        )?;
        writeln!(out, "Read these words out to them over the phone:")?;
        shown.words.iter().try_for_each(|w| writeln!(out, "  {w}"))
    })
}

pub(super) fn take(args: &TakeArgs, context: &Context) -> Result<()> {
    let card = Officer::read(&args.file)?;
    let author = open_author(context, Some(&card.handle))?;
    let other = |why: &str| {
        Error::new(Exit::Refused, "this card is not for the key that is here")
            .why(why)
            .next("ask your organisation for a card with your public key")
    };
    if author.key.public().to_string() != card.key {
        return Err(other("it names another public key"));
    }
    if author.org.is_some_and(|org| org != card.org) {
        return Err(other("the key was made for another organisation"));
    }
    confirm(
        context,
        "Are these the words that your organisation reads out?",
        |out| {
            writeln!(out, "Nodes of {}:", plain(&card.organisation))?;
            card.words().iter().try_for_each(|w| writeln!(out, "  {w}"))
        },
    )?;
    card.keep(context)?;
    let shown = Shown::of(&card, None);
    context.print(&shown, |out| {
        writeln!(
            out,
            "From now on focal speaks with the nodes of {}. Try: focal case list",
            plain(&card.organisation)
        )
    })
}
