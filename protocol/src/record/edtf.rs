//! When something happened, as exactly as it is known: Extended Date/Time Format (ISO 8601-2, Library of Congress),
//! level 0 and of level 1 the qualifiers and open intervals.
//!
//! `2026-11-03`, `2026-11`, `2026`, `2026-11-03T14:30:00Z`, each with `?` (uncertain), `~` (approximate) or `%` (both)
//! behind it, and intervals of two of them, either of which may be `..` (open).

use super::{fields::Written, limits};
use crate::time::Time;
use jiff::{
    civil::{Date, DateTime},
    tz::TimeZone,
};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// A date, a time or an interval, kept as it was written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Edtf(String);

/// Text that is not EDTF as we read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a date: write 2026-11-03, 2026-11, 2026-11-03T14:30:00Z, 2026-11-03/2026-11-05, with ~ or ? behind for about or perhaps"
)]
pub struct ParseError;

/// First and last moment of one side of an interval.
type Bounds = (Option<Time>, Option<Time>);

impl Edtf {
    /// The text as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it has two sides.
    #[must_use]
    pub fn is_interval(&self) -> bool {
        self.0.contains('/')
    }

    /// First moment that it can mean; none if it is open or before 1970.
    #[must_use]
    pub fn earliest(&self) -> Option<Time> {
        let first = self.0.split('/').next().unwrap_or_default();
        side(first).and_then(|(earliest, _)| earliest)
    }

    /// Last moment that it can mean; none if it is open.
    #[must_use]
    pub fn latest(&self) -> Option<Time> {
        let last = self.0.rsplit('/').next().unwrap_or_default();
        side(last).and_then(|(_, latest)| latest)
    }
}

/// Reads one side; `None` if it is not well-formed. Nothing is allocated: every record that is read has a few of them.
fn side(text: &str) -> Option<Bounds> {
    if text == ".." {
        return Some((None, None));
    }
    let plain = text.strip_suffix(['?', '~', '%']).unwrap_or(text);
    if plain.contains('T') {
        let time: Time = plain.parse().ok()?;
        return Some((Some(time), Some(time)));
    }
    let (first, last) = match *plain.as_bytes() {
        [a, b, c, d, b'-', e, f, b'-', g, h] => {
            let day = date([a, b, c, d], [e, f], [g, h])?;
            (day, day)
        }
        [a, b, c, d, b'-', e, f] => {
            let first = date([a, b, c, d], [e, f], *b"01")?;
            (first, first.last_of_month())
        }
        [a, b, c, d] => {
            let first = date([a, b, c, d], *b"01", *b"01")?;
            (first, first.last_of_year())
        }
        _ => return None,
    };
    Some((
        moment(first.at(0, 0, 0, 0)),
        moment(last.at(23, 59, 59, 999_000_000)),
    ))
}

/// A day of the calendar from its digits.
fn date(year: [u8; 4], month: [u8; 2], day: [u8; 2]) -> Option<Date> {
    let month = i8::try_from(number(&month)?).ok()?;
    let day = i8::try_from(number(&day)?).ok()?;
    Date::new(number(&year)?, month, day).ok()
}

/// At most four digits.
fn number(digits: &[u8]) -> Option<i16> {
    digits.iter().try_fold(0, |n, digit| {
        let digit = digit.is_ascii_digit().then(|| digit - b'0')?;
        Some(n * 10 + i16::from(digit))
    })
}

/// In UTC; none before 1970.
fn moment(at: DateTime) -> Option<Time> {
    let ms = TimeZone::UTC.to_timestamp(at).ok()?.as_millisecond();
    u64::try_from(ms).ok().map(Time)
}

impl Edtf {
    /// Whether this is how it is written.
    fn is_good(text: &str) -> bool {
        let mut sides = text.split('/');
        match (sides.next(), sides.next(), sides.next()) {
            (Some(one), None, _) => one != ".." && side(one).is_some(),
            (Some(from), Some(to), None) => match (side(from), side(to)) {
                (Some((first, _)), Some((_, last))) => {
                    let ordered = first.zip(last).is_none_or(|(a, b)| a <= b);
                    ordered && (from, to) != ("..", "..")
                }
                _ => false,
            },
            _ => false,
        }
    }
}

