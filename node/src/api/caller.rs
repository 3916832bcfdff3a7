//! Who speaks to the API.

use super::error::Failure;
use crate::refused::Fault;
use axum::{
    extract::{
        FromRequestParts,
        connect_info::{ConnectInfo, Connected},
    },
    http::{StatusCode, request::Parts},
    serve::IncomingStream,
};
use focal_protocol::{audit::Actor, directory::Role};
use tokio::net::UnixListener;

/// Who speaks to the API, and what they may. Whoever opens a door says it: the socket by the peer's user, other doors
/// by putting it into the request's extensions once somebody has proved who they are. Without it nothing is answered
/// that somebody must be answerable for.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    /// For the audit trail.
    pub(crate) actor: Actor,
    /// What they may do in their organisation, which is the node's.
    pub(crate) role: Role,
}

impl Connected<IncomingStream<'_, UnixListener>> for Caller {
    /// Whoever can open the socket is the node's operator.
    fn connect_info(stream: IncomingStream<'_, UnixListener>) -> Self {
        let peer = stream.io().peer_cred();
        Self {
            actor: peer.map_or(Actor::Nobody, |peer| Actor::User(peer.uid())),
            role: Role::Admin,
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let proved = parts.extensions.get::<Self>();
        let socket = || parts.extensions.get::<ConnectInfo<Self>>().map(|c| &c.0);
        proved
            .or_else(socket)
            .cloned()
            .ok_or_else(|| Failure::new(StatusCode::UNAUTHORIZED, "who-are-you", &Fault::WhoAreYou))
    }
}
