//! Trying all ways.

use super::{error::Failure, server::ApiState, types::Diagnosis};
use crate::doctor;
use axum::{Json, extract::State};

/// Dials every address of this node and of its partners, and says what works, what does not and what to do. It takes up to 45 s;
/// one examination at a time.
#[utoipa::path(post, path = "/v1/doctor", responses((status = 200, body = Diagnosis)))]
pub(super) async fn doctor(State(state): State<ApiState>) -> Result<Json<Diagnosis>, Failure> {
    let _turn = state.examining.lock().await;
    let mut diagnosis = doctor::examine(&state.net, &state.views.shared).await;
    diagnosis.officer_kbit = state.officers.map(Into::into);
    Ok(Json(diagnosis))
}
