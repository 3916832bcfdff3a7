//! Alerts with their acknowledgements, and every report with what has become of it.

use super::{Page, frame, words};
use focal_protocol::{
    id::{OrgId, RecordId},
    record::{AlertRow, ClockDoubt, Reading, Summary, TimelineEntry},
};
use maud::{Markup, html};
use std::collections::BTreeSet;

pub(super) fn alerts(page: &Page) -> Markup {
    let rows = &page.content.view.alerts;
    if rows.is_empty() {
        return page.nothing("No alert was given.");
    }
    html! {
        (frame::table("Alerts and acknowledgements", html! {
            thead { tr {
                th scope="col" { "Given, UTC" } th scope="col" { "Alert" } th scope="col" { "By" }
                th scope="col" { "Until, UTC" } th scope="col" { "Acknowledged by" }
                @if waited_for(page) { th scope="col" { "Not yet by" } }
            } }
            tbody {
                @for row in rows { (alert(page, row)) }
            }
        }))
        (frame::cut(page.content.cut("alert", rows.len())))
    }
}

fn alert(page: &Page, row: &AlertRow) -> Markup {
    let known: BTreeSet<&OrgId> = row
        .acknowledged
        .iter()
        .map(|reading| &reading.organisation)
        .chain([&row.organisation])
        .collect();
    let waiting: Vec<&OrgId> = page.members.iter().filter(|m| !known.contains(m)).collect();
    html! {
        tr {
            td.whole { (words::minute(row.created)) }
            th scope="row" {
                (page.said(&row.record, &row.headline)) " "
                @if let Some(detail) = &row.detail { span.quiet { (page.said(&row.record, detail)) } " " }
                @if let Some(area) = &row.area { span.quiet { (words::place(area, page.language(&row.record))) } }
                (page.link(&row.record))
            }
            td.who { (page.org(&row.organisation)) }
            td.whole { @match row.expires { Some(until) => (words::minute(until)), None => "–" } }
            td { ul.plain { @for reading in first_of_each(&row.acknowledged) {
                li { (page.org(&reading.organisation)) ", " span.quiet.whole { (words::minute(reading.at)) } }
            } } }
            @if waited_for(page) {
                td { @if waiting.is_empty() { "–" } @else { strong { (page.orgs(waiting)) } } }
            }
        }
    }
}

/// Whether it can be said who has not acknowledged: not where an acknowledgement may have been left out.
fn waited_for(page: &Page) -> bool {
    page.stays() && page.terms.left_out.is_empty()
}

/// The first acknowledgement of each organisation.
fn first_of_each(readings: &[Reading]) -> impl Iterator<Item = &Reading> {
    let mut seen = BTreeSet::new();
    let first = readings.iter().filter(move |r| seen.insert(r.organisation));
    first.take(super::limits::NAMED)
}

pub(super) fn timeline(page: &Page) -> Markup {
    let rows = &page.content.view.timeline;
    if rows.is_empty() {
        return page.nothing("Nothing was reported yet.");
    }
    let kinds = &page.content.view.kinds;
    let reports: u64 = kinds
        .iter()
        .filter(|(k, _)| *k != "ack")
        .map(|(_, n)| n)
        .sum();
    html! {
        p.note {
            @if reports > rows.len() as u64 {
                "The newest " (words::number(rows.len() as u64)) " of " (words::number(reports)) " reports, newest first. "
            } @else {
                "Every report, newest first. "
            }
            "Written: "
            @for (at, (kind, n)) in kinds.iter().enumerate() {
                @if at > 0 { ", " }
                (words::records(*n, kind))
            }
            "."
        }
        (frame::table("Timeline", html! {
            thead { tr {
                th scope="col" { "Written, UTC" } th scope="col" { "Kind" } th scope="col" { "What" }
                th scope="col" { "Organisation" } th scope="col" { "Grade" } th scope="col" { "Marking" }
                th scope="col" { "Record" }
            } }
            tbody { @for row in rows { (entry(page, row)) } }
        }))
    }
}

fn entry(page: &Page, row: &TimelineEntry) -> Markup {
    let now = row.now.as_ref().unwrap_or(&row.summary);
    html! {
        tr id=(format!("r{}", row.record)) {
            td.whole { (words::minute(row.summary.created)) }
            td { (row.summary.kind) }
            td {
                (what(page, &row.record, now, row.withdrawn_by.is_some()))
                @if row.summary.attachments > 0 {
                    div.quiet { "With " (words::records(row.summary.attachments.into(), "file")) "." }
                }
                @if let Some(doubt) = row.clock && doubt != ClockDoubt::AfterArrival {
                    div.state { "Doubtful clock: " (doubt) "." }
                }
                @if let Some(by) = row.withdrawn_by {
                    div.state { "Withdrawn by " (page.link(&by)) "; it counts nowhere." }
                }
                @if let Some(by) = row.superseded_by {
                    div.state { "Corrected by " (page.link(&by)) (before(page, row)) }
                }
            }
            td.who { (page.org(&row.summary.organisation)) }
            td.whole {
                @if let Some(grading) = now.grading { (grading) }
                @if let Some(verification) = now.verification { br; span.quiet { (verification) } }
            }
            td.whole { (row.summary.tlp) }
            td { span.id { (row.record.to_string().get(..8).unwrap_or_default()) } }
        }
    }
}

fn what(page: &Page, record: &RecordId, now: &Summary, withdrawn: bool) -> Markup {
    let counts = words::counts(&now.counts.totals());
    html! {
        @if withdrawn { s { (page.said(record, &now.title)) } } @else { (page.said(record, &now.title)) }
        div.quiet {
            @if let Some(detail) = &now.detail { (page.said(record, detail)) ". " }
            @if let Some(time) = &now.time { (words::date(time)) ". " }
            @if let Some(place) = &now.place { (words::place(place, page.language(record))) }
        }
        @if !counts.is_empty() { div { (counts.join(" · ")) } }
    }
}

/// What a corrected record said before, as far as its numbers and its grading go.
fn before(page: &Page, row: &TimelineEntry) -> Markup {
    let was = &row.summary;
    let now = row.now.as_ref().unwrap_or(was);
    let counts = words::counts(&was.counts.totals());
    html! {
        @if now.title != was.title { ". It was called: " (words::said(&was.title, page.languages.get(&row.record))) }
        @if now.counts != was.counts {
            ". It said: " @if counts.is_empty() { "no numbers" } @else { (counts.join(" · ")) }
        }
        @if now.grading != was.grading && let Some(grading) = was.grading { ", graded " (grading) }
        "."
    }
}
