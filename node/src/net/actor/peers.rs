//! Who may come, and for what.

use super::{Actor, Peer};
use crate::net::{PeerAddress, PeerState, dial::Dial, peer_id, seen};
use focal_protocol::id::NodeId;
use libp2p::{PeerId, swarm::ConnectionId};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::PoisonError,
    time::Instant,
};

/// Authors that may be connected at once, those included that come to be passed on.
const AUTHORS: usize = 256;

impl Actor {
    pub(super) fn set_peers(&mut self, list: Vec<PeerAddress>) {
        let now = Instant::now();
        let mut old = std::mem::take(&mut self.peers);
        for PeerAddress {
            node,
            addresses,
            link,
            near,
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
                    behaviour.relay.add(id);
                    behaviour.by_relay.add(id);
                    // Where a frame may take long, an answer does as well, and its absence says nothing.
                    if near {
                        behaviour.ping.add(id);
                    } else {
                        behaviour.frugal_ping.add(id);
                    }
                    if near {
                        behaviour.near.add(id);
                    }
                    seen(&self.seen).states.insert(
                        node,
                        PeerState {
                            node,
                            connected: false,
                            relayed: false,
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
                        newest: None,
                        nearby: BTreeSet::new(),
                        direct: None,
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
            behaviour.by_relay.remove(&gone.id);
            behaviour.near.remove(&gone.id);
            self.dismiss(gone.id);
            seen(&self.seen).states.remove(&node);
        }
        let nodes = self.peers.values().map(|p| p.id).collect();
        *self.nodes.lock().unwrap_or_else(PoisonError::into_inner) = nodes;
    }

    pub(super) fn set_authors(&mut self, list: &[(NodeId, bool)]) {
        let mut old = std::mem::take(&mut self.authors);
        for (node, standing) in list {
            let Some(id) = peer_id(node) else { continue };
            match old.remove(&id) {
                None => {
                    self.admit(id);
                    let behaviour = self.swarm.behaviour_mut();
                    behaviour.authors.add(id);
                    behaviour.relay.add(id);
                    // An author pings; from here it is for the way through their NAT alone.
                    if !behaviour.ping.has(&id) {
                        behaviour.frugal_ping.add(id);
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
                behaviour.frugal_ping.remove(&gone);
            }
            self.dismiss(gone);
        }
    }

    /// Authors of others may come where connections are passed on, for that alone.
    pub(super) fn set_visitors(&mut self, list: &[NodeId]) {
        if !self.relays {
            return;
        }
        let behaviour = self.swarm.behaviour();
        // Who comes for more may come for this as well.
        let comes = |id: &PeerId| behaviour.streams.has(id) || behaviour.authors.has(id);
        let now = list.iter().filter_map(peer_id).filter(|id| !comes(id));
        let now: BTreeSet<PeerId> = now.collect();
        let before = std::mem::replace(&mut self.visitors, now.clone());
        for id in now.difference(&before) {
            self.admit(*id);
            self.swarm.behaviour_mut().relay.add(*id);
        }
        for gone in before.difference(&now) {
            self.dismiss(*gone);
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
        let comes = behaviour.streams.has(&id) || behaviour.authors.has(&id);
        if !comes && !self.visitors.contains(&id) {
            behaviour.relay.remove(&id);
            behaviour.allowed.disallow_peer(id);
        }
        // An error means that there was no connection.
        let _ = self.swarm.disconnect_peer_id(id);
    }

    /// Authors are many, and their number is what a thief of keys would use: connections beyond it are closed.
    pub(super) fn author_connected(&mut self, id: &PeerId, connection: ConnectionId) {
        let is_one = |id: &PeerId| self.authors.contains_key(id) || self.visitors.contains(id);
        if !is_one(id) {
            return;
        }
        let connected = self.swarm.connected_peers();
        if connected.filter(|p| is_one(p)).count() > AUTHORS {
            tracing::warn!("an author was cut off: {AUTHORS} are connected");
            self.swarm.close_connection(connection);
        }
    }
}
