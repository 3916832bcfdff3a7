//! What something would do, before it is done.

use super::{CaseAction, CaseSummary};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Answer of `POST /v1/cases/{case}/preview`: whom an action hits, as this node understands its names. Nothing has changed.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Preview {
    /// The action with whole ids in the place of names and digits: what is sent next does this and nothing else.
    pub action: CaseAction,
    /// The organisation that it is about; of leaving, this node's own.
    pub org: Option<PreviewedOrg>,
    /// The nodes that it hits: those that are removed, the next custodian.
    pub nodes: Vec<PreviewedNode>,
    /// Of a vote: what becomes of it.
    pub vote: Option<PreviewedVote>,
    /// Compartments of the case that this node is in, in which who is removed or leaves stays.
    pub stays_in: Vec<CaseSummary>,
    /// Names of the other organisations in the case.
    pub others: Vec<String>,
    /// Whether a purge of this node's copy alone would leave other members without a custodian.
    pub in_office: bool,
}

/// An organisation in a preview.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PreviewedOrg {
    /// Its id.
    pub org: String,
    /// Its name.
    pub org_name: String,
    /// What it is in the case now: `contributor` or `reader`; none if it is not in it.
    pub role: Option<String>,
}

/// A node in a preview.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PreviewedNode {
    /// Its id.
    pub node: String,
    /// The name of its organisation.
    pub org_name: String,
    /// What its organisation is in the case: `custodian` if the node itself is.
    pub role: String,
    /// Whether it is a member now.
    pub member: bool,
    /// Entries of its logs that are held here and count.
    pub entries: u64,
}

/// A vote in a preview.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PreviewedVote {
    /// Who goes out: the custodian, or the one that was it before the members' histories parted.
    pub out: PreviewedNode,
    /// Whether it is a vote. If not, it says only that this node follows the successor where others have.
    pub counts: bool,
    /// Whether this node follows the successor from then on, whatever it knows: by what is no vote, or is a second one.
    pub agrees: bool,
    /// Whether the successor says that it has the office already, and that waits here: who agrees follows it at once.
    pub claimed: bool,
    /// Names of the organisations whose nodes have voted for the same.
    pub votes: Vec<String>,
    /// Votes needed.
    pub needed: usize,
}

/// Answer of `POST /v1/cases/{case}/invitations/preview`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct InvitationsPreview {
    /// What newcomers may read: `all` or `from-joining`.
    pub history: String,
    /// Records of the case that can be read here.
    pub records: u64,
    /// Each organisation once, in the order in which they were named.
    pub orgs: Vec<InvitationPreview>,
}

/// What an invitation would do to one organisation.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct InvitationPreview {
    /// Its id.
    pub org: String,
    /// Its name.
    pub org_name: String,
    /// What it is in the case now; none if it is not in it.
    pub has: Option<String>,
    /// What it would be.
    pub role: String,
    /// Nodes of it that are in the case now.
    pub nodes: usize,
    /// Nodes of it that are not, and would be added.
    pub newcomers: usize,
}
