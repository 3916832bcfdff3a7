//! The one way in which a swarm is made: a node's, and that of an author who visits one.

use super::{Error, Reach, transport::ways};
use libp2p::{Swarm, SwarmBuilder, identity::Keypair, swarm::NetworkBehaviour};
use std::time::Duration;
use zeroize::Zeroizing;

/// How long things may take.
pub(crate) struct Patience {
    /// A handshake.
    pub(crate) handshake: Duration,
    /// A connection without a stream.
    pub(crate) idle: Duration,
}

/// A swarm with the identity of a seed.
///
/// # Errors
/// The ways cannot be built.
pub(crate) fn swarm<B: NetworkBehaviour>(
    seed: &Zeroizing<[u8; 32]>,
    reach: &Reach,
    patience: &Patience,
    behaviour: impl FnOnce(&Keypair) -> B,
) -> Result<Swarm<B>, Error> {
    let setup = |e: &dyn std::fmt::Display| Error::Setup(e.to_string());
    let mut seed = seed.clone();
    let key = Keypair::ed25519_from_bytes(&mut *seed).map_err(|e| setup(&e))?;
    let ways = ways(&key, reach)?;
    Ok(SwarmBuilder::with_existing_identity(key)
        .with_tokio()
        .with_other_transport(|_| ways)
        .map_err(|e| setup(&e))?
        .with_behaviour(behaviour)
        .map_err(|e| setup(&e))?
        .with_swarm_config(|c| c.with_idle_connection_timeout(patience.idle))
        .with_connection_timeout(patience.handshake)
        .build())
}
