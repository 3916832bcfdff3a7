//! How the rows of a case view are written for people.

use super::super::{first, minute, names::Names};
use crate::{
    doubt,
    lang::{self, tr},
    output::{STRONG, plain},
    table::Table,
};
use focal_protocol::{
    id::RecordId,
    record::{
        OrganisationRisk, Place, Positions, Range, RequestRow, RiskFactor, Summary, TimelineEntry,
        Totals,
    },
};
use std::io::{self, Write};

pub(super) fn write(empty: bool, table: &Table, out: &mut dyn Write) -> io::Result<()> {
    if empty {
        return writeln!(out, "{}", tr!("case-nothing-yet"));
    }
    table.write(out)
}

pub(super) fn id(record: &RecordId) -> String {
    first(&record.to_string())
}

pub(super) fn place(place: Option<&Place>) -> String {
    place.map_or_else(String::new, |p| plain(&p.to_string()).into_owned())
}

/// Each organisation's stand on a line.
pub(super) fn positions(positions: &Positions, names: &Names) -> String {
    let mut lines: Vec<String> = positions
        .latest
        .iter()
        .map(|p| {
            let mut line = format!("{}: {}", names.name(&p.organisation), p.stand);
            if let (Some(date), Some(act)) = (&p.date, &p.act) {
                line.push_str(&format!(", {date}, {}", plain(act)));
            }
            if let Some(comment) = &p.comment {
                line.push_str(&format!(" ({})", plain(comment)));
            }
            line
        })
        .collect();
    if !positions.earlier.is_empty() {
        lines.push(tr!("positions-earlier", n = positions.earlier.len()));
    }
    lines.join("\n")
}

pub(in super::super) fn write_requests(
    rows: &[RequestRow],
    names: &Names,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut table = Table::new(&[
        tr!("head-wanted"),
        tr!("head-where"),
        tr!("head-by-when"),
        tr!("head-asked-by"),
        tr!("head-pledged"),
        tr!("head-open"),
        tr!("head-record"),
    ]);
    for row in rows {
        let what = row.unit.as_deref().unwrap_or(row.capability.as_str());
        let pledges: Vec<String> = row
            .pledges
            .iter()
            .map(|p| {
                tr!(
                    "pledged-by",
                    quantity = p.quantity,
                    org = names.name(&p.organisation)
                )
            })
            .collect();
        table.row(vec![
            format!("{} {}", row.quantity, plain(what)),
            place(row.place.as_ref()),
            row.needed_by
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
            names.name(&row.organisation),
            pledges.join("\n"),
            row.open.to_string(),
            id(&row.record),
        ]);
    }
    write(rows.is_empty(), &table, out)
}

/// A column for each organisation, a row for each factor that anybody has judged.
pub(super) fn write_risks(
    rows: &[OrganisationRisk],
    names: &Names,
    out: &mut dyn Write,
) -> io::Result<()> {
    if rows.is_empty() {
        return writeln!(out, "{}", tr!("case-nothing-yet"));
    }
    let heads: Vec<String> = rows
        .iter()
        .map(|row| names.name(&row.organisation))
        .collect();
    let mut headings = vec![tr!("head-risk-factor")];
    headings.extend(heads.iter().cloned());
    let mut table = Table::new(&headings);
    for factor in RiskFactor::ALL {
        let cells: Vec<String> = rows
            .iter()
            .map(
                |row| match row.factors.iter().find(|f| f.factor == *factor) {
                    Some(judged) => match judged.trend {
                        Some(trend) => format!("{} {trend}", judged.level),
                        None => judged.level.to_string(),
                    },
                    None => String::new(),
                },
            )
            .collect();
        if cells.iter().any(|c| !c.is_empty()) {
            let name = factor.as_str().replace('-', " ");
            let mut line = vec![format!("{} {name}", factor.number())];
            line.extend(cells);
            table.row(line);
        }
    }
    table.write(out)?;
    writeln!(out, "{}", tr!("risk-levels"))?;
    for (row, name) in rows.iter().zip(&heads) {
        writeln!(
            out,
            "{STRONG}{name}{STRONG:#} {}: {} [{}]",
            minute(&row.created.to_string()),
            plain(&row.judgement),
            id(&row.record)
        )?;
    }
    Ok(())
}