impl FromStr for Edtf {
    type Err = ParseError;
    fn from_str(text: &str) -> Result<Self, ParseError> {
        let text = text.trim();
        // The length first: nothing longer is looked at.
        if text.len() <= limits::EDTF && Self::is_good(text) {
            Ok(Self(text.to_string()))
        } else {
            Err(ParseError)
        }
    }
}

impl TryFrom<String> for Edtf {
    type Error = ParseError;
    fn try_from(text: String) -> Result<Self, ParseError> {
        // As it stands, if nothing is to be taken off: no second copy.
        if text.trim().len() == text.len() && text.len() <= limits::EDTF && Self::is_good(&text) {
            return Ok(Self(text));
        }
        text.parse()
    }
}

impl From<Edtf> for String {
    fn from(edtf: Edtf) -> Self {
        edtf.0
    }
}

impl fmt::Display for Edtf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl Written for Edtf {
    fn allowed() -> String {
        "a date such as 2026-11-03, 2026-11 or 2026-11-03/2026-11-05, with ~ behind for about"
            .into()
    }
    fn from_text(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_intervals_are_kept_as_written_and_bounded() {
        for (text, first, last) in [
            (
                "2026-11-03",
                "2026-11-03T00:00:00.000Z",
                "2026-11-03T23:59:59.999Z",
            ),
            (
                "2026-02~",
                "2026-02-01T00:00:00.000Z",
                "2026-02-28T23:59:59.999Z",
            ),
            (
                "2026?",
                "2026-01-01T00:00:00.000Z",
                "2026-12-31T23:59:59.999Z",
            ),
            (
                "2026-11-03/2026-11-05%",
                "2026-11-03T00:00:00.000Z",
                "2026-11-05T23:59:59.999Z",
            ),
            (
                "2026-11-03T14:30:00Z",
                "2026-11-03T14:30:00.000Z",
                "2026-11-03T14:30:00.000Z",
            ),
        ] {
            let edtf: Edtf = text.parse().expect("a date");
            assert_eq!(edtf.to_string(), text);
            assert_eq!(
                edtf.earliest().map(|t| t.to_string()).as_deref(),
                Some(first)
            );
            assert_eq!(edtf.latest().map(|t| t.to_string()).as_deref(), Some(last));
        }
        let open: Edtf = "2026-11-03/..".parse().expect("an open interval");
        assert_eq!(open.latest(), None);
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for bad in [
            "",
            "..",
            "../..",
            "2026-13",
            "2026-02-30",
            "3 Nov",
            "2026-11-05/2026-11-03",
            "1/2/3",
            "2026-11-03~~",
        ] {
            assert_eq!(bad.parse::<Edtf>(), Err(ParseError), "{bad}");
        }
    }

    /// By way of the calendar's own parser.
    fn by_the_calendar(text: &str) -> Option<Bounds> {
        let day = |text: String| text.parse::<Date>().ok();
        let (first, last) = match text.len() {
            10 => (day(text.into())?, day(text.into())?),
            7 => day(format!("{text}-01")).map(|d| (d, d.last_of_month()))?,
            _ => day(format!("{text}-01-01")).map(|d| (d, d.last_of_year()))?,
        };
        let moment = |text: String| text.parse::<Time>().ok();
        Some((
            moment(format!("{first}T00:00:00Z")),
            moment(format!("{last}T23:59:59.999Z")),
        ))
    }

    proptest::proptest! {
        #[test]
        fn days_months_and_years_are_those_of_the_calendar(text in "[0129][0-9]{3}(-[01][0-9](-[0-3][0-9])?)?") {
            proptest::prop_assert_eq!(side(&text), by_the_calendar(&text));
        }
    }

    #[test]
    fn the_ends_of_the_calendar_are_those_of_the_calendar() {
        for text in [
            "9999-12-31",
            "9999",
            "9999-12",
            "0000",
            "0000-01-01",
            "1969-12-31",
            "1970-01-01",
            "1969",
        ] {
            assert_eq!(side(text), by_the_calendar(text), "{text}");
        }
    }
}
