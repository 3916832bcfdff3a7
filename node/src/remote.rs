//! An author's way to the node: a libp2p connection with the author's key as identity, and streams with the node's API
//! at the other end. The other side is the `door`.
//!
//! Nothing listens here, nothing is announced, and only the nodes that are named are dialled.

mod pulse;
mod stream;

pub use pulse::Moved;
pub use stream::Stream;

use crate::{
    Link as Kind,
    net::{self, API, ApiStream, Only, Patience, Reach, Reason, node_id, reason::Cause, swarm},
};
use focal_protocol::id::NodeId;
use futures::StreamExt;
use libp2p::{
    Multiaddr, PeerId, Swarm,
    multiaddr::Protocol,
    ping, relay,
    swarm::{NetworkBehaviour, SwarmEvent},
};
use libp2p_stream::OpenStreamError;
use pulse::{LOOK, Pulse, pings};
use std::{
    collections::BTreeMap,
    io,
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};
use tokio::sync::{mpsc, oneshot};
use tokio_util::{compat::FuturesAsyncReadCompatExt, sync::CancellationToken};
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
    /// Nothing comes any more, and nobody has said that it ends.
    #[error("the link has gone silent: nothing comes from the node any more")]
    Silent,
}

focal_protocol::worded! {
    Error {
        Self::BadAddress(text) => "remote-bad-address" { text: text.as_str() },
        Self::Setup(why) => "remote-setup" { why: why.as_str() },
        Self::Unreachable(why) => "remote-unreachable" { why: why.part() },
        Self::OtherNode => "remote-other-node",
        Self::NotLetIn => "remote-not-let-in",
        Self::Broken(why) => "remote-broken" { why: why.part() },
        Self::Silent => "remote-silent",
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
    /// Whether it is still there.
    pings: Only<ping::Behaviour>,
    /// Goes by way of a relay, where the address says so.
    by_relay: relay::client::Behaviour,
}

type Reply = oneshot::Sender<Result<Stream, Error>>;
/// What came of opening a stream: late is one on which nobody answered in time.
type Opened = Result<ApiStream, Unopened>;
type Make = Box<dyn Fn() -> Result<Swarm<Behaviour>, net::Error> + Send>;

/// A node that an author speaks with. Dropping it closes the connection.
#[derive(Debug, Clone)]
pub struct Remote {
    requests: mpsc::UnboundedSender<Reply>,
    moved: Arc<Moved>,
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
        let (seed, reach, peer) = (seed.clone(), reach.clone(), node.peer);
        let make: Make = Box::new(move || {
            let patience = Patience {
                handshake: HANDSHAKE,
                idle: IDLE,
            };
            swarm(&seed, &reach, &patience, |_, by_relay| {
                let mut streams = Only::nobody();
                streams.add(peer);
                let mut pings = Only::with(pings(link));
                pings.add(peer);
                Ok(Behaviour {
                    streams,
                    pings,
                    by_relay,
                })
            })
        });
        let swarm = make().map_err(|e| Error::Setup(e.to_string()))?;
        let (requests, receiver) = mpsc::unbounded_channel();
        let moved = Arc::<Moved>::default();
        let link = Link::new(swarm, make, node, link, receiver, moved.clone());
        tokio::spawn(link.run());
        Ok(Self { requests, moved })
    }

    /// What has passed on its streams.
    #[must_use]
    pub fn moved(&self) -> &Arc<Moved> {
        &self.moved
    }

    /// Whether the last connection went silent, and was given up.
    #[must_use]
    pub fn is_silent(&self) -> bool {
        self.moved.silent.load(Ordering::Relaxed)
    }

    /// Opens a stream; dials the node first if there is no connection.
    ///
    /// # Errors
    /// Why it does not come to one.
    pub async fn open(&self) -> Result<Stream, Error> {
        let gone = || Error::Broken(Reason::of(&Cause::Stopped));
        let (reply, answer) = oneshot::channel();
        self.requests.send(reply).map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }
}

/// Why there is no stream on a connection that stands.
#[derive(Debug)]
enum Unopened {
    /// Nobody answered in time.
    Late,
    /// Anything else.
    Because(Reason),
}

