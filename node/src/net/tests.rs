//! Nets that find each other on loopback.

use super::{Error, Net, NetConfig, PeerAddress, PeerStream};
use crate::NodeKeys;
use focal_protocol::id::NodeId;
use futures::{SinkExt, StreamExt};
use std::{future::Future, time::Duration};
use tokio::sync::mpsc;
use tokio_util::bytes::Bytes;

const TCP: &str = "/ip4/127.0.0.1/tcp/0";
const QUIC: &str = "/ip4/127.0.0.1/udp/0/quic-v1";

struct Side {
    keys: NodeKeys,
    net: Net,
    streams: mpsc::Receiver<PeerStream>,
}

async fn deadline<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(20), what)
        .await
        .expect("in time")
}

async fn start(keys: NodeKeys, listen: &str) -> Result<Side, Error> {
    let (sender, streams) = mpsc::channel(4);
    let config = NetConfig {
        seed: keys.identity_seed(),
        listen: vec![listen.into()],
    };
    let net = Net::start(config, sender).await?;
    Ok(Side { keys, net, streams })
}

impl Side {
    fn node(&self) -> NodeId {
        self.keys.node()
    }

    fn address(&self) -> PeerAddress {
        PeerAddress {
            node: self.node(),
            addresses: self.net.listening(),
        }
    }
}

async fn converse(listen: &str) {
    let mut a = start(NodeKeys::generate(), listen).await.expect("a");
    let mut b = start(NodeKeys::generate(), listen).await.expect("b");
    a.net.peers(vec![b.address()]);
    b.net.peers(vec![a.address()]);
    let (at_a, at_b) = deadline(async { tokio::join!(a.streams.recv(), b.streams.recv()) }).await;
    let (mut at_a, mut at_b) = (at_a.expect("stream"), at_b.expect("stream"));
    assert_eq!((at_a.node, at_b.node), (b.node(), a.node()));
    assert_ne!(at_a.outgoing, at_b.outgoing);
    at_a.frames.send(Bytes::from("hello")).await.expect("send");
    let got = deadline(at_b.frames.next()).await.expect("frame");
    assert_eq!(&got.expect("whole")[..], b"hello");
    assert!(a.streams.try_recv().is_err() && b.streams.try_recv().is_err());
}

#[tokio::test]
async fn two_nodes_converse_on_one_stream_over_tcp() {
    converse(TCP).await;
}

#[tokio::test]
async fn two_nodes_converse_on_one_stream_over_quic() {
    converse(QUIC).await;
}

#[tokio::test]
async fn a_node_in_no_manifest_is_refused_before_any_stream() {
    let mut a = start(NodeKeys::generate(), TCP).await.expect("a");
    let stranger = start(NodeKeys::generate(), TCP).await.expect("stranger");
    stranger.net.peers(vec![a.address()]);
    deadline(async {
        while a.net.unknown_refused() == 0 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert!(a.streams.try_recv().is_err());
}

#[tokio::test]
async fn a_node_that_comes_back_is_reached_again() {
    let mut a = start(NodeKeys::generate(), TCP).await.expect("a");
    let mut b = start(NodeKeys::generate(), TCP).await.expect("b");
    let (from_a, from_b) = (a.address(), b.address());
    a.net.peers(vec![from_b.clone()]);
    b.net.peers(vec![from_a.clone()]);
    deadline(a.streams.recv()).await.expect("first stream");
    deadline(b.streams.recv()).await.expect("first stream");
    b.net.shutdown().await;
    let keys = b.keys.clone();
    let mut again = start(keys, &from_b.addresses[0]).await.expect("same port");
    again.net.peers(vec![from_a]);
    deadline(again.streams.recv()).await.expect("again");
    deadline(a.streams.recv()).await.expect("again");
}

#[tokio::test]
async fn a_port_in_use_is_named() {
    let a = start(NodeKeys::generate(), TCP).await.expect("a");
    let taken = a.net.listening()[0].clone();
    let second = start(NodeKeys::generate(), &taken).await.err();
    assert!(matches!(second, Some(Error::AddressInUse(address)) if address == taken));
}

#[tokio::test]
async fn what_is_no_address_is_named() {
    for bad in ["nowhere", "/ip4/127.0.0.1/udp/1"] {
        let error = start(NodeKeys::generate(), bad).await.err();
        assert!(matches!(error, Some(Error::BadAddress(_))), "{bad}");
    }
}
