//! What is in an attachment, to be looked at: opened here, chunk by chunk, and never kept.

use super::{caller::Caller, error::Failure, server::ApiState, types::Problem};
use crate::{attachments::Content, refused::Refused};
use axum::{
    body::Body,
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use focal_protocol::id::Hash;
use futures::stream;
use serde::Deserialize;
use std::{ops::Range, sync::Arc};

/// What a browser may show by itself: pictures in which nothing can run. All else is a file to it.
const SHOWN: [&str; 4] = ["image/jpeg", "image/png", "image/webp", "image/gif"];

#[derive(Debug, Deserialize)]
pub(super) struct Named {
    /// The record that names it.
    record: String,
}

/// The content of a file that is here whole, as the record describes it; a part of it by `Range`. For who may read the record:
/// who writes it to a disk asks for the record at `/v1/cases/{case}/export`.
#[utoipa::path(get, path = "/v1/attachments/{attachment}/content", params(("attachment" = String, Path), ("record" = String, Query)), responses((status = 200, content_type = "application/octet-stream"), (status = 206, content_type = "application/octet-stream"), (status = 403, body = Problem), (status = 404, body = Problem), (status = 416)))]
pub(super) async fn content(
    State(state): State<ApiState>,
    caller: Caller,
    Path(attachment): Path<String>,
    Query(named): Query<Named>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let list: Hash = attachment
        .parse()
        .map_err(|_| Failure::not_found("attachment"))?;
    let views = state.views.clone();
    let found = tokio::task::spawn_blocking(move || {
        let stored = views.find_record(&named.record)?;
        if let Some(stored) = &stored {
            views.may_show(caller.role, &stored.summary)?;
        }
        Ok::<_, Refused>(stored)
    });
    let stored = found.await.map_err(|_| Refused::Stopping)??;
    let stored = stored.ok_or_else(|| Failure::not_found("record"))?;
    let content = state
        .attachments
        .content(stored.position.case, stored.id, list)
        .await?
        .ok_or(Refused::UnknownAttachment)?;
    Ok(answer(Arc::new(content), &headers))
}

fn answer(content: Arc<Content>, headers: &HeaderMap) -> Response {
    let size = content.attachment.size;
    let asked = headers.get(header::RANGE).and_then(|r| r.to_str().ok());
    let range = match asked.map(|text| range(text, size)) {
        None | Some(Asked::All) => None,
        Some(Asked::Part(range)) => Some(range),
        Some(Asked::Nothing) => {
            let all = format!("bytes */{size}");
            return (
                StatusCode::RANGE_NOT_SATISFIABLE,
                [(header::CONTENT_RANGE, all)],
            )
                .into_response();
        }
    };
    let media_type = content.attachment.media_type.as_str();
    let shown = SHOWN.iter().find(|shown| **shown == media_type);
    // Whatever a partner put into it runs nowhere, and stays in no cache on a disk.
    let fixed = [
        (
            header::CONTENT_TYPE,
            *shown.unwrap_or(&"application/octet-stream"),
        ),
        (
            header::CONTENT_DISPOSITION,
            if shown.is_some() {
                "inline"
            } else {
                "attachment"
            },
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; sandbox",
        ),
        (header::CACHE_CONTROL, "no-store"),
        (header::ACCEPT_RANGES, "bytes"),
    ];
    let part = range.clone().unwrap_or(0..size);
    let length = (header::CONTENT_LENGTH, (part.end - part.start).to_string());
    let body = Body::from_stream(pieces(content, part));
    match range {
        None => (fixed, [length], body).into_response(),
        Some(Range { start, end }) => {
            let part = format!("bytes {start}-{}/{size}", end.saturating_sub(1));
            let more = [length, (header::CONTENT_RANGE, part)];
            (StatusCode::PARTIAL_CONTENT, fixed, more, body).into_response()
        }
    }
}

/// Chunk by chunk. One that is damaged ends it: the length shows that it is not whole.
fn pieces(
    content: Arc<Content>,
    part: Range<u64>,
) -> impl futures::Stream<Item = Result<tokio_util::bytes::Bytes, Refused>> {
    stream::try_unfold((content, part), |(content, part)| async move {
        if part.start >= part.end {
            return Ok(None);
        }
        let mut bytes = content.starting_at(part.start).await?;
        let left = usize::try_from(part.end - part.start).unwrap_or(usize::MAX);
        bytes.truncate(left);
        if bytes.is_empty() {
            return Err(Refused::BadChunk);
        }
        let next = part.start + bytes.len() as u64..part.end;
        Ok(Some((bytes, (content, next))))
    })
}

/// What is asked for.
#[derive(Debug, PartialEq, Eq)]
enum Asked {
    /// All of it: also if the range is of a form that need not be understood (RFC 9110, section 14.2).
    All,
    Part(Range<u64>),
    /// A range outside the file.
    Nothing,
}

/// Reads a range of bytes (RFC 9110, section 14.1.2): one only.
fn range(text: &str, size: u64) -> Asked {
    let Some((first, last)) = text
        .strip_prefix("bytes=")
        .filter(|ranges| !ranges.contains(','))
        .and_then(|one| one.trim().split_once('-'))
    else {
        return Asked::All;
    };
    let number = |text: &str| -> Option<u64> {
        let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        digits.then(|| text.parse().unwrap_or(u64::MAX))
    };
    let part = match (number(first), number(last)) {
        (Some(first), Some(last)) if last < first => return Asked::All,
        (Some(first), Some(last)) => first..last.saturating_add(1).min(size),
        (Some(first), None) if last.is_empty() => first..size,
        (None, Some(last)) if first.is_empty() => size.saturating_sub(last)..size,
        _ => return Asked::All,
    };
    if part.start >= part.end {
        return Asked::Nothing;
    }
    Asked::Part(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_within_the_file_or_nothing() {
        for (text, asked) in [
            ("bytes=0-0", Asked::Part(0..1)),
            ("bytes=10-19", Asked::Part(10..20)),
            ("bytes=90-", Asked::Part(90..100)),
            ("bytes=-10", Asked::Part(90..100)),
            ("bytes=-1000", Asked::Part(0..100)),
            ("bytes=10-1000", Asked::Part(10..100)),
            ("bytes=0-99999999999999999999999", Asked::Part(0..100)),
            ("bytes=100-", Asked::Nothing),
            ("bytes=-0", Asked::Nothing),
            ("bytes=9-2", Asked::All),
            ("bytes=0-1,5-6", Asked::All),
            ("bytes=a-b", Asked::All),
            ("bytes=-", Asked::All),
            ("lines=1-2", Asked::All),
        ] {
            assert_eq!(range(text, 100), asked, "{text}");
        }
        assert_eq!(range("bytes=0-", 0), Asked::Nothing);
    }
}
