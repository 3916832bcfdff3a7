//! Streams of our own protocols, and a queue for those that come.
//!
//! `libp2p_stream` keeps one incoming stream of each protocol and silently drops what comes before that one is taken: on a
//! busy machine two officers at the same moment, or the second stream of one, would find their connection cut. What is
//! agreed on is put into queues of our own instead.

use libp2p::{
    Multiaddr, PeerId, Stream, StreamProtocol,
    core::{Endpoint, transport::PortUse},
    swarm::{
        ConnectionDenied, ConnectionHandler, ConnectionHandlerEvent, ConnectionId, FromSwarm,
        NetworkBehaviour, SubstreamProtocol, THandler, THandlerInEvent, THandlerOutEvent, ToSwarm,
        handler::{ConnectionEvent, FullyNegotiatedInbound},
    },
};
use libp2p_stream::{AlreadyRegistered, IncomingStreams, OpenStreamError};
use std::{
    collections::HashMap,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
};
use tokio::sync::mpsc;

/// Streams of one protocol that may wait to be taken: as many as handshakes may be under way.
const WAITING: usize = 64;

type Queue = mpsc::Sender<(PeerId, Stream)>;

/// Where the streams of each protocol go.
#[derive(Clone, Default)]
struct Queues(Arc<Mutex<HashMap<StreamProtocol, Queue>>>);

impl Queues {
    fn lock(&self) -> MutexGuard<'_, HashMap<StreamProtocol, Queue>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put(&self, peer: PeerId, stream: Stream, protocol: &StreamProtocol) {
        let queue = self.lock().get(protocol).cloned();
        if queue.is_none_or(|q| q.try_send((peer, stream)).is_err()) {
            tracing::debug!(
                "a stream of {protocol} was dropped: {WAITING} wait, or nobody takes them"
            );
        }
    }
}

/// Opens and accepts streams.
pub(crate) struct Streams {
    inner: libp2p_stream::Behaviour,
    queues: Queues,
}

impl Streams {
    pub(super) fn new() -> Self {
        Self {
            inner: libp2p_stream::Behaviour::new(),
            queues: Queues::default(),
        }
    }

    pub(super) fn control(&self) -> Control {
        Control {
            inner: self.inner.new_control(),
            queues: self.queues.clone(),
        }
    }

    fn queued(&self, peer: PeerId, handler: THandler<libp2p_stream::Behaviour>) -> Queued {
        Queued {
            handler,
            peer,
            queues: self.queues.clone(),
        }
    }
}

/// A handle on the streams of a swarm.
#[derive(Clone)]
pub(crate) struct Control {
    inner: libp2p_stream::Control,
    queues: Queues,
}

impl Control {
    /// Opens a stream to a peer.
    pub(crate) async fn open_stream(
        &mut self,
        peer: PeerId,
        protocol: StreamProtocol,
    ) -> Result<Stream, OpenStreamError> {
        self.inner.open_stream(peer, protocol).await
    }

    /// Accepts streams from now on, unless somebody does already.
    pub(crate) fn accept(
        &mut self,
        protocol: StreamProtocol,
    ) -> Result<Incoming, AlreadyRegistered> {
        let offered = self.inner.accept(protocol.clone())?;
        let (queue, streams) = mpsc::channel(WAITING);
        self.queues.lock().insert(protocol, queue);
        Ok(Incoming {
            streams,
            _offered: offered,
        })
    }
}

/// Streams that peers open.
pub(crate) struct Incoming {
    streams: mpsc::Receiver<(PeerId, Stream)>,
    /// As long as it is there the protocol is agreed to.
    _offered: IncomingStreams,
}

impl futures::Stream for Incoming {
    type Item = (PeerId, Stream);

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.streams.poll_recv(cx)
    }
}

impl NetworkBehaviour for Streams {
    type ConnectionHandler = Queued;
    type ToSwarm = ();

    fn handle_established_inbound_connection(
        &mut self,
        id: ConnectionId,
        peer: PeerId,
        local: &Multiaddr,
        remote: &Multiaddr,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        let handler = self
            .inner
            .handle_established_inbound_connection(id, peer, local, remote)?;
        Ok(self.queued(peer, handler))
    }

    fn handle_established_outbound_connection(
        &mut self,
        id: ConnectionId,
        peer: PeerId,
        address: &Multiaddr,
        role: Endpoint,
        port: PortUse,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        let handler = self
            .inner
            .handle_established_outbound_connection(id, peer, address, role, port)?;
        Ok(self.queued(peer, handler))
    }

    fn on_swarm_event(&mut self, event: FromSwarm) {
        self.inner.on_swarm_event(event);
    }

    fn on_connection_handler_event(
        &mut self,
        peer: PeerId,
        id: ConnectionId,
        event: THandlerOutEvent<Self>,
    ) {
        self.inner.on_connection_handler_event(peer, id, event);
    }

    fn poll(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<ToSwarm<Self::ToSwarm, THandlerInEvent<Self>>> {
        self.inner.poll(cx)
    }
}

type Inner = THandler<libp2p_stream::Behaviour>;

/// A handler that puts what comes into the queues.
pub(crate) struct Queued {
    handler: Inner,
    peer: PeerId,
    queues: Queues,
}

impl ConnectionHandler for Queued {
    type FromBehaviour = <Inner as ConnectionHandler>::FromBehaviour;
    type ToBehaviour = <Inner as ConnectionHandler>::ToBehaviour;
    type InboundProtocol = <Inner as ConnectionHandler>::InboundProtocol;
    type OutboundProtocol = <Inner as ConnectionHandler>::OutboundProtocol;
    type InboundOpenInfo = <Inner as ConnectionHandler>::InboundOpenInfo;
    type OutboundOpenInfo = <Inner as ConnectionHandler>::OutboundOpenInfo;

    fn listen_protocol(&self) -> SubstreamProtocol<Self::InboundProtocol, Self::InboundOpenInfo> {
        self.handler.listen_protocol()
    }

    fn connection_keep_alive(&self) -> bool {
        self.handler.connection_keep_alive()
    }

    fn poll(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<
        ConnectionHandlerEvent<Self::OutboundProtocol, Self::OutboundOpenInfo, Self::ToBehaviour>,
    > {
        self.handler.poll(cx)
    }

    fn poll_close(&mut self, cx: &mut Context<'_>) -> Poll<Option<Self::ToBehaviour>> {
        self.handler.poll_close(cx)
    }

    fn on_behaviour_event(&mut self, event: Self::FromBehaviour) {
        self.handler.on_behaviour_event(event);
    }

    fn on_connection_event(
        &mut self,
        event: ConnectionEvent<
            '_,
            Self::InboundProtocol,
            Self::OutboundProtocol,
            Self::InboundOpenInfo,
            Self::OutboundOpenInfo,
        >,
    ) {
        match event {
            ConnectionEvent::FullyNegotiatedInbound(FullyNegotiatedInbound {
                protocol: (stream, protocol),
                ..
            }) => self.queues.put(self.peer, stream, &protocol),
            other => self.handler.on_connection_event(other),
        }
    }
}
