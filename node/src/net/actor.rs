//! The task that owns the swarm.

use super::{
    Error, NetConfig, Patience, PeerAddress, PeerState, PeerStream, SharedSeen, dial::Dial, framed,
    listen, node_id, only::Only, peer_id, reason, seen, swarm,
};
use crate::Link;
use focal_protocol::id::NodeId;
use futures::StreamExt;
use libp2p::{
    Multiaddr, PeerId, Stream, StreamProtocol, Swarm, allow_block_list, connection_limits, ping,
    swarm::{ConnectionId, DialError, ListenError, NetworkBehaviour, SwarmEvent},
};
use std::{
    collections::BTreeMap,
    time::{Duration, Instant, SystemTime},
};
use tokio::sync::{mpsc, oneshot};
use tokio_util::compat::FuturesAsyncReadCompatExt;

const PROTOCOL: StreamProtocol = StreamProtocol::new("/focal/sync/1");
/// A connection without a stream is closed after this: the spare one of two sides that dialled at once.
const IDLE: Duration = Duration::from_secs(30);
/// Pings keep the way through a NAT open and find dead links.
const PING: Duration = Duration::from_secs(15);
const PING_TIMEOUT: Duration = Duration::from_secs(20);
/// Where every byte counts: shorter than the five minutes after which networks forget a TCP connection.
const FRUGAL_PING: Duration = Duration::from_secs(240);
/// The largest record takes as long at 2.4 kbit/s, and the ping waits behind it.
const FRUGAL_PING_TIMEOUT: Duration = Duration::from_secs(300);
/// Two sides that dial at once over two transports have this many connections for a while.
const PER_PEER: u32 = 4;
/// A node dials only whom it has no connection with. So one that dials has lost the older connection, if that is older than
/// two sides that dial at once take to find out, on the slowest link.
const SPARE: Duration = Duration::from_secs(15);
/// Handshakes with strangers that may be under way.
const PENDING: u32 = 64;
/// A handshake takes up to ten turns and 2 KiB: 15 s on a satellite link of 2.4 kbit/s with 600 ms, and several times as much
/// where it loses packets.
const HANDSHAKE: Duration = Duration::from_secs(90);
/// Authors that may be connected at once.
const AUTHORS: usize = 256;
/// No address takes longer to answer that it is bound.
const LISTEN: Duration = Duration::from_secs(10);

#[derive(NetworkBehaviour)]
struct Behaviour {
    // The order matters: who is in no manifest is denied before anything else sees the connection.
    allowed: allow_block_list::Behaviour<allow_block_list::AllowedPeers>,
    limits: connection_limits::Behaviour,
    ping: Only<ping::Behaviour>,
    /// For partners on links where every byte counts.
    frugal_ping: Only<ping::Behaviour>,
    /// Partners' nodes.
    streams: Only,
    /// Authors of this organisation.
    authors: Only,
}

/// What the actor is asked to do.
pub(super) enum Request {
    Peers(Vec<PeerAddress>),
    /// Keys that may come, and whether they may do more than hear that they are revoked.
    Authors(Vec<(NodeId, bool)>),
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
    /// Connections that stand, and since when.
    connections: BTreeMap<ConnectionId, Instant>,
}

