//! The libp2p swarm: TCP and WebSocket over TLS with Noise and Yamux, and QUIC; only peers in current manifests; one sync stream for
//! each pair.
//!
//! Authors of this organisation may connect too, for the API alone.
//!
//! One task owns the swarm and is spoken to by messages. There is no DHT and no discovery, but of partners on the local network
//! where it is asked for: a closed federation has its addresses in signed manifests, and anything else would tell outsiders who
//! talks to whom.

mod actor;
mod authors;
mod behaviour;
mod callers;
mod chunks;
mod clocks;
mod dial;
mod frames;
mod held;
mod listen;
mod login;
mod nearby;
mod only;
mod patient;
mod peer_id;
mod reach;
pub(crate) mod reason;
mod relay;
mod socks;
mod streams;
mod swarm;
mod tls;
mod transport;
mod trouble;

pub use authors::ApiStream;
pub(crate) use authors::{IncomingApi, PROTOCOL as API};
pub use chunks::{ChunkStream, IncomingChunks};
pub use frames::{Frames, framed};
pub(crate) use only::Only;
pub use peer_id::{node_id, peer_id};
pub use reach::{Reach, TlsFiles};
pub use reason::Reason;
pub use relay::{PlaceState, RelayTerms};
pub(crate) use swarm::{Patience, swarm};
pub use trouble::{Failure, Trouble};

use crate::Link;
use actor::{Actor, Request};
use focal_protocol::id::NodeId;
use std::{
    collections::BTreeMap,
    net::SocketAddr,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::{Instant, SystemTime},
};
use tokio::sync::{mpsc, oneshot};
use zeroize::Zeroizing;

/// Why the network does not start.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Another process listens there.
    #[error("the address {0} is in use")]
    AddressInUse(String),
    /// Not a multiaddress, or of a transport that this node does not speak.
    #[error("\"{0}\" is not an address to listen on")]
    BadAddress(String),
    /// The operating system refuses.
    #[error("cannot listen on {address}: {why}")]
    Listen {
        /// Where.
        address: String,
        /// Why.
        why: String,
    },
    /// The machine has no IPv6.
    #[error("this machine has no IPv6: nothing listens on {0}")]
    NoIp6(String),
    /// An address with `/tls/ws`, and no certificate to show there.
    #[error("there is no certificate to show at {0}")]
    NoCertificate(String),
    /// A file for TLS is not good.
    #[error("{}: {why}", path.display())]
    Tls {
        /// The file.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// Others can read the file with the proxy's user name and password.
    #[error("{0} can be read by others")]
    OpenLogin(PathBuf),
    /// The file with the proxy's user name and password is not good.
    #[error("{}: {why}", path.display())]
    Login {
        /// The file.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// A user name and a password, and no proxy that they are for.
    #[error("there is a user name and a password for a proxy, and no proxy")]
    LoginAlone,
    /// The transports cannot be built.
    #[error("the network cannot be set up: {0}")]
    Setup(String),
}

impl Error {
    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::AddressInUse(_) => {
                "stop what listens there, or change `listen` in node.toml".into()
            }
            Self::BadAddress(_) => {
                "write it as /ip4/0.0.0.0/tcp/4711, /ip6/::/udp/4711/quic-v1 or /ip4/0.0.0.0/tcp/443/tls/ws"
                    .into()
            }
            Self::Listen { .. } | Self::NoIp6(_) => "change `listen` in node.toml".into(),
            Self::NoCertificate(_) => {
                "name `tls_certificate` and `tls_key` in node.toml, files in PEM".into()
            }
            Self::Tls { .. } => {
                "name readable PEM files: certificates (`tls_certificate`, `tls_authorities`) and the key of the first (`tls_key`)"
                    .into()
            }
            Self::OpenLogin(path) => format!("run: chmod 600 {}", path.display()),
            Self::Login { .. } => {
                "write the user name on its first line and the password on its second (`proxy_login` in node.toml, or --proxy-login)"
                    .into()
            }
            Self::LoginAlone => "name the proxy: `proxy` in node.toml, or --proxy".into(),
            Self::Setup(_) => return None,
        })
    }
}

/// What the swarm needs to start.
pub struct NetConfig {
    /// Seed of the node's Ed25519 identity.
    pub seed: Zeroizing<[u8; 32]>,
    /// Multiaddresses to listen on.
    pub listen: Vec<String>,
    /// How connections leave.
    pub reach: Reach,
    /// What it passes on for partners, if it does.
    pub relay: Option<RelayTerms>,
    /// Whether partners on the same local network are looked for, and told where this node is.
    pub mdns: bool,
}

