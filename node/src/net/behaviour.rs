//! What a node's swarm does with connections, and with whose.

use super::{Error, NetConfig, nearby::Nearby, only::Only, relay};
use libp2p::{
    PeerId, allow_block_list, autonat, connection_limits, dcutr, identify,
    identity::Keypair,
    ping,
    relay::{Behaviour as Relay, client::Behaviour as ByRelay},
    swarm::{NetworkBehaviour, behaviour::toggle::Toggle},
};
use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
    time::Duration,
};

/// Pings keep the way through a NAT open and find dead links.
const PING: Duration = Duration::from_secs(15);
const PING_TIMEOUT: Duration = Duration::from_secs(20);
/// Where every byte counts: shorter than the five minutes after which networks forget a TCP connection.
const FRUGAL_PING: Duration = Duration::from_secs(240);
/// The largest record takes as long at 2.4 kbit/s, and the ping waits behind it.
const FRUGAL_PING_TIMEOUT: Duration = Duration::from_secs(300);
/// Two sides that dial at once over two transports have this many connections for a while.
const PER_PEER: u32 = 4;
/// Handshakes with callers that the swarm counts: who is at the door, and who has made room for others and is not gone yet.
const PENDING: u32 = 256;
/// How often it is looked whether an address waits for somebody to try it.
const TRY: Duration = Duration::from_secs(5);
/// Addresses that partners are asked to try at once.
const TRIED: usize = 4;
/// How often partners tell each other again what they see of each other.
const SEEN: Duration = Duration::from_secs(3_600);

/// Nodes of the federation, as they are now.
pub(super) type Nodes = Arc<Mutex<BTreeSet<PeerId>>>;

#[derive(NetworkBehaviour)]
pub(super) struct Behaviour {
    // The order matters: who is in no manifest is denied before anything else sees the connection.
    pub(super) allowed: allow_block_list::Behaviour<allow_block_list::AllowedPeers>,
    limits: connection_limits::Behaviour,
    pub(super) ping: Only<ping::Behaviour>,
    /// For partners on links where every byte counts.
    pub(super) frugal_ping: Only<ping::Behaviour>,
    /// Partners' nodes.
    pub(super) streams: Only,
    /// Authors of this organisation.
    pub(super) authors: Only,
    /// Passes on connections between others, on a node that is to do so.
    pub(super) relay: Only<Toggle<Relay>>,
    /// Comes and goes by way of partners that pass on.
    pub(super) by_relay: Only<ByRelay>,
    /// Looks for direct ways, with partners on links where not every byte counts.
    pub(super) near: Only<Toggle<Near>>,
    /// Finds partners on the local network, on a node that is to do so.
    nearby: Toggle<Nearby>,
}

/// How two nodes behind NATs come to a direct connection, and how a node learns whether it is reached from outside.
#[derive(NetworkBehaviour)]
pub(super) struct Near {
    /// Tells a partner from where its connection comes, and learns the same.
    identify: identify::Behaviour,
    /// Makes a direct connection beside one by way of a relay.
    dcutr: dcutr::Behaviour,
    /// Asks partners to dial this node.
    asking: autonat::v2::client::Behaviour,
    /// Dials partners that ask.
    trying: autonat::v2::server::Behaviour,
}

impl Behaviour {
    pub(super) fn new(
        config: &NetConfig,
        key: &Keypair,
        by_relay: ByRelay,
        nodes: &Nodes,
    ) -> Result<Self, Error> {
        let limits = connection_limits::ConnectionLimits::default()
            .with_max_pending_incoming(Some(PENDING))
            .with_max_established_per_peer(Some(PER_PEER));
        let me = key.public().to_peer_id();
        let relay = config
            .relay
            .map(|terms| relay::server(me, terms, nodes.clone()));
        // Past a proxy there is no direct way to look for.
        let near = config.reach.proxy.is_none().then(|| Near::new(key));
        // Multicast is UDP, and goes past any proxy.
        let nearby = config.mdns && config.reach.proxy.is_none();
        let nearby = nearby.then(|| Nearby::new(me)).transpose();
        let nearby = nearby.map_err(|e| Error::Setup(e.to_string()))?;
        Ok(Self {
            allowed: allow_block_list::Behaviour::default(),
            limits: connection_limits::Behaviour::new(limits),
            ping: pings(PING, PING_TIMEOUT),
            frugal_ping: pings(FRUGAL_PING, FRUGAL_PING_TIMEOUT),
            streams: Only::nobody(),
            authors: Only::nobody(),
            relay: Only::with(relay.into()),
            by_relay: Only::with(by_relay),
            near: Only::with(near.into()),
            nearby: nearby.into(),
        })
    }
}

impl Near {
    fn new(key: &Keypair) -> Self {
        // No version, no addresses but those of the manifest, nothing kept of what others say: only what they see.
        let identify = identify::Config::new("/focal/1".into(), key.public())
            .with_agent_version("focal".into())
            .with_interval(SEEN)
            .with_cache_size(0)
            .with_hide_listen_addrs(true);
        let asking = autonat::v2::client::Config::default()
            .with_probe_interval(TRY)
            .with_max_candidates(TRIED);
        Self {
            identify: identify::Behaviour::new(identify),
            dcutr: dcutr::Behaviour::new(key.public().to_peer_id()),
            asking: autonat::v2::client::Behaviour::new(rand::make_rng(), asking),
            trying: autonat::v2::server::Behaviour::default(),
        }
    }
}

fn pings(interval: Duration, timeout: Duration) -> Only<ping::Behaviour> {
    let config = ping::Config::new()
        .with_interval(interval)
        .with_timeout(timeout);
    Only::with(ping::Behaviour::new(config))
}
