//! What is wrong with a field, said so that its writer can put it right, and the walk that finds it.

use super::{Edtf, limits};
use crate::time::Time;
use serde::{Deserialize, Serialize};
use std::fmt::Display;

/// One field that cannot stay as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{field}: {given}; allowed: {allowed}")]
pub struct FieldError {
    /// Where, as a path: `counts.killed.low`, `refs.2.record`.
    pub field: String,
    /// What stands there, cut short.
    pub given: String,
    /// What may stand there.
    pub allowed: String,
}

crate::worded! {
    FieldError {
        Self { field, given, allowed } => "field" {
            field: field.as_str(),
            given: given.as_str(),
            allowed: allowed.as_str(),
        },
    }
}

/// A word that is not in a list of allowed ones.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no such {what}: {given}; allowed: {allowed}")]
pub struct NotAllowed {
    /// What it should have been, such as `kind`.
    pub what: &'static str,
    /// The word, cut short.
    pub given: String,
    /// The list.
    pub allowed: String,
}

/// Text as an error message repeats it: quoted, control characters escaped, cut short.
pub(super) fn shown(text: &str) -> String {
    let mut start: String = text.chars().take(limits::SHOWN).collect();
    if start.len() < text.len() {
        start.push('…');
    }
    format!("{start:?}")
}

/// A walk over a record that collects everything that is wrong with it.
pub(super) struct Check {
    /// When the record was written.
    pub(super) created: Time,
    path: Vec<String>,
    errors: Vec<FieldError>,
}

impl Check {
    pub(super) fn new(created: Time) -> Self {
        Self {
            created,
            path: Vec::new(),
            errors: Vec::new(),
        }
    }

    pub(super) fn finish(self) -> Result<(), Vec<FieldError>> {
        if self.errors.is_empty() {
            Ok(())
        } else {
            Err(self.errors)
        }
    }

    /// Checks what lies inside the field `name`.
    pub(super) fn within(&mut self, name: impl Display, check: impl FnOnce(&mut Self)) {
        self.path.push(name.to_string());
        check(self);
        self.path.pop();
    }

    pub(super) fn refuse(
        &mut self,
        name: &str,
        given: impl Into<String>,
        allowed: impl Into<String>,
    ) {
        let field = self
            .path
            .iter()
            .map(String::as_str)
            .chain([name])
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(".");
        self.errors.push(FieldError {
            field,
            given: given.into(),
            allowed: allowed.into(),
        });
    }

    /// One line that says something, of at most `most` characters.
    pub(super) fn line(&mut self, name: &str, text: &str, most: usize) {
        self.prose(name, text, most);
        // A newline in a title could fake a second row in somebody's list.
        if text.contains(['\n', '\t']) {
            self.refuse(name, shown(text), "one line");
        }
    }

    /// A running text that says something, of at most `most` characters.
    pub(super) fn prose(&mut self, name: &str, text: &str, most: usize) {
        let count = text.chars().count();
        if text.trim().is_empty() {
            self.refuse(name, "no text", "some text");
        } else if count > most {
            self.refuse(
                name,
                format!("{count} characters"),
                format!("at most {most} characters"),
            );
        }
        // Control characters would drive the reader's terminal; line breaks and tabs are all that prose needs.
        if text
            .chars()
            .any(|c| c.is_control() && !matches!(c, '\n' | '\t'))
        {
            self.refuse(name, shown(text), "text without control characters");
        }
    }

    /// [`Self::line`] if it is there.
    pub(super) fn optional_line(&mut self, name: &str, text: Option<&str>, most: usize) {
        if let Some(text) = text {
            self.line(name, text, most);
        }
    }

    /// [`Self::prose`] if it is there.
    pub(super) fn optional_prose(&mut self, name: &str, text: Option<&str>, most: usize) {
        if let Some(text) = text {
            self.prose(name, text, most);
        }
    }

    /// A day or a moment, not an interval.
    pub(super) fn no_interval(&mut self, name: &str, date: Option<&Edtf>) {
        if let Some(date) = date.filter(|d| d.is_interval()) {
            self.refuse(name, shown(date.as_str()), "one date, not an interval");
        }
    }

    /// Two dates, the second not before the first.
    pub(super) fn in_order(
        &mut self,
        first: &str,
        start: Option<&Edtf>,
        second: &str,
        end: Option<&Edtf>,
    ) {
        self.no_interval(first, start);
        self.no_interval(second, end);
        if let (Some(start), Some(end)) = (start, end)
            && let (Some(from), Some(to)) = (start.earliest(), end.latest())
            && to < from
        {
            self.refuse(
                second,
                shown(end.as_str()),
                format!("a date not before {start}"),
            );
        }
    }

    /// An ISO 3166-1 alpha-2 code.
    pub(super) fn country(&mut self, name: &str, code: &str) {
        if code.len() != 2 || !code.bytes().all(|b| b.is_ascii_uppercase()) {
            self.refuse(
                name,
                shown(code),
                "an ISO 3166-1 code of two letters, such as VR",
            );
        }
    }

    /// At most `most` items.
    pub(super) fn at_most(&mut self, name: &str, count: usize, most: usize) {
        if count > most {
            self.refuse(name, format!("{count} items"), format!("at most {most}"));
        }
    }

    /// A list of names.
    pub(super) fn names(&mut self, name: &str, list: &[String]) {
        self.at_most(name, list.len(), limits::NAMES);
        self.within(name, |check| {
            for (at, text) in list.iter().enumerate() {
                check.line(&at.to_string(), text, limits::NAME);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errors(check: impl FnOnce(&mut Check)) -> Vec<String> {
        let mut walk = Check::new(Time(0));
        check(&mut walk);
        walk.errors.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn an_error_says_where_what_and_what_instead() {
        let found = errors(|c| c.within("counts", |c| c.refuse("killed", "7", "at most 6")));
        assert_eq!(found, ["counts.killed: 7; allowed: at most 6"]);
    }

    #[test]
    fn length_is_counted_in_characters_not_in_bytes() {
        assert!(errors(|c| c.line("title", &"မ".repeat(limits::TITLE), limits::TITLE)).is_empty());
        assert_eq!(
            errors(|c| c.line("title", &"a".repeat(limits::TITLE + 1), limits::TITLE)),
            ["title: 201 characters; allowed: at most 200 characters"]
        );
    }

    #[test]
    fn control_characters_never_reach_a_terminal() {
        assert_eq!(errors(|c| c.prose("text", "a\u{1b}[2Jb", 99)).len(), 1);
        assert!(errors(|c| c.prose("text", "two\nlines", 99)).is_empty());
        assert_eq!(errors(|c| c.line("title", "two\nlines", 99)).len(), 1);
        assert!(!shown("a\u{1b}[2J").contains('\u{1b}'));
        assert!(shown(&"x".repeat(500)).chars().count() < 70);
    }

    #[test]
    fn more_names_than_allowed_are_refused() {
        let list = vec!["x".to_string(); limits::NAMES + 1];
        assert_eq!(errors(|c| c.names("weapons", &list)).len(), 1);
    }
}
