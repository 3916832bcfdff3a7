//! A client of a node's API.

use bytes::Bytes;
use focal_node::api::types::{Event, Problem};
use http_body_util::{BodyExt, Full};
use hyper::{Method, Request, Response, body::Incoming, client::conn::http1, http};
use hyper_util::rt::TokioIo;
use serde::{Serialize, de::DeserializeOwned};
use std::{io, path::PathBuf};
use tokio::net::UnixStream;

/// A node's API by its socket.
#[derive(Debug, Clone)]
pub struct Api {
    socket: PathBuf,
}

fn other(error: impl std::fmt::Display) -> io::Error {
    io::Error::other(error.to_string())
}

impl Api {
    /// Of a socket.
    #[must_use]
    pub fn new(socket: PathBuf) -> Self {
        Self { socket }
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        body: Vec<u8>,
    ) -> io::Result<Response<Incoming>> {
        let request = self.request(method, path);
        let request = request.body(Full::new(Bytes::from(body))).map_err(other)?;
        let mut sender = self.open().await?;
        sender.send_request(request).await.map_err(other)
    }

    async fn open(&self) -> io::Result<http1::SendRequest<Full<Bytes>>> {
        let stream = UnixStream::connect(&self.socket).await?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream))
            .await
            .map_err(other)?;
        tokio::spawn(connection);
        Ok(sender)
    }

    fn request(&self, method: Method, path: &str) -> http::request::Builder {
        Request::builder()
            .method(method)
            .uri(path)
            .header("host", "focal")
            .header("content-type", "application/json")
    }

    /// Sends and reads the answer; a refusal is the inner error.
    ///
    /// # Errors
    /// The node cannot be reached or answers nonsense.
    pub async fn call<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Vec<u8>,
    ) -> io::Result<Result<T, Problem>> {
        match self.bytes(method, path, body).await? {
            Ok(bytes) => serde_json::from_slice(&bytes).map(Ok).map_err(other),
            Err(problem) => Ok(Err(problem)),
        }
    }

    /// Sends bytes and reads bytes; a refusal is the inner error.
    ///
    /// # Errors
    /// The node cannot be reached or answers nonsense.
    pub async fn bytes(
        &self,
        method: Method,
        path: &str,
        body: Vec<u8>,
    ) -> io::Result<Result<Vec<u8>, Problem>> {
        let response = self.send(method, path, body).await?;
        let ok = response.status().is_success();
        let bytes = response
            .into_body()
            .collect()
            .await
            .map_err(other)?
            .to_bytes();
        if ok {
            return Ok(Ok(bytes.to_vec()));
        }
        serde_json::from_slice(&bytes)
            .map(Err)
            .map_err(|_| other(String::from_utf8_lossy(&bytes)))
    }

    /// The HTTP status of a `GET`.
    ///
    /// # Errors
    /// The node cannot be reached.
    pub async fn status(&self, path: &str) -> io::Result<u16> {
        let response = self.send(Method::GET, path, Vec::new()).await?;
        Ok(response.status().as_u16())
    }

    /// A `GET` of bytes.
    ///
    /// # Errors
    /// The node cannot be reached.
    pub async fn get_bytes(&self, path: &str) -> io::Result<Result<Vec<u8>, Problem>> {
        self.bytes(Method::GET, path, Vec::new()).await
    }

    /// A `GET` that must succeed.
    ///
    /// # Errors
    /// It did not.
    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> io::Result<T> {
        self.call(Method::GET, path, Vec::new())
            .await?
            .map_err(|p| other(p.message))
    }

    /// A `POST` of JSON.
    ///
    /// # Errors
    /// The node cannot be reached.
    pub async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> io::Result<Result<T, Problem>> {
        let body = serde_json::to_vec(body).map_err(other)?;
        self.call(Method::POST, path, body).await
    }

    /// A `POST` of JSON that is answered with text.
    ///
    /// # Errors
    /// The node cannot be reached.
    pub async fn post_for_text(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> io::Result<Result<String, Problem>> {
        let body = serde_json::to_vec(body).map_err(other)?;
        let answer = self.bytes(Method::POST, path, body).await?;
        answer
            .map(|bytes| String::from_utf8(bytes).map_err(other))
            .map_or_else(|problem| Ok(Err(problem)), |text| text.map(Ok))
    }

    /// A `POST` of bytes.
    ///
    /// # Errors
    /// The node cannot be reached.
    pub async fn post_bytes<T: DeserializeOwned>(
        &self,
        path: &str,
        body: Vec<u8>,
    ) -> io::Result<Result<T, Problem>> {
        self.call(Method::POST, path, body).await
    }

    /// A `GET` of a range of bytes: the answer's status, and its body.
    ///
    /// # Errors
    /// The node cannot be reached.
    pub async fn part(&self, path: &str, range: &str) -> io::Result<(u16, Vec<u8>)> {
        let request = self.request(Method::GET, path).header("range", range);
        let request = request.body(Full::default()).map_err(other)?;
        let response = self.open().await?.send_request(request).await;
        let response = response.map_err(other)?;
        let status = response.status().as_u16();
        let body = response.into_body().collect().await.map_err(other)?;
        Ok((status, body.to_bytes().to_vec()))
    }

    /// The node's live events.
    ///
    /// # Errors
    /// The node cannot be reached.
    pub async fn events(&self) -> io::Result<Events> {
        let response = self.send(Method::GET, "/v1/events", Vec::new()).await?;
        Ok(Events {
            body: response.into_body(),
            buffer: Vec::new(),
        })
    }
}

/// Server-sent events as they come.
#[derive(Debug)]
pub struct Events {
    body: Incoming,
    buffer: Vec<u8>,
}

impl Events {
    /// The next event; none when the node is gone.
    pub async fn next(&mut self) -> Option<Event> {
        loop {
            while let Some(end) = self.buffer.windows(2).position(|w| w == b"\n\n") {
                let block: Vec<u8> = self.buffer.drain(..end + 2).collect();
                let text = String::from_utf8_lossy(&block).into_owned();
                let data = text.lines().find_map(|l| l.strip_prefix("data: "));
                if let Some(event) = data.and_then(|d| serde_json::from_str(d).ok()) {
                    return Some(event);
                }
            }
            let frame = self.body.frame().await?.ok()?;
            if let Some(data) = frame.data_ref() {
                self.buffer.extend_from_slice(data);
            }
        }
    }
}
