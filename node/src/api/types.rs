//! What the API says and is told: one set of types for the node, its clients and the OpenAPI document.
//!
//! Ids are lower-case hex, times RFC 3339 in UTC. Where a path or query takes an id, its first digits will do if they
//! name one thing.

mod audit;
mod backup;
mod courier;
mod doctor;
mod export;
mod history;
mod search;

pub use audit::{AuditCheckpoint, AuditItem, AuditPage};
pub use backup::BackupMade;
pub use courier::{CourierLoaded, CourierOrder, CourierPacked};
pub use doctor::{Diagnosis, Finding};
pub use export::{Evidence, Export, ExportRequest, Imported, RefusedRecord, ReportRequest};
pub use history::{CaseKnown, FieldChange, RecordHistory, Version};
pub use search::{Found, FoundRecord};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Answer to anything that went wrong, with an HTTP status of 4xx or 5xx.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// Stable name of the error, such as `revoked-author`.
    pub code: String,
    /// What happened and why.
    pub message: String,
    /// What to do next.
    pub hint: Option<String>,
}

/// `GET /v1/status`
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Status {
    /// Version of the software.
    pub version: String,
    /// This node.
    pub node: String,
    /// Its fingerprint as words.
    pub node_fingerprint: String,
    /// Its organisation, once a federation knows it.
    pub org: Option<String>,
    /// Its organisation's name.
    pub org_name: Option<String>,
    /// The federation, once there is one.
    pub federation: Option<String>,
    /// The federation's name.
    pub federation_name: Option<String>,
    /// Version of the roster held.
    pub roster_version: u64,
    /// Version of its own organisation's manifest.
    pub manifest_version: u64,
    /// Addresses on which it listens.
    pub listening: Vec<String>,
    /// Partners' nodes with a session now.
    pub peers_connected: usize,
    /// Partners' nodes in current manifests.
    pub peers_known: usize,
    /// Cases it is a member of.
    pub cases: usize,
    /// Entries it holds, sealed.
    pub entries: u64,
    /// Records it can read.
    pub records: u64,
    /// Entries of its own that no other node is known to hold: lost if this one is.
    #[serde(default)]
    pub held_by_nobody_else: u64,
    /// Entries that wait for an epoch or a manifest.
    pub pending: u64,
    /// Things refused since the start, by name of the error.
    pub refused: std::collections::BTreeMap<String, u64>,
    /// What an operator should look at; empty if all is well.
    pub alarms: Vec<String>,
    /// What attachments take.
    #[serde(default)]
    pub attachments: AttachmentSpace,
    /// When it was started.
    pub started: String,
}

/// A partner's node, in `GET /v1/peers`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Peer {
    /// The node.
    pub node: String,
    /// Its organisation.
    pub org: String,
    /// The organisation's name.
    pub org_name: String,
    /// Whether there is a session now.
    pub connected: bool,
    /// Whether the connection goes by way of a partner's relay.
    pub relayed: bool,
    /// Since when it is connected or not, if known.
    pub since: Option<String>,
    /// Addresses in its manifest.
    pub addresses: Vec<String>,
    /// Why the last attempt to reach it failed.
    pub last_error: Option<String>,
}

/// `GET /v1/directory`
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Directory {
    /// The federation's id.
    pub federation: String,
    /// Its name.
    pub name: String,
    /// Its fingerprint as words.
    pub fingerprint: String,
    /// When it was founded.
    pub founded: String,
    /// Current roster version.
    pub roster_version: u64,
    /// How many stewards must sign the next roster.
    pub threshold: u16,
    /// Member organisations.
    pub members: Vec<Organisation>,
    /// Proofs that somebody signed two documents of one version.
    pub conflicts: usize,
}

