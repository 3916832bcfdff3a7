//! People: how many incidents killed, injured and so on; incidents by week; displacement over time.

use super::{Page, chart, frame, limits, words};
use maud::{Markup, html};

pub(super) fn totals(page: &Page) -> Markup {
    let content = &page.content;
    let counted: Vec<_> = content
        .view
        .totals
        .named()
        .into_iter()
        .filter(|(_, range)| !range.is_unknown())
        .collect();
    if counted.is_empty() {
        return page.nothing("No incident gives a number of people.");
    }
    html! {
        (frame::table("People in incidents", html! {
            thead { tr {
                th scope="col" { "" } th.n scope="col" { "At least" } th.n scope="col" { "Best estimate" } th.n scope="col" { "At most" }
            } }
            tbody {
                @for (name, range) in &counted {
                    tr {
                        th scope="row" { (words::title(name)) }
                        td.n { (words::bound(range.low)) }
                        td.n { strong { (words::bound(range.best)) } }
                        td.n { (words::bound(range.high)) }
                    }
                }
            }
        }))
        p.note {
            (words::number(content.events)) @if content.events == 1 { " event" } @else { " events" }
            ", each once, as corrected; nothing that was withdrawn or refuted. A dash: nobody has said. "
            "An incident without a bound is counted with its nearest one."
        }
    }
}

pub(super) fn incidents(page: &Page) -> Markup {
    let weeks = &page.content.weeks;
    if weeks.columns.is_empty() {
        return page.nothing("No incident was reported.");
    }
    html! {
        figure { (chart::weeks(weeks)) }
        p.note {
            "Events by the week in which they began, Monday to Sunday; by the time of writing where no other is given."
            @if weeks.earlier > 0 { " " (words::number(weeks.earlier)) " were earlier." }
        }
    }
}

pub(super) fn displacement(page: &Page) -> Markup {
    let rows = &page.content.view.displacement;
    if rows.is_empty() {
        return page.nothing("No displacement was reported.");
    }
    let shown = rows.len().min(limits::REPORTS);
    let listed = rows.iter().rev().take(shown);
    html! {
        figure { (chart::displacement(rows)) }
        p.note {
            "Filled: people displaced in all, by a situation report; hollow: people driven out by one incident. "
            "The bar goes from at least to at most, the mark is the best estimate. They are not added up."
        }
        (frame::table("Displacement over time", html! {
            thead { tr {
                th scope="col" { "Until, UTC" } th scope="col" { "By" } th scope="col" { "Where" }
                th scope="col" { "Organisation" } th scope="col" { "Grade" }
                th.n scope="col" { "At least" } th.n scope="col" { "Best" } th.n scope="col" { "At most" }
            } }
            tbody {
                @for row in listed {
                    tr {
                        td.whole { (words::minute(row.at)) }
                        td { (row.kind) " " (page.link(&row.record)) }
                        td { @if let Some(place) = &row.place { (words::place(place, page.language(&row.record))) } }
                        td.who { (page.org(&row.organisation)) }
                        td { @if let Some(grading) = row.grading { (grading) } }
                        td.n { (words::bound(row.displaced.low)) }
                        td.n { strong { (words::bound(row.displaced.best)) } }
                        td.n { (words::bound(row.displaced.high)) }
                    }
                }
            }
        }))
        @if rows.len() > shown || rows.len() >= page.content.rows {
            p.note {
                "The newest " (shown) " reports of displacement are in the table, the newest "
                (rows.len().min(limits::BARS)) " in the chart."
            }
        }
    }
}
