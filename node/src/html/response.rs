//! What the partners do: requests and pledges, activities, designations, meetings.

use super::{Page, frame, words};
use focal_protocol::{
    id::RecordId,
    record::{ActivityRow, Edtf, Place, Positions, RequestRow},
};
use maud::{Markup, html};

fn place(page: &Page, record: &RecordId, place: Option<&Place>) -> Markup {
    html! { @if let Some(place) = place { (words::place(place, page.language(record))) } }
}

pub(super) fn requests(page: &Page) -> Markup {
    let rows = &page.content.view.requests;
    if rows.is_empty() {
        return page.nothing("No help was asked for.");
    }
    html! {
        (frame::table("Help wanted and offered", html! {
            thead { tr {
                th scope="col" { "Wanted" } th scope="col" { "Where" } th scope="col" { "By" }
                th scope="col" { "Asked by" } th scope="col" { "Pledged by" }
                th.n scope="col" { "Wanted" } th.n scope="col" { "Pledged" } th.n scope="col" { "Open" }
            } }
            tbody {
                @for row in rows.iter().rev() { (request(page, row)) }
            }
        }))
        (frame::cut(page.content.cut("request", rows.len())))
    }
}

fn request(page: &Page, row: &RequestRow) -> Markup {
    html! {
        tr {
            th scope="row" {
                @match &row.unit {
                    Some(unit) => { (page.said(&row.record, unit)) " " span.quiet { (row.capability) } },
                    None => (words::title(row.capability.as_str())),
                }
                " " (page.link(&row.record))
            }
            td { (place(page, &row.record, row.place.as_ref())) }
            td.whole { @if let Some(by) = &row.needed_by { (words::date(by)) } }
            td.who { (page.org(&row.organisation)) }
            td {
                ul.plain {
                    @for pledge in &row.pledges {
                        li {
                            (words::number(pledge.quantity.into())) " by " (page.org(&pledge.organisation))
                            @if let Some(from) = &pledge.available { span.quiet { ", from " (words::date(from)) } }
                        }
                    }
                }
            }
            td.n { (words::number(row.quantity.into())) }
            td.n { (words::number(row.pledged.into())) }
            td.n { strong { (words::number(row.open.into())) } }
        }
    }
}

pub(super) fn activities(page: &Page) -> Markup {
    let rows = &page.content.view.activities;
    if rows.is_empty() {
        return page.nothing("No activity was reported.");
    }
    html! {
        (frame::table("Who does what, where, when, for whom", html! {
            thead { tr {
                th scope="col" { "Who" } th scope="col" { "What" } th scope="col" { "Where" }
                th scope="col" { "When" } th scope="col" { "For whom" }
                th.n scope="col" { "Targeted" } th.n scope="col" { "Reached" } th scope="col" { "Status" }
            } }
            tbody {
                @for row in rows.iter().rev() { (activity(page, row)) }
            }
        }))
        (frame::cut(page.content.cut("activity", rows.len())))
    }
}

fn activity(page: &Page, row: &ActivityRow) -> Markup {
    let day = |date: &Option<Edtf>| date.as_ref().map_or_else(|| "…".into(), words::date);
    html! {
        tr {
            th scope="row" {
                @match &row.who {
                    Some(who) => { (page.said(&row.record, who)) " " span.quiet { "by " (page.org(&row.organisation)) } },
                    None => (page.org(&row.organisation)),
                }
            }
            td {
                (page.said(&row.record, &row.activity)) " "
                span.quiet {
                    (words::words(row.cluster.as_str()))
                    @if let Some(r) = row.responsibility { ", " (words::words(r.as_str())) }
                }
                " " (page.link(&row.record))
            }
            td { (place(page, &row.record, row.place.as_ref())) }
            td {
                @if row.start.is_some() || row.end.is_some() { span.whole { (day(&row.start)) } " to " span.whole { (day(&row.end)) } }
            }
            td { @if let Some(whom) = &row.for_whom { (page.said(&row.record, whom)) } }
            td.n { (words::bound(row.targeted)) }
            td.n { (words::bound(row.reached)) }
            td { (row.status) }
        }
    }
}

pub(super) fn designations(page: &Page) -> Markup {
    let rows = &page.content.view.designations;
    if rows.is_empty() {
        return page.nothing("Nobody was designated.");
    }
    html! {
        (frame::table("Designations and positions", html! {
            thead { tr {
                th scope="col" { "Subject" } th scope="col" { "Measures" }
                th scope="col" { "Proposed by" } th scope="col" { "Positions" }
            } }
            tbody {
                @for row in rows.iter().rev() {
                    tr {
                        th scope="row" {
                            (page.said(&row.record, &row.name)) " " span.quiet { (row.subject) } " " (page.link(&row.record))
                        }
                        td { @for (at, m) in row.measures.iter().enumerate() { @if at > 0 { ", " } (words::words(m.as_str())) } }
                        td.who { (page.org(&row.organisation)) }
                        td { (positions(page, &row.positions)) }
                    }
                }
            }
        }))
        (frame::cut(page.content.cut("designation", rows.len())))
    }
}

/// Each organisation's latest stand on a line.
fn positions(page: &Page, positions: &Positions) -> Markup {
    html! {
        ul.plain {
            @for p in &positions.latest {
                li {
                    (page.org(&p.organisation)) ": " strong { (words::words(p.stand.as_str())) }
                    @if let Some(date) = &p.date { ", since " (words::date(date)) }
                    @if let Some(act) = &p.act { ", " (page.said(&p.record, act)) }
                    span.quiet {
                        ", " (words::day(p.created))
                        @if let Some(comment) = &p.comment { ". " (page.said(&p.record, comment)) }
                    }
                }
            }
            @if positions.latest.is_empty() { li.quiet { "none yet" } }
            @if !positions.earlier.is_empty() {
                li.quiet { "and " (positions.earlier.len()) " earlier, replaced by these" }
            }
        }
    }
}

pub(super) fn convenings(page: &Page) -> Markup {
    let rows = &page.content.view.convenings;
    if rows.is_empty() {
        return page.nothing("No meeting was called.");
    }
    html! {
        (frame::table("Meetings and answers", html! {
            thead { tr {
                th scope="col" { "When, UTC" } th scope="col" { "What" } th scope="col" { "Where" }
                th scope="col" { "Invited" } th scope="col" { "Answers" }
            } }
            tbody {
                @for row in rows.iter().rev() {
                    tr {
                        td.whole { (words::minute(row.start)) @if let Some(end) = row.end { br; "to " (words::minute(end)) } }
                        th scope="row" {
                            (page.said(&row.record, &row.title)) " "
                            span.quiet { "called by " (page.org(&row.organisation)) } " " (page.link(&row.record))
                        }
                        td {
                            (place(page, &row.record, row.place.as_ref()))
                            // Text, not a link: a page that others wrote leads nowhere.
                            @if let Some(link) = &row.link { " " (page.said(&row.record, link)) }
                        }
                        td { @if row.invited.is_empty() { "all of the case" } @else { (page.orgs(&row.invited)) } }
                        td { (positions(page, &row.positions)) }
                    }
                }
            }
        }))
        (frame::cut(page.content.cut("convening", rows.len())))
    }
}
