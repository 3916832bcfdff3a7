//! What is wrong with a request itself.

use focal_protocol::time::Time;

/// Why something cannot be asked so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Fault {
    /// What is known at a time that is not past.
    #[error("at: {at} was given where it is only {now} by this node's clock")]
    NotPast {
        /// The time that was asked for.
        at: Time,
        /// The time here.
        now: Time,
    },
    /// A field says what it cannot say.
    #[error("{field}: \"{given}\" was given where {allowed} is allowed")]
    Field {
        /// The field.
        field: String,
        /// What was given, cut short.
        given: String,
        /// What may be given.
        allowed: String,
    },
    /// A text that is too long.
    #[error("{field}: {given} bytes were given where {most} are allowed")]
    TooLong {
        /// The field.
        field: &'static str,
        /// Bytes given.
        given: usize,
        /// Bytes allowed.
        most: usize,
    },
    /// More than a page has room for.
    #[error("note: at most {0} characters are printed")]
    Note(usize),
    /// Organisations are to have it, and none was named.
    #[error("recipients: nobody was named")]
    NoRecipients,
    /// Too many organisations are to have it.
    #[error("recipients: {given} were named where {most} are allowed")]
    TooManyRecipients {
        /// Organisations given.
        given: usize,
        /// Organisations allowed.
        most: usize,
    },
    /// Organisations were named with another purpose.
    #[error("recipients: named with the purpose \"organisations\" only")]
    RecipientsOnly,
    /// A format of which nothing is made.
    #[error("format: {0} is written, and not read")]
    OnlyWritten(String),
    /// No format.
    #[error("{0}")]
    Format(String),
    /// Nobody could open what is to be packed.
    #[error("no manifest lists a node of the recipient yet")]
    NoNode,
    /// The recipient is not in a case that is to be packed.
    #[error("the recipient has no node in case {0}")]
    NoNodeInCase(String),
    /// A volume broke off on its way.
    #[error("the file ended early")]
    EndedEarly,
    /// A volume of another federation.
    #[error("it is of another federation")]
    OtherFederation,
    /// A volume for somebody else.
    #[error("it is for another organisation")]
    OtherOrganisation,
    /// Names of a backup's pieces that are none.
    #[error("names of pieces have 32 bytes each")]
    PieceNames,
    /// Names of chunks that are none.
    #[error("the names of chunks have 32 bytes each")]
    ChunkNames,
    /// A backup is being made.
    #[error("another backup of this node is being made: wait for it")]
    BackupRuns,
    /// Its list would be longer than one may be.
    #[error("the node has more attachments than one backup can name: make it without them")]
    BackupTooLarge,
    /// There is nothing with this id.
    #[error("there is no {0} with this id, or more than one begins with these digits")]
    NotFound(&'static str),
    /// None, or too many, are to be invited at once.
    #[error("one to {0} organisations are invited at once")]
    Invitations(usize),
    /// The trail is not for everybody.
    #[error("the audit trail is for focal points and admins")]
    TrailFor,
    /// No id of an attachment or chunk.
    #[error("an attachment and a chunk are named by 64 hexadecimal digits")]
    ChunkId,
    /// No id of a log.
    #[error("a log is named by 32 hexadecimal digits")]
    LogId,
    /// No time.
    #[error("a time is written as 2026-11-05T14:00:00Z")]
    Time,
    /// Somebody else may.
    #[error("this is not for the role {role}: {who} may do it")]
    Role {
        /// The asker's role.
        role: String,
        /// Who may.
        who: &'static str,
    },
    /// Nobody says who asks.
    #[error("this door does not say who you are")]
    WhoAreYou,
}

focal_protocol::worded! {
    Fault {
        Self::NotPast { at, now } => "request-not-past" { at: at.to_string(), now: now.to_string() },
        Self::Field { field, given, allowed } => "request-field" {
            field: field.as_str(),
            given: given.as_str(),
            allowed: allowed.as_str(),
        },
        Self::TooLong { field, given, most } => "request-too-long" { field: *field, given: *given, most: *most },
        Self::Note(most) => "request-note" { most: *most },
        Self::NoRecipients => "request-no-recipients",
        Self::TooManyRecipients { given, most } => "request-recipients" { given: *given, most: *most },
        Self::RecipientsOnly => "request-recipients-only",
        Self::OnlyWritten(format) => "request-only-written" { format: format.as_str() },
        Self::Format(why) => "request-format" { why: why.as_str() },
        Self::NoNode => "request-no-node",
        Self::NoNodeInCase(case) => "request-no-node-in-case" { case: case.as_str() },
        Self::EndedEarly => "request-ended-early",
        Self::OtherFederation => "request-other-federation",
        Self::OtherOrganisation => "request-other-organisation",
        Self::PieceNames => "request-piece-names",
        Self::ChunkNames => "request-chunk-names",
        Self::BackupRuns => "request-backup-runs",
        Self::BackupTooLarge => "request-backup-too-large",
        Self::NotFound(what) => "request-not-found" { what: *what },
        Self::Invitations(most) => "request-invitations" { most: *most },
        Self::TrailFor => "request-trail-for",
        Self::ChunkId => "request-chunk-id",
        Self::LogId => "request-log-id",
        Self::Time => "request-time",
        Self::Role { role, who } => "request-role" { role: role.as_str(), who: *who },
        Self::WhoAreYou => "request-who-are-you",
    }
}
