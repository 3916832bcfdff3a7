//! Who asks, for what, and who has the record anyhow.

use crate::{directory::Role, id::OrgId, id::RecordId};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, fmt, str::FromStr};

/// Somebody who wants to do something with records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asker {
    /// Their organisation.
    pub organisation: OrgId,
    /// Their role in it.
    pub role: Role,
}

/// Those to whom a record is handed in the clear.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Audience {
    /// A member organisation of the federation.
    Organisation(OrgId),
    /// People whom one's own organisation serves, who need to know: TLP 2.0 calls them its clients.
    Served,
    /// A court, a prosecutor, a mandated investigation.
    Court,
    /// Everybody.
    Public,
}

impl fmt::Display for Audience {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Organisation(org) => write!(f, "organisation {}", org.short()),
            Self::Served => f.write_str("those whom an organisation serves"),
            Self::Court => f.write_str("a court"),
            Self::Public => f.write_str("the public"),
        }
    }
}

crate::worded! {
    Audience {
        Self::Organisation(org) => "audience-organisation" { org: org.short() },
        Self::Served => "audience-served",
        Self::Court => "audience-court",
        Self::Public => "audience-public",
    }
}

/// What somebody wants to do with a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// Read it, at their own organisation's node.
    Show,
    /// Put it on paper, for their own organisation.
    Print,
    /// Take it out of Focal, for their own organisation.
    Own,
    /// Carry it, sealed, to an organisation of the case: the network on foot.
    Courier(OrgId),
    /// Hand it over in the clear.
    Hand(Audience),
}

/// The organisations that are in the case: they have the record, or will.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Circle(BTreeSet<OrgId>);

impl Circle {
    /// Whether an organisation is in the case.
    #[must_use]
    pub fn contains(&self, org: &OrgId) -> bool {
        self.0.contains(org)
    }
}

impl FromIterator<OrgId> for Circle {
    fn from_iter<I: IntoIterator<Item = OrgId>>(orgs: I) -> Self {
        Self(orgs.into_iter().collect())
    }
}

/// What a note asks an originator for, in its first line: `Release 81d0… to court`, with all 64 digits. A position of
/// the originator that concurs with the note is its agreement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReleaseRequest {
    /// The record that is to be handed on.
    pub record: RecordId,
    /// To whom.
    pub to: Audience,
}

impl fmt::Display for ReleaseRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Release {} to ", self.record)?;
        match self.to {
            Audience::Organisation(org) => write!(f, "{org}"),
            Audience::Served => f.write_str("those we serve"),
            Audience::Court => f.write_str("court"),
            Audience::Public => f.write_str("the public"),
        }
    }
}

/// Text that asks for no release.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a request to release a record: \"Release RECORD to court\", \"the public\", \"those we serve\" or an organisation's id"
)]
pub struct NoRelease;

impl FromStr for ReleaseRequest {
    type Err = NoRelease;
    /// Takes what [`fmt::Display`] writes, and nothing else: two readers must not differ.
    fn from_str(line: &str) -> Result<Self, NoRelease> {
        let rest = line.strip_prefix("Release ").ok_or(NoRelease)?;
        let (record, to) = rest.split_once(" to ").ok_or(NoRelease)?;
        let asked = Self {
            record: record.parse().map_err(|_| NoRelease)?,
            to: match to {
                "court" => Audience::Court,
                "the public" => Audience::Public,
                "those we serve" => Audience::Served,
                org => Audience::Organisation(org.parse().map_err(|_| NoRelease)?),
            },
        };
        (asked.to_string() == line)
            .then_some(asked)
            .ok_or(NoRelease)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_to_release_is_read_only_as_it_is_written() {
        let record = RecordId([0xab; 32]);
        let org = Audience::Organisation(OrgId([7; 32]));
        for to in [org, Audience::Served, Audience::Court, Audience::Public] {
            let asked = ReleaseRequest { record, to };
            assert_eq!(asked.to_string().parse(), Ok(asked));
        }
        let upper = format!("Release {} to court", "AB".repeat(32));
        for line in [
            "",
            "Release it to court",
            &upper,
            &format!("Release {record} to Court"),
            &format!("Release {record} to court "),
            &format!("release {record} to court"),
        ] {
            assert_eq!(line.parse::<ReleaseRequest>(), Err(NoRelease), "{line}");
        }
    }
}
