//! Who may say what about whose record. A record that breaks this is shown with the reason and counts nowhere.
//!
//! Decided from the records alone (each with its author's role by the manifest under which it was written), so that every
//! node comes to the same, in whatever order they came.

use super::state::{CaseState, Held};
use crate::{
    directory::Role,
    record::{Kind, Summary},
};
use serde::{Deserialize, Serialize};

/// Why a record counts nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case")]
pub enum Invalid {
    /// A position by somebody who cannot bind their organisation.
    #[error("a position is taken by a focal point or an admin of the organisation")]
    NotAFocalPoint,
    /// A correction or retraction by another organisation than the record's.
    #[error("only the organisation that wrote a record corrects or withdraws it")]
    OtherOrganisation,
    /// A correction or retraction of a colleague's record by somebody who is no focal point.
    #[error("a colleague's record is corrected or withdrawn by a focal point or an admin")]
    OtherAuthor,
}

crate::worded! {
    Invalid {
        Self::NotAFocalPoint => "invalid-position",
        Self::OtherOrganisation => "invalid-other-organisation",
        Self::OtherAuthor => "invalid-other-author",
    }
}

impl Summary {
    /// Whether this record's author may write it: `of` is the record that it corrects or withdraws, if that is known.
    ///
    /// # Errors
    /// Why not.
    pub fn valid(&self, of: Option<&Self>) -> Result<(), Invalid> {
        match (self.kind, of) {
            (Kind::Position, _) if !self.kind.may_be_written_by(self.role()) => {
                Err(Invalid::NotAFocalPoint)
            }
            (Kind::Correction | Kind::Retraction, Some(of)) => {
                if self.organisation != of.organisation {
                    Err(Invalid::OtherOrganisation)
                } else if self.author != of.author && !self.leads() {
                    Err(Invalid::OtherAuthor)
                } else {
                    Ok(())
                }
            }
            _ => Ok(()),
        }
    }

    fn role(&self) -> Role {
        self.role.unwrap_or(Role::Officer)
    }

    /// Whether its author speaks for the whole organisation.
    fn leads(&self) -> bool {
        matches!(self.role(), Role::Admin | Role::FocalPoint)
    }
}

impl CaseState {
    /// Why a record counts nowhere, if it does not. What is about a record that has not come yet is not judged: it has
    /// no effect either.
    pub(super) fn invalid(&self, held: &Held) -> Option<Invalid> {
        let summary = &held.summary;
        let of = summary.target.and_then(|target| match summary.kind {
            // A correction of a correction amends the record itself.
            Kind::Correction => self.find(&self.root(target)),
            _ => self.find(&target),
        });
        summary.valid(of.map(|of| &of.summary)).err()
    }
}
