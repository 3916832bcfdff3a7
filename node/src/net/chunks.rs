//! Streams on which pieces of attachments are asked for: beside the conversation, so that neither waits for the other.

use super::{Net, node_id, peer_id, streams::Incoming};
use focal_protocol::id::NodeId;
use futures::StreamExt;
use libp2p::{Stream, StreamProtocol};
use tokio_util::compat::{Compat, FuturesAsyncReadCompatExt};

const PROTOCOL: StreamProtocol = StreamProtocol::new("/focal/chunk/1");

/// A stream for pieces of attachments.
pub type ChunkStream = Compat<Stream>;

/// Streams that partners open.
pub struct IncomingChunks(Incoming);

impl IncomingChunks {
    /// The next one and its partner, authenticated by the transport; none when the swarm has ended.
    pub async fn next(&mut self) -> Option<(NodeId, ChunkStream)> {
        loop {
            let (peer, stream) = self.0.next().await?;
            // Other identities than ours are denied before they open anything.
            if let Some(node) = node_id(&peer) {
                return Some((node, stream.compat()));
            }
        }
    }
}

impl Net {
    /// Accepts streams from now on; none if somebody does already.
    #[must_use]
    pub fn accept_chunks(&self) -> Option<IncomingChunks> {
        let accepted = self.control.clone().accept(PROTOCOL);
        accepted.ok().map(IncomingChunks)
    }

    /// Opens a stream to a partner that is connected.
    ///
    /// # Errors
    /// Why it does not come to one.
    pub async fn open_chunks(&self, node: NodeId) -> Result<ChunkStream, String> {
        let peer = peer_id(&node).ok_or("it has no address")?;
        let opened = self.control.clone().open_stream(peer, PROTOCOL).await;
        opened
            .map(FuturesAsyncReadCompatExt::compat)
            .map_err(|e| e.to_string())
    }
}