/// A member organisation.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Organisation {
    /// Its id.
    pub org: String,
    /// Its name.
    pub name: String,
    /// What it is: `government`, `igo`, `ngo`, `regional-body`, `academic`.
    pub kind: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// `active`, `suspended`, `left`.
    pub status: String,
    /// Whether it is a steward.
    pub steward: bool,
    /// Its root key.
    pub root_key: String,
    /// Fingerprint of the root key, as words.
    pub fingerprint: String,
    /// Its manifest's version; 0 if none is known.
    pub manifest_version: u64,
    /// When its manifest should be renewed.
    pub manifest_expires: Option<String>,
    /// Its nodes.
    pub nodes: Vec<String>,
    /// Its authors.
    pub authors: Vec<Author>,
}

/// An author in a manifest.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Author {
    /// Short name.
    pub handle: String,
    /// Name.
    pub name: String,
    /// `admin`, `focal-point`, `officer`, `observer`.
    pub role: String,
    /// Their key.
    pub key: String,
    /// Whether the manifest revokes the key.
    pub revoked: bool,
}

/// Answer to `POST /v1/directory/bundle` and `POST /v1/directory/manifest`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct DirectoryUpdate {
    /// The federation.
    pub federation: String,
    /// Documents that were new.
    pub taken: usize,
    /// Roster version now.
    pub roster_version: u64,
}

/// Body of `POST /v1/cases`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct OpenCase {
    /// Title, 1 to 200 bytes.
    pub title: String,
    /// What newcomers may read: `all` or `from-joining`.
    pub history: String,
}

/// A case in a list.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct CaseSummary {
    /// The case.
    pub case: String,
    /// Its title.
    pub title: String,
    /// When it was opened.
    pub opened: String,
    /// The custodian's organisation.
    pub custodian: String,
    /// This organisation's role: `custodian`, `contributor`, `reader`.
    pub role: String,
    /// Member organisations.
    pub organisations: usize,
    /// Records that can be read here.
    pub records: u64,
    /// Entries that wait.
    pub pending: u64,
    /// `open`, `closed`, or why this node takes part no more.
    pub stage: String,
    /// Of a compartment: the case inside which it is shown.
    pub parent: Option<String>,
}

/// `GET /v1/cases/{case}`
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct CaseDetail {
    /// As in the list.
    #[serde(flatten)]
    pub summary: CaseSummary,
    /// What newcomers may read.
    pub history: String,
    /// Generation and epoch of the group.
    pub generation: u32,
    /// MLS epoch.
    pub epoch: u64,
    /// Members, node by node.
    pub members: Vec<CaseMember>,
    /// Organisations that were invited but have no node in the case yet.
    pub waiting: Vec<String>,
    /// Compartments of the case in which this node is, with their titles.
    pub compartments: Vec<CaseSummary>,
    /// What members ask of the custodian.
    pub requests: Vec<String>,
    /// Votes for a new custodian.
    pub votes: Vec<Motion>,
    /// Nodes that were members and are not.
    pub former: Vec<Former>,
    /// Hash of the case view: equal on nodes that hold the same records.
    pub view_hash: String,
}

/// A motion for a new custodian.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Motion {
    /// The organisation whose node is to become custodian.
    pub successor_name: String,
    /// Its node.
    pub successor: String,
    /// `lost` or `hostile`.
    pub cause: String,
    /// Organisations whose nodes voted for it.
    pub votes: Vec<String>,
    /// Votes needed.
    pub needed: usize,
}

/// A node that was a member of a case.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Former {
    /// The node.
    pub node: String,
    /// Its organisation's name.
    pub org_name: String,
    /// Whether what it writes later can still count, as for a custodian that was lost.
    pub open_ended: bool,
}

