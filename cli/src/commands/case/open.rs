//! `focal case open`.

use super::first;
use crate::{
    client::Client,
    context::Context,
    error::Result,
    lang::tr,
    output::{STRONG, plain},
};
use focal_node::api::types::{CaseSummary, OpenCase};

/// Open a case; this node becomes its custodian
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  focal case open --title \"Varenia: Orsk province\"
  focal case open --title \"Varenia: sanctions\" --history from-joining")]
pub(super) struct OpenArgs {
    /// What the case is about
    #[arg(long)]
    title: String,
    /// What newcomers may read: all, or what is written from-joining on
    #[arg(long, default_value = "all", value_parser = ["all", "from-joining"])]
    history: String,
}

pub(super) async fn open(args: OpenArgs, client: &Client, context: &Context) -> Result<()> {
    let body = OpenCase {
        title: args.title,
        history: args.history,
    };
    let case: CaseSummary = client.post("/v1/cases", &body).await?;
    context.print(&case, |out| {
        writeln!(out, "{STRONG}{}{STRONG:#}", case.case)?;
        writeln!(out, "{}", tr!("case-is-open", title = plain(&case.title)))?;
        writeln!(out, "{}", tr!("case-invite-next", case = first(&case.case)))
    })
}
