//! Cases, who is in them, and what waits there.

use focal_protocol::wording::Wording;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

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
    /// The same by name, unless it is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub said: Option<Wording>,
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
    /// Organisations in the case: those that may read it, whether a node of theirs has joined yet or not.
    #[serde(default)]
    pub in_case: Vec<CaseOrganisation>,
    /// Of these, the names of those that have no node in the case yet.
    pub waiting: Vec<String>,
    /// Compartments of the case in which this node is, with their titles.
    pub compartments: Vec<CaseSummary>,
    /// What members ask of the custodian.
    pub requests: Vec<String>,
    /// The same by name, in the same order.
    #[serde(default)]
    #[schema(value_type = Vec<Object>)]
    pub requests_said: Vec<Wording>,
    /// Votes for a new custodian.
    pub votes: Vec<Motion>,
    /// Nodes that were members and are not.
    pub former: Vec<Former>,
    /// Since when this node has the keys that it has in the case: fresh ones are made every week, or as its settings say.
    #[serde(default)]
    pub keys_since: String,
    /// Hash of the case view: equal on nodes that hold the same records.
    pub view_hash: String,
}

/// An organisation in a case.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct CaseOrganisation {
    /// Its id.
    pub org: String,
    /// Its name.
    pub org_name: String,
    /// `contributor` or `reader`.
    pub role: String,
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
    /// The same by name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub said: Option<Wording>,
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
