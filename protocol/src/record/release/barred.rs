//! Why something may not be done with a record.

use super::Audience;
use crate::{
    id::OrgId,
    record::{Consent, Tlp},
    wording::{Part, Worded},
};

/// What stands in the way, said so that a person understands it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Barred {
    /// Somebody who only reads.
    #[error("an observer reads and acknowledges, and takes nothing out")]
    Observer,
    /// TLP 2.0: RED is for the eyes of named recipients.
    #[error("TLP:RED is for named recipients, and an observer is none")]
    ObserverOfRed,
    /// The asker's own organisation should not have it.
    #[error("the record's marking does not name your organisation")]
    NotARecipient,
    /// Courier files carry a case to its members only.
    #[error("organisation {} is not in the case", .0.short())]
    NotInCase(OrgId),
    /// The release list names others.
    #[error("its release list names the organisations that may have it, and {0} is not among them")]
    ReleaseList(Audience),
    /// The label does not reach that far.
    #[error("{0} does not let it go to {1}: {limit}", limit = limit(*.0))]
    Tlp(Tlp, Audience),
    /// The originator wants to be asked.
    #[error("its originator is to be asked before it is passed on")]
    OriginatorControl,
    /// The source agreed to less.
    #[error("the source's consent covers {}, not {}", covers(*.0), wanted(.1.as_ref()))]
    Consent(Consent, Option<Audience>),
    /// A person can be recognised, and was not asked.
    #[error("it identifies a person, and no consent is noted that would cover {0}")]
    NoConsent(Audience),
}

crate::worded! {
    Barred {
        Self::Observer => "barred-observer",
        Self::ObserverOfRed => "barred-observer-of-red",
        Self::NotARecipient => "barred-not-a-recipient",
        Self::NotInCase(org) => "barred-not-in-case" { org: org.short() },
        Self::ReleaseList(to) => "barred-release-list" { to: to.wording() },
        Self::Tlp(tlp @ Tlp::Red, to) => "barred-red" { tlp: tlp.to_string(), to: to.wording() },
        Self::Tlp(tlp @ Tlp::AmberStrict, to) => "barred-amber-strict" { tlp: tlp.to_string(), to: to.wording() },
        Self::Tlp(tlp @ Tlp::Amber, to) => "barred-amber" { tlp: tlp.to_string(), to: to.wording() },
        Self::Tlp(tlp @ Tlp::Green, to) => "barred-green" { tlp: tlp.to_string(), to: to.wording() },
        Self::Tlp(tlp @ Tlp::Clear, to) => "barred-clear" { tlp: tlp.to_string(), to: to.wording() },
        Self::OriginatorControl => "barred-originator-control",
        Self::Consent(Consent::Internal, to) => "barred-consent-internal" { to: asked(to.as_ref()) },
        Self::Consent(Consent::Partners, to) => "barred-consent-partners" { to: asked(to.as_ref()) },
        Self::Consent(Consent::Judicial, to) => "barred-consent-judicial" { to: asked(to.as_ref()) },
        Self::Consent(Consent::Public, to) => "barred-consent-public" { to: asked(to.as_ref()) },
        Self::NoConsent(to) => "barred-no-consent" { to: to.wording() },
    }
}

fn asked(audience: Option<&Audience>) -> Part {
    audience.map_or_else(|| "partners".into(), |audience| audience.wording().into())
}

fn limit(tlp: Tlp) -> &'static str {
    match tlp {
        Tlp::Red => "it is for its named recipients only",
        Tlp::AmberStrict => "it stays within the organisations that have received it",
        Tlp::Amber => "it stays with the organisations that have received it and those they serve",
        Tlp::Green => "it stays within the federation",
        Tlp::Clear => "it is for everybody",
    }
}

fn covers(consent: Consent) -> &'static str {
    match consent {
        Consent::Internal => "the organisation that took it down",
        Consent::Partners => "the partners of the case",
        Consent::Judicial => "the partners of the case and courts",
        Consent::Public => "everybody",
    }
}

fn wanted(audience: Option<&Audience>) -> String {
    audience.map_or_else(|| "partners".to_string(), ToString::to_string)
}

impl Barred {
    /// A stable name.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Observer | Self::ObserverOfRed => "observer",
            Self::NotARecipient => "not-a-recipient",
            Self::NotInCase(_) => "not-in-case",
            Self::ReleaseList(_) => "release-list",
            Self::Tlp(..) => "tlp",
            Self::OriginatorControl => "originator-control",
            Self::Consent(..) => "consent",
            Self::NoConsent(_) => "no-consent",
        }
    }

    /// Whether the originator can lift it by agreeing: what is its own to say, and not the source's.
    #[must_use]
    pub fn originator_can_lift(&self) -> bool {
        matches!(
            self,
            Self::ReleaseList(_) | Self::Tlp(..) | Self::OriginatorControl
        )
    }
}
