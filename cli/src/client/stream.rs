//! Bodies that are too large to be held: files that are sent, and answers that come in parts.

use super::{ANSWER, Client, refusal};
use crate::error::{Error, Exit, Result};
use crate::lang::tr;
use http_body_util::{BodyExt, Limited};
use hyper::{
    Method, Request,
    body::{Body, Bytes, Frame, Incoming, SizeHint},
    client::conn::http1,
};
use hyper_util::rt::TokioIo;
use serde::{Serialize, de::DeserializeOwned};
use std::{
    fs::File,
    io::{self, Read},
    path::Path,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

/// Bytes of a file that are read at a time.
const PIECE: usize = 128 << 10;
/// A node that loads a volume writes what has come before it takes more, and makes all of it durable before it answers.
const AT_REST: Duration = Duration::from_secs(900);
/// Longest part that a node sends, bytes.
const PART: usize = 4 << 20;

/// A file as the body of a request.
struct FileBody {
    file: File,
    left: u64,
    /// Told of each piece.
    sent: Box<dyn Fn(u64) + Send>,
}

impl Body for FileBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if self.left == 0 {
            return Poll::Ready(None);
        }
        let mut piece = vec![0; PIECE.min(usize::try_from(self.left).unwrap_or(PIECE))];
        // A local file: reading it does not wait for anybody.
        Poll::Ready(Some(self.file.read(&mut piece).and_then(|length| {
            if length == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            piece.truncate(length);
            self.left -= length as u64;
            (self.sent)(length as u64);
            Ok(Frame::data(piece.into()))
        })))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

/// An answer in parts: a letter, a length (4 bytes, big-endian), so many bytes.
pub(crate) struct Parts {
    body: Incoming,
    held: Vec<u8>,
    /// How long it may be silent.
    patience: Duration,
}

impl Client {
    /// Sends a file.
    pub(crate) async fn post_file<T: DeserializeOwned>(
        &self,
        path: &str,
        file: &Path,
        sent: impl Fn(u64) + Send + 'static,
    ) -> Result<T> {
        let moved = Arc::<AtomicU64>::default();
        let counted = moved.clone();
        let sent = move |bytes| {
            counted.fetch_add(bytes, Ordering::Relaxed);
            sent(bytes);
        };
        let unreadable = |e| Error::io(tr!("file-cannot-be-read"), file, &e);
        let opened = File::open(file).map_err(unreadable)?;
        let left = opened.metadata().map_err(unreadable)?.len();
        let body = FileBody {
            file: opened,
            left,
            sent: Box::new(sent),
        };
        let stream = self.way.stream().await?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream))
            .await
            .map_err(|e| self.lost(&e))?;
        tokio::spawn(connection);
        let request = Request::builder()
            .method(Method::POST)
            .uri(path)
            .header("host", "focal")
            .header("content-type", "application/octet-stream")
            .body(body)
            .map_err(|e| self.lost(&e))?;
        let response = while_it_moves(sender.send_request(request), &moved, self.at_rest());
        let response = response.await.map_err(|e| self.lost(&e))?;
        let response = response.map_err(|e| self.lost(&e))?;
        let status = response.status();
        let body = Limited::new(response.into_body(), ANSWER).collect().await;
        let body = body.map_err(|e| self.lost(&e))?.to_bytes();
        if status.is_success() {
            self.parse(&body)
        } else {
            Err(refusal(status, &body))
        }
    }

    /// How long nothing of a file may go while the node makes durable what has come.
    fn at_rest(&self) -> Duration {
        self.patience.max(AT_REST)
    }

    /// A `GET` of bytes, each handed out as it comes: what has come before a link breaks is there.
    pub(crate) async fn get_as_it_comes(
        &self,
        path: &str,
        mut each: impl FnMut(&[u8]) -> Result<()>,
    ) -> Result<()> {
        let response = self
            .send(Method::GET, path, "application/octet-stream", Vec::new())
            .await?;
        let (status, mut body) = (response.status(), response.into_body());
        if !status.is_success() {
            let body = Limited::new(body, ANSWER).collect().await;
            let body = body.map_err(|e| self.lost(&e))?.to_bytes();
            return Err(refusal(status, &body));
        }
        let patience = self.patience;
        while let Some(frame) = tokio::time::timeout(patience, body.frame())
            .await
            .map_err(broken)?
        {
            if let Some(data) = frame.map_err(broken)?.data_ref() {
                each(data)?;
            }
        }
        Ok(())
    }

    /// A `POST` of JSON that is answered in parts.
    pub(crate) async fn post_for_parts(&self, path: &str, body: &impl Serialize) -> Result<Parts> {
        let body = crate::organisation::json(body);
        self.parts(path, "application/json", body).await
    }

    /// A `POST` of bytes that is answered in parts.
    pub(crate) async fn post_bytes_for_parts(&self, path: &str, body: Vec<u8>) -> Result<Parts> {
        self.parts(path, "application/octet-stream", body).await
    }

    async fn parts(&self, path: &str, content_type: &str, body: Vec<u8>) -> Result<Parts> {
        let response = self.send(Method::POST, path, content_type, body).await?;
        let status = response.status();
        if status.is_success() {
            return Ok(Parts {
                body: response.into_body(),
                held: Vec::new(),
                patience: self.patience,
            });
        }
        let body = Limited::new(response.into_body(), ANSWER).collect().await;
        let body = body.map_err(|e| self.lost(&e))?.to_bytes();
        Err(refusal(status, &body))
    }
}

