//! The one way in which a swarm is made: a node's, and that of an author who visits one.

use super::{
    Error, Reach,
    callers::{SILENCE, Screen},
    transport::{either, secured, ways},
};
use libp2p::{
    Swarm, Transport,
    core::transport::timeout::TransportTimeout,
    identity::Keypair,
    relay,
    swarm::{Config, NetworkBehaviour},
};
use std::time::Duration;
use zeroize::Zeroizing;

/// How long things may take.
pub(crate) struct Patience {
    /// A handshake.
    pub(crate) handshake: Duration,
    /// A connection without a stream.
    pub(crate) idle: Duration,
}

/// A swarm with the identity of a seed, which can also come and go by way of relays.
///
/// # Errors
/// The ways cannot be built.
pub(crate) fn swarm<B: NetworkBehaviour>(
    seed: &Zeroizing<[u8; 32]>,
    reach: &Reach,
    patience: &Patience,
    behaviour: impl FnOnce(&Keypair, relay::client::Behaviour) -> Result<B, Error>,
) -> Result<Swarm<B>, Error> {
    let mut seed = seed.clone();
    let key = Keypair::ed25519_from_bytes(&mut *seed).map_err(|e| Error::Setup(e.to_string()))?;
    let me = key.public().to_peer_id();
    let (relayed, by_relay) = relay::client::new(me);
    let ways = either(secured(relayed, &key)?, ways(&key, reach, SILENCE)?);
    let ways = TransportTimeout::new(Screen::before(ways), patience.handshake).boxed();
    let config = Config::with_tokio_executor().with_idle_connection_timeout(patience.idle);
    Ok(Swarm::new(ways, behaviour(&key, by_relay)?, me, config))
}
