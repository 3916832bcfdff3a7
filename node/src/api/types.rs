//! What the API says and is told: one set of types for the node, its clients and the OpenAPI document.
//!
//! Ids are lower-case hex, times RFC 3339 in UTC. Where a path or query takes an id, its first digits will do if they
//! name one thing.

mod action;
mod alarm;
mod attachment;
mod audit;
mod backup;
mod case;
mod courier;
mod directory;
mod doctor;
mod event;
mod export;
mod history;
mod invitation;
mod preview;
mod record;
mod search;
mod status;

pub use action::CaseAction;
pub use alarm::{AlarmRow, Resolve};
pub use attachment::{
    AttachmentHere, AttachmentRow, AttachmentSpace, AttachmentVerified, Begun, Here, Lacking,
    Pruned,
};
pub use audit::{AuditCheckpoint, AuditItem, AuditPage};
pub use backup::BackupMade;
pub use case::{
    CaseDetail, CaseMember, CaseOrganisation, CaseSummary, FindCompartment, Former, Motion,
    OpenCase, Waiting,
};
pub use courier::{CourierLoaded, CourierOrder, CourierPacked};
pub use directory::{Author, Directory, DirectoryUpdate, Organisation};
pub use doctor::{Diagnosis, Finding, SendLimit};
pub use event::Event;
pub use export::{Evidence, Export, ExportRequest, Imported, RefusedRecord, ReportRequest};
pub use history::{CaseKnown, FieldChange, RecordHistory, Version};
pub use invitation::{Invitations, Invite, Invited};
pub use preview::{
    InvitationPreview, InvitationsPreview, Preview, PreviewedNode, PreviewedOrg, PreviewedVote,
};
pub use record::{Acknowledged, Holder, RecordDetail, RecordRow, Stored};
pub use search::{Found, FoundRecord};
pub use status::{Peer, Status};

use focal_protocol::wording::Wording;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Answer to anything that went wrong, with an HTTP status of 4xx or 5xx.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// Stable name of the error, such as `revoked-author`.
    pub code: String,
    /// What happened and why.
    pub message: String,
    /// The same by name, for those who say it in another language: the protocol's `wording::Wording`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub said: Option<Wording>,
    /// What to do next.
    pub hint: Option<String>,
}
