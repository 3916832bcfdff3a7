//! How sure we are: the Admiralty grading (NATO AJP-2.1), and how far a claim was verified.

use super::{choices::choices, fields::Written};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

choices! {
    /// How reliable the source is.
    Source as "source reliability" {
        /// Completely reliable.
        A = "A",
        /// Usually reliable.
        B = "B",
        /// Fairly reliable.
        C = "C",
        /// Not usually reliable.
        D = "D",
        /// Unreliable.
        E = "E",
        /// Reliability cannot be judged.
        F = "F",
    }
}

choices! {
    /// How credible the information is.
    Credibility as "information credibility" {
        /// Confirmed by other sources.
        Confirmed = "1",
        /// Probably true.
        ProbablyTrue = "2",
        /// Possibly true.
        PossiblyTrue = "3",
        /// Doubtful.
        Doubtful = "4",
        /// Improbable.
        Improbable = "5",
        /// Truth cannot be judged.
        CannotBeJudged = "6",
    }
}

choices! {
    /// How far a claim was verified.
    Verification as "verification" {
        /// Somebody says so.
        Alleged = "alleged",
        /// Independent sources say the same.
        Corroborated = "corroborated",
        /// Established to the organisation's standard of proof.
        Verified = "verified",
        /// Found to be untrue.
        Refuted = "refuted",
    }
}

/// Source and information graded apart, written `B2`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Grading {
    /// The source.
    pub source: Source,
    /// What it says.
    pub information: Credibility,
}

/// Text that is not a grading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a grading: write a letter A to F for the source and a digit 1 to 6 for the information, such as B2"
)]
pub struct ParseError;

impl Source {
    /// The grade in words.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            Self::A => "completely reliable",
            Self::B => "usually reliable",
            Self::C => "fairly reliable",
            Self::D => "not usually reliable",
            Self::E => "unreliable",
            Self::F => "reliability cannot be judged",
        }
    }
}

impl Credibility {
    /// The grade in words.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed by other sources",
            Self::ProbablyTrue => "probably true",
            Self::PossiblyTrue => "possibly true",
            Self::Doubtful => "doubtful",
            Self::Improbable => "improbable",
            Self::CannotBeJudged => "truth cannot be judged",
        }
    }
}

impl Grading {
    /// The grading in words, for those who do not know the letters.
    #[must_use]
    pub fn meaning(self) -> String {
        format!(
            "source {}, {}",
            self.source.meaning(),
            self.information.meaning()
        )
    }
}

impl fmt::Display for Grading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}{}", self.source, self.information))
    }
}

impl FromStr for Grading {
    type Err = ParseError;
    fn from_str(text: &str) -> Result<Self, ParseError> {
        let text = text.trim();
        let (source, information) = text.split_at_checked(1).ok_or(ParseError)?;
        Ok(Self {
            source: source.parse().map_err(|_| ParseError)?,
            information: information.parse().map_err(|_| ParseError)?,
        })
    }
}

impl TryFrom<String> for Grading {
    type Error = ParseError;
    fn try_from(text: String) -> Result<Self, ParseError> {
        text.parse()
    }
}

impl From<Grading> for String {
    fn from(grading: Grading) -> Self {
        grading.to_string()
    }
}

impl Written for Grading {
    fn allowed() -> String {
        "a letter A to F for the source and a digit 1 to 6 for the information, such as B2"
            .to_string()
    }
    fn from_text(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grading_prints_and_parses_back() {
        for source in Source::ALL {
            for information in Credibility::ALL {
                let grading = Grading {
                    source: *source,
                    information: *information,
                };
                assert_eq!(grading.to_string().parse(), Ok(grading));
            }
        }
        let b2: Grading = "b2".parse().expect("grading");
        assert_eq!(b2.to_string(), "B2");
        assert_eq!(b2.meaning(), "source usually reliable, probably true");
    }

    #[test]
    fn other_text_is_no_grading() {
        for text in ["", "B", "2", "G1", "A7", "A0", "B22", "é2", "2B"] {
            assert_eq!(text.parse::<Grading>(), Err(ParseError), "{text}");
        }
    }
}
