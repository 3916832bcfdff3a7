//! The node's HTTP/JSON API, as commands use it. How the bytes get there is [`link`](crate::link)'s.

mod stream;
pub(crate) use stream::Parts;

use crate::{
    context::Context,
    error::{Error, Exit, Result},
    heard::Heard,
    lang::{self, tr},
    link::Way,
};
use focal_node::api::{
    packed,
    types::{Event, Here, Problem},
};
use http_body_util::{BodyExt, Full};
use hyper::{
    Method, Request, Response, StatusCode,
    body::{Bytes, Incoming},
    client::conn::http1,
    header,
};
use hyper_util::rt::TokioIo;
use serde::{Serialize, de::DeserializeOwned};
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

/// Longest answer that is read, bytes: a case view of 100,000 records.
const ANSWER: usize = 256 << 20;
/// Longest single event, bytes.
const EVENT: usize = 1 << 20;
/// Bytes of files that a node reads, checks and makes durable in a second, at the least: a worn memory card.
const SLOW_DISK: u64 = 1 << 20;
/// A node says every 15 s that it is there; on a narrow link that may wait behind something else.
const SIGN_OF_LIFE: Duration = Duration::from_secs(120);

type Sender = http1::SendRequest<Full<Bytes>>;

/// A node's API.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    way: Way,
    /// How long the node may say nothing.
    patience: Duration,
    heard: Heard,
    /// A connection for the next request: on a far link a new one takes seconds.
    idle: Arc<Mutex<Option<Sender>>>,
}

impl Client {
    /// Finds the node that `context` names.
    ///
    /// # Errors
    /// [`Exit::Unreachable`]: no node is running there.
    pub(crate) async fn connect(context: &Context) -> Result<Self> {
        let client = Self::by(Way::of(context)?, context);
        let progress = client.way.progress(|| tr!("progress-connecting"));
        let sender = client.open().await?;
        drop(progress);
        client.put_back(sender);
        client.heard.reached();
        Ok(client)
    }

    /// Pieces of a file that are sent at the same time.
    pub(crate) fn pieces(&self) -> usize {
        self.way.pieces()
    }

    /// Bytes of a piece in one request; none if it goes as a whole, as on this machine.
    pub(crate) fn slice(&self) -> Option<usize> {
        self.way.slice()
    }

    /// The node at the end of a way, whether it runs or not.
    pub(crate) fn by(way: Way, context: &Context) -> Self {
        Self {
            patience: context.patience.unwrap_or_else(|| way.patience()),
            way,
            heard: context.heard.clone(),
            idle: Arc::default(),
        }
    }

    /// The same, with patience for work on so many bytes of files: the node reads all of them, on whatever disk.
    pub(crate) fn at_work_on(&self, bytes: u64) -> Self {
        let mut client = self.clone();
        client.patience += Duration::from_secs(bytes / SLOW_DISK);
        client
    }

    fn lost(&self, error: &dyn std::fmt::Display) -> Error {
        Error::new(Exit::Unreachable, lang::tr!("node-lost"))
            .why(format!("{}: {}", self.way.name(), self.way.why(error)))
            .next(lang::tr!("node-lost-next"))
            .may_pass()
    }

