//! The files that a report names, as people write them: paths in the field `attachments`.

use crate::error::{Error, Exit, Result};
use crate::lang::tr;
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};

const FIELD: &str = "attachments";

/// The paths in the field.
///
/// # Errors
/// Something else stands there.
pub(crate) fn paths(fields: &Map<String, Value>) -> Result<Vec<PathBuf>> {
    let odd = || {
        Error::new(Exit::Refused, tr!("attach-odd"))
            .why(tr!("attach-odd-why"))
            .next(tr!("attach-odd-next"))
    };
    let path = |value: &Value| value.as_str().map(PathBuf::from).ok_or_else(odd);
    match fields.get(FIELD) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(items)) => items.iter().map(path).collect(),
        Some(Value::String(text)) if text.trim().is_empty() => Ok(Vec::new()),
        Some(single) => Ok(vec![path(single)?]),
    }
}

/// Puts what the file names, as seen from its directory, and then what was given by flags.
///
/// # Errors
/// Something else stands in the field.
pub(crate) fn absolute(
    fields: &mut Map<String, Value>,
    file: Option<&Path>,
    more: &[PathBuf],
) -> Result<()> {
    let mut all = paths(fields)?;
    if all.is_empty() && more.is_empty() {
        return Ok(());
    }
    let dir = file.and_then(Path::parent).unwrap_or(Path::new(""));
    for path in &mut all {
        *path = dir.join(&path);
    }
    all.extend(more.iter().cloned());
    let whole = |path: &PathBuf| std::path::absolute(path).unwrap_or_else(|_| path.clone());
    put(fields, &all.iter().map(whole).collect::<Vec<_>>())
}

/// Puts something that has a JSON form in the field.
///
/// # Errors
/// A path is no text.
pub(crate) fn put<T: serde::Serialize>(fields: &mut Map<String, Value>, what: &[T]) -> Result<()> {
    let value = serde_json::to_value(what).map_err(|e| {
        Error::new(Exit::Failed, tr!("attach-name-odd"))
            .why(e.to_string())
            .next(tr!("attach-name-odd-next"))
    })?;
    fields.insert(FIELD.into(), json!(value));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_named_as_seen_from_where_they_are_named() {
        let mut fields = Map::new();
        fields.insert(FIELD.into(), json!(["a.jpg", "/x/b.jpg"]));
        let file = Some(Path::new("/reports/market.md"));
        absolute(&mut fields, file, &["/y/c.jpg".into()]).expect("paths");
        assert_eq!(
            fields[FIELD],
            json!(["/reports/a.jpg", "/x/b.jpg", "/y/c.jpg"])
        );
        assert_eq!(paths(&fields).expect("paths").len(), 3);
    }

    #[test]
    fn what_is_no_path_is_refused() {
        let mut fields = Map::new();
        fields.insert(FIELD.into(), json!([{"name": "x"}]));
        assert_eq!(paths(&fields).expect_err("refused").exit, Exit::Refused);
        fields.insert(FIELD.into(), json!("one.jpg"));
        assert_eq!(paths(&fields).expect("one"), [PathBuf::from("one.jpg")]);
    }
}
