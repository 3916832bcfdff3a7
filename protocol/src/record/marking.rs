//! Who may see a record: the Traffic Light Protocol (FIRST, TLP 2.0), a release list, the originator's say.

use super::{
    error::Check,
    fields::{Fields, Written},
    limits,
};
use crate::id::OrgId;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// A TLP 2.0 label, from the narrowest to the widest audience.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Tlp {
    /// `TLP:RED`: the named recipients only.
    Red,
    /// `TLP:AMBER+STRICT`: the recipients' organisations only.
    AmberStrict,
    /// `TLP:AMBER`: the recipients' organisations and those they serve, on a need-to-know basis.
    Amber,
    /// `TLP:GREEN`: the community.
    Green,
    /// `TLP:CLEAR`: everybody.
    Clear,
}

/// Text that is not a TLP label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a marking: allowed are {LABELS}")]
pub struct ParseError;

const LABELS: &str = "TLP:RED, TLP:AMBER+STRICT, TLP:AMBER, TLP:GREEN, TLP:CLEAR";

impl Tlp {
    /// Every label, narrowest first.
    pub const ALL: &'static [Self] = &[
        Self::Red,
        Self::AmberStrict,
        Self::Amber,
        Self::Green,
        Self::Clear,
    ];

    /// The label as TLP 2.0 writes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Red => "TLP:RED",
            Self::AmberStrict => "TLP:AMBER+STRICT",
            Self::Amber => "TLP:AMBER",
            Self::Green => "TLP:GREEN",
            Self::Clear => "TLP:CLEAR",
        }
    }
}

impl fmt::Display for Tlp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Tlp {
    type Err = ParseError;
    /// Takes `TLP:AMBER+STRICT`, `amber+strict`, `amber-strict`, `tlp-amber-strict` alike.
    fn from_str(text: &str) -> Result<Self, ParseError> {
        // As every record says it: nothing is allocated.
        if let Some(tlp) = Self::ALL.iter().find(|tlp| tlp.as_str() == text) {
            return Ok(*tlp);
        }
        let plain = |t: &str| {
            t.trim()
                .to_ascii_lowercase()
                .replace([':', '+', '_', ' '], "-")
        };
        let wanted = plain(text);
        let wanted = wanted.strip_prefix("tlp-").unwrap_or(&wanted);
        Self::ALL
            .iter()
            .copied()
            .find(|tlp| plain(tlp.as_str()).strip_prefix("tlp-") == Some(wanted))
            .ok_or(ParseError)
    }
}

impl TryFrom<String> for Tlp {
    type Error = ParseError;
    fn try_from(text: String) -> Result<Self, ParseError> {
        text.parse()
    }
}

impl From<Tlp> for String {
    fn from(tlp: Tlp) -> Self {
        tlp.as_str().to_string()
    }
}

/// Who may see a record and pass it on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marking {
    /// The TLP label.
    pub tlp: Tlp,
    /// If not empty: these organisations and no others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub releasable_to: Vec<OrgId>,
    /// Whether the originator is to be asked before it is passed on.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub originator_control: bool,
}

impl Default for Marking {
    /// `TLP:AMBER`: safe for a report whose writer did not think of it, and still of use to partners.
    fn default() -> Self {
        Tlp::Amber.into()
    }
}

impl From<Tlp> for Marking {
    fn from(tlp: Tlp) -> Self {
        Self {
            tlp,
            releasable_to: Vec::new(),
            originator_control: false,
        }
    }
}

impl Marking {
    /// Whether the record must go to a compartment: a child case with just those who may read it.
    #[must_use]
    pub fn needs_compartment(&self) -> bool {
        self.tlp == Tlp::Red || !self.releasable_to.is_empty()
    }

    /// Whether another organisation than the author's may read it in a case.
    #[must_use]
    pub fn lets(&self, org: &OrgId) -> bool {
        !self.needs_compartment() || self.releasable_to.contains(org)
    }

    pub(super) fn check(&self, check: &mut Check) {
        check.at_most(
            "releasable_to",
            self.releasable_to.len(),
            limits::RELEASABLE_TO,
        );
    }
}

impl fmt::Display for Marking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tlp.as_str())?;
        if !self.releasable_to.is_empty() {
            f.write_str(", releasable to")?;
            for org in &self.releasable_to {
                write!(f, " {}", org.short())?;
            }
        }
        if self.originator_control {
            f.write_str(", originator control")?;
        }
        Ok(())
    }
}

impl Written for Tlp {
    fn allowed() -> String {
        LABELS.to_string()
    }
    fn from_text(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

impl Written for Marking {
    const OBJECT: bool = true;
    fn allowed() -> String {
        format!("{LABELS}; or an object with tlp, releasable_to, originator_control")
    }
    fn from_text(text: &str) -> Option<Self> {
        Tlp::from_text(text).map(Self::from)
    }
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let tlp = fields.need("tlp");
        let releasable_to = fields.list("releasable_to");
        let originator_control = fields.get("originator_control").unwrap_or_default();
        Some(Self {
            tlp: tlp?,
            releasable_to,
            originator_control,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Time;

    #[test]
    fn labels_parse_however_people_write_them() {
        for tlp in Tlp::ALL {
            assert_eq!(tlp.to_string().parse(), Ok(*tlp));
            assert_eq!(tlp.to_string().to_lowercase().parse(), Ok(*tlp));
        }
        for text in [
            "amber+strict",
            "Amber-Strict",
            "TLP AMBER STRICT",
            "tlp-amber-strict",
        ] {
            assert_eq!(text.parse(), Ok(Tlp::AmberStrict), "{text}");
        }
        for text in ["", "TLP:", "white", "amberstrict", "TLP:TLP:RED"] {
            assert_eq!(text.parse::<Tlp>(), Err(ParseError), "{text}");
        }
    }

    #[test]
    fn what_nobody_marked_is_amber() {
        assert_eq!(Marking::default().to_string(), "TLP:AMBER");
        assert!(!Marking::default().needs_compartment());
    }

    #[test]
    fn red_and_release_lists_need_a_compartment() {
        assert!(Marking::from(Tlp::Red).needs_compartment());
        let listed = Marking {
            releasable_to: vec![OrgId([1; 32])],
            ..Marking::default()
        };
        assert!(listed.needs_compartment());
    }

    #[test]
    fn a_release_list_over_the_limit_is_refused() {
        let mut check = Check::new(Time(0));
        Marking {
            releasable_to: vec![OrgId([1; 32]); limits::RELEASABLE_TO + 1],
            ..Marking::default()
        }
        .check(&mut check);
        assert_eq!(check.finish().expect_err("refused").len(), 1);
    }
}
