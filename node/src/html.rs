//! A case as one HTML page that needs nothing else: no script, no font, no tile, no request to anywhere.
//!
//! In reading order: [`Page`] and [`write()`]; `content` (what is taken from the case), `frame` (marking, title, who made
//! it and what was left out), then a file for each part of the page; `words` (how texts, numbers and times are written:
//! whatever a person wrote goes through it), `limits`.
//!
//! The same records, directory and membership give the same bytes, but for the two elements with the class `here`: who
//! made the page and when, and what this node knows of who holds what. Markup is written with `maud`, which escapes every value
//! and checks the markup when Focal is compiled; drawings and tables are computed, and beside code they read better in its
//! notation than in template files. Nothing here uses its `PreEscaped` except for the style sheet, which is our own.

mod chart;
mod content;
mod evidence;
mod frame;
mod limits;
mod map;
mod people;
mod response;
mod risks;
mod timeline;
mod weeks;
mod words;

pub(crate) use content::Content;
pub use evidence::{EvidencePage, EvidenceRecord};
pub(crate) use limits::{MOST_ROWS, PURPOSE, ROWS};

use focal_protocol::{
    id::{CaseId, OrgId, RecordId},
    record::{Language, Marking, Tlp},
    time::Time,
};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use std::collections::BTreeMap;

/// What a page may do: be looked at.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/// A page to be written.
pub(crate) struct Page {
    /// The case.
    pub(crate) case: CaseId,
    /// Its title.
    pub(crate) title: String,
    /// When it was opened.
    pub(crate) opened: Time,
    /// Whether it is open.
    pub(crate) stage: String,
    /// Organisations of the case.
    pub(crate) members: Vec<OrgId>,
    /// What organisations are called.
    pub(crate) names: BTreeMap<OrgId, String>,
    /// What its records show.
    pub(crate) content: Content,
    /// Languages of the records in [`Content::shown`], by the records that speak.
    pub(crate) languages: BTreeMap<RecordId, Language>,
    /// For whom it is, and what they do not get.
    pub(crate) terms: Terms,
    /// Who made it.
    pub(crate) made: Made,
}

/// For whom and what for a page is made.
#[derive(Debug, Clone)]
pub(crate) struct Terms {
    /// For whom.
    pub(crate) readers: Readers,
    /// What for, as the person who asked for it says.
    pub(crate) note: Option<String>,
    /// What was left out.
    pub(crate) left_out: Vec<LeftOut>,
}

/// Those who get a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Readers {
    /// Nobody but the organisation whose node makes it.
    Own,
    /// These organisations.
    Organisations(Vec<OrgId>),
    /// Those whom it serves.
    Served,
    /// A court.
    Court,
    /// Everybody.
    Public,
}

/// Records that are not on the page, all for one reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LeftOut {
    /// How many.
    pub(crate) records: u64,
    /// Why.
    pub(crate) why: String,
}

/// What only this node can say.
#[derive(Debug, Clone, Default)]
pub(crate) struct Made {
    /// The node.
    pub(crate) node: String,
    /// Its organisation's name.
    pub(crate) organisation: String,
    /// When, by its clock.
    pub(crate) at: Time,
    /// Entries that it cannot read yet.
    pub(crate) waiting: u64,
    /// Who holds what, as far as it knows.
    pub(crate) holdings: Vec<Holding>,
}

/// How much of the case a node holds.
#[derive(Debug, Clone, Default)]
pub(crate) struct Holding {
    /// The node.
    pub(crate) node: String,
    /// Its organisation's name.
    pub(crate) organisation: String,
    /// `custodian`, `contributor`, `reader`.
    pub(crate) role: String,
    /// Entries that it has acknowledged to hold.
    pub(crate) holds: u64,
    /// Entries held here.
    pub(crate) of: u64,
}

/// Writes the page.
pub(crate) fn write(page: &Page) -> String {
    let style = PreEscaped(include_str!("html/style.css"));
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="referrer" content="no-referrer";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                // An icon of nothing, or a browser asks for one.
                link rel="icon" href="data:,";
                title { (page.marking()) " " (words::plain(&page.title)) }
                style { (style) }
            }
            body { (frame::sheet(page, &page.sections())) }
        }
    };
    page.into_string()
}

/// A part of the page: the name of its anchor, its heading, what it shows.
struct Section {
    anchor: &'static str,
    heading: &'static str,
    body: Markup,
}

impl Page {
    /// The label on every printed page: the narrowest of all records in it.
    fn marking(&self) -> Tlp {
        // What nobody has marked is marked as a report would be.
        let empty = || Marking::default().tlp;
        self.content.narrowest.unwrap_or_else(empty)
    }

    /// Whether it stays in the organisation whose node makes it. Who is in the case, and whose nodes hold what, is nobody
    /// else's business.
    fn stays(&self) -> bool {
        self.terms.readers == Readers::Own
    }

