//! What happens on a node, as it happens.

use super::RecordRow;
use focal_protocol::wording::Wording;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One server-sent event of `GET /v1/events`: the event's name is `kind`, its data this.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Event {
    /// A record can be read.
    Record {
        /// The record.
        #[serde(flatten)]
        row: Box<RecordRow>,
    },
    /// A partner acknowledged to hold a log up to a height.
    Held {
        /// The case.
        case: String,
        /// The partner's node.
        node: String,
        /// Its organisation.
        org_name: String,
        /// The log.
        log: String,
        /// Entries it holds.
        height: u64,
    },
    /// This node joined a case, or its membership changed.
    Case {
        /// The case.
        case: String,
        /// Its title.
        title: String,
        /// MLS epoch.
        epoch: u64,
    },
    /// A file that a record names is here, whole.
    Attachment {
        /// The case.
        case: String,
        /// The attachment.
        attachment: String,
        /// Its length, bytes.
        size: u64,
    },
    /// A person must look at something.
    Alarm {
        /// The alarm.
        id: String,
        /// Stable name of its sort.
        code: String,
        /// What happened.
        message: String,
        /// The same by name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<Object>)]
        said: Option<Wording>,
    },
    /// A session began or ended.
    Peer {
        /// The partner's node.
        node: String,
        /// The organisation's name.
        org_name: String,
        /// Whether it is connected now.
        connected: bool,
    },
    /// Roster, manifests or key packages changed.
    Directory {
        /// Roster version.
        roster_version: u64,
    },
    /// Something was refused.
    Refused {
        /// Stable name of the error.
        code: String,
        /// What was refused and why.
        message: String,
        /// The same by name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<Object>)]
        said: Option<Wording>,
    },
    /// Events were lost because the listener was too slow: ask again for the current state.
    Lagged {
        /// How many.
        missed: u64,
    },
}
