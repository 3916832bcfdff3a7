//! Finding records.

use super::{
    caller::Caller,
    error::Failure,
    read::blocking,
    server::ApiState,
    types::{Found, Problem},
};
use crate::views::SearchFor;
use axum::{
    Json,
    extract::{Query, State},
};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    q: String,
    case: Option<String>,
    limit: Option<usize>,
    after: Option<String>,
}

/// Records with these words and fields, the newest first: `killed > 10 place:VR03 since:2026-10-01`. In all cases, or in
/// one; only what who asks may see. Of a corrected record its last version is found, a withdrawn one only with
/// `retracted:yes`.
#[utoipa::path(get, path = "/v1/search", params(("q" = String, Query), ("case" = Option<String>, Query), ("limit" = Option<usize>, Query), ("after" = Option<String>, Query)), responses((status = 200, body = Found), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn search(
    State(state): State<ApiState>,
    caller: Caller,
    Query(asked): Query<Asked>,
) -> Result<Json<Found>, Failure> {
    blocking(&state, move |v| {
        let Asked {
            q: query,
            case,
            limit,
            after,
        } = asked;
        let wanted = SearchFor {
            query,
            case,
            limit,
            after,
        };
        Ok(v.search(caller.role, &wanted)?)
    })
    .await
    .map(Json)
}
