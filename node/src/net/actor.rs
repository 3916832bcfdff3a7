//! The task that owns the swarm.

mod bind;
mod direct;
mod links;
mod peers;
mod places;
mod probes;

use super::{
    Error, NetConfig, Patience, PeerAddress, PeerStream, SharedSeen,
    behaviour::{Behaviour, Nodes},
    dial::Dial,
    framed, node_id,
    reason::Reason,
    seen,
    streams::{Control, Incoming},
    swarm,
};
use crate::Link;
use focal_protocol::id::NodeId;
use futures::StreamExt;
use libp2p::{Multiaddr, PeerId, Stream, StreamProtocol, Swarm, swarm::ConnectionId};
use links::Link as Connection;
use places::Place;
use probes::{Probe, Trial};
use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant, SystemTime},
};
use tokio::sync::{mpsc, oneshot};
use tokio_util::compat::FuturesAsyncReadCompatExt;

const PROTOCOL: StreamProtocol = StreamProtocol::new("/focal/sync/1");
/// A connection without a stream is closed after this: the spare one of two sides that dialled at once.
const IDLE: Duration = Duration::from_secs(30);
/// A handshake takes up to ten turns and 2 KiB: 15 s on a satellite link of 2.4 kbit/s with 600 ms, and several times as much
/// where it loses packets.
const HANDSHAKE: Duration = Duration::from_secs(90);
/// What the actor is asked to do.
pub(super) enum Request {
    Peers(Vec<PeerAddress>),
    /// Keys that may come, and whether they may do more than hear that they are revoked.
    Authors(Vec<(NodeId, bool)>),
    /// Authors of others, who may come to be passed on.
    Visitors(Vec<NodeId>),
    /// What this node's own manifest says of where it is.
    Own(Vec<String>),
    /// To try one address.
    Probe(Probe),
    Drop(NodeId),
    /// The conversation on a stream has ended: whose, and since when the stream was there.
    Ended(NodeId, Instant),
    Shutdown(oneshot::Sender<()>),
}

struct Peer {
    id: PeerId,
    addresses: Vec<String>,
    link: Link,
    dial: Dial,
    /// The attempt that is under way. Others are made by streams that find no connection, and count for nothing.
    dialling: Option<ConnectionId>,
    /// Connections that stand.
    connections: BTreeMap<ConnectionId, Connection>,
    /// A connection that takes the place of older ones, if it still stands by then.
    newest: Option<(ConnectionId, Instant)>,
    /// Where it was heard of on the local network.
    nearby: BTreeSet<Multiaddr>,
    /// A direct connection that was made beside one by way of a relay.
    direct: Option<ConnectionId>,
}

/// The swarm and what is known of peers.
pub(super) struct Actor {
    me: NodeId,
    swarm: Swarm<Behaviour>,
    incoming: Incoming,
    opened: mpsc::UnboundedReceiver<(NodeId, Result<Stream, Reason>)>,
    opening: mpsc::UnboundedSender<(NodeId, Result<Stream, Reason>)>,
    streams: mpsc::Sender<PeerStream>,
    requests: mpsc::UnboundedReceiver<Request>,
    peers: BTreeMap<NodeId, Peer>,
    authors: BTreeMap<PeerId, bool>,
    visitors: BTreeSet<PeerId>,
    /// Nodes that a relay here takes in.
    nodes: Nodes,
    /// Addresses by way of relays, of the settings.
    listen_by: Vec<Multiaddr>,
    /// All of them, with what has become of them.
    places: BTreeMap<Multiaddr, Place>,
    /// Dials that only try.
    trials: BTreeMap<ConnectionId, Trial>,
    /// Whether this node passes on.
    relays: bool,
    seen: SharedSeen,
}

impl Actor {
    pub(super) fn new(
        config: &NetConfig,
        streams: mpsc::Sender<PeerStream>,
        requests: mpsc::UnboundedReceiver<Request>,
        seen: SharedSeen,
    ) -> Result<Self, Error> {
        let setup = |e: &dyn std::fmt::Display| Error::Setup(e.to_string());
        let patience = Patience {
            handshake: HANDSHAKE,
            idle: IDLE,
        };
        let nodes = Nodes::default();
        let mut swarm = swarm(&config.seed, &config.reach, &patience, |key, by_relay| {
            Behaviour::new(config, key, by_relay, &nodes)
        })?;
        // Only to see whether its own addresses lead to itself; there is no connection of it with itself.
        let own = *swarm.local_peer_id();
        swarm.behaviour_mut().allowed.allow_peer(own);
        let me =
            node_id(&own).ok_or_else(|| Error::Setup("the identity is no Ed25519 key".into()))?;
        let incoming = swarm
            .behaviour()
            .streams
            .control()
            .accept(PROTOCOL)
            .map_err(|e| setup(&e))?;
        let (opening, opened) = mpsc::unbounded_channel();
        Ok(Self {
            me,
            swarm,
            incoming,
            opened,
            opening,
            streams,
            requests,
            peers: BTreeMap::new(),
            authors: BTreeMap::new(),
            visitors: BTreeSet::new(),
            nodes,
            listen_by: Vec::new(),
            places: BTreeMap::new(),
            trials: BTreeMap::new(),
            relays: config.relay.is_some(),
            seen,
        })
    }

