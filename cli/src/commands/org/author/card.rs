//! `focal org author card` and `take`: an officer learns where the organisation's nodes are.

use crate::{
    context::Context,
    error::{Error, Exit, Result},
    files,
    keys::open_author,
    lang::tr,
    officer::Officer,
    organisation::Organisation,
    output::{plain, strong},
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
        return Err(
            Error::new(Exit::NotFound, tr!("card-no-author", handle = args.handle))
                .next(tr!("card-no-author-next")),
        );
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
        return Err(Error::new(Exit::Refused, tr!("card-no-address"))
            .why(tr!("card-no-address-why"))
            .next(tr!("card-no-address-next")));
    }
    let key = author.key.to_string();
    let card = Officer::new(org.member.org, &org.member.name, &author.handle, key, nodes);
    files::write_private(&args.output, &card.to_bytes())?;
    let shown = Shown::of(&card, Some(args.output.clone()));
    context.print(&shown, |out| {
        writeln!(
            out,
            "{}",
            tr!(
                "card-made",
                handle = strong(&plain(&card.handle)),
                file = args.output.display(),
                nodes = tr!("count-nodes", n = card.nodes.len())
            )
        )?;
        writeln!(out, "{}", tr!("card-there", file = args.output.display()))?;
        writeln!(out, "{}", tr!("card-read-out"))?;
        shown.words.iter().try_for_each(|w| writeln!(out, "  {w}"))
    })
}

pub(super) fn take(args: &TakeArgs, context: &Context) -> Result<()> {
    let card = Officer::read(&args.file)?;
    let author = open_author(context, Some(&card.handle))?;
    let other = |why: &str| {
        Error::new(Exit::Refused, tr!("card-other-key"))
            .why(why)
            .next(tr!("card-other-key-next"))
    };
    if author.key.public().to_string() != card.key {
        return Err(other(&tr!("card-other-public-key")));
    }
    if author.org.is_some_and(|org| org != card.org) {
        return Err(other(&tr!("card-other-org")));
    }
    confirm(context, &tr!("card-question"), |out| {
        writeln!(
            out,
            "{}",
            tr!("card-nodes-of", org = plain(&card.organisation))
        )?;
        card.words().iter().try_for_each(|w| writeln!(out, "  {w}"))
    })?;
    card.keep(context)?;
    let shown = Shown::of(&card, None);
    context.print(&shown, |out| {
        writeln!(
            out,
            "{}",
            tr!("card-taken", org = plain(&card.organisation))
        )
    })
}
