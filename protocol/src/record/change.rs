//! What is different between two versions of a report, field by field.

use super::Body;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A field that two versions say differently.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The field, with those in which it stands: `counts.killed`.
    pub field: String,
    /// What it said before; none if it was left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Value>,
    /// What it says after; none if it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Value>,
}

impl Body {
    /// Its fields by name, without the kind around them.
    #[must_use]
    pub fn fields(&self) -> Map<String, Value> {
        // A body holds strings, numbers and lists below the name of its kind: it always has a JSON form.
        let value = serde_json::to_value(self).unwrap_or_default();
        let inner = match value {
            Value::Object(map) => map.into_iter().next().map(|(_, fields)| fields),
            _ => None,
        };
        match inner {
            Some(Value::Object(fields)) => fields,
            _ => Map::new(),
        }
    }
}

impl Change {
    /// Everything that is different, in order of the fields' names. Lists are compared as a whole.
    #[must_use]
    pub fn between(before: &Map<String, Value>, after: &Map<String, Value>) -> Vec<Self> {
        let mut changes = Vec::new();
        compare("", before, after, &mut changes);
        changes.sort_by(|a, b| a.field.cmp(&b.field));
        changes
    }
}

fn compare(
    within: &str,
    before: &Map<String, Value>,
    after: &Map<String, Value>,
    changes: &mut Vec<Change>,
) {
    let added = after.keys().filter(|name| !before.contains_key(*name));
    for name in before.keys().chain(added) {
        let (old, new) = (before.get(name), after.get(name));
        if old == new {
            continue;
        }
        let field = if within.is_empty() {
            name.clone()
        } else {
            format!("{within}.{name}")
        };
        match (old, new) {
            // A record is no deeper than its types are.
            (Some(Value::Object(old)), Some(Value::Object(new))) => {
                compare(&field, old, new, changes);
            }
            _ => changes.push(Change {
                field,
                before: old.cloned(),
                after: new.cloned(),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn between(before: &Value, after: &Value) -> Vec<(String, Option<Value>, Option<Value>)> {
        let map = |v: &Value| v.as_object().expect("a map").clone();
        Change::between(&map(before), &map(after))
            .into_iter()
            .map(|c| (c.field, c.before, c.after))
            .collect()
    }

    #[test]
    fn what_changed_came_and_went_is_named_by_its_field() {
        let before = json!({"title": "x", "counts": {"killed": {"best": 9}, "injured": {"best": 2}}, "weapons": ["a"]});
        let after = json!({"title": "x", "counts": {"killed": {"best": 11}}, "weapons": ["a", "b"], "place": {"name": "y"}});
        assert_eq!(
            between(&before, &after),
            [
                ("counts.injured".into(), Some(json!({"best": 2})), None),
                ("counts.killed.best".into(), Some(json!(9)), Some(json!(11))),
                ("place".into(), None, Some(json!({"name": "y"}))),
                (
                    "weapons".into(),
                    Some(json!(["a"])),
                    Some(json!(["a", "b"]))
                ),
            ]
        );
        assert_eq!(between(&before, &before), []);
    }
}
