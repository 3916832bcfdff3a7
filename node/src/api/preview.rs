//! What something would do to a case: asked before a person is asked whether they want it.

use super::{
    error::Failure,
    server::ApiState,
    types::{CaseAction, Invitations, InvitationsPreview, Preview, Problem},
    write::{Answer, cause_of, checked_invitations},
};
use crate::ledger::Command;
use axum::{
    Json,
    extract::{Path, State},
};

/// Says whom an action would hit, with whole ids in the place of names. Changes nothing.
#[utoipa::path(post, path = "/v1/cases/{case}/preview", params(("case" = String, Path)), request_body = CaseAction, responses((status = 200, body = Preview), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn action(
    State(state): State<ApiState>,
    Path(case): Path<String>,
    Json(body): Json<CaseAction>,
) -> Answer<Preview> {
    let views = &state.views;
    let case = views.find_case(&case)?;
    if let CaseAction::Vote { node, cause, .. } = &body {
        let (successor, cause) = (views.successor(case, node.as_deref())?, cause_of(cause)?);
        let ask = |reply| Command::WouldVote(case, successor, cause, reply);
        let vote = state.ledger.ask(ask).await?;
        return Ok(Json(views.preview_vote(case, successor, cause, &vote)?));
    }
    Ok(Json(views.preview(case, body)?))
}

/// Says what an invitation would do to each organisation, and what newcomers may read. Changes nothing.
#[utoipa::path(post, path = "/v1/cases/{case}/invitations/preview", params(("case" = String, Path)), request_body = Invitations, responses((status = 200, body = InvitationsPreview), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn invitations(
    State(state): State<ApiState>,
    Path(case): Path<String>,
    Json(body): Json<Invitations>,
) -> Answer<InvitationsPreview> {
    let role = checked_invitations(&body)?;
    let case = state.views.find_case(&case)?;
    let preview = state.views.preview_invitations(case, &body.orgs, role);
    Ok(Json(preview.map_err(Failure::from)?))
}
