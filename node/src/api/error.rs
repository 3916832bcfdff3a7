//! Refusals as HTTP answers.

use super::types::Problem;
use crate::refused::{Fault, Refused};
use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use focal_protocol::{case, wording::Worded};

/// An answer that says why not.
#[derive(Debug)]
pub(crate) struct Failure(pub(super) StatusCode, pub(super) Box<Problem>);

impl Failure {
    pub(super) fn new(status: StatusCode, code: &str, why: &impl Worded) -> Self {
        let problem = Problem {
            code: code.into(),
            message: why.to_string(),
            said: Some(why.wording()),
            hint: None,
        };
        Self(status, Box::new(problem))
    }

    pub(super) fn not_found(what: &'static str) -> Self {
        let status = StatusCode::NOT_FOUND;
        let mut failure = Self::new(status, "not-found", &Fault::NotFound(what));
        failure.1.hint = Some("give more digits".into());
        failure
    }
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        let status = match &refused {
            Refused::UnknownCase
            | Refused::UnknownOrganisation(_)
            | Refused::UnknownAlarm
            | Refused::UnknownRecord
            | Refused::UnknownAttachment => StatusCode::NOT_FOUND,
            Refused::Full | Refused::NoSpaceForAttachments => StatusCode::INSUFFICIENT_STORAGE,
            Refused::Store(_) => StatusCode::INTERNAL_SERVER_ERROR,
            Refused::Stopping => StatusCode::SERVICE_UNAVAILABLE,
            Refused::NoFederation
            | Refused::NotListed
            | Refused::OtherCustodian(_)
            | Refused::OtherVote
            | Refused::ResolvedAlarm
            | Refused::Case(case::Error::AlreadyInCase | case::Error::Stage(_)) => {
                StatusCode::CONFLICT
            }
            Refused::NotAllowed(_)
            | Refused::Invalid(_)
            | Refused::Barred(_)
            | Refused::RevokedAuthor
            | Refused::UnknownAuthor
            | Refused::AuthorExpired => StatusCode::FORBIDDEN,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        };
        let mut failure = Self::new(status, refused.code(), &refused);
        failure.1.hint = refused.hint().map(Into::into);
        failure
    }
}

impl From<focal_protocol::codec::Error> for Failure {
    fn from(error: focal_protocol::codec::Error) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "unreadable", &error)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        (self.0, Json(self.1)).into_response()
    }
}
