//! Partners on the same local network (mDNS), where an operator asks for it.

use super::relay;
use libp2p::{
    Multiaddr, PeerId,
    core::{Endpoint, transport::PortUse},
    mdns,
    multiaddr::Protocol,
    swarm::{
        ConnectionDenied, ConnectionId, FromSwarm, NetworkBehaviour, THandler, THandlerInEvent,
        THandlerOutEvent, ToSwarm, dummy,
    },
};
use std::{
    io,
    task::{Context, Poll, ready},
};

/// Tells the local network this node's name and numbers, and hears those of others. What it hears proves nothing: it is where a
/// partner is dialled, no more.
pub(super) struct Nearby(mdns::tokio::Behaviour);

impl Nearby {
    pub(super) fn new(me: PeerId) -> io::Result<Self> {
        mdns::tokio::Behaviour::new(mdns::Config::default(), me).map(Self)
    }
}

/// Whether an address that was heard may be dialled: a number on some network, and nobody's relay.
pub(super) fn is_near(address: &Multiaddr) -> bool {
    let first = address.iter().next();
    matches!(first, Some(Protocol::Ip4(_) | Protocol::Ip6(_))) && !relay::is_relayed(address)
}

impl NetworkBehaviour for Nearby {
    type ConnectionHandler = dummy::ConnectionHandler;
    type ToSwarm = mdns::Event;

    fn handle_established_inbound_connection(
        &mut self,
        _: ConnectionId,
        _: PeerId,
        _: &Multiaddr,
        _: &Multiaddr,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        Ok(dummy::ConnectionHandler)
    }

    fn handle_established_outbound_connection(
        &mut self,
        _: ConnectionId,
        _: PeerId,
        _: &Multiaddr,
        _: Endpoint,
        _: PortUse,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        Ok(dummy::ConnectionHandler)
    }

    fn on_swarm_event(&mut self, event: FromSwarm) {
        // A place at a relay has the name of the partner's host in it.
        if let FromSwarm::NewListenAddr(new) = &event
            && !is_near(new.addr)
        {
            return;
        }
        self.0.on_swarm_event(event);
    }

    fn on_connection_handler_event(
        &mut self,
        _: PeerId,
        _: ConnectionId,
        event: THandlerOutEvent<Self>,
    ) {
        match event {}
    }

    fn poll(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<ToSwarm<Self::ToSwarm, THandlerInEvent<Self>>> {
        loop {
            // Nothing else of it is wanted: no other behaviour is told who is near.
            if let ToSwarm::GenerateEvent(event) = ready!(self.0.poll(cx)) {
                return Poll::Ready(ToSwarm::GenerateEvent(event));
            }
        }
    }
}