/// Body of `POST /v1/cases/{case}/actions`. Organisations are named by id, first digits or name; nodes by id, first digits,
/// or by an organisation that has one node in the case.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(tag = "action", rename_all = "kebab-case", deny_unknown_fields)]
pub enum CaseAction {
    /// Remove an organisation.
    Remove {
        /// The organisation.
        org: String,
        /// Why: shown to it.
        reason: String,
    },
    /// Remove one node.
    RemoveNode {
        /// The node.
        node: String,
        /// Why: shown to its operator.
        reason: String,
    },
    /// Leave the case.
    Leave {
        /// Why.
        reason: String,
    },
    /// Change a role.
    Role {
        /// The organisation.
        org: String,
        /// `contributor` or `reader`.
        role: String,
    },
    /// Make another node custodian.
    HandOver {
        /// The node.
        node: String,
    },
    /// Make fresh keys.
    Rekey,
    /// Make the case read-only.
    Close {
        /// Why.
        reason: String,
        /// Days after which it is to be purged.
        retain_days: Option<u32>,
    },
    /// Take records again.
    Reopen {
        /// Why.
        reason: String,
    },
    /// Destroy the content, here or at every member.
    Purge {
        /// At every member: by the custodian.
        everywhere: bool,
        /// Why.
        reason: String,
    },
    /// Vote for a new custodian; without a node, stand oneself.
    Vote {
        /// The successor.
        node: Option<String>,
        /// `lost` or `hostile`.
        cause: String,
    },
    /// Ask the custodian to invite an organisation.
    AskInvite {
        /// The organisation.
        org: String,
        /// `contributor` or `reader`.
        role: String,
    },
    /// Ask the custodian to remove an organisation.
    AskRemove {
        /// The organisation.
        org: String,
        /// Why.
        reason: String,
    },
}

/// Body of `POST /v1/cases/{case}/compartments`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct FindCompartment {
    /// The organisations that may read it, beside this node's own.
    pub orgs: Vec<String>,
}

/// An entry that waits, in `GET /v1/cases/{case}/pending`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Waiting {
    /// Name of the organisation that wrote it.
    pub org_name: String,
    /// The log.
    pub log: String,
    /// Its sequence there.
    pub seq: u64,
    /// What it waits for.
    pub reason: String,
}

/// Something that a person must look at, in `GET /v1/alarms`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct AlarmRow {
    /// Its id.
    pub id: String,
    /// Stable name of its sort.
    pub code: String,
    /// What happened.
    pub message: String,
    /// What to do.
    pub advice: String,
    /// Since when.
    pub since: String,
    /// What was decided; none as long as it is open.
    pub decision: Option<String>,
    /// When.
    pub resolved: Option<String>,
}

/// Body of `POST /v1/alarms/{alarm}/resolve`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Resolve {
    /// What was decided and why: kept with the alarm.
    pub decision: String,
}

/// A member node of a case.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct CaseMember {
    /// The node.
    pub node: String,
    /// Its organisation.
    pub org: String,
    /// The organisation's name.
    pub org_name: String,
    /// `custodian`, `contributor`, `reader`.
    pub role: String,
    /// Whether there is a session with it now (this node itself counts as connected).
    pub connected: bool,
    /// Entries that it acknowledged to hold, of those held here.
    pub holds: u64,
    /// Entries held here.
    pub of: u64,
}

/// Body of `POST /v1/cases/{case}/invite`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Invite {
    /// The organisation: id, its first digits, or its name.
    pub org: String,
    /// `contributor` or `reader`.
    pub role: String,
}

/// Body of `POST /v1/cases/{case}/invitations`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Invitations {
    /// The organisations, at most 1,000: ids, their first digits, or names.
    pub orgs: Vec<String>,
    /// `contributor` or `reader`, the same for all of them.
    pub role: String,
}

/// Answer to an invitation.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Invited {
    /// The organisation.
    pub org: String,
    /// Its name.
    pub org_name: String,
    /// Nodes that were added to the case now.
    pub added: Vec<String>,
    /// Nodes that will be added as soon as their key package is known here, or in a later commit.
    pub waiting: Vec<String>,
    /// Whether it had this role already, with all its nodes: nothing has changed for it.
    #[serde(default)]
    pub already: bool,
}

/// Answer to `POST /v1/cases/{case}/records`: given after the flush.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Stored {
    /// The record.
    pub record: String,
    /// The case.
    pub case: String,
    /// The log that holds it.
    pub log: String,
    /// Its sequence there.
    pub seq: u64,
    /// True if it had been stored before: submitting twice stores once.
    pub already: bool,
}

