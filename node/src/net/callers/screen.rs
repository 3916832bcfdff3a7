//! Attending to callers: between the ways and the swarm.

use super::{Callers, Origin};
use crate::net::transport::Ways;
use futures::future::{Abortable, BoxFuture};
use libp2p::{
    Multiaddr, PeerId, Transport,
    core::{
        muxing::StreamMuxerBox,
        transport::{DialOpts, ListenerId, TransportError, TransportEvent},
    },
    swarm::derive_prelude::{ConnectedPoint, Either},
    tcp::tokio::TcpStream,
};
use std::{
    future::Future,
    io,
    pin::Pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

/// How long a caller may say nothing. Who calls speaks first, with what completes the connection: three packets of it may be
/// lost, each sent again after twice as long.
pub(in crate::net) const SILENCE: Duration = Duration::from_secs(20);

tokio::task_local! {
    /// Whether the caller who is attended to has said something.
    static HEARD: Arc<AtomicBool>;
}

/// The ways, with those who call over them in bounds.
pub(in crate::net) struct Screen {
    ways: Ways,
    callers: Arc<Mutex<Callers>>,
}

type Connected = io::Result<(PeerId, StreamMuxerBox)>;

impl Screen {
    pub(in crate::net) fn before(ways: Ways) -> Self {
        Self {
            ways,
            callers: Arc::default(),
        }
    }

    fn attend(
        &self,
        origin: Origin,
        handshake: impl Future<Output = Connected> + Send + 'static,
    ) -> BoxFuture<'static, Connected> {
        let call = whole(&self.callers).enter(origin);
        let place = Place(self.callers.clone(), call.number);
        Box::pin(async move {
            // Held until the caller is known or gone, also if nobody waits for that.
            let _place = place;
            let handshake = HEARD.scope(call.heard, handshake);
            let ended = Abortable::new(handshake, call.end).await;
            ended.unwrap_or_else(|_| Err(io::Error::other("others call")))
        })
    }
}

fn whole(callers: &Mutex<Callers>) -> MutexGuard<'_, Callers> {
    callers.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A caller's place; dropping it makes room.
struct Place(Arc<Mutex<Callers>>, u64);

impl Drop for Place {
    fn drop(&mut self) {
        whole(&self.0).leave(self.1);
    }
}

impl Transport for Screen {
    type Output = (PeerId, StreamMuxerBox);
    type Error = io::Error;
    type ListenerUpgrade = BoxFuture<'static, Connected>;
    type Dial = <Ways as Transport>::Dial;

    fn listen_on(
        &mut self,
        id: ListenerId,
        at: Multiaddr,
    ) -> Result<(), TransportError<io::Error>> {
        self.ways.listen_on(id, at)
    }

    fn remove_listener(&mut self, id: ListenerId) -> bool {
        self.ways.remove_listener(id)
    }

    fn dial(
        &mut self,
        to: Multiaddr,
        opts: DialOpts,
    ) -> Result<Self::Dial, TransportError<io::Error>> {
        self.ways.dial(to, opts)
    }

    fn poll(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<TransportEvent<Self::ListenerUpgrade, io::Error>> {
        let event = std::task::ready!(Pin::new(&mut self.ways).poll(cx));
        let origin = match &event {
            TransportEvent::Incoming {
                local_addr,
                send_back_addr,
                ..
            } => Origin::of(local_addr, send_back_addr),
            _ => Origin::Elsewhere,
        };
        Poll::Ready(event.map_upgrade(|handshake| self.attend(origin, handshake)))
    }
}

/// TCP on which a caller is attended to from the first byte on, and not for long before it.
pub(in crate::net) fn heard<T>(
    below: T,
    silence: Duration,
) -> impl Transport<
    Output = TcpStream,
    Error = io::Error,
    ListenerUpgrade: Send + 'static,
    Dial: Send + 'static,
> + Send
+ Unpin
+ 'static
where
    T: Transport<Output = TcpStream, Error = io::Error> + Send + Unpin + 'static,
    T::ListenerUpgrade: Send + 'static,
    T::Dial: Send + 'static,
{
    below
        .and_then(move |stream: TcpStream, end: ConnectedPoint| async move {
            if end.is_listener() {
                listen(&stream, silence).await?;
            }
            Ok::<_, io::Error>(stream)
        })
        .map_err(Either::into_inner)
}

async fn listen(stream: &TcpStream, silence: Duration) -> io::Result<()> {
    let mut first = [0];
    let said = tokio::time::timeout(silence, stream.0.peek(&mut first));
    if said.await.map_err(|_| io::ErrorKind::TimedOut)?? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    // Where nobody asks there is nobody to be told.
    let _ = HEARD.try_with(|heard| heard.store(true, Ordering::Relaxed));
    Ok(())
}
