//! Reading a volume: each frame goes to the ledger as if a peer had sent it, and is counted once it is stored.

use super::Courier;
use crate::{api::types::CourierLoaded, ledger::Command, refused::Refused};
use axum::body::Bytes;
use focal_protocol::{
    courier::{Cover, VolumeReader},
    id::NodeId,
    sync::Frame,
};
use futures::{Stream, StreamExt};
use std::collections::VecDeque;
use tokio::sync::oneshot;

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

impl Courier {
    /// Takes one volume in. What is counted is stored; after an error, what was read before it is stored as well, and
    /// loading the same volume again does no harm.
    ///
    /// # Errors
    /// It is not for this node, damaged, or the disk is full.
    pub(crate) async fn load<E>(
        &self,
        body: impl Stream<Item = Result<Bytes, E>>,
    ) -> Result<CourierLoaded, Refused> {
        let mut reader = VolumeReader::new(&self.contact);
        let mut body = std::pin::pin!(body);
        let (mut loaded, mut waiting) = (None, Waiting::new());
        while let Some(bytes) = body.next().await {
            let bytes = bytes.map_err(|_| Refused::BadRequest("the file ended early".into()))?;
            let frames = reader.feed(&bytes)?;
            self.take(reader.cover(), frames, &mut loaded, &mut waiting)
                .await?;
        }
        let (cover, frames, more) = reader.finish()?;
        self.take(Some(&cover), frames, &mut loaded, &mut waiting)
            .await?;
        let mut loaded = loaded.ok_or(focal_protocol::courier::Error::Malformed)?;
        settle(&mut loaded, &mut waiting, 0).await?;
        loaded.more = more;
        Ok(loaded)
    }

    async fn take(
        &self,
        cover: Option<&Cover>,
        frames: Vec<Frame>,
        loaded: &mut Option<CourierLoaded>,
        waiting: &mut Waiting,
    ) -> Result<(), Refused> {
        let Some(cover) = cover else {
            return Ok(());
        };
        let loaded = match loaded {
            Some(loaded) => loaded,
            none => none.insert(self.check(cover)?),
        };
        for frame in frames {
            settle(loaded, waiting, AT_ONCE - 1).await?;
            let (reply, answer) = oneshot::channel();
            let command = Command::Load(cover.from, Box::new(frame), reply);
            self.ledger.tell(command).await?;
            waiting.push_back(answer);
        }
        Ok(())
    }

    /// Whether a volume may be read here, and who packed it.
    fn check(&self, cover: &Cover) -> Result<CourierLoaded, Refused> {
        let directory = self.views.shared.directory().ok_or(Refused::NoFederation)?;
        if cover.federation != directory.federation() {
            return Err(Refused::BadRequest("it is of another federation".into()));
        }
        if cover.to != self.views.own_org()? {
            return Err(Refused::BadRequest("it is for another organisation".into()));
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
