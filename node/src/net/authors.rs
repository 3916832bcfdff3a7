//! Streams on which authors of this organisation speak to the API. Partners' nodes cannot open any, and authors can
//! open no others.

use super::{Net, Request, node_id, streams::Incoming};
use focal_protocol::{id::NodeId, key::PublicKey};
use futures::StreamExt;
use libp2p::{Stream, StreamProtocol};
use tokio_util::compat::{Compat, FuturesAsyncReadCompatExt};

/// A byte stream that carries one HTTP/1.1 connection.
pub(crate) const PROTOCOL: StreamProtocol = StreamProtocol::new("/focal/api/1");

/// A stream with the API at its other end, or with an author.
pub type ApiStream = Compat<Stream>;

/// Streams that authors open.
pub(crate) struct IncomingApi(pub(super) Incoming);

impl IncomingApi {
    /// The next one and its author, authenticated by the transport; none when the swarm has ended.
    pub(crate) async fn next(&mut self) -> Option<(PublicKey, ApiStream)> {
        loop {
            let (peer, stream) = self.0.next().await?;
            // Other identities than ours are denied before they open anything.
            if let Some(node) = node_id(&peer) {
                return Some((node.key(), stream.compat()));
            }
        }
    }
}

impl Net {
    /// Replaces the keys that may connect, each with whether it is in force: those no longer among them are cut off, and
    /// so is what a key has open that was revoked.
    pub fn authors(&self, keys: &[(PublicKey, bool)]) {
        let ids = keys.iter().map(|(key, force)| (NodeId(key.0), *force));
        let ids = ids.collect();
        self.tell(Request::Authors(ids));
    }

    /// Replaces the authors of others who may come to be passed on.
    pub fn visitors(&self, keys: &[PublicKey]) {
        self.tell(Request::Visitors(
            keys.iter().map(|k| NodeId(k.0)).collect(),
        ));
    }

    /// Accepts authors' streams from now on; none if somebody does already.
    #[must_use]
    pub(crate) fn accept_api(&self) -> Option<IncomingApi> {
        let accepted = self.authors.clone().accept(PROTOCOL);
        accepted.ok().map(IncomingApi)
    }
}
