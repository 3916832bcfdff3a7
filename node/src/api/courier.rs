//! Volumes out and in.

use super::{
    caller::Caller,
    error::Failure,
    server::ApiState,
    types::{CourierLoaded, CourierOrder, Problem},
};
use crate::{
    courier::{Order, Piece},
    ledger::Command,
    refused::{Fault, Refused},
};
use axum::{
    Json,
    body::{Body, BodyDataStream, Bytes},
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use focal_protocol::{
    audit::{Act, Deed},
    time::Time,
};
use futures::{Stream, StreamExt};
use std::time::Duration;
use tokio::sync::mpsc;

/// Smallest volume, bytes: a few of the largest frames.
const SMALLEST: u64 = 4 << 20;
/// Pieces that wait for whoever takes them.
const PIECES: usize = 8;
/// Bytes of a refused volume that are read all the same, at most, and for how long.
const DRAINED: usize = 64 << 20;
const DRAINS: Duration = Duration::from_secs(10);
/// An answer in parts says nothing for so long at most: whoever waits for it gives up after a minute.
pub(super) const BREATH: Duration = Duration::from_secs(5);

/// Packs what an organisation is not known to hold, for its nodes alone. The answer is a run of parts, each a letter and a
/// length (4 bytes, big-endian) before its bytes: `b` bytes of a volume, `v` the next volume begins, `n` nothing, while there is
/// nothing to send yet, `s` what was packed, as JSON. An answer without the last part is not whole.
#[utoipa::path(post, path = "/v1/courier/pack", request_body = CourierOrder, responses((status = 200, content_type = "application/octet-stream"), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn pack(
    State(state): State<ApiState>,
    caller: Caller,
    Json(body): Json<CourierOrder>,
) -> Result<Response, Failure> {
    let views = &state.views;
    let to = views.find_org(&body.to)?;
    let cases = body.cases.iter().map(|case| views.find_case(case));
    let cases = cases.collect::<Result<Vec<_>, _>>()?;
    let volume = body.volume_bytes.map(|bytes| bytes.max(SMALLEST));
    let order = Order {
        to,
        cases,
        everything: body.everything,
        receipt: body.receipt,
        since: body.since.as_deref().map(since).transpose()?,
        attachments: body.attachment_bytes,
        volume: volume.map_or(usize::MAX, |v| usize::try_from(v).unwrap_or(usize::MAX)),
    };
    let (parts, mut ready) = mpsc::channel::<Result<Bytes, Refused>>(PIECES);
    let courier = state.courier.clone();
    tokio::task::spawn_blocking(move || {
        let mut sink = |piece: Piece| {
            let part = match piece {
                Piece::Bytes(bytes) => part(b'b', &bytes),
                Piece::NextVolume => part(b'v', &[]),
            };
            // Who asked has gone.
            parts.blocking_send(Ok(part)).map_err(|_| Refused::Stopping)
        };
        let last = courier.pack(&order, &mut sink).map(|packed| {
            // Numbers and strings always have a JSON form.
            part(b's', &serde_json::to_vec(&packed).unwrap_or_default())
        });
        // Who asked has gone.
        let _ = parts.blocking_send(last);
    });
    // What cannot be packed at all is refused in words; what fails on the way ends the answer early.
    let first = first_part(&mut ready, BREATH).await?;
    let act = Act::new(Deed::CourierPack).org(to);
    state
        .ledger
        .ask(|reply| Command::Note(caller.actor, Box::new(act), reply))
        .await?;
    let body = Body::from_stream(breathing(first, ready, BREATH));
    Ok(([(header::CONTENT_TYPE, "application/octet-stream")], body).into_response())
}

fn since(text: &str) -> Result<Time, Failure> {
    text.parse()
        .map_err(|_| Failure::new(StatusCode::BAD_REQUEST, "bad-time", &Fault::Time))
}

