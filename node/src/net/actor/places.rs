//! Places at partners' relays where this node is to be reached: asked for, held, asked for again.

use super::Actor;
use crate::net::{
    PlaceState,
    dial::Dial,
    node_id,
    reason::{Cause, Reason},
    relay, seen,
};
use libp2p::{Multiaddr, PeerId, core::transport::ListenerId};
use std::{
    io,
    time::{Instant, SystemTime},
};

/// A place.
pub(super) struct Place {
    relay: PeerId,
    pub(super) dial: Dial,
    listener: Option<ListenerId>,
}

impl Actor {
    /// The addresses of this node, as its manifest says: those by way of relays are to lead here, the others are what a relay
    /// here tells to whom it takes in, or what partners are asked to try.
    pub(super) fn set_own(&mut self, addresses: &[String]) {
        let parsed = addresses.iter().filter_map(|a| a.parse().ok());
        let (by, direct): (Vec<Multiaddr>, Vec<_>) = parsed.partition(relay::is_relayed);
        let before: Vec<Multiaddr> = self.swarm.external_addresses().cloned().collect();
        for gone in before
            .iter()
            .filter(|a| !relay::is_relayed(a) && !direct.contains(a))
        {
            self.swarm.remove_external_address(gone);
        }
        for address in direct {
            // What counts as known is not tried; and who finds a place here has proved it.
            if self.relays {
                self.swarm.add_external_address(address);
            } else {
                self.swarm.behaviour_mut().near.offer(address);
            }
        }
        let wanted: Vec<Multiaddr> = by.into_iter().chain(self.listen_by.clone()).collect();
        let mut old = std::mem::take(&mut self.places);
        for address in wanted {
            let Some(relay) = relay::of(&address) else {
                continue;
            };
            let place = old.remove(&address).unwrap_or_else(|| Place {
                relay,
                dial: Dial::new(Instant::now()),
                listener: None,
            });
            let mut seen = seen(&self.seen);
            seen.places.entry(address.to_string()).or_default();
            self.places.insert(address, place);
        }
        for (address, gone) in old {
            if let Some(listener) = gone.listener {
                self.swarm.remove_listener(listener);
            }
            seen(&self.seen).places.remove(&address.to_string());
        }
    }

    /// Asks for places where it is time.
    pub(super) fn ask_due(&mut self) {
        let now = Instant::now();
        for (address, place) in &mut self.places {
            if !place.dial.due(now) {
                continue;
            }
            place.dial.trying(now);
            if let Some(waits) = place.listener.take() {
                self.swarm.remove_listener(waits);
            }
            let known = node_id(&place.relay).is_some_and(|node| self.peers.contains_key(&node));
            let asked = if known {
                let asked = self.swarm.listen_on(address.clone());
                asked.map_err(|e| Reason::new(e.to_string()))
            } else {
                Err(Reason::of(&Cause::RelayUnknown))
            };
            match asked {
                Ok(listener) => place.listener = Some(listener),
                Err(why) => {
                    place.dial.failed(now, rand::random());
                    note(&self.seen, address, |state| state.last_error = Some(why));
                }
            }
        }
    }

    /// A relay has given a place, if it is one of those.
    pub(super) fn taken_in(&mut self, listener: ListenerId) -> bool {
        let mut places = self.places.iter_mut();
        let Some((address, place)) = places.find(|(_, p)| p.listener == Some(listener)) else {
            return false;
        };
        place.dial.connected(Instant::now());
        tracing::info!("reached by way of {address}");
        note(&self.seen, address, |state| {
            state.since.get_or_insert_with(SystemTime::now);
            state.last_error = None;
        });
        true
    }

    /// A place is lost, or was not given.
    pub(super) fn sent_away(&mut self, listener: ListenerId, why: Option<io::Error>) {
        let mut places = self.places.iter_mut();
        let Some((address, place)) = places.find(|(_, p)| p.listener == Some(listener)) else {
            return;
        };
        place.listener = None;
        place.dial.failed(Instant::now(), rand::random());
        let why = why.map_or_else(|| Reason::of(&Cause::RelayAway), |e| Reason::of_io(&e));
        tracing::debug!("not reached by way of {address}: {}", why.text);
        note(&self.seen, address, |state| {
            state.since = None;
            state.last_error = Some(why);
        });
    }
}

fn note(
    shared: &crate::net::SharedSeen,
    address: &Multiaddr,
    change: impl FnOnce(&mut PlaceState),
) {
    if let Some(state) = seen(shared).places.get_mut(&address.to_string()) {
        change(state);
    }
}
