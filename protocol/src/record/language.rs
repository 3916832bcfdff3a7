//! The language that a record is written in.

use super::{fields::Written, limits};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// A language tag after BCP 47 (RFC 5646, section 2.1), checked for shape, not against the registry: `ar`, `zh-Hant`, `sr-Latn-RS`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Language(String);

/// Text that is not a language tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a language tag: write it as BCP 47 does, such as en, ar or sr-Latn")]
pub struct ParseError;

impl Language {
    /// The tag as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Language {
    type Err = ParseError;
    fn from_str(text: &str) -> Result<Self, ParseError> {
        let mut parts = text.split('-');
        let first = parts.next().unwrap_or_default();
        let rest: Vec<&str> = parts.collect();
        // `x-…` is for private use; everything else starts with a language of 2 to 8 letters.
        let primary =
            (2..=8).contains(&first.len()) || (first.eq_ignore_ascii_case("x") && !rest.is_empty());
        let good = text.len() <= limits::LANGUAGE
            && primary
            && first.chars().all(|c| c.is_ascii_alphabetic())
            && rest.iter().all(|part| {
                (1..=8).contains(&part.len()) && part.chars().all(|c| c.is_ascii_alphanumeric())
            })
            // A single letter opens an extension, which must then say something.
            && (first.len() == 1 || rest.last().is_none_or(|part| part.len() > 1));
        if good {
            Ok(Self(text.to_string()))
        } else {
            Err(ParseError)
        }
    }
}

impl TryFrom<String> for Language {
    type Error = ParseError;
    fn try_from(text: String) -> Result<Self, ParseError> {
        text.parse()
    }
}

impl From<Language> for String {
    fn from(language: Language) -> Self {
        language.0
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl Written for Language {
    fn allowed() -> String {
        "a language tag after BCP 47 such as en, ar or sr-Latn".to_string()
    }
    fn from_text(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_of_the_right_shape_are_taken_as_written() {
        for text in [
            "en",
            "ar",
            "zh-Hant",
            "sr-Latn-RS",
            "de-CH-1996",
            "x-orsk",
            "en-a-bbb",
        ] {
            assert_eq!(
                text.parse::<Language>().map(|l| l.to_string()),
                Ok(text.to_string())
            );
        }
    }

    #[test]
    fn tags_of_another_shape_are_refused() {
        let long = format!("en-{}", "abcdefgh-".repeat(4));
        for text in [
            "",
            "e",
            "x",
            "en_GB",
            "en-",
            "-en",
            "en--gb",
            "12",
            "en-a",
            "english language",
            "عر",
            long.as_str(),
        ] {
            assert_eq!(text.parse::<Language>(), Err(ParseError), "{text}");
        }
    }
}
