//! What time it is at a partner's: eight bytes, milliseconds since 1970, on a stream of their own.

use super::{
    Net, peer_id,
    reason::{Cause, Reason},
};
use crate::clock;
use focal_protocol::{id::NodeId, time::Time};
use futures::{AsyncReadExt, AsyncWriteExt, StreamExt};
use libp2p::StreamProtocol;
use std::time::{Duration, Instant};

const PROTOCOL: StreamProtocol = StreamProtocol::new("/focal/time/1");
/// Nobody needs longer to take eight bytes, on any link.
const PATIENCE: Duration = Duration::from_secs(90);
/// Answers under way at once.
const ANSWERS: usize = 32;

impl Net {
    /// Tells partners the time, until the swarm ends.
    pub async fn tell_time(&self, now: impl Fn() -> Time) {
        let Ok(incoming) = self.control.clone().accept(PROTOCOL) else {
            return;
        };
        incoming
            .for_each_concurrent(ANSWERS, |(_, mut stream)| {
                let now = &now;
                async move {
                    let answer = async {
                        stream.write_all(&now().0.to_be_bytes()).await?;
                        stream.close().await
                    };
                    // Who asks and goes has no answer.
                    let _ = tokio::time::timeout(PATIENCE, answer).await;
                }
            })
            .await;
    }

    /// How many milliseconds a partner's clock is ahead of ours, give or take half the time that the answer took.
    ///
    /// # Errors
    /// It is not connected, or does not say.
    pub(crate) async fn ahead(&self, node: NodeId) -> Result<i64, Reason> {
        let peer = peer_id(&node).ok_or_else(|| Reason::of(&Cause::NoNode))?;
        let opened = self.control.clone().open_stream(peer, PROTOCOL).await;
        let mut stream = opened.map_err(|e| Reason::of_open(&e))?;
        let (asked, ours) = (Instant::now(), clock::now().0);
        let mut theirs = [0; 8];
        stream
            .read_exact(&mut theirs)
            .await
            .map_err(|e| Reason::of_io(&e))?;
        let half = u64::try_from(asked.elapsed().as_millis() / 2).unwrap_or(u64::MAX);
        let theirs = u64::from_be_bytes(theirs);
        let ahead = i128::from(theirs) - i128::from(ours.saturating_add(half));
        Ok(i64::try_from(ahead).unwrap_or(i64::MAX))
    }
}
