//! By way of a partner's relay, and past it.

use super::*;
use crate::{
    Link,
    net::{PeerState, peer_id},
    remote::{NodeAddress, Remote},
};
use focal_protocol::{key::SecretKey, random::SystemRandom};

/// A relay, and how a node is reached by way of it.
async fn relay(terms: Option<RelayTerms>) -> (Side, String) {
    let relay = start_as(NodeKeys::generate(), &[TCP], Reach::default(), terms);
    let relay = relay.await.expect("a relay");
    relay.net.own(relay.net.listening());
    let id = peer_id(&relay.node()).expect("a node");
    let by = format!("{}/p2p/{id}/p2p-circuit", relay.net.listening()[0]);
    (relay, by)
}

async fn hidden() -> Side {
    let side = start_with(NodeKeys::generate(), &[], Reach::default());
    side.await.expect("a node")
}

fn at(side: &Side, address: &str) -> PeerAddress {
    PeerAddress {
        addresses: vec![address.into()],
        ..side.address()
    }
}

async fn holds(what: impl Fn() -> bool) {
    deadline(async {
        while !what() {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

/// The next stream with this node.
async fn stream_with(side: &mut Side, node: NodeId) -> PeerStream {
    deadline(async {
        loop {
            let stream = side.streams.recv().await.expect("a stream");
            if stream.node == node {
                return stream;
            }
        }
    })
    .await
}

/// How a node sees another; as not connected, while it does not know it.
fn state_of(side: &Side, node: NodeId) -> PeerState {
    let mut states = side.net.states().into_iter();
    states.find(|s| s.node == node).unwrap_or(PeerState {
        node,
        connected: false,
        relayed: false,
        since: None,
        last_error: None,
    })
}

/// `a` waits at the relay, and `b` dials it there.
fn introduce(relay: &Side, by: &str, a: &Side, b: &Side) {
    relay
        .net
        .peers(vec![without_address(a), without_address(b)]);
    a.net.peers(vec![relay.address(), without_address(b)]);
    a.net.own(vec![by.into()]);
    b.net.peers(vec![relay.address(), at(a, by)]);
}

#[tokio::test]
async fn two_nodes_that_cannot_be_dialled_converse_by_way_of_a_relay() {
    let (relay, by) = relay(Some(RelayTerms::default())).await;
    let (mut a, mut b) = (hidden().await, hidden().await);
    introduce(&relay, &by, &a, &b);
    let (a_node, b_node) = (a.node(), b.node());
    let mut at_a = stream_with(&mut a, b_node).await;
    let mut at_b = stream_with(&mut b, a_node).await;
    at_a.frames.send(Bytes::from("hello")).await.expect("sent");
    let got = deadline(at_b.frames.next()).await.expect("a frame");
    assert_eq!(&got.expect("whole")[..], b"hello");
    assert!(state_of(&a, b_node).relayed && state_of(&b, a_node).relayed);
    assert!(a.net.places()[&by].since.is_some());
}

#[tokio::test]
async fn a_node_that_is_not_to_be_a_relay_is_none_and_it_is_said() {
    let (relay, by) = relay(None).await;
    let (a, b) = (hidden().await, hidden().await);
    introduce(&relay, &by, &a, &b);
    holds(|| {
        a.net
            .places()
            .get(&by)
            .is_some_and(|p| p.last_error.is_some())
    })
    .await;
    holds(|| state_of(&b, a.node()).last_error.is_some()).await;
    assert!(a.net.places()[&by].since.is_none() && !state_of(&b, a.node()).connected);
}

#[tokio::test]
async fn a_relay_in_no_manifest_is_not_asked() {
    let (relay, by) = relay(Some(RelayTerms::default())).await;
    let a = hidden().await;
    relay.net.peers(vec![without_address(&a)]);
    a.net.own(vec![by.clone()]);
    let why = "the relay is in no current manifest";
    let places = || a.net.places().get(&by).and_then(|p| p.last_error.clone());
    holds(|| places().is_some_and(|error| error.text == why)).await;
    assert!(relay.net.states().iter().all(|s| !s.connected));
}

#[tokio::test]
async fn an_author_is_passed_on_to_the_node_and_cannot_wait_at_the_relay() {
    let (relay, by) = relay(Some(RelayTerms::default())).await;
    let (a, b) = (hidden().await, hidden().await);
    introduce(&relay, &by, &a, &b);
    let author = SecretKey::generate(&SystemRandom);
    a.net.authors(&[(author.public(), true)]);
    let waiting = hidden().await;
    let visitor = waiting.node().key();
    relay.net.visitors(&[author.public(), visitor]);
    let mut incoming = a.net.accept_api().expect("nobody else accepts");

    let address = NodeAddress::full(&by, &a.node()).expect("an address");
    let node = NodeAddress::parse(&[address]).expect("an address");
    let remote = Remote::new(author.seed(), node, Link::Normal, &Reach::default());
    let remote = remote.expect("a network");
    // The node may have no place at the relay yet.
    let opening = async {
        loop {
            if let Ok(mut stream) = remote.open().await {
                stream.write_all(b"here").await.expect("sent");
                stream.flush().await.expect("sent");
                return stream;
            }
        }
    };
    let (_stream, came) = deadline(async { tokio::join!(opening, incoming.next()) }).await;
    assert_eq!(came.expect("a stream").0, author.public());

    waiting.net.peers(vec![relay.address()]);
    waiting.net.own(vec![by.clone()]);
    let place = || waiting.net.places().get(&by).cloned().unwrap_or_default();
    holds(|| place().last_error.is_some()).await;
    assert!(place().since.is_none());
}

#[tokio::test]
async fn a_relay_passes_on_no_more_than_it_is_to() {
    let terms = RelayTerms {
        circuits: 1,
        ..RelayTerms::default()
    };
    let (relay, by) = relay(Some(terms)).await;
    let (mut a, b, c) = (hidden().await, hidden().await, hidden().await);
    introduce(&relay, &by, &a, &b);
    let (b_node, c_node) = (b.node(), c.node());
    let _stream = stream_with(&mut a, b_node).await;
    let all = [&a, &b, &c].map(without_address);
    relay.net.peers(all.to_vec());
    a.net.peers(vec![
        relay.address(),
        without_address(&b),
        without_address(&c),
    ]);
    c.net.peers(vec![relay.address(), at(&a, &by)]);
    holds(|| state_of(&c, a.node()).last_error.is_some()).await;
    assert!(!state_of(&a, c_node).connected && state_of(&a, b_node).connected);
}

#[tokio::test]
async fn a_connection_that_has_carried_its_share_by_way_of_a_relay_is_ended_and_another_made() {
    const SHARE: usize = 1 << 20;
    let terms = RelayTerms {
        mib: 1,
        ..RelayTerms::default()
    };
    let (relay, by) = relay(Some(terms)).await;
    let (mut a, mut b) = (hidden().await, hidden().await);
    introduce(&relay, &by, &a, &b);
    let (a_node, b_node) = (a.node(), b.node());
    let mut at_a = stream_with(&mut a, b_node).await;
    let mut at_b = stream_with(&mut b, a_node).await;
    let frame = Bytes::from(vec![7; 32 << 10]);
    let mut carried = 0;
    deadline(async {
        while at_a.frames.send(frame.clone()).await.is_ok() {
            let Some(Ok(got)) = at_b.frames.next().await else {
                return;
            };
            carried += got.len();
        }
    })
    .await;
    let line = format!("by way of a relay that carries {SHARE} bytes: {carried} of them frames\n");
    let _ = std::io::Write::write_all(&mut std::io::stderr(), line.as_bytes());
    assert!((SHARE / 2..=SHARE * 5 / 4).contains(&carried), "{carried}");
    // What a session does when its stream ends.
    a.net.ended(b_node, at_a.since);
    b.net.ended(a_node, at_b.since);
    let mut at_a = stream_with(&mut a, b_node).await;
    let mut at_b = stream_with(&mut b, a_node).await;
    at_a.frames.send(Bytes::from("hello")).await.expect("sent");
    let got = deadline(at_b.frames.next()).await.expect("a frame");
    assert_eq!(&got.expect("whole")[..], b"hello");
    assert!(state_of(&a, b_node).relayed);
}

#[tokio::test]
async fn two_nodes_that_met_by_way_of_a_relay_go_on_over_a_direct_connection() {
    let (relay, by) = relay(Some(RelayTerms::default())).await;
    let start = || start(NodeKeys::generate(), TCP);
    let (mut a, mut b) = (start().await.expect("a"), start().await.expect("b"));
    introduce(&relay, &by, &a, &b);
    let (a_node, b_node) = (a.node(), b.node());
    let mut at_a = stream_with(&mut a, b_node).await;
    let at_b = stream_with(&mut b, a_node).await;
    // What a session does when its stream ends.
    assert!(!matches!(deadline(at_a.frames.next()).await, Some(Ok(_))));
    a.net.ended(b_node, at_a.since);
    b.net.ended(a_node, at_b.since);
    let mut at_a = stream_with(&mut a, b_node).await;
    let mut at_b = stream_with(&mut b, a_node).await;
    at_a.frames.send(Bytes::from("hello")).await.expect("sent");
    let got = deadline(at_b.frames.next()).await.expect("a frame");
    assert_eq!(&got.expect("whole")[..], b"hello");
    holds(|| !state_of(&a, b_node).relayed && !state_of(&b, a_node).relayed).await;
    assert!(state_of(&a, b_node).connected);
}

#[tokio::test]
async fn a_node_learns_from_partners_whether_it_is_reached_from_outside() {
    let a = start(NodeKeys::generate(), TCP).await.expect("a");
    let b = start(NodeKeys::generate(), TCP).await.expect("b");
    let own = a.net.listening()[0].clone();
    let nowhere = "/ip4/127.0.0.1/tcp/1".to_string();
    a.net.own(vec![own.clone(), nowhere.clone()]);
    a.net.peers(vec![b.address()]);
    b.net.peers(vec![without_address(&a)]);
    let tried = |address| a.net.outside().get(address).map(Result::is_ok);
    holds(|| tried(&own) == Some(true) && tried(&nowhere) == Some(false)).await;
    // The trial is over; the conversation stands.
    holds(|| state_of(&a, b.node()).connected).await;
}