/// The swarm and what is known of peers.
pub(super) struct Actor {
    me: NodeId,
    swarm: Swarm<Behaviour>,
    incoming: libp2p_stream::IncomingStreams,
    opened: mpsc::UnboundedReceiver<(NodeId, Result<Stream, String>)>,
    opening: mpsc::UnboundedSender<(NodeId, Result<Stream, String>)>,
    streams: mpsc::Sender<PeerStream>,
    requests: mpsc::UnboundedReceiver<Request>,
    peers: BTreeMap<NodeId, Peer>,
    authors: BTreeMap<PeerId, bool>,
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
        let limits = connection_limits::ConnectionLimits::default()
            .with_max_pending_incoming(Some(PENDING))
            .with_max_established_per_peer(Some(PER_PEER));
        let patience = Patience {
            handshake: HANDSHAKE,
            idle: IDLE,
        };
        let swarm = swarm(&config.seed, &config.reach, &patience, |_| Behaviour {
            allowed: allow_block_list::Behaviour::default(),
            limits: connection_limits::Behaviour::new(limits),
            ping: pings(PING, PING_TIMEOUT),
            frugal_ping: pings(FRUGAL_PING, FRUGAL_PING_TIMEOUT),
            streams: Only::nobody(),
            authors: Only::nobody(),
        })?;
        let me = node_id(swarm.local_peer_id())
            .ok_or_else(|| Error::Setup("the identity is no Ed25519 key".into()))?;
        let incoming = swarm
            .behaviour()
            .streams
            .new_control()
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
            seen,
        })
    }

    /// Opens and accepts streams beside the conversation.
    pub(super) fn control(&self) -> libp2p_stream::Control {
        self.swarm.behaviour().streams.new_control()
    }

    /// Accepts streams of authors.
    pub(super) fn authors_control(&self) -> libp2p_stream::Control {
        self.swarm.behaviour().authors.new_control()
    }

    /// Binds every address before anything else happens.
    pub(super) async fn listen(&mut self, config: &NetConfig) -> Result<(), Error> {
        for text in &config.listen {
            let address = listen::address(text, &config.reach)?;
            let Some(address) = address else { continue };
            match self.bind(text, address).await {
                // It is among the addresses of every new node, and not every machine has IPv6.
                Err(e @ Error::NoIp6(_)) => tracing::warn!("{e}"),
                bound => bound?,
            }
        }
        Ok(())
    }

    async fn bind(&mut self, text: &str, address: Multiaddr) -> Result<(), Error> {
        listen::probe(&address).map_err(|e| listen::error(text, &e))?;
        // A machine may have IPv6 and no address of it yet: nothing to wait for, what comes is told when it comes.
        let everywhere = listen::is_everywhere_in_ip6(&address);
        let listener = self.swarm.listen_on(address).map_err(|e| match &e {
            libp2p::TransportError::MultiaddrNotSupported(_) => Error::BadAddress(text.into()),
            libp2p::TransportError::Other(io) => listen::error(text, io),
        })?;
        if everywhere {
            return Ok(());
        }
        let bound = tokio::time::timeout(LISTEN, async {
            loop {
                match self.swarm.select_next_some().await {
                    SwarmEvent::NewListenAddr {
                        listener_id,
                        address,
                    } => {
                        seen(&self.seen).listening.push(address.to_string());
                        if listener_id == listener {
                            return Ok(());
                        }
                    }
                    SwarmEvent::ListenerClosed {
                        listener_id,
                        reason: Err(e),
                        ..
                    } if listener_id == listener => return Err(listen::error(text, &e)),
                    _ => {}
                }
            }
        });
        bound.await.unwrap_or_else(|_| {
            Err(Error::Listen {
                address: text.into(),
                why: "it takes too long".into(),
            })
        })
    }

    pub(super) async fn run(mut self) {
        loop {
            let due = self
                .peers
                .values()
                .filter_map(|p| p.dial.next())
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
        }
    }

    fn set_peers(&mut self, list: Vec<PeerAddress>) {
        let now = Instant::now();
        let mut old = std::mem::take(&mut self.peers);
        for PeerAddress {
            node,
            addresses,
            link,
        } in list
        {
            let Some(id) = peer_id(&node).filter(|_| node != self.me) else {
                continue;
            };
            let peer = match old.remove(&node) {
                Some(mut peer) => {
                    peer.link = link;
                    if peer.addresses != addresses {
                        peer.addresses = addresses;
                        peer.dial.hurry(now);
                    }
                    peer
                }
                None => {
                    self.admit(id);
                    let behaviour = self.swarm.behaviour_mut();
                    behaviour.streams.add(id);
                    if link.is_frugal() {
                        behaviour.frugal_ping.add(id);
                    } else {
                        behaviour.ping.add(id);
                    }
                    seen(&self.seen).states.insert(
                        node,
                        PeerState {
                            node,
                            connected: false,
                            since: None,
                            last_error: None,
                        },
                    );
                    Peer {
                        id,
                        addresses,
                        link,
                        dial: Dial::new(now),
                        dialling: None,
                        connections: BTreeMap::new(),
                    }
                }
            };
            self.peers.insert(node, peer);
        }
        for (node, gone) in old {
            let behaviour = self.swarm.behaviour_mut();
            behaviour.streams.remove(&gone.id);
            behaviour.ping.remove(&gone.id);
            behaviour.frugal_ping.remove(&gone.id);
            self.dismiss(gone.id);
            seen(&self.seen).states.remove(&node);
        }
    }

    fn set_authors(&mut self, list: &[(NodeId, bool)]) {
        let mut old = std::mem::take(&mut self.authors);
        for (node, standing) in list {
            let Some(id) = peer_id(node) else { continue };
            match old.remove(&id) {
                None => {
                    self.admit(id);
                    let behaviour = self.swarm.behaviour_mut();
                    behaviour.authors.add(id);
                    if !behaviour.frugal_ping.has(&id) {
                        behaviour.ping.add(id);
                    }
                }
                // What a revoked key has open ends now. An error means that there was nothing.
                Some(before) if before != *standing => {
                    let _ = self.swarm.disconnect_peer_id(id);
                }
                Some(_) => {}
            }
            self.authors.insert(id, *standing);
        }
        for gone in old.into_keys() {
            let behaviour = self.swarm.behaviour_mut();
            behaviour.authors.remove(&gone);
            if !behaviour.streams.has(&gone) {
                behaviour.ping.remove(&gone);
            }
            self.dismiss(gone);
        }
    }

    /// Lets a peer connect. A key that another organisation lists as its node, too, begins anew: what a connection
    /// speaks is settled when it is made.
    fn admit(&mut self, id: PeerId) {
        if !self.swarm.behaviour_mut().allowed.allow_peer(id) {
            let _ = self.swarm.disconnect_peer_id(id);
        }
    }

    /// Cuts a peer off, and keeps it away unless it may still come for something else.
    fn dismiss(&mut self, id: PeerId) {
        let behaviour = self.swarm.behaviour_mut();
        if !behaviour.streams.has(&id) && !behaviour.authors.has(&id) {
            behaviour.allowed.disallow_peer(id);
        }
        // An error means that there was no connection.
        let _ = self.swarm.disconnect_peer_id(id);
    }

    /// Authors are many, and their number is what a thief of keys would use: connections beyond it are closed.
    fn author_connected(&mut self, id: &PeerId, connection: ConnectionId) {
        if !self.authors.contains_key(id) {
            return;
        }
        let connected = self.swarm.connected_peers();
        if connected.filter(|p| self.authors.contains_key(p)).count() > AUTHORS {
            tracing::warn!("an author was cut off: {AUTHORS} are connected");
            self.swarm.close_connection(connection);
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
                .collect();
            let opts = peer.link.dial(peer.id, addresses);
            peer.dialling = Some(opts.connection_id());
            if let Err(e) = self.swarm.dial(opts) {
                peer.dial.failed(now, rand::random());
                note_error(&self.seen, node, reason::of(&e));
            }
        }
    }

    fn event(&mut self, event: SwarmEvent<BehaviourEvent>) {
        match event {
            SwarmEvent::ConnectionEstablished {
                peer_id,
                connection_id,
                endpoint,
                ..
            } => {
                self.author_connected(&peer_id, connection_id);
                self.connected(&peer_id, connection_id, endpoint.is_listener());
            }
            SwarmEvent::ConnectionClosed {
                peer_id,
                connection_id,
                num_established,
                cause,
                ..
            } => {
                let peer = node_id(&peer_id).and_then(|node| self.peers.get_mut(&node));
                if let Some(peer) = peer {
                    peer.connections.remove(&connection_id);
                }
                if num_established == 0 {
                    let why = cause.map(|e| e.to_string());
                    self.disconnected(&peer_id, why);
                }
            }
            SwarmEvent::OutgoingConnectionError {
                peer_id: Some(id),
                connection_id,
                error,
            } => {
                if let Some(node) = node_id(&id)
                    && let Some(peer) = self.peers.get_mut(&node)
                    && peer.dialling == Some(connection_id)
                    && !matches!(error, DialError::DialPeerConditionFalse(_))
                    && !self.swarm.is_connected(&id)
                {
                    peer.dial.failed(Instant::now(), rand::random());
                    note_error(&self.seen, &node, reason::of(&error));
                }
            }
            SwarmEvent::IncomingConnectionError { error, .. } => {
                if let ListenError::Denied { cause } = &error
                    && cause
                        .downcast_ref::<allow_block_list::NotAllowed>()
                        .is_some()
                {
                    seen(&self.seen).unknown_refused += 1;
                    tracing::warn!("refused a connection: the node is in no current manifest");
                }
            }
            SwarmEvent::Behaviour(
                BehaviourEvent::Ping(ping::Event {
                    peer,
                    connection,
                    result: Err(e),
                })
                | BehaviourEvent::FrugalPing(ping::Event {
                    peer,
                    connection,
                    result: Err(e),
                }),
            ) => {
                tracing::debug!("a ping failed: {e}");
                // On an author's narrow link a ping waits behind a report: the door has its own limit of patience.
                if node_id(&peer).is_some_and(|node| self.peers.contains_key(&node)) {
                    self.swarm.close_connection(connection);
                }
            }
            SwarmEvent::NewListenAddr { address, .. } => {
                seen(&self.seen).listening.push(address.to_string());
            }
            SwarmEvent::ExpiredListenAddr { address, .. } => {
                let address = address.to_string();
                seen(&self.seen).listening.retain(|a| *a != address);
            }
            _ => {}
        }
    }

    fn connected(&mut self, id: &PeerId, connection: ConnectionId, incoming: bool) {
        let Some(node) = node_id(id) else { return };
        let Some(peer) = self.peers.get_mut(&node) else {
            return;
        };
        let now = Instant::now();
        peer.dial.connected(now);
        let first = peer.connections.is_empty();
        if incoming {
            for (old, since) in &peer.connections {
                if now.duration_since(*since) >= SPARE {
                    // Its conversation ends by it, and goes on over the new one.
                    self.swarm.close_connection(*old);
                }
            }
        }
        peer.connections.insert(connection, now);
        if first {
            tracing::info!("connected with {}", node.short());
            note_state(&self.seen, &node, true);
            self.open(node);
        }
    }

    /// Begins a conversation. One side opens, so that there is one stream: the one with the lower id.
    fn open(&self, node: NodeId) {
        let Some(peer) = self.peers.get(&node).filter(|_| self.me < node) else {
            return;
        };
        let mut control = self.swarm.behaviour().streams.new_control();
        let (id, opening) = (peer.id, self.opening.clone());
        tokio::spawn(async move {
            let result = control.open_stream(id, PROTOCOL).await;
            // The actor may have ended meanwhile.
            let _ = opening.send((node, result.map_err(|e| e.to_string())));
        });
    }

    /// A conversation has ended, and with it the connections that it may have been on. The partner may have dialled again
    /// before this side knew of the break: it goes on over that connection.
    fn ended(&mut self, node: NodeId, since: Instant) {
        let Some(peer) = self.peers.get(&node) else {
            return;
        };
        let (newer, older): (Vec<_>, Vec<_>) = peer.connections.iter().partition(|c| *c.1 > since);
        if newer.is_empty() {
            return self.drop_peer(node);
        }
        for (old, _) in older {
            self.swarm.close_connection(*old);
        }
        self.open(node);
    }

    fn disconnected(&mut self, id: &PeerId, why: Option<String>) {
        let Some(node) = node_id(id) else { return };
        if let Some(peer) = self.peers.get_mut(&node) {
            tracing::info!("disconnected from {}", node.short());
            peer.connections.clear();
            peer.dial.failed(Instant::now(), rand::random());
            note_state(&self.seen, &node, false);
            if let Some(why) = why {
                note_error(&self.seen, &node, why);
            }
        }
    }

    fn opened(&mut self, node: NodeId, result: Result<Stream, String>) {
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

fn pings(interval: Duration, timeout: Duration) -> Only<ping::Behaviour> {
    let config = ping::Config::new()
        .with_interval(interval)
        .with_timeout(timeout);
    Only::with(ping::Behaviour::new(config))
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

fn note_error(shared: &SharedSeen, node: &NodeId, text: String) {
    tracing::debug!("{}: {text}", node.short());
    if let Some(state) = seen(shared).states.get_mut(node) {
        state.last_error = Some(text);
    }
}
