//! The page for people in an evidence bundle: every record whole, in the words of its author. It proves nothing by itself.

use super::{frame, words};
use focal_protocol::record::Tlp;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use serde_json::Value;

/// What the page of a bundle says.
#[derive(Debug, Clone, Default)]
pub struct EvidencePage {
    /// The case's title.
    pub title: String,
    /// The case.
    pub case: String,
    /// The narrowest label of the records.
    pub marking: String,
    /// For whom.
    pub purpose: String,
    /// The federation's name.
    pub federation: String,
    /// Its fingerprint, as words.
    pub fingerprint: String,
    /// Who seals the bundle, and when.
    pub sealed: String,
    /// What was kept back, and why.
    pub left_out: Vec<String>,
    /// The records, in case order.
    pub records: Vec<EvidenceRecord>,
}

/// A record on it.
#[derive(Debug, Clone, Default)]
pub struct EvidenceRecord {
    /// The record.
    pub id: String,
    /// What a list shows of it.
    pub title: String,
    /// The author's name.
    pub author: String,
    /// The organisation's name.
    pub organisation: String,
    /// The protocol's `record::Record` as JSON.
    pub content: Value,
    /// Its files: the name that the author gave, and the item in the bundle; none if the file is not in it.
    pub files: Vec<(String, Option<String>)>,
}

impl EvidencePage {
    /// Writes the page.
    #[must_use]
    pub fn write(&self) -> String {
        let style = PreEscaped(include_str!("style.css"));
        let page = html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta http-equiv="Content-Security-Policy" content=(super::POLICY);
                    meta name="referrer" content="no-referrer";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    link rel="icon" href="data:,";
                    title { (self.marking) " " (words::plain(&self.title)) }
                    style { (style) }
                }
                body {
                    div.sheet {
                        div.band.top { (self.band()) }
                        div.leaf { (self.head()) main { @for record in &self.records { (record.section()) } } }
                        div.band.bottom { (self.band()) }
                    }
                }
            }
        };
        page.into_string()
    }

    fn band(&self) -> Markup {
        // What cannot be read as a label is for nobody.
        frame::marking(self.marking.parse().unwrap_or(Tlp::Red))
    }

    fn head(&self) -> Markup {
        html! {
            header {
                h1 { (words::said(&self.title, None)) }
                p.lead { "Evidence: " (words::records(self.records.len() as u64, "record")) " of case " code { (self.case) } "." }
                div.terms {
                    p { strong { "For: " } (words::said(&self.purpose, None)) }
                    p { strong { "Sealed: " } (words::said(&self.sealed, None)) }
                    p { strong { "Federation: " } (words::said(&self.federation, None)) ", " code { (self.fingerprint) } }
                    @for left in &self.left_out { p { strong { "Left out: " } (words::said(left, None)) } }
                }
                p.note {
                    "This page is a reading aid by whoever sealed the bundle. What proves something are the signed records beside it: "
                    code { "focal verify FILE" } " checks them, with no network and no account."
                }
            }
        }
    }
}

impl EvidenceRecord {
    fn section(&self) -> Markup {
        let text = |name: &str| self.content[name].as_str().unwrap_or_default();
        let body = self.content["body"]
            .as_object()
            .and_then(|b| b.iter().next());
        let language = text("language").parse().ok();
        let said = |text: &str| words::said(text, language.as_ref());
        html! {
            section {
                h2 id=(format!("r{}", self.id)) {
                    @match body { Some((kind, _)) => (words::title(kind)), None => "Record" }
                    ": " (said(&self.title))
                }
                p.quiet {
                    code { (self.id) } br;
                    (words::said(&self.author, None)) ", " (words::said(&self.organisation, None)) ", " (text("created"))
                    ", " (words::said(self.content["marking"]["tlp"].as_str().unwrap_or_default(), None))
                }
                dl.fields {
                    @for name in ["grading", "verification", "language"] {
                        @if !text(name).is_empty() { dt { (words::title(name)) } dd { (words::said(text(name), None)) } }
                    }
                    @if let Some((_, fields)) = body { (value(fields, &said, 0)) }
                    @if !self.files.is_empty() {
                        dt { "Files" }
                        @for (name, item) in &self.files {
                            dd {
                                (words::said(name, None)) ": "
                                @match item { Some(item) => code { (item) }, None => "not in this bundle" }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Deeper than anything that a record holds.
const DEPTH: usize = 8;

/// A value of a record, whatever it is.
fn value(of: &Value, said: &impl Fn(&str) -> Markup, depth: usize) -> Markup {
    if depth > DEPTH {
        return html! { "…" };
    }
    match of {
        Value::Object(fields) if depth == 0 => html! {
            @for (name, field) in fields {
                dt { (words::title(name)) }
                dd { (value(field, said, depth + 1)) }
            }
        },
        // What belongs together stands in a line, however deep it lies.
        Value::Object(fields) => html! {
            @for (at, (name, field)) in fields.iter().enumerate() {
                @if at > 0 { ", " }
                span.quiet { (words::words(name)) } " " (value(field, said, depth + 1))
            }
        },
        Value::Array(items) => html! {
            ul { @for item in items { li { (value(item, said, depth + 1)) } } }
        },
        Value::String(text) => said(text),
        other => html! { (other.to_string()) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use scraper::{Html, Selector};
    use serde_json::json;

    #[test]
    fn every_field_is_on_the_page_as_text() {
        let hostile = "<script>alert(1)</script>";
        let page = EvidencePage {
            title: hostile.into(),
            marking: "TLP:AMBER".into(),
            left_out: vec![hostile.into()],
            records: vec![EvidenceRecord {
                id: "ab".repeat(32),
                title: hostile.into(),
                author: hostile.into(),
                organisation: hostile.into(),
                content: json!({"language": "ar", "created": "2026-11-03T14:30:00Z", "marking": {"tlp": "TLP:AMBER"},
                    "body": {"incident": {"title": hostile, "counts": {"killed": {"low": 6, "by": [{"sex": "female"}]}},
                    "weapons": [hostile, "knives"]}}}),
                files: vec![(hostile.into(), None)],
            }],
            ..EvidencePage::default()
        };
        let html = page.write();
        let parsed = Html::parse_document(&html);
        assert!(parsed.errors.is_empty(), "{:?}", parsed.errors);
        let scripts = Selector::parse("script, img, [src]").expect("a selector");
        assert_eq!(parsed.select(&scripts).count(), 0);
        let text: String = parsed.root_element().text().collect();
        for shown in [hostile, "knives", "female", "killed", "not in this bundle"] {
            assert!(text.contains(shown), "{shown}");
        }
    }
}
