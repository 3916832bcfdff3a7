//! Passing on connections between partners that do not reach each other (circuit relay v2), within bounds.

use super::{behaviour::Nodes, reason::Reason};
use libp2p::{
    Multiaddr, PeerId,
    multiaddr::Protocol,
    relay::{Behaviour, Config, Status},
};
use serde::{Deserialize, Serialize};
use std::{
    num::NonZeroU32,
    sync::PoisonError,
    time::{Duration, Instant, SystemTime},
};

/// Nodes that may wait here for connections: all of a federation's that could need it.
const RESERVATIONS: usize = 256;
/// For so long a node may wait before it asks again.
const RESERVATION: Duration = Duration::from_secs(3_600);
/// Requests of one peer in a row, then one every [`EVERY`]: a link that breaks every few seconds is no reason to be left alone.
const IN_A_ROW: NonZeroU32 = NonZeroU32::new(60).expect("not zero");
const EVERY: Duration = Duration::from_secs(5);

/// What a node passes on for partners.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RelayTerms {
    /// Connections that are passed on at once.
    pub circuits: u16,
    /// Minutes after which one is ended; the two ends make another.
    pub minutes: u16,
    /// MiB after which one is ended, both directions together.
    pub mib: u32,
}

impl Default for RelayTerms {
    fn default() -> Self {
        Self {
            circuits: 64,
            minutes: 120,
            mib: 256,
        }
    }
}

/// A place at a partner's relay where this node is to be reached.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PlaceState {
    /// Since when connections come by way of it.
    pub since: Option<SystemTime>,
    /// Why the last attempt to get the place failed.
    pub last_error: Option<Reason>,
}

/// The behaviour of a node that passes on. Only nodes may wait here for connections; their authors may ask for some.
pub(super) fn server(me: PeerId, terms: RelayTerms, nodes: Nodes) -> Behaviour {
    let is_node = move |peer: PeerId, _: &Multiaddr, _: Instant| {
        let nodes = nodes.lock().unwrap_or_else(PoisonError::into_inner);
        nodes.contains(&peer)
    };
    let circuits = usize::from(terms.circuits);
    let config = Config {
        max_reservations: RESERVATIONS,
        max_reservations_per_peer: 2,
        reservation_duration: RESERVATION,
        reservation_rate_limiters: vec![Box::new(is_node)],
        max_circuits: circuits,
        // One partner that is behind it with all others has as many; nobody keeps all of them.
        max_circuits_per_peer: circuits.div_ceil(2),
        max_circuit_duration: Duration::from_secs(60 * u64::from(terms.minutes.max(1))),
        max_circuit_bytes: u64::from(terms.mib.max(1)) << 20,
        circuit_src_rate_limiters: Vec::new(),
    };
    let config = config
        .reservation_rate_per_peer(IN_A_ROW, EVERY)
        .circuit_src_per_peer(IN_A_ROW, EVERY);
    let mut behaviour = Behaviour::new(me, config);
    behaviour.set_status(Some(Status::Enable));
    behaviour
}

/// Whose relay an address leads by way of; none if it is a direct one.
pub(super) fn of(address: &Multiaddr) -> Option<PeerId> {
    let mut last = None;
    for part in address {
        match part {
            Protocol::P2p(peer) => last = Some(peer),
            Protocol::P2pCircuit => return last,
            _ => {}
        }
    }
    None
}

/// Whether an address leads by way of a relay.
pub(super) fn is_relayed(address: &Multiaddr) -> bool {
    address.iter().any(|part| part == Protocol::P2pCircuit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_its_relay() {
        let relay = libp2p::identity::Keypair::generate_ed25519();
        let relay = relay.public().to_peer_id();
        let read = |text: String| -> Multiaddr { text.parse().expect("an address") };
        let by = read(format!(
            "/dns4/a.example/tcp/443/tls/ws/p2p/{relay}/p2p-circuit"
        ));
        assert_eq!(of(&by), Some(relay));
        let direct = read(format!("/dns4/a.example/tcp/443/p2p/{relay}"));
        assert_eq!((of(&direct), is_relayed(&direct)), (None, false));
        assert_eq!(of(&read("/ip4/192.0.2.1/tcp/1/p2p-circuit".into())), None);
    }
}
