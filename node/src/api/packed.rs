//! Answers to authors away from the node, packed where they ask for it: on a narrow link the tables of a case take minutes.
//!
//! Raw DEFLATE (RFC 1951), then zeros up to the Padmé length, so that the length tells little of what is in it.

use super::error::Failure;
use crate::refused::Refused;
use axum::{
    body::{Body, HttpBody},
    extract::Request,
    http::{HeaderValue, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use flate2::{Compression, read::DeflateDecoder, write::DeflateEncoder};
use focal_protocol::seal::padme;
use std::io::{Read, Write};

/// What the encoding is called in `accept-encoding` and `content-encoding`.
pub const NAME: &str = "focal-deflate";
/// Shorter answers are not worth the header, bytes.
const LEAST: u64 = 256;
/// Longer ones take their time, bytes: not among the tasks.
const LONG: usize = 64 << 10;

/// Packs bytes; none if that does not help.
#[must_use]
pub fn pack(plain: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    let packed = encoder.write_all(plain).and_then(|()| encoder.finish());
    let mut packed = packed.ok()?;
    packed.resize(padme(packed.len()), 0);
    (packed.len() < plain.len()).then_some(packed)
}

/// What was packed; none if it is malformed, or longer than `most`. Memory is taken as it comes.
#[must_use]
pub fn unpack(packed: &[u8], most: usize) -> Option<Vec<u8>> {
    let mut plain = Vec::new();
    let more = u64::try_from(most).ok()?.saturating_add(1);
    let mut decoder = DeflateDecoder::new(packed).take(more);
    decoder.read_to_end(&mut plain).ok()?;
    (plain.len() <= most).then_some(plain)
}

/// Packs an answer whose author asks for it, if it is text and stands whole in memory: neither events nor files.
pub(super) async fn answer(request: Request, next: Next) -> Response {
    let accepts = request.headers().get(header::ACCEPT_ENCODING);
    let asked = accepts.is_some_and(|accepts| accepts == NAME);
    let answer = next.run(request).await;
    let is_text = ["application/json", "text/html"].iter().any(|kind| {
        let of = answer.headers().get(header::CONTENT_TYPE);
        of.is_some_and(|of| of.as_bytes().starts_with(kind.as_bytes()))
    });
    let whole = answer.size_hint().exact().filter(|n| *n >= LEAST);
    if !asked || !is_text || whole.is_none() {
        return answer;
    }
    let (mut head, body) = answer.into_parts();
    let stopping = |_| Failure::from(Refused::Stopping).into_response();
    let plain = match axum::body::to_bytes(body, usize::MAX).await {
        Ok(plain) => plain,
        Err(e) => {
            tracing::debug!("an answer broke off: {e}");
            return stopping(());
        }
    };
    let packed = if plain.len() < LONG {
        pack(&plain)
    } else {
        let plain = plain.clone();
        match tokio::task::spawn_blocking(move || pack(&plain)).await {
            Ok(packed) => packed,
            Err(_) => return stopping(()),
        }
    };
    let Some(packed) = packed else {
        return Response::from_parts(head, Body::from(plain));
    };
    head.headers.remove(header::CONTENT_LENGTH);
    let name = HeaderValue::from_static(NAME);
    head.headers.insert(header::CONTENT_ENCODING, name);
    Response::from_parts(head, Body::from(packed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_comes_back_and_its_length_tells_little() {
        let plain = br#"{"title":"Varenia"}"#.repeat(200);
        let packed = pack(&plain).expect("shorter");
        assert!(packed.len() < plain.len() / 5, "{}", packed.len());
        assert_eq!(packed.len(), padme(packed.len()));
        assert_eq!(unpack(&packed, plain.len()), Some(plain));
        // What cannot be made shorter stays as it is.
        assert_eq!(pack(b"xyz"), None);
    }

    #[test]
    fn a_bomb_and_junk_are_refused() {
        let bomb = pack(&vec![0; 1 << 20]).expect("shorter");
        assert!(bomb.len() < 4_096);
        assert_eq!(unpack(&bomb, (1 << 20) - 1), None);
        assert_eq!(unpack(&[0xff; 64], 1 << 20), None);
    }
}
