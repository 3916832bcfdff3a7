//! What proves records, for evidence bundles.

use super::{
    caller::Caller,
    error::Failure,
    server::ApiState,
    types::{Evidence, ExportRequest, Problem},
};
use crate::{
    ledger::Command,
    refused::{Fault, Refused},
};
use axum::{
    Json,
    extract::{Path, Query, State},
    http::{StatusCode, header},
    response::IntoResponse,
};
use serde::Deserialize;

/// As an export, with the entry of each record and the key that opens this entry alone.
#[utoipa::path(post, path = "/v1/cases/{case}/evidence", params(("case" = String, Path)), request_body = ExportRequest, responses((status = 200, body = Evidence), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn evidence(
    State(state): State<ApiState>,
    caller: Caller,
    Path(case): Path<String>,
    Json(body): Json<ExportRequest>,
) -> Result<Json<Evidence>, Failure> {
    let views = state.views.clone();
    let Caller { actor, role } = caller;
    let made = tokio::task::spawn_blocking(move || {
        let case = views.find_case(&case)?;
        views.evidence(case, role, &body)
    });
    let (evidence, act) = made.await.map_err(|_| Failure::from(Refused::Stopping))??;
    state
        .ledger
        .ask(|reply| Command::Note(actor, Box::new(act), reply))
        .await?;
    Ok(Json(evidence))
}

#[derive(Debug, Deserialize)]
pub(super) struct Range {
    from: u64,
    to: u64,
}

/// Headers and hashes of a log from `from` to the first signature at or behind `to`, without what is sealed: packed CBOR of
/// a chain (SPEC, section 6), at most 1,024 links.
#[utoipa::path(get, path = "/v1/cases/{case}/logs/{log}/chain", params(("case" = String, Path), ("log" = String, Path), ("from" = u64, Query), ("to" = u64, Query)), responses((status = 200, content_type = "application/octet-stream"), (status = 404, body = Problem)))]
pub(super) async fn chain(
    State(state): State<ApiState>,
    Path((case, log)): Path<(String, String)>,
    Query(range): Query<Range>,
) -> Result<impl IntoResponse, Failure> {
    let log = log
        .parse()
        .map_err(|_| Failure::new(StatusCode::BAD_REQUEST, "bad-id", &Fault::LogId))?;
    let views = state.views.clone();
    let read = tokio::task::spawn_blocking(move || {
        let case = views.find_case(&case)?;
        views.chain(case, log, range.from, range.to)
    });
    let chain = read.await.map_err(|_| Failure::from(Refused::Stopping))??;
    Ok(([(header::CONTENT_TYPE, "application/octet-stream")], chain))
}
