//! What authors away from the node may do: decided here, for every route, and nowhere else.
//!
//! Who has the socket is the node's operator and may do everything. Who comes through the door ([`crate::door`]) is an
//! author of the node's organisation, and may do what the table allows their role. What it does not name is refused.

use super::{caller::Caller, error::Failure, server::ApiState};
use crate::{
    door::{self, Barred, Door},
    refused::{Fault, Refused},
};
use axum::{
    extract::{ConnectInfo, MatchedPath, Request, State, connect_info::Connected},
    http::{Method, StatusCode},
    middleware::Next,
    response::{IntoResponse, Response},
    serve::IncomingStream,
};
use focal_protocol::{audit::Actor, directory::Role, key::PublicKey};

/// The author at the other end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Visitor(PublicKey);

impl Connected<IncomingStream<'_, Door>> for Visitor {
    fn connect_info(stream: IncomingStream<'_, Door>) -> Self {
        Self(*stream.remote_addr())
    }
}

/// Who may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Least {
    /// Every author of the organisation.
    Observer,
    /// Who reports.
    Officer,
    /// Who opens cases and decides in them.
    FocalPoint,
    /// Who runs the node.
    Admin,
}

impl Least {
    fn lets(self, role: Role) -> bool {
        let rank = |role| match role {
            Role::Observer => 0,
            Role::Officer => 1,
            Role::FocalPoint => 2,
            Role::Admin => 3,
        };
        let least = match self {
            Self::Observer => Role::Observer,
            Self::Officer => Role::Officer,
            Self::FocalPoint => Role::FocalPoint,
            Self::Admin => Role::Admin,
        };
        rank(role) >= rank(least)
    }

    fn words(self) -> &'static str {
        match self {
            Self::Observer => "an author",
            Self::Officer => "an officer, a focal point or an admin",
            Self::FocalPoint => "a focal point or an admin",
            Self::Admin => "an admin",
        }
    }
}

/// Method, route, and the least role that may. OPERATIONS has it for people.
pub(super) const TABLE: &[(Method, &str, Least)] = &[
    (Method::GET, "/v1/openapi.json", Least::Observer),
    (Method::GET, "/v1/status", Least::Observer),
    (Method::GET, "/v1/peers", Least::Observer),
    (Method::POST, "/v1/doctor", Least::Admin),
    (Method::GET, "/v1/directory", Least::Observer),
    (Method::GET, "/v1/directory/bundle", Least::Observer),
    (Method::POST, "/v1/directory/bundle", Least::Admin),
    (Method::POST, "/v1/directory/manifest", Least::Admin),
    (Method::GET, "/v1/cases", Least::Observer),
    (Method::POST, "/v1/cases", Least::FocalPoint),
    (Method::GET, "/v1/cases/{case}", Least::Observer),
    (Method::GET, "/v1/cases/{case}/view", Least::Observer),
    (
        Method::GET,
        "/v1/cases/{case}/view/{table}",
        Least::Observer,
    ),
    (Method::POST, "/v1/cases/{case}/invite", Least::FocalPoint),
    (
        Method::POST,
        "/v1/cases/{case}/invitations",
        Least::FocalPoint,
    ),
    (
        Method::POST,
        "/v1/cases/{case}/invitations/preview",
        Least::FocalPoint,
    ),
    (Method::POST, "/v1/cases/{case}/actions", Least::FocalPoint),
    (Method::POST, "/v1/cases/{case}/preview", Least::FocalPoint),
    // A report for some members only goes to a compartment, which sending it makes.
    (
        Method::POST,
        "/v1/cases/{case}/compartments",
        Least::Officer,
    ),
    (Method::POST, "/v1/cases/{case}/export", Least::FocalPoint),
    (Method::POST, "/v1/cases/{case}/imports", Least::Officer),
    (
        Method::POST,
        "/v1/cases/{case}/report.html",
        Least::FocalPoint,
    ),
    (Method::GET, "/v1/audit", Least::FocalPoint),
    (Method::GET, "/v1/cases/{case}/pending", Least::Observer),
    (Method::GET, "/v1/alarms", Least::Observer),
    (
        Method::POST,
        "/v1/alarms/{alarm}/resolve",
        Least::FocalPoint,
    ),
    (Method::GET, "/v1/health", Least::Observer),
    (Method::GET, "/v1/cases/{case}/records", Least::Observer),
    // The ledger takes nothing but acknowledgements from an observer.
    (Method::POST, "/v1/cases/{case}/records", Least::Observer),
    (Method::GET, "/v1/records/{record}", Least::Observer),
    (Method::GET, "/v1/records/{record}/status", Least::Observer),
    (Method::GET, "/v1/cases/{case}/known", Least::Observer),
    (Method::GET, "/v1/records/{record}/history", Least::Observer),
    (Method::GET, "/v1/search", Least::Observer),
    (
        Method::GET,
        "/v1/attachments/{attachment}/content",
        Least::Observer,
    ),
    (Method::POST, "/v1/cases/{case}/evidence", Least::FocalPoint),
    (
        Method::GET,
        "/v1/cases/{case}/logs/{log}/chain",
        Least::FocalPoint,
    ),
    // Sealed for the node itself; but all of it.
    (Method::POST, "/v1/backup", Least::Admin),
    (Method::POST, "/v1/courier/pack", Least::FocalPoint),
    (Method::POST, "/v1/courier/load", Least::FocalPoint),
    // Files of a report go to the node in pieces, before the report or after it.
    (Method::GET, "/v1/attachments", Least::Observer),
    (Method::POST, "/v1/attachments/prune", Least::Admin),
    (
        Method::POST,
        "/v1/attachments/{attachment}/lacking",
        Least::Officer,
    ),
    (
        Method::GET,
        "/v1/attachments/{attachment}/chunks/{chunk}",
        Least::Observer,
    ),
    (
        Method::PUT,
        "/v1/attachments/{attachment}/chunks/{chunk}",
        Least::Officer,
    ),
    (
        Method::POST,
        "/v1/attachments/{attachment}/fetch",
        Least::Officer,
    ),
    (
        Method::POST,
        "/v1/attachments/{attachment}/complete",
        Least::Officer,
    ),
    (
        Method::POST,
        "/v1/attachments/{attachment}/verify",
        Least::Officer,
    ),
    (Method::GET, "/v1/events", Least::Observer),
];

