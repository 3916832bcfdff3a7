//! Requests that change something: answered after the flush.

use super::{
    error::Failure,
    server::ApiState,
    types::{DirectoryUpdate, Invite, Invited, OpenCase, Problem, Stored},
};
use crate::{ledger::Command, refused::Refused};
use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
    http::StatusCode,
};
use focal_protocol::{
    codec,
    directory::{Bundle, Manifest},
    group::{CaseRole, History},
    limits,
    record::{Kind, Record},
    signed::Signed,
};

type Answer<T> = Result<Json<T>, Failure>;

fn updated(state: &ApiState, taken: usize) -> Answer<DirectoryUpdate> {
    let directory = state
        .views
        .shared
        .directory()
        .ok_or(Refused::NoFederation)?;
    Ok(Json(DirectoryUpdate {
        federation: directory.federation().to_string(),
        taken,
        roster_version: directory.roster().version,
    }))
}

/// Takes a federation file: founds the directory, or brings it up to date.
#[utoipa::path(post, path = "/v1/directory/bundle", request_body(content_type = "application/octet-stream"), responses((status = 200, body = DirectoryUpdate), (status = 422, body = Problem)))]
pub(super) async fn bundle(State(state): State<ApiState>, body: Bytes) -> Answer<DirectoryUpdate> {
    let bundle = Bundle::from_bytes(&body)?;
    let taken = state
        .ledger
        .ask(|reply| Command::TakeBundle(Box::new(bundle), reply))
        .await?;
    updated(&state, taken)
}

/// Takes a new manifest of an organisation: CBOR of the signed manifest.
#[utoipa::path(post, path = "/v1/directory/manifest", request_body(content_type = "application/cbor"), responses((status = 200, body = DirectoryUpdate), (status = 422, body = Problem)))]
pub(super) async fn manifest(
    State(state): State<ApiState>,
    body: Bytes,
) -> Answer<DirectoryUpdate> {
    let manifest: Signed<Manifest> = codec::decode(&body, 2 * limits::DIRECTORY_ITEM)?;
    let taken = state
        .ledger
        .ask(|reply| Command::TakeManifest(Box::new(manifest), reply))
        .await?;
    updated(&state, taken)
}

fn choice<T: std::str::FromStr<Err = &'static str>>(field: &str, text: &str) -> Result<T, Failure> {
    text.parse().map_err(|allowed| {
        Failure::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "bad-field",
            format!(
                "{field}: \"{}\" was given where {allowed} is allowed",
                text.chars().take(40).collect::<String>()
            ),
        )
    })
}

/// Opens a case with this node as custodian; answers with its id.
#[utoipa::path(post, path = "/v1/cases", request_body = OpenCase, responses((status = 200, body = super::types::CaseSummary), (status = 422, body = Problem)))]
pub(super) async fn open_case(
    State(state): State<ApiState>,
    Json(body): Json<OpenCase>,
) -> Answer<super::types::CaseSummary> {
    let history: History = choice("history", &body.history)?;
    let case = state
        .ledger
        .ask(|reply| Command::OpenCase(body.title, history, reply))
        .await?;
    let cases = state.views.cases()?;
    let id = case.to_string();
    cases
        .into_iter()
        .find(|c| c.case == id)
        .map(Json)
        .ok_or_else(|| Failure::not_found("case"))
}

/// Invites an organisation into a case.
#[utoipa::path(post, path = "/v1/cases/{case}/invite", params(("case" = String, Path)), request_body = Invite, responses((status = 200, body = Invited), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn invite(
    State(state): State<ApiState>,
    Path(case): Path<String>,
    Json(body): Json<Invite>,
) -> Answer<Invited> {
    let case = state.views.find_case(&case)?;
    let org = state.views.find_org(&body.org)?;
    let role: CaseRole = choice("role", &body.role)?;
    let outcome = state
        .ledger
        .ask(|reply| Command::Invite(case, org, role, reply))
        .await?;
    let directory = state.views.shared.directory();
    let name = directory
        .as_ref()
        .and_then(|d| d.member(&outcome.org).map(|m| m.name.clone()));
    Ok(Json(Invited {
        org: outcome.org.to_string(),
        org_name: name.unwrap_or_default(),
        added: outcome.added.iter().map(ToString::to_string).collect(),
        waiting: outcome.waiting.iter().map(ToString::to_string).collect(),
    }))
}

/// Stores a signed record: CBOR of `Signed<Record>`. The answer comes after the flush.
#[utoipa::path(post, path = "/v1/cases/{case}/records", params(("case" = String, Path)), request_body(content_type = "application/cbor"), responses((status = 200, body = Stored), (status = 403, body = Problem), (status = 422, body = Problem), (status = 507, body = Problem)))]
pub(super) async fn submit(
    State(state): State<ApiState>,
    Path(case): Path<String>,
    body: Bytes,
) -> Answer<Stored> {
    let case = state.views.find_case(&case)?;
    let signed: Signed<Record> = codec::decode(&body, 2 * limits::RECORD)?;
    may_bind(&state, &signed)?;
    let stored = state
        .ledger
        .ask(|reply| Command::Submit(case, Box::new(signed), reply))
        .await?;
    Ok(Json(Stored {
        record: stored.record.to_string(),
        case: case.to_string(),
        log: stored.log.to_string(),
        seq: stored.seq,
        already: stored.already,
    }))
}

/// Refuses a position of somebody who cannot take one, before it is stored and counts nowhere. Whatever else is wrong
/// with a record the ledger says.
fn may_bind(state: &ApiState, signed: &Signed<Record>) -> Result<(), Failure> {
    let Ok(record) = signed.unverified() else {
        return Ok(());
    };
    let directory = state.views.shared.directory();
    let author = directory
        .as_ref()
        .and_then(|d| d.manifest(&record.organisation))
        .and_then(|m| m.author(&record.author));
    match author {
        Some(author)
            if record.kind() == Kind::Position
                && !Kind::Position.may_be_written_by(author.role) =>
        {
            Err(Refused::FocalPointOnly.into())
        }
        _ => Ok(()),
    }
}
