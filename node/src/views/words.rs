//! What the API says of cases in sentences, with their names.

use focal_protocol::{group::CaseRole, log::Epoch};

/// What an entry waits for.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WaitsFor {
    #[error("the secret of epoch {0} that opens it has not come yet")]
    Epoch(Epoch),
    #[error("version {version} of the manifest of {org} has not come yet")]
    Manifest { version: u64, org: String },
    #[error("it grants secrets of epochs that have not come yet")]
    Later,
    #[error("the custodian has not confirmed yet that its organisation was in the case then")]
    Rules,
}

focal_protocol::worded! {
    WaitsFor {
        Self::Epoch(epoch) => "waits-epoch" { epoch: epoch.to_string() },
        Self::Manifest { version, org } => "waits-manifest" { version: *version, org: org.as_str() },
        Self::Later => "waits-later",
        Self::Rules => "waits-rules",
    }
}

/// How a case was closed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Closed {
    #[error("closed")]
    Plainly,
    #[error("closed: {0}")]
    For(String),
}

focal_protocol::worded! {
    Closed {
        Self::Plainly => "stage-closed",
        Self::For(reason) => "stage-closed-for" { reason: reason.as_str() },
    }
}

/// What a member asks of the custodian.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Asks {
    #[error("{by} leaves: {reason}")]
    Leave { by: String, reason: String },
    #[error("{by} asks to invite {org} as {role}")]
    Invite {
        by: String,
        org: String,
        role: CaseRole,
    },
    #[error("{by} asks to remove {org}: {reason}")]
    Remove {
        by: String,
        org: String,
        reason: String,
    },
    #[error("{by} asks to remove node {node}: {reason}")]
    RemoveNode {
        by: String,
        node: String,
        reason: String,
    },
    #[error("{by} has seen {org} let in on its side of a split, in epoch {epoch}")]
    LetIn {
        by: String,
        org: String,
        epoch: Epoch,
    },
}

focal_protocol::worded! {
    Asks {
        Self::Leave { by, reason } => "asks-leave" { by: by.as_str(), reason: reason.as_str() },
        Self::Invite { by, org, role } => "asks-invite" {
            by: by.as_str(),
            org: org.as_str(),
            role: role.wording(),
        },
        Self::Remove { by, org, reason } => "asks-remove" {
            by: by.as_str(),
            org: org.as_str(),
            reason: reason.as_str(),
        },
        Self::RemoveNode { by, node, reason } => "asks-remove-node" {
            by: by.as_str(),
            node: node.as_str(),
            reason: reason.as_str(),
        },
        Self::LetIn { by, org, epoch } => "asks-let-in" {
            by: by.as_str(),
            org: org.as_str(),
            epoch: epoch.to_string(),
        },
    }
}