/// The least role for a request; none if nobody may through the door.
pub(super) fn least(method: &Method, route: &str) -> Option<Least> {
    // What answers a GET answers a HEAD.
    let method = if *method == Method::HEAD {
        &Method::GET
    } else {
        method
    };
    let mut rows = TABLE.iter();
    rows.find(|(m, r, _)| m == method && *r == route)
        .map(|(.., least)| *least)
}

/// Lets a request through, or answers why not. The author is looked up for each: a manifest that revokes a key counts
/// for the next request on a connection that is open already.
pub(super) async fn admit(
    State(state): State<ApiState>,
    ConnectInfo(Visitor(key)): ConnectInfo<Visitor>,
    route: Option<MatchedPath>,
    mut request: Request,
    next: Next,
) -> Response {
    let shared = &state.views.shared;
    let (org, author) = match door::author(shared, &key) {
        Ok(found) => found,
        Err(barred) => return barred_failure(barred).into_response(),
    };
    let route = route.as_ref().map_or("", MatchedPath::as_str);
    match least(request.method(), route) {
        Some(least) if least.lets(author.role) => {
            request.extensions_mut().insert(Caller {
                actor: Actor::Author(org, key),
                role: author.role,
            });
            next.run(request).await
        }
        Some(least) => refuse(author.role, least.words()).into_response(),
        None => refuse(author.role, "the node's operator, on its own machine,").into_response(),
    }
}

fn barred_failure(barred: Barred) -> Failure {
    Failure::from(match barred {
        Barred::Unknown => Refused::UnknownAuthor,
        Barred::Revoked => Refused::RevokedAuthor,
        Barred::Expired => Refused::AuthorExpired,
    })
}

fn refuse(role: Role, who: &'static str) -> Failure {
    let mut failure = Failure::new(
        StatusCode::FORBIDDEN,
        "role",
        &Fault::Role {
            role: role.to_string(),
            who,
        },
    );
    failure.1.hint = Some("ask somebody with that role, or do it on the node's machine".into());
    failure
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::openapi;

    /// Method and route of everything in the API's own description.
    fn described() -> Vec<(Method, String)> {
        let document: serde_json::Value =
            serde_json::from_str(&openapi::text()).expect("a document");
        let paths = document["paths"].as_object().expect("paths");
        let mut found = Vec::new();
        for (path, methods) in paths {
            for method in methods.as_object().expect("methods").keys() {
                let method = method.to_uppercase().parse().expect("a method");
                found.push((method, path.clone()));
            }
        }
        found
    }

    #[test]
    fn the_table_decides_every_request_that_the_api_answers_and_no_other() {
        let described = described();
        for (method, path) in &described {
            assert!(
                least(method, path).is_some(),
                "{method} {path}: say in access.rs and OPERATIONS who may"
            );
        }
        for (method, path, _) in TABLE {
            // The document does not describe itself.
            let known = described.iter().any(|(m, p)| m == method && p == path);
            assert!(known || *path == "/v1/openapi.json", "{method} {path}");
        }
    }

    #[test]
    fn each_role_may_what_the_operations_guide_says() {
        let guide = include_str!("../../OPERATIONS.md");
        for (method, path, least) in TABLE {
            let word = match least {
                Least::Observer => "observer",
                Least::Officer => "officer",
                Least::FocalPoint => "focal-point",
                Least::Admin => "admin",
            };
            let line = format!("| `{method} {path}` | {word} |");
            assert!(guide.contains(&line), "OPERATIONS lacks: {line}");
        }
    }

    #[test]
    fn who_only_reads_changes_nothing_and_officers_do_not_administrate() {
        for (method, path, least) in TABLE {
            let changes = *method != Method::GET;
            let record = *path == "/v1/cases/{case}/records";
            if changes && !record {
                assert!(!least.lets(Role::Observer), "{path}");
            }
            let file = path.starts_with("/v1/attachments/{attachment}/");
            let report =
                record || file || path.ends_with("/compartments") || path.ends_with("/imports");
            if changes && !report {
                assert!(!least.lets(Role::Officer), "{path}");
            }
            assert!(least.lets(Role::Admin), "{path}");
        }
        assert_eq!(least(&Method::DELETE, "/v1/cases"), None);
        assert_eq!(least(&Method::GET, ""), None);
        assert_eq!(least(&Method::HEAD, "/v1/cases"), Some(Least::Observer));
    }
}
