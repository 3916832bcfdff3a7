//! The one door through which records leave in the clear.

use super::{
    caller::Caller,
    error::Failure,
    server::ApiState,
    types::{Export, ExportRequest, Problem},
};
use crate::{ledger::Command, refused::Refused};
use axum::{
    Json,
    extract::{Path, State},
};

/// Gives out the records of a case that may go to whom they are meant for, and says of the others why they may not. The
/// audit trail has it before the answer is given.
#[utoipa::path(post, path = "/v1/cases/{case}/export", params(("case" = String, Path)), request_body = ExportRequest, responses((status = 200, body = Export), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn export(
    State(state): State<ApiState>,
    caller: Caller,
    Path(case): Path<String>,
    Json(body): Json<ExportRequest>,
) -> Result<Json<Export>, Failure> {
    let views = state.views.clone();
    let Caller { actor, role } = caller;
    let made = tokio::task::spawn_blocking(move || {
        let case = views.find_case(&case)?;
        views.export(case, role, &body)
    });
    let (export, act) = made.await.map_err(|_| Failure::from(Refused::Stopping))??;
    state
        .ledger
        .ask(|reply| Command::Note(actor, Box::new(act), reply))
        .await?;
    Ok(Json(export))
}
