//! Reading a volume: each frame goes to the ledger as if a peer had sent it, and is counted once it is stored; pieces of files
//! go beside the store, and count once they are durable.

use super::Courier;
use crate::{
    api::types::CourierLoaded,
    attachments::{Came, Taken, blocking},
    ledger::Command,
    refused::{Fault, Refused},
};
use axum::body::Bytes;
use focal_protocol::{
    courier::{Content, Cover, Piece, VolumeReader},
    id::NodeId,
};
use futures::{Stream, StreamExt};
use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};
use tokio::sync::oneshot;

/// How long a piece waits for the record in the same volume that names its file to be opened; once for a volume.
const OPENING: Duration = Duration::from_secs(10);
/// How often it is looked whether it is.
const LOOK: Duration = Duration::from_millis(20);
/// Pieces that are made durable together.
const SETTLE: u64 = 256;

/// Frames that the ledger works on at a time: they share flushes.
const AT_ONCE: usize = 16;

/// What came of one frame.
#[derive(Debug, Clone, Default)]
pub(crate) struct Loaded {
    /// Entries that are new here and stored.
    pub(crate) entries: u64,
    /// Entries that were here already.
    pub(crate) known: u64,
    /// Entries whose predecessors are not here yet.
    pub(crate) ahead: u64,
    /// Documents that are new here.
    pub(crate) documents: u64,
    /// Parcels.
    pub(crate) parcels: u64,
    /// Logs of which the sender holds more than was known.
    pub(crate) heights: u64,
    /// Why it was not taken.
    pub(crate) refused: Option<&'static str>,
}

/// Answers that are waited for, in order.
type Waiting = VecDeque<oneshot::Receiver<Result<Loaded, Refused>>>;

/// A volume on its way in.
#[derive(Default)]
struct Loading {
    /// None before the cover was read.
    loaded: Option<CourierLoaded>,
    waiting: Waiting,
    taken: Taken,
    /// Pieces that are not durable yet.
    unsettled: u64,
    /// A record that names a file has not come: nothing more is waited for.
    gave_up: bool,
}

impl Courier {
    /// Takes one volume in. What is counted is stored; after an error, what was read before it is stored as well, pieces of
    /// files too, and loading the same volume again does no harm.
    ///
    /// # Errors
    /// It is not for this node, damaged, or the disk is full.
    pub(crate) async fn load<E>(
        &self,
        body: impl Stream<Item = Result<Bytes, E>>,
    ) -> Result<CourierLoaded, Refused> {
        let mut loading = Loading::default();
        let read = self.read(body, &mut loading).await;
        let mut loaded = loading.loaded.take().unwrap_or_default();
        // Also of one that breaks off: what came before is whole, and nobody need bring it again.
        let stored = settle(&mut loaded, &mut loading.waiting, 0).await;
        let settled = self.settle_pieces(&mut loaded, &mut loading).await;
        loaded.more = read?;
        stored.and(settled)?;
        Ok(loaded)
    }

    /// Reads it to its end; whether other volumes follow.
    async fn read<E>(
        &self,
        body: impl Stream<Item = Result<Bytes, E>>,
        loading: &mut Loading,
    ) -> Result<bool, Refused> {
        let mut reader = VolumeReader::new(&self.contact);
        let mut body = std::pin::pin!(body);
        while let Some(bytes) = body.next().await {
            let bytes = bytes.map_err(|_| Fault::EndedEarly)?;
            let content = reader.feed(&bytes)?;
            self.take(reader.cover(), content, loading).await?;
        }
        let (cover, content, more) = reader.finish()?;
        self.take(Some(&cover), content, loading).await?;
        Ok(more)
    }

    async fn take(
        &self,
        cover: Option<&Cover>,
        content: Vec<Content>,
        loading: &mut Loading,
    ) -> Result<(), Refused> {
        let Some(cover) = cover else {
            return Ok(());
        };
        let mut loaded = match loading.loaded.take() {
            Some(loaded) => loaded,
            None => self.check(cover)?,
        };
        for one in content {
            match one {
                Content::Frame(frame) => {
                    settle(&mut loaded, &mut loading.waiting, AT_ONCE - 1).await?;
                    let (reply, answer) = oneshot::channel();
                    let command = Command::Load(cover.from, Box::new(frame), reply);
                    self.ledger.tell(command).await?;
                    loading.waiting.push_back(answer);
                }
                Content::Piece(piece) => {
                    settle(&mut loaded, &mut loading.waiting, 0).await?;
                    self.piece(cover.from, piece, &mut loaded, loading).await?;
                }
                Content::Holds(holdings) => {
                    settle(&mut loaded, &mut loading.waiting, 0).await?;
                    let (attachments, from) = (self.attachments.clone(), cover.from);
                    let noted = move || attachments.note_holdings(&from, &holdings);
                    loaded.heights += blocking(noted).await?;
                }
            }
        }
        loading.loaded = Some(loaded);
        Ok(())
    }

