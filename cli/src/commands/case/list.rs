//! `focal case list`: the cases of this node, or, without a link, those that were there.

use super::{first, stage};
use crate::{
    client::Client,
    context::Context,
    error::{Error, Result},
    keys::{author_handles, open_author},
    known::{self, Known},
    lang::{self, tr},
    output::plain,
    table::Table,
};
use focal_node::api::types::CaseSummary;

/// List the cases that this node is a member of
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  focal case list
  focal case list --json | jq -r '.[].title'")]
pub(super) struct ListArgs {}

pub(super) async fn list(client: &Client, context: &Context) -> Result<()> {
    let cases: Vec<CaseSummary> = client.get("/v1/cases").await?;
    print_list(&cases, context)
}

/// The list as it was last seen, for who has no link; the error if nothing was seen yet.
pub(super) fn known_list(error: Error, context: &Context) -> Result<()> {
    if context.knows_no_node() {
        // A home that was just made: there is nothing wrong with it.
        return print_list(&[], context);
    }
    if !known::is_there(context, &author_handles(context)?) {
        return Err(error);
    }
    let author = open_author(context, None)?;
    let Some(known) = Known::load(context, &author)? else {
        return Err(error);
    };
    let ago = known::ago(known.at);
    context.remark(&tr!("case-as-known", what = error.what, ago = ago));
    print_list(&known.cases, context)
}

fn print_list(cases: &[CaseSummary], context: &Context) -> Result<()> {
    context.print(&cases, |out| {
        if cases.is_empty() {
            return writeln!(out, "{}", tr!("case-none"));
        }
        let mut table = Table::new(&[
            &tr!("head-case"),
            &tr!("head-title"),
            &tr!("head-role"),
            &tr!("head-custodian"),
            &tr!("head-members"),
            &tr!("head-records"),
            &tr!("head-waiting"),
            &tr!("head-state"),
        ]);
        let mut ordered: Vec<&CaseSummary> = Vec::new();
        // Compartments stand below the case inside which they are.
        for case in cases
            .iter()
            .filter(|c| !cases.iter().any(|p| Some(&p.case) == c.parent.as_ref()))
        {
            ordered.push(case);
            ordered.extend(
                cases
                    .iter()
                    .filter(|c| c.parent.as_ref() == Some(&case.case)),
            );
        }
        for case in ordered {
            let inside = if case.parent.is_some() { "↳ " } else { "" };
            table.row(vec![
                first(&case.case),
                format!("{inside}{}", plain(&case.title)),
                lang::word("role", &case.role),
                plain(&case.custodian).into_owned(),
                case.organisations.to_string(),
                case.records.to_string(),
                case.pending.to_string(),
                plain(&stage(case)).into_owned(),
            ]);
        }
        table.write(out)
    })
}
