//! A case as one HTML page.

use super::{
    caller::Caller,
    error::Failure,
    server::ApiState,
    types::{Problem, ReportRequest},
};
use crate::{ledger::Command, refused::Refused};
use axum::{
    Json,
    extract::{Path, State},
    http::header,
    response::IntoResponse,
};

/// The case as one HTML page that needs nothing else, for those whom `purpose` names. What may not go to them is in no
/// table and no number, and the page says how much that is, and why. The audit trail has it before the answer is given.
#[utoipa::path(post, path = "/v1/cases/{case}/report.html", params(("case" = String, Path)), request_body = ReportRequest, responses((status = 200, content_type = "text/html"), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn report(
    State(state): State<ApiState>,
    caller: Caller,
    Path(case): Path<String>,
    Json(body): Json<ReportRequest>,
) -> Result<impl IntoResponse, Failure> {
    let views = state.views.clone();
    let Caller { actor, role } = caller;
    let made = tokio::task::spawn_blocking(move || {
        let case = views.find_case(&case)?;
        views.case_report(case, role, &body)
    });
    let (page, act) = made.await.map_err(|_| Failure::from(Refused::Stopping))??;
    state
        .ledger
        .ask(|reply| Command::Note(actor, Box::new(act), reply))
        .await?;
    Ok(([(header::CONTENT_TYPE, "text/html; charset=utf-8")], page))
}