    /// Opens and accepts streams beside the conversation.
    pub(super) fn control(&self) -> Control {
        self.swarm.behaviour().streams.control()
    }

    /// Accepts streams of authors.
    pub(super) fn authors_control(&self) -> Control {
        self.swarm.behaviour().authors.control()
    }

    pub(super) async fn run(mut self) {
        loop {
            let dials = self.peers.values().map(|p| &p.dial);
            let dials = dials.chain(self.places.values().map(|p| &p.dial));
            let settled = self.peers.values().filter_map(|p| Some(p.newest?.1));
            let due = dials
                .filter_map(Dial::next)
                .chain(settled)
                .min()
                .map_or(Duration::from_secs(3600), |at| {
                    at.saturating_duration_since(Instant::now())
                });
            tokio::select! {
                event = self.swarm.select_next_some() => self.event(event),
                Some((peer, stream)) = self.incoming.next() => self.accepted(peer, stream),
                Some((node, result)) = self.opened.recv() => self.opened(node, result),
                request = self.requests.recv() => match request {
                    Some(Request::Peers(peers)) => self.set_peers(peers),
                    Some(Request::Authors(authors)) => self.set_authors(&authors),
                    Some(Request::Visitors(visitors)) => self.set_visitors(&visitors),
                    Some(Request::Own(addresses)) => self.set_own(&addresses),
                    Some(Request::Probe(probe)) => self.probe(probe),
                    Some(Request::Drop(node)) => self.drop_peer(node),
                    Some(Request::Ended(node, since)) => self.ended(node, since),
                    Some(Request::Shutdown(done)) => {
                        // Dropping the swarm closes listeners and connections.
                        drop(self.swarm);
                        let _ = done.send(());
                        return;
                    }
                    None => return,
                },
                () = tokio::time::sleep(due) => {}
            }
            self.dial_due();
            self.ask_due();
            self.settle_due();
        }
    }

    fn drop_peer(&mut self, node: NodeId) {
        if let Some(peer) = self.peers.get(&node) {
            // An error means that there is no connection: its end has been counted, and counts once.
            let _ = self.swarm.disconnect_peer_id(peer.id);
        }
    }

    fn dial_due(&mut self) {
        let now = Instant::now();
        for (node, peer) in &mut self.peers {
            if !peer.dial.due(now) {
                continue;
            }
            peer.dial.trying(now);
            let addresses: Vec<Multiaddr> = peer
                .addresses
                .iter()
                .filter_map(|a| a.parse().ok())
                .chain(peer.nearby.iter().cloned())
                .collect();
            let opts = peer.link.dial(peer.id, addresses);
            peer.dialling = Some(opts.connection_id());
            if let Err(e) = self.swarm.dial(opts) {
                peer.dial.failed(now, rand::random());
                note_error(&self.seen, node, Reason::of_dial(&e));
            }
        }
    }

    fn opened(&mut self, node: NodeId, result: Result<Stream, Reason>) {
        match result {
            Ok(stream) => self.hand_over(node, stream, true),
            Err(why) => {
                note_error(&self.seen, &node, why);
                self.drop_peer(node);
            }
        }
    }

    fn accepted(&mut self, peer: PeerId, stream: Stream) {
        match node_id(&peer) {
            // The other side was not to open: its stream is dropped, ours stands.
            Some(node) if node < self.me && self.peers.contains_key(&node) => {
                self.hand_over(node, stream, false);
            }
            _ => tracing::debug!("a stream out of turn was dropped"),
        }
    }

    fn hand_over(&mut self, node: NodeId, stream: Stream, outgoing: bool) {
        if let Some(peer) = self.peers.get_mut(&node) {
            peer.dial.conversed();
        }
        let stream = PeerStream {
            node,
            outgoing,
            since: Instant::now(),
            frames: framed(stream.compat()),
        };
        if self.streams.try_send(stream).is_err() {
            tracing::warn!("too many sessions begin at once: a stream was dropped");
        }
    }
}

fn note_state(shared: &SharedSeen, node: &NodeId, connected: bool) {
    if let Some(state) = seen(shared).states.get_mut(node) {
        state.connected = connected;
        state.since = Some(SystemTime::now());
        if connected {
            state.last_error = None;
        }
    }
}

fn note_error(shared: &SharedSeen, node: &NodeId, why: Reason) {
    tracing::debug!("{}: {}", node.short(), why.text);
    if let Some(state) = seen(shared).states.get_mut(node) {
        state.last_error = Some(why);
    }
}
