//! What was known when, and what became of a record.

use super::{
    caller::Caller,
    error::Failure,
    read::blocking,
    server::ApiState,
    types::{CaseKnown, Problem, RecordHistory},
};
use axum::{
    Json,
    extract::{Path, Query, State},
};
use focal_protocol::time::Time;
use serde::Deserialize;

/// Steps in one answer at most: each holds a whole report, and is compared with another.
const STEPS: usize = 100;

#[derive(Debug, Deserialize)]
pub(super) struct Then {
    /// The time.
    at: Time,
}

/// How much of a case this node knew at a time; its tables and lists take the same `at`.
#[utoipa::path(get, path = "/v1/cases/{case}/known", params(("case" = String, Path), ("at" = String, Query)), responses((status = 200, body = CaseKnown), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn known(
    State(state): State<ApiState>,
    caller: Caller,
    Path(case): Path<String>,
    Query(then): Query<Then>,
) -> Result<Json<CaseKnown>, Failure> {
    blocking(&state, move |v| {
        let case = v.find_case(&case)?;
        v.may_sum(caller.role, case)?;
        Ok(v.known(case, then.at)?)
    })
    .await
    .map(Json)
}

#[derive(Debug, Deserialize)]
pub(super) struct Page {
    after: Option<String>,
    limit: Option<usize>,
}

/// The history of a record: the original, its corrections with what each changed, and what was withdrawn.
#[utoipa::path(get, path = "/v1/records/{record}/history", params(("record" = String, Path), ("after" = Option<String>, Query), ("limit" = Option<usize>, Query)), responses((status = 200, body = RecordHistory), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(super) async fn history(
    State(state): State<ApiState>,
    caller: Caller,
    Path(record): Path<String>,
    Query(page): Query<Page>,
) -> Result<Json<RecordHistory>, Failure> {
    blocking(&state, move |v| {
        let missing = || Failure::not_found("record");
        let stored = v.find_record(&record)?.ok_or_else(missing)?;
        v.may_show(caller.role, &stored.summary)?;
        let after = page.after.as_ref().map(|text| text.parse());
        let after = after.transpose().map_err(|_| missing())?;
        let limit = page.limit.unwrap_or(STEPS).clamp(1, STEPS);
        Ok(v.history(&stored, after, limit, caller.role)?)
    })
    .await
    .map(Json)
}
