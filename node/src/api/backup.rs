//! Backups out.

use super::{
    caller::Caller,
    courier::{BREATH, breathing, first_part, part},
    error::Failure,
    server::ApiState,
    types::{BackupMade, Problem},
};
use crate::{
    backup::{Made, Piece},
    ledger::Command,
    refused::{Fault, Refused},
};
use axum::{
    body::{Body, Bytes},
    extract::{Query, State},
    http::header,
    response::{IntoResponse, Response},
};
use focal_protocol::{
    audit::{Act, Deed},
    id::Hash,
};
use serde::Deserialize;
use std::collections::HashSet;
use tokio::sync::mpsc;

/// Names of pieces that a request may hold, bytes: those of 500 GiB.
pub(super) const THERE: usize = 64 << 20;
/// Pieces that wait for whoever takes them.
const PIECES: usize = 4;
/// A long list goes in parts of this many bytes.
const LIST_PART: usize = 1 << 20;

#[derive(Debug, Deserialize, utoipa::IntoParams)]
pub(super) struct Choice {
    /// Without the attachments, which partners may hold.
    #[serde(default)]
    without_attachments: bool,
}

/// Makes a backup of the node as it is now, sealed for itself. The body says which pieces are there already: 32 bytes each. The
/// answer is a run of parts, each a letter and a length (4 bytes, big-endian) before its bytes: `p` a piece, its name (32
/// bytes) before what is sealed; `l` a part of the list; `n` nothing, while what has not changed is read; `s` what was made, as JSON. An answer without the last part is not
/// whole. How the pieces are kept is the caller's; `focal node backup` does it.
#[utoipa::path(post, path = "/v1/backup", params(Choice), request_body(content_type = "application/octet-stream"), responses((status = 200, content_type = "application/octet-stream"), (status = 422, body = Problem)))]
pub(super) async fn backup(
    State(state): State<ApiState>,
    caller: Caller,
    Query(choice): Query<Choice>,
    body: Bytes,
) -> Result<Response, Failure> {
    let there = body
        .chunks(Hash::LEN)
        .map(|name| Hash::try_from(name).map_err(|_| Refused::from(Fault::PieceNames)));
    let there = there.collect::<Result<HashSet<Hash>, _>>()?;
    // Before anything leaves.
    state
        .ledger
        .ask(|reply| Command::Note(caller.actor, Box::new(Act::new(Deed::Backup)), reply))
        .await?;
    let (parts, mut ready) = mpsc::channel::<Result<Bytes, Refused>>(PIECES);
    let backup = state.backup.clone();
    tokio::task::spawn_blocking(move || {
        // An error: who asked has gone.
        let put = |part| parts.blocking_send(Ok(part)).map_err(|_| Refused::Stopping);
        let mut sink = |piece: Piece| match piece {
            Piece::New(name, sealed) => put(part(b'p', &[name.as_bytes(), &sealed].concat())),
            Piece::List(bytes) => bytes
                .chunks(LIST_PART)
                .try_for_each(|bytes| put(part(b'l', bytes))),
        };
        let made = backup.make(there, !choice.without_attachments, &mut sink);
        // Numbers and strings always have a JSON form.
        let last =
            made.map(|made| part(b's', &serde_json::to_vec(&said(&made)).unwrap_or_default()));
        let _ = parts.blocking_send(last);
    });
    // What cannot be begun is refused in words; what fails on the way ends the answer early.
    let first = first_part(&mut ready, BREATH).await?;
    let body = Body::from_stream(breathing(first, ready, BREATH));
    Ok(([(header::CONTENT_TYPE, "application/octet-stream")], body).into_response())
}

fn said(made: &Made) -> BackupMade {
    BackupMade {
        created: made.created.to_string(),
        entries: made.entries,
        records: made.records,
        pieces: made.pieces,
        new: made.new,
        chunks: made.chunks,
        left_out: made.left_out,
        last_purge: made.last_purge.map(|time| time.to_string()),
    }
}