pub(in super::super) fn write_timeline(
    rows: &[TimelineEntry],
    names: &Names,
    out: &mut dyn Write,
) -> io::Result<()> {
    if rows.is_empty() {
        return writeln!(out, "{}", tr!("case-nothing-reported"));
    }
    let mut table = Table::new(&[
        &tr!("head-written"),
        &tr!("head-kind"),
        &tr!("head-organisation"),
        &tr!("head-what"),
        &tr!("head-grade"),
        &tr!("head-record"),
        &tr!("head-state"),
    ]);
    for entry in rows.iter().filter(|e| e.summary.kind.as_str() != "ack") {
        let now = entry.now.as_ref().unwrap_or(&entry.summary);
        table.row(vec![
            minute(&entry.summary.created.to_string()),
            entry.summary.kind.to_string(),
            names.name(&entry.summary.organisation),
            what(now),
            now.grading.map(|g| g.to_string()).unwrap_or_default(),
            id(&entry.record),
            state(entry, names),
        ]);
    }
    table.write(out)
}

fn what(summary: &Summary) -> String {
    let mut text = plain(&summary.title).into_owned();
    if let Some(place) = &summary.place {
        text.push_str(&format!(" · {}", plain(&place.to_string())));
    }
    for (name, range) in summary.counts.totals().named() {
        if !range.is_unknown() {
            text.push_str(&format!(" · {name} {range}"));
        }
    }
    if let Some(verification) = summary.verification {
        text.push_str(&format!(" · {verification}"));
    }
    text
}

fn state(entry: &TimelineEntry, names: &Names) -> String {
    let mut parts = Vec::new();
    if let Some(doubt) = entry.clock {
        parts.push(format!("{}: {}", tr!("clock-short"), doubt::words(doubt)));
    }
    if let Some(invalid) = entry.invalid {
        parts.push(tr!("case-nowhere", why = lang::words(&invalid.to_string())));
    }
    if let Some(by) = entry.withdrawn_by {
        parts.push(tr!("case-withdrawn", record = by.short()));
    }
    if let Some(by) = entry.superseded_by {
        parts.push(tr!("case-corrected", record = by.short()));
    }
    let readers = names.list(entry.acknowledged.iter().map(|r| &r.organisation));
    if !readers.is_empty() {
        parts.push(tr!("case-read-by", who = readers));
    }
    parts.join("\n")
}

pub(in super::super) fn write_totals(totals: &Totals, out: &mut dyn Write) -> io::Result<()> {
    let counted: Vec<(&str, Range)> = totals
        .named()
        .into_iter()
        .filter(|(_, range)| !range.is_unknown())
        .collect();
    let number = |n: Option<u32>| n.map_or_else(|| "?".to_string(), |n| n.to_string());
    let mut table = Table::new(&[
        String::new(),
        tr!("head-low"),
        tr!("head-best"),
        tr!("head-high"),
    ]);
    for (name, range) in &counted {
        table.row(vec![
            name.replace('_', " "),
            number(range.low),
            number(range.best),
            number(range.high),
        ]);
    }
    write(counted.is_empty(), &table, out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(n: u8) -> String {
        format!("{n:02x}").repeat(32)
    }

    fn shown(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> String {
        let mut out = Vec::new();
        write(&mut out).expect("to memory");
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn assessments_stand_side_by_side_with_level_and_trend() {
        let names = Names::for_tests(&[(1, "Norland"), (2, "UN office")]);
        let row = |org: u8, factors| {
            serde_json::from_value(json!({
                "organisation": of(org), "record": of(9),
                "created": "2026-11-03T14:30:00Z", "judgement": "High", "factors": factors,
            }))
            .expect("a row")
        };
        let seven = "enabling-circumstances-or-preparatory-action";
        let rows: [OrganisationRisk; 2] = [
            row(
                1,
                json!([{"factor": seven, "level": 4, "trend": "rising"}, {"factor": "triggering-factors", "level": 3}]),
            ),
            row(2, json!([{"factor": seven, "level": 3}])),
        ];
        let text = shown(|out| write_risks(&rows, &names, out));
        let line = text
            .lines()
            .find(|l| l.contains("7 enabling"))
            .expect("a line");
        assert!(
            line.contains("4 rising") && line.trim_end().ends_with('3'),
            "{text}"
        );
        assert!(
            text.contains("8 triggering factors") && !text.contains("motives"),
            "{text}"
        );
    }
}
