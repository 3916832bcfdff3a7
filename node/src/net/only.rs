//! A behaviour for some peers only: nobody else can even agree on a protocol of it.

use super::{
    patient::Patient,
    streams::{Control, Streams},
};
use libp2p::{
    Multiaddr, PeerId,
    core::{Endpoint, transport::PortUse},
    swarm::{
        ConnectionDenied, ConnectionId, FromSwarm, NetworkBehaviour, THandler, THandlerInEvent,
        THandlerOutEvent, ToSwarm, derive_prelude::Either, dummy,
    },
};
use std::{
    collections::{BTreeSet, VecDeque},
    task::{Context, Poll},
};

/// Addresses at which this node may be reached that are kept and tried: peers could tell others without end.
const CANDIDATES: usize = 32;

/// What is done with one group of peers. On connections of others there are no protocols of this group to speak, and nothing is
/// heard of them: some behaviours panic when a connection ends that they were not asked about.
pub(crate) struct Only<B = Streams> {
    inner: B,
    peers: BTreeSet<PeerId>,
    connections: BTreeSet<ConnectionId>,
    candidates: BTreeSet<Multiaddr>,
    offers: VecDeque<Multiaddr>,
}

/// What a connection speaks: the group's protocols, or none of them.
type Handler<B> = Either<Patient<THandler<B>>, dummy::ConnectionHandler>;

impl Only {
    pub(crate) fn nobody() -> Self {
        Self::with(Streams::new())
    }

    /// Opens and accepts streams.
    pub(crate) fn control(&self) -> Control {
        self.inner.control()
    }
}

impl<B> Only<B> {
    pub(crate) fn with(inner: B) -> Self {
        Self {
            inner,
            peers: BTreeSet::new(),
            connections: BTreeSet::new(),
            candidates: BTreeSet::new(),
            offers: VecDeque::new(),
        }
    }

    /// Whether the peer is of the group.
    pub(crate) fn has(&self, peer: &PeerId) -> bool {
        self.peers.contains(peer)
    }

    /// Makes the peer one of the group, for connections from now on.
    pub(crate) fn add(&mut self, peer: PeerId) -> bool {
        self.peers.insert(peer)
    }

    /// Names an address at which this node may be reached, for behaviours to find out.
    pub(crate) fn offer(&mut self, address: Multiaddr) {
        if self.is_new(&address) {
            self.offers.push_back(address);
        }
    }

    fn is_new(&mut self, address: &Multiaddr) -> bool {
        self.candidates.len() < CANDIDATES && self.candidates.insert(address.clone())
    }

    /// Makes the peer no longer one of the group. Its connections are the caller's to close.
    pub(crate) fn remove(&mut self, peer: &PeerId) -> bool {
        self.peers.remove(peer)
    }
}

impl<B: NetworkBehaviour> NetworkBehaviour for Only<B> {
    type ConnectionHandler = Handler<B>;
    type ToSwarm = B::ToSwarm;

    fn handle_established_inbound_connection(
        &mut self,
        id: ConnectionId,
        peer: PeerId,
        local: &Multiaddr,
        remote: &Multiaddr,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        if !self.has(&peer) {
            return Ok(Either::Right(dummy::ConnectionHandler));
        }
        let handler = self
            .inner
            .handle_established_inbound_connection(id, peer, local, remote)?;
        self.connections.insert(id);
        Ok(Either::Left(Patient(handler)))
    }

    fn handle_established_outbound_connection(
        &mut self,
        id: ConnectionId,
        peer: PeerId,
        address: &Multiaddr,
        role: Endpoint,
        port: PortUse,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        if !self.has(&peer) {
            return Ok(Either::Right(dummy::ConnectionHandler));
        }
        let handler = self
            .inner
            .handle_established_outbound_connection(id, peer, address, role, port)?;
        self.connections.insert(id);
        Ok(Either::Left(Patient(handler)))
    }

    fn on_swarm_event(&mut self, event: FromSwarm) {
        let ours = match &event {
            FromSwarm::ConnectionEstablished(e) => self.connections.contains(&e.connection_id),
            FromSwarm::AddressChange(e) => self.connections.contains(&e.connection_id),
            FromSwarm::ConnectionClosed(e) => self.connections.remove(&e.connection_id),
            // Another behaviour may have denied what this one has agreed to.
            FromSwarm::DialFailure(e) => {
                self.connections.remove(&e.connection_id);
                true
            }
            FromSwarm::ListenFailure(e) => {
                self.connections.remove(&e.connection_id);
                true
            }
            _ => true,
        };
        if !ours {
            return;
        }
        self.inner.on_swarm_event(event);
    }

    fn on_connection_handler_event(
        &mut self,
        peer: PeerId,
        id: ConnectionId,
        event: THandlerOutEvent<Self>,
    ) {
        match event {
            Either::Left(event) => {
                self.inner.on_connection_handler_event(peer, id, event);
            }
            Either::Right(never) => match never {},
        }
    }

    fn poll(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<ToSwarm<Self::ToSwarm, THandlerInEvent<Self>>> {
        if let Some(address) = self.offers.pop_front() {
            return Poll::Ready(ToSwarm::NewExternalAddrCandidate(address));
        }
        loop {
            let Poll::Ready(action) = self.inner.poll(cx) else {
                return Poll::Pending;
            };
            match &action {
                ToSwarm::NewExternalAddrCandidate(address) if !self.is_new(address) => {}
                _ => return Poll::Ready(action.map_in(Either::Left)),
            }
        }
    }
}
