//! News for a partner that has asked for a file in vain: it is here now. A case and an attachment, 64 bytes on a stream of
//! their own.

use super::{Net, node_id, peer_id, streams::Incoming};
use focal_protocol::id::{CaseId, Hash, NodeId};
use futures::{AsyncReadExt, AsyncWriteExt, StreamExt};
use libp2p::{Stream, StreamProtocol};
use std::time::Duration;

const PROTOCOL: StreamProtocol = StreamProtocol::new("/focal/held/1");
/// Nobody needs longer for 64 bytes, on any link.
const PATIENCE: Duration = Duration::from_secs(90);
/// News that are read at once.
const READ: usize = 32;

impl Net {
    /// Tells a partner that an attachment is here.
    ///
    /// # Errors
    /// It is not connected, or does not take it.
    pub async fn tell_held(
        &self,
        node: NodeId,
        case: CaseId,
        attachment: Hash,
    ) -> Result<(), String> {
        let peer = peer_id(&node).ok_or("it has no address")?;
        let telling = async {
            let opened = self.control.clone().open_stream(peer, PROTOCOL).await;
            let mut stream = opened.map_err(|e| e.to_string())?;
            let news = [case.0, attachment.0].concat();
            stream.write_all(&news).await.map_err(|e| e.to_string())?;
            stream.close().await.map_err(|e| e.to_string())
        };
        let told = tokio::time::timeout(PATIENCE, telling).await;
        told.map_err(|_| "it takes nothing".to_string())?
    }

    /// Hears what partners tell, until the swarm ends.
    pub async fn hear_held(&self, heard: impl Fn(NodeId, CaseId, Hash)) {
        let Ok(incoming) = self.control.clone().accept(PROTOCOL) else {
            return;
        };
        hear(incoming, heard).await;
    }
}

async fn hear(incoming: Incoming, heard: impl Fn(NodeId, CaseId, Hash)) {
    incoming
        .for_each_concurrent(READ, |(peer, stream)| {
            let heard = &heard;
            async move {
                let Some(node) = node_id(&peer) else { return };
                // Who says less has said nothing.
                if let Ok(Some((case, attachment))) =
                    tokio::time::timeout(PATIENCE, read(stream)).await
                {
                    heard(node, case, attachment);
                }
            }
        })
        .await;
}

async fn read(mut stream: Stream) -> Option<(CaseId, Hash)> {
    let (mut case, mut attachment) = ([0; 32], [0; 32]);
    stream.read_exact(&mut case).await.ok()?;
    stream.read_exact(&mut attachment).await.ok()?;
    Some((CaseId(case), Hash(attachment)))
}