impl Parts {
    /// The next part; none when the answer has ended.
    pub(crate) async fn next(&mut self) -> Result<Option<(u8, Vec<u8>)>> {
        loop {
            if let Some((head, rest)) = self.held.split_first_chunk::<5>() {
                let [kind, length @ ..] = *head;
                let length = u32::from_be_bytes(length) as usize;
                if length > PART {
                    return Err(Error::new(Exit::Failed, tr!("answer-malformed")));
                }
                if let Some(bytes) = rest.get(..length) {
                    let bytes = bytes.to_vec();
                    self.held.drain(..5 + length);
                    return Ok(Some((kind, bytes)));
                }
            }
            let frame = tokio::time::timeout(self.patience, self.body.frame()).await;
            match frame.map_err(broken)? {
                None if self.held.is_empty() => return Ok(None),
                None => return Err(broken(tr!("middle-of-part"))),
                Some(frame) => {
                    if let Some(data) = frame.map_err(broken)?.data_ref() {
                        self.held.extend_from_slice(data);
                    }
                }
            }
        }
    }
}

/// Waits for an answer as long as bytes go, and for `rest` without any.
///
/// # Errors
/// Nothing goes any more, and nothing comes.
async fn while_it_moves<T>(
    answer: impl Future<Output = T>,
    moved: &AtomicU64,
    rest: Duration,
) -> std::result::Result<T, tokio::time::error::Elapsed> {
    let mut answer = std::pin::pin!(answer);
    loop {
        let before = moved.load(Ordering::Relaxed);
        match tokio::time::timeout(rest, &mut answer).await {
            Err(_) if moved.load(Ordering::Relaxed) != before => {}
            ended => return ended,
        }
    }
}

fn broken(why: impl std::fmt::Display) -> Error {
    Error::new(Exit::Unreachable, tr!("answer-broken"))
        .why(why.to_string())
        .next(tr!("answer-broken-next"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_answer_is_waited_for_as_long_as_something_goes() {
        let moved = Arc::<AtomicU64>::default();
        let rest = Duration::from_millis(60);
        let going = moved.clone();
        let answer = async move {
            for _ in 0..10 {
                tokio::time::sleep(Duration::from_millis(50)).await;
                going.fetch_add(1, Ordering::Relaxed);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        };
        while_it_moves(answer, &moved, rest)
            .await
            .expect("answered");
        let never = while_it_moves(std::future::pending::<()>(), &moved, rest);
        never.await.expect_err("nothing goes any more");
    }

    #[tokio::test]
    async fn a_file_is_sent_whole_and_counted() {
        let dir = tempfile::tempdir().expect("dir");
        let path = dir.path().join("volume");
        let bytes: Vec<u8> = (0..300_000u32).map(|n| n.to_le_bytes()[0]).collect();
        std::fs::write(&path, &bytes).expect("written");
        let (count, counted) = std::sync::mpsc::channel();
        let body = FileBody {
            file: File::open(&path).expect("a file"),
            left: bytes.len() as u64,
            sent: Box::new(move |n| count.send(n).expect("counted")),
        };
        assert_eq!(body.size_hint().exact(), Some(300_000));
        let whole = body.collect().await.expect("read").to_bytes();
        assert_eq!(whole, Bytes::from(bytes));
        assert_eq!(counted.iter().sum::<u64>(), 300_000);
    }
}
