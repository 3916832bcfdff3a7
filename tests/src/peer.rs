//! A partner's node played by a test: real transport, frames of the test's choice.

use crate::{DEADLINE, Org};
use focal_node::net::{Frames, Net, NetConfig, PeerAddress, PeerStream};
use focal_protocol::sync::Frame;
use futures::{SinkExt, StreamExt};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio_util::bytes::Bytes;

/// One end of a sync stream.
pub struct Peer {
    frames: Frames,
    _net: Net,
}

impl Peer {
    /// Connects as `me` to the node of `to`.
    ///
    /// # Panics
    /// It does not come to a stream in time.
    pub async fn connect(me: &Org, to: &Org) -> Self {
        let connecting = Self::connecting(me, to);
        tokio::time::timeout(DEADLINE, connecting)
            .await
            .expect("a stream in time")
    }

    /// The same, for a node that is to be refused: none if there is no stream within two seconds.
    pub async fn try_connect(me: &Org, to: &Org) -> Option<Self> {
        tokio::time::timeout(Duration::from_secs(2), Self::connecting(me, to))
            .await
            .ok()
    }

    async fn connecting(me: &Org, to: &Org) -> Self {
        let (sender, mut streams) = mpsc::channel::<PeerStream>(1);
        let config = NetConfig {
            seed: me.keys().identity_seed(),
            listen: Vec::new(),
        };
        let net = Net::start(config, sender).await.expect("listens");
        net.peers(vec![PeerAddress {
            node: to.node,
            addresses: vec![to.address().into()],
        }]);
        let stream = streams.recv().await.expect("a stream");
        Self {
            frames: stream.frames,
            _net: net,
        }
    }

    /// Sends a frame.
    ///
    /// # Panics
    /// The link is broken.
    pub async fn send(&mut self, frame: &Frame) {
        self.send_bytes(frame.to_bytes()).await;
    }

    /// Sends the bytes of a frame.
    ///
    /// # Panics
    /// The link is broken.
    pub async fn send_bytes(&mut self, bytes: Vec<u8>) {
        self.frames.send(Bytes::from(bytes)).await.expect("sent");
    }

    /// Announces a frame of this length, whatever the limit.
    ///
    /// # Panics
    /// The link is broken.
    pub async fn send_length(&mut self, length: usize) {
        use tokio::io::AsyncWriteExt;
        let length = u32::try_from(length).expect("fits");
        let stream = self.frames.get_mut();
        stream.write_all(&length.to_be_bytes()).await.expect("sent");
        stream.flush().await.expect("sent");
    }

    /// The next frame; none when the other side has closed.
    pub async fn next(&mut self) -> Option<Frame> {
        let bytes = self.frames.next().await?.ok()?;
        Frame::from_bytes(&bytes).ok()
    }

    /// Waits until the other side has closed.
    ///
    /// # Panics
    /// It does not in time.
    pub async fn closed(&mut self) {
        let draining = async { while self.next().await.is_some() {} };
        tokio::time::timeout(DEADLINE, draining)
            .await
            .expect("closed in time");
    }
}
