//! A partner's node played by a test: real transport, frames of the test's choice.

use crate::{DEADLINE, Federation, Org};
use focal_node::net::{Frames, Net, NetConfig, PeerAddress, PeerStream, Reach};
use focal_protocol::{
    directory::{Directory, Item},
    id::{CaseId, Hash, NodeId},
    key::SecretKey,
    sync::{ChunkRequest, Frame, Hello, VERSION},
    time::Time,
};
use futures::{SinkExt, StreamExt};
use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    sync::mpsc,
};
use tokio_util::bytes::Bytes;
use zeroize::Zeroizing;

/// One end of a sync stream.
pub struct Peer {
    frames: Frames,
    net: Net,
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

    /// The same, and greets it.
    ///
    /// # Panics
    /// It does not come to a stream in time.
    pub async fn greet(federation: &Federation, me: &Org, to: &Org) -> Self {
        let mut peer = Self::connect(me, to).await;
        let directory = Directory::from_bundle(&federation.bundle).expect("a sound federation");
        let hello = Hello {
            version: VERSION,
            federation: federation.id(),
            features: 0,
            digest: directory.versions().digest(),
        };
        peer.send(&Frame::Hello(hello)).await;
        // As good as a list of what differs: the rest is passed over.
        peer.send(&Frame::Versions(directory.versions())).await;
        peer
    }

    /// The same without the greeting, for a node that is to be refused: none if there is no stream within two seconds.
    pub async fn try_connect(me: &Org, to: &Org) -> Option<Self> {
        tokio::time::timeout(Duration::from_secs(2), Self::connecting(me, to))
            .await
            .ok()
    }

    /// The same with any key as identity.
    pub async fn try_connect_as(key: &SecretKey, to: &Org) -> Option<Self> {
        let connecting = Self::connecting_as(key.seed().clone(), to);
        tokio::time::timeout(Duration::from_secs(2), connecting)
            .await
            .ok()
    }

    async fn connecting(me: &Org, to: &Org) -> Self {
        Self::connecting_as(me.keys().identity_seed(), to).await
    }

    async fn connecting_as(seed: Zeroizing<[u8; 32]>, to: &Org) -> Self {
        let (sender, mut streams) = mpsc::channel::<PeerStream>(1);
        let config = NetConfig {
            seed,
            listen: Vec::new(),
            reach: Reach::default(),
            relay: None,
            mdns: false,
        };
        let net = Net::start(config, sender).await.expect("listens");
        net.peers(vec![PeerAddress {
            node: to.node,
            addresses: vec![to.address().into()],
            link: focal_node::Link::Normal,
            near: true,
        }]);
        let stream = streams.recv().await.expect("a stream");
        Self {
            frames: stream.frames,
            net,
        }
    }

    /// Asks a node for a piece of an attachment: what it answers, of no bytes if nothing; none if it closes the stream.
    ///
    /// # Panics
    /// There is no stream to it, or no answer in time.
    pub async fn piece(&self, of: &Org, request: &ChunkRequest) -> Option<Vec<u8>> {
        let asking = async {
            let mut stream = self.net.open_chunks(of.node).await.expect("a stream");
            let request = request.to_bytes();
            let length = u32::try_from(request.len()).expect("fits");
            stream.write_u32(length).await.ok()?;
            stream.write_all(&request).await.ok()?;
            stream.flush().await.ok()?;
            let length = stream.read_u32().await.ok()?;
            let mut bytes = vec![0; length as usize];
            stream.read_exact(&mut bytes).await.ok()?;
            Some(bytes)
        };
        tokio::time::timeout(DEADLINE, asking)
            .await
            .expect("an answer in time")
    }

    /// Tells who asks a time that is so far ahead.
    pub fn tells_time(&self, ahead: Duration) {
        let net = self.net.clone();
        tokio::spawn(async move {
            net.tell_time(|| {
                let since = (SystemTime::now() + ahead).duration_since(UNIX_EPOCH);
                let ms = since.map_or(0, |since| since.as_millis());
                Time(u64::try_from(ms).unwrap_or(u64::MAX))
            })
            .await;
        });
    }

    /// What nodes tell of attachments that they hold now.
    #[must_use]
    pub fn hears_of_attachments(&self) -> mpsc::UnboundedReceiver<(NodeId, CaseId, Hash)> {
        let (sender, heard) = mpsc::unbounded_channel();
        let net = self.net.clone();
        tokio::spawn(async move {
            let tell = |node, case, attachment| {
                // The test may have heard enough.
                let _ = sender.send((node, case, attachment));
            };
            net.hear_held(tell).await;
        });
        heard
    }

    /// Answers every request for a piece of an attachment with as many bytes of junk.
    ///
    /// # Panics
    /// Somebody answers already.
    #[must_use]
    pub fn serve_junk(&self) -> Junk {
        let mut incoming = self.net.accept_chunks().expect("nobody else answers");
        let junk = Junk::default();
        let counts = junk.clone();
        tokio::spawn(async move {
            while let Some((_, mut stream)) = incoming.next().await {
                let counts = counts.clone();
                tokio::spawn(async move {
                    while let Ok(length) = stream.read_u32().await {
                        let mut bytes = vec![0; length as usize];
                        if stream.read_exact(&mut bytes).await.is_err() {
                            return;
                        }
                        let Ok(request) = ChunkRequest::from_bytes(&bytes) else {
                            return;
                        };
                        counts.0.fetch_add(1, Ordering::Relaxed);
                        let junk = vec![0x5a; request.length as usize];
                        if stream.write_u32(request.length).await.is_err()
                            || stream.write_all(&junk).await.is_err()
                            || stream.flush().await.is_err()
                        {
                            return;
                        }
                    }
                });
            }
        });
        junk
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

    /// Waits for a node's key package, which comes with the other side's directory.
    ///
    /// # Panics
    /// It does not come in time.
    pub async fn key_package(&mut self, of: NodeId) -> Vec<u8> {
        let coming = async {
            loop {
                let Frame::Directory(items) = self.next().await.expect("the link holds") else {
                    continue;
                };
                for item in items {
                    if let Item::KeyPackage(offer) = item
                        && let Ok(offer) = offer.unverified()
                        && offer.node == of
                    {
                        return offer.key_package;
                    }
                }
            }
        };
        tokio::time::timeout(DEADLINE, coming)
            .await
            .expect("a key package in time")
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

/// How often a peer was asked that serves junk.
#[derive(Debug, Clone, Default)]
pub struct Junk(Arc<AtomicU64>);

impl Junk {
    /// Requests that it has answered.
    #[must_use]
    pub fn served(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}
