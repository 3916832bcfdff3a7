//! The audit trail, to read and to check.

use super::{
    caller::Caller,
    error::Failure,
    server::ApiState,
    types::{AuditPage, Problem},
};
use crate::refused::{Fault, Refused};
use axum::{
    Json,
    extract::{Query, State},
    http::StatusCode,
};
use focal_protocol::directory::Role;
use serde::Deserialize;

/// Items in one answer at most.
const PAGE: usize = 1_000;

#[derive(Debug, Deserialize)]
pub(super) struct Page {
    /// The first item.
    from: Option<u64>,
    limit: Option<usize>,
}

/// Items of the audit trail, oldest first, with the signatures that cover them. For administrators and focal points.
#[utoipa::path(get, path = "/v1/audit", params(("from" = Option<u64>, Query), ("limit" = Option<usize>, Query)), responses((status = 200, body = AuditPage), (status = 403, body = Problem)))]
pub(super) async fn items(
    State(state): State<ApiState>,
    caller: Caller,
    Query(page): Query<Page>,
) -> Result<Json<AuditPage>, Failure> {
    if !matches!(caller.role, Role::Admin | Role::FocalPoint) {
        return Err(Failure::new(
            StatusCode::FORBIDDEN,
            "not-allowed",
            &Fault::TrailFor,
        ));
    }
    let views = state.views.clone();
    let limit = page.limit.unwrap_or(PAGE).clamp(1, PAGE);
    let read = move || views.audit(page.from.unwrap_or(0), limit);
    let page = tokio::task::spawn_blocking(read)
        .await
        .map_err(|_| Failure::from(Refused::Stopping))?;
    Ok(Json(page?))
}
