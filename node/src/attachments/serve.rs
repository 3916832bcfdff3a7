//! Answering partners: a piece, or nothing. Whatever the reason for nothing is, it looks the same.

use super::{Attachments, Listed, blocking};
use crate::{
    link::Pace,
    net::{ChunkStream, IncomingChunks},
    refused::Refused,
};
use focal_protocol::{
    id::{CaseId, Hash, NodeId},
    limits, sync,
    sync::ChunkRequest,
};
use std::{
    collections::BTreeMap,
    io,
    sync::{Arc, Mutex, PoisonError, atomic::Ordering},
    time::Duration,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// Streams that one partner may have: one for each attachment that it fetches, and some that are ending.
const STREAMS: usize = 8;
/// A partner that asks for nothing, or takes nothing, for this long is left.
const IDLE: Duration = Duration::from_secs(120);
/// While reports go to a partner, photographs wait; how often it is looked whether they are gone.
const YIELD: Duration = Duration::from_millis(5);

/// Serves until the swarm ends.
pub(crate) async fn serve(at: Arc<Attachments>, mut incoming: IncomingChunks) {
    let open: Arc<Mutex<BTreeMap<NodeId, usize>>> = Arc::default();
    while let Some((node, stream)) = incoming.next().await {
        let Some(place) = Place::take(&open, node) else {
            tracing::debug!("{} has too many streams: one was dropped", node.short());
            continue;
        };
        let at = at.clone();
        tokio::spawn(async move {
            if let Err(why) = answer_all(&at, node, stream).await {
                tracing::debug!("attachments to {}: {why}", node.short());
            }
            drop(place);
        });
    }
}

/// One of the streams that a partner may have.
struct Place {
    open: Arc<Mutex<BTreeMap<NodeId, usize>>>,
    node: NodeId,
}

impl Place {
    fn take(open: &Arc<Mutex<BTreeMap<NodeId, usize>>>, node: NodeId) -> Option<Self> {
        let mut counts = open.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(node).or_default();
        if *count >= STREAMS {
            return None;
        }
        *count += 1;
        Some(Self {
            open: open.clone(),
            node,
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.node) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.node);
            }
        }
    }
}

/// The attachment that was asked for last: its list need not be opened for each piece.
#[derive(Default)]
struct Last {
    of: Option<(CaseId, Hash)>,
    listed: Option<Arc<Listed>>,
}

async fn answer_all(
    at: &Arc<Attachments>,
    node: NodeId,
    mut stream: ChunkStream,
) -> Result<(), String> {
    let mut last = Last::default();
    loop {
        let request = match tokio::time::timeout(IDLE, read_request(&mut stream)).await {
            Err(_) | Ok(Ok(None)) => return Ok(()),
            Ok(Err(e)) => return Err(e.to_string()),
            Ok(Ok(Some(bytes))) => bytes,
        };
        let request = ChunkRequest::from_bytes(&request).map_err(|e| {
            let refused = Refused::Sync(sync::Error::Codec(e));
            at.shared.refuse(&refused);
            refused.to_string()
        })?;
        let piece = match at.piece(&node, &request, &mut last).await {
            Ok(piece) => piece.unwrap_or_default(),
            Err(e) => {
                tracing::error!("a chunk cannot be read: {e}");
                Vec::new()
            }
        };
        at.sent.fetch_add(piece.len() as u64, Ordering::Relaxed);
        let length = u32::try_from(piece.len()).unwrap_or_default();
        let sending = async {
            stream.write_u32(length).await?;
            Ok(())
        };
        within(sending).await?;
        let pace = at.shared.pace(&node);
        for slice in piece.chunks(pace.link().terms().slice) {
            give_way(at, &node, &pace).await;
            pace.take(slice.len());
            within(async {
                stream.write_all(slice).await?;
                stream.flush().await
            })
            .await?;
        }
        within(stream.flush()).await?;
    }
}

/// Waits until the link is free and no report wants it.
async fn give_way(at: &Arc<Attachments>, node: &NodeId, pace: &Pace) {
    loop {
        pace.ready().await;
        if !at.shared.is_busy_with(node) {
            return;
        }
        tokio::time::sleep(YIELD).await;
    }
}

/// Sends, unless the partner takes nothing for a long time.
async fn within(sending: impl Future<Output = io::Result<()>>) -> Result<(), String> {
    match tokio::time::timeout(IDLE, sending).await {
        Ok(sent) => sent.map_err(|e| e.to_string()),
        Err(_) => Err("the partner takes nothing any more".into()),
    }
}

/// The next request; none at the end.
async fn read_request(stream: &mut ChunkStream) -> io::Result<Option<Vec<u8>>> {
    let length = match stream.read_u32().await {
        Ok(length) => length as usize,
        Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(e) => return Err(e),
    };
    if length > limits::CHUNK_REQUEST {
        return Err(io::Error::other("a request over the limit"));
    }
    let mut bytes = vec![0; length];
    stream.read_exact(&mut bytes).await?;
    Ok(Some(bytes))
}

impl Attachments {
    /// The piece that a partner asks for, if it is a member of the case, and a record there names it, and it is here.
    async fn piece(
        self: &Arc<Self>,
        node: &NodeId,
        request: &ChunkRequest,
        last: &mut Last,
    ) -> Result<Option<Vec<u8>>, Refused> {
        let (case, list) = (request.case, request.attachment);
        let shares = self
            .shared
            .cases()
            .get(&case)
            .is_some_and(|info| info.ended.is_none() && info.members.contains(node));
        if !shares {
            return Ok(None);
        }
        if last.of != Some((case, list)) || last.listed.is_none() {
            let here = self.clone();
            let listed = blocking(move || here.listed(&case, &list)).await?;
            *last = Last {
                of: Some((case, list)),
                listed: listed.map(Arc::new),
            };
        }
        let Some(listed) = &last.listed else {
            return Ok(None);
        };
        let name = match request.chunk {
            None => list,
            Some(index) => match listed.names.get(index as usize) {
                Some(name) => *name,
                None => return Ok(None),
            },
        };
        let (here, from, length) = (
            self.clone(),
            u64::from(request.from),
            request.length as usize,
        );
        blocking(move || Ok(here.files.read(&list, &name, from, length)?)).await
    }
}
