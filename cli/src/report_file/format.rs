//! The forms in which a person may write a report, read into fields. Errors are the parsers' words; nothing here knows of a
//! terminal or a language.

use crate::lang::tr;
use focal_protocol::record::Kind;
use gray_matter::{Matter, engine::YAML};
use serde_json::{Map, Value};
use std::path::Path;

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
///
/// # Errors
/// Not of this form, or without named fields: why.
pub(crate) fn fields(
    format: Format,
    text: &str,
    hint: Option<Kind>,
) -> Result<Map<String, Value>, String> {
    let value = match format {
        Format::Json => serde_json::from_str(text).map_err(|e| e.to_string())?,
        Format::Toml => {
            let table: toml::Table = toml::from_str(text).map_err(|e| {
                let before = e.span().and_then(|span| text.get(..span.start));
                let line = before.unwrap_or_default().matches('\n').count() + 1;
                tr!("report-line", line, why = e.message())
            })?;
            serde_json::to_value(table).map_err(|e| e.to_string())?
        }
        Format::Markdown => return markdown(text, hint),
    };
    match value {
        Value::Object(map) => Ok(map),
        _ => Err(tr!("report-no-fields")),
    }
}

fn markdown(text: &str, hint: Option<Kind>) -> Result<Map<String, Value>, String> {
    let parsed = Matter::<YAML>::new()
        .parse::<Value>(text)
        .map_err(|e| e.to_string())?;
    let mut map = match parsed.data {
        Some(Value::Object(map)) => map,
        None | Some(Value::Null) => Map::new(),
        Some(_) => return Err(tr!("report-no-fields-between")),
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
