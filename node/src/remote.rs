//! An author's way to the node: a libp2p connection with the author's key as identity, and streams with the node's API
//! at the other end. The other side is the `door`.
//!
//! Nothing listens here, nothing is announced, and only the nodes that are named are dialled.

use crate::{
    Link as Kind,
    net::{API, ApiStream, Only, Patience, Reach, Reason, node_id, reason::Cause, swarm},
};
use focal_protocol::id::NodeId;
use futures::StreamExt;
use libp2p::{
    Multiaddr, PeerId, Swarm,
    multiaddr::Protocol,
    relay,
    swarm::{NetworkBehaviour, SwarmEvent},
};
use std::{collections::BTreeMap, time::Duration};
use tokio::sync::{mpsc, oneshot};
use tokio_util::compat::FuturesAsyncReadCompatExt;
use zeroize::Zeroizing;

/// As long as the node gives a handshake, and its own time for the first packets.
const HANDSHAKE: Duration = Duration::from_secs(100);
/// A person who thinks about a question keeps the connection.
const IDLE: Duration = Duration::from_secs(600);

/// Why there is no stream to the node.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Not a multiaddress, or one that does not name the node.
    #[error("\"{0}\" is not the address of a node")]
    BadAddress(String),
    /// The network cannot be used as it was told.
    #[error("{0}")]
    Setup(String),
    /// No address of the node answers.
    #[error("{}", .0.text)]
    Unreachable(Reason),
    /// Somebody else answers at its address.
    #[error("another node answers at its address")]
    OtherNode,
    /// The node hangs up after the handshake.
    #[error("the node hangs up, as it does when it knows no author with this key")]
    NotLetIn,
    /// The connection broke.
    #[error("the connection broke: {}", .0.text)]
    Broken(Reason),
}

focal_protocol::worded! {
    Error {
        Self::BadAddress(text) => "remote-bad-address" { text: text.as_str() },
        Self::Setup(why) => "remote-setup" { why: why.as_str() },
        Self::Unreachable(why) => "remote-unreachable" { why: why.part() },
        Self::OtherNode => "remote-other-node",
        Self::NotLetIn => "remote-not-let-in",
        Self::Broken(why) => "remote-broken" { why: why.part() },
    }
}

/// The addresses of a node: each names it at its end, as `/dns4/focal.example.org/tcp/4711/p2p/12D3Koo…`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeAddress {
    peer: PeerId,
    addresses: Vec<Multiaddr>,
}

impl NodeAddress {
    /// Reads addresses; they name one node.
    ///
    /// # Errors
    /// [`Error::BadAddress`] with the first that is none, or names another node than the first.
    pub fn parse(texts: &[String]) -> Result<Self, Error> {
        let mut found: Option<Self> = None;
        for text in texts {
            let bad = || Error::BadAddress(text.chars().take(256).collect());
            let mut address: Multiaddr = text.parse().map_err(|_| bad())?;
            let Some(Protocol::P2p(peer)) = address.pop() else {
                return Err(bad());
            };
            // Only Ed25519 keys are nodes' ids.
            node_id(&peer).ok_or_else(bad)?;
            if address.is_empty() {
                return Err(bad());
            }
            match &mut found {
                None => {
                    found = Some(Self {
                        peer,
                        addresses: vec![address],
                    });
                }
                Some(node) if node.peer == peer => node.addresses.push(address),
                Some(_) => return Err(bad()),
            }
        }
        found.ok_or_else(|| Error::BadAddress(String::new()))
    }

    /// The node.
    #[must_use]
    pub fn node(&self) -> NodeId {
        node_id(&self.peer).expect("checked when it was read")
    }

    /// An address as the node announces it, with the node's name at its end.
    #[must_use]
    pub fn full(address: &str, node: &NodeId) -> Option<String> {
        let peer = crate::net::peer_id(node)?;
        let address: Multiaddr = address.parse().ok()?;
        address.with_p2p(peer).ok().map(|a| a.to_string())
    }
}

#[derive(NetworkBehaviour)]
struct Behaviour {
    /// The API of the one node.
    streams: Only,
    /// Goes by way of a relay, where the address says so.
    by_relay: relay::client::Behaviour,
}

type Reply = oneshot::Sender<Result<ApiStream, Error>>;

/// A node that an author speaks with. Dropping it closes the connection.
#[derive(Debug, Clone)]
pub struct Remote {
    requests: mpsc::UnboundedSender<Reply>,
}

impl Remote {
    /// Gets ready; nothing is dialled yet.
    ///
    /// # Errors
    /// [`Error::Setup`].
    pub fn new(
        seed: &Zeroizing<[u8; 32]>,
        node: NodeAddress,
        link: Kind,
        reach: &Reach,
    ) -> Result<Self, Error> {
        let mut streams = Only::nobody();
        streams.add(node.peer);
        let patience = Patience {
            handshake: HANDSHAKE,
            idle: IDLE,
        };
        let swarm = swarm(seed, reach, &patience, |_, by_relay| {
            Ok(Behaviour { streams, by_relay })
        })
        .map_err(|e| Error::Setup(e.to_string()))?;
        let (requests, receiver) = mpsc::unbounded_channel();
        tokio::spawn(Link::new(swarm, node, link, receiver).run());
        Ok(Self { requests })
    }

    /// Opens a stream; dials the node first if there is no connection.
    ///
    /// # Errors
    /// Why it does not come to one.
    pub async fn open(&self) -> Result<ApiStream, Error> {
        let gone = || Error::Broken(Reason::of(&Cause::Stopped));
        let (reply, answer) = oneshot::channel();
        self.requests.send(reply).map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }
}

