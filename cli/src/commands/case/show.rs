//! A case at a glance.

use super::{find, first, names::Names, tables, write_members};
use crate::{
    client::Client,
    context::Context,
    error::Result,
    output::{FAINT, STRONG, plain},
};
use focal_node::api::types::CaseDetail;
use focal_protocol::record::CaseView;
use std::io::{self, Write};

/// Rows of the timeline at a glance.
const ROWS: usize = 50;

/// What `--json` prints of a case.
#[derive(serde::Serialize)]
struct Shown<'a> {
    #[serde(flatten)]
    detail: &'a CaseDetail,
    view: &'a CaseView,
}

pub(super) async fn show(case: &str, client: &Client, context: &Context) -> Result<()> {
    let case = find(client, case).await?;
    let detail: CaseDetail = client.get(&format!("/v1/cases/{}", case.case)).await?;
    let view: CaseView = client.get(&format!("/v1/cases/{}/view", case.case)).await?;
    let names = Names::of(client).await?;
    let shown = Shown {
        detail: &detail,
        view: &view,
    };
    context.print(&shown, |out| {
        write_head(&detail, out)?;
        write_members(&detail, out)?;
        writeln!(out)?;
        let skip = view.timeline.len().saturating_sub(ROWS);
        tables::write_timeline(view.timeline.get(skip..).unwrap_or_default(), &names, out)?;
        let total: u64 = view.kinds.values().sum();
        let shown = u64::try_from(view.timeline.len() - skip).unwrap_or(u64::MAX);
        if total > shown {
            writeln!(
                out,
                "{FAINT}{} older ones: focal case timeline{FAINT:#}",
                total - shown
            )?;
        }
        if !view.totals.is_empty() {
            writeln!(out, "\nPeople in incidents, each event once, as corrected:")?;
            tables::write_totals(&view.totals, out)?;
        }
        if !view.requests.is_empty() {
            writeln!(out, "\nHelp wanted:")?;
            tables::write_requests(&view.requests, &names, out)?;
        }
        let kinds: Vec<String> = view
            .kinds
            .iter()
            .map(|(kind, n)| format!("{n} {kind}"))
            .collect();
        writeln!(out, "\n{}", kinds.join(" · "))?;
        writeln!(out, "\n{FAINT}case view {}{FAINT:#}", detail.view_hash)
    })
}

fn write_head(detail: &CaseDetail, out: &mut dyn Write) -> io::Result<()> {
    let s = &detail.summary;
    writeln!(out, "{STRONG}{}{STRONG:#}", plain(&s.title))?;
    writeln!(out, "case       {}", s.case)?;
    writeln!(
        out,
        "opened     {} · history for newcomers: {}",
        s.opened, detail.history
    )?;
    writeln!(
        out,
        "custodian  {} · you are {} · epoch {}",
        plain(&s.custodian),
        s.role,
        detail.epoch
    )?;
    if s.pending > 0 {
        writeln!(
            out,
            "waiting    {} entries cannot be read yet: focal case show {} --pending",
            s.pending,
            first(&s.case)
        )?;
    }
    if s.stage != "open" {
        writeln!(out, "state      {}", plain(&s.stage))?;
    }
    write_people(detail, out)?;
    writeln!(out)
}

/// Compartments, what members ask for, votes, and who was a member.
fn write_people(detail: &CaseDetail, out: &mut dyn Write) -> io::Result<()> {
    for inside in &detail.compartments {
        writeln!(
            out,
            "inside     {} {} · {} records",
            first(&inside.case),
            plain(&inside.title),
            inside.records
        )?;
    }
    for request in &detail.requests {
        writeln!(out, "request    {}", plain(request))?;
    }
    for motion in &detail.votes {
        writeln!(
            out,
            "vote       {} in place of the custodian ({}): {} of {} votes, by {}",
            plain(&motion.successor_name),
            motion.cause,
            motion.votes.len(),
            motion.needed,
            plain(&motion.votes.join(", "))
        )?;
    }
    for former in &detail.former {
        writeln!(
            out,
            "former     {} · node {}",
            plain(&former.org_name),
            first(&former.node)
        )?;
    }
    Ok(())
}
