//! Reports as people write them: TOML, JSON, or Markdown with front matter.

mod format;

pub(crate) use format::Format;

use crate::{
    error::{Error, Exit, Result},
    lang::{template, tr},
};
use focal_protocol::record::Kind;
use serde_json::{Map, Value};

/// A report file with all its text, bytes: several times what a record may hold.
pub(crate) const LIMIT: usize = 512 << 10;

/// Reads a report's fields. Text below a front matter fills the field that the kind has for it; what a template says there of
/// the text is nobody's report.
///
/// # Errors
/// Not of this form, or without named fields.
pub(crate) fn parse(format: Format, text: &str, hint: Option<Kind>) -> Result<Map<String, Value>> {
    let mut map = format::fields(format, text, hint).map_err(|why| {
        Error::new(Exit::Refused, tr!("report-unreadable"))
            .why(why)
            .next(tr!("report-unreadable-next"))
    })?;
    let kind = map.get("kind").and_then(Value::as_str);
    if let Some(kind) = kind.and_then(|k| k.parse().ok()).or(hint) {
        let said = map.get(kind.body_field()).and_then(Value::as_str);
        if said.is_some_and(|said| is_left_as_it_was(kind, said)) {
            map.remove(kind.body_field());
        }
    }
    Ok(map)
}

/// Whether a text is what the template of a kind has in its place.
fn is_left_as_it_was(kind: Kind, said: &str) -> bool {
    let templates = [kind.template().to_string(), template(kind)];
    let below = |template: &String| {
        let text = template.rsplit_once("---\n").map(|(_, below)| below.trim());
        text.is_some_and(|text| !text.is_empty() && text == said.trim())
    };
    templates.iter().any(below)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_report_reads_the_same_from_every_format() {
        let json = r#"{"kind": "note", "text": "all quiet", "marking": "TLP:GREEN"}"#;
        let toml = "kind = \"note\"\ntext = \"all quiet\"\nmarking = \"TLP:GREEN\"\n";
        let markdown = "---\nkind: note\nmarking: TLP:GREEN\n---\n\nall quiet\n";
        let expected = parse(Format::Json, json, None).expect("json");
        for (format, text) in [(Format::Toml, toml), (Format::Markdown, markdown)] {
            assert_eq!(parse(format, text, None).expect("read"), expected);
            assert_eq!(Format::of(None, text), format);
        }
        assert_eq!(Format::of(None, json), Format::Json);
    }

    #[test]
    fn plain_text_is_the_body_of_the_kind_that_is_named() {
        let map = parse(Format::Markdown, "all quiet", Some(Kind::Note)).expect("read");
        assert_eq!(map["text"], "all quiet");
    }

    #[test]
    fn a_report_that_cannot_be_read_is_refused_with_the_reason() {
        for (format, text) in [
            (Format::Json, "{"),
            (Format::Toml, "a = "),
            (Format::Json, "[1]"),
            (Format::Markdown, "---\na: [\n---\n"),
        ] {
            let error = parse(format, text, None).expect_err("refused");
            assert_eq!(error.exit, Exit::Refused);
        }
    }

    #[test]
    fn every_template_reads_as_its_kind() {
        for kind in Kind::ALL {
            let map = parse(Format::Markdown, kind.template(), None).expect("read");
            assert_eq!(map["kind"], kind.as_str());
            let said = map.get(kind.body_field()).and_then(Value::as_str);
            assert_eq!(said, None, "{kind}: nobody has said that");
        }
    }

    #[test]
    fn a_line_that_is_not_understood_is_named() {
        let error = parse(Format::Toml, "kind = \"note\"\ntext = [\n", None).expect_err("refused");
        assert!(error.why.is_some_and(|why| why.starts_with("line 2: ")));
    }
}
