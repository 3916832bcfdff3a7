//! The tables of a case view, one command each.

use super::{find, minute, names::Names, pages::Pages};
use crate::{
    client::Client,
    context::Context,
    error::{Error, Exit, Result},
    lang::tr,
    moment::moment,
    output::plain,
    table::Table,
};
use focal_node::api::types::{CaseDetail, CaseSummary};
use focal_protocol::record::{
    ActivityRow, AlertRow, ConveningRow, DesignationRow, Displacement, Edtf, OrganisationRisk,
    RequestRow, TimelineEntry, Totals,
};
use focal_protocol::time::Time;
use serde::de::DeserializeOwned;

mod rows;

use rows::{id, place, positions, write, write_risks};
pub(super) use rows::{write_requests, write_timeline, write_totals};

/// Which case, and how much of it.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The case: id, first digits, title, or how the title begins
    case: String,
    #[command(flatten)]
    pages: Pages,
}

/// Which case, as of when.
#[derive(Debug, clap::Args)]
pub(super) struct WholeArgs {
    /// The case: id, first digits, title, or how the title begins
    case: String,
    /// As this node knew it at that time: 2026-11-20T12:00Z
    #[arg(long, value_name = "TIME", value_parser = moment)]
    at: Option<Time>,
}

/// A table's rows, the names in it, and the case. With `--stream` they are written here, and there is nothing to show.
async fn fetch<T: DeserializeOwned>(
    args: &Args,
    table: &str,
    client: &Client,
) -> Result<Option<(Vec<T>, Names, CaseSummary)>> {
    let case = find(client, &args.case).await?;
    let path = format!("/v1/cases/{}/view/{table}", case.case);
    let Some(rows) = args.pages.rows(&path, client).await? else {
        return Ok(None);
    };
    let rows: std::result::Result<Vec<T>, _> =
        rows.into_iter().map(serde_json::from_value).collect();
    let rows = rows.map_err(|e| Error::new(Exit::Failed, tr!("answer-odd")).why(e.to_string()))?;
    Ok(Some((rows, Names::of(client).await?, case)))
}

/// A table that is always whole: one row for each organisation, or one in all.
async fn fetch_whole<T: DeserializeOwned>(
    args: &WholeArgs,
    table: &str,
    client: &Client,
) -> Result<(T, Names)> {
    let case = find(client, &args.case).await?;
    let at = args.at.map(|at| format!("?at={at}")).unwrap_or_default();
    let path = format!("/v1/cases/{}/view/{table}{at}", case.case);
    Ok((client.get(&path).await?, Names::of(client).await?))
}

pub(super) async fn timeline(args: &Args, client: &Client, context: &Context) -> Result<()> {
    let Some((rows, names, _)) = fetch::<TimelineEntry>(args, "timeline", client).await? else {
        return Ok(());
    };
    context.print(&rows, |out| write_timeline(&rows, &names, out))
}

pub(super) async fn totals(args: &WholeArgs, client: &Client, context: &Context) -> Result<()> {
    let (totals, _) = fetch_whole::<Totals>(args, "totals", client).await?;
    context.print(&totals, |out| write_totals(&totals, out))
}

pub(super) async fn displacement(args: &Args, client: &Client, context: &Context) -> Result<()> {
    let Some((rows, names, _)) = fetch::<Displacement>(args, "displacement", client).await? else {
        return Ok(());
    };
    context.print(&rows, |out| {
        let mut table = Table::new(&[
            tr!("head-at"),
            tr!("head-displaced"),
            tr!("head-by"),
            tr!("head-place"),
            tr!("head-organisation"),
            tr!("head-grade"),
            tr!("head-record"),
        ]);
        for row in &rows {
            table.row(vec![
                minute(&row.at.to_string()),
                row.displaced.to_string(),
                row.kind.to_string(),
                place(row.place.as_ref()),
                names.name(&row.organisation),
                row.grading.map(|g| g.to_string()).unwrap_or_default(),
                id(&row.record),
            ]);
        }
        write(rows.is_empty(), &table, out)
    })
}

pub(super) async fn activities(args: &Args, client: &Client, context: &Context) -> Result<()> {
    let Some((rows, names, _)) = fetch::<ActivityRow>(args, "activities", client).await? else {
        return Ok(());
    };
    context.print(&rows, |out| {
        let mut table = Table::new(&[
            tr!("head-who"),
            tr!("head-what"),
            tr!("head-where"),
            tr!("head-when"),
            tr!("head-for-whom"),
            tr!("head-status"),
            tr!("head-record"),
        ]);
        for row in &rows {
            let who = row.who.as_deref().map(|w| plain(w).into_owned());
            let cluster = match row.responsibility {
                Some(responsibility) => format!("{} · {responsibility}", row.cluster),
                None => row.cluster.to_string(),
            };
            let day = |date: &Option<Edtf>| {
                date.as_ref()
                    .map_or_else(|| "…".to_string(), ToString::to_string)
            };
            let people = |name: String, n: Option<u32>| n.map(|n| format!("{n} {name}"));
            let mut whom: Vec<String> = Vec::new();
            whom.extend(row.for_whom.as_deref().map(|w| plain(w).into_owned()));
            whom.extend(people(tr!("word-targeted"), row.targeted));
            whom.extend(people(tr!("word-reached"), row.reached));
            table.row(vec![
                who.unwrap_or_else(|| names.name(&row.organisation)),
                format!("{}\n{cluster}", plain(&row.activity)),
                place(row.place.as_ref()),
                match (&row.start, &row.end) {
                    (None, None) => String::new(),
                    (start, end) => tr!("from-to", from = day(start), to = day(end)),
                },
                whom.join("\n"),
                row.status.to_string(),
                id(&row.record),
            ]);
        }
        write(rows.is_empty(), &table, out)
    })
}

