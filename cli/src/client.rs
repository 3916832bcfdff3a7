//! The way to the node: its HTTP/JSON API on a Unix socket.

mod stream;
pub(crate) use stream::Parts;

use crate::{
    context::Context,
    error::{Error, Exit, Result},
};
use focal_node::api::types::{Event, Problem};
use http_body_util::{BodyExt, Full, Limited};
use hyper::{
    Method, Request, Response, StatusCode,
    body::{Bytes, Incoming},
    client::conn::http1,
};
use hyper_util::rt::TokioIo;
use serde::{Serialize, de::DeserializeOwned};
use std::{path::PathBuf, time::Duration};
use tokio::net::UnixStream;

/// Longest answer that is read, bytes: a case view of 100,000 records.
const ANSWER: usize = 256 << 20;
/// Longest single event, bytes.
const EVENT: usize = 1 << 20;
/// A node on a busy disk may take a while; longer means that something is wrong.
const PATIENCE: Duration = Duration::from_secs(60);

/// A node's API.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    socket: PathBuf,
}

impl Client {
    /// Finds the node that `context` names.
    ///
    /// # Errors
    /// [`Exit::Unreachable`]: no node is running there.
    pub(crate) async fn connect(context: &Context) -> Result<Self> {
        let client = Self::of(context);
        client.stream().await?;
        Ok(client)
    }

    /// The node that `context` names, whether it runs or not.
    pub(crate) fn of(context: &Context) -> Self {
        Self {
            socket: context.socket(),
        }
    }

    async fn stream(&self) -> Result<UnixStream> {
        UnixStream::connect(&self.socket).await.map_err(|e| {
            Error::new(Exit::Unreachable, "the node does not answer")
                .why(format!("{}: {e}", self.socket.display()))
                .next("start it with `focal node run`, or name another with --home or --socket")
        })
    }

    fn lost(&self, error: &dyn std::fmt::Display) -> Error {
        Error::new(Exit::Unreachable, "the node has not answered to the end")
            .why(format!("{}: {error}", self.socket.display()))
            .next("see its log, then try again: sending a report twice stores it once")
    }

    async fn open(&self) -> Result<Sender> {
        let stream = self.stream().await?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream))
            .await
            .map_err(|e| self.lost(&e))?;
        tokio::spawn(connection);
        Ok(sender)
    }

    /// A connection that stays for one request after the other.
    pub(crate) async fn keep(&self) -> Result<Kept> {
        Ok(Kept {
            client: self.clone(),
            sender: self.open().await?,
        })
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        content_type: &str,
        body: Vec<u8>,
    ) -> Result<Response<Incoming>> {
        let mut sender = self.open().await?;
        self.ask(&mut sender, method, path, content_type, body)
            .await
    }

    async fn ask(
        &self,
        sender: &mut Sender,
        method: Method,
        path: &str,
        content_type: &str,
        body: Vec<u8>,
    ) -> Result<Response<Incoming>> {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", "focal")
            .header("content-type", content_type)
            .body(Full::new(Bytes::from(body)))
            .map_err(|e| {
                Error::new(Exit::Usage, "this cannot be asked of a node").why(e.to_string())
            })?;
        let answer = tokio::time::timeout(PATIENCE, sender.send_request(request));
        answer
            .await
            .map_err(|e| self.lost(&e))?
            .map_err(|e| self.lost(&e))
    }

    async fn call(
        &self,
        method: Method,
        path: &str,
        content_type: &str,
        body: Vec<u8>,
    ) -> Result<Bytes> {
        let response = self.send(method, path, content_type, body).await?;
        self.answer(response).await
    }

    async fn answer(&self, response: Response<Incoming>) -> Result<Bytes> {
        let status = response.status();
        let body = Limited::new(response.into_body(), ANSWER)
            .collect()
            .await
            .map_err(|e| self.lost(&e))?
            .to_bytes();
        if status.is_success() {
            Ok(body)
        } else {
            Err(refusal(status, &body))
        }
    }

    fn parse<T: DeserializeOwned>(&self, body: &[u8]) -> Result<T> {
        serde_json::from_slice(body).map_err(|e| {
            Error::new(Exit::Failed, "the node's answer is not understood")
                .why(e.to_string())
                .next("use the same version of focal for the node and the command line")
        })
    }

    /// A `GET` of JSON.
    pub(crate) async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T> {
        self.parse(&self.get_bytes(path).await?)
    }

    /// A `GET` of bytes.
    pub(crate) async fn get_bytes(&self, path: &str) -> Result<Vec<u8>> {
        let body = self.call(Method::GET, path, "application/json", Vec::new());
        Ok(body.await?.to_vec())
    }

    /// A `POST` of JSON.
    pub(crate) async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T> {
        let body = crate::organisation::json(body);
        let answer = self.call(Method::POST, path, "application/json", body);
        self.parse(&answer.await?)
    }

    /// A `POST` of JSON that is answered with bytes.
    pub(crate) async fn post_for_bytes(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<Vec<u8>> {
        let body = crate::organisation::json(body);
        let answer = self.call(Method::POST, path, "application/json", body);
        Ok(answer.await?.to_vec())
    }

    /// A `POST` of bytes.
    pub(crate) async fn post_bytes<T: DeserializeOwned>(
        &self,
        path: &str,
        body: Vec<u8>,
    ) -> Result<T> {
        let answer = self.call(Method::POST, path, "application/cbor", body);
        self.parse(&answer.await?)
    }

    /// A `POST` of nothing that is answered with nothing.
    pub(crate) async fn post_nothing(&self, path: &str) -> Result<()> {
        self.call(Method::POST, path, "application/json", Vec::new())
            .await
            .map(drop)
    }

    /// The node's events from now on.
    pub(crate) async fn events(&self, path: &str) -> Result<Events> {
        let response = self
            .send(Method::GET, path, "application/json", Vec::new())
            .await?;
        Ok(Events {
            body: response.into_body(),
            lines: Lines::default(),
        })
    }
}