/// What cannot be begun is refused in words. What is not ready after a while begins with a part that says nothing.
pub(super) async fn first_part(
    ready: &mut mpsc::Receiver<Result<Bytes, Refused>>,
    breath: Duration,
) -> Result<Bytes, Refused> {
    match tokio::time::timeout(breath, ready.recv()).await {
        Ok(first) => first.ok_or(Refused::Stopping)?,
        Err(_) => Ok(part(b'n', &[])),
    }
}

/// Parts as they are ready, and while none is, now and then one that says nothing: who waits sees that the node works.
pub(super) fn breathing(
    first: Bytes,
    ready: mpsc::Receiver<Result<Bytes, Refused>>,
    breath: Duration,
) -> impl Stream<Item = Result<Bytes, Refused>> {
    let rest = futures::stream::unfold(ready, move |mut ready| async move {
        match tokio::time::timeout(breath, ready.recv()).await {
            Ok(part) => part.map(|part| (part, ready)),
            Err(_) => Some((Ok(part(b'n', &[])), ready)),
        }
    });
    futures::stream::iter([Ok(first)]).chain(rest)
}

/// A part of an answer.
pub(super) fn part(kind: u8, bytes: &[u8]) -> Bytes {
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    [&[kind], length.to_be_bytes().as_slice(), bytes]
        .concat()
        .into()
}

/// Takes one volume in. What is counted is stored. Loading a volume twice, or volumes in any order, does no harm.
#[utoipa::path(post, path = "/v1/courier/load", request_body(content_type = "application/octet-stream"), responses((status = 200, body = CourierLoaded), (status = 422, body = Problem)))]
pub(super) async fn load(
    State(state): State<ApiState>,
    caller: Caller,
    body: Body,
) -> Result<Json<CourierLoaded>, Failure> {
    let mut body = body.into_data_stream();
    let result = state.courier.load(&mut body).await;
    if result.is_err() {
        drain(&mut body).await;
    }
    let mut act = Act::new(Deed::CourierLoad);
    match &result {
        Ok(loaded) => {
            if let Ok(org) = loaded.from.parse() {
                act = act.org(org);
            }
        }
        Err(refused) => act = act.refused(refused.code()),
    }
    state
        .ledger
        .ask(|reply| Command::Note(caller.actor, Box::new(act), reply))
        .await?;
    Ok(Json(result?))
}

/// Reads what still comes of a request that is refused: who cannot send it to its end does not read the answer, and would
/// not learn why.
async fn drain(body: &mut BodyDataStream) {
    let rest = async {
        let mut left = DRAINED;
        while let Some(Ok(bytes)) = body.next().await
            && let Some(less) = left.checked_sub(bytes.len())
        {
            left = less;
        }
    };
    let _ = tokio::time::timeout(DRAINS, rest).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_answer_that_takes_long_says_so_until_it_comes() {
        let breath = Duration::from_millis(1);
        let (parts, mut ready) = mpsc::channel(1);
        let nothing = part(b'n', &[]);
        let first = first_part(&mut ready, breath).await;
        assert_eq!(first.as_ref().ok(), Some(&nothing));
        let mut said = std::pin::pin!(breathing(nothing.clone(), ready, breath));
        for _ in 0..3 {
            assert_eq!(
                said.next().await.and_then(Result::ok),
                Some(nothing.clone())
            );
        }
        parts
            .send(Ok(part(b's', b"{}")))
            .await
            .expect("somebody waits");
        drop(parts);
        let rest: Vec<_> = said.filter_map(async |part| part.ok()).collect().await;
        let (last, before) = rest.split_last().expect("it ends");
        assert_eq!(*last, part(b's', b"{}"));
        assert!(before.iter().all(|part| *part == nothing));
        // What cannot be begun is refused in words.
        let (parts, mut ready) = mpsc::channel(1);
        parts.try_send(Err(Refused::NoFederation)).expect("room");
        let refused = first_part(&mut ready, Duration::from_secs(60)).await;
        assert!(matches!(refused, Err(Refused::NoFederation)));
    }
}
