//! Reports as people write them: TOML, JSON, or Markdown with front matter.

mod format;

pub(crate) use format::Format;

use crate::{
    error::{Error, Exit, Result},
    lang::tr,
};
use focal_protocol::record::Kind;
use serde_json::{Map, Value};

/// A report file with all its text, bytes: several times what a record may hold.
pub(crate) const LIMIT: usize = 512 << 10;

/// Reads a report's fields. Text below a front matter fills the field that the kind has for it.
///
/// # Errors
/// Not of this form, or without named fields.
pub(crate) fn parse(format: Format, text: &str, hint: Option<Kind>) -> Result<Map<String, Value>> {
    format::fields(format, text, hint).map_err(|why| {
        Error::new(Exit::Refused, tr!("report-unreadable"))
            .why(why)
            .next(tr!("report-unreadable-next"))
    })
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
        }
    }
}
