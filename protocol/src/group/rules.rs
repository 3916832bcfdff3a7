//! What the members of a case agree on.

use super::Error;
use crate::{
    codec,
    id::{CaseId, NodeId, OrgId},
    limits,
    time::Time,
};
use openmls::prelude::{Extension, ExtensionType, Extensions, GroupContext, UnknownExtension};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// The private-use extension type of MLS (RFC 9420, section 17.3) that carries the rules.
pub(super) const EXTENSION: u16 = 0xF0CA;

/// What an organisation may do in a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CaseRole {
    /// Reads and writes.
    Contributor,
    /// Reads and acknowledges.
    Reader,
}

impl fmt::Display for CaseRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Contributor => "contributor",
            Self::Reader => "reader",
        })
    }
}

impl FromStr for CaseRole {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, &'static str> {
        match text {
            "contributor" => Ok(Self::Contributor),
            "reader" => Ok(Self::Reader),
            _ => Err("one of contributor, reader"),
        }
    }
}

/// What newcomers may read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum History {
    /// Everything since the case was opened.
    All,
    /// What is written after they joined.
    FromJoining,
}

impl fmt::Display for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::All => "all",
            Self::FromJoining => "from-joining",
        })
    }
}

impl FromStr for History {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, &'static str> {
        match text {
            "all" => Ok(Self::All),
            "from-joining" => Ok(Self::FromJoining),
            _ => Err("one of all, from-joining"),
        }
    }
}

/// The rules of a case, in the MLS group context.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    /// The case.
    pub case: CaseId,
    /// Its title.
    pub title: String,
    /// When it was opened.
    pub opened: Time,
    /// The only node whose commits count.
    pub custodian: NodeId,
    /// Roles of the member organisations, each once.
    pub roles: Vec<(OrgId, CaseRole)>,
    /// What newcomers may read.
    pub history: History,
}

impl Rules {
    /// The role of an organisation.
    #[must_use]
    pub fn role(&self, org: &OrgId) -> Option<CaseRole> {
        self.roles.iter().find(|(o, _)| o == org).map(|(_, r)| *r)
    }

    /// Gives an organisation a role.
    pub fn set_role(&mut self, org: OrgId, role: CaseRole) {
        match self.roles.iter_mut().find(|(o, _)| *o == org) {
            Some((_, r)) => *r = role,
            None => self.roles.push((org, role)),
        }
    }

    /// Checks what can be checked without the directory.
    ///
    /// # Errors
    /// [`Error::Rules`] names what is wrong.
    pub fn check(&self) -> Result<(), Error> {
        if self.title.trim().is_empty()
            || self.title.len() > limits::NAME
            || self.title.chars().any(char::is_control)
        {
            return Err(Error::Rules(
                "a title has 1 to 200 bytes and no control characters",
            ));
        }
        if self.roles.len() > limits::ORGANISATIONS {
            return Err(Error::Rules(
                "more organisations than a federation may have",
            ));
        }
        Ok(())
    }

    pub(super) fn extensions(&self) -> Result<Extensions<GroupContext>, Error> {
        let bytes = codec::encode(self);
        Extensions::from_vec(vec![
            Extension::RequiredCapabilities(openmls::prelude::RequiredCapabilitiesExtension::new(
                &[ExtensionType::Unknown(EXTENSION)],
                &[],
                &[],
            )),
            Extension::Unknown(EXTENSION, UnknownExtension(bytes)),
        ])
        .map_err(Error::mls)
    }

    pub(super) fn from_context(
        extensions: &Extensions<GroupContext>,
        case: CaseId,
    ) -> Result<Self, Error> {
        let bytes = extensions
            .unknown(EXTENSION)
            .ok_or(Error::Rules("the group has no rules"))?;
        let rules: Self = codec::decode(&bytes.0, limits::ENTRY)
            .map_err(|_| Error::Rules("the group's rules cannot be read"))?;
        rules.check()?;
        if rules.case != case {
            return Err(Error::Rules("the group's rules are of another case"));
        }
        Ok(rules)
    }
}
