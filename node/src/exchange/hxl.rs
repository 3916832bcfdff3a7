//! Humanitarian Exchange Language 1.1: tables of activities (3W, 5W) and of requests, as CSV with a row of hashtags.

mod columns;
mod read;
#[cfg(test)]
mod tests;
mod words;
mod write;

pub(super) use read::read;
pub(super) use write::write;

use std::{collections::BTreeSet, fmt};

/// A hashtag with its attributes, in whatever order they were written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Tag {
    /// Without `#`, in lower case.
    name: String,
    /// Without `+`, in lower case.
    attributes: BTreeSet<String>,
}

impl Tag {
    /// Reads a cell; none if it is no hashtag.
    fn parse(cell: &str) -> Option<Self> {
        let mut parts = cell.trim().strip_prefix('#')?.split('+');
        let word = |part: &str| {
            let part = part.trim();
            let good = part.starts_with(char::is_alphabetic)
                && part.chars().all(|c| c.is_alphanumeric() || c == '_');
            good.then(|| part.to_lowercase())
        };
        let name = word(parts.next()?)?;
        let attributes: Option<BTreeSet<String>> = parts.map(word).collect();
        Some(Self {
            name,
            attributes: attributes?,
        })
    }

    fn has(&self, attribute: &str) -> bool {
        self.attributes.contains(attribute)
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.name)?;
        self.attributes.iter().try_for_each(|a| write!(f, "+{a}"))
    }
}

/// What a spreadsheet would take for a formula. Such a text is written behind an apostrophe, which is taken off again.
fn looks_like_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\''])
}
