//! Refusals as HTTP answers.

use super::types::Problem;
use crate::refused::Refused;
use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use focal_protocol::case;

/// An answer that says why not.
#[derive(Debug)]
pub(crate) struct Failure(pub(super) StatusCode, pub(super) Problem);

impl Failure {
    pub(super) fn new(status: StatusCode, code: &str, message: impl Into<String>) -> Self {
        Self(
            status,
            Problem {
                code: code.into(),
                message: message.into(),
                hint: None,
            },
        )
    }

    pub(super) fn not_found(what: &str) -> Self {
        let mut failure = Self::new(
            StatusCode::NOT_FOUND,
            "not-found",
            format!("there is no {what} with this id, or more than one begins with these digits"),
        );
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
        Self(
            status,
            Problem {
                code: refused.code().into(),
                message: refused.to_string(),
                hint: refused.hint().map(Into::into),
            },
        )
    }
}

impl From<focal_protocol::codec::Error> for Failure {
    fn from(error: focal_protocol::codec::Error) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "unreadable", error.to_string())
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        (self.0, Json(self.1)).into_response()
    }
}
