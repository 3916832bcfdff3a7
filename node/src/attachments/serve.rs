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
use tokio::io::{AsyncReadExt, AsyncWriteExt, ReadHalf, WriteHalf};

/// Bytes of a piece's length.
const PREFIX: usize = 4;
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
        let Some(seat) = Seat::take(&open, node) else {
            tracing::debug!("{} has too many streams: one was dropped", node.short());
            continue;
        };
        let at = at.clone();
        tokio::spawn(async move {
            if let Err(why) = answer_all(&at, node, stream).await {
                tracing::debug!("attachments to {}: {why}", node.short());
            }
            drop(seat);
        });
    }
}

/// One of the streams that a partner may have.
struct Seat {
    open: Arc<Mutex<BTreeMap<NodeId, usize>>>,
    node: NodeId,
}

impl Seat {
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

impl Drop for Seat {
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
    listed: Option<Listed>,
}

async fn answer_all(
    at: &Arc<Attachments>,
    node: NodeId,
    stream: ChunkStream,
) -> Result<(), String> {
    let (reader, mut writer) = tokio::io::split(stream);
    let mut asked = Asked {
        at: at.clone(),
        node,
        reader,
        last: Last::default(),
    };
    loop {
        let Ok(place) = tokio::time::timeout(IDLE, asked.next()).await else {
            return Ok(());
        };
        let Some(place) = place? else {
            return Ok(());
        };
        let piece = at.clone().read_piece(place).await;
        let mut sent = 0;
        let end = send(at, &node, &mut writer, &piece, &mut sent).await;
        let sent = sent.saturating_sub(PREFIX);
        at.sent.fetch_add(sent as u64, Ordering::Relaxed);
        end?;
    }
}

/// Sends a piece as fast as the link is, and says how much of it has gone.
async fn send(
    at: &Arc<Attachments>,
    node: &NodeId,
    writer: &mut WriteHalf<ChunkStream>,
    piece: &[u8],
    sent: &mut usize,
) -> Result<(), String> {
    let pace = at.shared.pace(node);
    for mut slice in piece.chunks(pace.terms().slice) {
        give_way(at, node, &pace).await;
        pace.take(slice.len());
        while !slice.is_empty() {
            let written = within(writer.write(slice)).await?;
            if written == 0 {
                return Err("the stream is closed".into());
            }
            *sent += written;
            slice = &slice[written..];
        }
        within(writer.flush()).await?;
    }
    Ok(())
}

/// What a partner asks for, one after the other.
struct Asked {
    at: Arc<Attachments>,
    node: NodeId,
    reader: ReadHalf<ChunkStream>,
    last: Last,
}

impl Asked {
    /// Where the next piece is: nowhere if the partner may not have it; none at the end.
    async fn next(&mut self) -> Result<Option<Place>, String> {
        let request = match read_request(&mut self.reader).await {
            Ok(None) => return Ok(None),
            Ok(Some(bytes)) => bytes,
            Err(e) => return Err(e.to_string()),
        };
        let request = ChunkRequest::from_bytes(&request).map_err(|e| {
            let refused = Refused::Sync(sync::Error::Codec(e));
            self.at.shared.refuse(&refused);
            refused.to_string()
        })?;
        let place = self.at.place(&self.node, &request, &mut self.last).await;
        Ok(Some(place.unwrap_or_else(|e| {
            tracing::error!("a chunk cannot be read: {e}");
            None
        })))
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
async fn within<T>(sending: impl Future<Output = io::Result<T>>) -> Result<T, String> {
    match tokio::time::timeout(IDLE, sending).await {
        Ok(sent) => sent.map_err(|e| e.to_string()),
        Err(_) => Err("the partner takes nothing any more".into()),
    }
}

/// The next request; none at the end.
async fn read_request(stream: &mut ReadHalf<ChunkStream>) -> io::Result<Option<Vec<u8>>> {
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
    /// Where the piece is that a partner asks for, if it is a member of the case, and a record there names it.
    async fn place(
        self: &Arc<Self>,
        node: &NodeId,
        request: &ChunkRequest,
        last: &mut Last,
    ) -> Result<Place, Refused> {
        let (case, list) = (request.case, request.attachment);
        if !self.shares(&case, node) {
            return Ok(None);
        }
        if last.of != Some((case, list)) || last.listed.is_none() {
            let here = self.clone();
            let listed = blocking(move || here.listed(&case, &list)).await?;
            *last = Last {
                of: Some((case, list)),
                listed,
            };
        }
        let Some(listed) = &last.listed else {
            self.asked_in_vain(*node, case, list);
            return Ok(None);
        };
        let name = match request.chunk {
            None => list,
            Some(index) => match listed.names.get(index as usize) {
                Some(name) => *name,
                None => return Ok(None),
            },
        };
        Ok(Some(Asking {
            node: *node,
            case,
            list,
            name,
            from: u64::from(request.from),
            length: request.length as usize,
        }))
    }

    /// A piece as it travels: its length, then its bytes; length 0 if there is none.
    async fn read_piece(self: Arc<Self>, place: Place) -> Vec<u8> {
        let Some(asking) = place else {
            return vec![0; PREFIX];
        };
        let Asking {
            node,
            case,
            list,
            name,
            from,
            length,
        } = asking;
        let files = move || {
            let here = &self.files;
            let piece = here.read_behind(PREFIX, &list, &name, from, length)?;
            if piece.is_none() {
                self.asked_in_vain(node, case, list);
            }
            Ok(piece)
        };
        let mut piece = match blocking(files).await {
            Ok(piece) => piece.unwrap_or_else(|| vec![0; PREFIX]),
            Err(e) => {
                tracing::error!("a chunk cannot be read: {e}");
                vec![0; PREFIX]
            }
        };
        let length = u32::try_from(piece.len() - PREFIX).unwrap_or_default();
        piece[..PREFIX].copy_from_slice(&length.to_be_bytes());
        piece
    }
}

/// A piece that a partner may have, if it is here.
struct Asking {
    node: NodeId,
    case: CaseId,
    list: Hash,
    name: Hash,
    from: u64,
    length: usize,
}

/// None: the partner may not have it.
type Place = Option<Asking>;