    /// Takes a piece of a file. The record that names it may stand in the same volume, and be stored but not opened yet.
    async fn piece(
        &self,
        from: NodeId,
        piece: Piece,
        loaded: &mut CourierLoaded,
        loading: &mut Loading,
    ) -> Result<(), Refused> {
        let start = Instant::now();
        let mut piece = Some(piece);
        while let Some(one) = piece.take() {
            let attachments = self.attachments.clone();
            let mut taken = std::mem::take(&mut loading.taken);
            let (one, taken, came) = blocking(move || {
                let came = attachments.take_piece(&from, &one, &mut taken);
                Ok((one, taken, came))
            })
            .await?;
            loading.taken = taken;
            match came {
                Ok(Came::New) => loading.unsettled += 1,
                Ok(Came::Known) => loaded.pieces_known += 1,
                Ok(Came::Unnamed) if !loading.gave_up && start.elapsed() < OPENING => {
                    tokio::time::sleep(LOOK).await;
                    piece = Some(one);
                }
                Ok(Came::Unnamed) => {
                    loading.gave_up = true;
                    loaded.ahead += 1;
                }
                Ok(Came::Ahead) => loaded.ahead += 1,
                // A full disk ends it: what was counted is stored, and the rest comes when the file is loaded again.
                Err(
                    full @ (Refused::Full | Refused::NoSpaceForAttachments | Refused::Store(_)),
                ) => {
                    self.settle_pieces(loaded, loading).await?;
                    return Err(full);
                }
                Err(refused) => {
                    *loaded.refused.entry(refused.code().into()).or_default() += 1;
                }
            }
        }
        if loading.unsettled >= SETTLE {
            self.settle_pieces(loaded, loading).await?;
        }
        Ok(())
    }

    async fn settle_pieces(
        &self,
        loaded: &mut CourierLoaded,
        loading: &mut Loading,
    ) -> Result<(), Refused> {
        let (attachments, taken) = (self.attachments.clone(), std::mem::take(&mut loading.taken));
        blocking(move || attachments.settle_taken(taken)).await?;
        loaded.pieces += std::mem::take(&mut loading.unsettled);
        Ok(())
    }

    /// Whether a volume may be read here, and who packed it.
    fn check(&self, cover: &Cover) -> Result<CourierLoaded, Refused> {
        let directory = self.views.shared.directory().ok_or(Refused::NoFederation)?;
        if cover.federation != directory.federation() {
            return Err(Fault::OtherFederation.into());
        }
        if cover.to != self.views.own_org()? {
            return Err(Fault::OtherOrganisation.into());
        }
        let from: NodeId = cover.from;
        let (org, _) = directory
            .node_ever(&from)
            .ok_or(Refused::UnknownNode(from))?;
        let name = directory.roster().member(&org).map(|m| m.name.clone());
        Ok(CourierLoaded {
            from: org.to_string(),
            org_name: name.unwrap_or_else(|| org.short()),
            created: cover.created.to_string(),
            volume: cover.volume,
            ..CourierLoaded::default()
        })
    }
}

/// Waits until at most `left` answers are awaited.
async fn settle(
    loaded: &mut CourierLoaded,
    waiting: &mut Waiting,
    left: usize,
) -> Result<(), Refused> {
    while waiting.len() > left {
        let Some(answer) = waiting.pop_front() else {
            break;
        };
        let one = answer.await.map_err(|_| Refused::Stopping)??;
        loaded.entries += one.entries;
        loaded.known += one.known;
        loaded.ahead += one.ahead;
        loaded.documents += one.documents;
        loaded.parcels += one.parcels;
        loaded.heights += one.heights;
        if let Some(code) = one.refused {
            *loaded.refused.entry(code.into()).or_default() += 1;
        }
    }
    Ok(())
}