/// A record in a list. `summary` is the protocol's record summary.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RecordRow {
    /// The record.
    pub record: String,
    /// The case.
    pub case: String,
    /// Name of the author's organisation.
    pub org_name: String,
    /// Name of the author.
    pub author_name: String,
    /// The protocol's `record::Summary` as JSON.
    #[schema(value_type = Object)]
    pub summary: serde_json::Value,
    /// Whether the record's time cannot be right: it is more than 24 h later than its arrival here, or earlier than the
    /// opening of the case. The timeline also holds it against other records.
    pub doubtful_clock: bool,
    /// Why, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock_doubt: Option<String>,
    /// Since when it can be read here, by this node's clock; none if that was not noted.
    #[serde(default)]
    pub known_since: Option<String>,
    /// In an answer about an earlier time: when it left the reading index, if it has since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<String>,
}

/// `GET /v1/records/{record}`
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RecordDetail {
    /// As in the list.
    #[serde(flatten)]
    pub row: RecordRow,
    /// The protocol's `record::Record` as JSON.
    #[schema(value_type = Object)]
    pub content: serde_json::Value,
    /// The signed record, base64 of CBOR: what proves it.
    pub signed: String,
    /// The node whose log carries it.
    pub node: String,
    /// The log.
    pub log: String,
    /// Its sequence there.
    pub seq: u64,
}

/// What attachments take on a node's disk, in `GET /v1/status`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
pub struct AttachmentSpace {
    /// Bytes that they take.
    pub bytes: u64,
    /// Bytes that they may take.
    pub space: u64,
    /// Files that are to be fetched.
    pub waiting: usize,
    /// Files that are fetched when somebody asks for them.
    pub on_demand: usize,
    /// Removed since the start, because no record named them any more.
    pub removed: u64,
    /// Bytes of those.
    pub removed_bytes: u64,
    /// Bytes that partners were sent since the start.
    pub sent: u64,
}

/// How far a file is here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AttachmentHere {
    /// All of it.
    Complete,
    /// It is being fetched.
    Coming,
    /// It is fetched as soon as a partner in reach has it, and there is room.
    Waiting,
    /// It is fetched when somebody asks for it.
    OnDemand,
}

/// A file that a record names, in `GET /v1/attachments`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct AttachmentRow {
    /// The attachment.
    pub attachment: String,
    /// The case.
    pub case: String,
    /// The record.
    pub record: String,
    /// The file's name, by its author.
    pub name: String,
    /// What it is, by its author.
    pub media_type: String,
    /// Its length, bytes.
    pub size: u64,
    /// SHA-256 of it.
    pub hash: String,
    /// SHA-256 of the file from which metadata was taken out, if it was.
    pub original: Option<String>,
    /// How far it is here.
    pub state: AttachmentHere,
    /// Sealed pieces that are here, the list of them included.
    pub held: u32,
    /// Of so many.
    pub of: u32,
    /// Why it has not come.
    pub why: Option<String>,
}

/// Answer to `POST /v1/attachments/{attachment}/verify`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct AttachmentVerified {
    /// Sealed pieces that are here and what they should be.
    pub sound: u32,
    /// Pieces that were not, and were removed.
    pub damaged: u32,
    /// Pieces that there should be.
    pub of: u32,
}

/// Answer to `POST /v1/attachments/prune`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Pruned {
    /// Attachments that were removed.
    pub attachments: u64,
    /// Bytes that they took.
    pub bytes: u64,
}

/// Who holds a record, in `GET /v1/records/{record}/status`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Holder {
    /// The node.
    pub node: String,
    /// Its organisation.
    pub org: String,
    /// The organisation's name.
    pub org_name: String,
    /// Since when it is known to hold it; none if it is not.
    pub since: Option<String>,
    /// People of the organisation who acknowledged it, with the time.
    pub acknowledged: Vec<Acknowledged>,
}

/// A person's acknowledgement.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Acknowledged {
    /// Their name.
    pub author_name: String,
    /// When.
    pub at: String,
}

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
    },
    /// Events were lost because the listener was too slow: ask again for the current state.
    Lagged {
        /// How many.
        missed: u64,
    },
}
