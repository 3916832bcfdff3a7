//! `focal org manifest`: what the organisation says of itself, signed, kept and handed to the node.

use crate::{
    accepted,
    context::{Context, now},
    draft::Validity,
    error::Result,
    handover::{self, Handover},
    keys,
    lang::tr,
    organisation::{Organisation, manifest_path},
};
use focal_protocol::key::SecretKey;
use serde::Serialize;
use std::{
    io::{self, Write},
    path::PathBuf,
};

/// How long a manifest is current, days: a year, so that renewing it is a habit and not a burden.
pub(super) const EXPIRES_DAYS: u32 = 365;

/// Issue the next manifest: sign it, keep it, hand it to the node
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The manifest tells partners which nodes and authors are yours. It is issued anew when they change, and once a year.

Examples:
  focal org manifest
  focal org manifest --expires-days 90")]
pub(crate) struct Args {
    /// Days after which partners see it as out of date
    #[arg(long, value_name = "DAYS", default_value_t = EXPIRES_DAYS, value_parser = clap::value_parser!(u32).range(1..=3660))]
    expires_days: u32,
}

/// A manifest that was issued.
#[derive(Debug, Serialize)]
pub(super) struct Issued {
    version: u64,
    expires: String,
    nodes: usize,
    authors: usize,
    file: PathBuf,
    #[serde(flatten)]
    handover: Handover,
}

pub(crate) async fn run(args: &Args, context: &Context) -> Result<()> {
    let mut org = Organisation::load_to_change(context)?;
    let root = keys::open_root(context, &org.member.name)?;
    let issued = issue(context, &mut org, &root, args.expires_days).await?;
    context.print(&issued, |out| issued.write(out))
}

/// Issues the next manifest.
pub(super) async fn issue(
    context: &Context,
    org: &mut Organisation,
    root: &SecretKey,
    expires_days: u32,
) -> Result<Issued> {
    let cards = org.cards(context)?;
    let federation = accepted::load(context)?.map(|d| d.federation());
    let validity = Validity::days(now(), expires_days);
    let manifest = org
        .draft
        .next(&org.member, org.latest(), cards, federation, validity);
    org.issue(&manifest, root)?;
    let file = manifest_path(&context.org_dir(), manifest.version);
    // Signed and kept: if the node refuses it now, the next hand-over brings it along.
    let handover = handover::manifests(context, org).await.map_err(|mut e| {
        let kept = tr!(
            "manifest-kept",
            version = manifest.version,
            file = file.display()
        );
        e.next = Some(match e.next.take() {
            Some(first) => tr!("both-next", first, next = kept),
            None => kept,
        });
        e
    })?;
    Ok(Issued {
        version: manifest.version,
        expires: manifest.expires.to_string(),
        nodes: manifest.nodes.len(),
        authors: manifest
            .authors
            .iter()
            .filter(|a| !manifest.is_revoked(&a.key))
            .count(),
        file,
        handover,
    })
}

impl Issued {
    /// For people.
    pub(super) fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(
            out,
            "{}",
            tr!(
                "manifest-issued",
                version = self.version,
                nodes = tr!("count-nodes", n = self.nodes),
                authors = tr!("count-authors", n = self.authors),
                expires = self.expires
            )
        )?;
        writeln!(out, "{}", self.handover)
    }
}
