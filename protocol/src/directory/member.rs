//! An organisation as the federation sees it.

use super::Error;
use crate::{id::OrgId, key::PublicKey, limits};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// What an organisation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OrgKind {
    /// A State's ministry or agency.
    Government,
    /// An inter-governmental organisation.
    Igo,
    /// A non-governmental organisation.
    Ngo,
    /// A regional body.
    RegionalBody,
    /// A university or institute.
    Academic,
}

impl OrgKind {
    /// All of them, as people write them.
    pub const NAMES: [&'static str; 5] = ["government", "igo", "ngo", "regional-body", "academic"];
    const ALL: [Self; 5] = [
        Self::Government,
        Self::Igo,
        Self::Ngo,
        Self::RegionalBody,
        Self::Academic,
    ];
}

impl fmt::Display for OrgKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(Self::NAMES[*self as usize])
    }
}

impl FromStr for OrgKind {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Self::NAMES
            .iter()
            .zip(Self::ALL)
            .find(|(name, _)| **name == text)
            .map(|(_, kind)| kind)
            .ok_or_else(|| format!("one of {}", Self::NAMES.join(", ")))
    }
}

/// Whether an organisation takes part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// It takes part.
    Active,
    /// The stewards have suspended it: nobody serves its nodes.
    Suspended,
    /// It has left.
    Left,
}

/// A member organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Its id for ever: the hash of the root key it was admitted with.
    pub org: OrgId,
    /// The key that signs its manifests now.
    pub root_key: PublicKey,
    /// What it is.
    pub kind: OrgKind,
    /// Its name, as it writes it.
    pub name: String,
    /// ISO 3166-1 alpha-2 code of its seat.
    pub country: String,
    /// Whether it takes part.
    pub status: Status,
}

impl Member {
    /// A new member with the id that its root key gives it.
    ///
    /// # Errors
    /// [`Error::Invalid`] if name or country are not usable.
    pub fn new(
        root_key: PublicKey,
        kind: OrgKind,
        name: &str,
        country: &str,
    ) -> Result<Self, Error> {
        let member = Self {
            org: OrgId::of_root(&root_key),
            root_key,
            kind,
            name: name.trim().to_string(),
            country: country.to_ascii_uppercase(),
            status: Status::Active,
        };
        member.check()?;
        Ok(member)
    }

    pub(super) fn check(&self) -> Result<(), Error> {
        check_name(&self.name)?;
        if self.country.len() != 2 || !self.country.bytes().all(|b| b.is_ascii_uppercase()) {
            return Err(Error::Invalid(
                "a country is an ISO 3166-1 code of two letters, such as NO",
            ));
        }
        Ok(())
    }
}

/// A name that people read: not empty, not endless, no control characters that could forge what a terminal shows.
pub(super) fn check_name(name: &str) -> Result<(), Error> {
    if name.trim().is_empty() || name.len() > limits::NAME || name.chars().any(char::is_control) {
        return Err(Error::Invalid(
            "a name has 1 to 200 bytes and no control characters",
        ));
    }
    Ok(())
}
