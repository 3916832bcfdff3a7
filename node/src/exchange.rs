//! The border to other systems: what their files say, and what ours say to them.
//!
//! Pure functions from bytes to [`Import`] and from [`Export`] to [`Document`]s. Nothing here reads a file, signs,
//! stores or asks: whoever imports shows what was understood and what was not before anybody signs; whoever exports
//! hands over only records that may leave.
//!
//! In reading order: [`Format`], [`Import`] with its [`Report`]s and [`Finding`]s, [`Export`]; then one file for each
//! format: [`cap`], [`hxl`], [`geojson`], [`ndjson`] in and out, [`sitrep`], [`calendar`], [`ftm`] out. SPEC, section 17, has
//! the tables of fields.

pub mod calendar;
pub mod cap;
mod encoding;
mod export;
pub mod ftm;
pub mod geojson;
pub mod hxl;
mod import;
pub mod limits;
mod marking_text;
pub mod ndjson;
mod reading;
pub mod sitrep;
mod standing;
#[cfg(test)]
mod tests_support;
mod xml;

pub use export::{Document, Export, Filter, Permitted};
pub use import::{Amendment, Became, Change, Error, Finding, Import, Options, Report, import};
pub use marking_text::{narrower, read as read_marking, write as write_marking};
pub use ndjson::SignedLine;

use focal_protocol::record::Kind;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// A format of other systems.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// Common Alerting Protocol 1.2 (OASIS), XML: alerts.
    Cap,
    /// Humanitarian Exchange Language 1.1, CSV: activities and requests.
    Hxl,
    /// GeoJSON (RFC 7946): incidents.
    Geojson,
    /// Lines of JSON: records as they were signed.
    Ndjson,
    /// EDXL-SitRep 1.0 (OASIS), XML: situation reports. Out only.
    EdxlSitrep,
    /// iCalendar (RFC 5545): convenings. Out only.
    Icalendar,
    /// FollowTheMoney entities, lines of JSON: designations. Out only.
    Ftm,
}

impl Format {
    /// All formats.
    pub const ALL: &'static [Self] = &[
        Self::Cap,
        Self::Hxl,
        Self::Geojson,
        Self::Ndjson,
        Self::EdxlSitrep,
        Self::Icalendar,
        Self::Ftm,
    ];

    /// Its name on the command line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cap => "cap",
            Self::Hxl => "hxl",
            Self::Geojson => "geojson",
            Self::Ndjson => "ndjson",
            Self::EdxlSitrep => "edxl-sitrep",
            Self::Icalendar => "icalendar",
            Self::Ftm => "ftm",
        }
    }

    /// Whether files of this format are read; all are written.
    #[must_use]
    pub fn is_read(self) -> bool {
        matches!(self, Self::Cap | Self::Hxl | Self::Geojson | Self::Ndjson)
    }

    /// Whether it says what answers a record: the sanctions that others have imposed.
    #[must_use]
    pub fn with_answers(self) -> bool {
        self == Self::Ftm
    }

    /// The kinds of records that it carries; all if it is empty.
    #[must_use]
    pub fn kinds(self) -> &'static [Kind] {
        match self {
            Self::Cap => &[Kind::Alert],
            Self::Hxl => &[Kind::Activity, Kind::Request],
            Self::Geojson => &[Kind::Incident],
            Self::Ndjson => &[],
            Self::EdxlSitrep => &[Kind::Sitrep],
            Self::Icalendar => &[Kind::Convening],
            Self::Ftm => &[Kind::Designation],
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Format {
    type Err = String;
    /// Takes the name, or another one in use.
    fn from_str(text: &str) -> Result<Self, String> {
        let plain = text.trim().to_ascii_lowercase();
        let other = match plain.as_str() {
            "csv" => Some(Self::Hxl),
            "json-lines" | "jsonl" => Some(Self::Ndjson),
            "sitrep" | "edxl" => Some(Self::EdxlSitrep),
            "ical" | "ics" => Some(Self::Icalendar),
            "followthemoney" => Some(Self::Ftm),
            _ => None,
        };
        let named = Self::ALL.iter().copied().find(|f| f.as_str() == plain);
        named.or(other).ok_or_else(|| {
            let all: Vec<_> = Self::ALL.iter().map(|f| f.as_str()).collect();
            format!("no such format; allowed: {}", all.join(", "))
        })
    }
}
