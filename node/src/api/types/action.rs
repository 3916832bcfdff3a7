//! What a person wants of a case.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

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
        /// Here alone although this node is the custodian and there are other members, who are then without one.
        #[serde(default)]
        abandon: bool,
    },
    /// Vote for a new custodian; without a node, stand oneself.
    Vote {
        /// The successor.
        node: Option<String>,
        /// `lost` or `hostile`.
        cause: String,
        /// Whom it is to put out: if that is another one by now, it is refused. Whoever goes out if left out.
        #[serde(default)]
        out: Option<String>,
        /// Whether it is to say that this node follows the successor: if that is otherwise by now, it is refused. Either if left
        /// out.
        #[serde(default)]
        agrees: Option<bool>,
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
