//! Everything that a node refuses, by name.

use focal_protocol::{directory, group, id::NodeId, log, seal, signed, sync};

/// Why something was refused. Nothing was stored then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refused {
    /// No charter was accepted yet.
    #[error("this node belongs to no federation yet")]
    NoFederation,
    /// This node is in no manifest of its organisation yet.
    #[error("this node is in no manifest of an active member organisation")]
    NotListed,
    /// A node that no manifest lists.
    #[error("node {0:?} is in no manifest")]
    UnknownNode(NodeId),
    /// A key that is no author of the organisation.
    #[error("the author is not in the manifest of the organisation that the record names")]
    UnknownAuthor,
    /// A key that its organisation has revoked.
    #[error("the author's key was revoked by their organisation")]
    RevokedAuthor,
    /// The author's time has not come or is over.
    #[error("the author is not valid at this time")]
    AuthorExpired,
    /// A record of another organisation than the node's.
    #[error("the record is of another organisation than the node that carries it")]
    OtherOrganisation,
    /// A record for another case than the entry that carries it.
    #[error("the record belongs to another case")]
    OtherCase,
    /// The author's role or the organisation's role in the case does not allow it.
    #[error("{0} may only acknowledge")]
    NotAllowed(&'static str),
    /// A position by somebody who cannot bind their organisation.
    #[error("a position is taken by a focal point or an admin of the organisation")]
    FocalPointOnly,
    /// The record's marking names fewer organisations than would read it.
    #[error("{0} is in the case, and the record's marking does not let them read it")]
    TooWide(String),
    /// The record breaks its own rules.
    #[error("the record is not valid: {0}")]
    BadRecord(String),
    /// Signatures do not hold.
    #[error(transparent)]
    Signed(#[from] signed::Error),
    /// A case of which this node is no member.
    #[error("this node is not a member of the case")]
    UnknownCase,
    /// A node that is no member of the case.
    #[error("node {0:?} is not a member of the case")]
    NotAMember(NodeId),
    /// An organisation that is no active member of the federation.
    #[error("there is no active member organisation \"{0}\"")]
    UnknownOrganisation(String),
    /// Already in the case.
    #[error("{0} is in the case already")]
    AlreadyInvited(String),
    /// The log's writer signed two histories.
    #[error("the log is frozen: its writer signed two histories")]
    Frozen,
    /// More logs of one node than it can need.
    #[error("more logs of one node in one case than are allowed")]
    TooManyLogs,
    /// Entries of a log of this very node that it did not write now.
    #[error("entries of this node's own log came from outside")]
    OwnLog,
    /// Directory documents.
    #[error(transparent)]
    Directory(#[from] directory::Error),
    /// Entries.
    #[error(transparent)]
    Log(#[from] log::Error),
    /// Case groups.
    #[error(transparent)]
    Group(#[from] group::Error),
    /// Sealing.
    #[error(transparent)]
    Seal(#[from] seal::Error),
    /// The conversation.
    #[error(transparent)]
    Sync(#[from] sync::Error),
    /// The disk is full.
    #[error("the disk is full: nothing was stored")]
    Full,
    /// The store failed.
    #[error("the store failed: {0}")]
    Store(String),
    /// The node is going down.
    #[error("the node is stopping")]
    Stopping,
}

impl From<crate::store::Error> for Refused {
    fn from(error: crate::store::Error) -> Self {
        match error {
            crate::store::Error::Full => Self::Full,
            other => Self::Store(other.to_string()),
        }
    }
}

impl Refused {
    /// A stable name.
    #[must_use]
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::NoFederation => "no-federation",
            Self::NotListed => "not-listed",
            Self::UnknownNode(_) => "unknown-node",
            Self::UnknownAuthor => "unknown-author",
            Self::RevokedAuthor => "revoked-author",
            Self::AuthorExpired => "author-expired",
            Self::OtherOrganisation => "other-organisation",
            Self::OtherCase => "other-case",
            Self::NotAllowed(_) => "not-allowed",
            Self::FocalPointOnly => "focal-point-only",
            Self::TooWide(_) => "too-wide",
            Self::BadRecord(_) => "bad-record",
            Self::Signed(signed::Error::Codec(_)) => "unreadable",
            Self::Signed(_) => "bad-signature",
            Self::UnknownCase => "unknown-case",
            Self::NotAMember(_) => "not-a-member",
            Self::UnknownOrganisation(_) => "unknown-organisation",
            Self::AlreadyInvited(_) => "already-invited",
            Self::Frozen => "frozen-log",
            Self::TooManyLogs => "too-many-logs",
            Self::OwnLog => "own-log",
            Self::Directory(directory::Error::Rollback { .. }) => "rollback",
            Self::Directory(directory::Error::Conflict(_)) => "conflict",
            Self::Directory(directory::Error::OtherFederation)
            | Self::Sync(sync::Error::OtherFederation(_)) => "other-federation",
            Self::Directory(_) => "bad-directory",
            Self::Log(log::Error::BrokenChain(_)) => "broken-chain",
            Self::Log(log::Error::Fork { .. }) => "fork",
            Self::Log(log::Error::BadSignature | log::Error::Unsigned) => "bad-signature",
            Self::Log(_) => "bad-entry",
            Self::Group(group::Error::NotCustodian(_)) => "not-custodian",
            Self::Group(_) => "bad-group",
            Self::Seal(seal::Error::Opening) => "cannot-open",
            Self::Seal(_) => "bad-seal",
            Self::Sync(_) => "bad-frame",
            Self::Full => "disk-full",
            Self::Store(_) => "store-failed",
            Self::Stopping => "stopping",
        }
    }

    /// What to do next.
    #[must_use]
    pub(crate) fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::NoFederation => {
                "found one with `focal federation found`, or join one with `focal federation request`"
            }
            Self::NotListed => "list the node with `focal org manifest`",
            Self::UnknownAuthor => {
                "add the author with `focal org author add`, which issues a new manifest"
            }
            Self::RevokedAuthor => {
                "ask the organisation's administrator for a new key: `focal org author add`"
            }
            Self::TooWide(_) => {
                "send it to a case with just the organisations that may read it, and name them in releasable_to"
            }
            Self::UnknownCase => "see the cases with `focal case list`",
            Self::UnknownOrganisation(_) => "see the members with `focal federation show`",
            Self::Group(group::Error::NotCustodian(_)) => {
                "ask the case's custodian: `focal case members`"
            }
            Self::Full => "make room on the node's disk and send it again",
            Self::Stopping => "send it again when the node runs",
            _ => return None,
        })
    }

    /// Whether the peer that sent it is to blame, so that its session ends.
    pub(crate) fn blames_peer(&self) -> bool {
        !matches!(
            self,
            Self::Full
                | Self::Store(_)
                | Self::Stopping
                | Self::UnknownCase
                | Self::NotAMember(_)
                | Self::UnknownNode(_)
                | Self::Frozen
                | Self::OwnLog
                | Self::Log(log::Error::Fork { .. } | log::Error::Gap { .. })
        )
    }
}
