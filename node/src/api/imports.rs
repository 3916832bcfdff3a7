//! What is taken in from files of other systems: noted before the reports that were made of it come.

use super::{
    caller::Caller,
    error::Failure,
    server::ApiState,
    types::{Imported, Problem},
};
use crate::{
    exchange::Format,
    ledger::Command,
    refused::{Fault, Refused},
};
use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use focal_protocol::audit::{Act, Deed};

/// Notes in the audit trail that somebody takes a file into a case. The reports come after it, one by one, as any other.
#[utoipa::path(post, path = "/v1/cases/{case}/imports", params(("case" = String, Path)), request_body = Imported, responses((status = 204), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn import(
    State(state): State<ApiState>,
    caller: Caller,
    Path(case): Path<String>,
    Json(body): Json<Imported>,
) -> Result<StatusCode, Failure> {
    let case = state.views.find_case(&case)?;
    let format: Format = body
        .format
        .parse()
        .map_err(|why| Refused::from(Fault::Format(why)))?;
    if !format.is_read() {
        return Err(Refused::from(Fault::OnlyWritten(format.to_string())).into());
    }
    let act = Act::new(Deed::Import)
        .word(format.as_str())
        .case(case)
        .times(body.reports);
    state
        .ledger
        .ask(|reply| Command::Note(caller.actor, Box::new(act), reply))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
