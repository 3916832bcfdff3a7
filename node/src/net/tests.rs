//! Nets that find each other on loopback.

mod callers;
mod proxies;
mod relays;
mod streams;
mod ways;

use super::{Error, Net, NetConfig, PeerAddress, PeerStream, Reach, RelayTerms, TlsFiles};
use crate::NodeKeys;
use focal_protocol::id::NodeId;
use futures::{SinkExt, StreamExt};
use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::{mpsc, watch},
};
use tokio_util::bytes::Bytes;

const TCP: &str = "/ip4/127.0.0.1/tcp/0";
const QUIC: &str = "/ip4/127.0.0.1/udp/0/quic-v1";

struct Side {
    keys: NodeKeys,
    net: Net,
    streams: mpsc::Receiver<PeerStream>,
}

async fn deadline<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(60), what)
        .await
        .expect("in time")
}

async fn start(keys: NodeKeys, listen: &str) -> Result<Side, Error> {
    start_with(keys, &[listen], Reach::default()).await
}

async fn start_with(keys: NodeKeys, listen: &[&str], reach: Reach) -> Result<Side, Error> {
    start_as(keys, listen, reach, None).await
}

async fn start_as(
    keys: NodeKeys,
    listen: &[&str],
    reach: Reach,
    relay: Option<RelayTerms>,
) -> Result<Side, Error> {
    let (sender, streams) = mpsc::channel(4);
    let config = NetConfig {
        seed: keys.identity_seed(),
        listen: listen.iter().map(ToString::to_string).collect(),
        reach,
        relay,
        mdns: false,
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
            link: crate::Link::Normal,
            near: true,
        }
    }
}

fn without_address(side: &Side) -> PeerAddress {
    PeerAddress {
        addresses: Vec::new(),
        ..side.address()
    }
}

/// Why the only peer is not reached.
async fn reason_of(side: &Side) -> String {
    deadline(async {
        loop {
            let states = side.net.states();
            if let Some(why) = states.into_iter().find_map(|s| s.last_error) {
                return why.text;
            }
            tokio::task::yield_now().await;
        }
    })
    .await
}

async fn converse(listen: &str) {
    let a = start(NodeKeys::generate(), listen).await.expect("a");
    let b = start(NodeKeys::generate(), listen).await.expect("b");
    let (at_a, at_b) = (a.address(), b.address());
    meet(a, at_a, b, at_b).await;
}

/// Two nodes, where each is said to be, have one stream, and it carries.
async fn meet(mut a: Side, where_a: PeerAddress, mut b: Side, where_b: PeerAddress) {
    a.net.peers(vec![where_b]);
    b.net.peers(vec![where_a]);
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

/// The last number of an address.
fn port(address: &str) -> u16 {
    let last = address.rsplit('/').next();
    last.and_then(|p| p.parse().ok()).expect("a port")
}

/// A wire whose two ends learn of a break one after the other.
struct Wire {
    address: String,
    connections: Arc<AtomicUsize>,
    near: watch::Sender<()>,
    far: watch::Sender<()>,
}

impl Wire {
    /// To a node, by its address.
    async fn to(address: &str) -> Self {
        let port = port(address);
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let own = listener.local_addr().expect("an address").port();
        let wire = Self {
            address: format!("/ip4/127.0.0.1/tcp/{own}"),
            connections: Arc::default(),
            near: watch::channel(()).0,
            far: watch::channel(()).0,
        };
        let (count, near_cut, far_cut) = (
            wire.connections.clone(),
            wire.near.clone(),
            wire.far.clone(),
        );
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::Relaxed);
                let far = TcpStream::connect(("127.0.0.1", port)).await;
                let cuts = (near_cut.subscribe(), far_cut.subscribe());
                tokio::spawn(carry(near, far.expect("it listens"), cuts));
            }
        });
        wire
    }
}

async fn carry(
    mut near: TcpStream,
    mut far: TcpStream,
    (mut near_cut, mut far_cut): (watch::Receiver<()>, watch::Receiver<()>),
) {
    let (mut there, mut back) = (vec![0; 4 << 10], vec![0; 4 << 10]);
    loop {
        tokio::select! {
            Ok(n @ 1..) = near.read(&mut there) => far.write_all(&there[..n]).await.expect("sent"),
            Ok(n @ 1..) = far.read(&mut back) => near.write_all(&back[..n]).await.expect("sent"),
            Ok(()) = near_cut.changed() => break,
            else => return,
        }
    }
    drop(near);
    // The far end still takes the link for a good one.
    let _ = far_cut.changed().await;
}
