//! `focal case members`, and what of a case cannot be read yet.

use super::{find, first};
use crate::{
    client::Client,
    context::Context,
    error::Result,
    lang::{self, tr},
    output::plain,
    table::Table,
};
use focal_node::api::types::{CaseDetail, Waiting};
use std::io::{self, Write};

/// Show who is in a case, and how much of it each one holds
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  focal case members 3f9c1a2b")]
pub(super) struct MembersArgs {
    /// The case: id, first digits, title, or how the title begins
    pub(super) case: String,
}

pub(super) async fn members(case: &str, client: &Client, context: &Context) -> Result<()> {
    let case = find(client, case).await?;
    let detail: CaseDetail = client.get(&format!("/v1/cases/{}", case.case)).await?;
    context.print(&detail.members, |out| write_members(&detail, out))
}

pub(super) fn write_members(detail: &CaseDetail, out: &mut dyn Write) -> io::Result<()> {
    let mut table = Table::new(&[
        &tr!("head-organisation"),
        &tr!("head-node"),
        &tr!("head-role"),
        &tr!("head-connected"),
        &tr!("head-holds"),
    ]);
    for member in &detail.members {
        table.row(vec![
            plain(&member.org_name).into_owned(),
            first(&member.node),
            lang::word("role", &member.role),
            if member.connected {
                tr!("case-yes")
            } else {
                tr!("case-no")
            },
            tr!("case-holds", holds = member.holds, of = member.of),
        ]);
    }
    for org in &detail.waiting {
        table.row(vec![
            plain(org).into_owned(),
            String::new(),
            tr!("case-invited"),
            tr!("case-not-met"),
            String::new(),
        ]);
    }
    table.write(out)
}

pub(super) async fn pending(case: &str, client: &Client, context: &Context) -> Result<()> {
    let case = find(client, case).await?;
    let path = format!("/v1/cases/{}/pending", case.case);
    let waiting: Vec<Waiting> = client.get(&path).await?;
    context.print(&waiting, |out| {
        if waiting.is_empty() {
            return writeln!(out, "{}", tr!("case-all-read"));
        }
        let mut table = Table::new(&[
            &tr!("head-organisation"),
            &tr!("head-log"),
            &tr!("head-entry"),
            &tr!("head-waits-because"),
        ]);
        for row in &waiting {
            table.row(vec![
                plain(&row.org_name).into_owned(),
                first(&row.log),
                row.seq.to_string(),
                plain(&lang::said(row.said.as_ref(), &row.reason)).into_owned(),
            ]);
        }
        table.write(out)
    })
}