/// A peer in a current manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerAddress {
    /// The node.
    pub node: NodeId,
    /// Its multiaddresses.
    pub addresses: Vec<String>,
    /// What the link to it can carry.
    pub link: Link,
    /// Whether direct ways to it are looked for.
    pub near: bool,
}

/// What is known of the link to a peer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerState {
    /// The node.
    pub node: NodeId,
    /// Whether there is a connection.
    pub connected: bool,
    /// Whether it goes by way of a relay.
    pub relayed: bool,
    /// Since when it is so.
    pub since: Option<SystemTime>,
    /// Why the last attempt failed.
    pub last_error: Option<Reason>,
}

/// The stream on which a pair of nodes converses.
pub struct PeerStream {
    /// The peer, authenticated by the transport.
    pub node: NodeId,
    /// Whether this side has opened it.
    pub outgoing: bool,
    /// Since when it is there.
    pub since: Instant,
    /// Its frames.
    pub frames: Frames,
}

/// What the handle reads without asking the actor. The actor alone writes it, each value as a whole.
#[derive(Debug, Default)]
struct Seen {
    listening: Vec<String>,
    states: BTreeMap<NodeId, PeerState>,
    unknown_refused: u64,
    places: BTreeMap<String, PlaceState>,
    outside: BTreeMap<String, Result<(), String>>,
}

type SharedSeen = Arc<Mutex<Seen>>;

fn seen(shared: &SharedSeen) -> std::sync::MutexGuard<'_, Seen> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A handle on the swarm.
#[derive(Clone)]
pub struct Net {
    requests: mpsc::UnboundedSender<Request>,
    seen: SharedSeen,
    control: streams::Control,
    authors: streams::Control,
    proxy: Option<SocketAddr>,
}

impl Net {
    /// Starts to listen, then to dial; streams of peers come through `streams`.
    ///
    /// # Errors
    /// An address is in use or no address.
    pub async fn start(
        config: NetConfig,
        streams: mpsc::Sender<PeerStream>,
    ) -> Result<Self, Error> {
        let (requests, receiver) = mpsc::unbounded_channel();
        let shared = SharedSeen::default();
        let mut actor = Actor::new(&config, streams, receiver, shared.clone())?;
        actor.listen(&config).await?;
        let control = actor.control();
        let authors = actor.authors_control();
        tokio::spawn(actor.run());
        Ok(Self {
            requests,
            seen: shared,
            control,
            authors,
            proxy: config.reach.proxy,
        })
    }

    fn tell(&self, request: Request) {
        // The actor ends only when the node stops: then nothing is wanted of it any more.
        let _ = self.requests.send(request);
    }

    /// Replaces the peers that may connect: those no longer listed are cut off, new ones are dialled.
    pub fn peers(&self, peers: Vec<PeerAddress>) {
        self.tell(Request::Peers(peers));
    }

    /// Replaces what this node's own manifest says of where it is.
    pub fn own(&self, addresses: Vec<String>) {
        self.tell(Request::Own(addresses));
    }

    /// The proxy through which everything leaves.
    #[must_use]
    pub fn proxy(&self) -> Option<SocketAddr> {
        self.proxy
    }

    /// The places at partners' relays where this node is to be reached.
    #[must_use]
    pub fn places(&self) -> BTreeMap<String, PlaceState> {
        seen(&self.seen).places.clone()
    }

    /// Addresses of this node that partners have tried, and why they have failed.
    #[must_use]
    pub fn outside(&self) -> BTreeMap<String, Result<(), String>> {
        seen(&self.seen).outside.clone()
    }

    /// Closes the connections to a peer; it is dialled again after a while.
    pub fn drop_peer(&self, node: NodeId) {
        self.tell(Request::Drop(node));
    }

    /// The conversation on a stream that has been there since then has ended: its connections are closed. It goes on over a
    /// newer one, or the peer is dialled again after a while.
    pub fn ended(&self, node: NodeId, since: Instant) {
        self.tell(Request::Ended(node, since));
    }

    /// Addresses on which the node listens.
    #[must_use]
    pub fn listening(&self) -> Vec<String> {
        seen(&self.seen).listening.clone()
    }

    /// The links to all peers.
    #[must_use]
    pub fn states(&self) -> Vec<PeerState> {
        seen(&self.seen).states.values().cloned().collect()
    }

    /// Connections by nodes in no manifest that were refused.
    #[must_use]
    pub fn unknown_refused(&self) -> u64 {
        seen(&self.seen).unknown_refused
    }

    /// Closes everything.
    pub async fn shutdown(&self) {
        let (done, closed) = oneshot::channel();
        self.tell(Request::Shutdown(done));
        // An error means that it is closed already.
        let _ = closed.await;
    }
}

#[cfg(test)]
mod tests;