    async fn open(&self) -> Result<Sender> {
        let stream = self.way.stream().await?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream))
            .await
            .map_err(|e| self.lost(&e))?;
        tokio::spawn(connection);
        Ok(sender)
    }

    fn put_back(&self, sender: Sender) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        *idle = Some(sender);
    }

    /// The connection of the last request if it still stands, else a new one.
    async fn sender(&self) -> Result<Sender> {
        let idle = self
            .idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(mut sender) = idle
            && sender.ready().await.is_ok()
        {
            return Ok(sender);
        }
        self.open().await
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
        self.ask(&mut sender, method, path, content_type, body, false)
            .await
    }

    /// A request, whose answer may come packed if the caller unpacks it.
    async fn ask(
        &self,
        sender: &mut Sender,
        method: Method,
        path: &str,
        content_type: &str,
        body: Vec<u8>,
        packed: bool,
    ) -> Result<Response<Incoming>> {
        // What answers anything else is short.
        let packed = packed && method == Method::GET && matches!(self.way, Way::Far(_));
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "focal")
            .header(header::CONTENT_TYPE, content_type);
        let request = if packed {
            request.header(header::ACCEPT_ENCODING, packed::NAME)
        } else {
            request
        };
        let request = request
            .body(Full::new(Bytes::from(body)))
            .map_err(|e| Error::new(Exit::Usage, tr!("cannot-be-asked")).why(e.to_string()))?;
        let answer = tokio::time::timeout(self.patience, sender.send_request(request));
        answer
            .await
            .map_err(|e| self.lost(&e))?
            .map_err(|e| self.lost(&e))
    }

    /// The whole body of an answer. It may take long, but not be silent for long.
    async fn whole(&self, mut body: Incoming) -> Result<Bytes> {
        let mut whole = Vec::new();
        loop {
            let frame = tokio::time::timeout(self.patience, body.frame()).await;
            let Some(frame) = frame.map_err(|e| self.lost(&e))? else {
                return Ok(Bytes::from(whole));
            };
            if let Some(data) = frame.map_err(|e| self.lost(&e))?.data_ref() {
                if whole.len() + data.len() > ANSWER {
                    return Err(self.lost(&tr!("answer-too-long")));
                }
                whole.extend_from_slice(data);
            }
        }
    }

    async fn call(
        &self,
        method: Method,
        path: &str,
        content_type: &str,
        body: Vec<u8>,
    ) -> Result<Bytes> {
        let _progress = self.way.progress(|| tr!("progress-asking"));
        let mut sender = self.sender().await?;
        let response = self
            .ask(&mut sender, method, path, content_type, body, true)
            .await?;
        let answer = self.answer(response).await;
        // What was refused was read to its end, too.
        self.put_back(sender);
        answer
    }

    async fn answer(&self, response: Response<Incoming>) -> Result<Bytes> {
        let status = response.status();
        let encoding = response.headers().get(header::CONTENT_ENCODING);
        let is_packed = encoding.is_some_and(|encoding| encoding == packed::NAME);
        let mut body = self.whole(response.into_body()).await?;
        if is_packed {
            let plain = packed::unpack(&body, ANSWER);
            let plain = plain.ok_or_else(|| Error::new(Exit::Failed, tr!("answer-malformed")))?;
            body = Bytes::from(plain);
        }
        if status.is_success() {
            Ok(body)
        } else {
            Err(refusal(status, &body))
        }
    }

    fn parse<T: DeserializeOwned>(&self, body: &[u8]) -> Result<T> {
        serde_json::from_slice(body).map_err(|e| {
            Error::new(Exit::Failed, tr!("answer-odd"))
                .why(e.to_string())
                .next(tr!("same-version"))
        })
    }

    /// A `GET` of JSON.
    pub(crate) async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T> {
        self.parse(&self.get_bytes(path).await?)
    }

    /// A `GET` of bytes.
    pub(crate) async fn get_bytes(&self, path: &str) -> Result<Vec<u8>> {
        let body = self.call(Method::GET, path, "application/json", Vec::new());
        let body = body.await?;
        self.heard.hear(path, &body);
        Ok(body.to_vec())
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
        // A connection of its own, which nothing else waits for.
        let mut sender = self.open().await?;
        let response = self
            .ask(
                &mut sender,
                Method::GET,
                path,
                "application/json",
                Vec::new(),
                false,
            )
            .await?;
        let status = response.status();
        if !status.is_success() {
            return Err(refusal(status, &self.whole(response.into_body()).await?));
        }
        Ok(Events {
            body: response.into_body(),
            lines: Lines::default(),
            _sender: sender,
        })
    }
}

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
        let response = client.ask(sender, method, path, content_type, body, true);
        let response = response.await?;
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

    /// A `PUT` of a slice: how much is there now.
    pub(crate) async fn put_slice(&mut self, path: &str, body: Vec<u8>) -> Result<Here> {
        let answer = self.call(Method::PUT, path, body).await?;
        self.client.parse(&answer)
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
    let mut error = match serde_json::from_slice::<Problem>(body) {
        Ok(problem) => {
            let what = lang::said(problem.said.as_ref(), &problem.message);
            let mut error = Error::new(exit, what).why(problem.code.clone());
            if error.what == problem.message
                && let Some(means) = lang::refusal(&problem.code)
            {
                // What it means in the reader's language; exactly, in the node's own words, as the reason.
                error.why = Some(format!("{} ({})", problem.message, problem.code));
                error.what = means;
            }
            // What to do is known by its text, or by the code.
            let known = problem.hint.as_deref().map(lang::words);
            let known = known.filter(|next| Some(next) != problem.hint.as_ref());
            error.next = known
                .or_else(|| lang::refusal_next(&problem.code))
                .or(problem.hint);
            error.code = Some(problem.code.into_boxed_str());
            error
        }
        Err(_) => Error::new(exit, tr!("node-answered", status)),
    };
    // A full or failing disk, a node that stops or has not joined its federation yet: all that may be over tomorrow.
    error.passing = status.is_server_error()
        || status == StatusCode::TOO_MANY_REQUESTS
        || matches!(error.code.as_deref(), Some("no-federation" | "not-listed"));
    error
}

/// Events as they come.
pub(crate) struct Events {
    body: Incoming,
    lines: Lines,
    _sender: Sender,
}

impl Events {
    /// The next event; none when the node has gone.
    pub(crate) async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.lines.event() {
                return Some(event);
            }
            let frame = tokio::time::timeout(SIGN_OF_LIFE, self.body.frame());
            let frame = frame.await.ok()??.ok()?;
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
        assert!(!error.passing && error.code.as_deref() == Some("revoked-author"));
    }

    #[test]
    fn what_may_be_over_tomorrow_is_told_from_what_will_not() {
        let passing = |status, code: &str| {
            let body = format!(r#"{{"code":"{code}","message":"no"}}"#);
            refusal(status, body.as_bytes()).passing
        };
        assert!(passing(StatusCode::INSUFFICIENT_STORAGE, "disk-full"));
        assert!(passing(StatusCode::SERVICE_UNAVAILABLE, "stopping"));
        assert!(passing(StatusCode::CONFLICT, "not-listed"));
        assert!(!passing(StatusCode::CONFLICT, "case-closed"));
        assert!(!passing(StatusCode::NOT_FOUND, "unknown-case"));
    }
}