    fn sections(&self) -> Vec<Section> {
        let section = |anchor, heading, body| Section {
            anchor,
            heading,
            body,
        };
        let mut sections = vec![
            section("people", "People in incidents", people::totals(self)),
            section("alerts", "Alerts", timeline::alerts(self)),
            section("map", "Map", self.map()),
            section("incidents", "Incidents by week", people::incidents(self)),
            section("displacement", "Displacement", people::displacement(self)),
            section("risks", "Risk of atrocity crimes", risks::matrix(self)),
            section(
                "requests",
                "Help wanted and offered",
                response::requests(self),
            ),
            section(
                "activities",
                "Who does what, where, when, for whom",
                response::activities(self),
            ),
            section("designations", "Designations", response::designations(self)),
            section("convenings", "Meetings", response::convenings(self)),
            section("timeline", "Timeline", timeline::timeline(self)),
        ];
        if self.stays() {
            sections.push(section("holdings", "Who holds what", frame::holdings(self)));
        }
        sections
    }

    /// An organisation's name.
    fn org(&self, org: &OrgId) -> Markup {
        match self.names.get(org) {
            Some(name) => words::said(name, None),
            None => html! { (org.short()) },
        }
    }

    /// Names of organisations, each once; many are counted.
    fn orgs<'a>(&self, orgs: impl IntoIterator<Item = &'a OrgId>) -> Markup {
        let mut known: Vec<&OrgId> = Vec::new();
        for org in orgs {
            if !known.contains(&org) {
                known.push(org);
            }
        }
        let more = known.len().saturating_sub(limits::NAMED);
        html! {
            @for (at, org) in known.iter().take(limits::NAMED).enumerate() {
                @if at > 0 { ", " }
                (self.org(org))
            }
            @if more > 0 { " and " (more) " more" }
        }
    }

    /// The language in which a record is shown.
    fn language(&self, record: &RecordId) -> Option<&Language> {
        let speaker = self.content.speakers.get(record).unwrap_or(record);
        self.languages.get(speaker)
    }

    /// What a record says.
    fn said(&self, record: &RecordId, text: &str) -> Markup {
        words::said(text, self.language(record))
    }

    /// The first digits of a record's id, leading to its row of the timeline if it has one.
    fn link(&self, record: &RecordId) -> Markup {
        let id = record.to_string();
        let digits = id.get(..8).unwrap_or_default();
        html! {
            @if self.content.in_timeline.contains(record) {
                a.id href=(format!("#r{id}")) { (digits) }
            } @else {
                span.id { (digits) }
            }
        }
    }

    /// Says that there is nothing to show: an empty part is an answer, too. Where records were left out it says no more
    /// than it knows of the rest.
    fn nothing(&self, text: &str) -> Markup {
        html! {
            p.quiet {
                @if self.terms.left_out.is_empty() { (text) } @else { "Nothing that may stand on this page." }
            }
        }
    }

    fn map(&self) -> Markup {
        let map = &self.content.map;
        if map.spots.is_empty() && map.unplaced.is_empty() {
            return self.nothing("No record of this case names a place.");
        }
        let listed = map.spots.iter().take(limits::SPOTS);
        let more = map.spots.len().saturating_sub(limits::SPOTS);
        html! {
            @if !map.spots.is_empty() {
                figure { (map::svg(map)) (map::legend()) }
                (frame::table("Places on the map", html! {
                    thead { tr {
                        th.n scope="col" { "No." } th scope="col" { "Place" } th scope="col" { "Records" }
                        th scope="col" { "Point" } th scope="col" { "Known" } th scope="col" { "Latest, UTC" }
                    } }
                    tbody {
                        @for (at, spot) in listed.enumerate() {
                            tr {
                                td.n { (at + 1) }
                                td { (spot_names(spot)) }
                                td {
                                    @for (at, (kind, n)) in spot.kinds.iter().enumerate() {
                                        @if at > 0 { ", " }
                                        (words::records(*n, kind.as_str()))
                                    }
                                }
                                td.whole { (words::degrees(spot.middle().lat, spot.middle().lon)) }
                                td { @for (at, e) in spot.exactness.iter().enumerate() { @if at > 0 { ", " } (e.as_str()) } }
                                td.whole { (words::minute(spot.latest)) }
                            }
                        }
                    }
                }))
                @if more > 0 { p.note { (more) " spots with fewer records are on the map and not in the list." } }
            }
            @if !map.unplaced.is_empty() {
                p.note {
                    "Named without a point: "
                    @for (at, (name, n)) in map.unplaced.iter().enumerate() {
                        @if at > 0 { ", " }
                        (words::said(name, None)) " (" (words::number(*n)) ")"
                    }
                    @if map.more > 0 { ", and " (map.more) " more places" }
                    "."
                }
            }
        }
    }
}

fn spot_names(spot: &map::Spot) -> Markup {
    let (names, more) = spot.named();
    html! {
        @for (at, name) in names.iter().enumerate() {
            @if at > 0 { ", " }
            (words::said(name, None))
        }
        @if more > 0 { " and others" }
    }
}

#[cfg(test)]
mod tests;
