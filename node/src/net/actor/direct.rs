//! More direct ways to partners than the one that is used: found, tried, gone over to.

use super::{Actor, Peer, links::bare};
use crate::net::{behaviour::NearEvent, nearby::is_near, node_id, seen};
use focal_protocol::id::NodeId;
use libp2p::{Multiaddr, PeerId, mdns, swarm::ConnectionId};
use std::time::Instant;

/// Addresses whose trial by partners is remembered.
const OUTSIDE: usize = 32;
/// Addresses on the local network that are kept for each partner.
const NEARBY: usize = 8;

impl Peer {
    /// Direct connections count from now: a conversation that was on another one may go on over them.
    pub(super) fn renew_direct(&mut self) {
        let now = Instant::now();
        for link in self.connections.values_mut().filter(|l| !l.relayed) {
            link.since = now;
        }
    }
}

impl Actor {
    /// Once a direct connection stands those by way of relays are closed, and the conversation goes on over it.
    pub(super) fn go_direct(&mut self, node: NodeId) {
        let Some(peer) = self.peers.get_mut(&node) else {
            return;
        };
        let stands = |id: ConnectionId| peer.connections.contains_key(&id);
        if !peer.direct.is_some_and(stands) {
            return;
        }
        peer.direct = None;
        peer.renew_direct();
        for (id, _) in peer.connections.iter().filter(|(_, link)| link.relayed) {
            self.swarm.close_connection(*id);
        }
    }

    /// What was found out about direct ways.
    pub(super) fn nearer(&mut self, event: NearEvent) {
        match event {
            NearEvent::Dcutr(event) => {
                let Some(node) = node_id(&event.remote_peer_id) else {
                    return;
                };
                match event.result {
                    Ok(connection) => {
                        tracing::info!("there is a direct way to {}", node.short());
                        if let Some(peer) = self.peers.get_mut(&node) {
                            peer.direct = Some(connection);
                        }
                        self.go_direct(node);
                    }
                    Err(e) => tracing::debug!("no direct way to {}: {e}", node.short()),
                }
            }
            NearEvent::Asking(event) => {
                let result = event.result.map_err(|e| e.to_string());
                let mut seen = seen(&self.seen);
                let address = event.tested_addr.to_string();
                if seen.outside.len() < OUTSIDE || seen.outside.contains_key(&address) {
                    seen.outside.insert(address, result);
                }
            }
            NearEvent::Trying(event) => self.hang_up(&event.client, &event.tested_addr),
            NearEvent::Identify(_) => {}
        }
    }

    /// Partners are dialled where the local network says they are; others are passed over.
    pub(super) fn nearby(&mut self, event: mdns::Event) {
        match event {
            mdns::Event::Discovered(found) => {
                for (id, address) in found {
                    let peer = node_id(&id).and_then(|node| self.peers.get_mut(&node));
                    let Some(peer) = peer else { continue };
                    let room = peer.nearby.len() < NEARBY && is_near(&address);
                    if room && peer.nearby.insert(address) && peer.connections.is_empty() {
                        peer.dial.hurry(Instant::now());
                    }
                }
            }
            mdns::Event::Expired(gone) => {
                for (id, address) in gone {
                    let peer = node_id(&id).and_then(|node| self.peers.get_mut(&node));
                    if let Some(peer) = peer {
                        peer.nearby.remove(&address);
                    }
                }
            }
        }
    }

    /// Closes what was made only to try an address. Left open, the other side would take it for one that replaces the older.
    fn hang_up(&mut self, id: &PeerId, tried: &Multiaddr) {
        let Some(peer) = node_id(id).and_then(|node| self.peers.get(&node)) else {
            return;
        };
        for (connection, link) in &peer.connections {
            if link.dialled.as_ref() == Some(&bare(tried)) && peer.dialling != Some(*connection) {
                self.swarm.close_connection(*connection);
            }
        }
    }
}
