//! The risk matrix: organisations side by side, by the UN Framework of Analysis for Atrocity Crimes (2014).

use super::{Page, frame, limits, words};
use focal_protocol::record::{JudgedFactor, OrganisationRisk, RiskFactor, Trend};
use maud::{Markup, html};

pub(super) fn matrix(page: &Page) -> Markup {
    let risks = &page.content.view.risks;
    if risks.is_empty() {
        return page.nothing("No organisation has assessed the risk.");
    }
    html! {
        @for columns in risks.chunks(limits::COLUMNS) {
            (side_by_side(page, columns))
        }
        p.note {
            "Level 0 (absent) to 4 (acute) and trend, by each organisation’s latest assessment; a dot: not judged. "
            "Factors: UN Framework of Analysis for Atrocity Crimes, 2014."
        }
        dl.judgements {
            @for risk in risks {
                dt {
                    (page.org(&risk.organisation)) span.quiet {
                        ", " (words::day(risk.created))
                        @if let Some(months) = risk.horizon {
                            @if months == 1 { ", for the next month" } @else { ", for the next " (months) " months" }
                        }
                        " " (page.link(&risk.record))
                    }
                }
                dd { (page.said(&risk.record, &risk.judgement)) }
            }
        }
    }
}

fn side_by_side(page: &Page, columns: &[OrganisationRisk]) -> Markup {
    let groups = [
        "all atrocity crimes",
        "genocide",
        "crimes against humanity",
        "war crimes",
    ];
    frame::table(
        "Risk factors by organisation",
        html! {
            thead { tr {
                th scope="col" { "Risk factor" }
                @for risk in columns { th.level scope="col" { (page.org(&risk.organisation)) } }
            } }
            @for group in groups {
                tbody {
                    tr.group { th scope="rowgroup" colspan=(columns.len() + 1) { "Of " (group) } }
                    @for factor in RiskFactor::ALL.iter().filter(|f| f.crime() == group) {
                        tr {
                            th scope="row" { span.ordinal { (factor.number()) } (words::words(factor.as_str())) }
                            @for risk in columns {
                                (cell(risk.factors.iter().find(|f| f.factor == *factor)))
                            }
                        }
                    }
                }
            }
        },
    )
}

fn cell(judged: Option<&JudgedFactor>) -> Markup {
    let Some(judged) = judged else {
        return html! { td.level { span.quiet aria-label="not judged" { "·" } } };
    };
    let arrow = |trend| match trend {
        Trend::Rising => "↑",
        Trend::Stable => "→",
        Trend::Falling => "↓",
    };
    html! {
        td.level.(format!("l{}", judged.level.min(4))) {
            (judged.level)
            @if let Some(trend) = judged.trend { " " span.trend { (arrow(trend)) " " (trend) } }
        }
    }
}
