//! Everything that a node refuses, by name.

mod fault;

pub(crate) use fault::Fault;

use focal_protocol::{
    case, courier, directory, group,
    id::NodeId,
    log,
    record::{self, FieldError},
    seal, signed, sync,
    wording::{Part, Worded},
};

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
    /// A correction, retraction or position by somebody who may not write it.
    #[error(transparent)]
    Invalid(record::Invalid),
    /// What the record's handling forbids.
    #[error("the record may not go there: {0}")]
    Barred(record::Barred),
    /// The record's marking names fewer organisations than would read it.
    #[error("{0} is in the case, and the record's marking does not let them read it")]
    TooWide(String),
    /// The record breaks its own rules: what is wrong, field by field.
    #[error("the record is not valid: {}", list(.0))]
    BadRecord(Vec<FieldError>),
    /// Pieces of a large payload that do not fit together.
    #[error("the pieces of a payload do not fit together")]
    BadParts,
    /// Signatures do not hold.
    #[error(transparent)]
    Signed(#[from] signed::Error),
    /// A case of which this node is no member.
    #[error("this node is not a member of the case")]
    UnknownCase,
    /// A node that is no member of the case.
    #[error("node {0:?} is not a member of the case")]
    NotAMember(NodeId),
    /// Entries of epochs of a case that are not known here yet, of a member of whom much waits already.
    #[error(
        "so many entries of node {0:?} wait for commits that no more are taken before those come"
    )]
    TooLate(NodeId),
    /// An organisation that is no active member of the federation.
    #[error("there is no active member organisation \"{0}\"")]
    UnknownOrganisation(String),
    /// A compartment for an organisation that is not in the case around it.
    #[error("{0} is not in the case")]
    NotInParent(String),
    /// More cases than a node may have.
    #[error("this node is in as many cases as it can be")]
    TooManyCases,
    /// There is no such record in the case.
    #[error(
        "there is no record with this id in the case, or more than one begins with these digits"
    )]
    UnknownRecord,
    /// What was asked for cannot be asked so.
    #[error(transparent)]
    BadRequest(#[from] Fault),
    /// A search that is not understood.
    #[error(transparent)]
    BadQuery(#[from] crate::search::QueryError),
    /// A vote that was said to put out somebody else.
    #[error("the case has another custodian since: the vote would put out node {0:?}")]
    OtherCustodian(NodeId),
    /// A vote that was said to follow nobody whatever this node knows, and would now, or the other way round.
    #[error("the case has changed since: the vote would not do any more what was said before")]
    OtherVote,
    /// There is no such alarm.
    #[error("there is no such alarm")]
    UnknownAlarm,
    /// Somebody has decided about the alarm.
    #[error("the alarm is resolved already, and its decision stands")]
    ResolvedAlarm,
    /// The case's rules do not let the entry count.
    #[error("the entry does not count: {0}")]
    Judged(case::Reason),
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
    /// Cases.
    #[error(transparent)]
    Case(#[from] case::Error),
    /// Sealing.
    #[error(transparent)]
    Seal(#[from] seal::Error),
    /// What came by file.
    #[error(transparent)]
    Courier(#[from] courier::Error),
    /// The conversation.
    #[error(transparent)]
    Sync(#[from] sync::Error),
    /// No record names such a file, or it is not here.
    #[error("there is no such attachment here")]
    UnknownAttachment,
    /// A record names chunks that were not handed in.
    #[error("{missing} chunks of \"{name}\" are not here")]
    MissingChunks {
        /// The file.
        name: String,
        /// How many.
        missing: u32,
    },
    /// A chunk that is not what its name says.
    #[error("a chunk of an attachment is not what its name says")]
    BadChunk,
    /// The operator's limit for attachments.
    #[error("attachments take all the room that the node's settings give them")]
    NoSpaceForAttachments,
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

/// Fields that are named at most.
const NAMED: usize = 8;

fn list(errors: &[FieldError]) -> String {
    let texts: Vec<String> = errors.iter().take(NAMED).map(ToString::to_string).collect();
    texts.join("; ")
}

fn named(errors: &[FieldError]) -> Part {
    Part::List(errors.iter().take(NAMED).map(Worded::wording).collect())
}

focal_protocol::worded! {
    Refused {
        Self::NoFederation => "no-federation",
        Self::NotListed => "not-listed",
        Self::UnknownNode(node) => "unknown-node" { node: node.short() },
        Self::UnknownAuthor => "unknown-author",
        Self::RevokedAuthor => "revoked-author",
        Self::AuthorExpired => "author-expired",
        Self::OtherOrganisation => "other-organisation",
        Self::OtherCase => "other-case",
        Self::NotAllowed(who) => "may-only-acknowledge" { who: *who },
        Self::Barred(barred) => "barred" { why: barred.wording() },
        Self::TooWide(name) => "too-wide" { name: name.as_str() },
        Self::BadRecord(errors) => "bad-record" { errors: named(errors) },
        Self::BadParts => "bad-parts",
        Self::UnknownCase => "unknown-case",
        Self::NotAMember(node) => "not-a-member" { node: node.short() },
        Self::TooLate(node) => "too-late" { node: node.short() },
        Self::UnknownOrganisation(name) => "unknown-organisation" { name: name.as_str() },
        Self::NotInParent(name) => "not-in-parent" { name: name.as_str() },
        Self::TooManyCases => "too-many-cases",
        Self::UnknownRecord => "unknown-record",
        Self::OtherCustodian(node) => "other-custodian" { node: node.short() },
        Self::OtherVote => "other-vote",
        Self::UnknownAlarm => "unknown-alarm",
        Self::ResolvedAlarm => "resolved-alarm",
        Self::Judged(why) => "judged" { why: why.wording() },
        Self::TooManyLogs => "too-many-logs",
        Self::OwnLog => "own-log",
        Self::UnknownAttachment => "unknown-attachment",
        Self::MissingChunks { name, missing } => "missing-chunks" { name: name.as_str(), n: *missing },
        Self::BadChunk => "bad-chunk",
        Self::NoSpaceForAttachments => "attachments-full",
        Self::Full => "disk-full",
        Self::Store(why) => "store-failed" { why: why.as_str() },
        Self::Stopping => "stopping",
    } via {
        Self::Invalid(error) => error,
        Self::BadRequest(error) => error,
        Self::BadQuery(error) => error,
        Self::Signed(error) => error,
        Self::Directory(error) => error,
        Self::Log(error) => error,
        Self::Case(error) => error,
        Self::Seal(error) => error,
        Self::Courier(error) => error,
        Self::Sync(error) => error,
    }
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
            Self::Invalid(record::Invalid::NotAFocalPoint) => "focal-point-only",
            Self::Invalid(_) => "not-yours",
            Self::Barred(barred) => barred.code(),
            Self::TooWide(_) => "too-wide",
            Self::BadRecord(_) => "bad-record",
            Self::Signed(signed::Error::Codec(_)) | Self::BadParts => "unreadable",
            Self::Signed(_) => "bad-signature",
            Self::UnknownCase => "unknown-case",
            Self::NotAMember(_) => "not-a-member",
            Self::TooLate(_) => "too-late",
            Self::UnknownOrganisation(_) => "unknown-organisation",
            Self::NotInParent(_) => "not-in-parent",
            Self::TooManyCases => "too-many-cases",
            Self::OtherCustodian(_) => "other-custodian",
            Self::OtherVote => "other-vote",
            Self::UnknownAlarm => "unknown-alarm",
            Self::ResolvedAlarm => "resolved-alarm",
            Self::UnknownRecord => "not-found",
            Self::BadRequest(_) => "bad-field",
            Self::BadQuery(_) => "bad-query",
            Self::Judged(case::Reason::AfterRemoval) => "after-removal",
            Self::Judged(case::Reason::NotInCase) => "not-a-member",
            Self::Judged(case::Reason::Reader) => "not-allowed",
            Self::Judged(case::Reason::Closed) => "case-closed",
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
            Self::Case(case::Error::Group(group::Error::NotCustodian(_))) => "not-custodian",
            Self::Case(case::Error::Group(group::Error::Succession(_))) => "bad-succession",
            Self::Case(case::Error::Group(_)) => "bad-group",
            Self::Case(case::Error::Ended(_)) => "no-longer-a-member",
            Self::Case(case::Error::NotInCase) => "not-in-case",
            Self::Case(case::Error::AlreadyInCase) => "already-invited",
            Self::Case(case::Error::CustodianStays) => "custodian-stays",
            Self::Case(case::Error::Stage(_)) => "case-closed",
            Self::Case(case::Error::Restored) => "restored",
            Self::Case(case::Error::NotYet) => "not-yet",
            Self::Case(case::Error::Contested(_)) => "contested",
            Self::Case(case::Error::NothingToDo) => "nothing-to-do",
            Self::Case(case::Error::NotAllowed(_)) => "not-allowed",
            Self::Seal(seal::Error::Opening) => "cannot-open",
            Self::Seal(_) => "bad-seal",
            Self::Courier(courier::Error::NotForThisNode) => "not-for-this-node",
            Self::Courier(courier::Error::Damaged(_)) => "damaged",
            Self::Courier(_) => "bad-volume",
            Self::Sync(sync::Error::FrameTooLarge) => "frame-too-large",
            Self::Sync(_) => "bad-frame",
            Self::UnknownAttachment => "unknown-attachment",
            Self::MissingChunks { .. } => "missing-chunks",
            Self::BadChunk => "bad-chunk",
            Self::NoSpaceForAttachments => "attachments-full",
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
            Self::Courier(courier::Error::NotForThisNode) => {
                "ask whoever packed it to pack it for your organisation; its manifest must list this node"
            }
            Self::Courier(courier::Error::Damaged(_)) => {
                "what stands before the damage is stored; copy the file again, or ask for a new one: it will hold all that has not arrived"
            }
            Self::UnknownAuthor => {
                "add the author with `focal org author add`, which issues a new manifest"
            }
            Self::RevokedAuthor => {
                "ask the organisation's administrator for a new key: `focal org author add`"
            }
            Self::Invalid(record::Invalid::OtherAuthor) => {
                "ask its author, or a focal point of your organisation"
            }
            Self::Invalid(record::Invalid::OtherOrganisation) => {
                "write to that organisation: `focal report send CASE --kind note`"
            }
            Self::Barred(record::Barred::Consent(..)) => {
                "leave out what the source has not agreed to share, or ask the source again"
            }
            Self::TooWide(_) => {
                "send it to a case with just the organisations that may read it, and name them in releasable_to"
            }
            Self::UnknownCase => "see the cases with `focal case list`",
            Self::UnknownOrganisation(_) => "see the members with `focal federation show`",
            Self::Case(case::Error::Group(group::Error::NotCustodian(_))) => {
                "ask the case's custodian (`focal case members`), or propose it with `--request`"
            }
            Self::Case(case::Error::CustodianStays) => {
                "hand the case over first: `focal case hand-over`"
            }
            Self::Case(case::Error::Restored) => {
                "stand for custodian with `focal case succeed`, and ask the other members to vote"
            }
            Self::Case(case::Error::Stage(_)) => "reopen it with `focal case reopen`",
            Self::NotInParent(_) => "invite it to the case first: `focal case invite`",
            Self::BadQuery(_) => "see how to ask with `focal search --help`",
            Self::OtherCustodian(_) | Self::OtherVote => {
                "see `focal case show`, call the partners, and vote anew if you still want to"
            }
            Self::UnknownAlarm => "see `focal alarms list`",
            Self::ResolvedAlarm => "see what was decided with `focal alarms list --all`",
            Self::UnknownAttachment => {
                "see the files with `focal attachment list`; `focal attachment fetch` brings one here"
            }
            Self::MissingChunks { .. } => {
                "send the report again: chunks that are here are not sent twice"
            }
            Self::NoSpaceForAttachments => {
                "raise `attachment_space_mib` in node.toml, or remove what nothing names: `focal attachment prune`"
            }
            Self::Full => "make room on the node's disk and send it again",
            Self::Stopping => "send it again when the node runs",
            _ => return None,
        })
    }

    /// Whether somebody could not prove to be who they said.
    #[must_use]
    pub(crate) fn fails_authentication(&self) -> bool {
        matches!(
            self,
            Self::UnknownAuthor
                | Self::RevokedAuthor
                | Self::AuthorExpired
                | Self::Signed(
                    signed::Error::BadSignature(_) | signed::Error::TooFewSignatures { .. }
                )
        )
    }

    /// Whether the peer that sent it is to blame, so that its session ends.
    pub(crate) fn blames_peer(&self) -> bool {
        !matches!(
            self,
            Self::Full
                | Self::NoSpaceForAttachments
                | Self::Store(_)
                | Self::Stopping
                | Self::UnknownCase
                | Self::NotAMember(_)
                | Self::TooLate(_)
                | Self::UnknownNode(_)
                | Self::Judged(_)
                | Self::Case(_)
                | Self::OwnLog
                // Whose logs they are is to blame, and not who brings them.
                | Self::TooManyLogs
                | Self::Log(log::Error::Fork { .. } | log::Error::Gap { .. })
        )
    }
}
