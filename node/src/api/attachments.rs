//! Attachments: sealed chunks in and out, and what is here of them.
//!
//! Who writes a record seals its files: the signature must bind them, and the key is in no one's hands but the readers'.

use super::{
    caller::Caller,
    error::Failure,
    server::ApiState,
    types::{AttachmentRow, AttachmentVerified, Begun, Here, Lacking, Problem, Pruned},
};
use crate::refused::{Fault, Refused};
use axum::{
    Json,
    body::{Body, Bytes},
    extract::{FromRequest, Path, Query, Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use focal_protocol::{audit::Actor, directory::Role, id::Hash, limits, record::Barred};
use futures::StreamExt;
use serde::Deserialize;

type Answer<T> = Result<Json<T>, Failure>;

fn id(text: &str) -> Result<Hash, Failure> {
    text.parse()
        .map_err(|_| Failure::new(StatusCode::BAD_REQUEST, "bad-id", &Fault::ChunkId))
}

/// Observers look, and change nothing: neither what is here nor what is fetched.
fn keeper_of_files(caller: &Caller) -> Result<(), Failure> {
    if caller.role == Role::Observer {
        return Err(Refused::Barred(Barred::Observer).into());
    }
    Ok(())
}

/// Whose a piece is that is handed over in slices: nobody goes on with another's.
fn whose(caller: &Caller) -> [u8; 32] {
    match &caller.actor {
        Actor::Author(_, key) => key.0,
        // By the socket it is the node's operator alone.
        _ => [0; 32],
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct Filter {
    case: Option<String>,
    record: Option<String>,
}

/// Files that records name, and how far they are here: of one case, of one record, or all. Those of records that the caller
/// may not read are left out.
#[utoipa::path(get, path = "/v1/attachments", params(("case" = Option<String>, Query), ("record" = Option<String>, Query)), responses((status = 200, body = [AttachmentRow]), (status = 404, body = Problem)))]
pub(super) async fn list(
    State(state): State<ApiState>,
    caller: Caller,
    Query(filter): Query<Filter>,
) -> Answer<Vec<AttachmentRow>> {
    let mut case = match &filter.case {
        Some(case) => Some(state.views.find_case(case)?),
        None => None,
    };
    let mut record = None;
    if let Some(text) = filter.record {
        let views = state.views.clone();
        let found = tokio::task::spawn_blocking(move || views.find_record(&text))
            .await
            .map_err(|_| Refused::Stopping)??;
        let found = found.ok_or_else(|| Failure::not_found("record"))?;
        record = Some(found.id);
        case = Some(found.position.case);
    }
    let mut rows = state.attachments.rows(case, record).await?;
    if caller.role == Role::Observer {
        let views = state.views.clone();
        let shown = tokio::task::spawn_blocking(move || {
            rows.retain(|row| views.shows_record(caller.role, &row.record));
            rows
        });
        rows = shown.await.map_err(|_| Refused::Stopping)?;
    }
    Ok(Json(rows))
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
pub(super) struct Asked {
    /// Say also what the caller has begun.
    #[serde(default)]
    begun: bool,
}

/// Which of these chunks are not here. The body is their names, 32 bytes each; the answer their places in it, and with `begun` how much
/// is here of pieces that the caller has begun to hand over in slices.
#[utoipa::path(post, path = "/v1/attachments/{attachment}/lacking", params(("attachment" = String, Path), Asked), request_body(content_type = "application/octet-stream"), responses((status = 200, description = "with `begun` a `Lacking`", body = [u32]), (status = 400, body = Problem)))]
pub(super) async fn lacking(
    State(state): State<ApiState>,
    caller: Caller,
    Path(attachment): Path<String>,
    Query(asked): Query<Asked>,
    body: Bytes,
) -> Result<Response, Failure> {
    keeper_of_files(&caller)?;
    let list = id(&attachment)?;
    let names = body.chunks(Hash::LEN).map(Hash::try_from);
    let names: Result<Vec<Hash>, _> = names.collect();
    let names = names
        .map_err(|_| Failure::new(StatusCode::BAD_REQUEST, "bad-names", &Fault::ChunkNames))?;
    let lacking = state.attachments.lacks(list, names).await?;
    if !asked.begun {
        return Ok(Json(lacking).into_response());
    }
    let begun = state.attachments.begun_by(whose(&caller), list).await?;
    let begun = begun.into_iter().map(|(name, here)| Begun {
        chunk: name.to_string(),
        here,
    });
    let begun = begun.collect();
    Ok(Json(Lacking { lacking, begun }).into_response())
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
pub(super) struct Slice {
    /// The body begins with this byte of the chunk.
    #[serde(default)]
    from: usize,
    /// The length of the whole chunk. Without it the body is the whole chunk.
    of: Option<usize>,
}

/// Keeps a sealed chunk of a record that is still to come, or that is here before its files. It is durable once the record is stored,
/// or `complete` has answered; without a record it is removed after a week. With `of` it is a slice of one: what has come of it is kept, also
/// when the link breaks before its end, for this caller to go on with; the answer says how much is here. What is here already is passed
/// over, and what is beyond a gap is not taken.
#[utoipa::path(put, path = "/v1/attachments/{attachment}/chunks/{chunk}", params(("attachment" = String, Path), ("chunk" = String, Path), Slice), request_body(content_type = "application/octet-stream"), responses((status = 200, description = "with `of`", body = Here), (status = 204), (status = 400, body = Problem), (status = 422, body = Problem), (status = 507, body = Problem)))]
pub(super) async fn put(
    State(state): State<ApiState>,
    caller: Caller,
    Path((attachment, chunk)): Path<(String, String)>,
    Query(slice): Query<Slice>,
    request: Request,
) -> Result<Response, Failure> {
    keeper_of_files(&caller)?;
    let (list, name) = (id(&attachment)?, id(&chunk)?);
    let whose = whose(&caller);
    let Some(of) = slice.of else {
        let body = match Bytes::from_request(request, &state).await {
            Ok(body) => body,
            Err(refused) => return Ok(refused.into_response()),
        };
        if body.len() > limits::CHUNK_SEALED {
            return Err(Refused::BadChunk.into());
        }
        state.attachments.put(whose, list, name, body).await?;
        return Ok(StatusCode::NO_CONTENT.into_response());
    };
    let most = of.checked_sub(slice.from);
    let Some(most) = most.filter(|_| of <= limits::CHUNK_SEALED) else {
        return Err(Refused::BadChunk.into());
    };
    // A task of its own: when the link breaks, the request ends, and what has come is kept all the same.
    let coming = tokio::spawn(async move {
        let bytes = up_to(request.into_body(), most).await?;
        let place = (slice.from, of);
        let attachments = state.attachments;
        attachments.add(whose, list, name, place, bytes).await
    });
    let here = coming.await.map_err(|_| Refused::Stopping)??;
    Ok(Json(Here { here }).into_response())
}

/// What comes of a body before it ends or breaks off.
///
/// # Errors
/// It is longer.
async fn up_to(body: Body, most: usize) -> Result<Vec<u8>, Refused> {
    let mut parts = body.into_data_stream();
    let mut bytes = Vec::new();
    while let Some(Ok(part)) = parts.next().await {
        if bytes.len() + part.len() > most {
            return Err(Refused::BadChunk);
        }
        bytes.extend_from_slice(&part);
    }
    Ok(bytes)
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
pub(super) struct Rest {
    /// Without so many bytes of it, which are there already.
    #[serde(default)]
    from: usize,
}

/// A sealed chunk as it is kept here, or the rest of it; the list if both names are the same. What opens it is in the record, which who takes a
/// file out of the node asks for at `/v1/cases/{case}/export`.
#[utoipa::path(get, path = "/v1/attachments/{attachment}/chunks/{chunk}", params(("attachment" = String, Path), ("chunk" = String, Path), Rest), responses((status = 200, content_type = "application/octet-stream"), (status = 400, body = Problem), (status = 404, body = Problem)))]
pub(super) async fn chunk(
    State(state): State<ApiState>,
    caller: Caller,
    Path((attachment, chunk)): Path<(String, String)>,
    Query(rest): Query<Rest>,
) -> Result<impl IntoResponse, Failure> {
    let (list, name) = (id(&attachment)?, id(&chunk)?);
    if caller.role == Role::Observer {
        let views = state.views.clone();
        tokio::task::spawn_blocking(move || views.may_open(caller.role, &list))
            .await
            .map_err(|_| Refused::Stopping)??;
    }
    let chunk = state.attachments.chunk(list, name).await?;
    let mut chunk = chunk.ok_or(Refused::UnknownAttachment)?;
    // Of one that is shorter there is no rest.
    chunk.drain(..rest.from.min(chunk.len()));
    Ok(([(header::CONTENT_TYPE, "application/octet-stream")], chunk))
}

/// Fetches a file, whatever its size, as soon as a partner in reach has it.
#[utoipa::path(post, path = "/v1/attachments/{attachment}/fetch", params(("attachment" = String, Path)), responses((status = 204), (status = 404, body = Problem)))]
pub(super) async fn fetch(
    State(state): State<ApiState>,
    caller: Caller,
    Path(attachment): Path<String>,
) -> Result<StatusCode, Failure> {
    keeper_of_files(&caller)?;
    let list = id(&attachment)?;
    let attachments = state.attachments.clone();
    tokio::task::spawn_blocking(move || attachments.want(list))
        .await
        .map_err(|_| Refused::Stopping)??;
    Ok(StatusCode::NO_CONTENT)
}

/// Says that all of a file has been handed over whose record came before it. Answered once all of it was checked and is durable.
#[utoipa::path(post, path = "/v1/attachments/{attachment}/complete", params(("attachment" = String, Path)), responses((status = 204), (status = 404, body = Problem), (status = 422, body = Problem), (status = 507, body = Problem)))]
pub(super) async fn complete(
    State(state): State<ApiState>,
    caller: Caller,
    Path(attachment): Path<String>,
) -> Result<StatusCode, Failure> {
    keeper_of_files(&caller)?;
    state.attachments.complete(id(&attachment)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Reads all that is kept of a file. What is damaged is removed, and fetched again.
#[utoipa::path(post, path = "/v1/attachments/{attachment}/verify", params(("attachment" = String, Path)), responses((status = 200, body = AttachmentVerified), (status = 404, body = Problem)))]
pub(super) async fn verify(
    State(state): State<ApiState>,
    caller: Caller,
    Path(attachment): Path<String>,
) -> Answer<AttachmentVerified> {
    keeper_of_files(&caller)?;
    Ok(Json(state.attachments.verify(id(&attachment)?).await?))
}

/// Removes what no record names, unless it came within the last hour.
#[utoipa::path(post, path = "/v1/attachments/prune", responses((status = 200, body = Pruned)))]
pub(super) async fn prune(State(state): State<ApiState>, caller: Caller) -> Answer<Pruned> {
    keeper_of_files(&caller)?;
    let removed = state.attachments.prune().await?;
    Ok(Json(Pruned {
        attachments: removed.attachments,
        bytes: removed.bytes,
    }))
}