/// The task that owns the swarm.
struct Link {
    swarm: Swarm<Behaviour>,
    /// Makes another one in the place of one whose link is dead.
    make: Make,
    node: NodeAddress,
    link: Kind,
    moved: Arc<Moved>,
    /// Of the present connection.
    pulse: Option<Pulse>,
    /// Ends the streams of the present connection.
    dead: CancellationToken,
    requests: mpsc::UnboundedReceiver<Reply>,
    /// Who waits for the connection.
    waiting: Vec<Reply>,
    /// Who waits for a stream on it, by a number.
    opening: BTreeMap<u64, Reply>,
    opened: mpsc::UnboundedReceiver<(u64, Opened)>,
    tell: mpsc::UnboundedSender<(u64, Opened)>,
    next: u64,
    /// Whether any stream was opened on the present connection.
    spoken: bool,
}

impl Link {
    fn new(
        swarm: Swarm<Behaviour>,
        make: Make,
        node: NodeAddress,
        link: Kind,
        requests: mpsc::UnboundedReceiver<Reply>,
        moved: Arc<Moved>,
    ) -> Self {
        let (tell, opened) = mpsc::unbounded_channel();
        Self {
            swarm,
            make,
            node,
            link,
            moved,
            pulse: None,
            dead: CancellationToken::new(),
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
        let mut look = tokio::time::interval(LOOK);
        look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = look.tick(), if self.pulse.is_some() => if !self.look() {
                    return;
                },
                event = self.swarm.select_next_some() => self.event(event),
                Some((number, result)) = self.opened.recv() => if !self.answer(number, result) {
                    return;
                },
                reply = self.requests.recv() => match reply {
                    Some(reply) => self.wanted(reply),
                    None => return,
                },
            }
        }
    }

    /// Gives the connection up if its link is dead. False: there will be no other.
    fn look(&mut self) -> bool {
        let now = Instant::now();
        let pulse = self.pulse.as_mut();
        if !pulse.is_some_and(|pulse| pulse.is_dead(now, &self.moved)) {
            return true;
        }
        self.bury()
    }

    /// Gives the connection up. False: there will be no other.
    fn bury(&mut self) -> bool {
        tracing::debug!("the link has gone silent");
        self.moved.silent.store(true, Ordering::Relaxed);
        self.pulse = None;
        std::mem::take(&mut self.dead).cancel();
        self.fail(&Error::Silent);
        // Closing waits until what was written has gone out: that is never. What is dropped is closed at once.
        match (self.make)() {
            Ok(swarm) => {
                self.swarm = swarm;
                true
            }
            Err(e) => {
                tracing::debug!("no other connection: {e}");
                false
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
                .map_err(|e| match e {
                    OpenStreamError::Io(e) if e.kind() == io::ErrorKind::TimedOut => Unopened::Late,
                    e => Unopened::Because(Reason::of_open(&e)),
                });
            // The task may have ended meanwhile.
            let _ = tell.send((number, result));
        });
    }

    /// Hands a stream to who waits for it. False: there will be no other connection.
    fn answer(&mut self, number: u64, result: Opened) -> bool {
        self.spoken |= result.is_ok();
        let Some(reply) = self.opening.remove(&number) else {
            return true;
        };
        let result = match result {
            Ok(stream) => {
                let (moved, dead) = (self.moved.clone(), self.dead.clone());
                Ok(Stream::new(stream, moved, dead))
            }
            // Who says nothing to that for so long is not there.
            Err(Unopened::Late) if self.swarm.is_connected(&self.node.peer) => {
                let _ = reply.send(Err(Error::Silent));
                return self.bury();
            }
            Err(Unopened::Late) => Err(Error::Silent),
            // Speaks to us, but not about this: a node of before, or not of our organisation.
            Err(_) if self.swarm.is_connected(&self.node.peer) => Err(Error::NotLetIn),
            Err(Unopened::Because(why)) => Err(Error::Broken(why)),
        };
        // Who asked may have gone.
        let _ = reply.send(result);
        true
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
                self.moved.silent.store(false, Ordering::Relaxed);
                self.pulse = Some(Pulse::new(self.link, Instant::now(), &self.moved));
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
                self.pulse = None;
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
            SwarmEvent::Behaviour(BehaviourEvent::Pings(event)) => {
                if let Some(pulse) = &mut self.pulse {
                    match event.result {
                        Ok(_) => pulse.heard(Instant::now(), &self.moved),
                        Err(ping::Failure::Unsupported) => pulse.knows_none(),
                        // What has come since says more.
                        Err(_) => {}
                    }
                }
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