pub(super) async fn requests(args: &Args, client: &Client, context: &Context) -> Result<()> {
    let Some((rows, names, _)) = fetch::<RequestRow>(args, "requests", client).await? else {
        return Ok(());
    };
    context.print(&rows, |out| write_requests(&rows, &names, out))
}

pub(super) async fn risks(args: &WholeArgs, client: &Client, context: &Context) -> Result<()> {
    let (rows, names) = fetch_whole::<Vec<OrganisationRisk>>(args, "risks", client).await?;
    context.print(&rows, |out| write_risks(&rows, &names, out))
}

pub(super) async fn designations(args: &Args, client: &Client, context: &Context) -> Result<()> {
    let Some((rows, names, _)) = fetch::<DesignationRow>(args, "designations", client).await?
    else {
        return Ok(());
    };
    context.print(&rows, |out| {
        let mut table = Table::new(&[
            tr!("head-subject"),
            tr!("head-measures"),
            tr!("head-proposed-by"),
            tr!("head-positions"),
            tr!("head-record"),
        ]);
        for row in &rows {
            let measures: Vec<_> = row.measures.iter().map(|m| m.as_str()).collect();
            table.row(vec![
                format!("{} ({})", plain(&row.name), row.subject),
                measures.join("\n"),
                names.name(&row.organisation),
                positions(&row.positions, &names),
                id(&row.record),
            ]);
        }
        write(rows.is_empty(), &table, out)
    })
}

pub(super) async fn convenings(args: &Args, client: &Client, context: &Context) -> Result<()> {
    let Some((rows, names, _)) = fetch::<ConveningRow>(args, "convenings", client).await? else {
        return Ok(());
    };
    context.print(&rows, |out| {
        let mut table = Table::new(&[
            tr!("head-when"),
            tr!("head-what"),
            tr!("head-where"),
            tr!("head-invited"),
            tr!("head-answers"),
            tr!("head-record"),
        ]);
        for row in &rows {
            let link = row.link.as_deref().map(|l| plain(l).into_owned());
            let spots = [place(row.place.as_ref()), link.unwrap_or_default()];
            let spots: Vec<_> = spots.into_iter().filter(|s| !s.is_empty()).collect();
            table.row(vec![
                minute(&row.start.to_string()),
                plain(&row.title).into_owned(),
                spots.join("\n"),
                if row.invited.is_empty() {
                    tr!("all-of-case")
                } else {
                    names.list(&row.invited)
                },
                positions(&row.positions, &names),
                id(&row.record),
            ]);
        }
        write(rows.is_empty(), &table, out)
    })
}

pub(super) async fn alerts(args: &Args, client: &Client, context: &Context) -> Result<()> {
    let Some((rows, names, case)) = fetch::<AlertRow>(args, "alerts", client).await? else {
        return Ok(());
    };
    let detail: CaseDetail = client.get(&format!("/v1/cases/{}", case.case)).await?;
    context.print(&rows, |out| {
        let mut table = Table::new(&[
            tr!("head-written"),
            tr!("head-alert"),
            tr!("head-by"),
            tr!("head-acknowledged-by"),
            tr!("head-not-yet-by"),
            tr!("head-record"),
        ]);
        for row in &rows {
            table.row(vec![
                minute(&row.created.to_string()),
                format!(
                    "{}\n{}",
                    plain(&row.headline),
                    row.detail.as_deref().unwrap_or_default()
                ),
                names.name(&row.organisation),
                names.list(row.acknowledged.iter().map(|r| &r.organisation)),
                waiting(row, &detail).join(", "),
                id(&row.record),
            ]);
        }
        write(rows.is_empty(), &table, out)
    })
}

/// Organisations of the case that have not acknowledged an alert; its own need not.
fn waiting(row: &AlertRow, detail: &CaseDetail) -> Vec<String> {
    let known: Vec<String> = row
        .acknowledged
        .iter()
        .map(|r| &r.organisation)
        .chain([&row.organisation])
        .map(ToString::to_string)
        .collect();
    let members = detail.members.iter().filter(|m| !known.contains(&m.org));
    let mut names: Vec<String> = members
        .map(|m| &m.org_name)
        .chain(&detail.waiting)
        .map(|name| plain(name).into_owned())
        .collect();
    names.sort();
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(n: u8) -> String {
        format!("{n:02x}").repeat(32)
    }

    #[test]
    fn an_alert_names_those_who_have_not_acknowledged_it() {
        let row: AlertRow = serde_json::from_value(json!({
            "record": of(9), "organisation": of(1), "created": "2026-11-03T14:30:00Z",
            "headline": "attack",
            "acknowledged": [{"author": of(2), "organisation": of(2), "at": "2026-11-03T14:31:00Z"}],
        }))
        .expect("a row");
        let member = |org: u8, name: &str| {
            json!({"node": "", "org": of(org), "org_name": name, "role": "contributor",
                   "connected": true, "holds": 0, "of": 0})
        };
        let detail: CaseDetail = serde_json::from_value(json!({
            "case": "", "title": "", "opened": "", "custodian": "", "role": "", "organisations": 4, "records": 0,
            "pending": 0, "history": "all", "generation": 0, "epoch": 1, "view_hash": "", "waiting": ["Newcomer"],
            "stage": "open", "compartments": [], "requests": [], "votes": [], "former": [],
            "members": [member(1, "Warner"), member(2, "Reader"), member(3, "Sleeper"), member(3, "Sleeper")],
        }))
        .expect("a case");
        assert_eq!(waiting(&row, &detail), ["Newcomer", "Sleeper"]);
    }
}
