//! An author away from the node, played by a test: the API over libp2p.

use crate::Org;
use focal_node::{
    Link,
    net::{Reach, Reason},
    remote::{Error, NodeAddress, Remote},
};
use focal_protocol::key::SecretKey;
use http_body_util::{BodyExt, Full};
use hyper::{
    Method, Request, Response,
    body::{Bytes, Incoming},
};
use hyper_util::rt::TokioIo;
use serde_json::Value;

fn reason(error: &dyn std::fmt::Display) -> Reason {
    Reason {
        text: error.to_string(),
        said: None,
    }
}

/// An author's connection with a node.
#[derive(Debug)]
pub struct Visitor(Remote);

impl Visitor {
    /// With this key, at the node of `org`.
    ///
    /// # Panics
    /// The network cannot be set up.
    #[must_use]
    pub fn new(key: &SecretKey, org: &Org) -> Self {
        let address = NodeAddress::full(org.address(), &org.node).expect("an address");
        let node = NodeAddress::parse(&[address]).expect("an address");
        Self(Remote::new(key.seed(), node, Link::Normal, &Reach::default()).expect("a network"))
    }

    /// Begins a request; the answer's body is still to come.
    ///
    /// # Errors
    /// There is no stream to the node.
    ///
    /// # Panics
    /// The stream breaks.
    pub async fn begin(
        &self,
        method: Method,
        path: &str,
        body: Vec<u8>,
    ) -> Result<Response<Incoming>, Error> {
        self.begin_packed(method, path, body, "identity").await
    }

    /// The same, with an answer that may be encoded so.
    ///
    /// # Errors
    /// There is no stream to the node.
    ///
    /// # Panics
    /// The stream breaks.
    pub async fn begin_packed(
        &self,
        method: Method,
        path: &str,
        body: Vec<u8>,
        encoding: &str,
    ) -> Result<Response<Incoming>, Error> {
        let stream = self.0.open().await?;
        let broken = |e: &dyn std::fmt::Display| Error::Broken(reason(e));
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
            .await
            .map_err(|e| broken(&e))?;
        tokio::spawn(connection);
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", "focal")
            .header("content-type", "application/json")
            .header("accept-encoding", encoding)
            .body(Full::new(Bytes::from(body)))
            .expect("a request");
        sender.send_request(request).await.map_err(|e| broken(&e))
    }

    /// A request and its whole answer: the status, and the body as JSON if it is any.
    ///
    /// # Errors
    /// There is no stream to the node.
    ///
    /// # Panics
    /// The stream breaks.
    pub async fn call(
        &self,
        method: Method,
        path: &str,
        body: Vec<u8>,
    ) -> Result<(u16, Value), Error> {
        let response = self.begin(method, path, body).await?;
        let status = response.status().as_u16();
        let body = response.into_body().collect().await;
        let body = body.map_err(|e| Error::Broken(reason(&e)))?;
        let json = serde_json::from_slice(&body.to_bytes()).unwrap_or_default();
        Ok((status, json))
    }
}
