//! What stands around the content: the marking on every sheet, the title, who made the page, what was left out.

use super::{Page, Readers, Section, words};
use focal_protocol::record::{ClockDoubt, Tlp};
use maud::{Markup, html};

/// The whole body. Printed, the marking is repeated at the top and bottom of every sheet, as head and foot of a table are.
pub(super) fn sheet(page: &Page, sections: &[Section]) -> Markup {
    html! {
        a.skip href="#content" { "To the content" }
        div.sheet {
            div.band.top { (marking(page.marking())) }
            div.leaf {
                (head(page))
                nav aria-label="Parts of this page" {
                    ul { @for s in sections { li { a href=(format!("#{}", s.anchor)) { (s.heading) } } } }
                }
                main #content tabindex="-1" {
                    @for s in sections {
                        section aria-labelledby=(s.anchor) {
                            h2 id=(s.anchor) { (s.heading) }
                            (s.body)
                        }
                    }
                }
            }
            div.band.bottom { (marking(page.marking())) }
        }
    }
}

fn class(tlp: Tlp) -> &'static str {
    match tlp {
        Tlp::Red => "red",
        Tlp::AmberStrict | Tlp::Amber => "amber",
        Tlp::Green => "green",
        Tlp::Clear => "clear",
    }
}

pub(super) fn marking(tlp: Tlp) -> Markup {
    html! { span.tlp.(class(tlp)) { (tlp) } }
}

fn head(page: &Page) -> Markup {
    let content = &page.content;
    html! {
        header {
            h1 { (words::said(&page.title, None)) }
            p.lead {
                @if page.stays() { "Case file of " (page.orgs(&page.members)) ". " }
                (words::number(content.records as u64)) " records. Opened " span.whole { (words::day(page.opened)) }
                ", " (words::said(&page.stage, None)) ". All times are UTC."
            }
            p.quiet {
                "Case " code { (digits(&page.case.to_string())) } ", case view " code { (digits(&content.hash.to_string())) } "."
            }
            (terms(page))
            (made(page))
        }
    }
}

/// Enough of an id to compare it over the phone.
fn digits(id: &str) -> &str {
    id.get(..16).unwrap_or(id)
}

fn terms(page: &Page) -> Markup {
    let terms = &page.terms;
    html! {
        div.terms {
            p { strong { "For: " } (readers(page)) "." }
            @if let Some(note) = &terms.note { p { strong { "Purpose: " } (words::said(note, None)) } }
            @if terms.left_out.is_empty() {
                p { strong { "Left out: " } "nothing." }
            } @else {
                p { strong { "Left out, and counted nowhere on this page:" } }
                ul {
                    @for left in &terms.left_out {
                        li {
                            (words::number(left.records))
                            @if left.records == 1 { " record: " } @else { " records: " }
                            (left.why)
                        }
                    }
                }
            }
        }
    }
}

fn readers(page: &Page) -> Markup {
    match &page.terms.readers {
        // Not by its name, which is in the paragraph that differs from node to node.
        Readers::Own => html! { "the organisation that made this page" },
        Readers::Organisations(orgs) => page.orgs(orgs),
        Readers::Served => {
            html! { "those whom the organisation that made this page serves, who need to know" }
        }
        Readers::Court => html! { "a court" },
        Readers::Public => html! { "everybody" },
    }
}

/// Records whose time is later than their arrival at the node that made the page.
fn early(page: &Page) -> u64 {
    let rows = page.content.view.timeline.iter();
    rows.filter(|row| row.clock == Some(ClockDoubt::AfterArrival))
        .count() as u64
}

/// Who made the page: differs from node to node.
fn made(page: &Page) -> Markup {
    let made = &page.made;
    html! {
        p.here {
            "Made " (words::minute(made.at)) " by the node of " (words::said(&made.organisation, None))
            " (" code { (made.node.get(..8).unwrap_or_default()) } ")"
            @if made.waiting > 0 {
                "; " strong { (words::number(made.waiting)) " entries cannot be read here yet" }
                " and are not in it"
            }
            @let early = early(page);
            @if early > 0 {
                "; the times of " strong { (words::number(early)) " records" } " are later than their arrival here, and doubtful"
            }
            ". "
            @if page.stays() {
                "But for this paragraph and “Who holds what”, every node that shows the same records makes the same page."
            } @else {
                "But for this paragraph, every node that shows the same records makes the same page."
            }
        }
    }
}

/// Who holds how much of the case: differs from node to node.
pub(super) fn holdings(page: &Page) -> Markup {
    html! {
        div.here {
            (table("Who holds how much of the case", html! {
                thead { tr {
                    th scope="col" { "Organisation" } th scope="col" { "Node" } th scope="col" { "Role" }
                    th.n scope="col" { "Holds" } th.n scope="col" { "Of" }
                } }
                tbody {
                    @for h in &page.made.holdings {
                        tr {
                            th scope="row" { (words::said(&h.organisation, None)) }
                            td { span.id { (h.node.get(..8).unwrap_or_default()) } }
                            td { (h.role) }
                            td.n { (words::number(h.holds)) }
                            td.n { (words::number(h.of)) }
                        }
                    }
                }
            }))
            p.note { "Sealed entries, as the node that made this page knows from its partners’ acknowledgements." }
        }
    }
}

/// A table that may be wider than the screen: it scrolls by itself, also by keyboard.
pub(super) fn table(label: &str, rows: Markup) -> Markup {
    html! {
        div.wide role="region" tabindex="0" aria-label=(label) { table { (rows) } }
    }
}

/// What is said below a table that was cut.
pub(super) fn cut(text: Option<String>) -> Markup {
    html! { @if let Some(text) = text { p.note { (text) } } }
}
