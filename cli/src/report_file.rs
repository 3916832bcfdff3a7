//! Reports as people write them: TOML, JSON, or Markdown with front matter.

use crate::{
    error::{Error, Exit, Result},
    lang::tr,
};
use focal_protocol::record::Kind;
use gray_matter::{Matter, engine::YAML};
use serde_json::{Map, Value};
use std::path::Path;

/// A report file with all its text, bytes: several times what a record may hold.
pub(crate) const LIMIT: usize = 512 << 10;

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Toml,
    Json,
    Markdown,
}

impl Format {
    /// By the file's name, or else by how the text begins.
    pub(crate) fn of(path: Option<&Path>, text: &str) -> Self {
        let extension = path
            .and_then(Path::extension)
            .map(|e| e.to_string_lossy().to_lowercase());
        match extension.as_deref() {
            Some("toml") => Self::Toml,
            Some("json") => Self::Json,
            Some("md" | "markdown") => Self::Markdown,
            _ => match text.trim_start() {
                t if t.starts_with('{') => Self::Json,
                t if t.starts_with("---") => Self::Markdown,
                t if toml::from_str::<toml::Table>(t).is_ok() => Self::Toml,
                // Plain text is the body of a report whose fields come as flags.
                _ => Self::Markdown,
            },
        }
    }
}

/// Reads a report's fields. Text below a front matter fills the field that the kind has for it.
pub(crate) fn parse(format: Format, text: &str, hint: Option<Kind>) -> Result<Map<String, Value>> {
    let unreadable = |why: String| {
        Error::new(Exit::Refused, tr!("report-unreadable"))
            .why(why)
            .next(tr!("report-unreadable-next"))
    };
    let value = match format {
        Format::Json => serde_json::from_str(text).map_err(|e| unreadable(e.to_string()))?,
        Format::Toml => {
            let table: toml::Table =
                toml::from_str(text).map_err(|e| unreadable(e.message().to_string()))?;
            serde_json::to_value(table).map_err(|e| unreadable(e.to_string()))?
        }
        Format::Markdown => return markdown(text, hint).map_err(unreadable),
    };
    match value {
        Value::Object(map) => Ok(map),
        _ => Err(unreadable("it has no fields with names".into())),
    }
}

fn markdown(text: &str, hint: Option<Kind>) -> std::result::Result<Map<String, Value>, String> {
    let parsed = Matter::<YAML>::new()
        .parse::<Value>(text)
        .map_err(|e| e.to_string())?;
    let mut map = match parsed.data {
        Some(Value::Object(map)) => map,
        None | Some(Value::Null) => Map::new(),
        Some(_) => return Err("the part between the --- lines has no fields with names".into()),
    };
    let body = parsed.content.trim();
    let kind = map
        .get("kind")
        .and_then(Value::as_str)
        .and_then(|k| k.parse().ok())
        .or(hint);
    if let Some(kind) = kind.filter(|_| !body.is_empty()) {
        let field = Kind::body_field(kind);
        if map.get(field).is_none_or(Value::is_null) {
            map.insert(field.into(), Value::String(body.into()));
        }
    }
    Ok(map)
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
