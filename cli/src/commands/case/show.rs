//! A case at a glance.

use super::{
    find, first, members::write_members, names::Names, pages::at_least_one, stage, tables,
};
use crate::{
    client::Client,
    context::Context,
    error::Result,
    lang::{self, tr},
    output::{FAINT, STRONG, plain},
};
use focal_node::api::types::{CaseDetail, CaseKnown};
use focal_protocol::{record::CaseView, time::Time};
use std::io::{self, Write};

/// Rows of each table at a glance.
const ROWS: usize = 50;

/// How much of the case.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(super) struct Rows {
    /// At most this many rows of each table, the newest
    #[arg(long, default_value_t = ROWS, value_parser = at_most)]
    limit: usize,
    /// Which page of so many rows; 1 has the newest
    #[arg(long, default_value_t = 1, value_parser = at_least_one)]
    page: usize,
}

/// What a node gives at once.
fn at_most(text: &str) -> std::result::Result<usize, String> {
    match at_least_one(text) {
        Ok(number) if number <= 1_000 => Ok(number),
        _ => Err(tr!("number-to-thousand")),
    }
}

impl Rows {
    fn skip(&self) -> usize {
        (self.page - 1).saturating_mul(self.limit)
    }

    fn query(&self) -> String {
        format!("limit={}&skip={}", self.limit, self.skip())
    }
}

/// What `--json` prints of a case.
#[derive(serde::Serialize)]
struct Shown<'a, T> {
    #[serde(flatten)]
    of: &'a T,
    view: &'a CaseView,
}

pub(super) async fn show(
    case: &str,
    rows: &Rows,
    client: &Client,
    context: &Context,
) -> Result<()> {
    let case = find(client, case).await?;
    let detail: CaseDetail = client.get(&format!("/v1/cases/{}", case.case)).await?;
    let path = format!("/v1/cases/{}/view?{}", case.case, rows.query());
    let view: CaseView = client.get(&path).await?;
    let names = Names::of(client).await?;
    let shown = Shown {
        of: &detail,
        view: &view,
    };
    context.print(&shown, |out| {
        write_head(&detail, out)?;
        write_members(&detail, out)?;
        writeln!(out)?;
        write_view(&view, rows, &names, out)?;
        let hash = tr!("case-view", hash = detail.view_hash.as_str());
        writeln!(out, "\n{FAINT}{hash}{FAINT:#}")
    })
}

/// The case as this node knew it at a time.
pub(super) async fn at(
    time: Time,
    case: &str,
    rows: &Rows,
    client: &Client,
    context: &Context,
) -> Result<()> {
    let case = find(client, case).await?;
    let path = format!("/v1/cases/{}/known?at={time}", case.case);
    let known: CaseKnown = client.get(&path).await?;
    let path = format!("/v1/cases/{}/view?at={time}&{}", case.case, rows.query());
    let view: CaseView = client.get(&path).await?;
    let names = Names::of(client).await?;
    let shown = Shown {
        of: &known,
        view: &view,
    };
    context.print(&shown, |out| {
        writeln!(out, "{STRONG}{}{STRONG:#}", plain(&known.title))?;
        writeln!(out, "{}", tr!("case-id", case = known.case))?;
        writeln!(
            out,
            "{}",
            tr!("case-as-of", time = known.at, n = known.records)
        )?;
        if known.undated > 0 {
            writeln!(out, "{}", tr!("case-undated", n = known.undated))?;
        }
        if known.left > 0 {
            writeln!(out, "{}", tr!("case-left-since", n = known.left))?;
        }
        if known.later > 0 {
            writeln!(out, "{}", tr!("case-later", n = known.later))?;
        }
        writeln!(out)?;
        write_view(&view, rows, &names, out)?;
        let hash = tr!("case-view", hash = known.view_hash.as_str());
        writeln!(out, "\n{FAINT}{hash}{FAINT:#}")
    })
}

/// The tables at a glance.
fn write_view(view: &CaseView, rows: &Rows, names: &Names, out: &mut dyn Write) -> io::Result<()> {
    tables::write_timeline(&view.timeline, names, out)?;
    let total: u64 = view.kinds.values().sum();
    let shown = u64::try_from(view.timeline.len() + rows.skip()).unwrap_or(u64::MAX);
    if total > shown {
        let older = tr!("case-older", n = total - shown, page = rows.page + 1);
        writeln!(out, "{FAINT}{older}{FAINT:#}")?;
    }
    if !view.totals.is_empty() {
        writeln!(out, "\n{}", tr!("case-people"))?;
        tables::write_totals(&view.totals, out)?;
    }
    if !view.requests.is_empty() {
        writeln!(out, "\n{}", tr!("case-help-wanted"))?;
        tables::write_requests(&view.requests, names, out)?;
    }
    let kinds: Vec<String> = view
        .kinds
        .iter()
        .map(|(kind, n)| format!("{n} {kind}"))
        .collect();
    if !kinds.is_empty() {
        writeln!(out, "\n{}", kinds.join(" · "))?;
    }
    Ok(())
}

fn write_head(detail: &CaseDetail, out: &mut dyn Write) -> io::Result<()> {
    let s = &detail.summary;
    writeln!(out, "{STRONG}{}{STRONG:#}", plain(&s.title))?;
    writeln!(out, "{}", tr!("case-id", case = s.case))?;
    let opened = tr!(
        "case-opened",
        time = s.opened.as_str(),
        history = lang::word("history", &detail.history)
    );
    writeln!(out, "{opened}")?;
    let custodian = tr!(
        "case-custodian",
        custodian = plain(&s.custodian),
        role = lang::word("role", &s.role),
        epoch = detail.epoch,
    );
    writeln!(out, "{custodian}")?;
    if s.pending > 0 {
        let waiting = tr!("case-pending", n = s.pending, case = first(&s.case));
        writeln!(out, "{waiting}")?;
    }
    if s.stage != "open" {
        let stage = stage(s);
        writeln!(out, "{}", tr!("case-state", state = plain(&stage)))?;
    }
    write_people(detail, out)?;
    writeln!(out)
}

/// Compartments, what members ask for, votes, and who was a member.
fn write_people(detail: &CaseDetail, out: &mut dyn Write) -> io::Result<()> {
    for inside in &detail.compartments {
        let inside = tr!(
            "case-inside",
            case = first(&inside.case),
            title = plain(&inside.title),
            n = inside.records,
        );
        writeln!(out, "{inside}")?;
    }
    let mut said = detail.requests_said.iter();
    for request in &detail.requests {
        let request = &lang::said(said.next(), request);
        writeln!(out, "{}", tr!("case-request", request = plain(request)))?;
    }
    for motion in &detail.votes {
        let voters = motion.votes.join(", ");
        let vote = tr!(
            "case-vote",
            who = plain(&motion.successor_name),
            cause = lang::word("cause", &motion.cause),
            votes = motion.votes.len(),
            needed = motion.needed,
            voters = plain(&voters),
        );
        writeln!(out, "{vote}")?;
    }
    for former in &detail.former {
        let former = tr!(
            "case-former",
            who = plain(&former.org_name),
            node = first(&former.node)
        );
        writeln!(out, "{former}")?;
    }
    Ok(())
}
