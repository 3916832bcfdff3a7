//! Connections with partners, from the first to the last of each.

use super::{Actor, PROTOCOL, note_error, note_state};
use crate::net::{behaviour::BehaviourEvent, node_id, reason::Reason, seen};
use focal_protocol::id::NodeId;
use libp2p::{
    Multiaddr, PeerId, allow_block_list,
    core::{ConnectedPoint, transport::ListenerId},
    multiaddr::Protocol,
    ping,
    swarm::{ConnectionId, DialError, ListenError, SwarmEvent},
};
use std::time::{Duration, Instant};

/// A node dials only whom it has no connection with. So one that dials has lost the older connection, if that is older than
/// two sides that dial at once take to find out, on the slowest link.
const SPARE: Duration = Duration::from_secs(15);
/// Unless it only tries whether an address leads here, and hangs up when it knows.
const STAYS: Duration = Duration::from_secs(2);

/// A connection.
pub(super) struct Link {
    pub(super) since: Instant,
    /// Whether it goes by way of a relay.
    pub(super) relayed: bool,
    /// Where this side has dialled.
    pub(super) dialled: Option<Multiaddr>,
}

impl Link {
    fn new(since: Instant, end: &ConnectedPoint) -> Self {
        let dialled = match end {
            ConnectedPoint::Dialer { address, .. } => Some(bare(address)),
            ConnectedPoint::Listener { .. } => None,
        };
        Self {
            since,
            relayed: end.is_relayed(),
            dialled,
        }
    }
}

/// An address without the name of who is there.
pub(super) fn bare(address: &Multiaddr) -> Multiaddr {
    let mut bare = address.clone();
    if let Some(last) = bare.pop()
        && !matches!(last, Protocol::P2p(_))
    {
        bare.push(last);
    }
    bare
}

impl Actor {
    pub(super) fn event(&mut self, event: SwarmEvent<BehaviourEvent>) {
        match event {
            SwarmEvent::ConnectionEstablished {
                peer_id,
                connection_id,
                endpoint,
                ..
            } => {
                if self.tried(&peer_id, connection_id) {
                    return;
                }
                self.author_connected(&peer_id, connection_id);
                self.connected(&peer_id, connection_id, &endpoint);
            }
            SwarmEvent::ConnectionClosed {
                peer_id,
                connection_id,
                cause,
                ..
            } => {
                // Nothing but itself ends with it.
                if self.trials.remove(&connection_id).is_some() {
                    return;
                }
                let peer = node_id(&peer_id).and_then(|node| self.peers.get_mut(&node));
                let Some(peer) = peer else { return };
                let Some(gone) = peer.connections.remove(&connection_id) else {
                    return;
                };
                if peer.connections.is_empty() {
                    self.disconnected(&peer_id, cause.as_ref().map(Reason::of_end));
                } else if gone.relayed {
                    // The other side has closed it for a direct one: what was said over it goes on there.
                    peer.renew_direct();
                }
                self.note_way(&peer_id);
            }
            SwarmEvent::OutgoingConnectionError {
                connection_id,
                error,
                ..
            } if self.tried_in_vain(connection_id, &error) => {}
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
                    note_error(&self.seen, &node, Reason::of_dial(&error));
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
            SwarmEvent::Behaviour(BehaviourEvent::Near(event)) => self.nearer(event),
            SwarmEvent::Behaviour(BehaviourEvent::Nearby(event)) => self.nearby(event),
            SwarmEvent::NewListenAddr {
                listener_id,
                address,
            } => self.listening(listener_id, &address),
            SwarmEvent::ListenerClosed {
                listener_id,
                reason,
                ..
            } => self.sent_away(listener_id, reason.err()),
            SwarmEvent::ExpiredListenAddr { address, .. } => {
                let address = address.to_string();
                seen(&self.seen).listening.retain(|a| *a != address);
            }
            _ => {}
        }
    }

    /// An address is one of this machine's, or a place at a relay.
    fn listening(&mut self, listener: ListenerId, address: &Multiaddr) {
        if !self.taken_in(listener) {
            seen(&self.seen).listening.push(address.to_string());
        }
    }

    pub(super) fn connected(
        &mut self,
        id: &PeerId,
        connection: ConnectionId,
        end: &ConnectedPoint,
    ) {
        let Some(node) = node_id(id) else { return };
        let Some(peer) = self.peers.get_mut(&node) else {
            return;
        };
        let now = Instant::now();
        peer.dial.connected(now);
        let first = peer.connections.is_empty();
        let old = |link: &Link| now.duration_since(link.since) >= SPARE;
        let stands = |newest: &(ConnectionId, Instant)| peer.connections.contains_key(&newest.0);
        let replaces = end.is_listener() && peer.connections.values().any(old);
        if replaces && !peer.newest.as_ref().is_some_and(stands) {
            peer.newest = Some((connection, now + STAYS));
        }
        peer.connections.insert(connection, Link::new(now, end));
        self.note_way(id);
        if first {
            tracing::info!("connected with {}", node.short());
            note_state(&self.seen, &node, true);
            self.open(node);
        }
        self.go_direct(node);
    }

    /// Shows whether there is a direct way.
    fn note_way(&self, id: &PeerId) {
        let Some((node, peer)) = node_id(id).and_then(|node| self.peers.get_key_value(&node))
        else {
            return;
        };
        let mut links = peer.connections.values();
        let relayed = links.len() > 0 && links.all(|link| link.relayed);
        if let Some(state) = seen(&self.seen).states.get_mut(node) {
            state.relayed = relayed;
        }
    }

    /// Closes the connections that newer ones have replaced. Their conversations end by it, and go on over the new ones.
    pub(super) fn settle_due(&mut self) {
        let now = Instant::now();
        for peer in self.peers.values_mut() {
            let Some((newest, _)) = peer.newest.take_if(|(_, at)| *at <= now) else {
                continue;
            };
            let Some(since) = peer.connections.get(&newest).map(|link| link.since) else {
                continue;
            };
            for (old, link) in &peer.connections {
                if since.saturating_duration_since(link.since) >= SPARE {
                    self.swarm.close_connection(*old);
                }
            }
        }
    }

    /// Begins a conversation. One side opens, so that there is one stream: the one with the lower id.
    fn open(&self, node: NodeId) {
        let Some(peer) = self.peers.get(&node).filter(|_| self.me < node) else {
            return;
        };
        let mut control = self.swarm.behaviour().streams.control();
        let (id, opening) = (peer.id, self.opening.clone());
        tokio::spawn(async move {
            let result = control.open_stream(id, PROTOCOL).await;
            // The actor may have ended meanwhile.
            let _ = opening.send((node, result.map_err(|e| Reason::of_open(&e))));
        });
    }

    /// A conversation has ended, and with it the connections that it may have been on. The partner may have dialled again
    /// before this side knew of the break: it goes on over that connection.
    pub(super) fn ended(&mut self, node: NodeId, since: Instant) {
        let Some(peer) = self.peers.get(&node) else {
            return;
        };
        let (newer, older): (Vec<_>, Vec<_>) =
            peer.connections.iter().partition(|c| c.1.since > since);
        if newer.is_empty() {
            return self.drop_peer(node);
        }
        for (old, _) in older {
            self.swarm.close_connection(*old);
        }
        self.open(node);
    }

    fn disconnected(&mut self, id: &PeerId, why: Option<Reason>) {
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
}
