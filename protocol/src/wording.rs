//! What a sentence for people says, apart from the language that it is said in: its name, and what stands in it.
//!
//! Errors and findings say themselves in English. Whoever speaks another language says them by their [`Wording`].

use serde::{Deserialize, Serialize};
use std::{borrow::Cow, collections::BTreeMap, fmt};

/// A sentence's name, and the names of what stands in it.
pub type Sentence = (&'static str, &'static [&'static str]);

/// A sentence: its name, such as `log-gap`, and what stands in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wording {
    /// Its stable name.
    pub code: Cow<'static, str>,
    /// What stands in it, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub with: BTreeMap<Cow<'static, str>, Part>,
}

/// What stands in a sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Part {
    /// A number, by which a language may choose its words.
    Number(u64),
    /// A name, an id, or words that have no name.
    Text(String),
    /// A sentence within it.
    Wording(Wording),
    /// Several of them.
    List(Vec<Wording>),
}

/// Says itself in English, and by name.
pub trait Worded: fmt::Display {
    /// All its sentences; not those of what it only passes on.
    const SENTENCES: &'static [Sentence];

    /// What it says.
    fn wording(&self) -> Wording;
}

impl Wording {
    /// A sentence with what stands in it.
    #[must_use]
    pub fn new<const N: usize>(code: &'static str, with: [(&'static str, Part); N]) -> Self {
        let with = with.into_iter().map(|(name, part)| (name.into(), part));
        Self {
            code: code.into(),
            with: with.collect(),
        }
    }
}

impl From<u64> for Part {
    fn from(number: u64) -> Self {
        Self::Number(number)
    }
}

impl From<usize> for Part {
    fn from(number: usize) -> Self {
        Self::Number(number as u64)
    }
}

impl From<u32> for Part {
    fn from(number: u32) -> Self {
        Self::Number(number.into())
    }
}

impl From<u16> for Part {
    fn from(number: u16) -> Self {
        Self::Number(number.into())
    }
}

impl From<&str> for Part {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for Part {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Wording> for Part {
    fn from(wording: Wording) -> Self {
        Self::Wording(wording)
    }
}

/// The names of a type's sentences, and of what stands in each: `pattern => "name" { part: value }`. Behind `via` stand those
/// that say what they hold.
#[macro_export]
macro_rules! worded {
    (
        $said:ty {
            $($pattern:pat $(if $when:expr)? => $code:literal $({ $($name:ident: $value:expr),* $(,)? })?,)*
        }
        $(via { $($through:pat => $inner:expr,)* })?
    ) => {
        impl $crate::wording::Worded for $said {
            const SENTENCES: &'static [$crate::wording::Sentence] =
                &[$(($code, &[$($(stringify!($name)),*)?])),*];

            fn wording(&self) -> $crate::wording::Wording {
                #[allow(unused_imports, reason = "only some sentences stand within others")]
                use $crate::wording::Worded as _;
                match self {
                    $($pattern $(if $when)? => $crate::wording::Wording::new(
                        $code,
                        [$($((stringify!($name), $crate::wording::Part::from($value))),*)?],
                    ),)*
                    $($($through => $crate::wording::Worded::wording($inner),)*)?
                }
            }
        }
    };
}

/// Everything that this crate says by name.
pub const SENTENCES: &[&[Sentence]] = &[
    <crate::case::Ended as Worded>::SENTENCES,
    <crate::case::Error as Worded>::SENTENCES,
    <crate::case::Reason as Worded>::SENTENCES,
    <crate::codec::Error as Worded>::SENTENCES,
    <crate::courier::Error as Worded>::SENTENCES,
    <crate::directory::Error as Worded>::SENTENCES,
    <crate::group::CaseRole as Worded>::SENTENCES,
    <crate::group::Cause as Worded>::SENTENCES,
    <crate::group::Error as Worded>::SENTENCES,
    <crate::group::Invalid as Worded>::SENTENCES,
    <crate::log::Error as Worded>::SENTENCES,
    <crate::record::Audience as Worded>::SENTENCES,
    <crate::record::Barred as Worded>::SENTENCES,
    <crate::record::FieldError as Worded>::SENTENCES,
    <crate::record::Invalid as Worded>::SENTENCES,
    <crate::seal::Error as Worded>::SENTENCES,
    <crate::signed::Error as Worded>::SENTENCES,
    <crate::sync::Error as Worded>::SENTENCES,
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{log, record::Barred, record::Consent};
    use std::collections::BTreeSet;

    #[test]
    fn no_two_sentences_have_one_name() {
        let mut seen = BTreeSet::new();
        for (code, _) in SENTENCES.iter().flat_map(|all| all.iter()) {
            assert!(seen.insert(code), "{code} twice");
        }
        assert!(seen.len() > 60, "{}", seen.len());
    }

    #[test]
    fn a_sentence_is_named_with_all_that_stands_in_it() {
        let gap = log::Error::Gap { have: 4, from: 9 };
        let json = serde_json::to_value(gap.wording()).expect("JSON");
        assert_eq!(
            json,
            serde_json::json!({"code": "log-gap", "with": {"from": 9, "have": 4}})
        );
        let back: Wording = serde_json::from_value(json).expect("read");
        assert_eq!(back, gap.wording());
        let within = Barred::Consent(Consent::Partners, None).wording();
        let json = serde_json::to_value(&within).expect("JSON");
        assert_eq!(json["code"], "barred-consent-partners");
        assert_eq!(json["with"]["to"], "partners");
        assert_eq!(serde_json::from_value::<Wording>(json).ok(), Some(within));
    }
}