type Sender = http1::SendRequest<Full<Bytes>>;

/// A connection to the node's API that stays: thousands of pieces go over it.
pub(crate) struct Kept {
    client: Client,
    sender: Sender,
}

impl Kept {
    async fn call(&mut self, method: Method, path: &str, body: Vec<u8>) -> Result<Bytes> {
        let Self { client, sender } = self;
        sender.ready().await.map_err(|e| client.lost(&e))?;
        let content_type = "application/octet-stream";
        let response = client.ask(sender, method, path, content_type, body).await?;
        client.answer(response).await
    }

    /// A `GET` of bytes.
    pub(crate) async fn get_bytes(&mut self, path: &str) -> Result<Vec<u8>> {
        let body = self.call(Method::GET, path, Vec::new());
        Ok(body.await?.to_vec())
    }

    /// A `PUT` of bytes that is answered with nothing.
    pub(crate) async fn put_bytes(&mut self, path: &str, body: Vec<u8>) -> Result<()> {
        self.call(Method::PUT, path, body).await.map(drop)
    }
}

/// What the node refuses, as the person sees it.
fn refusal(status: StatusCode, body: &[u8]) -> Error {
    let exit = match status {
        StatusCode::NOT_FOUND => Exit::NotFound,
        StatusCode::INSUFFICIENT_STORAGE | StatusCode::INTERNAL_SERVER_ERROR => Exit::Io,
        StatusCode::SERVICE_UNAVAILABLE => Exit::Unreachable,
        _ => Exit::Refused,
    };
    match serde_json::from_slice::<Problem>(body) {
        Ok(problem) => {
            let error = Error::new(exit, problem.message).why(problem.code);
            match problem.hint {
                Some(hint) => error.next(hint),
                None => error,
            }
        }
        Err(_) => Error::new(exit, format!("the node answered {status}")),
    }
}

/// Events as they come.
pub(crate) struct Events {
    body: Incoming,
    lines: Lines,
}

impl Events {
    /// The next event; none when the node has gone.
    pub(crate) async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.lines.event() {
                return Some(event);
            }
            let frame = self.body.frame().await?.ok()?;
            if let Some(data) = frame.data_ref() {
                self.lines.feed(data)?;
            }
        }
    }
}

/// Server-sent events (WHATWG HTML, section 9.2.6), as far as the node writes them: one `data` line in each.
#[derive(Debug, Default)]
struct Lines(Vec<u8>);

impl Lines {
    /// Takes bytes; none if an event is longer than any that a node sends.
    fn feed(&mut self, data: &[u8]) -> Option<()> {
        self.0.extend_from_slice(data);
        (self.0.len() <= EVENT).then_some(())
    }

    fn event(&mut self) -> Option<Event> {
        while let Some(end) = self.0.iter().position(|b| *b == b'\n') {
            let line: Vec<u8> = self.0.drain(..=end).collect();
            let data = line.strip_prefix(b"data:").map(<[u8]>::trim_ascii);
            if let Some(event) = data.and_then(|d| serde_json::from_slice(d).ok()) {
                return Some(event);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_that_comes_in_pieces_is_put_together() {
        let mut lines = Lines::default();
        lines
            .feed(b": ping\n\nevent: directory\ndata: {\"kind\":\"dire")
            .expect("short");
        assert!(lines.event().is_none());
        lines
            .feed(b"ctory\",\"roster_version\":3}\n\n")
            .expect("short");
        assert!(matches!(
            lines.event(),
            Some(Event::Directory { roster_version: 3 })
        ));
        assert!(lines.event().is_none());
    }

    #[test]
    fn an_event_without_end_is_cut_off() {
        let mut lines = Lines::default();
        assert!(lines.feed(&vec![b'x'; EVENT + 1]).is_none());
    }

    #[test]
    fn a_refusal_keeps_its_reason_and_remedy() {
        let body = br#"{"code":"revoked-author","message":"revoked","hint":"ask"}"#;
        let error = refusal(StatusCode::FORBIDDEN, body);
        assert_eq!(
            (error.exit, error.next.as_deref()),
            (Exit::Refused, Some("ask"))
        );
        assert_eq!(refusal(StatusCode::NOT_FOUND, b"").exit, Exit::NotFound);
    }
}