/// The task that owns the swarm.
struct Link {
    swarm: Swarm<Behaviour>,
    node: NodeAddress,
    link: Kind,
    requests: mpsc::UnboundedReceiver<Reply>,
    /// Who waits for the connection.
    waiting: Vec<Reply>,
    /// Who waits for a stream on it, by a number.
    opening: BTreeMap<u64, Reply>,
    opened: mpsc::UnboundedReceiver<(u64, Result<ApiStream, Reason>)>,
    tell: mpsc::UnboundedSender<(u64, Result<ApiStream, Reason>)>,
    next: u64,
    /// Whether any stream was opened on the present connection.
    spoken: bool,
}

impl Link {
    fn new(
        swarm: Swarm<Behaviour>,
        node: NodeAddress,
        link: Kind,
        requests: mpsc::UnboundedReceiver<Reply>,
    ) -> Self {
        let (tell, opened) = mpsc::unbounded_channel();
        Self {
            swarm,
            node,
            link,
            requests,
            waiting: Vec::new(),
            opening: BTreeMap::new(),
            opened,
            tell,
            next: 0,
            spoken: false,
        }
    }

    async fn run(mut self) {
        loop {
            tokio::select! {
                event = self.swarm.select_next_some() => self.event(event),
                Some((number, result)) = self.opened.recv() => self.answer(number, result),
                reply = self.requests.recv() => match reply {
                    Some(reply) => self.wanted(reply),
                    None => return,
                },
            }
        }
    }

    fn wanted(&mut self, reply: Reply) {
        if self.swarm.is_connected(&self.node.peer) {
            self.open(reply);
            return;
        }
        self.waiting.push(reply);
        let opts = self.link.dial(self.node.peer, self.node.addresses.clone());
        match self.swarm.dial(opts) {
            // Under way already.
            Ok(()) | Err(libp2p::swarm::DialError::DialPeerConditionFalse(_)) => {}
            Err(e) => self.fail(&Error::Unreachable(Reason::of_dial(&e))),
        }
    }

    fn open(&mut self, reply: Reply) {
        let number = self.next;
        self.next += 1;
        self.opening.insert(number, reply);
        let mut control = self.swarm.behaviour().streams.control();
        let (peer, tell) = (self.node.peer, self.tell.clone());
        tokio::spawn(async move {
            let result = control.open_stream(peer, API).await;
            let result = result
                .map(FuturesAsyncReadCompatExt::compat)
                .map_err(|e| Reason::of_open(&e));
            // The task may have ended meanwhile.
            let _ = tell.send((number, result));
        });
    }

    fn answer(&mut self, number: u64, result: Result<ApiStream, Reason>) {
        self.spoken |= result.is_ok();
        let Some(reply) = self.opening.remove(&number) else {
            return;
        };
        let result = match result {
            Ok(stream) => Ok(stream),
            // Speaks to us, but not about this: a node of before, or not of our organisation.
            Err(_) if self.swarm.is_connected(&self.node.peer) => Err(Error::NotLetIn),
            Err(why) => Err(Error::Broken(why)),
        };
        // Who asked may have gone.
        let _ = reply.send(result);
    }

    fn fail(&mut self, error: &Error) {
        let opening = std::mem::take(&mut self.opening);
        for reply in self.waiting.drain(..).chain(opening.into_values()) {
            let _ = reply.send(Err(error.clone()));
        }
    }

    fn event(&mut self, event: SwarmEvent<BehaviourEvent>) {
        // A relay on the way is not the node.
        match event {
            SwarmEvent::ConnectionEstablished { peer_id, .. } if peer_id == self.node.peer => {
                self.spoken = false;
                for reply in std::mem::take(&mut self.waiting) {
                    self.open(reply);
                }
            }
            SwarmEvent::ConnectionClosed {
                peer_id,
                num_established: 0,
                cause,
                ..
            } if peer_id == self.node.peer => {
                let why = cause.map_or_else(|| Reason::of(&Cause::Closed), |e| Reason::of_end(&e));
                // Hung up before a word was said: that is how a node treats keys that it does not know.
                let error = if self.spoken {
                    Error::Broken(why)
                } else {
                    Error::NotLetIn
                };
                self.fail(&error);
            }
            SwarmEvent::OutgoingConnectionError {
                peer_id: Some(peer_id),
                error,
                ..
            } if peer_id == self.node.peer => {
                let error = match &error {
                    libp2p::swarm::DialError::WrongPeerId { .. } => Error::OtherNode,
                    other => Error::Unreachable(Reason::of_dial(other)),
                };
                self.fail(&error);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use focal_protocol::{key::SecretKey, random::SystemRandom};

    #[test]
    fn an_address_names_its_node() {
        let node = NodeId(SecretKey::generate(&SystemRandom).public().0);
        let full = |address: &str| NodeAddress::full(address, &node).expect("an address");
        let tcp = full("/dns4/focal.example.org/tcp/4711");
        let quic = full("/ip6/2001:db8::1/udp/4711/quic-v1");
        let parsed = NodeAddress::parse(&[tcp.clone(), quic]).expect("parsed");
        assert_eq!(parsed.node(), node);
        assert_eq!(full(&tcp), tcp);
        let other = NodeId(SecretKey::generate(&SystemRandom).public().0);
        let other = NodeAddress::full("/ip4/192.0.2.1/tcp/1", &other).expect("an address");
        for bad in [
            vec![],
            vec!["/ip4/192.0.2.1/tcp/4711".to_string()],
            vec!["focal.example.org".into()],
            vec![tcp, other],
        ] {
            assert!(NodeAddress::parse(&bad).is_err(), "{bad:?}");
        }
    }
}
