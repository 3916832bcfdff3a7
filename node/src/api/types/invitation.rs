//! Organisations invited to a case.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

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
    /// `contributor` or `reader`, the same for all of them. If left out, an organisation that is in the case stays what it is,
    /// and others become contributors.
    #[serde(default)]
    pub role: Option<String>,
}

/// Answer to an invitation.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Invited {
    /// The organisation.
    pub org: String,
    /// Its name.
    pub org_name: String,
    /// What it is in the case now.
    #[serde(default)]
    pub role: String,
    /// Nodes that were added to the case now.
    pub added: Vec<String>,
    /// Nodes that will be added as soon as their key package is known here, or in a later commit.
    pub waiting: Vec<String>,
    /// Whether it was that already, with all its nodes: nothing has changed for it.
    #[serde(default)]
    pub already: bool,
}
